"""Drafts of hearings: nothing typed is lost, nothing overwritten unseen, and only what fits is announced."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import JSON, Engine, insert, select, text, update

from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, HearingError, Invalid, NotFound, NotOpen
from hearing_app.hearings.hearing import hearing_of, publish_hearing
from hearing_app.hearings.life import stages
from hearing_app.hearings.life import verify as drafts_verify
from hearing_app.hearings.life.announcing import announce, cancel, look_at
from hearing_app.hearings.life.changes import differing, log_of
from hearing_app.hearings.life.drafts import (
    DraftState,
    Stale,
    begin,
    discard,
    draft_of,
    drafts,
    due,
    follow,
    forget,
    keep_as_own,
    save,
)
from hearing_app.hearings.life.filling import BLANK, LAST_YEAR, form_of, read, slug_of, tidy
from hearing_app.hearings.life.happenings import happenings
from hearing_app.hearings.life.heard import follow_up, mark_heard, notes_of
from hearing_app.hearings.life.notice import notices
from hearing_app.hearings.life.stages import Stage, stage
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.ledger import events
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.record.versions import faults as version_faults
from hearing_app.record.versions import versions_of
from hearing_app.store.columns import UtcDateTime
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment, hearing_draft
from tests.hearings.preparing import FAY, FINN, NOW, SYSTEM, announced, form, in_days, publish_system
from tests.web.reader import HOSTILE

CAMERAS = "cameras-in-the-high-street"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _system(engine: Engine) -> None:
    publish_system(engine)


def faults_at(engine: Engine, at: datetime = NOW, **changes: Any) -> dict[str, str]:
    """Return what is said at each field of a new hearing's form."""
    with writing(engine) as db:
        draft = begin(db, FAY, at=at)
        return {one.field: one.problem for one in look_at(db, draft, form(**changes), at=at).faults}


def refused(engine: Engine, at: datetime, **changes: Any) -> dict[str, str]:
    """Return what is said at each field when the announced hearing is changed so."""
    with pytest.raises(Invalid) as error:
        announced(engine, at=at, hearing_id=CAMERAS, reason="We must.", **changes)
    return {one.field: one.problem for one in error.value.faults}


def comment_came_in(engine: Engine) -> None:
    with writing(engine) as db:
        # What counts is that there is one; what it says is the business of other tests.
        needed = [one for one in comment.columns if not one.nullable and one.server_default is None]
        values: dict[str, Any] = {one.name: "[]" if isinstance(one.type, JSON) else "0" for one in needed}
        values["system_version"] = 0
        values |= {one.name: NOW for one in needed if isinstance(one.type, UtcDateTime)}
        given = {"comment_id": "C-2026-AAAAAAA", "hearing_id": CAMERAS, "state": "submitted"}
        db.execute(insert(comment).values(values | given))


def test_a_complete_form_becomes_a_hearing_with_its_event(engine: Engine) -> None:
    version = announced(engine)
    with reading(engine) as db:
        hearing = hearing_of(db, CAMERAS)
        [event] = [one for one in events(db) if one.kind == "hearing.published"]
        assert (event.actor, event.seq) == ("facilitator:fay", version.seq)
        assert hearing.versions == {SYSTEM: 1}
        assert hearing.window[0].isoformat() == "2026-06-21T09:00:00+01:00"
        assert stage(db, hearing, NOW) is Stage.ANNOUNCED
        assert version_faults(db) == ledger_faults(db) == drafts_verify.faults(db) == []
        assert drafts(db, FAY) == []
    assert read(form_of(hearing), hearing) == (hearing, [])


