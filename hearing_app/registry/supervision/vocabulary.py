"""The words with fixed meanings in supervision, each with the label that a neighbour reads."""

from __future__ import annotations

from hearing_app.registry.vocabulary import Term


class State(Term):
    """How far an audit has come."""

    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    REPORTED = "reported", "Reported"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"

    @property
    def is_before_report(self) -> bool:
        """Whether the report is still to come."""
        return self in {State.PLANNED, State.IN_PROGRESS}


class Step(Term):
    """Everything that can be stated in an audit. The ledger calls each "audit." and this value."""

    PLANNED = "planned", "The audit was planned"
    BEGUN = "begun", "The audit began"
    POSTPONED = "postponed", "Its day was changed"
    FINDING = "finding", "Finding"
    REPLY = "reply", "Reply of the body"
    REMEDY = "remedy", "Remedy"
    DONE = "done", "Remedy said to be done"
    RETURNED = "returned", "Remedy not accepted"
    REPORTED = "reported", "The report was published"
    CORRECTION = "correction", "Correction"
    CLOSED = "closed", "The audit was closed"
    CANCELLED = "cancelled", "The audit was cancelled"


class Severity(Term):
    """What a finding asks for. Nothing here judges a person."""

    OBSERVATION = "observation", "Worth knowing"
    MINOR = "minor", "Should be mended"
    MAJOR = "major", "Must be mended"
    CRITICAL = "critical", "Must be mended before it is used again"


class Standing(Term):
    """Where a date stands today."""

    DONE = "done", "Done"
    AHEAD = "ahead", "To come"
    DUE = "due", "Due"
    OVERDUE = "overdue", "Overdue"
