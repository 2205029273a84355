"""The words of requests, each with the text that a person reads."""

from __future__ import annotations

from hearing_app.registry.vocabulary import Term


class RequestKind(Term):
    """What somebody asks of an agency about themselves."""

    SCORED = "scored", "Was I scored or compared, and how?"
    EXPLANATION = "explanation", "Explain a decision about me"
    REVIEW = "review", "Let a person look at it again"
    CONTEST = "contest", "I contest a result about me"


class ReplyKind(Term):
    """What an agency answers to it."""

    EXPLAINED = "explained", "Explained"
    REVIEWED_KEPT = "reviewed_kept", "A person looked again, and kept the result"
    REVIEWED_CHANGED = "reviewed_changed", "A person looked again, and changed the result"
    NOT_SCORED = "not_scored", "Not scored or compared"
    CANNOT_TELL = "cannot_tell", "The agency cannot tell, and says why"
    PASSED_ON = "passed_on", "Passed to another body"

    @property
    def names_an_office(self) -> bool:
        """Whether it must say which office looked again, or which body it was passed to."""
        return self in {ReplyKind.REVIEWED_KEPT, ReplyKind.REVIEWED_CHANGED, ReplyKind.PASSED_ON}


class RequestState(Term):
    """How far a request has come."""

    WAITING = "waiting", "Waits for an answer"
    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn by its author"
    NEVER_ANSWERED = "never_answered", "Never answered; its words were erased"