def test_nobody_else_prepares_and_announcing_is_confirmed(engine: Engine) -> None:
    with writing(engine) as db:
        draft = begin(db, FAY, at=NOW)
    stale = Actor(Role.FACILITATOR, "fay", fresh=False)
    for actor in (PUBLIC, OPERATOR, Actor(Role.PUBLISHER, "pat"), Actor(Role.ADMINISTRATOR, "ada")):
        for act in (
            lambda db, actor=actor: begin(db, actor),
            lambda db, actor=actor: save(db, actor, draft.draft_id, BLANK, revision=1),
            lambda db, actor=actor: drafts(db, actor),
            lambda db, actor=actor: announce(db, actor, draft.draft_id, revision=1),
            lambda db, actor=actor: cancel(db, actor, CAMERAS, "No."),
            lambda db, actor=actor: mark_heard(db, actor, CAMERAS, on=NOW.date()),
            lambda db, actor=actor: follow_up(db, actor, CAMERAS, on=NOW.date(), note="x"),
        ):
            with pytest.raises(Forbidden), writing(engine) as db:
                act(db)
    with pytest.raises(ConfirmAgain), writing(engine) as db:
        announce(db, stale, draft.draft_id, revision=1)
    with pytest.raises(ConfirmAgain), writing(engine) as db:
        cancel(db, stale, CAMERAS, "No.")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"title": " "}, "title", "This is missing."),
        ({"title": "x" * 201}, "title", "longer than 200"),
        ({"title": "TODO: later"}, "title", "placeholder"),
        ({"summary": "a\u202eb"}, "summary", "readers cannot see (U+202E)"),
        ({"id": "Not An Id"}, "id", "expected form"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "no time zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone", "no time zone"),
        ({"holidays": "ATLANTIS"}, "holidays", "not known"),
        ({"systems": []}, "systems", "No system is chosen."),
        ({"systems": [{"id": "nothing", "version": 1}]}, "systems", "no system “nothing”"),
        ({"systems": [{"id": SYSTEM, "version": 2}]}, "systems", "no version 2"),
        ({"questions": []}, "questions", "no question"),
        ({"questions": [{"id": "q1", "text": "", "system": ""}]}, "questions.0", "empty"),
        ({"questions": [{"id": "q1", "text": "Why?", "system": "other"}]}, "questions.0", "not heard"),
        ({"opens_day": ""}, "opens", "This is missing."),
        ({"opens_day": "2026-02-30"}, "opens", "no day and time"),
        ({"opens_day": "9999-12-31"}, "opens", "no day and time"),
        ({"opens_time": "24:00"}, "opens", "no day and time"),
        ({"closes_day": in_days(20), "closes_time": "08:00"}, "closes", "closes before it opens"),
        ({"closes_day": in_days(-2), "opens_day": in_days(-5)}, "closes", "over already"),
        ({"sits_day": in_days(30)}, "sits", "before comments are closed"),
        ({"sits_to": "17:00"}, "sits_to", "ends before it starts"),
        ({"place": ""}, "place", "This is missing."),
        ({"sign_up_day": in_days(51)}, "sign_up", "does not fit"),
        ({"sign_up_day": in_days(10)}, "sign_up", "does not fit"),
        ({"sits": False, "sign_up_day": in_days(45)}, "sign_up", "there is no sitting"),
        ({"speaking_minutes": "many"}, "speaking_minutes", "whole number"),
        ({"speaking_minutes": "0"}, "speaking_minutes", ""),
        ({"answer_within_days": "-1"}, "answer_within_days", "whole number"),
        ({"answer_within_days": "٣"}, "answer_within_days", "whole number"),
        ({"notice_days": "9" * 4}, "notice_days", ""),
        ({"opens_day": in_days(13)}, "opens", "announced 13 days before; 14 are needed"),
        ({"opens_day": in_days(20), "notice_days": "60"}, "sits", "50 days before; 60 are needed"),
        ({"what_happens_next": ""}, "what_happens_next", "This is missing."),
    ],
)  # fmt: skip
def test_every_fault_stands_at_its_field(
    engine: Engine, changes: dict[str, Any], field: str, says: str
) -> None:
    found = faults_at(engine, **changes)
    assert says in found[field], found
    # One thing is wrong, and nothing else is said to be.
    assert set(found) <= {field, "opens"}, found


