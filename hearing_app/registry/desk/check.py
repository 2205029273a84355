"""What keeps a draft from being published, and what it says so far, while it is still being written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from hearing_app.errors import Fault
from hearing_app.record.versions import Version, latest_version
from hearing_app.registry.check import check_beside
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.accountability import Deployer
from hearing_app.registry.entry.identity import Compiled, Lifecycle
from hearing_app.registry.files import validate
from hearing_app.registry.register import register_of
from hearing_app.registry.rules.hindrances import hindrances
from hearing_app.registry.rules.reading import shipped_rules
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.signed import about
from hearing_app.registry.vocabulary import CompiledBy, LifecycleStage


class Unfinished(Entry):
    """An entry of which only some fields are there and sound; the others are as if nothing was said."""

    @property
    def stage(self) -> LifecycleStage:
        """The present stage; a plan, while no stage is given."""
        return self.lifecycle.stages[-1].stage if self.lifecycle.stages else LifecycleStage.PROPOSED


def check_draft(
    db: Connection,
    document: Mapping[str, Any],
    *,
    agency: str,
    document_id: str,
    based_on: int,
    dataset_ids: Collection[str],
    today: date,
    rules: Sequence[Rule] | None = None,
) -> tuple[Entry | None, list[Fault]]:
    """Return the entry that a draft describes, or ``None``, and everything that keeps it from publication.

    ``agency`` is the one at whose desk it is written; ``document_id`` and ``based_on`` name the version that
    it would follow, "" and 0 for none. ``rules`` are those on prohibited and restricted uses; without them,
    the packaged ones apply.
    """
    entry, faults = validate(dict(document), Entry, "")
    faults += check_beside(document, _others(db), dataset_ids)
    faults += _own_words(document, agency)
    name = document.get("id")
    present = latest_version(db, "system", name) if isinstance(name, str) else None
    faults += _place(document, present, agency=agency, document_id=document_id, based_on=based_on)
    faults += _day(document, present)
    if entry is not None:
        faults += hindrances(entry, shipped_rules() if rules is None else rules, on=today)
    return entry, faults


def unfinished(document: Mapping[str, Any]) -> Entry:
    """Return what a draft says so far as an entry without validation: advice and completeness read it.

    A field that is at fault is as if it was not stated. No page is ever made of it.
    """
    given = {name: _sound(name, document[name]) for name in Entry.model_fields if name in document}
    said = {name: value for name, value in given.items() if value is not None}
    nobody: dict[str, Any] = {"by": None, "as_of": None, "statement": "", "kind": None}
    nothing: dict[str, Any] = {
        **dict.fromkeys(("id", "name", "summary", "lang", "purpose"), ""),
        "functions": (),
        "sources": (),
        "is_police_system": None,
        "compiled": Compiled.model_construct(**nobody),
        "deployer": Deployer.model_construct(agency="", name="", country="", **nobody),
        "lifecycle": Lifecycle.model_construct(stages=(), last_seen=None, note=None),
    }
    return Unfinished.model_construct(**(nothing | said))


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    info = Entry.model_fields[name]
    given: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(given)


def _sound(name: str, value: object) -> object:
    try:
        return _adapter(name).validate_python(value)
    except ValidationError:
        return None


def _others(db: Connection) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield what is said of its agency in each published entry; none is read whole for it."""
    for one in register_of(db).ordered:
        said = {"agency": one.agency, "name": one.agency_name, "kind": str(one.agency_kind)}
        yield one.id, {"deployer": {**said, "country": one.country}}


def _at(document: Mapping[str, Any], part: str, field: str) -> object:
    group = document.get(part)
    return group.get(field) if isinstance(group, Mapping) else None


def _own_words(document: Mapping[str, Any], agency: str) -> list[Fault]:
    """An agency publishes about itself, in its own name."""
    faults = []
    named = _at(document, "deployer", "agency")
    if isinstance(named, str) and named != agency:
        problem = f"This is the desk of “{agency}”, and the entry is about “{named}”."
        faults.append(Fault("", "deployer.agency", problem, f"Write “{agency}”."))
    by = _at(document, "compiled", "by")
    if isinstance(by, str) and by != CompiledBy.DEPLOYER:
        problem = "Others are said to have written this."
        faults.append(Fault("", "compiled.by", problem, f"Choose “{CompiledBy.DEPLOYER.label}”."))
    return faults


def _place(
    document: Mapping[str, Any], present: Version | None, *, agency: str, document_id: str, based_on: int
) -> list[Fault]:
    """A lasting name belongs to one body and one entry, for ever."""
    name = document.get("id")
    if document_id and isinstance(name, str) and name != document_id:
        problem = f"This is a draft of “{document_id}”, and a lasting name never changes."
        return [Fault("", "id", problem, f"Write “{document_id}”, or begin a new entry.")]
    if present is None:
        return []
    if (owner := about("system", present.document)) != agency:
        return [Fault("", "id", f"“{name}” is the name of an entry about “{owner}”.", "Choose another name.")]
    if not based_on:
        problem = f"There is an entry “{name}” already, in version {present.version}."
        return [Fault("", "id", problem, "Begin from that version, or choose another name.")]
    return []


def _day(document: Mapping[str, Any], present: Version | None) -> list[Fault]:
    """The day of the entry is not before that of the version it follows; ``hindrances`` looks at today."""
    as_of = _date(_at(document, "compiled", "as_of"))
    if as_of is None:
        return []
    before = _date(_at(present.document, "compiled", "as_of")) if present is not None else None
    if present is not None and before is not None and before.is_after(as_of):
        problem = f"Version {present.version} was brought up to date {before.when}, which is later."
        repair = "Write the day on which you last brought the entry up to date."
        return [Fault("", "compiled.as_of", problem, repair)]
    return []


def _date(value: object) -> PartialDate | None:
    try:
        return PartialDate(str(value)) if isinstance(value, (str, int)) else None
    except ValueError:
        return None
