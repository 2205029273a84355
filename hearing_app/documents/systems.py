"""A system's entry as a document, for the app's page and for the permanent one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from hearing_app.documents.evidence import headline_picture
from hearing_app.documents.fields import SECTIONS, by_state, in_sections, outlines
from hearing_app.documents.render import render, rendered
from hearing_app.documents.text import for_label
from hearing_app.documents.words import plural
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.manifest import Manifest
from hearing_app.hearings.hearing import Hearing
from hearing_app.record.signatures import fingerprint_of
from hearing_app.record.versions import Version
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.automatic import Automatic
from hearing_app.registry.entry.decision import HumanReview
from hearing_app.registry.entry.publication import Source
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.signed import VersionSignature
from hearing_app.registry.standard import Told, automatic_fields, completeness, fields
from hearing_app.registry.vocabulary import CompiledBy

# Fields that stand right under the heading of their section, which says the same as their title.
_UNTITLED = ("claims", "withheld", "sources")
# Fields that stand at the top of the page, or beside the field before them.
_BESIDE = ("headline", "scope_note")
# Sections that stand open, since a reader came for them; of all others the first line says what is in them.
_OPEN = ("claims", "rights", "withheld")


class Numbers:
    """The numbers of a page's sources, given in the order in which the page first mentions them."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._order: list[str] = []

    def of(self, ids: Iterable[str]) -> list[int]:
        """Return the numbers of the sources with these ids, from small to large."""
        self._order += [id for id in ids if id not in self._order]
        return sorted(self._order.index(id) + 1 for id in ids)

    def sources(self) -> list[Source]:
        """Return every source by its number; one that was never mentioned stands at the end."""
        self.of([source.id for source in self._entry.sources])
        return [self._entry.source(id) for id in self._order]


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the page that another document makes: the section in which it stands, its title, its HTML."""

    section: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class _Page:
    """What the sentences of single fields need to know of the page."""

    entry: Entry
    numbers: Numbers
    review: str
    datasets: Sequence[Manifest]
    known: Collection[str]
    titles: Mapping[str, str]
    today: date


def system_html(
    published: PublishedEntry,
    history: Sequence[Version],
    hearings: Sequence[Hearing],
    catalogue: Catalogue,
    signatures: Mapping[int, VersionSignature],
    *,
    slots: Sequence[Slot] = (),
    notices: Sequence[str] = (),
    since_hearings: str = "",
    added: Automatic | None = None,
    today: date | None = None,
) -> str:
    """Return the entry in the order in which people ask, with the pictures of its first dataset's figures.

    ``signatures`` are those of the entry's versions, by number: the page says who signed what it shows.
    ``notices`` stand at the top, ``slots`` at the end of their sections; ``since_hearings`` says what changed
    since a hearing opened; ``added`` are the fields that the register fills in.
    ``today`` (UTC) decides whether a withheld field should have been looked at again.
    """
    entry, version = published.entry, published.version
    day = today or datetime.now(UTC).date()
    signature = signatures.get(version.version)
    known = [dataset_id for dataset_id in entry.datasets if dataset_id in catalogue.ids()]
    numbers, blocks, stated = Numbers(entry), in_sections(entry, day), by_state(entry)
    page = _Page(
        entry,
        numbers,
        _review(entry.human_review),
        [catalogue.dataset(dataset_id).manifest for dataset_id in known],
        known,
        {one.name: one.title for one in fields()},
        day,
    )
    placed = {shown.field.name for within in blocks.values() for block in within for shown in block.fields}
    return render(
        "system",
        entry=entry,
        page=page,
        numbers=numbers,
        sections=SECTIONS,
        outlines=outlines(blocks, _BESIDE),
        untitled=_UNTITLED,
        open_sections=_OPEN,
        by_state=stated,
        welcome=len(stated[Told.STATED]) - len(completeness(entry).stated),
        linked=placed - {*_UNTITLED, *_BESIDE},
        completeness=completeness_words(entry),
        whys={
            section: [shown.field for block in within for shown in block.fields]
            for section, within in blocks.items()
        },
        history=history,
        signatures=signatures,
        version=version,
        signature=signature,
        trusted=signature is not None and signature.key.trusted_at(version.published_at),
        fingerprint=fingerprint_of,
        hearings=[_shown(hearing) for hearing in hearings],
        picture=rendered(headline_picture(catalogue, known)),
        since_hearings=rendered(since_hearings),
        notices=rendered("".join(notices)),
        slots=_by_section(slots),
        added=added,
        added_titles={one.name: one.title for one in automatic_fields()},
    )


def completeness_words(entry: Entry) -> str:
    """Return how much of what it should say an entry says, as one sentence."""
    found = completeness(entry)
    # What others compiled says nothing about what the body would state.
    missing = "not stated" if entry.compiled.by is CompiledBy.DEPLOYER else "not found in the sources read"
    return (
        f"Of {plural(found.needed, 'field')} that this entry should have, {len(found.stated)} are stated, "
        f"{len(found.withheld)} withheld, {len(found.not_stated)} {missing}."
    )


def _by_section(slots: Sequence[Slot]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for slot in slots:
        html = rendered(slot.html)
        found.setdefault(slot.section, []).append({"title": slot.title, "html": html})
    return found


def links_to_figures(entry: Entry, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return the datasets of an entry that are served, each with the words of the link to its figures.

    Two links with the same words and another end would be one to whoever hears them.
    """
    known = [dataset_id for dataset_id in entry.datasets if dataset_id in catalogue.ids()]
    words = "Explore its figures"
    if len(known) < 2:
        return [(dataset_id, words) for dataset_id in known]
    return [(one, f"{words}: {for_label(catalogue.dataset(one).manifest.title)}") for one in known]


def _review(review: HumanReview | None) -> str:
    """Return what is known of the check by a person as one sentence; empty if nothing is."""
    if review is None:
        return ""
    parts = []
    if review.before_effect is not None:
        when = "before" if review.before_effect else "only after"
        parts.append(f"the check comes {when} the result has an effect")
    if review.second_person is not None:
        parts.append("a second person checks too" if review.second_person else "no second person checks")
    if review.can_override is not None:
        parts.append(f"the person who checks {'can' if review.can_override else 'cannot'} decide otherwise")
    *first, last = parts or [""]
    whole = f"{', '.join(first)}, and {last}" if first else last
    return f"{whole[0].upper()}{whole[1:]}." if whole else ""


def _shown(hearing: Hearing) -> dict[str, object]:
    return {
        "id": hearing.id,
        "title": hearing.title,
        "phase": str(hearing.phase()),
        "window": hearing.window,
        "demonstration": hearing.demonstration,
    }
