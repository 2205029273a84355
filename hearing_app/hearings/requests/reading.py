"""Requests as their authors and the agency asked may read them; nobody else reads one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from hearing_app.errors import NotFound
from hearing_app.hearings.requests.vocabulary import ReplyKind, RequestKind, RequestState
from hearing_app.record.receipts import lookup_key, read_receipt
from hearing_app.store.tables import rights_answer, rights_request


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, on a day. ``office`` looked again, or is whom it was passed to; "" for others."""

    number: int
    kind: ReplyKind
    text: str
    office: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks an agency about themselves. Its words are empty once they are gone.

    ``days`` are those within which it is to be answered, ``days_stated`` whether the entry said so, in the
    version that was read.
    """

    request_id: str
    kind: RequestKind
    system_id: str
    system_version: int
    agency: str
    words: str
    around: str
    reach: str
    days: int
    days_stated: bool
    lodged_at: datetime
    due_at: datetime
    extended_at: datetime | None
    extended_until: datetime | None
    extension_reason: str
    withdrawn_at: datetime | None
    erased_at: datetime | None
    replies: tuple[Reply, ...]

    @property
    def state(self) -> RequestState:
        """How far it has come. What was answered stays answered, also when its words are gone."""
        if self.withdrawn_at is not None:
            return RequestState.WITHDRAWN
        if self.replies:
            return RequestState.ANSWERED
        return RequestState.NEVER_ANSWERED if self.erased_at is not None else RequestState.WAITING

    @property
    def due_by(self) -> datetime:
        """The last second, in UTC, by which an answer is due: of the later day, where it was put off."""
        return self.extended_until or self.due_at

    @property
    def has_words(self) -> bool:
        """Whether anything of what was told here is still there."""
        return self.withdrawn_at is None and self.erased_at is None

    def is_overdue(self, at: datetime | None = None) -> bool:
        """Whether an answer is owed, and its day is over."""
        return self.state is RequestState.WAITING and (at or datetime.now(UTC)) > self.due_by


def request_of(db: Connection, request_id: str) -> Request:
    """Return one by its number; raise ``NotFound`` where there is none. Who may read it is not asked."""
    found = requests_where(db, rights_request.c.request_id == request_id[:20])
    if not found:
        raise NotFound(f"There is no request “{request_id[:20]}”.", kept="", next_step="Look at the list.")
    return found[0]


def request_by_receipt(db: Connection, key: bytes, receipt: str) -> Request | None:
    """Return what belongs to a receipt, or ``None``. For a stranger's guess, count the try first."""
    found = requests_where(db, rights_request.c.receipt_key == lookup_key(key, read_receipt(receipt)))
    return found[0] if found else None


def requests_where(db: Connection, *conditions: ColumnElement[bool]) -> list[Request]:
    """Return the requests that fulfil every condition, in the order in which they came."""
    wanted = select(rights_request.c.request_id).where(*conditions)
    replies: dict[str, list[Reply]] = defaultdict(list)
    query = select(rights_answer).where(rights_answer.c.request_id.in_(wanted))
    for one in db.execute(query.order_by(rights_answer.c.request_id, rights_answer.c.number)):
        replies[one.request_id].append(
            Reply(one.number, ReplyKind(one.kind), one.text, one.office, one.at, one.actor)
        )
    rows = db.execute(select(rights_request).where(*conditions).order_by(rights_request.c.seq))
    return [_read(row, tuple(replies[row.request_id])) for row in rows]


def _read(row: Row[Any], replies: tuple[Reply, ...]) -> Request:
    return Request(
        request_id=row.request_id,
        kind=RequestKind(row.kind),
        system_id=row.system_id,
        system_version=row.system_version,
        agency=row.agency,
        words=row.words,
        around=row.around,
        reach=row.reach,
        days=row.days,
        days_stated=row.days_stated,
        lodged_at=row.lodged_at,
        due_at=row.due_at,
        extended_at=row.extended_at,
        extended_until=row.extended_until,
        extension_reason=row.extension_reason,
        withdrawn_at=row.withdrawn_at,
        erased_at=row.erased_at,
        replies=replies,
    )
