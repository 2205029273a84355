"""Systems side by side: what differs is said, and what is not stated is no difference in what is."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.errors import Invalid
from hearing_app.registry.compare import Likeness, Row, compare, lines_of
from hearing_app.registry.entry import Entry
from hearing_app.registry.standard import Told, fields


@pytest.fixture
def pair(data: dict[str, Any]) -> list[Entry]:
    review = {"who": "Two officers", "can_override": True, "sources": ["report"]}
    other = {
        **data,
        "id": "other",
        "name": "Other",
        "purpose": "Something else.",
        "automation_level": "informs",
    }
    other["human_review"] = {**review, "sources": []}
    return [Entry.model_validate({**data, "human_review": review}), Entry.model_validate(other)]


def rows(entries: list[Entry], *, only: bool = False) -> dict[str, Row]:
    return {
        row.field.name: row for found in compare(entries, only_differences=only).values() for row in found
    }


def test_each_row_says_what_it_shows(pair: list[Entry]) -> None:
    found = rows(pair)
    assert found["purpose"].likeness is Likeness.DIFFERENT
    assert found["functions"].likeness is Likeness.SAME
    # On other sources the same is said.
    assert found["human_review"].likeness is Likeness.SAME
    assert found["automation_level"].likeness is Likeness.SOME
    assert [cell.told for cell in found["automation_level"].cells] == [Told.NOT_STATED, Told.STATED]
    assert found["retention"].likeness is Likeness.NONE
    assert found["purpose"].cells[1].lines == ("Something else.",)
    assert found["human_review"].cells[0].lines == ("Who: Two officers", "Can override: Yes")


def test_what_is_withheld_by_one_alone_is_seen(data: dict[str, Any]) -> None:
    withheld = {
        "field": "outputs",
        "ground": "security",
        "explanation": "It would tell how to evade it.",
        "approver_role": "Chief Constable",
        "review_date": "2027",
        "full_copy_with": "Auditor",
    }
    entries = [Entry.model_validate(data), Entry.model_validate({**data, "id": "b", "withheld": [withheld]})]
    row = rows(entries)["outputs"]
    assert row.likeness is Likeness.SOME
    assert [cell.told for cell in row.cells] == [Told.NOT_STATED, Told.WITHHELD]


def test_only_differences_leaves_out_what_is_alike(pair: list[Entry]) -> None:
    kept = rows(pair, only=True)
    every = rows(pair)
    assert set(kept) == {
        name for name, row in every.items() if row.likeness in {Likeness.DIFFERENT, Likeness.SOME}
    }
    assert {"purpose", "automation_level"} <= set(kept)


def test_every_field_is_compared_but_its_name(pair: list[Entry]) -> None:
    important = {one.name for one in fields() if one.is_important} - {"id", "name", "sources"}
    assert important <= set(rows(pair))


@pytest.mark.parametrize("number", [0, 1, 5])
def test_two_to_four_are_compared(data: dict[str, Any], number: int) -> None:
    entries = [Entry.model_validate({**data, "id": f"s{n}"}) for n in range(number)]
    with pytest.raises(Invalid):
        compare(entries)


def test_a_system_is_not_compared_with_itself(pair: list[Entry]) -> None:
    with pytest.raises(Invalid, match="Nothing was compared"):
        compare([pair[0], pair[0]])


def test_lines_leave_sources_out(pair: list[Entry]) -> None:
    said = " ".join(
        line for one in fields() for line in lines_of(getattr(pair[0], one.name)) if one.name != "sources"
    )
    assert "Sources" not in said
    assert "In use" in said
