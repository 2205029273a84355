"""ROC, precision and cost curves: each number from the people one by one, by scikit-learn or by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_score, roc_auc_score, roc_curve

from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset
from tests.evidence.conftest import MakeDataset
from tests.evidence.exhibits.made import plain
from tests.evidence.exhibits.people import cells, of, picture, same, share

GROUPS = ["Black", "White", "Hispanic", "Asian", "Native American", "Other"]


def test_the_roc_curve_is_scikit_learns(catalogue: Catalogue, compas: Dataset) -> None:
    found = picture(catalogue, compas, "roc")
    assert [one.label for one in found.series] == GROUPS
    for label in GROUPS:
        people = of(label)
        fpr, tpr, _ = roc_curve(people["two_year_recid"], people["decile_score"], drop_intermediate=False)
        rows = [row for row in found.rows if row[0] == label]
        assert [row[1] for row in rows] == list(range(11, 0, -1))
        drawn = {(round(float(row[2] or 0), 12), round(float(row[5] or 0), 12)) for row in rows}
        assert drawn == {(round(x, 12), round(y, 12)) for x, y in zip(fpr, tpr, strict=True)}
        for row in rows:
            at = cells(people, int(row[1] or 0))
            expected = [*share(at["fp"], at["fp"] + at["tn"]), *share(at["tp"], at["tp"] + at["fn"])]
            assert same(row[2:], expected)


def test_its_finding_is_where_the_threshold_in_use_puts_the_groups(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = picture(catalogue, compas, "roc")
    text = plain(found)
    assert found.title.replace("\u00a0", " ") == (
        "Of Black defendants who were not re-arrested within two years, 45 % are singled out at the "
        "threshold 5; of White defendants, 23 %"
    )
    assert "At the threshold 5, for Black defendants: 44.8 % (42.6 to 47.2) of those not re-arrested" in text
    for one in found.series:
        assert one.marked is not None
        assert one.names[one.marked] == "From 5 on"
    assert [one.label for one in found.series if one.emphasis] == ["White"]
    moved = picture(catalogue, compas, "roc", ("by", "race"), ("threshold", "8"))
    assert "16 % are singled out at the threshold 8; of White defendants, 5 %" in plain(moved)


def test_every_group_has_its_area_with_the_interval(catalogue: Catalogue, compas: Dataset) -> None:
    text = plain(picture(catalogue, compas, "roc"))
    for label in GROUPS:
        people = of(label)
        area = roc_auc_score(people["two_year_recid"], people["decile_score"])
        assert f"{label} {area:.2f} (" in text


def test_curves_of_few_people_are_hollow(catalogue: Catalogue, compas: Dataset) -> None:
    for one in picture(catalogue, compas, "roc").series:
        assert all(one.hollow) is (one.label in {"Asian", "Native American"})
        assert any(one.hollow) is all(one.hollow)


def test_precision_is_scikit_learns_and_undefined_where_nobody_is_singled_out(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = picture(catalogue, compas, "precision")
    for row in found.rows:
        people, threshold = of(str(row[0])), int(row[1] or 0)
        at = cells(people, threshold)
        expected = [*share(at["tp"], at["tp"] + at["fn"]), *share(at["tp"], at["tp"] + at["fp"])]
        assert same(row[2:], expected)
        if row[5] is not None:
            said = people["decile_score"] >= threshold
            assert row[5] == pytest.approx(precision_score(people["two_year_recid"], said))
    assert found.rows[0][1] == 11 and found.rows[0][5] is None
    assert "singled out at the threshold 5, 63 % were re-arrested within two years; of White" in plain(found)


def test_a_cost_curve_is_the_least_over_all_thresholds(catalogue: Catalogue, compas: Dataset) -> None:
    found = picture(catalogue, compas, "costs")
    for one in found.series:
        people = of(one.label)
        rates = []
        for threshold in range(1, 12):
            at = cells(people, threshold)
            rates.append((at["fn"] / (at["fn"] + at["tp"]), at["fp"] / (at["fp"] + at["tn"])))
        points = [float(x) for x in one.x if x is not None]
        for weight in [*points, 0.05, 0.33, 0.5, 0.8]:
            least = min(weight * missed + (1 - weight) * wrongly for missed, wrongly in rates)
            assert np.interp(weight, points, [float(y or 0) for y in one.y]) == pytest.approx(least)
    middle = {
        one.label: np.interp(0.5, np.array(one.x, float), np.array(one.y, float)) for one in found.series
    }
    assert (
        f"{100 * middle['Black']:.1f} % for Black defendants, {100 * middle['White']:.1f} % for White"
        in plain(found)
    )


def test_by_nothing_there_is_one_curve_for_everyone(catalogue: Catalogue, compas: Dataset) -> None:
    for name in ("roc", "precision", "calibration", "spread", "costs"):
        found = picture(catalogue, compas, name, ("by", ""))
        assert [(one.label, one.emphasis) for one in found.series] == [("Everyone", False)]
        assert found.title and "defendants" in plain(found).lower()


@pytest.mark.parametrize(
    "name", ["roc", "precision", "calibration", "spread", "costs", "what-if", "trade-off"]
)
def test_a_selection_of_nobody_says_what_to_do(make_dataset: MakeDataset, name: str) -> None:
    made = Catalogue(make_dataset([("a", 0, 3, 1, 5), ("a", 0, 7, 0, 5), ("b", 1, 7, 1, 9)]))
    with pytest.raises(Invalid) as refused:
        picture(made, made.dataset("made"), name, ("by", "team"), ("where", "team:a"), ("where", "extra:1"))
    [fault] = refused.value.faults
    assert fault.problem == "Nobody is left in this selection."
    assert fault.repair.startswith("Choose")


FEW = (("by", "sex"), ("where", "race:Native American"))


@pytest.mark.parametrize("name", ["roc", "precision", "spread", "costs", "calibration"])
def test_a_title_says_where_too_few_people_are_behind_it(
    catalogue: Catalogue, compas: Dataset, name: str
) -> None:
    """There are 4 women and 14 men: no share of them is a finding."""
    found = picture(catalogue, compas, name, *FEW)
    assert found.title.endswith(
        ": too few Native American female defendants or Native American male defendants to compare"
    )
    assert "%" not in found.title
    assert "too few" in " ".join(found.sentences).lower()
    enough = picture(catalogue, compas, name, ("by", "sex"))
    assert "too few" not in plain(enough).lower()


def test_one_group_of_few_people_has_no_figure_in_its_title(catalogue: Catalogue, compas: Dataset) -> None:
    for name in ("roc", "precision", "spread", "costs"):
        asked = (("by", ""), ("where", "race:Native American"))
        found = picture(catalogue, compas, name, *asked)
        assert found.title.endswith(": too few Native American defendants for a figure")
