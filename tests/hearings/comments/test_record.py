"""What belongs to a comment: wishes to speak, files, translations. Kept, changed, erased, verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from hearing_app.errors import Busy, Conflict, Forbidden, HearingError, Invalid, NotFound, NotOpen
from hearing_app.hearings.comments import file_adding, files, speaking, translations
from hearing_app.hearings.comments.comment import Comment, Receipt, withdraw
from hearing_app.hearings.comments.draft import Draft, Link
from hearing_app.hearings.comments.erasure import erase_answers, erase_words
from hearing_app.hearings.comments.file_adding import Sent, add_file, remove_file
from hearing_app.hearings.comments.files import FileState, Kept
from hearing_app.hearings.comments.record_verify import faults
from hearing_app.hearings.comments.speaking import Asked
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.disclosure import public_contents
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.retention import PERIODS, carry_out
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record import ledger
from hearing_app.record.before import Before
from hearing_app.record.erased import Erased
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import erase_freed_pages, reading, writing
from hearing_app.store.tables import (
    comment,
    comment_file,
    comment_file_data,
    comment_translation,
    speaking_wish,
)
from tests.hearings import strange_files

Send = Callable[..., Receipt]
Move = Callable[..., Comment]
Look = Callable[[str], Comment]
NEEDS = "ASTEPFREEWAY to the platform"
WISH: dict[str, Any] = {
    "speaking": "in_person",
    "interpreter": True,
    "interpreter_language": "so",
    "access_needs": NEEDS,
    "first_time": True,
}
SECOND = Actor(Role.FACILITATOR, "sam")


def wrong(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return [*ledger.faults(db), *comment_faults(db), *faults(db)]


def in_files(engine: Engine, *words: bytes) -> list[bytes]:
    """Return which of the words stand in a file of the database."""
    found = Path(str(engine.url.database))
    held = b"".join(path.read_bytes() for path in found.parent.glob(f"{found.name}*"))
    return [word for word in words if word in held]


@pytest.fixture
def add(engine: Engine, receipt_key: bytes, tmp_path: Path, now: datetime) -> Callable[..., Kept]:
    def one(
        code: str, content: bytes = b"FILEWORDS of evidence", at: datetime | None = None, **more: str
    ) -> Kept:
        told = {"name": "../../SENDERNAME.txt", "title": "FILETITLE", "whose": "FILEOWNER"} | more
        sent = Sent(content=content, **told)
        return add_file(engine, receipt_key, code, "203.0.113.1", sent, folder=tmp_path, at=at or now)

    return one


def test_a_wish_comes_with_a_comment_and_is_for_facilitators_alone(
    *, engine: Engine, send: Send, look: Look, facilitator: Actor, hearing: Hearing, now: datetime
) -> None:
    send()
    sent = send(**WISH)
    assert look(sent.code).speaking == "in_person"
    with reading(engine) as db:
        [wish] = speaking.wishes(db, facilitator, hearing.id)
        assert (wish.comment_id, wish.how, wish.at) == (sent.comment_id, "in_person", now)
        assert (wish.interpreter, wish.interpreter_language, wish.first_time) == (True, "so", True)
        assert wish.access_needs == NEEDS
        for actor in (PUBLIC, Actor(Role.PUBLISHER, "pat"), Actor(Role.AUDITOR, "art")):
            with pytest.raises(Forbidden):
                speaking.wishes(db, actor, hearing.id)
        # What anyone may read of the ledger says that there is a wish, and on which day.
        public = public_contents(db)
        shown = [content.text for event, content in ledger.contents(db) if content and public(event, content)]
        [event] = [event for event, _ in ledger.contents(db) if event.kind == speaking.WISHED]
        assert (event.actor, event.at) == ("author", ledger.day_of(now))
        assert not any(told in text for text in shown for told in (NEEDS, '"so"', "in_person"))
    assert wrong(engine) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"speaking": "shouting"},
        {"speaking": "no", "access_needs": "A ramp"},
        {"speaking": "no", "first_time": False},
        {"speaking": "in_person", "interpreter": True},
        {"speaking": "in_person", "interpreter_language": "so"},
        {"speaking": "in_person", "interpreter": True, "interpreter_language": "Somali, please"},
        {"speaking": "in_person", "access_needs": "x" * 501},
        {"target_detail": "x" * 201},
        {"target_detail": "two\nlines"},
    ],
)
def test_what_does_not_fit_together_is_refused(send: Send, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        send(**changes)


def test_a_wish_is_changed_and_taken_back_and_leaves_nothing(
    *, engine: Engine, send: Send, look: Look, facilitator: Actor, hearing: Hearing, now: datetime
) -> None:
    sent = send(**WISH)
    assert in_files(engine, NEEDS.encode())
    stands = speaking.change(engine, sent.comment_id, Asked("read_out"), at=now)
    assert stands is not None
    assert (stands.how, stands.access_needs, look(sent.code).speaking) == ("read_out", "", "read_out")
    assert in_files(engine, NEEDS.encode()) == []
    assert wrong(engine) == []
    with pytest.raises(Invalid):
        speaking.change(engine, sent.comment_id, Asked("in_person", interpreter=True), at=now)
    late = hearing.window[1]
    with pytest.raises(NotOpen):
        speaking.change(engine, sent.comment_id, Asked("in_person"), at=late)
    assert speaking.change(engine, sent.comment_id, Asked(), at=late) is None, "taken back at any time"
    with reading(engine) as db:
        assert speaking.wishes(db, facilitator, hearing.id) == []
    assert look(sent.code).speaking == "no"
    assert wrong(engine) == []


def test_sign_up_can_close_before_comments_do(
    engine: Engine, send: Send, hearing: Hearing, now: datetime
) -> None:
    earlier = hearing.model_copy(update={"sign_up_closes_at": now - timedelta(days=1)})
    with writing(engine) as db:
        publish_version(
            db,
            actor="compilation",
            kind="hearing",
            document_id=hearing.id,
            document=earlier.model_dump(mode="json"),
            note="Sign-up closes earlier.",
            at=now - timedelta(days=2),
        )
    with pytest.raises(Invalid) as refused:
        send(**WISH)
    assert [fault.field for fault in refused.value.faults] == ["speaking"]
    assert send(**WISH, at=now - timedelta(days=1, hours=1))
    assert send().state == State.SUBMITTED


def test_wishes_are_forgotten_after_the_sitting(
    engine: Engine, send: Send, hearing: Hearing, look: Look
) -> None:
    sent = send(**WISH)
    after = hearing.window[1].astimezone(UTC)
    only = tuple(one for one in PERIODS if one.kind == "wishes")
    assert carry_out(engine, OPERATOR, only, at=after + timedelta(days=29)) == {"wishes": 0}
    assert carry_out(engine, OPERATOR, only, at=after + timedelta(days=31)) == {"wishes": 1}
    assert in_files(engine, NEEDS.encode()) == []
    assert look(sent.code).speaking == "no"
    assert wrong(engine) == []


def test_a_file_is_kept_screened_shown_and_removed(
    *,
    engine: Engine,
    send: Send,
    move: Move,
    add: Callable[..., Kept],
    receipt_key: bytes,
    facilitator: Actor,
    hearing: Hearing,
    now: datetime,
) -> None:
    sent = send()
    kept = add(sent.code)
    assert (kept.kind, kept.name, kept.state) == ("txt", "SENDERNAME.txt", "waiting")
    assert kept.sha256 == sha256(b"FILEWORDS of evidence").hexdigest()
    assert kept.download_name == f"{sent.comment_id}-1.txt"

    def public() -> list[str]:
        with reading(engine) as db:
            for one in files.public_files(db, hearing.id).get(sent.comment_id, []):
                assert files.public_file(db, hearing.id, one.file_id)[1] == b"FILEWORDS of evidence"
                return [one.title]
            with pytest.raises(NotFound):
                files.public_file(db, hearing.id, kept.file_id)
            return []

    def told() -> str:
        with reading(engine) as db:
            is_public = public_contents(db)
            return "".join(c.text for e, c in ledger.contents(db) if c and is_public(e, c))

    move(sent.comment_id, State.PUBLISHED)
    assert public() == []
    assert "FILETITLE" not in told()
    with writing(engine) as db:
        with pytest.raises(Forbidden):
            files.screen(db, PUBLIC, kept.file_id, "published")
        with pytest.raises(Invalid):
            files.screen(db, facilitator, kept.file_id, "refused")
        with pytest.raises(Invalid):
            files.screen(db, facilitator, kept.file_id, "perhaps")
        assert files.screen(db, facilitator, kept.file_id, "published", at=now).state == "published"
        with pytest.raises(Conflict):
            files.screen(db, SECOND, kept.file_id, "published")
    assert public() == ["FILETITLE"]
    assert kept.sha256 in told()
    assert wrong(engine) == []
    move(sent.comment_id, State.HELD, State.PUBLISHED)
    assert public() == [], "only as long as its comment is"
    assert "FILETITLE" not in told()
    remove_file(engine, receipt_key, sent.code, "203.0.113.1", kept.file_id, at=now)
    assert in_files(engine, b"FILEWORDS", b"FILETITLE", b"FILEOWNER", b"SENDERNAME") == []
    with reading(engine) as db:
        [row] = db.execute(select(comment_file)).all()
        with pytest.raises(NotFound):
            files.file_for_staff(db, facilitator, kept.file_id)
    assert (row.state, row.sha256) == (FileState.ERASED, kept.sha256), "it was public: its hash stays"
    assert wrong(engine) == []
    with pytest.raises(Conflict):
        remove_file(engine, receipt_key, sent.code, "203.0.113.1", kept.file_id, at=now)


def test_links_and_files_are_five_and_the_hearing_has_room(
    engine: Engine, send: Send, add: Callable[..., Kept], monkeypatch: pytest.MonkeyPatch, hearing: Hearing
) -> None:
    sent = send(evidence=tuple(Link(f"https://example.org/{n}") for n in range(4)))
    first = add(sent.code)
    with pytest.raises(Conflict, match="5 links and files"):
        add(sent.code)
    monkeypatch.setattr(file_adding, "LARGEST_OF_HEARING", first.bytes + 5)
    with pytest.raises(HearingError, match="used up"):
        add(send().code)
    with pytest.raises(NotOpen):
        add(sent.code, at=hearing.window[1])
    monkeypatch.setattr(file_adding, "can_write", lambda *_: False)
    with pytest.raises(HearingError, match="no room"):
        add(send(evidence=()).code)
    for changes in ({"title": " "}, {"title": "x" * 121}, {"whose": "x" * 201}, {"title": "a\nb"}):
        with pytest.raises(Invalid):
            add(send().code, **changes)
    with pytest.raises(NotFound):
        add("0000 0000 0000 0000")


def test_who_finds_the_place_taken_has_not_tried(
    monkeypatch: pytest.MonkeyPatch, send: Send, add: Callable[..., Kept]
) -> None:
    """Others, who keep the one place for looking at files, would shut this receipt out for an hour."""
    monkeypatch.setattr(file_adding, "_WAITING_SECONDS", 0.001)
    sent = send()
    with file_adding._one_at_a_time:
        for _ in range(file_adding.FILES_BY_RECEIPT.tries + 1):
            with pytest.raises(Busy):
                add(sent.code)
    assert add(sent.code).title == "FILETITLE"


def test_what_stops_between_the_file_and_its_event_keeps_neither(
    engine: Engine, send: Send, add: Callable[..., Kept], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("append", "keep_bytes"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(file_adding, name, lambda *_, **__: dies())
            add(sent.code)
        with reading(engine) as db:
            assert db.execute(select(comment_file)).all() == []
            assert db.execute(select(comment_file_data)).all() == []
        assert wrong(engine) == []


def test_translations_stand_beside_and_are_checked_by_a_second(
    engine: Engine, send: Send, move: Move, facilitator: Actor, now: datetime
) -> None:
    sent = send(concern="Pwy sy'n gwirio'r lluniau a gedwir?", language_declared="cy")
    texts = {"concern": "Who checks the pictures that are kept? TRANSLATED"}

    def shown() -> list[str]:
        with reading(engine) as db:
            found = translations.translations_of(db, [sent.comment_id])
        return [one.concern for one in found.get(sent.comment_id, [])]

    with writing(engine) as db:
        with pytest.raises(Forbidden):
            translations.translate(db, PUBLIC, sent.comment_id, "en", texts)
        for wrong_texts in ({}, texts | {"ask": "More than it says"}):
            with pytest.raises(Invalid):
                translations.translate(db, facilitator, sent.comment_id, "en", wrong_texts)
        translations.translate(
            db, facilitator, sent.comment_id, "en", texts, machine="A program, 1.2", at=now
        )
    assert shown() == []
    with writing(engine) as db:
        with pytest.raises(Conflict, match="You made"):
            translations.check(db, facilitator, sent.comment_id, "en")
        translations.check(db, SECOND, sent.comment_id, "en", at=now)
    assert shown() == [texts["concern"]]
    assert wrong(engine) == []
    with writing(engine) as db:
        translations.translate(
            db, facilitator, sent.comment_id, "en", {"concern": "Anew. TRANSLATED"}, at=now
        )
    assert shown() == [], "a new one is not checked yet"
    move(sent.comment_id, State.PUBLISHED)
    with reading(engine) as db:
        public = public_contents(db)
        assert not any("TRANSLATED" in c.text for e, c in ledger.contents(db) if c and public(e, c))


def test_withdrawing_takes_everything_with_it(
    *,
    engine: Engine,
    send: Send,
    add: Callable[..., Kept],
    receipt_key: bytes,
    facilitator: Actor,
    now: datetime,
) -> None:
    sent = send(**WISH, target_detail="DETAILWORDS")
    add(sent.code, strange_files.jpeg())
    add(sent.code)
    with writing(engine) as db:
        texts = {"concern": "TRANSLATEDWORDS of it"}
        translations.translate(db, facilitator, sent.comment_id, "cy", texts, at=now)
    words = (b"ASTEPFREEWAY", b"DETAILWORDS", b"FILEWORDS", b"FILETITLE", b"TRANSLATEDWORDS", b"SENDERNAME")
    assert in_files(engine, *words) == list(words), "else this proves nothing"
    withdraw(engine, receipt_key, sent.code, at=now)
    assert in_files(engine, *words) == []
    with reading(engine) as db:
        assert db.execute(select(comment_file_data)).all() == []
        assert {row.sha256 for row in db.execute(select(comment_file))} == {""}
    assert wrong(engine) == []


@pytest.mark.parametrize("erase", [erase_words, erase_answers])
def test_what_is_erased_in_time_takes_what_nobody_may_read(
    *,
    engine: Engine,
    send: Send,
    move: Move,
    add: Callable[..., Kept],
    facilitator: Actor,
    erase: Any,
    now: datetime,
) -> None:
    sent = send(**WISH)
    shown, hidden = add(sent.code, b"SHOWNWORDS here"), add(sent.code, b"HIDDENWORDS here")
    if erase is erase_answers:
        move(sent.comment_id, State.PUBLISHED)
    else:
        move(sent.comment_id, State.REJECTED)
    with writing(engine) as db:
        files.screen(db, facilitator, shown.file_id, "published", at=now)
        files.screen(db, facilitator, hidden.file_id, "refused", "R2", at=now)
        erase(db, sent.comment_id, period="rejected", at=now)
    erase_freed_pages(engine)
    left = [b"SHOWNWORDS"] if erase is erase_answers else []
    assert in_files(engine, b"SHOWNWORDS", b"HIDDENWORDS", b"ASTEPFREEWAY") == left
    assert wrong(engine) == []


def test_a_restored_record_erases_again(
    engine: Engine, send: Send, add: Callable[..., Kept], now: datetime
) -> None:
    sent = send(**WISH)
    kept = add(sent.code)
    noted = [
        Erased(speaking.TAKEN_BACK, f"speaking:{sent.comment_id}", now),
        Erased(files.ERASED, f"file:{kept.file_id}", now),
    ]
    before = Before(None, noted, holds=True)
    with writing(engine) as db:
        assert (speaking.erase_again(db, before), files.erase_again(db, before)) == (1, 1)
        assert (speaking.erase_again(db, before), files.erase_again(db, before)) == (0, 0)
    erase_freed_pages(engine)
    assert in_files(engine, b"FILEWORDS", b"ASTEPFREEWAY") == []
    assert wrong(engine) == []


TAMPERED: dict[str, tuple[Any, str]] = {
    "another need": (update(speaking_wish).values(access_needs="none"), "is not the one"),
    "a wish that is gone": (delete(speaking_wish), "is gone without an event"),
    "a wish that nobody has": (update(comment).values(speaking="read_out"), "is not what its comment says"),
    "other bytes": (update(comment_file_data).values(data=b"x"), "bytes are not those"),
    "bytes that are gone": (delete(comment_file_data), "bytes are not those"),
    "another title": (update(comment_file).values(title="x"), "differs from what"),
    "another decision": (update(comment_file).values(state="published"), "something else than was decided"),
    "other words": (update(comment_translation).values(concern="x"), "not what was committed"),
    "another checker": (
        update(comment_translation).values(checked_by="x", checked_at=datetime(2026, 6, 1, tzinfo=UTC)),
        "not checked by whom",
    ),
}


@pytest.mark.parametrize(("tampering", "says"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_beside_the_ledger_is_found(
    *,
    engine: Engine,
    send: Send,
    add: Callable[..., Kept],
    facilitator: Actor,
    tampering: Any,
    says: str,
    now: datetime,
) -> None:
    sent = send(**WISH)
    add(sent.code)
    with writing(engine) as db:
        translations.translate(db, facilitator, sent.comment_id, "cy", {"concern": "Geiriau."}, at=now)
    assert wrong(engine) == []
    with writing(engine) as db:
        db.execute(tampering)
    assert any(says in fault for fault in wrong(engine)), wrong(engine)


def test_a_draft_is_the_same_comment_whatever_its_wish_became(
    engine: Engine, send: Send, draft: Callable[..., Draft], now: datetime
) -> None:
    one = draft(**WISH)
    sent = send(**{name: getattr(one, name) for name in ("draft_id", *WISH)})
    speaking.change(engine, sent.comment_id, Asked(), at=now)
    again = send(**{name: getattr(one, name) for name in ("draft_id", *WISH)})
    assert replace(again, repeated=False) == sent
