"""Answers in turns: one is finished before the next is begun, in the order in which they were asked for.

An answer takes half a millisecond. Python runs one thread at a time and takes it away after five, so that
threads which all compute at once are served in bursts of ten answers each, and wait for all the other bursts
in between: of 32 readers who never pause, five in a hundred waited 139 times as long as a single one. In
turns nobody waits for more than one answer of each of the others. Pages take turns of their own
(``web.parts.turn``); this is for whoever answers many threads at once, as the API does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Turns:
    """One at a time, in the order of asking. Whoever has a turn must not ask for another."""

    def __init__(self) -> None:
        self._waiting: deque[Lock] = deque()
        self._is_taken = False
        self._lock = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and hold it while the body runs."""
        with self._lock:
            mine = Lock() if self._is_taken else None
            self._is_taken = True
            if mine is not None:
                mine.acquire()
                self._waiting.append(mine)
        if mine is not None:
            # Opened by the one before: the turn is handed on, so that nobody can step in between.
            mine.acquire()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._is_taken = False

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)


FIGURES = Turns()
"""For figures that are computed from counts in memory: never for what waits for a disk or takes seconds."""
