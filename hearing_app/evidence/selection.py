"""Which people, compared by what, from which score on: a question to a dataset, and its form in an address.

The grammar is ``by=race,sex``, ``threshold=5``, ``where=sex:Female`` (repeated for more columns) and
``reference=race:Caucasian`` (repeated). The API and the command line refuse what does not fit
(``parse_selection``); a page shows what fits and says what it left out (``read_selection``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.datasets import Dataset
from hearing_app.evidence.format import people
from hearing_app.evidence.manifest import (
    GroupColumn,
    ListedColumn,
    Manifest,
    Population,
    TimeColumn,
    Value,
)

Pairs = tuple[tuple[str, Value], ...]
"""(column, value) pairs, each column once."""
Parameters = Sequence[tuple[str, str]]
"""The parameters of an address, in order, as text."""

NAMES = ("by", "threshold", "where", "reference")
MOST_GROUPS = 1_000
"""So many groups may be possible in one answer: all combinations of the values that ``by`` lists."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A question to a dataset; hashable, so that answers can be kept.

    ``by``: columns to compare by, in the asked order, () for everyone together. ``threshold``: a score at or
    above it is a positive prediction; None where nobody is scored. ``where``: people must have these values,
    in the manifest's column order. ``reference``: one value for each column of ``by``, in its order.
    """

    dataset: str
    by: tuple[str, ...]
    threshold: int | None
    where: Pairs
    reference: Pairs


def opening_selection(dataset: Dataset) -> Selection:
    """What a page shows first: the first population, by the first column, at the dataset's own threshold."""
    manifest = dataset.manifest
    threshold = manifest.score.threshold if manifest.scored else None
    where = _in_order(manifest, manifest.populations[0].where)
    first = _first(manifest, [name for name, _ in where])
    reference = tuple((column.name, column.reference) for column in first)
    return Selection(dataset.id, tuple(column.name for column in first), threshold, where, reference)


def parse_selection(dataset: Dataset, params: Parameters) -> Selection:
    """The selection that the parameters name; without ``by``, everyone together.

    Raises ``Invalid`` with one fault for each parameter that does not fit, saying what is possible.
    """
    selection, faults = _read(dataset, params)
    for name in dict.fromkeys(name for name, _ in params if name not in NAMES):
        repair = f"The parameters are {', '.join(NAMES)}."
        faults.append(Fault("", name[:40], f"There is no parameter “{name[:40]}”.", repair))
    if faults:
        raise Invalid("The selection does not fit the dataset.", faults, kept="")
    return selection


def read_selection(dataset: Dataset, params: Parameters) -> tuple[Selection, list[str]]:
    """The selection as far as it fits, and one plain sentence for each part that was left out.

    Without ``by`` it opens as ``opening_selection`` does. Parameters of other names are passed over: an
    address carries more than the selection.
    """
    opening, manifest = opening_selection(dataset), dataset.manifest
    if not any(name == "by" for name, _ in params):
        # What the address names is not pushed aside by what it leaves open.
        where = _pairs("where", params, manifest.selectable, []) or dict(opening.where)
        params = [("by", ",".join(column.name for column in _first(manifest, where))), *params]
    if not any(name == "where" for name, _ in params):
        by = _by(manifest, _once(params, "by", []), [])
        if can_combine(manifest, [*by, *(name for name, _ in opening.where)]):
            params = [*params, *(("where", f"{name}:{value}") for name, value in opening.where)]
    selection, faults = _read(dataset, params)
    return selection, [f"{fault.problem} It was left out. {fault.repair}" for fault in faults]


def selection_params(selection: Selection) -> list[tuple[str, str]]:
    """The parameters that name the selection in full; both readers give the same selection back."""
    return [
        ("by", ",".join(selection.by)),
        *([] if selection.threshold is None else [("threshold", str(selection.threshold))]),
        *(("where", f"{name}:{value}") for name, value in selection.where),
        *(("reference", f"{name}:{value}") for name, value in selection.reference),
    ]


