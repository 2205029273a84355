"""Paper cards: printed with a number, typed by one member of staff, confirmed by another, then a comment.

A card's number leads to the id of its draft: an HMAC of it under the server's key. So the receipt on the
strip that its writer tears off is the one that the comment will have; printing stores the number, and no
digits. What one person typed waits in the card's row until another has typed the same or compared it with the
card, and then leaves the row: nothing says which card became which comment. Whoever enters it learns the
comment's number once; a number that was entered is refused from then on, and no member of staff is ever given
the digits of a card's receipt: with them they could withdraw the comment in its author's name.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.comments.comment import check_letter, faults_on_sending, submit
from hearing_app.hearings.comments.draft import Draft, Link
from hearing_app.hearings.hearing import Hearing, Phase, hearing_of
from hearing_app.hearings.release import release_opinions
from hearing_app.hearings.vocabulary import IdentityBasis
from hearing_app.people.permissions import PUBLIC, Act, Actor, require
from hearing_app.people.retention import Due
from hearing_app.record.ledger import append
from hearing_app.record.receipts import receipt_of
from hearing_app.store.tables import paper_card

PRINTED, ENTERED = "cards.printed", "card.entered"
MOST_AT_ONCE = 100
LATE_DAYS = 14
"""For so long after a hearing has closed a card is taken that was written before: post takes its time."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Card:
    """A printed card, with the receipt on its strip. The digits are stored nowhere."""

    number: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed from a card, with the day that its writer put on it."""

    draft: Draft
    written_on: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """A card that one person has typed, and no second one has confirmed."""

    number: str
    typed: Typed
    typed_by: str
    typed_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the second typing is not the first."""

    field: str
    first: str
    second: str


class Differs(Conflict):
    """Two people typed different things from one card."""

    title = "The two typings differ"

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(
            "What you typed is not what was typed before.",
            kept="The first typing stays as it is; nothing was entered.",
            next_step="Look at the card again: correct yours, or put yours in the place of the first.",
        )
        self.differences = tuple(differences)


def print_cards(
    db: Connection,
    actor: Actor,
    key: bytes,
    hearing_id: str,
    count: int,
    *,
    is_letter: bool = False,
    at: datetime | None = None,
) -> list[Card]:
    """Make numbers for so many cards, with the ledger event, and return them with their receipts.

    Nobody can have the same numbers printed again: who holds a strip is its only holder. ``is_letter``
    makes the number for a letter that came without one.
    """
    require(actor, Act.ENTER_CARDS)
    hearing_of(db, hearing_id)
    if not 1 <= count <= MOST_AT_ONCE:
        problem = f"{count} cards cannot be printed at once."
        raise Invalid(
            "Nothing was printed.", [Fault("", "count", problem, f"Print from 1 to {MOST_AT_ONCE}.")]
        )
    when = at or datetime.now(UTC)
    event = append(
        db,
        actor=actor.name,
        kind=PRINTED,
        subject=f"hearing:{hearing_id}",
        content={"cards": count},
        at=when,
    )
    made = []
    for _ in range(count):
        number = _new_number(db)
        row = {"card": number, "hearing_id": hearing_id, "is_letter": is_letter, "printed_at": when}
        db.execute(insert(paper_card).values(**row, typed_by="", seq=event.seq))
        made.append(Card(number, receipt_of(key, draft_id_of(key, number))))
    return made


def draft_id_of(key: bytes, number: str) -> str:
    """Return the draft's id to which a card's number leads: only the server can make it."""
    return hmac.new(key, f"card:{number}".encode(), sha256).hexdigest()[:32]


def read_number(text: str) -> str:
    """Return a card's number as it is stored; small letters, blanks and hyphens do not matter.

    Raises ``Invalid`` for what is none, and where its check letter says that it was mistyped.
    """
    signs = "".join(sign for sign in text.upper() if sign not in " -\u2010\u2011\u2013\u2014")
    # Crockford's reading: these letters are not used, and look like those digits.
    signs = signs[-_LENGTH - 1 :] if len(signs) == _LENGTH + 2 and signs[0] == "K" else signs
    signs = signs.translate(str.maketrans("OIL", "011"))
    if len(signs) != _LENGTH + 1 or any(sign not in _LETTERS for sign in signs):
        problem, repair = "This is no card's number.", "It looks like K-7XQ2M4PA."
    elif check_letter(signs[:-1]) != signs[-1]:
        problem, repair = "A sign of this number is mistyped.", "Compare it with the card, sign by sign."
    else:
        return f"K-{signs}"
    raise Invalid("The card was not found.", [Fault("", "card", problem, repair)])


