"""Every figure of the register that can be computed again is: from a dataset, or from counts in the entry."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from scipy.stats import binomtest

from hearing_app.evidence.datasets import Catalogue
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.evidence import Measurement, SubgroupClaim
from tests.published.test_registry import BY_ID, DATASETS, ENTRIES

# Entry, measure and threshold of a measurement; the counts from which it follows.
RATES = {
    ("met-live-facial-recognition", "false_alert_share", "0.60"): (25, 691),
    ("met-live-facial-recognition", "false_alert_share", "0.62"): (4, 54),
    ("met-live-facial-recognition", "false_alert_share", "0.64"): (7, 1760),
    ("met-live-facial-recognition", "false_alerts_per_face", None): (10, 3_147_436),
    ("met-live-facial-recognition", "share_of_matches_verified_as_correct", None): (8, 42),
    ("south-wales-live-facial-recognition", "false_alert_share", None): (2297, 2470),
    ("predpol", "share_of_forecasts_matched", None): (64, 23_631),
    ("predpol", "share_of_crimes_forecast", None): (34, 336),
    ("chicago-ssl", "share_of_black_people_among_scores_of_400_or_more", "400"): (3178, 3721),
}
# The same where one measure stands for two years.
BY_PERIOD = {
    ("catch-face-comparison", "2020"): (112, 1046 - 203),
    ("catch-face-comparison", "2022"): (130, 631),
}
NPL_2025 = {"White": 0.0004, "Asian": 0.04, "Black": 0.055, "Black men": 0.004, "Black women": 0.099}
DEPARTMENTS = {"Black": 25, "Latino": 21, "Asian": 13, "White": 8}


def lines(dataset: str) -> list[dict[str, str]]:
    with (DATASETS / dataset / "counts.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def measured(id: str, metric: str, threshold: str | None = None) -> Measurement:
    [found] = [one for one in BY_ID[id].measurements if (one.metric, one.threshold) == (metric, threshold)]
    return found


def by_group(id: str, metric: str) -> dict[str, SubgroupClaim]:
    return {one.group: one for one in BY_ID[id].subgroup_claims if one.metric == metric}


def figures_of(entry: Entry) -> list[Measurement | SubgroupClaim]:
    return [*entry.measurements, *entry.subgroup_claims]


def check(one: Measurement | SubgroupClaim, part: int, whole: int) -> None:
    """The share and its interval, against scipy's; as exact as the entry writes them."""
    assert one.n == whole
    assert one.value is not None
    assert one.value == pytest.approx(part / whole, abs=0.5 * 10 ** -places(one.value))
    if one.low is None or one.high is None:
        assert one.low is one.high is None
        return
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    assert (one.low, one.high) == pytest.approx((interval.low, interval.high), abs=0.00006)


def places(value: float) -> int:
    return len(f"{value:.10f}".rstrip("0").split(".")[1])


@pytest.mark.parametrize(("key", "counts"), RATES.items(), ids=lambda one: " ".join(map(str, one)))
def test_a_rate_follows_from_its_counts(key: tuple[str, str, str | None], counts: tuple[int, int]) -> None:
    check(measured(*key), *counts)


@pytest.mark.parametrize(("key", "counts"), BY_PERIOD.items())
def test_a_rate_of_a_year_follows_from_its_counts(key: tuple[str, str], counts: tuple[int, int]) -> None:
    [found] = [one for one in BY_ID[key[0]].measurements if one.period == key[1]]
    check(found, *counts)


def test_the_counts_of_the_rates_are_those_of_the_datasets() -> None:
    met, plainfield, chicago = lines("met-lfr"), lines("predpol-plainfield"), lines("chicago-ssl")
    for threshold in ("0.60", "0.62", "0.64"):
        rows = [row for row in met if row["match_threshold"] == threshold]
        counts = sum(int(row["false_alerts"]) for row in rows), sum(int(row["alerts"]) for row in rows)
        assert counts == RATES["met-live-facial-recognition", "false_alert_share", threshold]
    alone = [row for row in plainfield if row["patrol"] == "without patrol"]
    for name, pair in (
        ("share_of_forecasts_matched", "matched predictions"),
        ("share_of_crimes_forecast", "crimes_predicted crimes"),
    ):
        part, whole = pair.split()
        counts = sum(int(row[part]) for row in alone), sum(int(row[whole]) for row in alone)
        assert counts == RATES["predpol", name, None]
    black = [row for row in chicago if row["race"] == "Black"]
    counts = sum(int(row["at_400"]) for row in black), sum(int(row["at_400"] or 0) for row in chicago)
    assert counts == RATES["chicago-ssl", "share_of_black_people_among_scores_of_400_or_more", "400"]


def test_every_measurement_that_was_computed_here_and_has_a_value_is_checked_above() -> None:
    checked = {(id, metric) for id, metric, _ in RATES} | {
        ("catch-face-comparison", "share_of_usable_pictures_with_a_hit"),
        ("compas", "relative_risk_of_a_false_positive"),
    }
    computed = {(e.id, one.metric) for e in ENTRIES for one in e.measurements if one.computed and one.metric}
    assert computed <= checked
    for entry in ENTRIES:
        for one in figures_of(entry):
            recomputed = one.origin == "recomputed_here"
            assert recomputed == one.by.startswith("This register")
            if one.low is not None:
                assert one.value is not None and one.high is not None and one.low <= one.value <= one.high
                # An interval was published with the figure, or it was computed here.
                assert recomputed or (entry.id, one.metric) == ("compas", "accuracy")


