"""Whether the parts of one entry agree with each other: references, dates, names.

The rules read plain data and pass over whatever has the wrong shape, because the model reports that.
So a document with ten faults of both kinds shows all ten in one run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from pydantic_core import InitErrorDetails

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.impact.faults import answer_faults
from hearing_app.registry.text import refuse

Location = tuple[int | str, ...]
_DATES = frozenset({"since", "until", "said", "date", "read_on", "last_seen", "as_of"})


def disagreements(data: Mapping[str, object]) -> list[InitErrorDetails]:
    """Every place where the entry contradicts itself, as errors that pydantic can report.

    ``data`` is an entry as read from YAML or dumped from the model in JSON mode.
    """
    found = [*_sources(data), *_repeats(data), *_dates(data), *_stages(data), *_scope(data)]
    return [*found, *answer_faults(data)]


def _error(at: Location, value: object, problem: str, repair: str) -> InitErrorDetails:
    return InitErrorDetails(type=refuse(problem, repair), loc=at, input=value)


def _walk(value: object, at: Location = ()) -> Iterator[tuple[Location, object]]:
    yield at, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, (*at, str(key)))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*at, index))


def _at(data: object, *path: int | str) -> object:
    """The value at a path, or ``None`` where the path leaves the data."""
    for step in path:
        if isinstance(step, str) and isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(step, int) and isinstance(data, (list, tuple)) and -len(data) <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _sources(data: Mapping[str, object]) -> Iterator[InitErrorDetails]:
    listed = [_at(source, "id") for source in _items(data.get("sources"))]
    used: set[object] = set()
    for at, value in _walk(data):
        if len(at) < 2 or at[-1] != "sources":
            continue
        for index, name in enumerate(_items(value)):
            used.add(name if isinstance(name, str) else None)
            if isinstance(name, str) and name not in listed:
                yield _error(
                    (*at, index),
                    name,
                    f"There is no source “{name}”.",
                    "Add it to the list of sources, or correct its id here.",
                )
    for index, name in enumerate(listed):
        if isinstance(name, str) and name not in used:
            yield _error(
                ("sources", index, "id"),
                name,
                f"Nothing in the entry refers to the source “{name}”.",
                "Name it where it is used, or remove it from the list.",
            )


def _repeats(data: Mapping[str, object]) -> Iterator[InitErrorDetails]:
    """The same id twice in ``sources`` or ``claims``, or the same word twice in a list of words."""
    for at, value in _walk(data):
        named = at in {("sources",), ("claims",)}
        seen: set[str] = set()
        for index, item in enumerate(_items(value)):
            name = _at(item, "id") if named else item
            if not isinstance(name, str):
                continue
            if name in seen:
                place = (*at, index, "id") if named else (*at, index)
                yield _error(place, name, f"“{name}” stands here twice.", "Keep one of the two.")
            seen.add(name)


def _date(value: object) -> PartialDate | None:
    try:
        return PartialDate(str(value)) if isinstance(value, (str, int)) else None
    except ValueError:
        return None


def _dates(data: Mapping[str, object]) -> Iterator[InitErrorDetails]:
    as_of = _date(_at(data, "compiled", "as_of"))
    if as_of is None:
        return
    for at, value in _walk(data):
        if at and at[-1] in _DATES and (date := _date(value)) and date.is_after(as_of):
            yield _error(
                at,
                value,
                f"{date.words} is later than {as_of.words}, the day of the entry.",
                "Correct this date, or bring the entry's day (compiled.as_of) up to date.",
            )


def _stages(data: Mapping[str, object]) -> Iterator[InitErrorDetails]:
    stages = _items(_at(data, "lifecycle", "stages"))
    for index, stage in enumerate(stages):
        since, until = _date(_at(stage, "since")), _date(_at(stage, "until"))
        place: Location = ("lifecycle", "stages", index, "until")
        if since and until and since.is_after(until):
            yield _error(
                place,
                until,
                f"The stage ends ({until.words}) before it begins ({since.words}).",
                "Correct one of the two dates.",
            )
        if until and index == len(stages) - 1:
            yield _error(
                place,
                until,
                "The last stage has an end, so the present state is missing.",
                "Add the stage that followed, or remove the end.",
            )
    for index, (before, after) in enumerate(pairwise(stages), start=1):
        since, earlier = _date(_at(after, "since")), _date(_at(before, "since"))
        until = _date(_at(before, "until"))
        place = ("lifecycle", "stages", index, "since")
        if since and earlier and earlier.is_after(since):
            yield _error(
                place,
                since,
                f"The stage begins ({since.words}) before the one above it ({earlier.words}).",
                "List the stages in the order of their dates.",
            )
        elif since and until and until.is_after(since):
            yield _error(
                place,
                since,
                f"The stage begins ({since.words}) before the one above it has ended ({until.words}).",
                "Correct the dates so that one stage follows the other.",
            )
        if isinstance(before, Mapping) and before.get("until") is None:
            yield _error(
                ("lifecycle", "stages", index - 1, "until"),
                None,
                "Another stage follows, but this one has no end.",
                "Write when it ended, as exactly as the sources say.",
            )


def _scope(data: Mapping[str, object]) -> Iterator[InitErrorDetails]:
    police, note = data.get("is_police_system"), data.get("scope_note")
    if police is False and not note:
        yield _error(
            ("scope_note",),
            note,
            "The entry says that this is not a police system, but not why the register holds it.",
            "Write why, in a sentence.",
        )
    dataset, datasets = _at(data, "headline", "dataset"), _items(data.get("datasets"))
    if isinstance(dataset, str) and dataset not in datasets:
        yield _error(
            ("headline", "dataset"),
            dataset,
            f"The dataset “{dataset}” is not among those that the entry links.",
            "Add it under datasets, or remove it here.",
        )
