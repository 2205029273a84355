"""The words of corrections, each with the text that a person reads."""

from __future__ import annotations

from hearing_app.registry.vocabulary import Term


class Kind(Term):
    """Who says what about an entry."""

    ERROR = "error", "An error was reported"
    CONTESTED = "contested", "The body contests a statement"
    CLAIM = "claim", "The body claims the entry"

    @property
    def is_of_a_body(self) -> bool:
        """Whether the body itself says it: its words are public at once."""
        return self is not Kind.ERROR


class Outcome(Term):
    """What came of it."""

    CORRECTED = "corrected", "Corrected"
    PARTLY = "partly", "Corrected in part"
    NOT_CORRECTED = "not_corrected", "Not changed"
    HANDED_OVER = "handed_over", "The body may write the entry itself"
    WILL_FIND_OUT = "will_find_out", "Being looked into"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is owed."""
        return self is not Outcome.WILL_FIND_OUT

    @property
    def changes_the_entry(self) -> bool:
        """Whether it names the version in which something was changed."""
        return self in {Outcome.CORRECTED, Outcome.PARTLY}


class Standing(Term):
    """How far a correction has come."""

    WAITING = "waiting", "Waiting for an answer"
    LOOKED_INTO = "looked_into", "Being looked into"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn by its author"
