"""What readers and authors are told of an agenda: names by consent, words that go when they are withdrawn."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from hearing_app.documents.agenda import (
    agenda_html,
    agenda_section,
    below_comments,
    minutes_html,
    published_of,
    status_section,
)
from hearing_app.documents.room import behind_html, room_html
from hearing_app.hearings.agenda.arranging import (
    begin,
    change,
    drop_item,
    move_item,
    publish,
    reword_item,
    swap,
)
from hearing_app.hearings.agenda.changes import changes
from hearing_app.hearings.agenda.lottery import commit, keep, lottery_of
from hearing_app.hearings.agenda.minutes import decide, note
from hearing_app.hearings.agenda.room import end, room_of, start
from hearing_app.hearings.comments.comment import Comment, comment_by_receipt, withdraw
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.hearing import Hearing
from hearing_app.store.engine import reading, writing
from tests.hearings.agendas import (
    CLOSES,
    FAY,
    ID,
    KEY,
    OPENS,
    SITS,
    act,
    announce,
    arranged,
    look,
    sign_up,
)

from .reading import read

HEARD = SITS + timedelta(minutes=25)


def page(engine: Engine, hearing: Hearing) -> str:
    with reading(engine) as db:
        return read(agenda_html(published_of(db, hearing))).text


def status(engine: Engine, hearing: Hearing, code: str) -> str:
    with reading(engine) as db:
        written: Comment = comment_by_receipt(db, KEY, code)
        return read(status_section(db, hearing, written)).text


def test_names_stand_by_consent_and_times_in_the_zone_of_the_hearing(engine: Engine) -> None:
    hearing = announce(engine)
    assert look(engine, agenda_section, hearing) == ""
    named = sign_up(engine, display_name="Ada Field", consent="text_and_name")
    nameless = sign_up(engine, display_name="Ben Stone")
    arranged(engine)
    text = page(engine, hearing)
    assert "Ada Field" in text
    assert "Ben Stone" not in text
    # 18:20 UTC is 19:20 in London in June.
    assert "Slot 1, about 19:20, 3 minutes: Ada Field" in text
    assert "London time" in text
    mine = status(engine, hearing, nameless.code)
    assert "slot 2" in mine
    assert "10 June 2026 at 19:23 (London time)" in mine
    withdraw(engine, KEY, named.code, at=SITS)
    gone = page(engine, hearing)
    assert "Ada Field" not in gone
    assert f"withdrawn ({named.comment_id})" in gone


def test_the_lottery_is_told_as_far_as_it_has_come(engine: Engine) -> None:
    hearing = announce(engine)
    with writing(engine) as db:
        keep(db, at=OPENS)
    text = page(engine, hearing)
    assert "shown earlier, it could be used to steer the draw" in text
    assert "They are drawn when sign-up closes, on 1 June 2026 at 10:00 (London time)" in text
    assert act(engine, commit, at=OPENS).commitment in text
    with writing(engine) as db:
        keep(db, at=CLOSES)
    text = page(engine, hearing)
    assert look(engine, lottery_of, ID).seed in text
    assert "whoever runs the server knows the seed" in text
    sign_up(engine)
    arranged(engine)
    assert "They have been drawn." in page(engine, hearing)


def test_how_it_is_decided_is_folded_and_begins_with_plain_words(engine: Engine) -> None:
    hearing = announce(engine)
    act(engine, commit, at=OPENS)
    with reading(engine) as db:
        html = agenda_html(published_of(db, hearing))
    assert "<details open" not in html
    plain, checking = html.split("How it is decided who speaks")[1].split("How to check the draw yourself")
    assert "Lots are drawn among those who wish to speak" in plain
    assert not any(word in plain for word in ("SHA-256", "HMAC", "seed", "ledger"))
    assert "HMAC-SHA-256" in checking


def test_without_a_lottery_the_page_says_so_and_who_waits_is_told_why(engine: Engine) -> None:
    hearing = announce(engine)
    people = [sign_up(engine) for _ in range(3)]
    arranged(engine, 41)
    text = page(engine, hearing)
    assert "No seed was fixed before sign-up closed" in text
    assert "number 1 on the waiting list" in status(engine, hearing, people[2].code)
    silent = sign_up(engine, speaking="no", target="contract")
    assert "has no place on the agenda" in status(engine, hearing, silent.code)


def test_what_changed_stands_in_words_with_its_reason(engine: Engine) -> None:
    hearing = announce(engine)
    one, two = (sign_up(engine).comment_id for _ in range(2))
    arranged(engine)
    seen = act(engine, begin)
    before = seen.arrangement
    kind = before.items[0].kind
    for made in (move_item(1, 1), swap(one, two), reword_item(1, "Welcome", kind, 7), drop_item(2)):
        seen = act(engine, change, seen.revision, made)
    said = changes(before, seen.arrangement)
    assert said == [
        "Item “Statement of the force” was taken off.",
        "Item “Opening” is called “Welcome” now.",
        "Item “Welcome” has 7 minutes of its own instead of 5.",
        "The order of the speakers changed.",
    ]
    act(engine, publish, seen.revision, "The force cannot come.")
    assert "The force cannot come." in page(engine, hearing)
    assert said[0] in page(engine, hearing)
    assert changes(before, before) == []


def test_comments_say_where_they_stand_and_the_room_shows_them_word_for_word(engine: Engine) -> None:
    hearing = announce(engine)
    receipt = sign_up(engine, concern="Who <b>checks</b> the pictures that are kept?")
    arranged(engine)
    below = look(engine, below_comments, hearing, [receipt.comment_id])
    assert "speaks in slot 1" in read(below[receipt.comment_id]).text
    item = look(engine, room_of, ID).coming[2].item_id
    act(engine, start, item, receipt.comment_id, seen=0, at=SITS)
    room = look(engine, room_of, ID)
    for seconds, says in (
        (0, "3:00"),
        (149, "0:31"),
        (151, "30 seconds"),
        (171, "10 seconds"),
        (200, "−0:20"),
    ):
        shown = room_html(room, {}, SITS + timedelta(seconds=seconds))
        assert says in read(shown).text
    assert "The time is over" in read(shown).text
    assert "No name given" in read(shown).text
    cards = look(engine, lambda db: behind_html(published_comments(db, ID), {}, hearing))
    assert "Who <b>checks</b> the pictures" in read(cards).text
    act(engine, end, 1, at=SITS + timedelta(seconds=170))
    assert "spoke for 2 min 50 s" in page(engine, hearing)
    assert "you spoke for 2 min 50 s" in status(engine, hearing, receipt.code)


def test_the_minutes_show_what_is_public_and_what_is_overdue(engine: Engine) -> None:
    hearing = announce(engine)
    arranged(engine)
    act(engine, note, 1, "A note that is not public yet.", at=HEARD)
    act(
        engine,
        decide,
        1,
        kind="decision",
        text="The list is published.",
        owner="Chief Constable",
        due_on=HEARD.date(),
        at=HEARD,
    )
    with reading(engine) as db:
        found = published_of(db, hearing)
    public = read(minutes_html(found)).text
    assert "Not published yet" in public
    assert "The list is published." in public
    assert "not public yet." not in public
    # Its day was in June 2026; whoever reads this reads it later.
    assert "Overdue" in page(engine, hearing)
    assert FAY.account_id not in public
