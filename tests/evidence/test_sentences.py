"""Plain sentences: what they say, and when they do not say more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.pin import pin
from hearing_app.evidence.selection import parse_selection
from hearing_app.evidence.sentences import Finding, findings, headline, title
from hearing_app.evidence.wording import (
    choice_words,
    group_label,
    group_name,
    score_words,
    selection_words,
)

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
        "Of 100 White defendants who were re-arrested within two years, about 48 (45 to 51) were scored low; "
        "of 100 Black defendants, about 28 (26 to 30). That is about 20 points more (16 to 23), or 1.7 times "
        "as often (1.5 to 1.9)."
    )
    assert plain(title(found, "false_negative_rate")) == (
        "White defendants who were re-arrested within two years were scored low 1.7 times as often as Black "
        "defendants"
    )


def test_the_ratio_of_the_other_direction_is_that_of_the_turned_question(ask: Ask) -> None:
    """Turning the sentence gives the very figures of the selection with the two groups exchanged."""
    turned = ask(by="race", reference="race:African-American")
    group = (("race", "Caucasian"),)
    for metric in ("false_negative_rate", "true_negative_rate"):
        there = next(one for one in findings(turned, metric) if one.group == group)
        here = of_group(ask(by="race"), metric, race="African-American")
        assert here.text == there.text, metric


def test_nobody_against_some_is_turned_without_a_ratio(make_dataset: Callable[..., Path]) -> None:
    rows = [("red", 0, 9, 0, 40), ("red", 0, 1, 0, 60), ("blue", 0, 1, 0, 80)]
    found = counted(make_dataset, rows)
    assert headline(found, "selection_rate") == (
        "Of 100 red runners, about 40 (31 to 50) were scored 5 or higher; of 100 blue runners, none "
        "(0 to 5). That is about 40 points more (30 to 50)."
    )
    assert title(found, "selection_rate") == (
        "Red runners were scored 5 or higher more often than blue runners"
    )


def test_every_sentence_and_title_names_the_filter(ask: Ask) -> None:
    found = ask(by="race", where="sex:Female")
    for text in (headline(found, "false_positive_rate"), title(found, "false_positive_rate")):
        assert "Black female defendants" in text
        assert "White female defendants" in text
    for metric in METRICS:
        for one in findings(found, metric.name):
            assert "female defendants" in one.text, one.text
        assert "female defendants" in title(found, metric.name)


def test_another_population_than_the_first_is_named(ask: Ask) -> None:
    found = ask(by="race", where="in_propublica_6172:1")
    for text in (headline(found, "accuracy"), title(found, "accuracy")):
        assert text.startswith("ProPublica's 6,172: ")
    assert headline(ask(by="race"), "accuracy").startswith("Of 100 ")
    own = ask(by="race", where="in_propublica_6172:0")
    assert title(own, "accuracy").startswith("Left out by ProPublica's filter: ")


def test_a_pinned_sentence_stands_alone(ask: Ask) -> None:
    pinned = plain(pin(ask(by="race", where="sex:Female"), "false_positive_rate")["sentence"])
    assert "Black female defendants" in pinned
    assert pinned.endswith(
        " Counted: Women only: 1 395 of the 7 214 people; COMPAS risk score of 5 or higher (medium or high)."
    )
    whole = pin(ask(by="race", threshold="6"), "false_positive_rate")
    assert whole["sentence"].endswith(" Counted: All 7,214; COMPAS risk score of 6 or higher.")
    assert whole["figures"][0]["label"] == "Everyone"
    women = pin(ask(by="race", where="sex:Female"), "accuracy")
    assert women["figures"][0]["label"] == "Women"


def test_a_title_where_nothing_is_compared_is_the_figure(ask: Ask) -> None:
    assert title(ask(), "false_positive_rate") == (
        "Of 100 defendants who were not re-arrested within two years, about 32 were scored medium or high"
    )
    assert title(ask(), "roc_auc") == (
        "The score puts defendants in the right order in about 70 of 100 pairs"
    )
    nobody = ask(by="race", where="race:Asian", threshold="10")
    assert title(nobody, "positive_predictive_value").startswith(
        "Positive predictive value (precision): too few Asian defendants"
    )


def test_what_is_so_by_definition_is_said_and_not_measured(ask: Ask) -> None:
    lowest = ask(by="race", threshold="1")
    for metric, value in (("false_positive_rate", "100 %"), ("true_negative_rate", "0 %")):
        [only] = findings(lowest, metric)
        assert only.state == "definition"
        assert f"This figure is then {value} for every group, by definition." in plain(only.text)
        assert plain(title(lowest, metric)).endswith(f"{value} by definition at the lowest threshold")
        assert lowest.overall.metrics[metric].value == float(value == "100 %"), "the data agree"
    for metric in ("accuracy", "prevalence", "positive_predictive_value", "roc_auc"):
        assert lowest.by_definition(metric) is None
    assert ask(by="race").by_definition("false_positive_rate") is None


def test_one_is_singular(make_dataset: Callable[..., Path]) -> None:
    unclear = [("red", 0, 9, 0, 50), ("red", 0, 1, 0, 450), ("blue", 0, 9, 0, 65), ("blue", 0, 1, 0, 435)]
    text = headline(counted(make_dataset, unclear), "selection_rate")
    assert "from 1 point fewer to 7 points more" in text


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
    assert nobody.text == ("There are no Hispanic defendants who were scored below 1, so there is no figure.")
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


def test_the_same_rate_in_both_is_said(make_dataset: Callable[..., Path]) -> None:
    rows = [(team, 0, 9, 0, 60) for team in ("red", "blue")]
    text = headline(counted(make_dataset, rows), "selection_rate")
    assert text == (
        "Of 100 blue runners, all 100 (94 to 100) were scored 5 or higher; of 100 red runners, all 100 "
        "(94 to 100). That is the same; the true difference could be from 6 points fewer to 6 points more."
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
    assert group_name(manifest, (("race", "Other"),), (("sex", "Female"),)) == (
        "female defendants of another recorded race"
    )


def test_a_selection_in_words(compas: Dataset, catalogue: Catalogue) -> None:
    def words(*pairs: tuple[str, str], metric: str = "false_positive_rate") -> str:
        return plain(selection_words(audit(catalogue, parse_selection(compas, pairs)), metric))

    score = "COMPAS risk score of 5 or higher (medium or high)"
    women = ("where", "sex:Female")
    assert words() == f"All 7,214; {score}"
    assert words(women) == f"Women only: 1 395 of the 7 214 people; {score}"
    assert words(("where", "in_propublica_6172:1")) == f"ProPublica's 6,172; {score}"
    assert words(("where", "in_propublica_6172:1"), women) == (
        f"ProPublica's 6,172; Women only: 1 175 of the 6 172 people; {score}"
    )
    assert words(("where", "in_propublica_6172:0"), ("threshold", "6")) == (
        "Left out by ProPublica's filter: 1 042 of the 7 214 people; COMPAS risk score of 6 or higher"
    )
    # What does not depend on the threshold is described without it.
    assert words(metric="prevalence") == words(metric="roc_auc") == "All 7,214"


def test_choices_are_concrete_and_fit_a_phone(compas: Dataset) -> None:
    choices = [choice_words(compas.manifest, metric) for metric in METRICS]
    assert "Of those not re-arrested: singled out" in choices
    assert len(set(choices)) == len(METRICS)
    assert max(len(choice) for choice in choices) <= 42


def test_scores_have_the_words_of_their_source(compas: Dataset, make_dataset: Callable[..., Path]) -> None:
    assert score_words(compas.manifest) == "1 to 4 low, 5 to 7 medium, 8 to 10 high"
    assert score_words(counted(make_dataset, [("red", 0, 9, 0, 5)]).manifest) == ""


def test_all_records_are_not_called_by_the_name_of_a_part_of_them(catalogue: Catalogue) -> None:
    """The first population of the deployments leaves those of 2020 and 2022 out; without it, all are."""
    dataset = catalogue.dataset("met-lfr")
    everything = audit(catalogue, parse_selection(dataset, [("by", "match_threshold")]))
    assert plain(selection_words(everything, "alerts_per_deployment")) == "All 2 533 alerts"
    later = audit(catalogue, parse_selection(dataset, [("where", "layout:later")]))
    assert selection_words(later, "alerts_per_deployment") == "April 2023 to July 2025"