@pytest.mark.parametrize(
    ("zone", "day", "clock", "says"),
    [
        ("Europe/London", "2027-03-28", "01:30", "is passed over on 2027-03-28"),
        ("Europe/London", "2026-10-25", "01:30", "comes twice on 2026-10-25"),
        ("America/New_York", "2027-03-14", "02:30", "is passed over"),
        ("America/New_York", "2026-11-01", "01:30", "comes twice"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "is passed over"),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", "comes twice"),
        ("Asia/Kathmandu", "2026-10-25", "01:30", ""),
    ],
)
def test_a_time_that_never_comes_or_comes_twice_is_refused(
    engine: Engine, zone: str, day: str, clock: str, says: str
) -> None:
    more: dict[str, Any] = {
        "sits": False,
        "closes_day": f"{int(day[:4]) + 1}{day[4:]}",
        "closes_time": "12:00",
    }
    found = faults_at(engine, time_zone=zone, opens_day=day, opens_time=clock, **more)
    assert says in found.get("opens", "") if says else found == {}


def test_a_published_time_that_comes_twice_stays_as_it_is(engine: Engine) -> None:
    twice = hearing_of_form(engine).model_copy(
        update={
            "closes_at": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            "sitting": None,
            "sign_up_closes_at": None,
        }
    )
    with writing(engine) as db:
        publish_hearing(db, OPERATOR, twice, note="", at=NOW)
    announced(engine, hearing_id=CAMERAS, reason="Words.", title="Cameras in town")
    with reading(engine) as db:
        assert hearing_of(db, CAMERAS).window[1].astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        assert [one.field for one in log_of(db, CAMERAS)[0].changes] == ["title"]


def hearing_of_form(engine: Engine) -> Any:
    hearing, faults = read(form())
    assert hearing is not None
    assert faults == []
    return hearing


def test_who_was_slower_is_told_and_both_texts_stay(engine: Engine) -> None:
    with writing(engine) as db:
        draft = begin(db, FAY, at=NOW)
        save(db, FINN, draft.draft_id, form(title="Theirs"), revision=1, at=NOW)
    with pytest.raises(Stale), writing(engine) as db:
        save(db, FAY, draft.draft_id, form(title="Mine"), revision=1, at=NOW)
    with pytest.raises(Stale), writing(engine) as db:
        announce(db, FAY, draft.draft_id, revision=1, at=NOW)
    with writing(engine) as db:
        mine = keep_as_own(db, FAY, draft.draft_id, form(title="Mine"), reason="r", at=NOW)
        assert {one.name for one in drafts(db, FAY)} == {"Theirs", "Mine"}
        assert mine.reason == "r"
        assert drafts_verify.faults(db) == []


def test_saving_nothing_new_is_no_revision_and_what_is_closed_stays(engine: Engine) -> None:
    with writing(engine) as db:
        draft = begin(db, FAY, at=NOW)
        assert save(db, FAY, draft.draft_id, dict(BLANK), revision=1, at=NOW).revision == 1
        gone = discard(db, FAY, draft.draft_id, revision=1, at=NOW)
        assert gone.state is DraftState.DISCARDED
        with pytest.raises(Conflict):
            save(db, FAY, draft.draft_id, form(), revision=2, at=NOW)
        assert due(db, NOW).count == 0
        assert due(db, NOW + DAY).count == 1
        assert forget(db, NOW + DAY) == 1
        with pytest.raises(NotFound):
            draft_of(db, FAY, draft.draft_id)


