"""Comments on the record: submitted once, found by their receipt, withdrawn by their author."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from hearing_app.errors import Conflict, Fault, Invalid, NotFound, NotOpen
from hearing_app.hearings.comments.draft import Draft, Link, check_draft
from hearing_app.hearings.comments.erasure import take_back
from hearing_app.hearings.comments.screening import on_arrival
from hearing_app.hearings.comments.speaking import FIELDS as WISH
from hearing_app.hearings.comments.speaking import asked_in, sign_up_is_over, state_wish, takes_wishes
from hearing_app.hearings.hearing import Phase, hearing_of
from hearing_app.hearings.moderation.holding import hold_on_arrival
from hearing_app.hearings.vocabulary import RULE_VERSION, Consent, IdentityBasis, Speaking, State
from hearing_app.people.permissions import Actor
from hearing_app.people.throttle import (
    RECEIPT_BY_ADDRESS,
    RECEIPT_BY_CODE,
    Limit,
    Sender,
    by_network,
    hashed,
    spend,
    tried,
)
from hearing_app.record.ledger import append, exactly
from hearing_app.record.receipts import lookup_key, read_receipt, receipt_of
from hearing_app.record.versions import versions_of
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.tables import comment
from hearing_app.voices.language import detect, effective

# Crockford's base 32: no letter that can be taken for a digit.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RULE = "rule"
# What readers see where no name is shown.
NAMELESS = "No name given"
# The moment of arrival, in the part of an event that is never public.
ARRIVED = "submitted_at"


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as it stands in the record; words are empty once it was withdrawn."""

    comment_id: str
    hearing_id: str
    system_id: str
    system_version: int
    target: str
    comment_type: str
    concern: str
    value_seen: str
    ask: str
    stance: str
    standing: list[str]
    display_name: str
    consent: str
    language_declared: str
    language_detected: str
    language_detector: str
    language_confidence: float | None
    evidence: list[dict[str, str]]
    pinned: dict[str, Any] | None
    submitted_at: datetime
    state: str
    state_at: datetime
    reason_id: str
    reason_note: str
    rule_version: str
    decided_by: str
    target_detail: str = ""
    identity_basis: str = "none"
    speaking: str = "no"

    @property
    def language(self) -> str:
        """The language to go by: what the author declared, else what was found, else "und"."""
        return effective(self.language_declared, self.language_detected)

    @property
    def has_words(self) -> bool:
        """Whether its words are there: not withdrawn, and not erased because their period is over."""
        return any((self.concern, self.value_seen, self.ask))

    @property
    def public_name(self) -> str:
        """The name that the author wanted to be shown, else "No name given"."""
        named = self.consent == Consent.TEXT_AND_NAME and self.display_name.strip()
        return self.display_name.strip() if named else NAMELESS


