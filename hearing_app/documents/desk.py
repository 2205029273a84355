"""The publishing desk's lists, what is said about a draft, and the page as the public will see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from sqlalchemy import Connection

from hearing_app.documents.render import render, rendered
from hearing_app.documents.system_page import made_page
from hearing_app.errors import Fault
from hearing_app.evidence.datasets import Catalogue
from hearing_app.record.ledger import size_of
from hearing_app.record.versions import Version
from hearing_app.registry.desk.drafts import Done, Draft, Remark, digest
from hearing_app.registry.desk.look import Look, top
from hearing_app.registry.desk.text import as_yaml
from hearing_app.registry.entry import Entry
from hearing_app.registry.in_words import title_of
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import StandardField, fields


def entries_html(entries: Sequence[PublishedEntry]) -> str:
    """Return the table of an agency's published entries."""
    return render("desk_entries", entries=entries)


def drafts_html(drafts: Sequence[Draft], *, caption: str, reader: str) -> str:
    """Return the table of drafts, each with its link; ``reader`` is how the record names who looks."""
    return render("desk_drafts", drafts=drafts, caption=caption, reader=reader)


def log_html(log: Sequence[Done]) -> str:
    """Return what was done at the desk, one line an act; a row of savings by one person is one line."""
    lines: list[dict[str, Any]] = []
    for one in log:
        last = lines[-1] if lines else None
        if last and (last["done"].draft_id, last["done"].act, last["done"].actor) == (
            one.draft_id,
            one.act,
            one.actor,
        ):
            last["times"] += 1
            last["done"] = one
        else:
            lines.append({"done": one, "times": 1})
    return render("desk_log", lines=lines)


def log_told_html(log: Sequence[Done], agency: str) -> str:
    """Return the log with what an auditor may read here, and where the rest of an auditor's work is.

    ``agency`` is the body that the auditor's account names, "" for none: then it is the log of every desk.
    """
    return render("desk_log_told", log=rendered(log_html(log)), agency=agency)


def field_html(
    field: StandardField, *, needed: bool | None, remarks: Sequence[Remark], faults: Sequence[Fault]
) -> str:
    """Return what stands over a field of the form: what it asks, why, an example, and what is said to it."""
    example = as_yaml({field.name: field.example}) if field.example is not None else ""
    return render(
        "desk_field", field=field, needed=needed, remarks=remarks, faults=faults, example=example.strip()
    )


def look_html(look: Look, names: Sequence[str] = (), *, summary: bool = False) -> str:
    """Return what keeps a draft back and what reads oddly, of some fields or of all.

    ``summary`` adds how hard the summary is to read.
    """
    faults, advice = look.of_fields(names) if names else (list(look.faults), list(look.advice))
    return render(
        "desk_look",
        look=look,
        faults=[(_title(one.field), one) for one in faults],
        advice=[(_title(one.field), one) for one in advice],
        before_use=[(_title(one.field), one) for one in look.before_use],
        whole=not names,
        summary=look.summary if summary else None,
    )


def remarks_html(remarks: Sequence[Remark]) -> str:
    """Return the remarks with which a draft came back."""
    return render("desk_remarks", remarks=[(_title(one.field) or "The whole", one) for one in remarks])


def preview_html(
    db: Connection,
    draft: Draft,
    entry: Entry,
    catalogue: Catalogue,
    registry: Path,
    *,
    reader: str,
    at: datetime | None = None,
) -> str:
    """Return the page of an entry as the public will see it once the draft is published.

    It is made by the same function as the public page, as if ``reader``, named as the record does, approved
    it now. ``registry`` is the folder whose rules apply.
    """
    now, document = at or datetime.now(UTC), entry.model_dump(mode="json")
    number, event = draft.based_on + 1, size_of(db)
    version = Version("system", entry.id, number, document, digest(document), now, reader, draft.note, event)
    coming = PublishedEntry(version, entry)
    return made_page(db, catalogue, registry, entry.id, now=now, draft=coming).html


def titles_of_fields() -> Mapping[str, str]:
    """Return the title of every field by its name, for lists of remarks."""
    return {one.name: one.title for one in fields()}


def _title(path: str) -> str:
    """Return what a reader calls the place of a fault: the field's title, the number and name of its part.

    "compiled.statement" is "Who wrote this entry, Statement"; "outputs.1.threshold" "What comes out 2,
    Threshold".
    """
    first, *rest = path.split(".")
    title = titles_of_fields().get(top(path), first)
    within = _part_of(Entry.model_fields[first].annotation) if first in Entry.model_fields else None
    for step in rest:
        if step.isdigit():
            title += f" {int(step) + 1}"
        elif within is not None and step in within.model_fields:
            title += f", {title_of(within, step)}"
            within = _part_of(within.model_fields[step].annotation)
    return title


def _part_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model of which a field holds one or several, if it does."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _part_of(one)) is not None), None)
