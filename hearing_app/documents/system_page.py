"""Everything that stands on a system's page, read in one snapshot: both doors show what this gives.

A page takes some 0.05 s to make. It is kept for a moment, so that many readers of one entry cost little more
than one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, select

from hearing_app.documents.answers import what_changed_html
from hearing_app.documents.corrections import correction_notice_html, corrections_section_html
from hearing_app.documents.exchange import exports_links_html
from hearing_app.documents.history import since_hearings_html
from hearing_app.documents.impact import impact_html
from hearing_app.documents.responsibility import responsibility_html
from hearing_app.documents.rules import ruled_out_notice_html, rules_section_html
from hearing_app.documents.similar import similar_html
from hearing_app.documents.supervision import held, timeline_html
from hearing_app.documents.systems import Slot, system_html
from hearing_app.evidence.datasets import Catalogue
from hearing_app.hearings.hearing import Hearing, hearings_on
from hearing_app.hearings.history import automatic_of, since_hearings
from hearing_app.record.versions import Version, versions_of
from hearing_app.registry.corrections.reading import corrections_of
from hearing_app.registry.published import PublishedEntry, entry_of
from hearing_app.registry.register import register_of
from hearing_app.registry.signed import signatures_of
from hearing_app.registry.similar import similar
from hearing_app.registry.supervision.timeline import timeline
from hearing_app.store.tables import ledger

FRESH_SECONDS = 5
"""How old a page may be that nothing on the record has changed since."""
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class SystemPage:
    """A system's entry as it is shown, with its hearings, its versions (oldest first) and its page."""

    published: PublishedEntry
    hearings: Sequence[Hearing]
    history: Sequence[Version]
    html: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page, and the window of time in which it may be shown again."""

    window: int
    page: SystemPage


_Key = tuple[int, bytes, int, Path, str, int | None]
_kept: OrderedDict[_Key, _Kept] = OrderedDict()
# Who wants what is being made waits for it: made at the same time by all, it would take each as long.
_one_at_a_time = Lock()


def system_page(
    db: Connection, catalogue: Catalogue, registry: Path, system_id: str, number: int | None = None
) -> SystemPage:
    """Return the page of a system's current entry or of one version; raise ``NotFound`` if there is none.

    ``registry`` is the folder whose rules on prohibited uses apply. A page is kept while nothing is added to
    the ledger, for ``FRESH_SECONDS`` at most: hearings open and close by the clock.
    """
    now = datetime.now(UTC)
    key = (*_last_event(db), id(catalogue), registry, system_id, number)
    window = int(now.timestamp() // FRESH_SECONDS)
    with _one_at_a_time:
        found = _kept.get(key)
        if found is None or found.window != window:
            found = _kept[key] = _Kept(window, made_page(db, catalogue, registry, system_id, number, now=now))
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found.page


def made_page(
    db: Connection,
    catalogue: Catalogue,
    registry: Path,
    system_id: str,
    number: int | None = None,
    *,
    now: datetime,
    draft: PublishedEntry | None = None,
) -> SystemPage:
    """Make the page as it is at a moment; see ``system_page``.

    With a ``draft``, as it will be once that is published as the next version.
    """
    published = draft or entry_of(db, system_id, number)
    entry = published.entry
    history, hearings = versions_of(db, "system", system_id), hearings_on(db, system_id)
    history += [draft.version] if draft else []
    register = register_of(db)
    # A new entry has no place among the others yet.
    is_listed = any(one.id == entry.id for one in register.ordered)
    alike = similar(register, entry.id) if is_listed else ()
    moments = timeline(db, published, today=now.date(), hearings=held(hearings), history=history)
    said = corrections_of(db, entry.id)
    html = system_html(
        published,
        history,
        hearings,
        catalogue,
        signatures_of(db, "system", system_id),
        notices=[
            ruled_out_notice_html(entry, registry, on=now.date()),
            correction_notice_html(said, entry),
        ],
        slots=[
            Slot("effects", "How much it may do to people", impact_html(entry)),
            Slot("law", "What the rules say", rules_section_html(entry, registry, on=now.date())),
            Slot("answerable", "Who is responsible for what", responsibility_html(entry)),
            Slot("rights", "What was said to be wrong", corrections_section_html(said, entry)),
            Slot("history", "What was done, and what is due", timeline_html(moments)),
            Slot("history", "What changed because of hearings", what_changed_html(db, entry.id)),
            Slot("history", "Systems like it", similar_html(alike, entry.id)),
            *([Slot("sources", "Take it with you", exports_links_html(entry))] if number is None else []),
        ],
        added=automatic_of(db, published.version, history, hearings),
        since_hearings=since_hearings_html(since_hearings(db, published, history, hearings, now=now)),
        today=now.date(),
    )
    return SystemPage(published, hearings, history, html)


def _last_event(db: Connection) -> tuple[int, bytes]:
    """Return the number and the hash of the ledger's last event: they name one state of one record."""
    row = db.execute(select(ledger.c.seq, ledger.c.leaf_hash).order_by(ledger.c.seq.desc()).limit(1)).first()
    return (-1, b"") if row is None else (row.seq, bytes(row.leaf_hash))
