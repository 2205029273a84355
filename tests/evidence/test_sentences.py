"""Plain sentences: what they say, and when they do not say more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.metrics import METRICS
from hearing_app.evidence.selection import parse_selection
from hearing_app.evidence.sentences import Finding, findings, headline, title
from hearing_app.evidence.wording import group_label, group_name, selection_words

Ask = Callable[..., Audit]


@pytest.fixture
def ask(catalogue: Catalogue, compas: Dataset) -> Ask:
    def of(**params: str) -> Audit:
        return audit(catalogue, parse_selection(compas, list(params.items())))

    return of


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def of_group(found: Audit, metric: str, **group: str) -> Finding:
    return next(one for one in findings(found, metric) if dict(one.group) == group)


def test_the_finding_that_matters_most(ask: Ask) -> None:
    found = ask(by="race")
    assert plain(headline(found, "false_positive_rate")) == (
        "Of 100 Black defendants who were not re-arrested within two years, about 45 (43 to 47) were scored "
        "medium or high; of 100 White defendants, about 23 (21 to 26). That is about 21 points more "
        "(18 to 25), or 1.9 times as often (1.7 to 2.1)."
    )
    assert plain(title(found, "false_positive_rate")) == (
        "Black defendants who were not re-arrested within two years were scored medium or high 1.9 times as "
        "often as White defendants"
    )


def test_the_other_way_round(ask: Ask) -> None:
    found = ask(by="race")
    assert plain(headline(found, "false_negative_rate")) == (
        "Of 100 Black defendants who were re-arrested within two years, about 28 (26 to 30) were not scored "
        "medium or high; of 100 White defendants, about 48 (45 to 51). That is about 20 points fewer "
        "(16 to 23), or 0.59 times as often (0.53 to 0.65)."
    )
    assert title(found, "false_negative_rate").endswith(
        "were not scored medium or high less often than White defendants"
    )


def test_a_difference_that_is_not_clear(ask: Ask) -> None:
    found = ask(by="race")
    hispanic = of_group(found, "false_positive_rate", race="Hispanic")
    assert hispanic.state == "unclear"
    assert hispanic.text.endswith(
        "The difference is not clear: it could be from 6 points fewer to 3 points more."
    )
    assert headline(found, "positive_predictive_value").endswith(
        "The difference is not clear: it could be from almost none to 8 points more."
    )
    assert title(found, "positive_predictive_value") == (
        "Positive predictive value (precision): no clear difference between Black defendants and White "
        "defendants"
    )


def test_small_groups_are_counted_and_not_compared(ask: Ask) -> None:
    small = of_group(ask(by="race"), "false_positive_rate", race="Native American")
    assert small.state == "small"
    assert small.text == (
        "There are too few people to compare: 3 of 8 Native American defendants who were not re-arrested "
        "within two years were scored medium or high."
    )
    against = audit_against_small(ask)
    assert {one.state for one in findings(against, "accuracy")} == {"small"}


def audit_against_small(ask: Ask) -> Audit:
    return ask(by="race", reference="race:Native American")


def test_undefined_equal_and_alone(ask: Ask) -> None:
    lowest = ask(by="race", threshold="1")
    nobody = of_group(lowest, "negative_predictive_value", race="Hispanic")
    assert nobody.state == "undefined"
    assert nobody.text == (
        "There are no Hispanic defendants who were not scored 1 or higher, so there is no figure."
    )
    same = of_group(lowest, "selection_rate", race="African-American")
    assert same.state == "equal"
    assert same.text == (
        "Of 100 Black defendants, all 100 were scored 1 or higher; of 100 White defendants, all 100. That is "
        "the same; the true difference could be from 0.1 points fewer to 0.2 points more."
    )
    assert findings(ask(), "prevalence") == (
        Finding((), "alone", "Of 100 defendants, about 45 (44 to 46) were re-arrested within two years."),
    )
    only_reference = ask(by="race", where="race:Caucasian")
    assert [one.state for one in findings(only_reference, "prevalence")] == ["alone"]
    no_reference = ask(by="race", where="race:Hispanic")
    assert headline(no_reference, "prevalence") == (
        "Of 100 Hispanic defendants, about 36 (33 to 40) were re-arrested within two years. There are no "
        "White defendants in this selection to compare with."
    )


def test_the_reference_group_is_not_compared_with_itself(ask: Ask) -> None:
    for metric in METRICS:
        groups = [dict(one.group)["race"] for one in findings(ask(by="race"), metric.name)]
        assert "Caucasian" not in groups and len(groups) == 5


def test_the_area_under_the_curve_is_about_pairs(ask: Ask) -> None:
    found = ask(by="race")
    assert headline(found, "roc_auc") == (
        "Pair Black defendants who were re-arrested within two years with Black defendants who were not "
        "re-arrested within two years: in about 69 (67 to 71) of 100 pairs the first had the higher score, "
        "with ties counted half; for White defendants, in about 69 (67 to 71) of 100. The difference is not "
        "clear: it could be from 3 pairs in 100 fewer to 3 pairs in 100 more."
    )
    hispanic = of_group(found, "roc_auc", race="Hispanic")
    assert hispanic.text.endswith("That is about 6 pairs in 100 fewer (1 to 11).")
    small = of_group(found, "roc_auc", race="Asian")
    assert "9 Asian defendants were re-arrested within two years and 23 were not" in small.text


@pytest.mark.parametrize("by", ["", "race", "sex", "race,sex,age_cat"])
@pytest.mark.parametrize("threshold", ["1", "5", "6", "8", "10"])
def test_every_sentence_is_whole(ask: Ask, by: str, threshold: str) -> None:
    found = ask(by=by, threshold=threshold)
    for metric in METRICS:
        for text in [one.text for one in findings(found, metric.name)]:
            assert text.endswith(".")
            assert not any(piece in text for piece in ("{", "None", "nan", "inf ", "  ", ".."))
        assert title(found, metric.name)


def counted(make_dataset: Callable[..., Path], rows: Sequence[tuple[str, int, int, int, int]]) -> Audit:
    with closing(Catalogue(make_dataset(rows))) as catalogue:
        selection = parse_selection(catalogue.dataset("made"), [("by", "team")])
        return audit(catalogue, selection)


def test_rare_events_are_counted_in_thousands(make_dataset: Callable[..., Path]) -> None:
    rows = [("red", 0, 9, 0, 4), ("red", 0, 1, 0, 1996), ("blue", 0, 9, 0, 40), ("blue", 0, 1, 0, 1960)]
    found = counted(make_dataset, rows)
    assert plain(headline(found, "selection_rate")) == (
        "Of 1 000 blue runners, about 20 (15 to 27) were scored 5 or higher; of 1 000 red runners, about 2 "
        "(1 to 5). That is about 2 points more (1 to 3), or 10 times as often (4 to 27)."
    )


def test_none_against_some_has_no_ratio(make_dataset: Callable[..., Path]) -> None:
    rows = [("red", 0, 1, 0, 80), ("blue", 0, 9, 0, 40), ("blue", 0, 1, 0, 60)]
    assert headline(counted(make_dataset, rows), "selection_rate") == (
        "Of 100 blue runners, about 40 (31 to 50) were scored 5 or higher; of 100 red runners, none "
        "(0 to 5). That is about 40 points more (30 to 50)."
    )


def test_perfect_order_has_no_interval(make_dataset: Callable[..., Path]) -> None:
    rows = [(team, 0, score, late, 40) for team in ("red", "blue") for score, late in ((9, 1), (1, 0))]
    text = headline(counted(make_dataset, rows), "roc_auc")
    assert text.endswith("How certain the difference is cannot be said.")


def test_names_and_labels(compas: Dataset) -> None:
    manifest = compas.manifest
    crossing = (("race", "African-American"), ("sex", "Female"), ("age_cat", "25 - 45"))
    assert group_name(manifest, crossing) == "Black female defendants aged 25 to 45"
    assert group_name(manifest, (("race", "Other"),)) == "defendants of another recorded race"
    assert group_name(manifest, ()) == "defendants"
    assert group_label(manifest, crossing) == "Black, Women, 25 to 45"
    assert group_label(manifest, ()) == "Everyone"
    selection = parse_selection(compas, [("where", "in_propublica_6172:1"), ("where", "sex:Female")])
    assert selection_words(compas, selection) == (
        "ProPublica's 6,172; Women; COMPAS risk score of 5 or higher (medium or high)"
    )
    other = parse_selection(compas, [("where", "in_propublica_6172:0"), ("threshold", "6")])
    assert (
        selection_words(compas, other) == "Left out by ProPublica's filter; COMPAS risk score of 6 or higher"
    )
