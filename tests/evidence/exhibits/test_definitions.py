"""Which definitions hold, and the largest gaps: by statsmodels, scipy and fairlearn, on people one by one."""

from __future__ import annotations

import pytest
from fairlearn import metrics as fair
from scipy import stats

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.format import number_difference, points
from tests.evidence.conftest import MakeDataset
from tests.evidence.exhibits.made import plain
from tests.evidence.exhibits.people import cells, difference, everybody, of, picture

SHARES = {
    "Demographic parity (statistical parity)": (("tp", "fp"), ("tp", "fp", "tn", "fn")),
    "Equal opportunity": (("tp",), ("tp", "fn")),
    "Predictive equality": (("fp",), ("fp", "tn")),
    "Predictive parity": (("tp",), ("tp", "fp")),
    "Overall accuracy equality": (("tp", "tn"), ("tp", "fp", "tn", "fn")),
    "Treatment equality": (("fn",), ("fn", "fp")),
}


@pytest.mark.parametrize("definition", SHARES)
def test_a_share_is_compared_as_statsmodels_does(
    catalogue: Catalogue, compas: Dataset, definition: str
) -> None:
    rows = [row for row in picture(catalogue, compas, "definitions").rows if row[0] == definition]
    assert len(rows) == 5
    above, below = SHARES[definition]
    reference = cells(of("White"), 5)
    for row in rows:
        mine = cells(of(str(row[2])), 5)
        counted = [sum(at[cell] for cell in part) for at in (mine, reference) for part in (above, below)]
        figure = difference(*counted)
        assert row[4] == points(*figure)
        if min(counted[1], counted[3]) < 30:
            assert row[3] == "cannot be told (too few people)"
        elif figure[1] > 0 or figure[2] < 0:
            assert row[3] == "differs"
        elif figure[1] >= -0.05 and figure[2] <= 0.05:
            assert row[3] == "no clear difference"
        else:
            assert row[3] == "cannot be told (the interval is too wide)"


@pytest.mark.parametrize(("definition", "outcome"), [("positive", 1), ("negative", 0)])
def test_the_balance_of_mean_scores_is_welchs(
    catalogue: Catalogue, compas: Dataset, definition: str, outcome: int
) -> None:
    name = f"Balance for the {definition} class"
    for row in picture(catalogue, compas, "definitions").rows:
        if row[0] != name:
            continue
        one, other = (
            people.loc[people["two_year_recid"] == outcome, "decile_score"]
            for people in (of(str(row[2])), of("White"))
        )
        limits = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
        assert row[4] == number_difference(one.mean() - other.mean(), limits.low, limits.high)


def test_the_title_counts_what_differs(catalogue: Catalogue, compas: Dataset) -> None:
    found = picture(catalogue, compas, "definitions")
    states = [str(row[3]) for row in found.rows if row[2] == "Black"]
    differ = sum(state == "differs" for state in states)
    assert found.title == (
        f"{differ} of {len(states)} definitions of equal treatment differ between Black defendants and White "
        f"defendants; of {sum(state.startswith('cannot be told') for state in states)} it cannot be told"
    )
    assert "Chouldechova 2017" in plain(found)


