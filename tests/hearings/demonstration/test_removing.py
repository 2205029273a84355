"""Taking a rehearsal out: who wrote in it is told the truth and counted apart, and the next can begin."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from hearing_app.deployment import Deployment, record_faults
from hearing_app.documents.hearing_page import comments_of_hearing, hearing_page
from hearing_app.documents.hearings import NOTHING_YET
from hearing_app.documents.status_page import status_page
from hearing_app.errors import Conflict
from hearing_app.hearings.comments.comment import Receipt, comment_by_receipt, submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.erasure import erase_again
from hearing_app.hearings.comments.lists import every_published, tally
from hearing_app.hearings.demonstration import filling
from hearing_app.hearings.demonstration.filling import HEARING, SYSTEM, fill
from hearing_app.hearings.demonstration.removing import Removed, remove
from hearing_app.hearings.hearing import all_hearings, hearing_of
from hearing_app.hearings.receipt_feed import followed, token_for
from hearing_app.hearings.voting.casting import Vote, cast, voting_code
from hearing_app.people.permissions import PUBLIC
from hearing_app.record.before import Before, Told
from hearing_app.record.ledger import contents
from hearing_app.store.engine import reading, writing
from tests.documents.reading import read

NUMBER = 20
TAKEN_OUT = "was taken out with the rehearsal by the operator"
OWN = "was withdrawn by its author"


def write(house: Deployment, words: str) -> Receipt:
    """Send a comment to the rehearsal as a person does."""
    with writing(house.engine) as db:
        version = hearing_of(db, HEARING).versions[SYSTEM]
        fields: dict[str, Any] = {"concern": words, "comment_type": "concern", "speaking": "in_person"}
        draft = Draft(secrets.token_hex(16), HEARING, SYSTEM, version, **fields)
        return submit(db, PUBLIC, house.key, draft)


def page_of(db: Connection) -> str:
    """Return the text of the rehearsal's page."""
    hearing = hearing_of(db, HEARING)
    said = list(every_published(db, HEARING))
    return read(
        hearing_page(db, hearing, tally(db, HEARING), {}) + comments_of_hearing(db, hearing, said, {})
    ).text


def told(house: Deployment, sent: Receipt) -> tuple[str, list[str]]:
    """Return what its author reads under the receipt, and in its feed."""
    with reading(house.engine) as db:
        own = comment_by_receipt(db, house.key, sent.code)
        page = read(status_page(db, hearing_of(db, HEARING), own, 35)).text
    token = token_for(house.key, sent.comment_id, sent.code)
    return page, [one.what for one in followed(house.engine, house.key, token, "192.0.2.1").steps]


def test_what_people_sent_is_counted_apart_and_told_as_it_was(house: Deployment) -> None:
    fill(house.engine, house.key, number=NUMBER, voters=3)
    sent = write(house, "I tried whether the station form works.")
    withdrawn = write(house, "I took this one back myself.")
    withdraw(house.engine, house.key, withdrawn.code)
    with writing(house.engine) as db:
        code = voting_code(house.key, HEARING, secrets.token_hex(16))
        cast(db, house.key, Vote(HEARING, code, 1, 1, is_new=True))
    assert remove(house.engine, house.key) == Removed(NUMBER, 3, 1, 1)
    page, steps = told(house, sent)
    with reading(house.engine) as db:
        day = comment_by_receipt(db, house.key, sent.code).state_at
        # The event names the operator, and the rows agree with it.
        told_of = contents(db, subject=f"comment:{sent.comment_id}")
        [(gone, content)] = [one for one in told_of if one[0].kind == "comment.withdrawn"]
        assert gone.actor == "operator"
        assert content is not None
        assert content.fields["why"] == "rehearsal_is_over"
        assert record_faults(house, db) == []
    assert f"Your comment {sent.comment_id} {TAKEN_OUT} on {day.day} {day:%B %Y}." in page
    assert "the rehearsal is over" in page
    assert OWN not in page
    assert steps == [f"Your comment {TAKEN_OUT}."]
    page, steps = told(house, withdrawn)
    assert f"{withdrawn.comment_id} {OWN}." in page
    assert TAKEN_OUT not in page
    assert steps == [f"Your comment {OWN}."]


def test_the_page_of_a_rehearsal_that_is_over_promises_nothing(house: Deployment) -> None:
    fill(house.engine, house.key, number=NUMBER, voters=3)
    with reading(house.engine) as db:
        before = page_of(db)
    assert "It sits" in before
    assert "those that somebody sent to try it" in before
    remove(house.engine, house.key)
    with reading(house.engine) as db:
        after = page_of(db)
    assert "Every comment and vote in it was taken out" in after
    assert "nothing stands here any more" in after
    assert "answers and votes as well" in after
    for there in ("How comments are moderated", "Statements"):
        assert there in before
        assert there not in after
    for gone in ("It sits", "stays here", "will be taken out", "is taken out again", "Wishes to speak"):
        assert gone not in after
    assert NOTHING_YET not in after
    assert f"taken out with the rehearsal{NUMBER}" in after


def test_after_one_that_was_broken_off_the_next_can_begin(
    house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        """What ends it here."""

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(filling, "_publish", killed)
        with pytest.raises(Killed):
            fill(house.engine, house.key, number=NUMBER, voters=3)
    with pytest.raises(Conflict, match="broken off"):
        fill(house.engine, house.key, number=NUMBER, voters=3)
    assert remove(house.engine, house.key) == Removed(NUMBER, 0, 0, 0)
    second = fill(house.engine, house.key, number=NUMBER, voters=3)
    assert (second.hearing_id, second.comments) == (f"{HEARING}-2", NUMBER)
    with reading(house.engine) as db:
        listed = [one.id for one in all_hearings(db)]
    assert f"{HEARING}-2" in listed
    assert HEARING not in listed
    assert remove(house.engine, house.key) == Removed(NUMBER, 3, 0, 0)
    assert remove(house.engine, house.key) == Removed(0, 0, 0, 0)
    assert fill(house.engine, house.key, number=NUMBER, voters=3).hearing_id == f"{HEARING}-3"
    with reading(house.engine) as db:
        assert record_faults(house, db) == []


@pytest.mark.parametrize(("content", "said"), [({"why": "rehearsal_is_over"}, TAKEN_OUT), ({}, OWN)])
def test_a_restore_takes_it_out_again_with_the_same_reason(
    house: Deployment, content: dict[str, Any], said: str
) -> None:
    fill(house.engine, house.key, number=NUMBER, voters=3)
    sent = write(house, "I tried whether the station form works.")
    before = Before(None, [], holds=True)
    subject = f"comment:{sent.comment_id}"
    before.events = [Told(1, datetime.now(UTC), "comment.withdrawn", subject, content)]
    with writing(house.engine) as db:
        assert erase_again(db, before) == 1
    page, steps = told(house, sent)
    assert f"{sent.comment_id} {said}" in page
    assert steps == [f"Your comment {said}."]
    with reading(house.engine) as db:
        assert record_faults(house, db) == []
