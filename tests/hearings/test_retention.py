"""How long each kind is kept: what is due, what goes, what stays, and what the ledger says about it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, insert, select

from hearing_app.cli import main
from hearing_app.errors import Conflict, Forbidden, Invalid
from hearing_app.hearings import retention
from hearing_app.hearings.comments.comment import Comment, Receipt, submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.erasure import erase_again, erase_answers, erase_words, gone_from_backups
from hearing_app.hearings.comments.lists import opinions, tally
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.hearing import Hearing, publish_hearing
from hearing_app.hearings.moderation.deciding import moves
from hearing_app.hearings.retention import PERIODS, carry_out, periods, what_is_due
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import COMPILATION, OPERATOR, PUBLIC, Actor, Role
from hearing_app.record.before import Before
from hearing_app.record.ledger import append, events
from hearing_app.record.ledger import faults as ledger_faults
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.files import copy_database
from hearing_app.store.tables import (
    account,
    attempt,
    comment,
    invitation,
    ledger_content,
    ledger_private,
    session,
)

Decide = Callable[..., Comment]
Look = Callable[[str], Comment]
MakeDraft = Callable[..., Draft]
Send = Callable[..., Receipt]
CLOSED = datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)
IN_FORCE = periods({})


def days(kind: str) -> int:
    return next(period.days for period in PERIODS if period.kind == kind)


def due(engine: Engine, at: datetime) -> dict[str, int]:
    """How many of each kind are due, without those of which there are none."""
    with reading(engine) as db:
        found = what_is_due(db, OPERATOR, IN_FORCE, at=at)
    assert all((one.oldest is None) is (one.count == 0) for _, one in found)
    assert [period for period, _ in found] == list(IN_FORCE)
    return {period.kind: one.count for period, one in found if one.count}


def check_sound(engine: Engine) -> None:
    with reading(engine) as db:
        assert ledger_faults(db) == []
        assert comment_faults(db) == []


def files_of(engine: Engine) -> bytes:
    folder = Path(str(engine.url.database)).parent
    return b"".join(path.read_bytes() for path in folder.glob("hearing.sqlite*"))


def test_every_kind_has_a_period_a_beginning_and_a_reason() -> None:
    assert len({period.kind for period in PERIODS}) == len(PERIODS)
    for period in PERIODS:
        assert period.days >= 1
        assert period.what and period.since and period.why.endswith(".")


def test_an_operator_can_set_other_periods() -> None:
    changed = {period.kind: period.days for period in periods({"rejected": 90, "tries": 2})}
    assert changed == {period.kind: period.days for period in PERIODS} | {"rejected": 90, "tries": 2}
    with pytest.raises(Invalid) as refused:
        periods({"rejekted": 90, "held": 0})
    assert [fault.problem for fault in refused.value.faults] == [
        "“rejekted” is no kind of record.",
        "“held” is kept for 0 days.",
    ]


def test_only_the_operator_carries_it_out(engine: Engine) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        with pytest.raises(Forbidden), reading(engine) as db:
            what_is_due(db, Actor(role, "x"), IN_FORCE)
        with pytest.raises(Forbidden):
            carry_out(engine, Actor(role, "x"), IN_FORCE)


def dumped(db: Connection) -> list[str]:
    driver = db.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return list(driver.iterdump())


def test_looking_changes_nothing(engine: Engine, send: Send, move: Decide) -> None:
    move(send(concern="Words that nobody was to read, said once.").comment_id, State.REJECTED)
    with reading(engine) as db:
        before = dumped(db)
    assert due(engine, CLOSED + 1000 * DAY) == {"rejected": 1, "answers": 1}
    with reading(engine) as db:
        assert dumped(db) == before


def test_rejected_words_go_and_the_decision_stays(
    engine: Engine, send: Send, move: Decide, look: Look
) -> None:
    sent = send(concern="Eight words that were not fit to be published.", display_name="Someone Known")
    move(sent.comment_id, State.REJECTED, note="A remark to the author alone.", reason_id="R4")
    end = CLOSED + days("rejected") * DAY
    assert due(engine, end) == {}
    assert due(engine, end + DAY) == {"rejected": 1}
    assert carry_out(engine, OPERATOR, IN_FORCE, at=end + DAY)["rejected"] == 1
    left = look(sent.code)
    assert (left.state, left.reason_id, left.has_words) == ("rejected", "R4", False)
    assert (left.concern, left.stance, left.standing, left.display_name, left.reason_note) == (
        "", "", [], "", "",
    )  # fmt: skip
    written = files_of(engine)
    for words in (b"not fit to be published", b"Someone Known", b"remark to the author"):
        assert words not in written
    check_sound(engine)
    assert due(engine, end + DAY) == {}
    with reading(engine) as db:
        assert tally(db, "live-recognition").rejected == 1


def test_what_was_never_published_goes_a_year_after_the_hearing(
    engine: Engine, send: Send, look: Look, move: Decide
) -> None:
    private = send(concern="Only for the eyes of the facilitators.", consent="facilitators_only")
    waiting = send(concern="Nobody ever came to read this one here.")
    public = send(
        concern="These words everyone may read for ever.", display_name="Ada", consent="text_and_name"
    )
    move(public.comment_id, State.PUBLISHED, note="The number in it is the police's own.")
    end = CLOSED + days("held") * DAY
    assert due(engine, end) == {}
    done = carry_out(engine, OPERATOR, IN_FORCE, at=end + DAY)
    assert (done["held"], done["answers"]) == (2, 1)
    assert not look(private.code).has_words
    assert not look(waiting.code).has_words
    kept = look(public.code)
    assert (kept.concern, kept.display_name) == ("These words everyone may read for ever.", "Ada")
    assert (kept.stance, kept.standing, kept.reason_note) == ("", [], "")
    assert b"police's own" not in files_of(engine)
    with reading(engine) as db:
        assert db.execute(select(ledger_private)).all() == []
        said = db.execute(select(ledger_content.c.content)).scalars().all()
    # The published words can still be held against what was committed to.
    assert any("everyone may read" in content for content in said)
    assert not any("facilitators." in content for content in said)
    check_sound(engine)


def test_erased_words_cannot_be_decided_on(engine: Engine, send: Send, look: Look, move: Decide) -> None:
    sent = send(concern="Nobody ever came to read this one here.")
    carry_out(engine, OPERATOR, IN_FORCE, at=CLOSED + 1000 * DAY)
    with reading(engine) as db:
        assert moves(db, look(sent.code)) == frozenset()
    with pytest.raises(Conflict):
        move(sent.comment_id, State.PUBLISHED)


def test_a_draft_that_is_sent_again_still_has_its_receipt(
    engine: Engine, draft: MakeDraft, receipt_key: bytes, now: datetime
) -> None:
    one = draft()
    with writing(engine) as db:
        first = submit(db, PUBLIC, receipt_key, one, at=now)
    carry_out(engine, OPERATOR, IN_FORCE, at=CLOSED + 1000 * DAY)
    with writing(engine) as db:
        again = submit(db, PUBLIC, receipt_key, one, at=now)
    assert (again.code, again.repeated) == (first.code, True)


def test_while_a_hearing_is_open_again_nothing_of_it_is_due(
    engine: Engine, hearing: Hearing, send: Send
) -> None:
    send()
    later = CLOSED + 1000 * DAY
    assert due(engine, later) == {"held": 1, "answers": 1}
    with writing(engine) as db:
        again = hearing.model_copy(update={"closes_at": later + DAY})
        publish_hearing(db, COMPILATION, again, note="Open again.", at=later)
    assert due(engine, later) == {}


def test_a_decision_after_the_end_counts_from_itself(engine: Engine, send: Send, move: Decide) -> None:
    late = CLOSED + 100 * DAY
    move(send().comment_id, State.REJECTED, at=late)
    assert "rejected" not in due(engine, late + days("rejected") * DAY)
    assert due(engine, late + (days("rejected") + 1) * DAY)["rejected"] == 1


def test_the_counts_of_views_are_kept_before_the_views_go(
    engine: Engine, hearing: Hearing, send: Send
) -> None:
    for _ in range(12):
        send(stance="oppose", standing=("affected",))
    after = CLOSED + DAY
    with reading(engine) as db:
        before = opinions(db, hearing, at=after)
    assert before.stance["oppose"] == 10
    carry_out(engine, OPERATOR, IN_FORCE, at=CLOSED + 1000 * DAY)
    with reading(engine) as db:
        assert opinions(db, hearing, at=CLOSED + 1001 * DAY) == before
    check_sound(engine)


def test_answers_that_were_committed_to_with_the_words_go_with_them(
    engine: Engine, send: Send, look: Look, move: Decide
) -> None:
    """Before there were private parts, an event held everything in one content."""
    sent = send(concern="An old comment that was published long ago.", stance="oppose")
    with writing(engine) as db:
        row = db.execute(select(ledger_content).order_by(ledger_content.c.seq.desc())).first()
        assert row is not None
        db.execute(ledger_private.delete())
        db.execute(
            ledger_content.update()
            .where(ledger_content.c.seq == row.seq)
            .values(content='{"stance":"oppose"}')
        )
    move(sent.comment_id, State.PUBLISHED)
    with writing(engine) as db:
        erase_answers(db, sent.comment_id, period="answers", at=CLOSED)
        left = [(event.kind) for event in events(db)][-1]
        assert left == "comment.erased"
        assert row.seq not in db.execute(select(ledger_content.c.seq)).scalars().all()
    assert look(sent.code).concern == "An old comment that was published long ago."
    check_sound(engine)


def test_the_ledger_says_what_was_carried_out(engine: Engine, send: Send, move: Decide) -> None:
    move(send().comment_id, State.REJECTED)
    at = CLOSED + 1000 * DAY
    done = carry_out(engine, OPERATOR, IN_FORCE, at=at)
    with reading(engine) as db:
        last = list(events(db))[-1]
        content = db.execute(
            select(ledger_content.c.content).where(ledger_content.c.seq == last.seq)
        ).scalar_one()
    assert (last.kind, last.subject, last.actor, last.at) == (
        "retention.carried_out", "record:retention", "operator", at,
    )  # fmt: skip
    assert '"rejected":1' in content
    assert done == {period.kind: int(period.kind == "rejected") for period in PERIODS}
    with reading(engine) as db:
        size = len(list(events(db)))
    assert sum(carry_out(engine, OPERATOR, IN_FORCE, at=at).values()) == 0
    with reading(engine) as db:
        assert len(list(events(db))) == size


def test_it_goes_in_steps_and_a_broken_off_run_goes_on(
    engine: Engine, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    for _ in range(5):
        send()
    left = [3]

    def tire(*args: Any, **more: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        erase_words(*args, **more)

    monkeypatch.setattr(retention, "erase_words", tire)
    at = CLOSED + 1000 * DAY
    with pytest.raises(KeyboardInterrupt):
        carry_out(engine, OPERATOR, IN_FORCE, at=at)
    check_sound(engine)
    # The step that was broken off left nothing; the one before is done.
    assert due(engine, at)["held"] == 3
    monkeypatch.setattr(retention, "erase_words", erase_words)
    assert carry_out(engine, OPERATOR, IN_FORCE, at=at)["held"] == 3
    check_sound(engine)


def an_account(db: Any, name: str, at: datetime, *, disabled_at: datetime | None = None) -> None:
    db.execute(
        insert(account).values(
            account_id=name,
            email=f"{name}@board.example",
            role="facilitator",
            agency="",
            password_hash="x",
            created_at=at,
            disabled=disabled_at is not None,
        )
    )
    db.execute(
        insert(session).values(
            token_hash=name, account_id=name, created_at=at, expires_at=at + DAY, revoked_at=None,
            seen_at=at, confirmed_at=None, awaits_code=False,
        )
    )  # fmt: skip
    if disabled_at:
        append(
            db,
            actor="administrator:a",
            kind="account.disabled",
            subject=f"account:{name}",
            content={},
            at=disabled_at,
        )


def test_what_is_kept_about_staff_goes_when_its_time_is_over(engine: Engine, now: datetime) -> None:
    long_ago = now - timedelta(days=days("accounts") + 10)
    with writing(engine) as db:
        an_account(db, "works", long_ago)
        an_account(db, "left", long_ago, disabled_at=long_ago + DAY)
        an_account(db, "leftlately", long_ago, disabled_at=now - DAY)
        for at in (now - 2 * DAY, now - timedelta(hours=1)):
            db.execute(insert(attempt).values(scope="s", key="k" * 64, at=at))
        for place, (expires, used) in enumerate(
            [(now - 40 * DAY, None), (now - 20 * DAY, None), (now + DAY, now - 31 * DAY), (now + DAY, None)]
        ):
            db.execute(
                insert(invitation).values(
                    token_hash=f"{place:064d}", email=f"{place}@board.example", role="auditor", agency="",
                    invited_by="operator", created_at=expires - 3 * DAY, expires_at=expires, used_at=used,
                )
            )  # fmt: skip
    assert due(engine, now) == {"tries": 1, "sessions": 3, "links": 2, "accounts": 1}
    done = carry_out(engine, OPERATOR, IN_FORCE, at=now)
    assert {kind: count for kind, count in done.items() if count} == {
        "tries": 1, "sessions": 3, "links": 2, "accounts": 1,
    }  # fmt: skip
    with reading(engine) as db:
        assert sorted(db.execute(select(account.c.account_id)).scalars()) == ["leftlately", "works"]
        assert sorted(db.execute(select(invitation.c.email)).scalars()) == [
            "1@board.example",
            "3@board.example",
        ]
        assert len(db.execute(select(attempt)).all()) == 1
        assert db.execute(select(session)).all() == []
        assert ledger_faults(db) == []
    assert due(engine, now) == {}
    assert b"left@board.example" not in files_of(engine)


def test_an_account_with_sessions_of_today_goes_with_them(engine: Engine, now: datetime) -> None:
    long_ago = now - timedelta(days=days("accounts") + 10)
    with writing(engine) as db:
        an_account(db, "left", now, disabled_at=long_ago)
    assert carry_out(engine, OPERATOR, IN_FORCE, at=now)["accounts"] == 1


def test_what_was_erased_is_erased_again_in_an_older_copy(
    engine: Engine, send: Send, move: Decide, leave: Callable[..., Comment], tmp_path: Path
) -> None:
    taken = send(concern="Words that their author took back again.")
    refused = send(concern="Words that were not fit to be published.")
    shown = send(concern="Words that everyone is going to read here.", stance="oppose")
    move(refused.comment_id, State.REJECTED)
    move(shown.comment_id, State.PUBLISHED)
    copy_database(engine, tmp_path / "copy.sqlite")
    leave(taken.code)
    carry_out(engine, OPERATOR, IN_FORCE, at=CLOSED + 1000 * DAY)
    older = open_engine(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    before = Before(engine, [], holds=True)
    with writing(older) as db:
        assert erase_again(db, before) == 3
        assert erase_again(db, before) == 0
    with reading(older) as db:
        rows = {row.comment_id: row for row in db.execute(select(comment))}
    assert rows[taken.comment_id].state == "withdrawn"
    assert (rows[taken.comment_id].concern, rows[refused.comment_id].concern) == ("", "")
    assert (rows[shown.comment_id].concern[:5], rows[shown.comment_id].stance) == ("Words", "")
    check_sound(older)
    older.dispose()


def test_the_day_on_which_words_are_gone_from_backups_is_known() -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert gone_from_backups(at, 35) == datetime(2026, 12, 28, 23, 59, 59, 999999, tzinfo=UTC)


def test_the_command_lists_and_erases_only_when_told(
    published_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = shutil.copytree(published_data, tmp_path / "data")
    opened = open_engine(f"sqlite:///{data / 'hearing.sqlite'}")
    with writing(opened) as db:
        an_account(db, "left", datetime.now(UTC) - 800 * DAY, disabled_at=datetime.now(UTC) - 800 * DAY)

    def run(*more: str) -> str:
        done = CliRunner().invoke(main, ["--data", str(data), "retention", "run", *more])
        assert done.exit_code == (1 if "cannot be used" in done.output else 0), done.output
        return done.output

    listed = run()
    assert "accounts: 1, the oldest since " in listed
    assert "rejected: 0. The words of a comment that was not published: 180 days." in listed
    assert "Nothing was changed." in listed
    with reading(opened) as db:
        assert db.execute(select(account)).all()
    monkeypatch.setenv("HEARING_RETENTION", '{"accounts": 900}')
    assert "accounts: 0. " in run()
    monkeypatch.setenv("HEARING_RETENTION", '{"acounts": 900}')
    assert "“acounts” is no kind of record." in run("--carry-out")
    monkeypatch.delenv("HEARING_RETENTION")
    assert "Erased: 2. Backups hold it for 35 days at most." in run("--carry-out")
    with reading(opened) as db:
        assert db.execute(select(account)).all() == []
        assert list(events(db))[-1].kind == "retention.carried_out"
    opened.dispose()
