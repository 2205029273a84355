"""What changed between two entries: complete, the same each time, and word by word where words changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearing_app.registry.diff import Change, ChangeKind, SpanKind, changes, spans
from hearing_app.registry.files import read_entries
from hearing_app.registry.standard import field, fields, is_stated
from tests.anything import ANY, TEXT, is_linear
from tests.registry.saying import WHOLE

ROOT = Path(__file__).parents[2]
PUBLISHED = {entry.id: entry for entry in read_entries(ROOT / "registry")[0]}
COMPAS = PUBLISHED["compas"]
OTHERS = [WHOLE, *PUBLISHED.values()]


def changed(**fields: Any) -> tuple[Change, ...]:
    return changes(COMPAS, COMPAS.model_copy(update=fields))


def test_an_entry_has_no_change_from_itself() -> None:
    for entry in OTHERS:
        assert changes(entry, entry.model_copy(deep=True)) == ()


@ANY
@given(
    places=st.tuples(st.sampled_from(range(len(OTHERS))), st.sampled_from(range(len(OTHERS)))),
    names=st.sets(st.sampled_from([one.name for one in fields()])),
)
def test_exactly_the_fields_that_differ_are_told(places: tuple[int, int], names: set[str]) -> None:
    old, other = (OTHERS[place] for place in places)
    new = old.model_copy(update={name: getattr(other, name) for name in names})
    found = changes(old, new)
    differing = [name for name in (one.name for one in fields()) if getattr(old, name) != getattr(new, name)]
    assert [one.field for one in found] == differing
    assert (found == ()) is (old == new)
    assert changes(old, new) == found
    for change in found:
        assert change.title == field(change.field).title
        assert change.details
        for detail in change.details:
            assert detail.before != detail.after or detail.kind is ChangeKind.CHANGED
    # The way back tells the same fields, and what came is what leaves.
    back = {change.field: change for change in changes(new, old)}
    for change in found:
        assert (back[change.field].before, back[change.field].after) == (change.after, change.before)


def test_without_an_entry_before_it_everything_that_is_stated_is_new() -> None:
    found = changes(None, COMPAS)
    assert [one.field for one in found] == [
        one.name for one in fields() if is_stated(getattr(COMPAS, one.name))
    ]
    assert {one.kind for one in found} == {ChangeKind.ADDED}
    assert {one.before for one in found} == {""}


def test_a_field_that_comes_or_goes_is_added_or_removed() -> None:
    (gone,) = changed(output_use=None)
    assert (gone.kind, gone.after) == (ChangeKind.REMOVED, "")
    (come,) = changed(operator_training="Two days before the first use.")
    assert (come.kind, come.before, come.after) == (ChangeKind.ADDED, "", "Two days before the first use.")
    assert come.title == "Training of those who use it"


def test_a_list_that_is_new_is_told_item_by_item_and_a_part_field_by_field() -> None:
    (come,) = changed(withheld=(WHOLE.withheld[0], WHOLE.withheld[0].model_copy(update={"field": "unit"})))
    assert (come.kind, len(come.details)) == (ChangeKind.ADDED, 2)
    (gone,) = changes(WHOLE, WHOLE.model_copy(update={"learning": None}))
    assert [one.where for one in gone.details] == [("Learns in use",), ("Trained anew",)]
    assert {one.kind for one in gone.details} == {ChangeKind.REMOVED}


def test_a_text_is_compared_word_by_word() -> None:
    (change,) = changed(purpose=COMPAS.purpose.replace(" will ", " might ") + " It is advice.")
    (detail,) = change.details
    kinds = {kind: [one.text.strip() for one in detail.spans if one.kind is kind] for kind in SpanKind}
    assert kinds[SpanKind.REMOVED] == ["will"]
    assert kinds[SpanKind.ADDED] == ["might", "It is advice."]


def test_a_claim_is_known_by_its_id_and_its_parts_are_compared() -> None:
    first, *others = COMPAS.claims
    new = first.model_copy(update={"text": "Quite another sentence.", "figure": "7 of 10"})
    (change,) = changed(claims=(new, *others))
    assert [detail.where[1] for detail in change.details] == ["Text", "Figure"]
    assert {detail.where[0] for detail in change.details} == {"Quite another sentence."}
    assert change.details[1].after == "7 of 10"


def test_items_that_came_and_went_are_told_with_their_names() -> None:
    first, *others = COMPAS.risks
    (change,) = changed(risks=(*others, WHOLE.risks[0]))
    assert [(one.kind, one.where) for one in change.details] == [
        (ChangeKind.REMOVED, (first.title,)),
        (ChangeKind.ADDED, (WHOLE.risks[0].title,)),
    ]


def test_a_new_order_alone_is_told() -> None:
    (change,) = changed(claims=COMPAS.claims[::-1])
    (detail,) = change.details
    assert detail.where == ("Order",)
    assert detail.before != detail.after


def test_a_sentence_of_a_list_that_was_put_otherwise_is_one_change() -> None:
    old = COMPAS.model_copy(update={"gaps": ("Nobody counts how often it is wrong.", "Its price.")})
    new = old.model_copy(update={"gaps": ("Its price.", "Nobody counts how seldom it is wrong.")})
    (change,) = changes(old, new)
    rewritten, order = change.details
    assert [one.text.strip() for one in rewritten.spans if one.kind is not SpanKind.SAME] == [
        "often",
        "seldom",
    ]
    assert order.where == ("Order",)
    # The same item twice is one more, not the same list.
    (more,) = changes(old, old.model_copy(update={"gaps": (*old.gaps, "Its price.")}))
    assert [one.kind for one in more.details] == [ChangeKind.ADDED]


def test_a_part_within_a_part_is_reached() -> None:
    assert WHOLE.supplier_disclosure is not None
    claim = WHOLE.supplier_disclosure.trade_secret_claims[0]
    other = claim.model_copy(update={"claim": "Everything is a secret."})
    new = WHOLE.model_copy(
        update={
            "supplier_disclosure": WHOLE.supplier_disclosure.model_copy(
                update={"trade_secret_claims": (other,)}
            )
        }
    )
    (change,) = changes(WHOLE, new)
    (detail,) = change.details
    assert detail.where[0] == "Trade secret claims"
    assert detail.where[-1] == "Claim"
    assert detail.after == "Everything is a secret."


@ANY
@given(before=TEXT, after=TEXT)
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    found = spans(before, after)
    assert "".join(one.text for one in found if one.kind is not SpanKind.ADDED) == before
    assert "".join(one.text for one in found if one.kind is not SpanKind.REMOVED) == after
    assert all(one.text for one in found)


@ANY
@given(text=st.lists(st.sampled_from("ab"), max_size=30), other=st.lists(st.sampled_from("ab"), max_size=30))
def test_as_many_words_stay_as_can(text: list[str], other: list[str]) -> None:
    found = spans(" ".join(text), " ".join(other))
    same = len(re.findall("[ab]", "".join(one.text for one in found if one.kind is SpanKind.SAME)))
    # The slow and obvious way: the longest common sequence, row by row.
    row = [0] * (len(other) + 1)
    for word in text:
        last = row
        row = [0]
        for place, wanted in enumerate(other):
            row.append(last[place] + 1 if word == wanted else max(last[place + 1], row[-1]))
    assert same in ({row[-1]} if row[-1] >= 0.4 * max(len(text), len(other)) else {0})


@pytest.mark.parametrize("unit", ["a b ", "ab ", "a"])
def test_long_texts_of_like_words_cost_little(unit: str) -> None:
    act: Callable[[str], object] = lambda text: spans(text, f"x {text[::-1]} y")  # noqa: E731 - one line says it
    assert is_linear(act, unit, 4_000)
