"""For which agency a publisher may speak: one that has an entry, or one that is said to be new."""

from __future__ import annotations

import pytest

from hearing_app.errors import Invalid
from hearing_app.registry import offices
from hearing_app.registry.offices import agency_for

NAMES = {
    "riverton-police": "Riverton  Police",
    "lakeside-police": "Lakeside Police",
    "north-guard": "The Guard",
    "south-guard": "The Guard",
}


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    names = dict(NAMES)
    monkeypatch.setattr(offices, "names_of_agencies", lambda _: names)
    return names


def said(words: str, *, is_new: bool = False) -> str:
    return agency_for(None, words, is_new=is_new)  # type: ignore[arg-type]  # the register is given above


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize(
    "words", ["riverton-police", " Riverton-Police ", "Riverton Police", "RIVERTON  POLICE"]
)
def test_an_id_or_the_name_of_one_agency_is_taken(words: str, is_new: bool) -> None:
    assert said(words, is_new=is_new) == "riverton-police"


def test_nothing_stays_nothing() -> None:
    assert said("  ") == ""


@pytest.mark.parametrize(
    ("words", "problem", "listed"),
    [
        ("rivertown-police", "no entry about", ["riverton-police (Riverton  Police)"]),
        ("lakeside", "no entry about", ["lakeside-police (Lakeside Police)"]),
        ("zz", "no entry about", [f"{one} ({name})" for one, name in NAMES.items()]),
        ("the guard", "2 agencies are called", ["north-guard (The Guard); south-guard (The Guard)"]),
    ],
)
def test_another_is_refused_with_what_there_is(words: str, problem: str, listed: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        said(words)
    [fault] = refused.value.faults
    assert (fault.field, problem in fault.problem) == ("agency", True)
    assert all(one in fault.repair for one in listed)
    assert ("--new-agency" in fault.repair) is ("no entry" in problem)


def test_of_many_agencies_some_are_named(register: dict[str, str]) -> None:
    register |= {f"force-{number:02}": f"Force {number}" for number in range(20)}
    with pytest.raises(Invalid) as refused:
        said("xyxyxy")
    repair = refused.value.faults[0].repair
    assert repair.count("force-") == 8
    assert ", and 16 more." in repair
    register.clear()
    with pytest.raises(Invalid) as refused:
        said("riverton-police")
    assert "It has no agency yet." in refused.value.faults[0].repair


def test_a_new_one_needs_an_id() -> None:
    assert said("hillside-police", is_new=True) == "hillside-police"
    for words in ("Hillside Police", "hillside_police", "a" * 81, "h\u00edllside", "\u202ehill"):
        with pytest.raises(Invalid) as refused:
            said(words, is_new=True)
        assert "is no agency's id" in refused.value.faults[0].problem