@pytest.mark.parametrize("payload", [*HOSTILE, "\ud800", "=1+1", str(LAST_YEAR + 1)])
def test_hostile_words_in_every_field_make_no_hearing_and_no_traceback(engine: Engine, payload: str) -> None:
    odd: dict[str, Any] = dict.fromkeys(BLANK, payload)
    odd |= {"systems": [{"id": payload, "version": 1}], "questions": [{"id": payload, "text": payload}]}
    for typed in (odd, {name: [payload] for name in BLANK}, {"unknown": payload}, odd | {"systems": payload}):
        with writing(engine) as db:
            draft = begin(db, FAY, at=NOW)
            look = look_at(db, draft, tidy(typed), at=NOW)
            assert look.faults
            try:
                saved = save(db, FAY, draft.draft_id, typed, revision=1, at=NOW)
            except HearingError as error:
                assert "larger" in error.what or "cannot be kept" in error.what
                continue
            assert saved.form == tidy(typed)
            with pytest.raises(Invalid):
                announce(db, FAY, draft.draft_id, revision=saved.revision, at=NOW)
    with reading(engine) as db:
        assert versions_of(db, "hearing", CAMERAS) == []


def test_two_hearings_have_two_names(engine: Engine) -> None:
    announced(engine)
    assert "already" in faults_at(engine)["id"]
    assert faults_at(engine, id="cameras-again") == {}
    assert slug_of("Überwachung: die Kameras!") == "uberwachung-die-kameras"
    assert slug_of("監視") == ""


def test_short_notice_needs_a_ground_that_the_public_reads(engine: Engine) -> None:
    ground = "The contract ends in June."
    announced(engine, opens_day=in_days(3), notice_ground=ground)
    with reading(engine) as db:
        hearing = hearing_of(db, CAMERAS)
        [opens, sits] = notices([(NOW, hearing)])
    assert (opens.days, opens.is_short, sits.days, sits.is_short) == (3, True, 50, False)
    assert hearing.notice_ground == ground


def test_a_date_moved_forward_needs_notice_again_and_one_moved_back_does_not(engine: Engine) -> None:
    announced(engine)
    later = NOW + 10 * DAY
    assert refused(engine, later, opens_day=in_days(19)) == {
        "opens": "It would be announced 9 days before; 14 are needed."
    }
    announced(engine, at=later, hearing_id=CAMERAS, reason="The hall.", sits_day=in_days(60))
    announced(engine, at=NOW + 42 * DAY, hearing_id=CAMERAS, reason="The hall.", sits_day=in_days(61))
    with reading(engine) as db:
        history = [
            (one.published_at, hearing_of(db, CAMERAS).model_validate(one.document))
            for one in versions_of(db, "hearing", CAMERAS)
        ]
    # It was said on the first day that it would sit on day 50; since then it was only put off.
    assert [one.days for one in notices(history)] == [20, 61]
    assert "9 days before" in refused(engine, NOW + 44 * DAY, sits_day=in_days(53)).get("sits", "")


def test_what_may_change_depends_on_the_stage(engine: Engine) -> None:
    announced(engine)
    publish_system(engine, "drones", "Drones")
    with_drones = [{"id": SYSTEM, "version": 1}, {"id": "drones", "version": 1}]
    announced(engine, at=NOW + DAY, hearing_id=CAMERAS, reason="Asked for.", systems=with_drones)
    assert "are gone: street-cameras" in refused(engine, NOW + DAY, systems=with_drones[1:])["systems"]
    opened = NOW + 22 * DAY
    assert set(refused(engine, opened, opens_day=in_days(30))) == {"opens"}
    assert set(refused(engine, opened, closes_day=in_days(30))) == {"closes"}
    assert "sooner" in refused(engine, opened, answer_within_days="60")["answer_within_days"]
    assert set(refused(engine, opened, time_zone="Europe/Paris")) >= {"time_zone"}
    announced(engine, at=opened, hearing_id=CAMERAS, reason="More time.", closes_day=in_days(45))
    two = [
        {"id": "q1", "text": "Should they be used?", "system": ""},
        {"id": "q2", "text": "How?", "system": ""},
    ]
    announced(engine, at=opened, hearing_id=CAMERAS, reason="One more.", questions=two)
    comment_came_in(engine)
    assert "answered these questions" in refused(engine, opened, questions=two[:1])["questions"]
    closed = NOW + 46 * DAY
    assert set(refused(engine, closed, closes_day=in_days(48))) == {"closes"}
    announced(
        engine, at=closed, hearing_id=CAMERAS, reason="Clearer.", what_happens_next="The board decides."
    )
    with reading(engine) as db:
        log = log_of(db, CAMERAS)
    assert [(one.reason, [change.field for change in one.changes]) for one in log] == [
        ("Clearer.", ["what_happens_next"]),
        ("One more.", ["questions"]),
        ("More time.", ["closes_at"]),
        ("Asked for.", ["systems", "versions"]),
    ]
    assert log[2].changes[0].before == "11 July 2026 at 23:59 (Europe/London, UTC+01:00)"
    assert log[2].changes[0].after == "16 July 2026 at 23:59 (Europe/London, UTC+01:00)"


