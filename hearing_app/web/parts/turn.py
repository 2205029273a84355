"""One after another: pages are made in turns, so that the server still answers all others meanwhile.

Each open page runs in a thread of its own, and only one of a process's threads works at a time. With forty
pages pressed without pause and three made at once, a plain page took 1.7 s in the worst of a hundred cases;
with one at a time it took 0.27 s, and as many pages were made. They take turns here in the order in which
they came. A session has one page in the making at most, so one that asks without end waits behind all others
each time. Nobody is refused: a page that is not made would lose what was typed into it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic, sleep

AT_ONCE = 1
# A page that takes longer than this waits itself, for the disk or another writer: the next may begin, up to
# so many.
SLOW_SECONDS = 0.3
MOST_AT_ONCE = 6
# Only a fault could keep a turn for so long; then it is better to go on.
LONGEST_WAIT_SECONDS = 60.0


class Turns:
    """``at_once`` at work, and ``most`` while these are slow; the others wait in order."""

    def __init__(self, at_once: int = AT_ONCE, *, most: int = MOST_AT_ONCE) -> None:
        self.at_once, self.most, self.working = at_once, most, 0
        self._queue: deque[Event] = deque()
        self._began = 0.0
        self._lock = Lock()
        self._is_watched = False

    @contextmanager
    def turn(self, longest: float = LONGEST_WAIT_SECONDS) -> Iterator[None]:
        """Wait for a turn, and hold it while the body runs."""
        self._take(longest)
        try:
            yield
        finally:
            self._give()

    def _take(self, longest: float) -> None:
        with self._lock:
            if self.working < self.at_once and not self._queue:
                self.working += 1
                self._began = monotonic()
                return
            mine = Event()
            self._queue.append(mine)
            if not self._is_watched:
                self._is_watched = True
                Thread(target=self._watch, name="turns", daemon=True).start()
        if mine.wait(longest):
            return
        with self._lock:
            if mine in self._queue:
                self._queue.remove(mine)
                self.working += 1

    def _give(self) -> None:
        with self._lock:
            if self._queue and self.working <= self.at_once:
                self._next()
            else:
                self.working -= 1

    def _next(self) -> None:
        self._began = monotonic()
        self._queue.popleft().set()

    def _watch(self) -> None:
        """Let the next one begin when nobody has for a while, as long as anybody waits."""
        while True:
            sleep(SLOW_SECONDS / 3)
            with self._lock:
                if not self._queue:
                    self._is_watched = False
                    return
                if self.working < self.most and monotonic() - self._began > SLOW_SECONDS:
                    self.working += 1
                    self._next()


TURNS = Turns()
