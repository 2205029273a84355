"""Pages take turns: bounded, in order, and nobody is refused."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from hearing_app.web.parts.turn import Turns


def test_never_more_at_once_and_every_page_is_made() -> None:
    turns, lock, most, made = Turns(3, most=3), threading.Lock(), 0, 0

    def page(_number: int) -> None:
        nonlocal most, made
        with turns.turn():
            with lock:
                most, made = max(most, turns.working), made + 1
            time.sleep(0.002)

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(page, range(200)))
    assert (most, made, turns.working) == (3, 200, 0)


def test_who_came_first_is_served_first_and_an_eager_page_waits_behind_the_others() -> None:
    turns, order, threads = Turns(1, most=1), list[int](), list[threading.Thread]()

    def page(number: int) -> None:
        with turns.turn():
            order.append(number)

    with turns.turn():
        for number in range(5):
            threads.append(threading.Thread(target=page, args=(number,)))
            threads[-1].start()
            while len(turns._queue) <= number:
                time.sleep(0.001)
    # It asks again at once, as a script without a pause would: four have come before it.
    with turns.turn():
        order.append(99)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 99]


def test_a_page_that_fails_gives_its_turn_back() -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError
    assert turns.working == 0


def test_a_turn_that_never_ends_stops_nobody_for_good() -> None:
    turns = Turns(1, most=1)
    with turns.turn():
        with turns.turn(longest=0.05):
            assert turns.working == 2
        assert turns.working == 1
    assert turns.working == 0


def test_pages_that_wait_for_the_disk_keep_only_so_many_others_waiting() -> None:
    turns, begun, ends = Turns(1, most=3), threading.Semaphore(0), threading.Event()

    def page() -> None:
        with turns.turn():
            begun.release()
            ends.wait(30)

    threads = [threading.Thread(target=page) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert all(begun.acquire(timeout=20) for _ in range(3))
    time.sleep(1)
    assert (turns.working, len(turns._queue)) == (3, 2)
    ends.set()
    for thread in threads:
        thread.join(30)
    assert (turns.working, len(turns._queue)) == (0, 0)
