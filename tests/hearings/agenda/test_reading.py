"""An agenda: proposed, arranged step by step, published with its slots, and true after a withdrawal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from hearing_app.errors import Conflict, Forbidden, HearingError, Invalid, NotOpen
from hearing_app.hearings.agenda.arranging import (
    Change,
    add_item,
    add_place,
    begin,
    change,
    drop_item,
    drop_place,
    move_item,
    publish,
    put_comments,
    reword_item,
    set_place,
    swap,
)
from hearing_app.hearings.agenda.lottery import commit, keep
from hearing_app.hearings.agenda.proposal import minutes_there_are, propose_anew
from hearing_app.hearings.agenda.reading import (
    Agenda,
    Draft,
    ItemKind,
    agenda_of,
    draft_of,
    standing_of,
    versions_of,
)
from hearing_app.hearings.agenda.slots import book, free, set_slots, slots_of
from hearing_app.hearings.agenda.verify import faults
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import PUBLIC
from hearing_app.store import tables
from hearing_app.store.engine import writing
from tests.hearings.agendas import (
    AFTER,
    CLOSES,
    DURING,
    FAY,
    ID,
    KEY,
    OPENS,
    SITS,
    act,
    announce,
    look,
    said,
    sign_up,
)


def alter(engine: Engine, *made: Change) -> Draft:
    """Change the draft as it stands, one step after the other."""
    now: Draft = act(engine, begin)
    for one in made:
        now = act(engine, change, now.revision, one)
    return now


def proposed(engine: Engine, minutes: int = 60, **more: Any) -> Draft:
    now = act(engine, begin)
    made: Draft = act(engine, propose_anew, now.revision, minutes, **more)[0]
    return made


def published(engine: Engine, note: str = "", **more: Any) -> Agenda:
    now = look(engine, draft_of, FAY, ID)
    act(engine, publish, now.revision, note, **more)
    found: Agenda = look(engine, agenda_of, ID)
    return found


def refused(engine: Engine, *made: Change) -> str:
    before = act(engine, begin)
    with pytest.raises(HearingError) as error:
        alter(engine, *made)
    assert look(engine, draft_of, FAY, ID) == before
    return said(error.value)


def sound(engine: Engine) -> bool:
    return not look(engine, faults) and not look(engine, comment_faults)


def test_a_proposal_becomes_an_agenda_with_its_slots(engine: Engine) -> None:
    announce(engine)
    act(engine, commit, at=OPENS)
    one = sign_up(engine, target="data", interpreter=True, interpreter_language="cy").comment_id
    two = sign_up(engine, target="oversight", system_id="scores").comment_id
    silent = sign_up(engine, target="data", speaking="no").comment_id
    with writing(engine) as db:
        keep(db, at=CLOSES)
    proposed(engine)
    agenda = published(engine)
    assert [(item.title, item.kind) for item in agenda.items] == [
        ("Opening", "opening"),
        ("Statement of the force", "statement"),
        ("Cameras: The data it uses", "comments"),
        ("Break", "break"),
        ("Scores: Who supervises it", "comments"),
        ("Closing, and what happens next", "closing"),
    ]
    first, second = agenda.items[2], agenda.items[4]
    assert set(first.comment_ids) == {one, silent}
    assert (first.system_id, first.question_id) == ("cameras", "cameras")
    assert (second.system_id, second.question_id) == ("scores", "scores")
    assert [(slot.number, slot.minutes, slot.comment_id) for slot in first.slots] == [(1, 6, one)]
    assert [(slot.number, slot.minutes, slot.comment_id) for slot in second.slots] == [(2, 3, two)]
    assert first.starts_at == first.slots[0].starts_at == SITS + timedelta(minutes=20)
    assert second.starts_at == SITS + timedelta(minutes=36)
    assert [(slot.minutes, slot.comment_id) for slot in look(engine, slots_of, ID)] == [(6, one), (3, two)]
    assert agenda.by_lottery
    assert set(agenda.drawn) == {one, two}
    assert sound(engine)


def test_the_minutes_are_those_of_the_sitting(engine: Engine) -> None:
    hearing = announce(engine)
    assert minutes_there_are(hearing) == 30 + 35
    assert minutes_there_are(hearing.model_copy(update={"sitting": None})) == 120
    for _ in range(12):
        sign_up(engine)
    draft = proposed(engine, minutes_there_are(hearing))
    assert (len(draft.arrangement.speakers), len(draft.arrangement.waiting)) == (10, 2)
    assert draft.arrangement.minutes == 65
    agenda = published(engine)
    assert not agenda.by_lottery
    # Without a lottery the order of arrival decides.
    assert list(agenda.drawn[:10]) == list(draft.arrangement.speakers)
    assert look(engine, standing_of_waiting, agenda.waiting[1][0]) == 2


def standing_of_waiting(db: Any, comment_id: str) -> object:
    found = agenda_of(db, ID)
    assert found is not None
    return standing_of(found, comment_id)


def test_nothing_is_proposed_while_people_can_sign_up_or_without_the_minutes(engine: Engine) -> None:
    announce(engine)
    sign_up(engine)
    now = act(engine, begin, at=DURING)
    with pytest.raises(NotOpen, match="still sign up"):
        act(engine, propose_anew, now.revision, 60, at=DURING)
    with pytest.raises(Invalid) as error:
        act(engine, propose_anew, now.revision, 30)
    assert "35 minutes" in error.value.faults[0].problem
    with pytest.raises(Conflict):
        act(engine, propose_anew, now.revision + 1, 60)


def test_without_wishes_and_comments_there_is_an_agenda_all_the_same(engine: Engine) -> None:
    announce(engine)
    proposed(engine)
    assert [item.title for item in published(engine).items][:2] == ["Opening", "Statement of the force"]
    assert look(engine, slots_of, ID) == []


def test_a_facilitator_arranges_it_step_by_step(engine: Engine) -> None:
    announce(engine)
    one, two = (sign_up(engine).comment_id for _ in range(2))
    alter(
        engine,
        add_item("Opening", ItemKind.OPENING, 5),
        add_item("The public speaks", ItemKind.COMMENTS, 0, system_id="cameras"),
        add_place(2, 3, one),
        add_place(2, 4, two),
        move_item(2, -1),
        reword_item(2, "Residents speak", ItemKind.COMMENTS, 2),
        put_comments(2, [two, one, two]),
        swap(one, two),
        set_place(2, 1, 5, one, locked=True),
    )
    items = alter(engine, move_item(1, 5)).arrangement.items
    assert [(item.id, item.title, item.minutes) for item in items] == [
        (2, "Residents speak", 2),
        (1, "Opening", 5),
    ]
    assert [(place.minutes, place.comment_id, place.locked) for place in items[0].places] == [
        (4, two, False),
        (5, one, True),
    ]
    assert items[0].comment_ids == (two, one)
    assert [item.id for item in alter(engine, drop_place(2, 0), drop_item(1)).arrangement.items] == [2]
    assert look(engine, slots_of, ID) == []


def test_what_does_not_fit_is_refused_and_the_draft_stays(engine: Engine) -> None:
    announce(engine)
    one, two = (sign_up(engine).comment_id for _ in range(2))
    waiting = sign_up(engine, state=State.SUBMITTED).comment_id
    alter(engine, add_item("One", ItemKind.COMMENTS, 0), add_place(1, 3, one), add_place(1, 3))
    assert "2 places" in refused(engine, add_place(1, 3, one))
    assert "not published" in refused(engine, add_place(1, 3, waiting))
    assert "not published" in refused(engine, put_comments(1, [waiting]))
    assert "not published" in refused(engine, put_comments(1, ["C-2026-0000000"]))
    assert "greater than or equal to 1" in refused(engine, add_place(1, 0))
    assert "at least 1 character" in refused(engine, add_item(" ", ItemKind.OTHER, 5))
    assert "placeholder" in refused(engine, add_item("TBC", ItemKind.OTHER, 5))
    assert "480" in refused(engine, add_item("Long", ItemKind.OTHER, 481))
    assert "not in the item any more" in refused(engine, drop_place(1, 7))
    assert "not on the agenda any more" in refused(engine, drop_item(9))
    assert "no place any more" in refused(engine, swap(one, two))
    alter(engine, set_place(1, 0, 3, one, locked=True))
    assert "locked" in refused(engine, set_place(1, 0, 3, two, locked=True))
    assert "locked" in refused(engine, drop_item(1))


def test_two_facilitators_do_not_overwrite_each_other(engine: Engine) -> None:
    announce(engine)
    seen = act(engine, begin).revision
    act(engine, change, seen, add_item("Mine", ItemKind.OTHER, 5))
    with pytest.raises(Conflict, match="Another facilitator"):
        act(engine, change, seen, add_item("Theirs", ItemKind.OTHER, 5))
    with pytest.raises(Conflict):
        act(engine, publish, seen, "")


def test_the_public_arranges_nothing(engine: Engine) -> None:
    announce(engine)
    seen = act(engine, begin).revision
    for function, given in (
        (begin, ()),
        (change, (seen, move_item(1, 1))),
        (publish, (seen, "")),
        (propose_anew, (seen, 60)),
    ):
        with pytest.raises(Forbidden):
            act(engine, function, *given, actor=PUBLIC)
    with pytest.raises(Forbidden):
        look(engine, draft_of, PUBLIC, ID)


def test_slots_that_were_booked_before_are_kept_and_locked(engine: Engine) -> None:
    announce(engine)
    one, two = (sign_up(engine).comment_id for _ in range(2))
    act(engine, set_slots, 2, 4)
    act(engine, book, 2, one)
    assert [(place.minutes, place.locked) for place in act(engine, begin).arrangement.places] == [
        (4, False),
        (4, True),
    ]
    assert proposed(engine).arrangement.speakers[0] == one
    published(engine)
    booked = [(slot.minutes, slot.comment_id) for slot in look(engine, slots_of, ID)]
    assert booked == [(4, one), (3, two)]
    assert sound(engine)


def test_once_it_is_published_slots_follow_the_agenda_alone(engine: Engine) -> None:
    announce(engine)
    one, two = (sign_up(engine).comment_id for _ in range(2))
    proposed(engine)
    published(engine)
    other = sign_up(engine, speaking="no").comment_id
    for function, given in ((set_slots, (5, 3)), (book, (1, other)), (free, (1, one))):
        with pytest.raises(Conflict, match="agenda"):
            act(engine, function, *given)
    alter(engine, swap(one, two))
    with pytest.raises(Invalid) as error:
        published(engine)
    assert "Say why" in said(error.value)
    again = published(engine, "They asked to change places.")
    assert (again.version, again.note) == (2, "They asked to change places.")
    assert [slot.comment_id for slot in look(engine, slots_of, ID)] == [two, one]
    with pytest.raises(Conflict, match="published already"):
        published(engine, "Once more.")
    assert [one.version for one in look(engine, versions_of, ID)] == [1, 2]
    assert sound(engine)


def test_fewer_places_longer_ones_and_new_people_are_booked_anew(engine: Engine) -> None:
    announce(engine)
    people = [sign_up(engine).comment_id for _ in range(4)]
    proposed(engine)
    published(engine)
    now = look(engine, draft_of, FAY, ID)
    item = next(one for one in now.arrangement.items if one.places)
    alter(
        engine, drop_place(item.id, 3), drop_place(item.id, 0), set_place(item.id, 0, 9, None, locked=False)
    )
    published(engine, "Two cannot come.")
    assert [(one.minutes, one.comment_id) for one in look(engine, slots_of, ID)] == [
        (9, None),
        (3, people[2]),
    ]
    assert sound(engine)


def test_who_withdraws_leaves_the_slot_and_the_agenda_says_so(engine: Engine) -> None:
    announce(engine)
    leaves, stays = sign_up(engine), sign_up(engine)
    proposed(engine)
    published(engine)
    withdraw(engine, KEY, leaves.code, at=AFTER)
    agenda = look(engine, agenda_of, ID)
    slots = {slot.comment_id: slot.state for item in agenda.items for slot in item.slots}
    assert slots == {leaves.comment_id: "withdrawn", stays.comment_id: "speaks"}
    assert all(leaves.comment_id not in item.comment_ids for item in agenda.items)
    assert [slot.comment_id for slot in look(engine, slots_of, ID)] == [None, stays.comment_id]
    alter(engine, add_item("More", ItemKind.OTHER, 5))
    with pytest.raises(Invalid) as error:
        published(engine, "More.")
    assert "published no more" in said(error.value)
    assert sound(engine)


def test_what_is_taken_down_leaves_its_slot_and_behind_the_item(engine: Engine) -> None:
    announce(engine)
    one = sign_up(engine).comment_id
    proposed(engine)
    published(engine)
    with writing(engine) as db:
        decide(db, FAY, one, State.HELD, seen_state=State.PUBLISHED, reason_id="R2", at=AFTER)
    agenda = look(engine, agenda_of, ID)
    spoken = [slot.state for item in agenda.items for slot in item.slots]
    assert spoken == ["unpublished"]
    assert sound(engine)


def test_an_agenda_that_was_changed_in_the_database_is_a_fault(engine: Engine) -> None:
    announce(engine)
    sign_up(engine)
    proposed(engine)
    published(engine)
    table = tables.agenda_version
    with writing(engine) as db:
        text = db.execute(select(table.c.document)).scalar_one()
        db.execute(update(table).values(document=text.replace("Opening", "Closing")))
        assert "version 1 of its agenda is not the one" in " ".join(faults(db))
        db.execute(table.delete())
        assert "has 0 versions, and the ledger 1" in " ".join(faults(db))