def test_the_rates_of_compas_by_race_are_those_of_the_counts() -> None:
    rows = lines("compas-broward")
    for race, group in (("African-American", "Black"), ("Caucasian", "White")):
        cells = {(flag, again): 0 for flag in (True, False) for again in (True, False)}
        for row in rows:
            if row["race"] == race:
                cells[int(row["decile_score"]) >= 5, row["two_year_recid"] == "1"] += int(row["n"])
        tp, fp, fn, tn = cells[True, True], cells[True, False], cells[False, True], cells[False, False]
        rates = {
            "false_positive_rate": (fp, fp + tn),
            "false_negative_rate": (fn, fn + tp),
            "positive_predictive_value": (tp, tp + fp),
            "accuracy": (tp + tn, tp + fp + fn + tn),
        }
        for metric, counts in rates.items():
            check(by_group("compas", metric)[group], *counts)
    found = by_group("compas", "false_positive_rate")
    ratio = measured("compas", "relative_risk_of_a_false_positive", "Medium or High").value
    assert ratio == pytest.approx((805 / 1795) / (349 / 1488), abs=0.005)
    assert {one.n for one in found.values()} == {1795, 1488}
    corrected = [row for row in rows if row["screened_after_2014_04_01"] == "0"]
    again = sum(int(row["n"]) for row in corrected if row["two_year_recid"] == "1")
    prevalence = measured("compas", "prevalence")
    assert prevalence.n == sum(int(row["n"]) for row in corrected) == 7214 - 998
    assert prevalence.value == pytest.approx(again / prevalence.n, abs=0.0005)


def test_the_shares_of_the_chicago_list_by_race_are_those_of_the_counts() -> None:
    found = by_group("chicago-ssl", "share_with_a_score_of_400_or_more")
    assert set(found) == {"Black", "Hispanic", "White"}
    rows = lines("chicago-ssl")
    for race, one in found.items():
        group = [row for row in rows if row["race"] == race]
        check(one, sum(int(row["at_400"]) for row in group), sum(int(row["people"]) for row in group))


def test_the_other_figures_by_group_are_those_of_the_sources() -> None:
    pnd = by_group("police-national-database-face-search", "false_positive_identification_rate")
    assert {group: one.value for group, one in pnd.items()} == NPL_2025
    assert all(one.n is None for one in pnd.values()), "how many were tested was not published"
    departments = by_group("predpol", "share_of_departments_where_they_are_over_represented")
    assert set(departments) == set(DEPARTMENTS)
    for group, count in DEPARTMENTS.items():
        check(departments[group], count, 38)
    [black] = BY_ID["met-live-facial-recognition"].subgroup_claims
    check(black, 8, 10)


def test_the_scale_is_that_of_the_datasets_and_of_the_sources() -> None:
    met = {one.period: one for one in BY_ID["met-live-facial-recognition"].scale}
    for year, period in (("2023", "2023"), ("2024", "2024"), ("2025", "1 January to 11 July 2025")):
        rows = [row for row in lines("met-lfr") if row["year"] == year]
        sums = [sum(int(row[name]) for row in rows) for name in ("deployments", "faces", "alerts", "arrests")]
        one = met[period]
        assert [one.uses, one.people_scored, one.flagged, one.acted_on] == sums
    assert [(one.uses, one.flagged) for one in BY_ID["catch-face-comparison"].scale] == [
        (1046, 112),
        (1100, 130),
        (1700, 424),
    ]
    assert [one.uses for one in BY_ID["predpol"].scale] == [23_760, 5_970_024, 799_412]
    assert sum(int(row["predictions"]) for row in lines("predpol-plainfield")) == 23_760
    assert [one.people_scored for one in BY_ID["chicago-ssl"].scale] == [426, 399_412, 313_513]
    assert [one.people_scored for one in BY_ID["compas"].scale] == [7214]
    assert sum(int(row["n"]) for row in lines("compas-broward")) == 7214
    assert BY_ID["shenzhen-traffic-enforcement"].scale[1].flagged == 58 + 67


def test_lists_and_training_data_have_the_sizes_of_the_sources() -> None:
    sizes: dict[tuple[str, str], int] = {}
    for entry in ENTRIES:
        for one in entry.data_used:
            if one.records:
                kind = (entry.id, str(one.role))
                sizes[kind] = sizes.get(kind, 0) + one.records
    assert sizes == {
        ("catch-face-comparison", "reference_list"): 869_000,
        ("police-national-database-face-search", "reference_list"): 19_000_000,
        ("hart", "train"): 104_000,
        # Two forces: 2.4 and 1.1 million people.
        ("most-serious-violence", "train"): 3_500_000,
        ("compas", "test"): 7214,
        ("met-live-facial-recognition", "test"): 178_000,
        ("anpr", "operate"): 20_000_000_000,
    }


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(Path(DATASETS))
    yield opened
    opened.close()


def test_runs_name_the_release_that_is_published(catalogue: Catalogue) -> None:
    runs = {(entry.id, run.dataset): run for entry in ENTRIES for run in entry.metric_runs}
    assert {(entry.id, dataset) for entry in ENTRIES for dataset in entry.datasets} - set(runs) == set()
    for (id, name), run in runs.items():
        dataset = catalogue.dataset(name)
        assert (dataset.manifest.system, f"sha256:{run.dataset_hash}") == (id, dataset.version)
        assert run.window
    named = {one.dataset for entry in ENTRIES for one in figures_of(entry)} - {None}
    assert named <= {dataset for _, dataset in runs}
