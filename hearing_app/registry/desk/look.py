"""What can be said of a draft at any moment: what keeps it back, what reads oddly, how much it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hearing_app.errors import Fault
from hearing_app.registry.advice.finding import Finding
from hearing_app.registry.desk.check import check_draft, unfinished
from hearing_app.registry.desk.drafts import Draft
from hearing_app.registry.entry import Entry
from hearing_app.registry.linter import lint_draft
from hearing_app.registry.readability import Readability, readability
from hearing_app.registry.rules.hindrances import hindrances
from hearing_app.registry.rules.reading import shipped_rules
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.standard import Completeness, completeness
from hearing_app.registry.vocabulary import LifecycleStage

_PLANNED = frozenset(
    {
        LifecycleStage.PROPOSED,
        LifecycleStage.DESIGN,
        LifecycleStage.DEVELOPMENT,
        LifecycleStage.PILOT_SHADOW,
    }
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a draft. ``entry`` is absent while the text does not describe one.

    ``before_use`` is what the rules would hold against a system that is not in use yet, once it is.
    """

    entry: Entry | None
    faults: tuple[Fault, ...]
    before_use: tuple[Fault, ...]
    advice: tuple[Finding, ...]
    said: Completeness
    summary: Readability

    def of_fields(self, names: Collection[str]) -> tuple[list[Fault], list[Finding]]:
        """Return what is said about some of the entry's fields, by the first part of the path."""
        faults = [one for one in self.faults if top(one.field) in names]
        return faults, [one for one in self.advice if top(one.field) in names]


def top(path: str) -> str:
    """Return the entry's field to which a path leads."""
    return path.partition(".")[0]


def look_at(
    db: Connection,
    draft: Draft,
    document: Mapping[str, Any],
    *,
    dataset_ids: Collection[str],
    rules: Sequence[Rule] | None,
    today: date,
) -> Look:
    """Return what can be said of a draft with this text, which need not be saved yet."""
    entry, faults = check_draft(
        db,
        document,
        agency=draft.agency,
        document_id=draft.document_id,
        based_on=draft.based_on,
        dataset_ids=dataset_ids,
        rules=rules,
        today=today,
    )
    summary = document.get("summary")
    return Look(
        entry,
        tuple(faults),
        _before_use(entry, rules, today),
        lint_draft(document, today),
        completeness(entry or unfinished(document)),
        readability(summary if isinstance(summary, str) else ""),
    )


def _before_use(entry: Entry | None, rules: Sequence[Rule] | None, today: date) -> tuple[Fault, ...]:
    if entry is None or entry.stage not in _PLANNED:
        return ()
    applied = shipped_rules() if rules is None else rules
    return tuple(hindrances(entry, applied, on=today, stage=LifecycleStage.OPERATIONAL))


def source_ids(document: Mapping[str, Any]) -> list[str]:
    """Return the ids of the sources that a draft lists: what its parts can refer to."""
    return _ids(document.get("sources"))


def _ids(listed: object) -> list[str]:
    if not isinstance(listed, Iterable) or isinstance(listed, (str, Mapping)):
        return []
    found = [one.get("id") for one in listed if isinstance(one, Mapping)]
    return list(dict.fromkeys(name for name in found if isinstance(name, str) and name))