def test_where_none_can_be_told_the_title_says_so_and_no_share_is_given(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = picture(catalogue, compas, "definitions", ("by", "sex"), ("where", "race:Native American"))
    assert {str(row[3]).partition(" (")[0] for row in found.rows} == {"cannot be told"}
    assert found.title == (
        "Of none of 11 definitions of equal treatment can it be told for Native American female defendants "
        "and Native American male defendants"
    )
    assert "too few people to compare: 4 Native American female defendants and 14" in plain(found)
    assert "Of 100" not in plain(found)


@pytest.mark.parametrize(
    ("name", "metric"), [("gaps", ""), ("definitions", ""), ("trade-off", "selection_rate")]
)
def test_more_groups_than_can_be_set_beside_each_other_are_refused(
    make_dataset: MakeDataset, name: str, metric: str
) -> None:
    rows = [(f"t{team}", 0 if team < 100 else 1, 3, outcome, 9) for team in range(101) for outcome in (0, 1)]
    made = Catalogue(make_dataset(rows))
    with pytest.raises(Invalid) as refused:
        picture(made, made.dataset("made"), name, ("by", "team"), metric=metric)
    [fault] = refused.value.faults
    assert fault.field == "by" and fault.problem == "101 groups are compared by team."
    assert "100 at most" in fault.repair
    most = picture(made, made.dataset("made"), name, ("by", "team"), ("where", "extra:0"), metric=metric)
    assert most.title


def test_at_the_lowest_threshold_what_is_so_by_definition_says_so(
    catalogue: Catalogue, compas: Dataset
) -> None:
    rows = picture(catalogue, compas, "definitions", ("by", "race"), ("threshold", "1")).rows
    states = {row[3] for row in rows if row[0] == "Demographic parity (statistical parity)"}
    assert states == {"no clear difference (so by definition at this threshold)"}


@pytest.mark.parametrize("name", ["definitions", "gaps"])
def test_without_two_groups_or_the_reference_it_says_what_is_possible(
    catalogue: Catalogue, compas: Dataset, name: str
) -> None:
    for asked in ([("by", "")], [("by", "race"), ("where", "race:Asian")]):
        with pytest.raises(Invalid) as refused:
            picture(catalogue, compas, name, *asked)
        [fault] = refused.value.faults
        assert fault.problem == "There are no two groups to compare."
        assert "race, sex, age_cat" in fault.repair
    nobody = (("by", "race,age_cat"), ("where", "age_cat:25 - 45"), ("reference", "age_cat:Greater than 45"))
    with pytest.raises(Invalid) as refused:
        picture(catalogue, compas, name, *nobody)
    assert refused.value.faults[0].field == "reference"


def test_the_largest_gaps_are_fairlearns(catalogue: Catalogue, compas: Dataset) -> None:
    rows = {(row[0], row[1]): row for row in picture(catalogue, compas, "gaps").rows}
    people = everybody()
    enough = people[~people["race"].isin(["Asian", "Native American"])]
    for who, kept in (("all groups", people), ("groups with 30 people or more in each rate", enough)):
        said = (kept["decile_score"] >= 5).astype(int)
        for label, function in (
            ("Demographic parity difference", fair.demographic_parity_difference),
            ("Demographic parity ratio", fair.demographic_parity_ratio),
            ("Equalized odds difference", fair.equalized_odds_difference),
            ("Equalized odds ratio", fair.equalized_odds_ratio),
        ):
            if label.startswith("Demographic") and who != "all groups":
                continue  # 32 people are enough for a selection rate
            theirs = function(kept["two_year_recid"], said, sensitive_features=kept["race"])
            row = rows[label, who]
            assert row[2] == pytest.approx(theirs, abs=1e-12)
            assert row[3] is not None and row[4] is not None and row[3] <= row[2] <= row[4]  # type: ignore[operator] # numbers
    named = rows["Equalized odds difference", "groups with 30 people or more in each rate"]
    rates = {g: cells(of(g), 5) for g in ("Black", "White", "Hispanic", "Other")}
    tpr = {g: at["tp"] / (at["tp"] + at["fn"]) for g, at in rates.items()}
    assert (named[5], named[6], named[7]) == (
        "true positive rate",
        max(tpr, key=lambda g: tpr[g]),
        min(tpr, key=lambda g: tpr[g]),
    )


def test_a_rate_that_is_not_defined_is_not_passed_over(catalogue: Catalogue, compas: Dataset) -> None:
    """No Asian woman under 25 is in the file: where a group lacks one outcome, the measure is not defined."""
    asked = (("by", "race,sex"), ("where", "age_cat:Less than 25"))
    found = picture(catalogue, compas, "gaps", *asked)
    row = next(row for row in found.rows if row[:2] == ("Equalized odds difference", "all groups"))
    assert row[2] is None and row[8]
    assert f"not defined for: {str(row[8]).split(', ')[0]}" in plain(found)