COLUMNS = [column for column in comment.c if column.name in Comment.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the author keeps. ``repeated`` says that this draft had been sent before."""

    code: str
    comment_id: str
    submitted_at: datetime
    state: str
    repeated: bool


class AlreadySent(Conflict):
    """The draft is on the record with other words; ``receipt`` is that of what arrived first."""

    title = "This draft was sent before"

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(
            "This draft was already sent with other words or answers; what arrived first stays.",
            kept="",
            next_step="Send new words under a new draft_id.",
        )
        self.receipt = receipt


def submit(
    db: Connection,
    actor: Actor,
    key: bytes,
    draft: Draft,
    *,
    by: Sender | None = None,
    identity_basis: str = IdentityBasis.NONE,
    written_at: datetime | None = None,
    at: datetime | None = None,
) -> Receipt:
    """Put a comment on the record, with its ledger event, and return its receipt.

    The same draft again gives the receipt it already has; what arrived first stays. ``key`` is the server's
    receipt key; a new comment is counted against what its sender's network may send (``by``). ``written_at``
    is when it was written on paper: whether the hearing was open is asked of that moment. Raises
    ``Invalid`` with every fault, ``NotOpen`` when the hearing is not open, ``AlreadySent`` when the draft was
    sent before and has changed since, ``TooMany``. The comment is on disk when the caller's transaction has
    ended.
    """
    when = at or datetime.now(UTC)
    if not check_draft(draft) and (repeated := _sent_before(db, key, draft)):
        return repeated
    faults = faults_on_sending(db, draft, at=written_at or when)
    if faults:
        raise Invalid(
            "Your comment was not sent yet.",
            faults,
            kept="Your words are still here.",
            next_step="Please change what is marked and send it again.",
        )

    if by is not None:
        spend(db, by, at=when)
    code = receipt_of(key, draft.draft_id)
    comment_id = _new_comment_id(db, when)
    language = detect(draft.words)
    written = {
        "comment_id": comment_id,
        **{name: value for name, value in asdict(draft).items() if name not in ("draft_id", *WISH)},
        "standing": list(draft.standing),
        "evidence": [asdict(link) for link in draft.evidence],
        "language_detected": language.tag,
        "language_detector": language.detector,
        "language_confidence": language.confidence,
        "identity_basis": str(identity_basis),
    }
    receipt_key = lookup_key(key, code)
    content, private = committed_parts(written, receipt_key)
    append(
        db,
        actor=actor.name,
        kind="comment.submitted",
        subject=f"comment:{comment_id}",
        content=content,
        # The event says the day alone; the moment is committed to, and stays closed.
        private={**private, ARRIVED: exactly(when)},
        at=when,
    )
    # What looks like personal data waits for a person; its author was told before sending.
    state, held_for = on_arrival(f"{draft.words}\n{draft.target_detail}", Consent(draft.consent))
    db.execute(
        insert(comment).values(
            **written,
            receipt_key=receipt_key,
            submitted_at=when,
            state=state,
            state_at=when,
            reason_id=str(held_for or ""),
            reason_note="",
            rule_version=RULE_VERSION,
            decided_by=RULE if held_for else "",
        )
    )
    if draft.speaking != Speaking.NO:
        state_wish(db, comment_id, asked_in(draft), at=when)
    if held_for:
        hold_on_arrival(db, hearing_of(db, draft.hearing_id), comment_id, held_for, at=when)
    return Receipt(code, comment_id, when, state, False)


def committed_parts(written: Mapping[str, Any], receipt_key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the ledger commits to for a comment: what may be shown once it is published, and the rest.

    A view and a standing are only ever counted, and a name is shown by its owner's wish alone. The key that
    finds the comment by its receipt is committed to as well, so that it cannot be given to somebody else.
    """
    hidden = {"stance", "standing"}
    if written["consent"] != Consent.TEXT_AND_NAME:
        hidden.add("display_name")
    shown = {name: value for name, value in written.items() if name not in hidden}
    return shown, {name: written[name] for name in sorted(hidden)} | {"receipt_key": receipt_key}


def comment_by_receipt(db: Connection, key: bytes, receipt: str) -> Comment:
    """Return the comment that a receipt belongs to; raise ``NotFound`` when there is none.

    For a stranger's guess use ``find_by_receipt``, which counts it.
    """
    row = db.execute(
        select(*COLUMNS).where(comment.c.receipt_key == lookup_key(key, read_receipt(receipt)))
    ).first()
    if row is None:
        raise NotFound(
            "We found no comment with these 16 digits.",
            kept="",
            next_step="Please compare them with your receipt, one by one.",
            heading="No comment belongs to this receipt",
        )
    return Comment(**row._mapping)


def find_by_receipt(
    engine: Engine, key: bytes, receipt: str, address: str, *, at: datetime | None = None
) -> Comment:
    """Return the comment of a receipt to someone at a network address, who may guess five times a minute.

    Raises ``Invalid`` for what is no receipt, ``NotFound`` for one that belongs to nothing, ``TooMany``.
    """
    code = read_receipt(receipt)
    with tried(engine, *guesses_of(key, code, address, at), at=at), reading(engine) as db:
        return comment_by_receipt(db, key, code)


def guesses_of(
    key: bytes, code: str, address: str, at: datetime | None
) -> tuple[list[tuple[Limit, str]], list[tuple[Limit, str]]]:
    """Return what counts when a receipt turns out to be none, and what counts in any case."""
    guesses = by_network(RECEIPT_BY_ADDRESS, key, address, at=at)
    wanted = hashed(key, f"receipt {lookup_key(key, code)}", at=at)
    return guesses, [(RECEIPT_BY_CODE, wanted)]


def withdraw(
    engine: Engine, key: bytes, receipt: str, address: str | None = None, *, at: datetime | None = None
) -> Comment:
    """Withdraw a comment: its words leave the record, its number and the fact of it stay.

    Takes the engine: once the change is committed, the database's own log is emptied as well, so the words
    are in no file of the record any more. Withdrawing twice changes nothing. Tries are counted as those to
    find a comment are; without an ``address``, by receipt alone.
    """
    code = read_receipt(receipt)
    failing, always = guesses_of(key, code, address or "", at)
    with tried(engine, () if address is None else failing, always, at=at):
        return _withdraw(engine, key, code, at)


def _withdraw(engine: Engine, key: bytes, receipt: str, at: datetime | None) -> Comment:
    with writing(engine) as db:
        # The moment at which it happens, not that from which it had to wait for other writers.
        when = at or datetime.now(UTC)
        written = comment_by_receipt(db, key, receipt)
        if written.state == State.WITHDRAWN:
            return written
        take_back(db, written.comment_id, at=when)
        gone = comment_by_receipt(db, key, receipt)
    erase_freed_pages(engine)
    return gone


def faults_on_sending(db: Connection, draft: Draft, *, at: datetime | None = None) -> list[Fault]:
    """Return everything that is wrong with a draft: in itself, and with the system that it is about.

    Raises ``NotFound`` when there is no such hearing and ``NotOpen`` when it is not open: then nothing that
    is wrong with the draft matters.
    """
    faults = check_draft(draft)
    unreadable = {fault.field for fault in faults}
    if "hearing_id" in unreadable:
        return faults
    hearing = hearing_of(db, draft.hearing_id)
    phase = hearing.phase(at)
    if phase is not Phase.OPEN:
        says = "has not opened yet" if phase is Phase.ANNOUNCED else "has closed"
        raise NotOpen(
            f"This hearing {says}, so it takes no comments now.",
            kept="Your words are still on this page.",
            next_step="Copy them if you want to keep them, or write to the body that holds the hearing.",
        )
    if draft.speaking != Speaking.NO and not takes_wishes(hearing, at):
        late = sign_up_is_over()
        faults.append(Fault("", "speaking", late.what, f"Choose “{Speaking.NO.label}” to send it without."))
    if "system_id" in unreadable:
        return faults
    if draft.system_id not in hearing.systems:
        problem = f"“{draft.system_id}” is not heard in this hearing."
        faults.append(Fault("", "system_id", problem, f"Choose one of: {', '.join(hearing.systems)}."))
    elif draft.system_version not in {v.version for v in versions_of(db, "system", draft.system_id)}:
        problem = "The register has no such version of the entry."
        faults.append(Fault("", "system_version", problem, "Reload the page."))
    return faults


def _sent_before(db: Connection, key: bytes, draft: Draft) -> Receipt | None:
    """Return the receipt that a draft has already, if any; raise ``AlreadySent`` when it has changed."""
    code = receipt_of(key, draft.draft_id)
    before = db.execute(select(comment).where(comment.c.receipt_key == lookup_key(key, code))).first()
    if before is None:
        return None
    receipt = Receipt(code, before.comment_id, before.submitted_at, before.state, True)
    # Words and answers that were withdrawn or erased are gone, so there is nothing to compare with.
    if before.stance and _answers(before) != _answers(draft):
        raise AlreadySent(receipt)
    return receipt


def _answers(one: Draft | Row[Any]) -> dict[str, Any]:
    """Return what an author wrote and chose, in one form for a draft and for what is stored."""
    chosen = {
        name: getattr(one, name)
        for name in (
            *("system_id", "target", "comment_type", "concern", "value_seen", "ask", "stance"),
            *("display_name", "consent", "language_declared", "target_detail"),
        )
    }
    links = [asdict(link) if isinstance(link, Link) else dict(link) for link in one.evidence]
    return chosen | {"standing": list(one.standing), "evidence": links}


def _new_comment_id(db: Connection, when: datetime) -> str:
    while True:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(6))
        comment_id = f"C-{when:%Y}-{letters}{check_letter(f'{when:%Y}{letters}')}"
        if not db.execute(select(comment.c.comment_id).where(comment.c.comment_id == comment_id)).first():
            return comment_id


def check_letter(signs: str) -> str:
    """Return the letter that makes one mistyped or two swapped signs of a comment's number visible.

    The weights are odd and those of neighbours differ by 2, so modulo 32 no single change and no swap of
    neighbours that differ by anything but 16 goes unseen. Ten signs end at weight 21: the check letter
    itself weighs -1, and a difference of 22 (2 times an odd number) sees as much as one of 2.
    """
    total = sum((2 * place + 3) * _LETTERS.index(sign) for place, sign in enumerate(signs))
    return _LETTERS[total % 32]
