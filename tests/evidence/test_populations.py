"""Where another population changes nothing, the page says so, and only there."""

from __future__ import annotations

from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.populations import unchanged_words
from hearing_app.evidence.selection import parse_selection


def words(catalogue: Catalogue, compas: Dataset, metric: str, *where: str) -> str:
    params = [("by", "race"), *(("where", one) for one in where)]
    found = audit(catalogue, parse_selection(compas, params))
    return unchanged_words(catalogue, found, metric).replace("\u202f", " ")


def test_the_corrected_window_leaves_a_rate_of_the_others_as_it_was(
    catalogue: Catalogue, compas: Dataset, people: list[dict[str, str]]
) -> None:
    """The people whom it leaves out were all re-arrested; the rate is of those who were not."""
    window = "screened_after_2014_04_01:0"
    outside = [one for one in people if one["screened_after_2014_04_01"] == "1"]
    assert {one["two_year_recid"] for one in outside} == {"1"}
    said = words(catalogue, compas, "false_positive_rate", window)
    assert said.startswith(f"These figures are the same as for “All 7,214”: the {len(outside)} people")
    women = [one for one in outside if one["sex"] == "Female"]
    said = words(catalogue, compas, "true_negative_rate", window, "sex:Female")
    assert f"the {len(women)} people who are left out here" in said


def test_where_it_changes_something_nothing_is_said(catalogue: Catalogue, compas: Dataset) -> None:
    window = "screened_after_2014_04_01:0"
    for metric in ("prevalence", "false_negative_rate", "accuracy", "roc_auc"):
        assert words(catalogue, compas, metric, window) == ""
    assert words(catalogue, compas, "false_positive_rate", "in_propublica_6172:1") == ""
    assert words(catalogue, compas, "false_positive_rate") == ""
    assert words(catalogue, compas, "false_positive_rate", "in_propublica_6172:0") == ""
