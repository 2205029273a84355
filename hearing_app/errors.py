"""Errors that a reader can act on: what happened, what was kept, and what to do next.

Every refusal in the project is one of these. A page shows it as a notice, the API as RFC 9457 problem
JSON, the command line as one paragraph and exit status 1; a traceback never reaches a reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field of one document.

    ``file`` is a path relative to the folder that was checked, or "" for a form; ``field`` is a dotted
    path ("claims.0.figure"), or "" for the whole document.
    """

    file: str
    field: str
    problem: str
    repair: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.field) if part)
        return f"{place}: {self.problem} {self.repair}" if place else f"{self.problem} {self.repair}"


class HearingError(Exception):
    """The base of every refusal. ``status`` is the HTTP status with which the API answers.

    ``title`` is the same for every refusal of its kind, as RFC 9457 asks; ``heading`` is what stands over
    this one on a page, where the title would say too little.
    """

    status: ClassVar[int] = 400
    title: ClassVar[str] = "This could not be done"

    def __init__(
        self, what: str, *, kept: str = "Nothing was changed.", next_step: str = "", heading: str = ""
    ) -> None:
        super().__init__(" ".join(part for part in (what, kept, next_step) if part))
        self.heading = heading
        self.what = what
        self.kept = kept
        self.next_step = next_step


class Invalid(HearingError):
    """What was sent does not fit. ``faults`` names every field, all of them in one answer."""

    status = 422
    title = "Some answers need another look"

    def __init__(
        self,
        what: str,
        faults: Iterable[Fault] = (),
        *,
        kept: str = "Nothing was changed.",
        next_step: str = "",
        heading: str = "",
    ) -> None:
        super().__init__(what, kept=kept, next_step=next_step, heading=heading)
        self.faults = tuple(faults)


class NotFound(HearingError):
    """There is no such document, or none that this reader may see."""

    status = 404
    title = "There is nothing at this address"


class Forbidden(HearingError):
    """The actor's role does not allow the act."""

    status = 403
    title = "This is not open to you"


class ConfirmAgain(Forbidden):
    """The role allows the act, and the person must first show again that it is them: at ``/confirm``."""

    title = "Please confirm that it is you"
    confirm_at = "/confirm"


class Conflict(HearingError):
    """The document has moved on since it was read, or its state does not allow the act."""

    status = 409
    title = "This has changed in the meantime"


class NotOpen(Conflict):
    """The time for this act has not come yet, or is over."""

    title = "This is not open now"


class TooMany(HearingError):
    """Too many tries in too short a time; ``retry_after`` says in how many seconds the next one may come."""

    status = 429
    title = "Please wait a little"

    def __init__(
        self, what: str, *, kept: str = "Nothing was changed.", next_step: str = "", retry_after: int = 0
    ) -> None:
        super().__init__(what, kept=kept, next_step=next_step)
        self.retry_after = retry_after


class Busy(HearingError):
    """More was asked at once than can be done. ``place`` is the place in the queue, 0 where there is none."""

    status = 503
    title = "Many people are here at the moment"

    def __init__(
        self, what: str, *, kept: str = "", next_step: str = "", place: int = 0, retry_after: int = 10
    ) -> None:
        super().__init__(what, kept=kept, next_step=next_step)
        self.place, self.retry_after = place, retry_after


class TookTooLong(HearingError):
    """A question was broken off because it took longer than one reader may take from the others."""

    status = 503
    title = "This took too long"
    retry_after = 30


class Damaged(HearingError):
    """What is stored cannot be trusted, or cannot be written to: the service refuses rather than lose."""

    status = 503
    title = "The service is stopped to protect the record"


class Unavailable(Damaged):
    """What is stored is sound and cannot be reached or written to now: a full disk, a server that is down."""

    title = "This cannot be stored or read at the moment"
