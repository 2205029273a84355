"""Other thresholds in an address: what is written is read again; what does not fit is refused in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.counts import Group
from hearing_app.evidence.cuts import cut_texts, group_text, opening_cut, read_cuts, readable_cuts, unfit_cuts
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families import family_of
from hearing_app.evidence.selection import opening_selection

RACES = ("African-American", "Caucasian", "Hispanic", "Asian", "Native American", "Other")
SEXES = ("Male", "Female")
ONE = tuple((("race", race),) for race in RACES)
TWO = tuple((("race", race), ("sex", sex)) for race in RACES for sex in SEXES)


@settings(max_examples=200, deadline=None)
@given(groups=st.sampled_from([ONE, TWO]), everybody=st.integers(1, 11), data=st.data())
def test_what_an_address_says_is_read_again(
    compas: Dataset, groups: tuple[Group, ...], everybody: int, data: st.DataObject
) -> None:
    own = data.draw(st.dictionaries(st.sampled_from(groups), st.integers(1, 11)))
    texts = cut_texts(everybody, own)
    selection = opening_selection(compas)
    expected = tuple(own.get(group, everybody) for group in groups)
    assert read_cuts(compas.manifest, selection, groups, texts) == expected
    kept = {group: cut for group, cut in own.items() if cut != everybody}
    assert readable_cuts(compas.manifest, selection, groups, texts) == (everybody, kept)


@settings(max_examples=300, deadline=None)
@given(
    texts=st.lists(st.text(max_size=40) | st.from_regex(r"\A[a-z]{0,4}:?[A-Z]?:?-?[0-9]{0,12}\Z"), max_size=5)
)
def test_any_text_is_read_or_refused_in_words(compas: Dataset, texts: list[str]) -> None:
    selection = opening_selection(compas)
    everybody, own = readable_cuts(compas.manifest, selection, ONE, texts)
    assert 1 <= everybody <= 11
    assert set(own) <= set(ONE)
    try:
        found = read_cuts(compas.manifest, selection, ONE, texts)
    except Invalid as refused:
        assert all(fault.field == "cut" and fault.problem and fault.repair for fault in refused.faults)
        assert all(len(fault.problem) < 200 for fault in refused.faults)
    else:
        assert len(found) == len(ONE)
        assert all(1 <= cut <= 11 for cut in found)


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("0", "Give a whole number from 1 to 11."),
        ("12", "Give a whole number from 1 to 11."),
        ("5.0", "Give a whole number from 1 to 11."),
        ("", "Give a whole number from 1 to 11."),
        ("race:Caucasian:", "Give a whole number from 1 to 11."),
        ("\u0665", "Give a whole number from 1 to 11."),
        ("race:Martian:5", "The groups are: race:African-American; race:Caucasian;"),
        ("'; DROP TABLE counts; --:5", "The groups are:"),
        ("x" * 10_000, "Give a whole number from 1 to 11."),
    ],
)
def test_what_does_not_fit_says_what_is_possible(compas: Dataset, text: str, repair: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_cuts(compas.manifest, opening_selection(compas), ONE, [text])
    [fault] = refused.value.faults
    assert fault.repair.startswith(repair)
    assert len(fault.problem) < 120


def test_more_than_one_for_each_group_is_one_fault(compas: Dataset) -> None:
    with pytest.raises(Invalid) as refused:
        read_cuts(compas.manifest, opening_selection(compas), ONE, ["5"] * 5_000)
    assert [fault.problem for fault in refused.value.faults] == ["“cut” was given 5000 times."]


def test_the_first_that_is_tried_is_the_next_level_of_the_source(compas: Dataset) -> None:
    selection = opening_selection(compas)
    tried = {now: opening_cut(compas.manifest, replace(selection, threshold=now)) for now in range(1, 11)}
    assert tried == {1: 5, 2: 5, 3: 5, 4: 5, 5: 8, 6: 8, 7: 8, 8: 5, 9: 8, 10: 8}


def test_without_levels_it_is_the_next_score(compas: Dataset) -> None:
    columns = tuple(
        column.model_copy(update={"levels": ()}) if column.role == "score" else column
        for column in compas.manifest.columns
    )
    plain = compas.manifest.model_copy(update={"columns": columns})
    selection = opening_selection(compas)
    tried = {now: opening_cut(plain, replace(selection, threshold=now)) for now in (1, 9, 10)}
    assert tried == {1: 2, 9: 10, 10: 9}


def test_only_scores_have_thresholds_to_try(catalogue: Catalogue) -> None:
    for dataset_id in catalogue.ids():
        manifest = catalogue.dataset(dataset_id).manifest
        assert manifest.scored or not any(kind.tries for kind in family_of(manifest).exhibits)


def test_a_group_is_named_by_its_columns() -> None:
    assert group_text(TWO[3]) == "race:Caucasian,sex:Female"


def test_what_is_left_out_is_told(compas: Dataset) -> None:
    selection = opening_selection(compas)
    texts = ["8", "race:Caucasian:6", "race:Martian:3", "99"]
    told = unfit_cuts(compas.manifest, selection, ONE, texts)
    assert [one.split(".")[0] for one in told] == [
        "“race:Martian” is no group of this selection",
        "“99” is not a threshold of this score",
    ]
    assert all("It was left out." in one for one in told)
    assert unfit_cuts(compas.manifest, selection, ONE, texts[:2]) == ()
