"""Paper cards: numbers, receipts on strips, double entry, late post, letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from hearing_app.documents.cards import cards_html, typed_html
from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound, NotOpen
from hearing_app.hearings.comments import cards
from hearing_app.hearings.comments.cards import LATE_DAYS, Card, Typed, print_cards, read_number, type_card
from hearing_app.hearings.comments.comment import Comment, check_letter, comment_by_receipt, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.record_verify import faults
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.retention import PERIODS, carry_out
from hearing_app.people.permissions import OPERATOR, PUBLIC, Actor, Role
from hearing_app.record import ledger
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment, paper_card

FIRST, SECOND, THIRD = (Actor(Role.FACILITATOR, name) for name in ("fay", "sam", "tom"))
WRITTEN = date(2026, 5, 30)
Enter = Callable[..., str | None]


@pytest.fixture
def typed(draft: Callable[..., Draft]) -> Typed:
    return Typed(draft(concern="CARDWORDS: who checks the pictures?", speaking="read_out"), WRITTEN)


@pytest.fixture
def card(engine: Engine, receipt_key: bytes, hearing: Hearing, now: datetime) -> Card:
    with writing(engine) as db:
        return print_cards(db, FIRST, receipt_key, hearing.id, 1, at=now)[0]


@pytest.fixture
def enter(engine: Engine, receipt_key: bytes, card: Card, now: datetime) -> Enter:
    def one(actor: Actor, what: Typed, at: datetime | None = None, *, instead: bool = False) -> str | None:
        with writing(engine) as db:
            return type_card(db, actor, receipt_key, card.number, what, instead=instead, at=at or now)

    return one


def wrong(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return [*ledger.faults(db), *comment_faults(db), *faults(db)]


def stored(engine: Engine, receipt_key: bytes, code: str) -> Comment:
    with reading(engine) as db:
        return comment_by_receipt(db, receipt_key, code)


def test_two_people_type_the_same_and_the_strip_finds_it(
    engine: Engine, receipt_key: bytes, card: Card, typed: Typed, enter: Enter
) -> None:
    assert enter(FIRST, typed) is None
    assert enter(FIRST, typed) is None, "nobody confirms themselves"
    with reading(engine) as db:
        assert db.execute(select(comment)).all() == []
    number = enter(SECOND, typed)
    found = stored(engine, receipt_key, card.receipt)
    assert found.comment_id == number, "the strip that its writer tore off leads to it"
    assert (found.concern, found.identity_basis, found.speaking) == (
        typed.draft.concern,
        "paper_card",
        "read_out",
    )
    assert wrong(engine) == []
    withdraw(engine, receipt_key, card.receipt)
    files = Path(str(engine.url.database)).parent.glob("hearing.sqlite*")
    assert not any(b"CARDWORDS" in path.read_bytes() for path in files), "nothing of it waits in a card's row"
    assert wrong(engine) == []


@pytest.mark.parametrize("by", [FIRST, SECOND, THIRD])
@pytest.mark.parametrize("words", ["", "Anything at all, typed by somebody who is curious."])
def test_the_number_of_an_entered_card_leads_nobody_to_its_comment(
    *, engine: Engine, card: Card, typed: Typed, enter: Enter, by: Actor, words: str
) -> None:
    """Whoever types under it, the same words or others, learns that it was entered, and nothing else."""
    enter(FIRST, typed)
    number = enter(SECOND, typed)
    what = Typed(replace(typed.draft, concern=words or typed.draft.concern), WRITTEN)
    for instead in (False, True):
        with pytest.raises(Conflict, match="was entered already") as refused:
            enter(by, what, instead=instead)
        told = (
            f"{refused.value!r} {vars(refused.value)} {refused.value.__cause__} {refused.value.__context__}"
        )
        assert type(refused.value) is Conflict
        for secret in (number, card.receipt, card.receipt.replace(" ", "")):
            assert str(secret) not in told
    with reading(engine) as db:
        assert len(db.execute(select(comment)).all()) == 1
    assert wrong(engine) == []


def test_differences_are_named_field_by_field_and_can_be_settled(typed: Typed, enter: Enter) -> None:
    enter(FIRST, typed)
    other = Typed(
        replace(typed.draft, concern="CARDWORDS: who keeps the pictures?", stance="oppose"), WRITTEN
    )
    with pytest.raises(cards.Differs) as refused:
        enter(SECOND, other)
    assert [one.field for one in refused.value.differences] == ["concern", "stance"]
    assert refused.value.differences[0].first == typed.draft.concern
    spaced = Typed(replace(typed.draft, concern=typed.draft.concern.replace(" ", "\n ")), WRITTEN)
    with pytest.raises(cards.Differs) as refused:
        enter(SECOND, Typed(spaced.draft, WRITTEN - timedelta(days=1)))
    assert [one.field for one in refused.value.differences] == ["written_on"], "blanks do not count"
    assert enter(SECOND, other, instead=True) is None
    assert enter(FIRST, other) is not None


def test_a_second_person_compares_what_stands_there_now(
    *, engine: Engine, receipt_key: bytes, hearing: Hearing, card: Card, typed: Typed, enter: Enter
) -> None:
    enter(FIRST, typed)
    with reading(engine) as db:
        [waiting] = cards.waiting(db, SECOND, hearing.id)
    assert typed.draft.concern in typed_html(waiting, {})
    with writing(engine) as db:
        with pytest.raises(Conflict, match="You typed"):
            cards.confirm(db, FIRST, receipt_key, card.number, waiting.typed_at)
        with pytest.raises(Conflict, match="typed anew"):
            cards.confirm(db, SECOND, receipt_key, card.number, waiting.typed_at - timedelta(seconds=1))
        number = cards.confirm(db, SECOND, receipt_key, card.number, waiting.typed_at)
        with pytest.raises(Conflict, match="waits for nobody"):
            cards.confirm(db, SECOND, receipt_key, card.number, waiting.typed_at)
    assert stored(engine, receipt_key, card.receipt).comment_id == number
    assert wrong(engine) == []
    with reading(engine) as db:
        assert cards.counts(db, FIRST, hearing.id) == (1, 0, 1)


def test_printing_stores_no_digits_and_says_how_many(
    engine: Engine, receipt_key: bytes, hearing: Hearing, card: Card
) -> None:
    digits = card.receipt.replace(" ", "")
    for path in Path(str(engine.url.database)).parent.glob("hearing.sqlite*"):
        content = path.read_bytes()
        assert card.receipt.encode() not in content
        assert digits.encode() not in content
        assert cards.draft_id_of(receipt_key, card.number).encode() not in content
    page = cards_html(hearing, {}, [card, None], "https://hearing.example.org")
    assert page.count(card.number) == 2
    assert page.count(card.receipt) == 1
    with writing(engine) as db:
        for count in (0, 101):
            with pytest.raises(Invalid):
                print_cards(db, FIRST, receipt_key, hearing.id, count)
        with pytest.raises(Forbidden):
            print_cards(db, PUBLIC, receipt_key, hearing.id, 1)
        with pytest.raises(Forbidden):
            print_cards(db, Actor(Role.ADMINISTRATOR, "ada"), receipt_key, hearing.id, 1)


def test_late_post_is_taken_for_a_while(
    *, engine: Engine, hearing: Hearing, typed: Typed, enter: Enter, receipt_key: bytes, card: Card
) -> None:
    closes = hearing.window[1].astimezone(UTC)
    with pytest.raises(Invalid, match="not kept") as refused:
        enter(FIRST, Typed(typed.draft, closes.date() + timedelta(days=1)), closes + timedelta(days=2))
    assert refused.value.faults[0].field == "written_on"
    with pytest.raises(Invalid):
        enter(FIRST, Typed(typed.draft, closes.date() + timedelta(days=2)), closes - timedelta(days=2))
    late = closes + timedelta(days=LATE_DAYS)
    with pytest.raises(NotOpen):
        enter(FIRST, typed, late)
    assert enter(FIRST, typed, late - timedelta(days=2)) is None
    assert enter(SECOND, typed, late - timedelta(seconds=1)) is not None
    found = stored(engine, receipt_key, card.receipt)
    assert found.submitted_at == late - timedelta(seconds=1), "it says when it came, not when it was written"
    assert wrong(engine) == []


def test_a_number_that_was_never_printed_is_none(engine: Engine, receipt_key: bytes, typed: Typed) -> None:
    with writing(engine) as db, pytest.raises(NotFound):
        type_card(db, FIRST, receipt_key, "K-00000000", typed)


def test_what_nobody_confirms_is_forgotten_and_can_be_typed_again(
    engine: Engine, typed: Typed, enter: Enter, now: datetime
) -> None:
    enter(FIRST, typed)
    only = tuple(one for one in PERIODS if one.kind == "typed_cards")
    assert carry_out(engine, OPERATOR, only, at=now + timedelta(days=59)) == {"typed_cards": 0}
    assert carry_out(engine, OPERATOR, only, at=now + timedelta(days=61)) == {"typed_cards": 1}
    files = Path(str(engine.url.database)).parent.glob("hearing.sqlite*")
    assert not any(b"CARDWORDS" in path.read_bytes() for path in files)
    assert enter(SECOND, typed) is None
    assert wrong(engine) == []


def test_a_card_that_appears_or_is_entered_beside_the_ledger_is_found(engine: Engine, card: Card) -> None:
    assert wrong(engine) == []
    with writing(engine) as db:
        db.execute(update(paper_card).values(entered_at=datetime(2026, 6, 1, tzinfo=UTC)))
    assert any("paper cards are not as many" in fault for fault in wrong(engine))


def test_the_public_part_of_the_ledger_leads_from_no_card_to_a_comment(
    engine: Engine, card: Card, typed: Typed, enter: Enter
) -> None:
    enter(FIRST, typed)
    enter(SECOND, typed)
    with reading(engine) as db:
        told = [(event, content.text if content else "") for event, content in ledger.contents(db)]
    assert not any(card.number in f"{event.subject}{text}" for event, text in told)


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=7, max_size=7), st.integers(0, 6))
def test_a_mistyped_sign_is_seen(letters: str, place: int) -> None:
    number = f"K-{letters}{check_letter(letters)}"
    assert read_number(number.lower().replace("-", " ")) == number
    assert read_number(number.removeprefix("K-").replace("0", "O").replace("1", "l")) == number
    other = "0" if letters[place] != "0" else "Z"
    with pytest.raises(Invalid, match="not found"):
        read_number(f"K-{letters[:place]}{other}{letters[place + 1 :]}{number[-1]}")


@pytest.mark.parametrize("text", ["", "K-", "K-123", "K-ÄÖÜ45678", "x" * 5000, "K-1234567U"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_number(text)


def test_a_day_is_read_or_refused(now: datetime) -> None:
    assert cards.read_day(" 2026-05-30 ") == WRITTEN
    assert cards.read_day("", at=now) == now.date()
    for text in ("30.5.2026", "2026-13-01", "x" * 500):
        with pytest.raises(Invalid):
            cards.read_day(text)


def test_a_letter_gets_a_number_and_a_receipt(
    engine: Engine, receipt_key: bytes, hearing: Hearing, now: datetime
) -> None:
    with writing(engine) as db:
        [letter] = print_cards(db, FIRST, receipt_key, hearing.id, 1, is_letter=True, at=now)
    page = cards_html(hearing, {}, [letter], "https://hearing.example.org", strip_only=True)
    assert re.search(rf"{letter.receipt}.*hearing\.example\.org", page, re.DOTALL)
    assert "What you want to say" not in page
