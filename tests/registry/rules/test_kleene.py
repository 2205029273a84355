"""The logic of true, false and unknown, against every world that the unknown may turn out to be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from hearing_app.registry.rules.answering import Finding, every, opposite, some
from hearing_app.registry.rules.kleene import Truth, conjunction, disjunction, negation

TRUTHS = st.sampled_from([True, False, None])
LISTS = st.lists(TRUTHS, max_size=6)


def worlds(values: list[Truth]) -> Iterator[list[bool]]:
    """Every way in which what is unknown may turn out."""
    yield from map(list, product(*[[value] if value is not None else [True, False] for value in values]))


def settled(answers: list[bool]) -> Truth:
    """What holds in every world; unknown where worlds differ."""
    return answers[0] if len(set(answers)) == 1 else None


@given(LISTS)
def test_all_is_what_every_world_says(values: list[Truth]) -> None:
    assert conjunction(values) is settled([all(world) for world in worlds(values)])


@given(LISTS)
def test_any_is_what_every_world_says(values: list[Truth]) -> None:
    assert disjunction(values) is settled([any(world) for world in worlds(values)])


@given(TRUTHS)
def test_not_twice_is_nothing(value: Truth) -> None:
    assert negation(negation(value)) is value
    assert (negation(value) is None) == (value is None)


@given(LISTS)
def test_the_opposite_of_all_is_any_of_the_opposites(values: list[Truth]) -> None:
    assert negation(conjunction(values)) is disjunction(negation(value) for value in values)


@given(LISTS, LISTS)
def test_order_and_grouping_do_not_matter(some_values: list[Truth], others: list[Truth]) -> None:
    together = conjunction([*some_values, *others])
    assert together is conjunction([*others, *some_values])
    assert together is conjunction([conjunction(some_values), conjunction(others)])


@given(LISTS, st.data())
def test_an_answer_never_turns_what_was_known(values: list[Truth], data: st.DataObject) -> None:
    answered = [data.draw(st.booleans()) if value is None else value for value in values]
    for combined in (conjunction, disjunction):
        if (before := combined(values)) is not None:
            assert combined(answered) is before


@given(LISTS)
def test_findings_follow_the_same_logic(values: list[Truth]) -> None:
    findings = [Finding(value) for value in values]
    assert every(findings).value is conjunction(values)
    assert some(findings).value is disjunction(values)
    assert [opposite(one).value for one in findings] == [negation(value) for value in values]
