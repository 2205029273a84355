"""Rows on moderation beyond one decision, and the work of a colleague that facilitators meet in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from hearing_app.errors import Conflict
from hearing_app.hearings.comments import cards, files, identity, themes, translations
from hearing_app.hearings.comments.cards import Typed
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.file_adding import Sent, add_file
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life import drafts
from hearing_app.hearings.moderation import appeals, claims, redactions, removals, reviews
from hearing_app.hearings.moderation.deciding import decide, decide_many
from hearing_app.hearings.moderation.moves import comment_of
from hearing_app.hearings.vocabulary import State
from hearing_app.hearings.voting import statements
from hearing_app.people.permissions import Act, Actor, Role
from hearing_app.store.engine import writing
from tests.conftest import Send
from tests.hearings.preparing import form

from .roles import Calls, Row, Worked, World

COLLEAGUE = Actor(Role.FACILITATOR, "cd34")
KEY = bytes(range(32))
SAYS = "Facial recognition should stop while nobody checks it."


def colleagues_work(engine: Engine, hearing: Hearing, send: Send, folder: Path, now: datetime) -> Worked:
    """Let a colleague act once in everything in which it matters who acted before."""
    sent = [send(concern=f"Number {number} asks who checks the pictures.") for number in range(4)]
    appealed, proposed, redacted, translated = (one.comment_id for one in sent)
    why = Sent(b"What the cameras saw.", "evidence.txt", "What they saw", "The author")
    file = add_file(engine, KEY, sent[2].code, "203.0.113.1", why, folder=folder, at=now)
    typed = Typed(
        Draft("", hearing.id, hearing.systems[0], 1, concern="Who checks what is written on a card?"),
        now.date(),
    )
    with writing(engine) as db:
        act = partial(decide, db, COLLEAGUE, seen_state=State.SUBMITTED, at=now)
        act(comment_id=appealed, to=State.REJECTED, reason_id="R5")
        act(comment_id=proposed, to=State.PUBLISHED)
        # The draw finds what was decided so far.
        reviews.announce(db, COLLEAGUE, hearing.id, at=now)
        reviews.draw(db, COLLEAGUE, hearing.id, at=now)
        act(comment_id=translated, to=State.PUBLISHED)
        appeals.appeal_against(db, comment_of(db, appealed), "It is no advertising.", at=now)
        removals.propose(db, COLLEAGUE, proposed, seen_state=State.PUBLISHED, reason_id="R2", at=now)
        stretch: dict[str, Any] = {
            "field": "concern",
            "start": 0,
            "stop": 6,
            "kind": "other",
            "reason_id": "R2",
        }
        redactions.redact(db, COLLEAGUE, redacted, **stretch, seen_state=State.SUBMITTED, at=now)
        translations.translate(db, COLLEAGUE, translated, "fr", {"concern": "Qui contrôle ?"}, at=now)
        identity.confirm(db, COLLEAGUE, translated, "receipt_shown", at=now)
        [card] = cards.print_cards(db, COLLEAGUE, KEY, hearing.id, 1, at=now)
        cards.type_card(db, COLLEAGUE, KEY, card.number, typed, at=now)
        theme = themes.name_theme(db, COLLEAGUE, hearing.id, "Oversight", at=now)
        statement = statements.add(db, COLLEAGUE, hearing.id, SAYS, at=now).number
        draft = drafts.begin(db, COLLEAGUE, at=now)
        drafts.save(db, COLLEAGUE, draft.draft_id, form(), revision=1, at=now)
    return Worked(
        appealed,
        proposed,
        redacted,
        file.file_id,
        translated,
        card.number,
        typed,
        theme,
        statement,
        draft.draft_id,
    )


def on(comment_id: str, **more: Any) -> dict[str, Any]:
    return {"comment_id": comment_id, "note": "It was looked at again."} | more


def in_french(comment_id: str) -> dict[str, Any]:
    return {"comment_id": comment_id, "language": "fr"}


def rows_on_moderation(world: World, now: datetime) -> Iterator[Row]:
    """What goes beyond one decision on one comment; who acted before is in the tests of each."""
    done, waits = world.worked, world.comments["submitted"]
    moderate, redact, review = Act.MODERATE_COMMENTS, Act.REDACT_COMMENTS, Act.REVIEW_DECISIONS
    texts: dict[str, Any] = {"texts": {"concern": "Qui contrôle les images ?"}}
    stretch: dict[str, Any] = {"field": "concern", "start": 0, "stop": 3, "kind": "name", "reason_id": "R2"}
    stretch["seen_state"] = State.SUBMITTED
    proposal = {"seen_state": State.PUBLISHED, "reason_id": "R2"}
    calls: Calls = (
        ("moderation/claims.py:claim", moderate, claims.claim, {"comment_ids": [waits]}, None),
        ("moderation/claims.py:others", moderate, claims.others, {"comment_ids": [waits]}, None),
        (
            "moderation/deciding.py:decide_many",
            moderate,
            decide_many,
            {"seen": {waits: State.SUBMITTED}, "to": State.PUBLISHED},
            None,
        ),
        ("moderation/appeals.py:_answer", Act.DECIDE_APPEALS, appeals.uphold, on(done.appealed), None),
        ("moderation/appeals.py:_answer", Act.DECIDE_APPEALS, appeals.overturn, on(done.appealed), None),
        (
            "moderation/removals.py:propose",
            Act.REMOVE_PUBLISHED,
            removals.propose,
            on(world.speaking, **proposal),
            None,
        ),
        ("moderation/removals.py:_decide", Act.REMOVE_PUBLISHED, removals.confirm, on(done.proposed), None),
        ("moderation/removals.py:_decide", Act.REMOVE_PUBLISHED, removals.refuse, on(done.proposed), None),
        ("moderation/redactions.py:redact", redact, redactions.redact, on(waits, **stretch), None),
        ("moderation/redactions.py:lift", redact, redactions.lift, on(done.redacted, number=1), None),
        ("moderation/reviews.py:announce", review, reviews.announce, {"hearing_id": world.hearing.id}, None),
        ("moderation/reviews.py:draw", review, reviews.draw, {"hearing_id": world.hearing.id}, Conflict),
        (
            "moderation/reviews.py:read",
            review,
            reviews.read,
            {"comment_id": done.proposed, "to": State.PUBLISHED},
            None,
        ),
        (
            "comments/files.py:screen",
            moderate,
            files.screen,
            {"file_id": done.file_id, "decision": "published"},
            None,
        ),
        (
            "comments/translations.py:translate",
            moderate,
            translations.translate,
            texts | in_french(waits),
            None,
        ),
        ("comments/translations.py:check", moderate, translations.check, in_french(done.translated), None),
        (
            "comments/identity.py:confirm",
            Act.CONFIRM_IDENTITY,
            identity.confirm,
            {"comment_id": done.proposed, "seen": "called_back"},
            None,
        ),
        (
            "comments/identity.py:undo",
            Act.CONFIRM_IDENTITY,
            identity.undo,
            {"comment_id": done.translated, "reason": "authors_wish"},
            None,
        ),
    )
    for where, act, function, given, says in calls:
        yield Row(f"hearings/{where}", act, partial(function, **given, at=now), function.__name__, says)
    lists: Calls = (
        ("moderation/claims.py:let_go", moderate, claims.let_go, {}, None),
        (
            "moderation/reviews.py:next_reading",
            review,
            reviews.next_reading,
            {"hearing_id": world.hearing.id},
            None,
        ),
        (
            "moderation/reviews.py:differences",
            review,
            reviews.differences,
            {"hearing_id": world.hearing.id},
            None,
        ),
    )
    for where, act, function, given, says in lists:
        yield Row(f"hearings/{where}", act, partial(function, **given), function.__name__, says)
