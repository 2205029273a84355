"""Answers in turns: one at a time, in the order of asking, and handed on whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest

from hearing_app.evidence.turns import Turns
from tests.soon import soon


def wait_for(state: Callable[[], bool]) -> None:
    """Wait until something holds."""
    pause = Event()
    while not state():
        pause.wait(0.001)


def test_turns_are_taken_one_at_a_time_in_the_order_of_asking() -> None:
    """Twelve who ask while the first one works: served in the order in which they came, never two at once."""
    turns, served, inside = Turns(), list[int](), list[int]()

    def ask(number: int) -> None:
        with turns.turn():
            inside.append(number)
            assert len(inside) == 1
            served.append(number)
            inside.pop()

    threads = []
    with soon():
        with turns.turn():
            for number in range(12):
                threads.append(Thread(target=ask, args=(number,)))
                threads[-1].start()
                wait_for(lambda ahead=number: turns.waiting == ahead + 1)  # type: ignore[misc] # a default binds the number of this round
            assert served == []
        for thread in threads:
            thread.join()
    assert served == list(range(12))
    assert turns.waiting == 0


def test_who_never_stops_asking_waits_behind_all_others() -> None:
    """After its answer a reader stands last again: with a plain lock it would have come first for 5 ms."""
    turns, served = Turns(), list[str]()

    def ask(name: str, times: int) -> None:
        for _ in range(times):
            with turns.turn():
                served.append(name)

    with soon(), turns.turn():
        greedy = Thread(target=ask, args=("greedy", 50))
        greedy.start()
        wait_for(lambda: turns.waiting == 1)
        modest = Thread(target=ask, args=("modest", 1))
        modest.start()
        wait_for(lambda: turns.waiting == 2)
    greedy.join()
    modest.join()
    assert served[:2] == ["greedy", "modest"]


def test_a_turn_that_fails_is_handed_on() -> None:
    turns = Turns()
    with pytest.raises(LookupError), turns.turn():
        raise LookupError
    with soon(), turns.turn():
        assert turns.waiting == 0