def test_a_change_needs_a_reason_and_a_difference_and_the_newest_version(engine: Engine) -> None:
    announced(engine)
    with pytest.raises(Invalid) as error:
        announced(engine, hearing_id=CAMERAS, title="Another title")
    assert [one.field for one in error.value.faults] == ["reason"]
    with pytest.raises(Conflict, match="Nothing is different"):
        announced(engine, hearing_id=CAMERAS, reason="For nothing.")
    with writing(engine) as db:
        draft = begin(db, FINN, hearing_id=CAMERAS, at=NOW)
        draft = save(
            db, FINN, draft.draft_id, {**draft.form, "contact": "desk@example.org"}, revision=1, reason="r"
        )
    announced(engine, hearing_id=CAMERAS, reason="First.", title="Another title")
    with pytest.raises(Conflict, match="Version 2 of this hearing"), writing(engine) as db:
        announce(db, FINN, draft.draft_id, revision=draft.revision, at=NOW)
    with writing(engine) as db:
        draft = follow(db, FINN, draft.draft_id, revision=draft.revision, at=NOW)
        announce(db, FINN, draft.draft_id, revision=draft.revision, at=NOW)
    with reading(engine) as db:
        # What the draft holds is published as it was shown beside the newer version: the title is put back.
        assert [one.field for one in log_of(db, CAMERAS)[0].changes] == ["title", "contact"]
        assert drafts_verify.faults(db) == []


def test_a_cancelled_hearing_keeps_its_words_and_its_reason(engine: Engine) -> None:
    announced(engine)
    at = NOW + 25 * DAY
    for reason, field in (
        ("", "missing"),
        ("x" * 501, "501"),
        ("a\u202eb", "U+202E"),
        ("TODO", "placeholder"),
    ):
        with pytest.raises(Invalid) as error, writing(engine) as db:
            cancel(db, FAY, CAMERAS, reason, at=at)
        assert field in error.value.faults[0].problem
    with writing(engine) as db:
        cancel(db, FAY, CAMERAS, "The cameras were taken down.", at=at)
    with reading(engine) as db:
        hearing = hearing_of(db, CAMERAS)
        assert stage(db, hearing, at) is Stage.CANCELLED
        assert happenings(db, hearing, at)[0].title == "The hearing was cancelled"
        assert "The cameras were taken down." in happenings(db, hearing, at)[0].words
    with pytest.raises(NotOpen), writing(engine) as db:
        cancel(db, FAY, CAMERAS, "Again.", at=at)
    assert refused(engine, at, title="Another")[""] == "The hearing was cancelled."


