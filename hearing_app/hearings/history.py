"""A system's entry over time: what changed since a hearing opened, and what the register itself adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.record.versions import Version, versions_of
from hearing_app.registry.diff import Change, changes
from hearing_app.registry.entry.automatic import Automatic, HearingLink, Integrity, PublicationState
from hearing_app.registry.published import PublishedEntry, entry_of
from hearing_app.store.tables import comment


@dataclass(frozen=True, slots=True)
class SinceHearing:
    """What changed in an entry since a hearing opened.

    ``then`` is the version that stood when it opened; the first one where there was none yet, and
    ``was_published`` is then false.
    """

    hearing: Hearing
    then: Version
    was_published: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a system's entry, and what differs from the first to the second."""

    old: PublishedEntry
    new: PublishedEntry
    changes: tuple[Change, ...]


def version_at(history: Sequence[Version], moment: datetime) -> Version | None:
    """Return the version that stood at a moment; ``None`` before the first. ``history`` is oldest first."""
    return next((one for one in reversed(history) if one.published_at <= moment), None)


def since_hearings(
    db: Connection,
    published: PublishedEntry,
    history: Sequence[Version],
    hearings: Sequence[Hearing],
    *,
    now: datetime | None = None,
) -> tuple[SinceHearing, ...]:
    """Return what changed since each hearing that has opened, up to the version that is shown.

    A version that is older than the hearing has nothing to say about it.
    """
    moment = now or datetime.now(UTC)
    found = []
    for hearing in hearings:
        opens = hearing.window[0]
        stood = version_at(history, opens)
        then = stood or history[0]
        if opens > moment or then.version > published.version.version:
            continue
        differing: tuple[Change, ...] = ()
        if then.version < published.version.version:
            before = entry_of(db, published.entry.id, then.version).entry
            differing = changes(before, published.entry)
        found.append(SinceHearing(hearing, then, stood is not None, differing))
    return tuple(found)


def compared(db: Connection, system_id: str, first: str = "", second: str = "") -> Comparison:
    """Compare two versions of a system's entry, given as what an address says; without it, the last two.

    Raises ``NotFound`` for a system that is not there, and ``Invalid`` for what is no version of it.
    """
    newest = entry_of(db, system_id)
    numbers = [one.version for one in versions_of(db, "system", system_id)]
    faults = [
        Fault(
            "", name, f"“{text[:20]}” is no version of this entry.", f"Give a number from 1 to {numbers[-1]}."
        )
        for name, text in (("from", first), ("to", second))
        if text and (not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) not in numbers)
    ]
    if faults:
        raise Invalid("The versions were not compared.", faults, kept="")
    last = int(second) if second else newest.version.version
    before = int(first) if first else max([number for number in numbers if number < last] or [last])
    old, new = entry_of(db, system_id, before), entry_of(db, system_id, last)
    return Comparison(old, new, changes(old.entry, new.entry))


def automatic_of(
    db: Connection, version: Version, history: Sequence[Version], hearings: Sequence[Hearing]
) -> Automatic:
    """Return the fields that the register fills in for one version: publication, integrity, hearings."""
    previous = next((one for one in reversed(history) if one.version < version.version), None)
    return Automatic(
        publication=PublicationState(
            version=version.version,
            published_at=version.published_at.isoformat(),
            published_by=version.actor,
            change_note=version.note,
        ),
        integrity=Integrity(
            sha256=version.sha256,
            previous_sha256=previous.sha256 if previous else None,
            event=version.seq,
        ),
        hearings=tuple(
            HearingLink(
                id=hearing.id,
                title=hearing.title,
                phase=str(hearing.phase()),
                comments=_public_comments(db, hearing.id),
                address=f"/hearing?id={hearing.id}",
            )
            for hearing in hearings
        ),
    )


def _public_comments(db: Connection, hearing_id: str) -> int:
    is_public = (comment.c.state == State.PUBLISHED) & comment.c.consent.in_(
        (Consent.TEXT_AND_NAME, Consent.TEXT_ONLY)
    )
    query = select(func.count()).select_from(comment).where(comment.c.hearing_id == hearing_id, is_public)
    return int(db.execute(query).scalar_one())
