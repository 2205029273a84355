"""How far a pack is, and what was chosen for it, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hearing_app.documents.pack.making import Making
from hearing_app.documents.pack.staff import STAFF_COMMENTS, Choice, choice_of
from hearing_app.documents.pack.whole import FILES
from hearing_app.documents.render import render
from hearing_app.documents.words import day
from hearing_app.errors import Fault, Invalid
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import LANGUAGES, CommentType, State

STATES = {
    State.SUBMITTED: "Waiting to be read",
    State.PUBLISHED: "Published",
    State.HELD: "Held back",
    State.REJECTED: "Not published",
    State.WITHDRAWN: "Withdrawn: their number alone, without words",
}
FILE_WORDS = {
    "briefing.docx": "The briefing, as a Word document",
    "briefing.html": "The briefing, as a page to print",
    "workbook.xlsx": "The workbook, with a sheet for each table",
    "comments.csv": "The comments, for a spreadsheet (CSV)",
    "comments.jsonl": "The comments, exactly as written (JSON Lines)",
    "comments.parquet": "The comments, for programs (Parquet)",
    "open-data.zip": "The open data, which anyone may have",
}


def progress_html(made: Making, hearing: Hearing, names: Mapping[str, str]) -> str:
    """Return how far a pack is, what it takes, and what to do next; ``names`` are those of systems."""
    done = len(made.begun) - 1 if made.stage.goes_on else len(made.begun)
    files = [
        {"words": FILE_WORDS[name], "state": _state_of(place, done, len(made.begun))}
        for place, name in enumerate(FILES)
    ]
    zone = ZoneInfo(hearing.time_zone)
    return render(
        "pack_progress",
        made=made,
        files=files,
        done=max(done, 0),
        table=made.table.replace("_", " "),
        chosen=list(choice_in_words(made.choice, names)),
        began=made.began_at.astimezone(zone),
        until=made.removed_at.astimezone(zone) if made.removed_at else None,
        zone=hearing.time_zone,
    )


def choice_in_words(choice: Choice, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what was chosen, as pairs of a label and words; nothing for what leaves all in."""
    meanings = {column.name: column.meaning for column in STAFF_COMMENTS}
    lists: tuple[tuple[str, tuple[str, ...], Any], ...] = (
        ("State", choice.state, lambda one: STATES[State(one)]),
        ("System", choice.system, lambda one: names.get(one, one)),
        ("Kind", choice.kind, lambda one: CommentType(one).label),
        ("Language", choice.language, language_in_words),
        ("Theme", choice.theme, str),
    )
    for label, values, words in lists:
        if values:
            yield label, ", ".join(words(one) for one in values)
    if choice.since is not None:
        yield "From", day(choice.since)
    if choice.until is not None:
        yield "Up to", day(choice.until)
    if choice.column:
        yield "Columns", f"{len(choice.column)} of {len(meanings)}: {', '.join(choice.column)}"


def choice_from(
    lists: Mapping[str, Sequence[str]],
    columns: Sequence[str] | None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> Choice:
    """Return the choice of a form; ``columns`` is ``None`` for all of them.

    Raises ``Invalid`` for a first day after the last one, and where no column is left.
    """
    faults = []
    if since is not None and until is not None and since > until:
        faults.append(Fault("", "since", "It lies after the last day.", "Change one of the two days."))
    if columns is not None and not columns:
        faults.append(Fault("", "column", "None is chosen.", "Choose at least one, or take every column."))
    if faults:
        raise Invalid("These choices take nothing.", faults, kept="What you chose is still here.")
    pairs = [(name, value) for name, values in lists.items() for value in values]
    pairs += [("column", one) for one in columns or ()]
    pairs += [(name, at.isoformat()) for name, at in (("since", since), ("until", until)) if at is not None]
    return choice_of(pairs)


def language_in_words(tag: str) -> str:
    """Return the name of a comment's language."""
    return "Could not be told" if tag in {"", "und"} else LANGUAGES.get(tag, tag)


def _state_of(place: int, done: int, begun: int) -> str:
    return "done" if place < done else "now" if place < begun else "to come"
