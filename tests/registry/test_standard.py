"""The standard: sixty numbers, each defined once with an example that fits, and its places elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hearing_app.registry.crosswalk import STANDARDS, coverage, is_named, numbers, places
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.automatic import Automatic
from hearing_app.registry.entry.stated import Group, Need, When
from hearing_app.registry.standard import (
    StandardField,
    Told,
    automatic_fields,
    completeness,
    example_of,
    field,
    fields,
    is_needed,
    is_stated,
    told,
)
from hearing_app.registry.standard_page import standard_page
from tests.registry.saying import WHOLE, said

EVERY = [*fields(), *automatic_fields()]
# The numbers that each standard does not know, or in an older version or in running text alone: written down
# from the comparison of standards, and not from the definitions.
UNKNOWN_TO = {
    "atrs": {4, 6, 7, 22, 23, 24, 25, 30, 33, 47, 49, 50, 53, 54, 55, 59, 60},
    "nl": {
        *(7, 8, 10, 11, 14, 15, 18, 20, 25, 26, 28, 30, 31, 32, 33, 34, 36, 37, 38),
        *(41, 42, 43, 44, 45, 47, 49, 50, 51, 52, 53, 54, 55, 56, 59, 60),
    },
    "eu": {4, 10, 11, 14, 19, 20, 21, 33, 44, 45, 47, 53, 59, 60},
    "aia": {6, 7, 12, 20, 24, 32, 50, 57, 58, 59},
    "helsinki": {6, 18, 19, 20, 28, 34, 47, 50, 54, 55, 59},
}


def test_every_number_from_1_to_60_is_defined() -> None:
    assert list(numbers()) == list(range(1, 61))
    # Two fields share 58: the author's day of review, and what the register says of the publication.
    assert {number for number, held in numbers().items() if len(held) > 1} == {58}


@pytest.mark.parametrize("one", EVERY, ids=[one.name for one in EVERY])
def test_a_field_says_all_that_is_asked_of_it(one: StandardField) -> None:
    assert one.title
    assert one.description.endswith(".")
    assert one.why.endswith(".")
    assert (one.need is Need.CONDITIONAL) is (one.when is not When.ALWAYS)
    assert is_stated(example_of(one.name))
    assert set(one.standards) <= set(STANDARDS)
    assert all(one.standards.values())
    assert set(one.places) == set(one.numbers)


def test_the_fields_stand_in_the_order_of_the_groups_and_of_their_numbers() -> None:
    groups = [list(Group).index(one.group) for one in fields()]
    assert groups == sorted(groups)
    first = [one.numbers[0] for one in fields() if one.numbers]
    assert first == sorted(first)
    assert {one.name for one in EVERY} == {*Entry.model_fields, *Automatic.model_fields}


@pytest.mark.parametrize("standard", list(STANDARDS))
def test_each_number_has_its_place_in_each_standard_or_none(standard: str) -> None:
    without = {number for number in numbers() if not any(map(is_named, places(number, standard)))}
    assert without == UNKNOWN_TO[standard]


def test_the_coverage_is_counted_from_the_places() -> None:
    counted = {one.standard: (len(one.named), len(one.own)) for one in coverage()}
    # 43, 46 and 50 are the counts of the comparison, too. It gave the Dutch 27, by counting a place that only
    # an older version has (36) and one that is free text (7).
    assert counted == {"atrs": (43, 39), "nl": (25, 21), "eu": (46, 46), "aia": (50, 50)}
    for one in coverage():
        assert len(one.named) == 60 - len(UNKNOWN_TO[one.standard])
        assert set(one.own) <= set(one.named)


def test_of_two_numbers_in_one_field_each_has_its_own_places() -> None:
    assert places(5, "nl") == ("status",)
    assert places(6, "nl") == ("begin_date", "end_date")
    assert places(6, "atrs") == ("0.10†",)
    assert places(6, "aia") == ()
    assert field("lifecycle").standards["nl"] == ("status", "begin_date", "end_date")


def test_the_examples_together_make_an_entry() -> None:
    assert all(is_stated(getattr(WHOLE, one.name)) for one in fields())
    assert completeness(WHOLE).share == 1


@pytest.mark.parametrize(
    ("changes", "name", "expected"),
    [
        ({}, "retirement", True),
        ({"lifecycle": field("lifecycle").example}, "retirement", False),
        ({}, "authorisations", False),
        ({"suppliers": [], "procurement": None}, "procurement", None),
        ({"suppliers": [], "procurement": {"route": "in_house"}}, "supplier_disclosure", False),
        ({"personal_data_level": "anonymised"}, "retention", False),
        ({"personal_data_level": None}, "retention", None),
        ({}, "aliases", False),
        ({}, "name", True),
    ],
)
def test_whether_a_field_is_needed_has_three_answers(
    changes: dict[str, Any], name: str, expected: bool | None
) -> None:
    assert is_needed(field(name), Entry.model_validate(said(**changes))) is expected


def test_what_an_entry_tells_in_a_field_has_four_states() -> None:
    withheld = [{**field("withheld").example[0], "field": "sharing"}]  # type: ignore[index] # the example is a list
    entry = Entry.model_validate(said(sharing=[], withheld=withheld, unit=None, incidents=[]))
    assert [told(field(name), entry) for name in ("name", "sharing", "unit", "incidents")] == list(Told)
    found = completeness(entry)
    assert [one.name for one in found.withheld] == ["sharing"]
    assert [one.name for one in found.not_stated] == ["unit"]
    assert found.needed == len(found.stated) + 2


def test_a_part_without_any_answer_says_nothing() -> None:
    empty = Entry.model_validate(said(human_review={"sources": ["report"]}, screening={}))
    assert told(field("human_review"), empty) is Told.NOT_STATED
    assert told(field("screening"), empty) is Told.NOT_STATED


def test_the_page_is_what_the_definitions_say() -> None:
    page = (Path(__file__).parents[2] / "docs/standard.md").read_text(encoding="utf-8")
    assert page == standard_page(), "run: python -m hearing_app.registry.standard_page > docs/standard.md"
    for one in EVERY:
        assert f"`{one.name}`. {one.description}" in page
        assert one.why in page