def published_part(manifest: Manifest, selection: Selection) -> tuple[Selection, list[Fault]]:
    """The selection as far as the published tables answer it, and a fault for each part that they do not.

    Everything, without faults, where every combination is counted. What people are compared by goes before
    whom they are selected by, and each in its order.
    """
    lattice, faults, kept = manifest.lattice, list[Fault](), list[str]()
    if lattice is None:
        return selection, faults
    possible = "; ".join(" + ".join(table.columns) for table in lattice.tables if table.columns)
    for key, name in [("by", name) for name in selection.by] + [
        ("where", name) for name, _ in selection.where
    ]:
        if can_combine(manifest, [*kept, name]):
            kept.append(name)
        else:
            beside = f" together with {' and '.join(kept)}" if kept else ""
            problem = f"“{name}” is not published{beside}."
            faults.append(Fault("", key, problem, f"Possible are: {possible}."))
    by = tuple(name for name in selection.by if name in kept)
    where = tuple(pair for pair in selection.where if pair[0] in kept)
    reference = tuple(pair for pair in selection.reference if pair[0] in by)
    return replace(selection, by=by, where=where, reference=reference), faults


def can_combine(manifest: Manifest, columns: Iterable[str]) -> bool:
    """Whether the published counts combine these columns."""
    wanted = set(columns)
    return manifest.lattice is None or any(wanted <= set(table.columns) for table in manifest.lattice.tables)


def joining(manifest: Manifest, chosen: Iterable[str]) -> tuple[str, ...]:
    """The columns that can be selected by together with all of those chosen, and those chosen themselves."""
    wanted = list(chosen)
    return tuple(one.name for one in manifest.selectable if can_combine(manifest, [*wanted, one.name]))


def _first(manifest: Manifest, where: Iterable[str]) -> tuple[GroupColumn | TimeColumn, ...]:
    """The first column by which people of this selection can be compared."""
    there = joining(manifest, where)
    return tuple(column for column in manifest.comparable if column.name in there)[:1]


def with_population(dataset: Dataset, selection: Selection, population_id: str) -> Selection:
    """The same question about one of the dataset's named populations; other conditions stay.

    Raises ``Invalid`` for a population that the dataset does not name.
    """
    manifest = dataset.manifest
    chosen = next((one for one in manifest.populations if one.id == population_id), None)
    if chosen is None:
        problem = f"There is no population “{population_id[:60]}”."
        repair = f"Use one of: {', '.join(one.id for one in manifest.populations)}."
        fault = Fault("", "population", problem, repair)
        raise Invalid("The selection does not fit the dataset.", [fault], kept="")
    switches = _switches(manifest)
    kept = {name: value for name, value in selection.where if name not in switches}
    return replace(selection, where=_in_order(manifest, {**kept, **chosen.where}))


def population_of(dataset: Dataset, selection: Selection) -> Population | None:
    """The named population that the selection is about, or None where its switches match none."""
    return population_in(dataset.manifest, selection)


def population_in(manifest: Manifest, selection: Selection) -> Population | None:
    """The same, where only the manifest is at hand."""
    switches = _switches(manifest)
    chosen = {name: value for name, value in selection.where if name in switches}
    return next((one for one in manifest.populations if one.where == chosen), None)


def _switches(manifest: Manifest) -> set[str]:
    return {name for population in manifest.populations for name in population.where}


def _in_order(manifest: Manifest, values: Mapping[str, Value]) -> Pairs:
    return tuple((c.name, values[c.name]) for c in manifest.selectable if c.name in values)


def _read(dataset: Dataset, params: Parameters) -> tuple[Selection, list[Fault]]:
    manifest, faults = dataset.manifest, list[Fault]()
    by = _by(manifest, _once(params, "by", faults), faults)
    threshold = _threshold(manifest, _once(params, "threshold", faults), faults)
    where = _pairs("where", params, manifest.selectable, faults)
    compared = [column for column in manifest.comparable if column.name in by]
    chosen = _pairs("reference", params, compared, faults)
    own = {column.name: column.reference for column in compared}
    reference = tuple((name, chosen.get(name, own[name])) for name in by)
    read = Selection(dataset.id, by, threshold, _in_order(manifest, where), reference)
    fitting, unfit = published_part(manifest, read)
    return fitting, [*faults, *unfit]


