"""Taking a system out of use: a draft with the stage, its reason, and what becomes of the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from hearing_app.errors import Forbidden, Invalid
from hearing_app.registry.desk import acts
from hearing_app.registry.desk.stages import STAGES, Ending, begin_ending
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.identity import RetirementReason
from hearing_app.registry.linter import lint
from hearing_app.registry.published import entry_of
from hearing_app.registry.vocabulary import LifecycleStage
from hearing_app.store.engine import reading, writing
from tests.registry.desk.conftest import ADA, BEN, ELSEWHERE, Begun

ENDING = Ending(
    LifecycleStage.RETIRED,
    "2026-06-10",
    RetirementReason.NO_DEMONSTRABLE_VALUE,
    "No success criteria had been set.",
    "Destroyed in June; the auditor saw it.",
    "Decision of the Chief Constable of 10 June 2026",
)


@pytest.fixture
def published(record: Engine, submitted: Begun, now: datetime) -> Engine:
    draft = submitted()
    with writing(record) as db:
        acts.approve(db, BEN, draft.draft_id, revision=draft.revision, dataset_ids=(), rules=(), at=now)
    return record


@pytest.mark.parametrize("stage", STAGES)
def test_it_goes_past_a_second_person_and_the_entry_stays(
    published: Engine, now: datetime, stage: LifecycleStage
) -> None:
    with writing(published) as db:
        draft = begin_ending(db, ADA, "bus-lane-cameras", replace(ENDING, stage=stage), at=now)
        sent = acts.submit(
            db, ADA, draft.draft_id, revision=1, note="Out of use", dataset_ids=(), rules=(), at=now
        )
        acts.approve(db, BEN, draft.draft_id, revision=sent.revision, dataset_ids=(), rules=(), at=now)
    with reading(published) as db:
        entry, before = entry_of(db, "bus-lane-cameras").entry, entry_of(db, "bus-lane-cameras", 1).entry
    assert (before.stage, entry.stage) == (LifecycleStage.OPERATIONAL, stage)
    was, present = entry.lifecycle.stages
    assert (was.until, present.since, present.sources) == (
        "2026-06-10",
        "2026-06-10",
        ("decision-2026-06-10",),
    )
    assert entry.source("decision-2026-06-10").title == ENDING.decision
    if stage.is_over:
        assert entry.retirement is not None
        assert (entry.retirement.finding, entry.retirement.data_fate) == (ENDING.finding, ENDING.data_fate)
    else:
        assert entry.retirement is None
        assert present.note == f"Its use could not be shown. {ENDING.finding} {ENDING.data_fate}"
    assert "ending" not in {one.check for one in lint(entry, now.date())}


@pytest.mark.parametrize("field", ["since", "finding", "data_fate", "decision"])
def test_nothing_of_it_is_left_out(published: Engine, field: str) -> None:
    with writing(published) as db, pytest.raises(Invalid) as refused:
        begin_ending(db, ADA, "bus-lane-cameras", replace(ENDING, **{field: " "}))  # type: ignore[arg-type]  # by name
    assert [fault.field for fault in refused.value.faults] == [field]


def test_it_ends_no_other_agencys_system_and_begins_none(published: Engine) -> None:
    with writing(published) as db:
        with pytest.raises(Forbidden):
            begin_ending(db, ELSEWHERE, "bus-lane-cameras", ENDING)
        with pytest.raises(Invalid):
            begin_ending(db, ADA, "bus-lane-cameras", replace(ENDING, stage=LifecycleStage.OPERATIONAL))


def test_a_second_decision_of_the_same_day_has_a_name_of_its_own(published: Engine, now: datetime) -> None:
    with reading(published) as db:
        entry = entry_of(db, "bus-lane-cameras").entry
    assert isinstance(entry, Entry)
    with writing(published) as db:
        first = begin_ending(
            db, ADA, "bus-lane-cameras", replace(ENDING, stage=LifecycleStage.SUSPENDED), at=now
        )
        sent = acts.submit(
            db, ADA, first.draft_id, revision=1, note="Paused", dataset_ids=(), rules=(), at=now
        )
        acts.approve(db, BEN, first.draft_id, revision=sent.revision, dataset_ids=(), rules=(), at=now)
        second = begin_ending(db, ADA, "bus-lane-cameras", ENDING, at=now)
        acts.submit(db, ADA, second.draft_id, revision=1, note="Ended", dataset_ids=(), rules=(), at=now)
    assert [one["id"] for one in second.document["sources"]] == [
        "report",
        "decision-2026-06-10",
        "decision-2026-06-10-2",
    ]
