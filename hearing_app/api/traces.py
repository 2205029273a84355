"""What may be logged: one record of a kind in a minute, and of a fault where it was, never what was sent.

Anybody can make a page fail as often as the line allows, each time with a trace of some kilobytes: that would
fill the disk, and with it stop the record. The words of an exception may hold what somebody typed.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

A_MINUTE = 60.0
# Of one logger in a minute, whatever their kinds.
MOST_OF_ONE = 60
MOST_KINDS = 1000
_MOST_CAUSES = 5
_MOST_FRAMES = 30


class OncePerMinute(logging.Filter):
    """Keeps the first record of a kind in a minute; the next one that is kept says how many were not.

    A kind is a place in the program, with the place at which the exception was raised, or with the words of
    a record without one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self._lock = Lock()
        self._kinds: OrderedDict[tuple[object, ...], list[float]] = OrderedDict()
        self._minutes: dict[str, list[float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is kept; take the exception's own words from it."""
        with self._lock:
            left_out = self._left_out(record)
        if left_out is None:
            return False
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text, record.exc_info = trace_of(record.exc_info[1]), None
        if left_out:
            record.msg = f"{_words(record)} (and {left_out:,} more like this before)"
            record.args = None
        return True

    def _left_out(self, record: logging.LogRecord) -> int | None:
        """Return how many of this kind were left out before this one, or ``None`` when it is, too."""
        now, kind = self.clock(), _kind(record)
        seen = self._kinds.setdefault(kind, [now - A_MINUTE, 0])
        self._kinds.move_to_end(kind)
        while len(self._kinds) > MOST_KINDS:
            self._kinds.popitem(last=False)
        minute = self._minutes.setdefault(record.name, [now, 0])
        if now - minute[0] >= A_MINUTE:
            minute[:] = [now, 0]
        if now - seen[0] < A_MINUTE or minute[1] >= MOST_OF_ONE:
            seen[1] += 1
            return None
        minute[1] += 1
        left_out, seen[:] = int(seen[1]), [now, 0]
        return left_out


def bound_logging() -> None:
    """Put the filter on every logger, also on those that are made later: before its first record."""
    bounded, make = OncePerMinute(), logging.getLogRecordFactory()

    def factory(name: str, *given: object, **more: object) -> logging.LogRecord:
        # A logger's filters are asked after its record is made; those of the loggers above it are not asked.
        logging.getLogger(name).addFilter(bounded)
        return make(name, *given, **more)

    logging.setLogRecordFactory(factory)


def trace_of(error: BaseException) -> str:
    """Return where an exception was raised, and what led to it, without its words."""
    parts: list[str] = []
    one: BaseException | None = error
    while one is not None and len(parts) < _MOST_CAUSES:
        frames = "".join(traceback.format_tb(one.__traceback__, limit=-_MOST_FRAMES))
        parts.append(f"Traceback (most recent call last):\n{frames}{_name(one)}")
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n\nThis came of:\n\n".join(parts)


def _name(error: BaseException) -> str:
    number = f" [Errno {error.errno}]" if isinstance(error, OSError) and error.errno else ""
    members = [_name(one) for one in error.exceptions[:3]] if isinstance(error, BaseExceptionGroup) else []
    inside = f" ({', '.join(members)})" if members else ""
    return f"{type(error).__module__}.{type(error).__qualname__}{number}{inside}"


def _words(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # Of a record whose values do not fit its words; logging itself says so, once.
        return str(record.msg)


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return record.name, record.pathname, record.lineno, _words(record)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace is not None else ()
    return record.name, record.pathname, record.lineno, type(error), *raised
