"""The audit against independent figures, slow recounting, fairlearn and scikit-learn."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import fairlearn.metrics
import numpy as np
import pandas
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import NotFound
from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.selection import Selection, parse_selection

SHORT = {
    "prevalence": "prevalence",
    "selection_rate": "selection_rate",
    "accuracy": "accuracy",
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate",
    "tpr": "true_positive_rate",
    "tnr": "true_negative_rate",
    "ppv": "positive_predictive_value",
    "npv": "negative_predictive_value",
    "auc": "roc_auc",
}
POPULATIONS = {
    "general_7214": [],
    "general_6172": [("where", "in_propublica_6172:1")],
    "general_6216_barenstein": [("where", "screened_after_2014_04_01:0")],
}
LEVELS = {"medium_or_high": "5", "high": "8"}


def exactly(value: Any) -> Any:
    return pytest.approx(value, rel=0, abs=1e-12)


def ask(catalogue: Catalogue, *params: tuple[str, str], dataset: str = "compas-broward") -> Audit:
    return audit(catalogue, parse_selection(catalogue.dataset(dataset), params))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("population", POPULATIONS)
def test_every_figure_of_the_reference_is_met(
    catalogue: Catalogue, reference: dict[str, Any], population: str, level: str
) -> None:
    expected = reference[population]["metrics"][level]
    params = [("threshold", LEVELS[level]), *POPULATIONS[population]]
    seen = 0
    for by in ("race", "sex", "age_cat"):
        found = ask(catalogue, ("by", by), *params)
        parts = {f"{by}={dict(one.group)[by]}": one for one in found.groups} | {"ALL": found.overall}
        assert set(parts) == {name for name in expected if name == "ALL" or name.startswith(f"{by}=")}
        for name, part in parts.items():
            figures = expected[name]
            assert part.counts == {cell: figures[cell] for cell in ("n", "tp", "fp", "tn", "fn")}
            for short, metric in SHORT.items():
                assert part.metrics[metric].value == exactly(figures[short]), (name, metric)
            for short, metric in (
                ("fdr", "positive_predictive_value"),
                ("for_", "negative_predictive_value"),
            ):
                value = part.metrics[metric].value
                assert value is not None
                assert 1 - value == exactly(figures[short])
            seen += 1
    assert seen == 3 + 6 + 2 + 3


def test_the_reference_intervals_and_comparisons_are_met(
    catalogue: Catalogue, reference: dict[str, Any]
) -> None:
    found = ask(catalogue, ("by", "race"))
    black, white = (("race", "African-American"),), (("race", "Caucasian"),)
    results = {"black": found.result(black), "white": found.result(white)}
    for name, (low, high) in reference["wilson95_7214"].items():
        group, short = name.split("_")
        result = results[group]
        assert result is not None
        estimate = result.metrics[SHORT[short]]
        assert (estimate.low, estimate.high) == exactly((low, high)), name

    expected = reference["derived_7214_medium_or_high"]
    other_way = ask(catalogue, ("by", "race"), ("reference", "race:African-American"))
    against_white = {name: found.comparison(name, black) for name in SHORT.values()}
    against_black = {name: other_way.comparison(name, white) for name in SHORT.values()}
    fpr, fnr = against_white["false_positive_rate"], against_black["false_negative_rate"]
    ppv, chosen = against_white["positive_predictive_value"], against_black["selection_rate"]
    assert fpr and fnr and ppv and chosen
    assert fpr.ratio.value == exactly(expected["fpr_ratio_black_over_white"])
    assert fpr.difference.value == exactly(expected["fpr_diff"])
    assert fnr.ratio.value == exactly(expected["fnr_ratio_white_over_black"])
    assert ppv.difference.value == exactly(expected["ppv_diff_black_minus_white"])
    assert chosen.ratio.value == exactly(expected["selection_rate_ratio_white_over_black"])


def test_the_reference_summaries_of_fairlearn_are_met(
    catalogue: Catalogue, reference: dict[str, Any]
) -> None:
    two = {"African-American", "Caucasian"}
    cases = {
        "black_white_only_7214": ([], two),
        "all_six_groups_7214": ([], None),
        "black_white_only_6172": (POPULATIONS["general_6172"], two),
    }
    for case, (where, only) in cases.items():
        found = ask(catalogue, ("by", "race"), *where)
        kept = [one for one in found.groups if only is None or dict(one.group)["race"] in only]

        def spread(metric: str, kept: list[Any] = kept) -> tuple[float, float]:
            values = [one.metrics[metric].value for one in kept]
            return max(values) - min(values), min(values) / max(values)

        chosen, wrong, right = map(spread, ("selection_rate", "false_positive_rate", "true_positive_rate"))
        assert {
            "demographic_parity_difference": chosen[0],
            "demographic_parity_ratio": chosen[1],
            "equalized_odds_difference": max(wrong[0], right[0]),
            "equalized_odds_ratio": min(wrong[1], right[1]),
        } == exactly(reference["fairlearn"][case])


def test_the_best_known_figures(catalogue: Catalogue) -> None:
    document = ask(catalogue, ("by", "race"), ("threshold", "5")).as_document()
    groups = {one["group"]["race"]: one for one in document["groups"]}
    assert groups["African-American"]["counts"] == {"n": 3696, "tp": 1369, "fp": 805, "tn": 990, "fn": 532}
    assert groups["African-American"]["metrics"]["false_positive_rate"]["n"] == 1795
    assert groups["African-American"]["metrics"]["false_positive_rate"]["value"] == 805 / 1795
    assert groups["Caucasian"]["metrics"]["false_positive_rate"]["value"] == 349 / 1488
    black = document["disparity"]["false_positive_rate"][0]
    assert black["group"] == {"race": "African-American"}
    assert round(black["difference"]["value"], 4) == 0.2139
    assert round(black["ratio"]["value"], 3) == 1.912


def test_the_document_has_exactly_the_published_form(catalogue: Catalogue) -> None:
    found = ask(
        catalogue,
        ("by", "sex,race"),
        ("threshold", "8"),
        ("where", "in_propublica_6172:1"),
        ("where", "age_cat:25 - 45"),
        ("reference", "race:Hispanic"),
    )
    document = found.as_document()
    assert list(document) == [
        "dataset", "version", "by", "threshold", "where", "reference", "overall", "groups", "disparity",
    ]  # fmt: skip
    assert document["dataset"] == "compas-broward"
    assert document["version"].startswith("sha256:") and len(document["version"]) == 7 + 64
    assert document["by"] == ["sex", "race"]
    assert document["threshold"] == 8
    # Values take the column's type: the switch is a number, the age group a text.
    assert document["where"] == {"age_cat": "25 - 45", "in_propublica_6172": 1}
    assert document["reference"] == {"sex": "Male", "race": "Hispanic"}
    assert list(document["overall"]) == ["counts", "metrics"]
    names = [metric.name for metric in METRICS]
    for part in (document["overall"], *document["groups"]):
        assert list(part["counts"]) == ["n", "tp", "fp", "tn", "fn"]
        assert list(part["metrics"]) == names
        for estimate in part["metrics"].values():
            assert list(estimate)[:4] == ["value", "low", "high", "n"]
            assert set(estimate) <= {"value", "low", "high", "n", "small"}
            assert ("small" in estimate) == (0 < estimate["n"] < 30)
            assert estimate.get("small", True) is True
    assert [list(one) for one in document["groups"]] == [["group", "counts", "metrics"]] * len(found.groups)
    assert list(document["disparity"]) == names
    for comparisons in document["disparity"].values():
        groups = [one["group"] for one in comparisons]
        assert document["reference"] not in groups
        assert len(groups) == len(document["groups"]) - 1
        for one in comparisons:
            assert list(one)[:3] == ["group", "difference", "ratio"]
            assert set(one) <= {"group", "difference", "ratio", "small"}
            assert list(one["difference"]) == list(one["ratio"]) == ["value", "low", "high"]
    json.dumps(document, allow_nan=False)


def test_without_by_there_is_only_everyone(catalogue: Catalogue) -> None:
    document = ask(catalogue).as_document()
    assert document["by"] == [] and document["groups"] == [] and document["reference"] == {}
    assert document["overall"]["counts"]["n"] == 7214
    assert all(comparisons == [] for comparisons in document["disparity"].values())


def test_a_rate_of_nobody_is_undefined_and_a_small_one_is_marked(catalogue: Catalogue) -> None:
    document = ask(catalogue, ("by", "race"), ("threshold", "1")).as_document()
    groups = {one["group"]["race"]: one["metrics"] for one in document["groups"]}
    nobody = {"value": None, "low": None, "high": None, "n": 0}
    assert groups["Asian"]["negative_predictive_value"] == nobody
    assert groups["Asian"]["false_positive_rate"]["n"] == 23
    assert groups["Asian"]["false_positive_rate"]["small"] is True
    assert "small" not in groups["Asian"]["selection_rate"]  # 32 people
    undefined = {"value": None, "low": None, "high": None}
    for one in document["disparity"]["negative_predictive_value"]:
        assert one["difference"] == undefined and one["ratio"] == undefined


def test_a_comparison_of_few_people_is_marked_as_its_figures_are(catalogue: Catalogue) -> None:
    document = ask(catalogue, ("by", "race"), ("threshold", "5")).as_document()
    metrics = {one["group"]["race"]: one["metrics"] for one in document["groups"]}
    seen = set()
    for name, comparisons in document["disparity"].items():
        for one in comparisons:
            pair = metrics[one["group"]["race"]][name], metrics["Caucasian"][name]
            assert one.get("small", False) is any("small" in figure for figure in pair)
            seen.add("small" in one)
    assert seen == {True, False}


def test_an_absent_reference_group_leaves_comparisons_undefined(catalogue: Catalogue) -> None:
    found = ask(catalogue, ("by", "race"), ("where", "race:Asian"))
    assert found.reference is None
    assert [dict(one.group) for one in found.groups] == [{"race": "Asian"}]
    comparison = found.disparity["accuracy"][0]
    assert comparison.difference.value is None and comparison.ratio.value is None


def test_the_reference_can_be_chosen_and_turns_differences_round(catalogue: Catalogue) -> None:
    white, black = (("race", "Caucasian"),), (("race", "African-American"),)
    one = ask(catalogue, ("by", "race")).comparison("accuracy", black)
    other = ask(catalogue, ("by", "race"), ("reference", "race:African-American")).comparison(
        "accuracy", white
    )
    assert one and other
    assert one.difference.value == -(other.difference.value or 0)
    assert one.difference.low == exactly(-(other.difference.high or 0))
    assert (one.ratio.value or 0) * (other.ratio.value or 0) == pytest.approx(1, abs=1e-12)


def test_an_unknown_dataset_is_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound, match="compas-broward"):
        audit(catalogue, Selection("nothing", (), 5, (), ()))


def test_rows_carry_the_same_numbers_as_the_document(catalogue: Catalogue) -> None:
    found = ask(catalogue, ("by", "race,sex"), ("threshold", "8"), ("where", "in_propublica_6172:1"))
    rows, document = found.as_rows(), found.as_document()
    assert len(rows) == (len(found.groups) + 1) * len(METRICS)
    assert len({tuple(row) for row in rows}) == 1
    compared = {
        (tuple(one["group"].values()), name): one
        for name, ones in document["disparity"].items()
        for one in ones
    }
    parts = [document["overall"], *document["groups"]]
    for row, (part, name) in zip(rows, ((p, m.name) for p in parts for m in METRICS), strict=True):
        assert row["metric"] == name
        assert {key: row[key] for key in ("value", "low", "high", "n")} == {
            key: part["metrics"][name][key] for key in ("value", "low", "high", "n")
        }
        group = part.get("group", {"race": None, "sex": None})
        assert {key: row[key] for key in group} == group
        assert row["part"] == ("group" if "group" in part else "overall")
        assert row["where"] == "in_propublica_6172:1"
        one = compared.get((tuple(group.values()), name))
        assert row["reference"] == int(group == document["reference"])
        assert row["difference"] == (one["difference"]["value"] if one else None)
        assert row["ratio_high"] == (one["ratio"]["high"] if one else None)
        if row["count"] is not None and row["n"]:
            assert row["value"] == row["count"] / row["n"]  # type: ignore[operator]  # numbers, as the line above shows


def test_slow_counting_of_people_gives_the_same(catalogue: Catalogue, people: list[dict[str, str]]) -> None:
    by, where = ("sex", "age_cat"), {"race": "Hispanic", "in_propublica_6172": "1"}
    found = ask(
        catalogue,
        ("by", ",".join(by)),
        ("threshold", "4"),
        *(("where", f"{column}:{value}") for column, value in where.items()),
    )
    kept = [one for one in people if all(one[column] == value for column, value in where.items())]
    assert found.overall.counts["n"] == len(kept)
    for result in found.groups:
        mine = [one for one in kept if all(one[c] == v for c, v in result.group)]
        high = [int(one["decile_score"]) >= 4 for one in mine]
        late = [one["two_year_recid"] == "1" for one in mine]
        assert result.counts["fp"] == sum(h and not o for h, o in zip(high, late, strict=True))
        expected = sklearn.metrics.roc_auc_score(late, [int(one["decile_score"]) for one in mine])
        assert result.metrics["roc_auc"].value == exactly(expected)
        assert result.metrics["accuracy"].value == sklearn.metrics.accuracy_score(late, high)


FAIRLEARN = {
    "accuracy": sklearn.metrics.accuracy_score,
    "selection_rate": fairlearn.metrics.selection_rate,
    "false_positive_rate": fairlearn.metrics.false_positive_rate,
    "false_negative_rate": fairlearn.metrics.false_negative_rate,
    "true_positive_rate": fairlearn.metrics.true_positive_rate,
    "true_negative_rate": fairlearn.metrics.true_negative_rate,
}
rows_of_counts = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.integers(0, 1), st.integers(1, 10), st.integers(0, 1)),
    st.integers(0, 40),
    min_size=1,
    max_size=60,
).filter(lambda cells: any(cells.values()))


@settings(max_examples=25, deadline=None)
@given(cells=rows_of_counts, threshold=st.integers(1, 10))
def test_any_counts_agree_with_fairlearn_and_scikit_learn(
    make_dataset: Callable[..., Path], cells: dict[tuple[str, int, int, int], int], threshold: int
) -> None:
    rows = [(*cell, n) for cell, n in cells.items() if n]
    with closing(Catalogue(make_dataset(rows))) as catalogue:
        assert catalogue.faults == {}
        found = ask(catalogue, ("by", "team"), ("threshold", str(threshold)), dataset="made")
    team, _, score, late, n = (np.array(column) for column in zip(*rows, strict=True))
    chosen = (score >= threshold).astype(int)
    frame = fairlearn.metrics.MetricFrame(
        metrics=FAIRLEARN,
        y_true=late,
        y_pred=chosen,
        sensitive_features=pandas.Series(team),
        sample_params={name: {"sample_weight": n} for name in FAIRLEARN},
    )
    for result in found.groups:
        name = dict(result.group)["team"]
        mine = team == name
        for metric in FAIRLEARN:
            estimate = result.metrics[metric]
            # fairlearn gives 0 for a rate of nobody; here it is undefined.
            assert (estimate.value is None) == (estimate.n == 0)
            if estimate.n:
                assert estimate.value == exactly(frame.by_group.loc[name, metric])
        if result.metrics["positive_predictive_value"].n:
            expected = sklearn.metrics.precision_score(late[mine], chosen[mine], sample_weight=n[mine])
            assert result.metrics["positive_predictive_value"].value == exactly(expected)
        area = result.metrics["roc_auc"]
        assert (area.value is None) == (len(set(late[mine])) < 2)
        if area.value is not None:
            expected = sklearn.metrics.roc_auc_score(late[mine], score[mine], sample_weight=n[mine])
            assert area.value == exactly(expected)
    assert sum(one.counts["n"] or 0 for one in found.groups) == found.overall.counts["n"] == n.sum()
    json.dumps(found.as_document(), allow_nan=False)


def test_eight_threads_get_the_same_answers_as_one(compas: Dataset, catalogue: Catalogue) -> None:
    questions = [
        parse_selection(compas, [("by", by), ("threshold", str(threshold)), *where])
        for by in ("", "race", "race,sex", "age_cat,sex")
        for threshold in (3, 5, 8)
        for where in ([], [("where", "sex:Female")], [("where", "in_propublica_6172:1")])
    ]
    alone = [audit(catalogue, question).as_document() for question in questions]

    def work(start: int) -> bool:
        same = True
        for turn in range(50):
            at = (start * 7 + turn) % len(questions)
            if turn % 5 == 0:
                catalogue.forget()  # so that the threads meet while tables are added up, too
            same &= audit(catalogue, questions[at]).as_document() == alone[at]
        return same

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(8)))
