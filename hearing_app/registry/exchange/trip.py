"""The way there and back: an entry's plain fields, and what of them did not return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Draft, Export, Import, Lost

NO_PLACE = "It has no place for this."
SOURCES = "It keeps no sources with single statements."


def plain(entry: Entry) -> Draft:
    """Return what an entry states, as JSON has it, without the ids of sources inside the fields."""
    data = entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {name: kept for name, value in data.items() if (kept := _kept(value)) not in _NOTHING}


_NOTHING: tuple[object, ...] = ({}, [], None)


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: kept
            for name, one in value.items()
            if name != "sources" and (kept := _kept(one)) not in _NOTHING
        }
    return [_kept(one) for one in value] if isinstance(value, list) else value


def get(data: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path, or ``None``."""
    found: Any = data
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def put(draft: Draft, path: str, value: Any) -> None:
    """Set the value at a dotted path, making the groups on the way."""
    *steps, last = path.split(".")
    for step in steps:
        draft = draft.setdefault(step, {})
    draft[last] = value


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Give the dotted path of everything that is stated, without the numbers of list items."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    else:
        yield path


def lost_between(
    before: Mapping[str, Any], after: Mapping[str, Any], whys: Mapping[str, str], entry: Entry
) -> tuple[Lost, ...]:
    """Return every stated field, or part of one, that did not come back as it was.

    A field of which nothing came back is named once. ``whys`` gives the reasons by path; the reason of the
    nearest field above is taken. The ids of sources are in none of the two, and are named where the entry
    gives some.
    """
    found: dict[str, str] = {}
    for name, value in before.items():
        if name not in after:
            found[name] = _why(name, whys)
            continue
        for path in _differing(value, after[name], name):
            found[path] = _why(path, whys)
    for path in _with_sources(entry.model_dump(mode="json")):
        if path.partition(".")[0] not in found:
            found[path] = whys.get("sources of parts", SOURCES)
    return tuple(Lost(path, found[path]) for path in sorted(found))


def _differing(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name, one in before.items():
            if name in after:
                yield from _differing(one, after[name], f"{path}.{name}")
            else:
                yield from leaves(one, f"{path}.{name}")
    elif isinstance(before, list) and isinstance(after, list):
        for place, one in enumerate(before):
            if place < len(after):
                yield from _differing(one, after[place], path)
            else:
                yield from leaves(one, path)
    elif before != after:
        yield from leaves(before, path)


def _with_sources(data: Mapping[str, Any]) -> set[str]:
    return {path for name, value in data.items() if name != "sources" for path in _sourced(value, name)}


def _sourced(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("sources"):
            yield f"{path}.sources"
        for name, one in value.items():
            if name != "sources":
                yield from _sourced(one, f"{path}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from _sourced(one, path)


def _why(path: str, whys: Mapping[str, str]) -> str:
    while path:
        if path in whys:
            return whys[path]
        path = path.rpartition(".")[0]
    return NO_PLACE


@dataclass(frozen=True, slots=True)
class Standard:
    """Another standard: how its documents are written and read, and what it holds of an entry.

    ``held`` are the dotted paths that it holds, read from the tables that write and read it; ``whys`` the
    reasons why others are not, or come back as something else; ``needed`` names what a document lacks.
    """

    name: str
    title: str
    write: Callable[[Draft, About], Any]
    read: Callable[[Any], Import]
    held: frozenset[str]
    whys: Mapping[str, str] = field(default_factory=dict)
    needed: Callable[[Any], tuple[str, ...]] = lambda _: ()
    caveats: tuple[str, ...] = ()


def export(standard: Standard, entry: Entry, about: About) -> Export:
    """Return an entry as the standard has it, with everything that reading it back does not give."""
    before = plain(entry)
    document = standard.write(before, about)
    after = standard.read(document).draft
    return Export(
        document,
        lost_between(before, after, standard.whys, entry),
        standard.needed(document),
        standard.caveats,
    )


def present_stage(data: Mapping[str, Any]) -> str | None:
    """Return the stage that an entry or a draft gives last."""
    stages = get(data, "lifecycle.stages")
    return stages[-1].get("stage") if stages else None
