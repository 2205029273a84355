"""Other thresholds, counted on the people one by one; and the trade-off, by trying every combination."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families import exhibits_of, shown_instead
from tests.evidence.conftest import MakeDataset
from tests.evidence.exhibits.made import plain
from tests.evidence.exhibits.people import cells, of, picture, same, share

LABELS = ["Black", "White", "Hispanic", "Asian", "Native American", "Other"]


def test_from_5_to_8_spares_521_black_and_268_white_people_and_misses_628_and_310(
    catalogue: Catalogue, compas: Dataset
) -> None:
    text = plain(picture(catalogue, compas, "what-if", cuts=("8",)))
    assert (
        "1 149 Black defendants would no longer be singled out: 521 who were not re-arrested within two "
        "years and 628 who were re-arrested within two years."
    ) in text
    assert (
        "578 White defendants would no longer be singled out: 268 who were not re-arrested within two "
        "years and 310 who were re-arrested within two years."
    ) in text
    assert text.startswith("With the threshold 8 instead of 5, 1 914 fewer defendants would be singled out")
    assert "In all, 1 403 instead of 3 317 would be singled out, with 154 more errors of both kinds." in text
    # Rates with their intervals beside the counts: 805 and 284 of 1 795; 532 and 1 160 of 1 901.
    assert (
        "Of Black defendants who were not re-arrested within two years, 44.8 % (42.6 to 47.2) are singled "
        "out now and 15.8 % (14.2 to 17.6) would be; of those who were re-arrested within two years, 28.0 % "
        "(26.0 to 30.0) are missed now and 61.0 % (58.8 to 63.2) would be."
    ) in text


@settings(max_examples=30, deadline=None)
@given(before=st.integers(1, 10), everybody=st.integers(1, 11), white=st.integers(1, 11))
def test_every_move_counts_the_people_that_it_moves(
    catalogue: Catalogue, compas: Dataset, before: int, everybody: int, white: int
) -> None:
    cuts = (str(everybody), f"race:Caucasian:{white}")
    asked = (("by", "race"), ("threshold", str(before)))
    found = picture(catalogue, compas, "what-if", *asked, cuts=cuts)
    assert [row[0] for row in found.rows] == LABELS
    total = 0
    for row in found.rows:
        people, after = of(str(row[0])), white if row[0] == "White" else everybody
        one, two = cells(people, before), cells(people, after)
        selected = [at["tp"] + at["fp"] for at in (one, two)]
        wrongly, rightly = two["fp"] - one["fp"], two["tp"] - one["tp"]
        moves = [max(-wrongly, 0), max(-rightly, 0), max(wrongly, 0), max(rightly, 0)]
        assert list(row[1:10]) == [before, after, len(people), *selected, *moves]
        rates = [
            share(at[wrong], at[wrong] + at[right])
            for wrong, right in (("fp", "tn"), ("fn", "tp"))
            for at in (one, two)
        ]
        assert same(row[10:], [figure for rate in rates for figure in rate])
        total += selected[1] - selected[0]
    change = (
        f"{abs(total):,}".replace(",", " ") + (" more" if total > 0 else " fewer") if total else "as many"
    )
    assert f", {change} defendants would be singled out" in plain(found).split(".")[0]


def test_the_picture_shows_only_who_moves(catalogue: Catalogue, compas: Dataset) -> None:
    up = picture(catalogue, compas, "what-if", cuts=("8",))
    assert [one.label for one in up.series] == [
        "No longer singled out: not re-arrested",
        "No longer singled out: re-arrested",
    ]
    both = picture(catalogue, compas, "what-if", cuts=("8", "race:Caucasian:3"))
    assert len(both.series) == 4
    assert both.title.startswith("With a threshold for each group instead of 5")


@pytest.mark.parametrize("metric", ["false_positive_rate", "true_positive_rate", "selection_rate"])
def test_the_frontier_is_what_trying_every_combination_finds(
    catalogue: Catalogue, compas: Dataset, metric: str
) -> None:
    found = picture(catalogue, compas, "trade-off", ("by", "sex"), metric=metric)
    parts = {
        "false_positive_rate": ("fp", ("fp", "tn")),
        "true_positive_rate": ("tp", ("tp", "fn")),
        "selection_rate": (None, ("tp", "fp", "tn", "fn")),
    }
    above, below = parts[metric]
    options = {}
    for sex in ("Male", "Female"):
        for threshold in range(1, 12):
            at = cells(of(sex, "sex"), threshold)
            value = (at["tp"] + at["fp"] if above is None else at[above]) / sum(at[one] for one in below)
            options[sex, threshold] = value, at["fp"] + at["fn"]
    tried = set()
    for pair in product(range(1, 12), repeat=2):
        (one, first), (two, second) = options["Male", pair[0]], options["Female", pair[1]]
        tried.add((round(abs(one - two), 10), first + second))
    best = sorted(
        point
        for point in tried
        if not any(o != point and o[0] <= point[0] and o[1] <= point[1] for o in tried)
    )
    drawn = [(round(float(row[1] or 0), 10), int(row[2] or 0)) for row in found.rows if row[0] == "frontier"]
    assert drawn == best
    today = found.rows[0]
    (one, first), (two, second) = options["Male", 5], options["Female", 5]
    assert today[1] == pytest.approx(abs(one - two))
    assert today[2] == first + second
    same = next(gap for gap, errors in best if errors <= first + second)
    assert f"with no more errors it could be {100 * same:.1f} points" in plain(found)


def test_a_figure_that_it_cannot_show_is_refused_and_a_page_is_told_what_it_shows_instead(
    catalogue: Catalogue, compas: Dataset
) -> None:
    with pytest.raises(Invalid) as refused:
        picture(catalogue, compas, "trade-off", metric="roc_auc")
    [fault] = refused.value.faults
    assert fault.field == "metric" and "false_positive_rate, selection_rate" in fault.repair
    # Equalized odds is no metric of a page, so it is none of those that can be asked for.
    assert "equalized_odds" not in fault.repair
    kind = exhibits_of(compas.manifest)["trade-off"]
    metric, words = shown_instead(compas.manifest, kind, "roc_auc")
    assert metric == "false_positive_rate"
    assert words.endswith("It shows “False positive rate” instead.")
    assert shown_instead(compas.manifest, kind, "accuracy") == ("accuracy", "")


@pytest.mark.parametrize("threshold", [2, 5, 9])
@pytest.mark.parametrize("metric", ["negative_predictive_value", "positive_predictive_value"])
def test_both_sides_are_about_the_same_groups(
    catalogue: Catalogue, compas: Dataset, metric: str, threshold: int
) -> None:
    asked = (("by", "race,sex"), ("threshold", str(threshold)), ("where", "age_cat:Greater than 45"))
    found = picture(catalogue, compas, "trade-off", *asked, metric=metric)
    _, now, errors, _, _ = found.rows[0]
    same = next(row for row in found.rows[1:] if float(row[2] or 0) <= float(errors or 0))
    assert float(same[1] or 0) <= float(now or 0)
    older = of("Greater than 45", "age_cat")
    above, below = {
        "negative_predictive_value": ("tn", "fn"),
        "positive_predictive_value": ("tp", "fp"),
    }[metric]
    shares, missing, wrong = [], 0, 0
    for _, people in older.groupby(["race", "sex"]):
        at = cells(people, threshold)
        if at[above] + at[below]:
            shares.append(at[above] / (at[above] + at[below]))
            wrong += at["fp"] + at["fn"]
        else:
            missing += 1
    assert now == pytest.approx(max(shares) - min(shares)) and errors == wrong
    assert str(same[4]).count(", ") == 2 * len(shares) - 1
    assert ("Left out of both" in plain(found)) == (missing > 0)


def test_fewer_than_two_groups_with_a_figure_are_refused(make_dataset: MakeDataset) -> None:
    made = Catalogue(make_dataset([("a", 0, 3, 1, 40), ("a", 0, 7, 0, 40), ("b", 0, 3, 1, 40)]))
    with pytest.raises(Invalid) as refused:
        asked = (("by", "team"), ("threshold", "5"))
        picture(made, made.dataset("made"), "trade-off", *asked, metric="positive_predictive_value")
    assert "Fewer than two groups have a positive predictive value" in refused.value.faults[0].problem


def test_the_figures_that_it_can_show(catalogue: Catalogue, compas: Dataset) -> None:
    assert "accuracy" in picture(catalogue, compas, "trade-off", metric="accuracy").title
    words = plain(picture(catalogue, compas, "trade-off"))
    assert "Groups of fewer than 30 people take part, and chance moves them most: Native American." in words
