"""The evidence page: figures that move with the reader's choices, and an address that says which."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hearing_app.deployment import Deployment
from hearing_app.evidence.audit import audit
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.evidence.releases import short_release
from hearing_app.evidence.selection import opening_selection, parse_selection
from tests.web.reader import HOSTILE, Reader, Visit, flat, plain

OPENING = {
    "dataset": "compas-broward",
    "by": "race",
    "threshold": "5",
    "reference": "race:Caucasian",
    "metric": "false_positive_rate",
}
FINDING = (
    "Of 100 Black defendants who were not re-arrested within two years, about 45 (43 to 47) were scored "
    "medium or high; of 100 White defendants, about 23 (21 to 26)."
)
FALSE_NEGATIVES = "Of the people with the recorded outcome, how many did the score miss?"


def figure(page: Reader) -> dict[str, Any]:
    """Return the chart as it is sent to the browser."""
    [chart] = [one for one in page.at if getattr(one, "type", "") == "plotly_chart"]
    spec: dict[str, Any] = json.loads(chart.proto.spec)
    return spec


def without(text: str, parts: list[str]) -> str:
    for part in parts:
        text = text.replace(part, "", 1)
    return text


def rows(page: Reader) -> list[str]:
    """Return the names of the chart's rows, from the top."""
    return [trace["y"][0] for trace in figure(page)["data"]]


def read_again(visit: Visit, page: Reader) -> Reader:
    """Open the address of a view in another browser; both say the same, but for the first one's notes."""
    again = visit("evidence", **page.at.query_params)
    notes = [flat(plain(one.value)) for one in page.at.info]
    assert again.text == flat(without(page.text, notes))
    assert again.at.query_params == page.at.query_params
    assert not again.at.info
    return again


def test_it_opens_with_the_error_that_falls_on_people_who_were_not_re_arrested(visit: Visit) -> None:
    page = visit("evidence")
    assert page.title == "Evidence"
    assert FINDING in page.text
    assert "were scored medium or high 1.9 times as often as White defendants" in page.text
    assert page.at.query_params == OPENING
    assert not page.at.info


def test_the_table_has_every_group_with_the_count_behind_its_rate(visit: Visit) -> None:
    text = visit("evidence").text
    assert "Everyone 7 214 1 282 of 3 963 32.3 % (30.9 to 33.8)" in text
    assert "Black 3 696 805 of 1 795 44.8 % (42.6 to 47.2) 21.4 points higher (18.2 to 24.5)" in text
    assert "White (reference) 2 454 349 of 1 488 23.5 % (21.4 to 25.7)" in text
    assert "Asian (too few to compare) 32 2 of 23 9 % (2 to 27)" in text
    assert "Native American (too few to compare) 18 3 of 8 38 % (14 to 69)" in text


def test_the_table_is_what_the_audit_computed(visit: Visit, house: Deployment) -> None:
    text = visit("evidence").text
    found = audit(house.catalogue, opening_selection(house.catalogue.dataset("compas-broward")))
    for one in (found.overall, *found.groups):
        estimate = one.metrics["false_positive_rate"]
        assert flat(f"{estimate.count:,} of {estimate.n:,}".replace(",", " ")) in text


def test_the_limits_and_the_source_stand_under_the_chart(visit: Visit) -> None:
    page = visit("evidence")
    limits = page.text.index("What these figures cannot tell")
    assert limits > page.text.index("False positive rate, by group, with 95 % intervals")
    assert "Re-arrest is not offending." in page.text[limits:]
    assert "Source: ProPublica (2016)" in page.text[limits:]
    assert "sha256:" in page.text[limits:]


def test_the_figures_can_be_taken_away_and_cited(visit: Visit) -> None:
    page = visit("evidence")
    release = short_release(page.house.catalogue.dataset("compas-broward").version)
    query = "dataset=compas-broward&by=race&threshold=5&reference=race:Caucasian&metric=false_positive_rate"
    query += f"&release={release}"
    assert page.link("every figure as CSV") == f"/api/v1/datasets/compas-broward/metrics?{query}&format=csv"
    assert page.link("as JSON") == f"/api/v1/datasets/compas-broward/metrics?{query}"
    assert page.link("address of this view") == f"/evidence?{query}"
    assert f"selection: {query}" in page.text


