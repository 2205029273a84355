"""The manifest that a force counts with: like a published one, without its totals, and with a plan."""

from __future__ import annotations

import stat
from copy import deepcopy
from pathlib import Path
from typing import Any

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.contradictions import contradictions
from hearing_app.evidence.counting.control import Plan
from hearing_app.evidence.manifest import Manifest, ScoreColumn
from hearing_app.registry.files import validate
from hearing_app.registry.reading import LARGEST_FILE, parse

_KEPT = "Nothing was written."
_FILE = "dataset.yaml"
# A manifest must state totals; those that are not counted yet stand as this until they are.
_NOT_YET = 1


def read_asked(path: Path, changes: dict[str, Any] | None = None) -> tuple[dict[str, Any], Manifest, Plan]:
    """The manifest's data as written, the manifest, and the plan with the ``changes`` of the command line.

    ``total`` and the populations' totals may be left out, and so may ``populations``: they are counted. The
    plan is the field ``disclosure``. Raises ``Invalid`` with every fault.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Invalid(
                f"{path} is not an ordinary file.", kept=_KEPT, next_step="Name the manifest itself."
            )
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Invalid(f"The manifest {path} cannot be read ({reason}).", kept=_KEPT) from None
    return parse_asked(text, path.name, changes)


def parse_asked(
    text: bytes, name: str = _FILE, changes: dict[str, Any] | None = None
) -> tuple[dict[str, Any], Manifest, Plan]:
    """The same, from the manifest's text."""
    found, faults = parse(text, name)
    if faults or not isinstance(found, dict):
        fault = Fault(name, "", "It is no group of fields.", "Begin with “id:” at the left margin.")
        raise Invalid("The manifest cannot be read.", faults or [fault], kept=_KEPT)
    data: dict[str, Any] = found
    asked = data.get("disclosure") or {}
    plan_data: object = {**asked, **(changes or {})} if isinstance(asked, dict) else asked
    plan, wrong = validate(plan_data, Plan, name)
    faults += [Fault(f.file, f"disclosure.{f.field}".strip("."), f.problem, f.repair) for f in wrong]
    manifest, wrong = validate(_filled(data), Manifest, name)
    faults += wrong
    if manifest is not None:
        faults += [Fault(name, f.field, f.problem, f.repair) for f in contradictions(manifest)]
    if plan is not None and manifest is not None:
        faults += _of_plan(plan, manifest, name)
    if faults or manifest is None or plan is None:
        raise Invalid("The manifest does not fit.", faults, kept=_KEPT)
    return data, manifest, plan


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    filled = deepcopy(data)
    filled.pop("disclosure", None)
    filled.setdefault("total", _NOT_YET)
    filled.setdefault("populations", [deepcopy(EVERYONE)])
    if isinstance(filled["populations"], list):
        for population in filled["populations"]:
            if isinstance(population, dict):
                population.setdefault("total", _NOT_YET)
                population.setdefault("where", {})
    return filled


EVERYONE = {"id": "all", "label": "Everyone", "explanation": "Everyone who was counted.", "where": {}}
"""The population of a manifest that names none."""


def _of_plan(plan: Plan, manifest: Manifest, name: str) -> list[Fault]:
    faults = []
    if plan.method == "already public" and (plan.tables or plan.thresholds or plan.time != "as counted"):
        problem = (
            "What is already public is written as it is: it has no tables, steps or thresholds to choose."
        )
        faults.append(Fault(name, "disclosure", problem, "Take them out, or choose another method."))
    if plan.method == "differential privacy" and plan.epsilon is None:
        problem = "Differential privacy needs an epsilon."
        faults.append(
            Fault(name, "disclosure.epsilon", problem, "State it: 1 protects well, 10 hardly at all.")
        )
    score = next((column for column in manifest.columns if isinstance(column, ScoreColumn)), None)
    if score is None:
        return faults
    for threshold in plan.thresholds:
        if not score.minimum <= threshold <= score.maximum:
            repair = f"Choose thresholds from {score.minimum} to {score.maximum}."
            faults.append(Fault(name, "disclosure.thresholds", f"{threshold} is no possible score.", repair))
    if plan.thresholds and score.threshold not in plan.thresholds:
        problem = f"The threshold that is shown first, {score.threshold}, is not among them."
        faults.append(Fault(name, "disclosure.thresholds", problem, "Add it."))
    return faults
