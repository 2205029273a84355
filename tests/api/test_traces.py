"""The log: nobody can fill the disk with it, and nothing that was typed stands in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sized

import pytest

from hearing_app.api import traces
from hearing_app.api.traces import OncePerMinute, bound_logging, trace_of


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> tuple[logging.Logger, io.StringIO]:
    logger, written = logging.Logger("tried", logging.INFO), io.StringIO()
    logger.addFilter(OncePerMinute(clock))
    logger.addHandler(logging.StreamHandler(written))
    return logger, written


def bounded_kinds(logger: logging.Logger) -> Sized:
    bounded = logger.filters[0]
    assert isinstance(bounded, OncePerMinute)
    return bounded._kinds


def fail(words: str) -> None:
    raise ValueError(words)


def test_one_trace_of_a_kind_in_a_minute_and_the_rest_is_counted(
    log: tuple[logging.Logger, io.StringIO], clock: Clock
) -> None:
    logger, written = log
    typed = "okapi"
    for second in range(61):
        clock.now = second
        for _ in range(100):
            try:
                fail(typed)
            except ValueError:
                logger.exception("a page failed")
    text = written.getvalue()
    assert text.count("Traceback") == 2
    assert text.count("a page failed") == 2
    assert "a page failed (and 5,999 more like this before)" in text
    assert "ValueError" in text
    assert "in fail" in text
    assert text.count("okapi") == 0


def test_other_kinds_are_kept_apart(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    for name in ("a", "b", "a"):
        logger.warning("refused: %s may not do this", name)
    values: tuple[str, ...] = ("one",)
    try:
        int("okapi")
    except ValueError:
        logger.exception("a page failed")
    logger.warning("%s and %s", *values)
    assert written.getvalue().splitlines()[:2] == ["refused: a may not do this", "refused: b may not do this"]
    assert written.getvalue().count("Traceback") == 1


def test_one_logger_writes_only_so_much_and_remembers_only_so_many(
    log: tuple[logging.Logger, io.StringIO], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, written = log
    monkeypatch.setattr(traces, "MOST_KINDS", 100)
    for number in [*range(500), 499]:
        assert len(written.getvalue().splitlines()) <= traces.MOST_OF_ONE
        logger.warning("kind %s", number)
        clock.now = traces.A_MINUTE if number == 499 else 0.0
    assert written.getvalue().splitlines()[-1] == "kind 499 (and 1 more like this before)"
    assert len(bounded_kinds(logger)) == 100


def test_a_trace_names_what_led_to_it_and_no_words() -> None:
    def lead() -> None:
        try:
            raise PermissionError(13, "okapi", "/okapi")
        except PermissionError as error:
            raise ExceptionGroup("okapi", [ValueError("okapi"), KeyError("okapi")]) from error

    with pytest.raises(ExceptionGroup) as raised:
        lead()
    text = trace_of(raised.value)
    assert "builtins.ExceptionGroup (builtins.ValueError, builtins.KeyError)" in text
    assert "builtins.PermissionError [Errno 13]" in text
    assert text.replace('"okapi', "").count("okapi") == 1  # The line of the program that raises it.


@pytest.fixture
def _own_factory() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("_own_factory")
def test_a_logger_that_is_made_later_is_bounded_before_its_first_record() -> None:
    bound_logging()
    written = io.StringIO()
    logger = logging.getLogger("tried.later")
    logger.addHandler(logging.StreamHandler(written))
    logger.propagate = False
    for _ in range(50):
        logger.error("again")
    assert written.getvalue() == "again\n"
    logging.Logger.manager.loggerDict.pop("tried.later")