def test_the_threshold_moves_the_figures(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_threshold", 8)
    assert "about 16 (14 to 18) were scored high; of 100 White defendants, about 5 (4 to 7)" in page.text
    assert "About 16 of 100" in page.text
    assert "About 5 of 100" in page.text
    assert "About 45 of 100" not in page.text
    assert "COMPAS risk score of 8 or higher (high)" in page.text
    assert page.at.query_params == OPENING | {"threshold": "8"}
    read_again(visit, page)


def test_the_threshold_moves_back(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_threshold", 8).choose("evidence_threshold", 5)
    assert FINDING in page.text
    assert page.at.query_params == OPENING


def test_at_the_lowest_threshold_everybody_is_scored(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_threshold", 1)
    assert "False positive rate: 100 % by definition at the lowest threshold" in page.text
    assert "100 % (by definition)" in page.text
    assert "About 100 of 100" not in page.text
    assert "99.9" not in page.text
    assert [trace["x"][0] for trace in figure(page)["data"]] == [100.0] * 6


@pytest.mark.parametrize(
    ("population", "where", "words"),
    [
        ("propublica-6172", "in_propublica_6172:1", "ProPublica's 6,172; COMPAS"),
        ("corrected-window-6216", "screened_after_2014_04_01:0", "Corrected window 6,216; COMPAS"),
    ],
)
def test_another_population_has_other_figures(
    visit: Visit, house: Deployment, population: str, where: str, words: str
) -> None:
    page = visit("evidence").choose("evidence_population", population)
    assert page.at.query_params == OPENING | {"where": where}
    assert words in page.text
    dataset = house.catalogue.dataset("compas-broward")
    selection = parse_selection(dataset, [("by", "race"), ("where", where)])
    everyone = audit(house.catalogue, selection).overall
    assert everyone.counts["n"] in {6172, 6216}
    shown = f"Everyone {everyone.counts['n']:,} {everyone.counts['fp']:,} of ".replace(",", " ")
    assert shown in page.text
    assert "Everyone 7 214" not in page.text
    read_again(visit, page)


def test_the_whole_file_comes_back(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_population", "corrected-window-6216")
    page.choose("evidence_population", "all")
    assert page.at.query_params == OPENING
    assert "Everyone 7 214" in page.text


def test_groups_can_be_crossed(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_by", ["race", "sex"])
    assert page.at.query_params == OPENING | {
        "by": "race,sex",
        "reference": ["race:Caucasian", "sex:Male"],
    }
    assert "Black male defendants who were not re-arrested" in page.text
    assert "Black, Women" in page.text
    assert "White, Men (reference)" in page.text
    assert len(rows(page)) == 12
    read_again(visit, page)


def test_the_order_of_the_crossing_is_kept(visit: Visit) -> None:
    page = visit("evidence", by="sex,race")
    assert page.value("evidence_by") == ["sex", "race"]
    assert page.at.query_params["by"] == "sex,race"
    assert "Women, Black" in page.text


def test_everyone_together_has_no_comparison(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_by", [])
    assert "Of 100 defendants who were not re-arrested within two years, about 32 (31 to 34)" in page.text
    assert rows(page) == ["Everyone"]
    assert "Compare with" not in page.text
    assert page.at.query_params["by"] == ""
    read_again(visit, page)
    page.choose("evidence_threshold", 8)
    assert rows(page) == ["Everyone"], "a choice must not bring the groups back"


def test_another_question_is_answered(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_metric", "false_negative_rate")
    assert f"False negative rate: {FALSE_NEGATIVES}" in page.text
    assert "Black 3 696 532 of 1 901 28.0 % (26.0 to 30.0)" in page.text
    assert "White (reference) 2 454 461 of 966 47.7 % (44.6 to 50.9)" in page.text
    assert page.at.query_params["metric"] == "false_negative_rate"
    read_again(visit, page)


@pytest.mark.parametrize("metric", [metric.name for metric in METRICS])
def test_every_metric_has_its_page(visit: Visit, metric: str) -> None:
    chosen = next(one for one in METRICS if one.name == metric)
    page = visit("evidence", metric=metric)
    assert f"{chosen.label}: {chosen.question}" in page.text
    assert f"{chosen.label}, by group, with 95 % intervals" in page.text
    assert len(rows(page)) == 6
    assert not page.at.info
    has_people = "figures are filled" in page.text
    assert has_people == chosen.is_rate, "an area under a curve is no share of people"


def test_an_area_under_the_curve_is_no_percentage(visit: Visit) -> None:
    page = visit("evidence", metric="roc_auc")
    assert figure(page)["layout"]["xaxis"]["range"] == [0, 1]
    assert "Pair Black defendants who were re-arrested" in page.text


def test_another_reference_turns_the_comparison(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_reference_race", "African-American")
    assert "Black (reference)" in page.text
    assert "Difference from Black Ratio to Black" in page.text
    # The group with the higher rate comes first, whichever the others are compared with.
    assert FINDING in page.text
    assert page.at.query_params["reference"] == "race:African-American"
    read_again(visit, page)


def test_only_women(visit: Visit, house: Deployment) -> None:
    page = visit("evidence").choose("evidence_only_sex", "Female")
    assert page.at.query_params == OPENING | {"where": "sex:Female"}
    assert "Women only: 1 395 of the 7 214 people; COMPAS risk score of 5 or higher" in page.text
    assert "Black female defendants who were not re-arrested within two years were scored" in page.text
    dataset = house.catalogue.dataset("compas-broward")
    found = audit(house.catalogue, parse_selection(dataset, [("by", "race"), ("where", "sex:Female")]))
    assert f"Women {found.overall.counts['n']:,} ".replace(",", " ") in page.text
    read_again(visit, page)


def test_only_women_of_a_population_at_another_threshold_by_age(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_only_sex", "Female")
    page.choose("evidence_population", "propublica-6172").choose("evidence_threshold", 7)
    page.choose("evidence_by", ["age_cat"])
    assert page.at.query_params == {
        "dataset": "compas-broward",
        "by": "age_cat",
        "threshold": "7",
        "where": ["sex:Female", "in_propublica_6172:1"],
        "reference": "age_cat:25 - 45",
        "metric": "false_positive_rate",
    }
    assert "defendants under 25 who were not re-arrested" in page.text
    assert "scored 7 or higher" in page.text
    read_again(visit, page)


def test_a_reference_without_people_is_said(visit: Visit) -> None:
    page = visit("evidence", where="race:African-American")
    assert "There are no White defendants in this selection to compare with." in page.text
    assert rows(page) == ["Black"]
    assert "figures are filled" not in page.text


def test_a_rate_of_nobody_is_not_defined(visit: Visit) -> None:
    page = visit(
        "evidence", metric="positive_predictive_value", threshold="10", where="age_cat:Greater than 45"
    )
    assert "not defined" in page.text
    assert "0 of 0" in page.text


def test_a_selection_that_no_population_names_is_kept(visit: Visit) -> None:
    page = visit("evidence", where=["in_propublica_6172:0", "sex:Male"])
    assert "As in the address" in page.text
    assert page.value("evidence_population") == "own"
    assert page.at.query_params["where"] == ["sex:Male", "in_propublica_6172:0"]
    page.choose("evidence_threshold", 6)
    assert page.at.query_params["where"] == ["sex:Male", "in_propublica_6172:0"]
    page.choose("evidence_population", "all")
    assert page.at.query_params["where"] == "sex:Male"
    assert "As in the address" not in page.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"dataset": "nope"}, "There is no dataset “nope”, so the page shows another one."),
        ({"metric": "nope"}, "There is no metric “nope”, so the page shows another one."),
        ({"threshold": "11"}, "“11” is not a threshold of this score. It was left out."),
        ({"threshold": "five"}, "“five” is not a threshold of this score. It was left out."),
        ({"threshold": ["5", "8"]}, "“threshold” was given 2 times. It was left out."),
        ({"by": "race,shoes"}, "“shoes” is not a group of this dataset. It was left out."),
        ({"by": "race,race"}, "“race” stands there twice. It was left out."),
        ({"where": "shoes:red"}, "“shoes:red” names no column that can be selected. It was left out."),
        ({"where": "sex:Neither"}, "“sex:Neither” names a value that does not occur. It was left out."),
        ({"where": "sex"}, "“sex” is not a column and a value. It was left out."),
        ({"where": ["sex:Male", "sex:Female"]}, "names a column a second time. It was left out."),
        ({"reference": "sex:Male"}, "names no column that people are compared by. It was left out."),
    ],
    ids=str,
)
def test_what_does_not_fit_is_left_out_and_said(visit: Visit, query: dict[str, Any], says: str) -> None:
    page = visit("evidence", **query)
    assert says in page.text
    assert page.title == "Evidence"
    assert "Of 100 " in page.text, "the page shows figures all the same"
    assert page.at.query_params["dataset"] == "compas-broward"
    read_again(visit, page)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_in_an_address_breaks_the_page(visit: Visit, text: str) -> None:
    names = ("dataset", "by", "threshold", "where", "reference", "metric", "population", text)
    page = visit("evidence", **{name: [text, text] for name in names})
    assert FINDING in page.text or "Of 100 defendants" in page.text
    assert page.at.info
    assert len(page.text) < 20_000


def test_a_new_address_in_the_same_session_is_followed(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_threshold", 8)
    page.open("evidence", dataset="compas-broward", by="sex", metric="accuracy")
    assert page.value("evidence_threshold") == 5
    assert page.value("evidence_by") == ["sex"]
    assert "Accuracy, by group" in page.text


def test_choices_are_forgotten_on_leaving_and_the_address_tells_them_again(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_threshold", 8)
    address = dict(page.at.query_params)
    page.open("about")
    page.open("evidence", **address)
    assert "about 16 (14 to 18) were scored high" in page.text


def test_the_chart_speaks(visit: Visit) -> None:
    page = visit("evidence")
    [chart] = [one for one in page.at if getattr(one, "type", "") == "plotly_chart"]
    alt = flat(chart.proto.alt)
    assert FINDING in alt
    for words in ("Black 44.8 % (42.6 to 47.2)", "White 23.5 % (21.4 to 25.7)", "Other 14.8 %"):
        assert words in alt


def test_it_leads_to_a_comment_that_carries_the_view(visit: Visit) -> None:
    page = visit("evidence").choose("evidence_threshold", 8).follow("Comment on what I see")
    assert page.title == "Your comment"
    assert "Your comment will carry the figures that you saw" in page.text
    assert "Of 100 Black defendants" in page.text
    assert "Counted: All 7,214; COMPAS risk score of 8 or higher (high)." in page.text
    assert "about 16 (14 to 18) were scored high" in page.text


def test_a_house_without_datasets_says_so(visit_empty: Visit) -> None:
    page = visit_empty("evidence", dataset="compas-broward")
    assert page.title == "Nothing is published at this address"
    assert "No dataset is published yet. Read the register meanwhile." in page.text
