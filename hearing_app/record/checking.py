"""How a check of the record answers when a value cannot even be read: with a fault, like any other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from sqlalchemy import Connection

Check = Callable[[Connection], list[str]]


def unreadable_is_a_fault(what: str) -> Callable[[Check], Check]:
    """Make a check answer that ``what`` cannot be read, where it would have broken off.

    SQLite stores whatever it is given: a time that is no time, or text that is no JSON, fails only when it is
    read back, and then everything after it would go unchecked without a word.
    """

    def checked(check: Check) -> Check:
        @wraps(check)
        def answer(db: Connection) -> list[str]:
            try:
                return check(db)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                return [f"{what} cannot be read: one was changed after it was written ({error})."]

        return answer

    return checked
