"""Rates by what authors chose: right where they are shown, and nobody can subtract."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select

from hearing_app.evidence.disclosure import publishable
from hearing_app.hearings.comments.lists import opinions
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.moderation.figures import figures_of
from hearing_app.hearings.moderation.rates import protected, rate_of
from hearing_app.hearings.moderation.verify import faults
from hearing_app.hearings.release import shown_rates
from hearing_app.hearings.vocabulary import Stance, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment, ledger, theme, theme_comment
from tests.hearings.conftest import Send

FAY = Actor(Role.FACILITATOR, "fay")


@pytest.fixture
def crowd(engine: Engine, send: Send, hearing: Hearing) -> Hearing:
    """Eighty-one comments that were refused and as many that were not, without their events."""
    sent = send(stance="oppose", language_declared="en")
    with writing(engine) as db:
        row = dict(db.execute(select(comment).where(comment.c.comment_id == sent.comment_id)).one()._mapping)
        copies = []
        for n, (state, stance) in enumerate(
            [
                (s, v)
                for s, v in product(("rejected", "published"), ("oppose", "support", "no_view"))
                for _ in range(27)
            ]
        ):
            named = {"comment_id": f"C-{n}", "receipt_key": f"key {n}", "stance": stance, "state": state}
            copies.append(row | named | {"reason_id": "R1" if state == "rejected" else ""})
        db.execute(insert(comment), copies)
    return hearing


def test_rates_are_made_once_at_the_close_and_do_not_change_when_somebody_decides(
    engine: Engine, crowd: Hearing
) -> None:
    closed = crowd.window[1] + timedelta(hours=1)
    with reading(engine) as db:
        assert shown_rates(db, crowd, at=crowd.window[1] - timedelta(seconds=1)) is None
        before = shown_rates(db, crowd, at=closed)
        views = opinions(db, crowd, at=closed)
    assert before is not None
    assert (before.rejected, before.others) == (81, 82)
    assert before.counts["stance"] == {
        "oppose": [None, 30],
        "support_with_conditions": [None, None],
        "support": [25, None],
        "no_view": [25, 25],
    }
    # What is shown of the others is what is shown as the counts of views: no third publication.
    assert {name: pair[1] for name, pair in before.counts["stance"].items()} == views.stance
    # Two publications, one refusal between them: whoever compares them learns nothing about that author.
    with writing(engine) as db:
        name = db.execute(select(comment.c.comment_id).where(comment.c.state == "submitted")).scalar_one()
        decide(db, FAY, name, State.REJECTED, seen_state=State.SUBMITTED, reason_id="R1", at=closed)
    with reading(engine) as db:
        assert shown_rates(db, crowd, at=closed + timedelta(days=9)) == before
        assert figures_of(db, crowd, at=closed).rejected == 82
        assert faults(db) == []
        kept = figures_of(db, crowd, at=closed).rates
    assert kept == before


@settings(max_examples=150)
@given(
    st.lists(st.integers(0, 60), min_size=4, max_size=4),
    st.lists(st.integers(0, 60), min_size=4, max_size=4),
    st.integers(0, 3),
)
def test_no_count_says_what_nearly_all_who_were_refused_chose(
    rejected: list[int], others: list[int], which: int
) -> None:
    names = [str(one) for one in Stance]
    counts, people = Counter(dict(zip(names, rejected, strict=True))), sum(rejected)
    shown = protected(counts, names, people)
    for name, count in shown.items():
        if count is not None:
            assert counts[name] >= 10
            assert abs(count - counts[name]) <= 2
            # At least ten of those refused chose something else.
            assert people - counts[name] >= 10
    # The two groups have nobody in common: each is shown as if the other were not there.
    assert publishable(dict(zip(names, others, strict=True))) == publishable(
        dict(zip(names, others, strict=True))
    )
    # One author more among the refused changes a count by the rounding alone, if at all.
    counts[names[which]] += 1
    after = protected(counts, names, people + 1)
    for name in names:
        if shown[name] is not None and after[name] is not None:
            assert abs((after[name] or 0) - (shown[name] or 0)) in {0, 5}


@pytest.mark.parametrize(("rejected", "others"), [(10, 90), (25, 30), (0, 10), (95, 10)])
def test_an_interval_holds_every_count_that_the_rounded_ones_can_stand_for(
    rejected: int, others: int
) -> None:
    rate = rate_of(rejected, others)
    assert rate.value == rejected / (rejected + others)
    for dr, do in product(range(-2, 3), repeat=2):
        exact = max(0, rejected + dr), others + do
        assert rate.low is not None
        assert rate.high is not None
        assert rate.low <= exact[0] / sum(exact) <= rate.high
    hidden: Any
    for hidden in ((None, 5), (5, None), (0, 0)):
        assert rate_of(*hidden).value is None


def test_themes_are_counted_with_those_whose_comments_were_refused(engine: Engine, crowd: Hearing) -> None:
    with writing(engine) as db:
        names = db.execute(select(comment.c.comment_id).where(comment.c.comment_id.startswith("C-")))
        seq = db.execute(select(func.max(ledger.c.seq))).scalar_one()
        made = {"hearing_id": crowd.id, "seq": seq, "at": crowd.window[0], "actor": "facilitator:fay"}
        kept = {column.name for column in theme.c}
        for number, name in enumerate(("Cost", "Accuracy"), 1):
            row = made | {"number": number, "name": name, "made_at": crowd.window[0]}
            db.execute(insert(theme).values({key: row[key] for key in row.keys() & kept}))
        kept = {column.name for column in theme_comment.c}
        for place, comment_id in enumerate(names.scalars()):
            row = made | {"number": 1 + place % 2, "comment_id": comment_id}
            db.execute(insert(theme_comment).values({key: row[key] for key in row.keys() & kept}))
    with reading(engine) as db:
        found = shown_rates(db, crowd, at=crowd.window[1] + timedelta(hours=1))
    assert found is not None
    assert set(found.counts["theme"]) == {"Cost", "Accuracy"}
    assert all(count is not None and 30 <= count <= 50 for count, _ in found.counts["theme"].values())
