"""The timeline of a system and the alarms of the register, each at a fixed day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearing_app.people.permissions import COMPILATION
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.published import PublishedEntry, entry_of, publish_entry
from hearing_app.registry.supervision.alarms import SOON_DAYS, Alarm, alarms, alarms_of
from hearing_app.registry.supervision.audits import Audit, all_audits
from hearing_app.registry.supervision.dated import DatedEntry, dated_entries
from hearing_app.registry.supervision.timeline import Held, Kind, Moment, expected, timeline
from hearing_app.registry.supervision.vocabulary import Standing, Step
from hearing_app.store.engine import reading, writing
from tests.registry.supervision.conftest import START, SYSTEM, Acting

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 5, 15)
WITHHELD = {
    "field": "outputs",
    "ground": "security",
    "explanation": "It would help to evade it.",
    "approver_role": "Assistant Chief Constable",
    "review_date": "2026-03",
    "full_copy_with": "Police Complaints Authority",
}
MORE: dict[str, Any] = {
    "assessments": [
        {"type": "dpia", "title": "Data protection assessment", "status": "done", "date": "2020-01"},
        {"type": "security", "title": "Security test", "status": "in_progress"},
    ],
    "authorisations": [
        {"type": "council_vote", "body": "City Council", "date": "2020-02-03", "expiry": "2026-06-01"}
    ],
    "rulings": [
        {
            "title": "Case 7",
            "body": "Court",
            "date": "2021",
            "outcome": "It may be used.",
            "sources": ["report"],
        }
    ],
    "audits": [{"auditor": "City Auditor", "date": "2023-04", "finding": "Old.", "sources": ["report"]}],
    "withheld": [WITHHELD],
    "next_review": "2026-07",
    "success_test": {"indicator": "Cars in lanes", "review_date": "2026-05-14"},
}
HEARINGS = [Held("lanes", "Bus lanes", date(2026, 5, 1), date(2026, 6, 1))]


@pytest.fixture
def full(acting: Acting, data: dict[str, Any]) -> Acting:
    """The entry with everything that bears a date, as version 2, and an audit with open ends."""
    acting.through(Step.BEGUN, Step.FINDING, Step.REMEDY)
    with writing(acting.engine) as db:
        publish_entry(
            db, COMPILATION, Entry.model_validate(data | MORE), note="More", at=START + timedelta(days=1)
        )
    return acting


def moments(acting: Acting, today: date = TODAY) -> list[Moment]:
    with reading(acting.engine) as db:
        return timeline(db, entry_of(db, SYSTEM), today=today, hearings=HEARINGS)


def test_everything_that_bears_a_date_stands_in_one_order(full: Acting) -> None:
    shown = [(one.day, one.kind, one.standing) for one in moments(full)]
    assert shown == [
        ("2019", Kind.STAGE, Standing.DONE),
        ("2020-01", Kind.ASSESSMENT, Standing.DONE),
        ("2020-02-03", Kind.AUTHORISATION, Standing.DONE),
        ("2020-03-01", Kind.STAGE, Standing.DONE),
        ("2021", Kind.RULING, Standing.DONE),
        ("2023-04", Kind.PUBLISHED_AUDIT, Standing.DONE),
        ("2026-01-31", Kind.VERSION, Standing.DONE),
        ("2026-03", Kind.WITHHELD, Standing.OVERDUE),
        ("2026-03-02", Kind.AUDIT, Standing.DONE),
        ("2026-03-02", Kind.AUDIT, Standing.DONE),
        ("2026-03-02", Kind.FINDING, Standing.DONE),
        ("2026-03-02", Kind.REMEDY, Standing.DONE),
        ("2026-03-03", Kind.VERSION, Standing.DONE),
        ("2026-04-30", Kind.REPLY, Standing.OVERDUE),
        ("2026-05-01", Kind.HEARING, Standing.DONE),
        ("2026-05-14", Kind.SUCCESS_TEST, Standing.OVERDUE),
        ("2026-05-31", Kind.REMEDY, Standing.DUE),
        ("2026-06-01", Kind.HEARING, Standing.AHEAD),
        ("2026-06-01", Kind.EXPIRY, Standing.DUE),
        ("2026-06-30", Kind.AUDIT, Standing.DUE),
        ("2026-07", Kind.REVIEW, Standing.DUE),
        (None, Kind.ASSESSMENT, Standing.AHEAD),
    ]


def test_each_moment_says_what_it_is_and_leads_on(full: Acting) -> None:
    said = {(one.kind, one.standing): one for one in moments(full)}
    finding = said[Kind.FINDING, Standing.DONE]
    assert finding.words.startswith("Must be mended. Field “What it is for”: Readings at night")
    assert finding.link.startswith("/record/audits/A-2026-")
    remedy = said[Kind.REMEDY, Standing.DUE]
    assert remedy.words == "Switch it off at night (Head of Traffic Division)"
    assert said[Kind.HEARING, Standing.AHEAD].link == "/hearing?id=lanes"
    assert said[Kind.RULING, Standing.DONE].sources[0].id == "report"
    assert said[Kind.VERSION, Standing.DONE].link == f"/record/systems/{SYSTEM}/2"
    assert "“What comes out” is withheld" in said[Kind.WITHHELD, Standing.OVERDUE].words


def test_an_alarm_is_what_is_overdue_or_due_within_sixty_days(full: Acting) -> None:
    with reading(full.engine) as db:
        found = alarms(db, TODAY)
    assert [(one.moment.kind, one.days, one.is_overdue) for one in found] == [
        (Kind.WITHHELD, -45, True),
        (Kind.REPLY, -15, True),
        (Kind.SUCCESS_TEST, -1, True),
        (Kind.REMEDY, 16, False),
        (Kind.EXPIRY, 17, False),
        (Kind.AUDIT, 46, False),
    ]
    # "2026-07" may be any day of July: it is due on the 31st, and near from 60 days before on.
    with reading(full.engine) as db:
        near, far = (
            alarms(db, date(2026, 7, 31) - timedelta(days=days)) for days in (SOON_DAYS, SOON_DAYS + 1)
        )
    assert Kind.REVIEW in [one.moment.kind for one in near]
    assert Kind.REVIEW not in [one.moment.kind for one in far]


def test_alarms_of_one_agency_are_its_own(full: Acting) -> None:
    with reading(full.engine) as db:
        assert len(alarms(db, TODAY, agency="riverton-police")) == 6
        assert alarms(db, TODAY, agency="harbour-police") == []


def test_what_is_kept_of_the_alarms_follows_every_publication_and_every_audit(
    acting: Acting, data: dict[str, Any]
) -> None:
    def agree(day: date = TODAY) -> list[Alarm]:
        with reading(acting.engine) as db:
            audits: dict[str, list[Audit]] = {}
            for one in all_audits(db):
                audits.setdefault(one.system_id, []).append(one)
            found = alarms(db, day)
            assert found == alarms_of(dated_entries(db), audits, day)
            return found

    before = agree()
    for number in range(2):
        entry = {**data, "id": f"another-{number}", "name": f"Another {number}", "next_review": "2026-05-01"}
        with writing(acting.engine) as db:
            publish_entry(db, COMPILATION, Entry.model_validate(entry), note="One more")
    assert len(agree()) == len(before) + 2
    acting.through(Step.BEGUN, Step.FINDING)
    assert Kind.REPLY in {one.moment.kind for one in agree()}
    assert len(agree(TODAY - timedelta(days=300))) < len(agree())
    with writing(acting.engine) as db:
        later = Entry.model_validate({**data, "id": "another-0", "name": "Another 0", "next_review": "2030"})
        publish_entry(db, COMPILATION, later, note="Looked at again")
    assert "another-0" not in {one.system_id for one in agree()}


def due(data: dict[str, Any], today: date = TODAY, **changes: Any) -> dict[Kind, Standing]:
    return {one.kind: one.standing for one in expected(Entry.model_validate(data | changes), [], today)}


def test_a_permission_that_was_renewed_or_is_not_needed_any_more_raises_no_alarm(
    data: dict[str, Any],
) -> None:
    vote = {"type": "council_vote", "body": "City Council", "expiry": "2026-04-01"}
    assert due(data, authorisations=[vote]) == {Kind.EXPIRY: Standing.OVERDUE}
    renewed = [vote, vote | {"expiry": "2030"}]
    ends = expected(Entry.model_validate(data | {"authorisations": renewed}), [], TODAY)
    assert [one.standing for one in ends] == [Standing.DONE, Standing.DUE]
    other = [vote, vote | {"body": "Harbour Council", "expiry": "2030"}]
    ends = expected(Entry.model_validate(data | {"authorisations": other}), [], TODAY)
    assert [one.standing for one in ends] == [Standing.OVERDUE, Standing.DUE]
    lifecycle = {"stages": [{"stage": "retired", "since": "2023", "sources": ["report"]}]}
    assert due(data, authorisations=[vote], lifecycle=lifecycle) == {Kind.EXPIRY: Standing.DONE}


def test_a_test_whose_result_is_told_is_not_due(data: dict[str, Any]) -> None:
    test = {"indicator": "Cars in lanes", "review_date": "2026-01"}
    assert due(data, success_test=test) == {Kind.SUCCESS_TEST: Standing.OVERDUE}
    assert due(data, success_test=test | {"result": "Half as many."}) == {}


def test_what_was_answered_and_done_is_due_no_more(acting: Acting) -> None:
    steps = [Step.BEGUN, Step.FINDING, Step.REMEDY, Step.REPLY, Step.DONE, Step.REPORTED]
    acting.through(*steps)
    assert {one.standing for one in moments(acting) if one.kind is not Kind.HEARING} == {Standing.DONE}
    with reading(acting.engine) as db:
        assert alarms(db, date(2030, 1, 1)) == []


def test_alarms_are_ordered_and_name_whose_they_are(full: Acting) -> None:
    with reading(full.engine) as db:
        found = alarms(db, date(2027, 1, 1))
    assert all(one.is_overdue for one in found)
    assert [one.days for one in found] == sorted(one.days for one in found)
    first: Alarm = found[0]
    assert (first.system_id, first.system, first.deployer) == (SYSTEM, "Bus lane cameras", "Riverton Police")


def test_a_published_entry_is_enough(full: Acting) -> None:
    with reading(full.engine) as db:
        old: PublishedEntry = entry_of(db, SYSTEM, 1)
        kinds = {one.kind for one in timeline(db, old, today=TODAY)}
    # The audits are of the system, whichever version of its entry is read.
    assert Kind.FINDING in kinds
    assert Kind.RULING not in kinds


def test_what_is_read_for_alarms_is_what_the_entries_say(full: Acting, data: dict[str, Any]) -> None:
    """The short reading of an entry and the whole one give the same, before and after a new version."""
    cases: list[dict[str, Any]] = [{}, {"next_review": "2026-05"}, {"next_review": None, "withheld": []}]
    for changes in cases:
        entry = Entry.model_validate(data | MORE | changes)
        with writing(full.engine) as db:
            publish_entry(db, COMPILATION, entry, note="Again")
        with reading(full.engine) as db:
            [short] = dated_entries(db)
            assert expected(short, all_audits(db), TODAY) == expected(entry, all_audits(db), TODAY)
        assert (short.id, short.name, short.deployer.agency) == (
            SYSTEM,
            "Bus lane cameras",
            "riverton-police",
        )
        assert short.stage is entry.stage


def test_every_published_entry_can_be_read_in_short() -> None:
    entries, _ = read_entries(ROOT / "registry")
    for entry in entries:
        short = DatedEntry.model_validate(entry.model_dump(mode="json"))
        assert expected(short, [], TODAY) == expected(entry, [], TODAY)
