"""Asking an agency about oneself: with a receipt, a due day from the entry, and nothing of it in public.

The ledger says in public that a request came on a day, and no more. Which agency it asks, about which system
and what, stands in the private part: a force that is asked twice a year could else be read off the record,
and whoever knows one of the two would know which it was.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from hearing_app.errors import Conflict, Fault, Invalid
from hearing_app.hearings.answers.terms import end_of_day
from hearing_app.hearings.requests.vocabulary import RequestKind
from hearing_app.people.throttle import Sender, spend
from hearing_app.record.ledger import append, exactly
from hearing_app.record.receipts import lookup_key, receipt_of
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of
from hearing_app.store.tables import rights_request
from hearing_app.voices.signs import length, shown, unstorable

LODGED = "request.lodged"
SUBJECT = "request:"
DEFAULT_DAYS = 30
"""Days within which a request is to be answered where the entry states none."""
SHORTEST, LONGEST = 10, 2000
"""Characters of what happened, as a person counts them."""
LONGEST_AROUND, LONGEST_REACH = 100, 200
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_DRAFT_ID = re.compile(r"[0-9a-f]{32}")
_KEPT = "Your words are still here, and nothing was sent."


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody asks about themselves in one system, before it is sent.

    ``draft_id`` makes sending twice the same as sending once. ``around`` says roughly when it happened,
    ``reach`` how the agency can write back; both may be "".
    """

    draft_id: str
    kind: str
    system_id: str
    system_version: int
    words: str
    around: str = ""
    reach: str = ""


@dataclass(frozen=True, slots=True)
class RequestReceipt:
    """What the author keeps: 16 digits, the number of the request, and by when an answer is due."""

    code: str
    request_id: str
    due_at: datetime
    repeated: bool


def days_of(entry: Entry) -> tuple[int, bool]:
    """Return within how many days the entry says that one is answered, and whether it says so at all."""
    route = entry.explanation_route
    stated = route.days if route is not None else None
    return (DEFAULT_DAYS, False) if stated is None else (stated, True)


def due_after(entry: Entry, day: date) -> datetime:
    """Return the last second, in UTC, by which a request of a day is to be answered.

    A number of days that leads beyond the calendar counts as the last day that there is.
    """
    left = (date.max - day).days - 1
    return end_of_day(day + timedelta(days=min(days_of(entry)[0], left)), "UTC")


def lodge(
    db: Connection, key: bytes, asking: Asking, *, by: Sender | None = None, at: datetime | None = None
) -> RequestReceipt:
    """Put a request on the record, with its ledger event, and return its receipt.

    The same draft again gives the receipt it already has. ``key`` is the server's receipt key; what is sent
    is counted against what its network may send (``by``). Raises ``NotFound`` for an unknown entry,
    ``Invalid`` with every fault, ``Conflict`` for other words under a draft that was sent, ``TooMany``.
    """
    when = at or datetime.now(UTC)
    entry = entry_of(db, asking.system_id, asking.system_version).entry
    if faults := faults_of(asking):
        raise Invalid(
            "Your request was not sent yet.",
            faults,
            kept=_KEPT,
            next_step="Please change what is marked and send it again.",
        )
    code = receipt_of(key, f"request:{asking.draft_id}")
    receipt_key = lookup_key(key, code)
    before = db.execute(select(rights_request).where(rights_request.c.receipt_key == receipt_key)).first()
    if before is not None:
        _refuse_changed(before, asking)
        return RequestReceipt(code, before.request_id, before.due_at, True)
    if by is not None:
        spend(db, by, what="Your request", at=when)
    days, stated = days_of(entry)
    due_at = due_after(entry, when.astimezone(UTC).date())
    told = {
        "kind": asking.kind,
        "system_id": asking.system_id,
        "system_version": asking.system_version,
        "agency": entry.deployer.agency,
        "words": asking.words,
        "around": asking.around,
        "reach": asking.reach,
        "receipt_key": receipt_key,
        "days": days,
        "days_stated": stated,
    }
    request_id = _new_id(db, when)
    event = append(
        db,
        actor="public",
        kind=LODGED,
        subject=f"{SUBJECT}{request_id}",
        content={},
        private={**told, "due_at": exactly(due_at)},
        at=when,
    )
    db.execute(
        insert(rights_request).values(
            **told,
            request_id=request_id,
            due_at=due_at,
            # Of people without an office the record tells the day alone.
            lodged_at=event.at,
            extension_reason="",
            seq=event.seq,
        )
    )
    return RequestReceipt(code, request_id, due_at, False)


def faults_of(asking: Asking) -> list[Fault]:
    """Return everything that is wrong with a request; an empty list means that it can be sent."""
    found = []
    if asking.kind not in list(RequestKind):
        found.append(
            Fault("", "kind", "Choose what you want to ask.", f"Use one of: {', '.join(RequestKind)}.")
        )
    texts = (("words", LONGEST), ("around", LONGEST_AROUND), ("reach", LONGEST_REACH))
    for name, longest in texts:
        text: str = getattr(asking, name)
        if unstorable(text):
            found.append(Fault("", name, "The text holds a sign that cannot be stored.", "Type it again."))
        elif (long := length(text)) > longest:
            problem = f"The text has {long:,} characters; at most {longest:,} fit."
            repair = f"Please shorten it by {long - longest:,}. Nothing was cut."
            found.append(Fault("", name, problem, repair))
        elif name == "words" and (seen := length(shown(text).strip())) < SHORTEST:
            problem = f"Please write in a few words what happened ({SHORTEST} characters or more)."
            found.append(Fault("", name, problem, f"There are {seen} so far."))
    if not _DRAFT_ID.fullmatch(asking.draft_id):
        found.append(Fault("", "draft_id", "The form has no valid number.", "Open the form again."))
    return found


def _refuse_changed(before: Row[Any], asking: Asking) -> None:
    """Refuse other words under a draft that was sent; what was taken back has nothing to compare with."""
    names = ("kind", "system_id", "words", "around", "reach")
    if before.words and any(getattr(before, name) != getattr(asking, name) for name in names):
        raise Conflict(
            f"This form was already sent with other words, as {before.request_id}; what came first stays.",
            kept="Your words are still here.",
            next_step="Open the form anew to send another request.",
        )


def _new_id(db: Connection, when: datetime) -> str:
    while True:
        found = f"Q-{when:%Y}-{''.join(secrets.choice(_LETTERS) for _ in range(7))}"
        query = select(rights_request.c.request_id).where(rights_request.c.request_id == found)
        if not db.execute(query).first():
            return found
