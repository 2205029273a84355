"""Whether a system is in use: as far as its sources reach, and no further."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.state import State
from hearing_app.registry.vocabulary import LifecycleStage, SinceIs


def state(
    last_seen: str,
    stage: LifecycleStage = LifecycleStage.OPERATIONAL,
    since_is: SinceIs = SinceIs.EXACT,
    as_of: str = "2026-11-23",
) -> State:
    return State(stage, PartialDate("2018"), since_is, PartialDate(last_seen), PartialDate(as_of))


@pytest.mark.parametrize(
    ("last_seen", "as_of", "known"),
    [
        ("2026-04-21", "2026-11-23", True),
        ("2024-11-23", "2026-11-23", True),
        ("2024-11-22", "2026-11-23", False),
        ("2024-11", "2026-11-23", True),
        ("2024", "2026-11-23", True),
        ("2024-10", "2026-11-23", False),
        ("2023", "2026-11-23", False),
        ("2024-02-28", "2024-02-29", True),
        ("2022-02-28", "2024-02-29", False),
    ],
)
def test_a_source_speaks_about_today_for_two_years(last_seen: str, as_of: str, known: bool) -> None:
    assert state(last_seen, as_of=as_of).is_known is known


def test_a_fresh_state_says_since_when_and_by_which_source() -> None:
    fresh = state("2026-04")
    assert (fresh.value, fresh.label, fresh.shape) == ("operational", "In use", "●")
    assert fresh.short + fresh.rest == "In use since 2018 (newest source: April 2026)"
    earlier = state("2026-04", since_is=SinceIs.LATEST_POSSIBLE)
    assert earlier.short + earlier.rest == "In use since 2018 or earlier (newest source: April 2026)"
    assert state("2026", LifecycleStage.PILOT_LIVE).shape == "◐"


def test_an_old_state_claims_nothing_about_today() -> None:
    old = state("2016")
    assert (old.value, old.label) == ("operational_when_last_seen", "In use when last seen")
    assert old.shape == "◌"
    assert old.short + old.rest == (
        "Last known in use in 2016; today's use was not found in the sources read"
    )
    paused = state("2016-05-02", LifecycleStage.SUSPENDED)
    assert paused.short + paused.rest == (
        "Last known paused on 2 May 2016; today's state was not found in the sources read"
    )


def test_what_is_over_stays_over() -> None:
    over = state("2016", LifecycleStage.RETIRED)
    assert (over.value, over.shape) == ("retired", "○")
    assert over.short + over.rest == "No longer in use since 2018"


def test_without_a_date_the_stages_own_sources_count(data: dict[str, Any]) -> None:
    # The one source of the example is of 2024; its entry is of June 2024.
    assert Entry.model_validate(data).state.last_seen == "2024"
    del data["sources"][0]["date"]
    assert Entry.model_validate(data).state.last_seen == "2020-03-01"
    assert not Entry.model_validate(data).state.is_known
    data["compiled"]["by"] = "deployer"
    assert Entry.model_validate(data).state.last_seen == "2024-06-30"
    data["lifecycle"]["last_seen"] = "2021"
    assert Entry.model_validate(data).state.last_seen == "2021"


def test_a_stage_may_have_begun_earlier(data: dict[str, Any]) -> None:
    assert Entry.model_validate(data).present.since_words == "1 March 2020"
    data["lifecycle"]["stages"][0]["since_is"] = "latest_possible"
    assert Entry.model_validate(data).lifecycle.stages[0].since_words == "2019 or earlier"
