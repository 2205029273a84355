"""Suspending and retiring a system: a draft with the next stage, its reason, and what becomes of the data.

It goes the way of every draft, past a second person. Nothing is deleted: the entry stays, with all versions.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from hearing_app.errors import Fault, Invalid
from hearing_app.people.permissions import Act, Actor
from hearing_app.registry.desk.acts import begin, of_agency
from hearing_app.registry.desk.drafts import Draft, office
from hearing_app.registry.desk.text import own_text
from hearing_app.registry.entry.identity import RetirementReason
from hearing_app.registry.published import entry_of
from hearing_app.registry.vocabulary import LifecycleStage

STAGES = (LifecycleStage.SUSPENDED, LifecycleStage.RETIRED, LifecycleStage.CANCELLED)
"""The stages that take a system out of use: for a time, for good, or before it was ever used."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is asked when a system is taken out of use. ``decision`` is what the decision is called."""

    stage: LifecycleStage
    since: str
    reason: RetirementReason
    finding: str
    data_fate: str
    decision: str


def begin_ending(
    db: Connection, actor: Actor, system_id: str, ending: Ending, *, at: datetime | None = None
) -> Draft:
    """Begin a draft in which a system is suspended, retired or cancelled; raise ``Invalid`` for gaps."""
    agency = office(actor, Act.WRITE_DRAFTS)
    _check(ending)
    when = at or datetime.now(UTC)
    of_agency(db, agency, system_id)
    text = own_text(entry_of(db, system_id).entry, when)
    return begin(db, actor, system_id=system_id, document=ended(text, ending), at=when)


def ended(document: Mapping[str, Any], ending: Ending) -> dict[str, Any]:
    """Return the document with the stage that now begins, the one before it closed, and the reasons."""
    text = copy.deepcopy(dict(document))
    source = _source(text, ending)
    stages = text.setdefault("lifecycle", {}).setdefault("stages", [])
    if stages:
        stages[-1]["until"] = ending.since
    stage: dict[str, Any] = {"stage": str(ending.stage), "since": ending.since, "sources": [source]}
    if ending.stage.is_over:
        text["retirement"] = {
            "reason": str(ending.reason),
            "finding": ending.finding.strip(),
            "data_fate": ending.data_fate.strip(),
            "sources": [source],
        }
    else:
        # A pause is no end: its reason stands with the stage, and ``retirement`` stays open.
        said = (f"{ending.reason.label}.", ending.finding.strip(), ending.data_fate.strip())
        stage["note"] = " ".join(said)
    stages.append(stage)
    text["lifecycle"].pop("last_seen", None)
    return text


def _source(text: dict[str, Any], ending: Ending) -> str:
    """Add the agency's own decision to the sources, and return its id."""
    sources = text.setdefault("sources", [])
    taken = {one.get("id") for one in sources}
    name = f"decision-{ending.since}"
    while name in taken:
        name += "-2"
    publisher = text.get("deployer", {}).get("name", "")
    sources.append(
        {
            "id": name,
            "title": ending.decision.strip(),
            "publisher": publisher,
            "date": ending.since,
            "kind": "official",
        }
    )
    return name


def _check(ending: Ending) -> None:
    asked = {
        "since": (ending.since, "Since when it is out of use is missing.", "Write the day."),
        "finding": (ending.finding, "What was found is missing.", "Say what led to this, in a sentence."),
        "data_fate": (
            ending.data_fate,
            "What becomes of the data is missing.",
            "Say whether they are kept, where and until when, or destroyed, and who checked.",
        ),
        "decision": (ending.decision, "The name of the decision is missing.", "Say who decided, and when."),
    }
    faults = [Fault("", name, what, how) for name, (said, what, how) in asked.items() if not said.strip()]
    if ending.stage not in STAGES:
        faults.append(Fault("", "stage", "This does not take a system out of use.", "Choose another stage."))
    if faults:
        raise Invalid("The draft was not begun.", faults, kept="The published entry is as it was.")