def read_day(text: str, *, at: datetime | None = None) -> date:
    """Return the day on a card, typed as year, month and day; today where there is none."""
    if not text.strip():
        return (at or datetime.now(UTC)).astimezone(UTC).date()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        fault = Fault("", "written_on", f"“{text[:20]}” is no day.", "Type it like 2026-05-30.")
        raise Invalid("The card was not kept.", [fault], kept="What you typed is still here.") from None


def waiting(db: Connection, actor: Actor, hearing_id: str) -> list[Waiting]:
    """Return the cards of a hearing that wait for a second person, the longest waiting first."""
    require(actor, Act.ENTER_CARDS)
    query = select(paper_card).where(
        paper_card.c.hearing_id == hearing_id,
        paper_card.c.typed_at.is_not(None),
        paper_card.c.entered_at.is_(None),
    )
    rows = db.execute(query.order_by(paper_card.c.typed_at, paper_card.c.card))
    return [_waiting(row) for row in rows if row.typed is not None]


def counts(db: Connection, actor: Actor, hearing_id: str) -> tuple[int, int, int]:
    """Return how many cards of a hearing were printed, wait for a second person, and were entered."""
    require(actor, Act.ENTER_CARDS)
    row = db.execute(
        select(
            func.count(),
            func.count(paper_card.c.typed_at).filter(paper_card.c.entered_at.is_(None)),
            func.count(paper_card.c.entered_at),
        ).where(paper_card.c.hearing_id == hearing_id)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def type_card(
    db: Connection,
    actor: Actor,
    key: bytes,
    number: str,
    typed: Typed,
    *,
    instead: bool = False,
    at: datetime | None = None,
) -> str | None:
    """Take what somebody typed from a card. ``None``: it waits for a second person; else it is a comment.

    The first typing waits; its own typist can correct it. Typed the same by another person, it is entered:
    the comment's number is returned. Typed differently, ``Differs`` names the fields; with ``instead`` the
    second typing takes the place of the first, and waits for another person. Entered before, ``Conflict``
    says so, whatever was typed.
    """
    require(actor, Act.ENTER_CARDS)
    when = at or datetime.now(UTC)
    row = _row(db, number)
    if row.entered_at is not None:
        raise Conflict(
            "This card was entered already.",
            kept="The comment that it became stays as it is; what you typed was not taken.",
            next_step="Compare the number with the card. Its writer finds the comment with the receipt.",
        )
    typed = _of_card(typed, key, row)
    _check(db, typed, when)
    if row.typed_at is None or row.typed is None or row.typed_by == actor.name or instead:
        values: dict[str, Any] = {"typed": _packed(typed.draft), "written_on": typed.written_on.isoformat()}
        values |= {"typed_by": actor.name, "typed_at": when}
        db.execute(update(paper_card).where(paper_card.c.card == number).values(values))
        return None
    first = _waiting(row)
    if found := differences(first.typed, typed):
        raise Differs(found)
    return _enter(db, actor, row, _of_card(first.typed, key, row), key=key, at=when)


def confirm(
    db: Connection, actor: Actor, key: bytes, number: str, seen_at: datetime, *, at: datetime | None = None
) -> str:
    """Enter what another person typed, after comparing it with the card; return its comment's number.

    ``seen_at`` is what was compared: when it was typed anew in between, ``Conflict`` says so.
    """
    require(actor, Act.ENTER_CARDS)
    when = at or datetime.now(UTC)
    row = _row(db, number)
    if row.typed is None or row.entered_at is not None:
        raise Conflict("This card waits for nobody any more.", next_step="Look at the list again.")
    first = _waiting(row)
    if first.typed_by == actor.name:
        raise Conflict("You typed this card.", next_step="A second person has to compare it.")
    if first.typed_at != seen_at:
        raise Conflict("This card was typed anew since you opened it.", next_step="Compare it again.")
    return _enter(db, actor, row, _of_card(first.typed, key, row), key=key, at=when)


def differences(first: Typed, second: Typed) -> list[Difference]:
    """Return the fields in which two typings of a card differ; blanks and line ends do not count."""
    one, other = _compared(first), _compared(second)
    return [Difference(name, one[name], other[name]) for name in one if one[name] != other[name]]


def takes_cards_until(hearing: Hearing) -> datetime:
    """Return the moment until which cards can be entered that were written while the hearing was open."""
    return hearing.window[1] + timedelta(days=LATE_DAYS)


def due(db: Connection, before: datetime) -> Due:
    """Return how many typings have waited in vain since before a moment, and since when the oldest."""
    query = select(func.count(), func.min(paper_card.c.typed_at)).where(_stale(before))
    count, oldest = db.execute(query).one()
    return Due(int(count), oldest)


def forget(db: Connection, before: datetime) -> int:
    """Forget typings that nobody has confirmed since a moment; the cards can be typed again."""
    nothing = {"typed": None, "written_on": None, "typed_by": "", "typed_at": None}
    return db.execute(update(paper_card).where(_stale(before)).values(nothing)).rowcount


def _stale(before: datetime) -> ColumnElement[bool]:
    return paper_card.c.entered_at.is_(None) & (paper_card.c.typed_at < before)


def _check(db: Connection, typed: Typed, when: datetime) -> None:
    """Refuse what could not be sent: by its words, by the day on the card, and by today's."""
    draft = typed.draft
    faults = faults_on_sending(db, draft, at=_written_at(db, draft.hearing_id, typed.written_on, when))
    if faults:
        raise Invalid("The card was not kept.", faults, kept="What you typed is still here.")


def _written_at(db: Connection, hearing_id: str, written_on: date, when: datetime) -> datetime:
    """Return the moment that decides whether the hearing was open: now, or within the day on the card."""
    hearing = hearing_of(db, hearing_id)
    opens, closes = hearing.window
    if written_on > when.astimezone(opens.tzinfo).date():
        problem = "The day on the card is not here yet."
        raise Invalid("The card was not kept.", [Fault("", "written_on", problem, "Look at it again.")])
    if hearing.phase(when) is not Phase.CLOSED or when >= takes_cards_until(hearing):
        return when
    if not opens.date() <= written_on <= closes.date():
        problem = "The card was written while the hearing was not open."
        raise Invalid("The card was not kept.", [Fault("", "written_on", problem, "Look at the day again.")])
    return closes.astimezone(UTC) - timedelta(seconds=1)


def _of_card(typed: Typed, key: bytes, row: Row[Any]) -> Typed:
    """Return a typing as that of its card: under the draft's id to which the number leads."""
    draft_id = draft_id_of(key, row.card)
    return replace(typed, draft=replace(typed.draft, draft_id=draft_id, hearing_id=row.hearing_id))


def _enter(db: Connection, actor: Actor, row: Row[Any], typed: Typed, *, key: bytes, at: datetime) -> str:
    """Put a card on the record, once, and return its comment's number; the words leave its row."""
    release_opinions(db, hearing_of(db, row.hearing_id), at=at)
    basis = IdentityBasis.PAPER_CARD
    written_at = _written_at(db, row.hearing_id, typed.written_on, at)
    # By the public, whoever types it: a member of staff is not its author.
    receipt = submit(db, PUBLIC, key, typed.draft, identity_basis=basis, written_at=written_at, at=at)
    append(
        db,
        actor=actor.name,
        kind=ENTERED,
        subject=f"hearing:{row.hearing_id}",
        content={"typed_by": row.typed_by},
        at=at,
    )
    done = {"typed": None, "written_on": None, "typed_by": "", "typed_at": None, "entered_at": at}
    db.execute(update(paper_card).where(paper_card.c.card == row.card).values(done))
    return receipt.comment_id


def _row(db: Connection, number: str) -> Row[Any]:
    row = db.execute(select(paper_card).where(paper_card.c.card == number)).first()
    if row is None:
        raise NotFound(
            f"No card with the number {number[:12]} was printed here.",
            next_step="Compare it with the card. A letter gets a number of its own.",
        )
    return row


def _new_number(db: Connection) -> str:
    while True:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        number = f"K-{letters}{check_letter(letters)}"
        if not db.execute(select(paper_card.c.card).where(paper_card.c.card == number)).first():
            return number


def _packed(draft: Draft) -> dict[str, Any]:
    return {name: value for name, value in asdict(draft).items() if name != "draft_id"}


def _waiting(row: Row[Any]) -> Waiting:
    given: Mapping[str, Any] = row.typed
    known = {one.name for one in fields(Draft)}
    values = {name: value for name, value in given.items() if name in known}
    values["standing"] = tuple(given["standing"])
    values["evidence"] = tuple(Link(**one) for one in given["evidence"])
    typed = Typed(Draft(draft_id="", **values), date.fromisoformat(row.written_on))
    return Waiting(row.card, typed, row.typed_by, row.typed_at)


def _compared(typed: Typed) -> dict[str, str]:
    """Return a typing as texts to compare and to show: every field that is on a card."""
    draft = typed.draft
    told = {name: value for name, value in _packed(draft).items() if name not in ("hearing_id", "pinned")}
    told["standing"] = ", ".join(sorted(draft.standing))
    told["evidence"] = " ".join(f"{link.title} {link.url}" for link in draft.evidence)
    told["written_on"] = typed.written_on.isoformat()
    return {name: " ".join(str("" if value is None else value).split()) for name, value in told.items()}
