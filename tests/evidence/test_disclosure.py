"""Public counts: what an attentive reader with the exact total can work out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence.disclosure import publishable


def splits(parts: int, total: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(parts - 1, total - first):
            yield (first, *rest)


@pytest.mark.parametrize(("parts", "totals"), [(2, 80), (3, 60), (4, 44)])
def test_no_small_count_can_be_worked_out_from_the_total(parts: int, totals: int) -> None:
    """Every table is tried by a reader who knows the rule, the total and everything that is shown."""
    for total in range(1, totals + 1):
        tables = defaultdict(list)
        for counts in splits(parts, total):
            shown = publishable({str(place): count for place, count in enumerate(counts)})
            tables[tuple(shown.values())].append(counts)
        for shown_values, possible in tables.items():
            for place in range(parts):
                values = {counts[place] for counts in possible}
                if min(values) < 10 and values != {0}:
                    assert shown_values[place] is None
                    # Two values only where they are 0 and 1, or 0 and a withheld neighbour.
                    assert len(values) >= (3 if max(values) > 1 else 2), (total, shown_values, values)


def test_the_rule_in_examples() -> None:
    assert publishable({"for": 203, "against": 12}) == {"for": 205, "against": 10}
    assert publishable({"for": 203, "against": 150, "other": 3, "none": 2}) == {
        "for": 205, "against": 150, "other": None, "none": None,
    }  # fmt: skip
    # A single withheld count would be the total less the others: the smallest other goes with it.
    assert publishable({"for": 203, "against": 150, "other": 3}) == {
        "for": 205, "against": None, "other": None,
    }  # fmt: skip
    # 9, 9 and 12 of 30: without the third, the first two could be nothing else.
    assert publishable({"a": 9, "b": 9, "c": 12}) == {"a": None, "b": None, "c": None}
    assert publishable({"only": 4}) == {"only": None}
    assert publishable({}) == {}


@settings(max_examples=400)
@given(counts=st.dictionaries(st.text(max_size=3), st.integers(0, 60) | st.integers(0, 5000), max_size=8))
def test_what_is_shown_is_rounded_and_what_is_small_is_not_shown(counts: dict[str, int]) -> None:
    shown = publishable(counts)
    assert list(shown) == list(counts)
    withheld = [name for name, value in shown.items() if value is None]
    assert len(withheld) != 1 or len(counts) == 1
    for name, value in shown.items():
        if counts[name] < 10:
            assert value is None
        elif value is not None:
            assert value % 5 == 0 and abs(value - counts[name]) <= 2
    if all(count >= 10 for count in counts.values()):
        assert withheld == []
    # What is withheld for the others' sake is the smallest of them.
    extra = [counts[name] for name in withheld if counts[name] >= 10]
    kept = [counts[name] for name in counts if shown[name] is not None]
    assert not extra or not kept or max(extra) <= min(kept)


@settings(max_examples=400, deadline=None)
@given(
    small=st.lists(st.integers(0, 9), min_size=1, max_size=3),
    large=st.lists(st.integers(10, 60), max_size=2),
)
def test_every_small_count_could_be_another(small: list[int], large: list[int]) -> None:
    """For larger tables: some other table with the same total looks the same and has another count there."""
    counts = {str(name): count for name, count in enumerate([*small, *large])}
    if len(counts) < 2:
        return
    shown = publishable(counts)
    withheld = [name for name in counts if shown[name] is None]

    def others() -> Iterator[dict[str, int]]:
        # A few people more here and fewer there, first; then every other split of what is withheld.
        for one, other, step in product(counts, counts, (-2, -1, 1, 2)):
            if one != other and min(counts[one] + step, counts[other] - step) >= 0:
                yield {**counts, one: counts[one] + step, other: counts[other] - step}
        for split in splits(len(withheld), sum(counts[name] for name in withheld)):
            yield {**counts, **dict(zip(withheld, split, strict=True))}

    for name, count in counts.items():
        if 1 <= count <= 9:
            assert any(other[name] != count and publishable(other) == shown for other in others())


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        publishable({"a": -1})
    with pytest.raises(ValueError, match="5 or more"):
        publishable({"a": 1}, minimum=4)