def _once(params: Parameters, name: str, faults: list[Fault]) -> str | None:
    texts = [text for key, text in params if key == name]
    if len(texts) > 1:
        faults.append(Fault("", name, f"“{name}” was given {len(texts)} times.", "Give it once."))
    return texts[0] if texts else None


def _by(manifest: Manifest, text: str | None, faults: list[Fault]) -> tuple[str, ...]:
    possible = [column.name for column in manifest.comparable]
    repair = f"Name one or more of {', '.join(possible)}, joined by commas, each once."
    found: list[str] = []
    names = text.split(",") if text else []
    if len(names) > len(possible):
        faults.append(Fault("", "by", f"{len(names)} groups are named; there are {len(possible)}.", repair))
        names = []
    for name in names:
        if name in found:
            faults.append(Fault("", "by", f"“{name}” stands there twice.", repair))
        elif name in possible:
            found.append(name)
        else:
            faults.append(Fault("", "by", f"“{name[:60]}” is not a group of this dataset.", repair))
    fault = too_many_groups(manifest, found)
    if fault is not None:
        faults.append(fault)
        return ()
    return tuple(found)


def too_many_groups(manifest: Manifest, by: Iterable[str]) -> Fault | None:
    """What is wrong with comparing by all of these columns at once, or None where it can be answered."""
    named = tuple(by)
    possible = prod(len(one.values) for one in manifest.comparable if one.name in named)
    if possible <= MOST_GROUPS:
        return None
    problem = f"{people(possible)} groups are possible with {', '.join(named)} together."
    repair = f"Name fewer columns: an answer has {people(MOST_GROUPS)} groups at most."
    return Fault("", "by", problem, repair)


def _threshold(manifest: Manifest, text: str | None, faults: list[Fault]) -> int | None:
    if not manifest.scored:
        if text is not None:
            repair = "Leave it out."
            faults.append(Fault("", "threshold", "This dataset has no score to put a threshold to.", repair))
        return None
    score = manifest.score
    if text is None:
        return score.threshold
    if re.fullmatch(r"0|-?[1-9][0-9]{0,8}", text) and int(text) in manifest.thresholds:
        return int(text)
    repair = f"Give a whole number from {score.minimum} to {score.maximum}."
    if manifest.lattice is not None:
        points = ", ".join(map(str, manifest.thresholds))
        repair = f"Scores were merged to protect people. Possible are: {points}."
    faults.append(Fault("", "threshold", f"“{text[:60]}” is not a threshold of this score.", repair))
    return score.threshold


def _pairs(
    key: str, params: Parameters, columns: Iterable[ListedColumn], faults: list[Fault]
) -> dict[str, Value]:
    by_name = {column.name: column for column in columns}
    found: dict[str, Value] = {}
    texts = [text for name, text in params if name == key]
    if len(texts) > max(len(by_name), 10):
        # One answer for all of them: a stranger's address must not become thousands of sentences.
        faults.append(Fault("", key, f"“{key}” was given {len(texts)} times.", "Give each column one value."))
        texts = []
    for text in texts:
        name, colon, wanted = text.partition(":")
        column = by_name.get(name)
        fault = _fault_about(key, text, faults)
        if not colon:
            fault("is not a column and a value.", "Write it as column:value.")
        elif column is None and key == "reference":
            names = ", ".join(by_name) or "none"
            fault("names no column that people are compared by.", f"The columns in “by” are: {names}.")
        elif column is None:
            fault("names no column that can be selected.", f"Use one of {', '.join(by_name)}.")
        elif name in found:
            fault("names a column a second time.", "Give each column one value.")
        else:
            values: dict[str, Value] = {str(listed.value): listed.value for listed in column.values}
            if wanted in values:
                found[name] = values[wanted]
            else:
                fault("names a value that does not occur.", f"{name} can be {', '.join(values)}.")
    return found


def _fault_about(key: str, text: str, faults: list[Fault]) -> Callable[[str, str], None]:
    def fault(problem: str, repair: str) -> None:
        faults.append(Fault("", key, f"“{text[:60]}” {problem}", repair))

    return fault