def test_it_is_held_and_followed_up_with_a_day_and_a_note(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(engine)
    sat = NOW + 50 * DAY
    with pytest.raises(NotOpen, match="possible on 21 July 2026 at 18:00"), writing(engine) as db:
        mark_heard(db, FAY, CAMERAS, on=sat.date(), at=sat)
    after = sat + DAY
    for on, note in (
        (sat.date() - DAY, ""),
        (after.date() + DAY, ""),
        (sat.date(), "x" * 2001),
        (sat.date(), "\0"),
    ):
        with pytest.raises(Invalid), writing(engine) as db:
            mark_heard(db, FAY, CAMERAS, on=on, note=note, at=after)
    with writing(engine) as db:
        mark_heard(db, FAY, CAMERAS, on=sat.date(), note="Forty people came.", at=after)
    with pytest.raises(NotOpen), writing(engine) as db:
        mark_heard(db, FAY, CAMERAS, on=sat.date(), at=after)
    monkeypatch.setattr(stages, "open_count", lambda db, name: 2)
    with pytest.raises(NotOpen, match="2 still wait"), writing(engine) as db:
        follow_up(db, FAY, CAMERAS, on=after.date(), note="Two cameras were moved.", at=after)
    monkeypatch.setattr(stages, "open_count", lambda db, name: 0)
    with pytest.raises(Invalid, match=re.escape("Nothing was noted.")), writing(engine) as db:
        follow_up(db, FAY, CAMERAS, on=after.date(), note=" ", at=after)
    with writing(engine) as db:
        follow_up(db, FAY, CAMERAS, on=after.date(), note="Two cameras were moved.", at=after)
        follow_up(db, FINN, CAMERAS, on=after.date(), note="And a third.", at=after + DAY)
    with reading(engine) as db:
        assert [one.text for one in notes_of(db, CAMERAS)] == [
            "Forty people came.",
            "Two cameras were moved.",
            "And a third.",
        ]
        hearing = hearing_of(db, CAMERAS)
        assert stage(db, hearing, after) is Stage.FOLLOWED_UP
        told = happenings(db, hearing, after + DAY)
        assert [one.title for one in told] == [
            "What came of it",
            "What came of it",
            "The hearing was held",
            "Comments are closed",
            "Comments are open",
            "The hearing was announced",
        ]
        assert len({one.name for one in told}) == len(told)
        assert ledger_faults(db) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"form": "{}"}, "its text is not the one"),
        ({"reason": "Another."}, "its text is not the one"),
        ({"state": "discarded"}, "not in the state"),
        ({"revision": 9}, "every revision"),
        ({"version": 7}, "no such announcement"),
    ],
)
def test_a_draft_that_was_changed_behind_its_log_is_found(
    engine: Engine, changed: dict[str, Any], says: str
) -> None:
    announced(engine)
    with writing(engine) as db:
        assert drafts_verify.faults(db) == []
        db.execute(update(hearing_draft).values(changed))
        assert any(says in one for one in drafts_verify.faults(db))
        draft_id = db.execute(select(hearing_draft.c.draft_id)).scalar_one()
        db.execute(text("PRAGMA defer_foreign_keys = ON"))
        db.execute(text("DELETE FROM hearing_draft"))
        assert drafts_verify.faults(db) == [
            f"The log speaks of a draft {draft_id} of a hearing that is gone."
        ]
        db.rollback()


def test_what_differs_is_told_field_by_field(engine: Engine) -> None:
    hearing = hearing_of_form(engine)
    assert differing(hearing, hearing) == ()
    [one] = differing(hearing, hearing.model_copy(update={"sitting": None}))
    sits = "21 July 2026 at 18:00 (Europe/London, UTC+01:00) to 20:00"
    assert one.before == f"{sits}; Town hall, room 1; 60 minutes for speakers"
    assert one.after == ""


def test_of_two_who_announce_at_once_one_is_told(engine: Engine) -> None:
    with writing(engine) as db:
        draft = begin(db, FAY, at=NOW)
        draft = save(db, FAY, draft.draft_id, form(), revision=1, at=NOW)
    gate = Barrier(2)

    def one(actor: Actor) -> str:
        gate.wait()
        try:
            with writing(engine) as db:
                announce(db, actor, draft.draft_id, revision=draft.revision, at=NOW)
        except Conflict as error:
            return error.what
        return "announced"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(one, (FAY, FINN)))
    assert said == ["This draft is announced already.", "announced"]
    with reading(engine) as db:
        assert len(versions_of(db, "hearing", CAMERAS)) == 1
