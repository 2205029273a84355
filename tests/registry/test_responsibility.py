"""Who answers for what: every place of the chain, named or shown as a gap."""

from __future__ import annotations

from typing import Any

import pytest

from hearing_app.registry.entry import Entry
from hearing_app.registry.responsibility import (
    ANSWERS_FOR,
    HANDS_ON,
    NOBODY,
    Naming,
    Place,
    gaps,
    responsibility,
)

WHOLE: dict[str, Any] = {
    "suppliers": [{"name": "Lens Ltd", "role": "Maker of the cameras"}, {"name": "Cloud Inc"}],
    "unit": "Traffic division",
    "users": ["Harbour Police"],
    "human_review": {"who": "Two officers, apart from each other"},
    "decision_supported": "Whether a fine is sent.",
    "accountable_role": "Assistant Chief Constable",
    "challenge_route": {"oversight_body": "Police Complaints Authority"},
    "authorisations": [
        {"type": "council_vote", "body": "City Council", "date": "2019-11"},
        {"type": "internal", "body": "Riverton Police"},
    ],
    "rulings": [
        {
            "title": "Case 7",
            "body": "Court of Riverton",
            "date": "2021-05-04",
            "outcome": "It may be used.",
            "sources": ["report"],
        }
    ],
}


def found(
    data: dict[str, Any], **changes: Any
) -> dict[Place, tuple[Naming, tuple[str, ...], tuple[str, ...]]]:
    entry = Entry.model_validate(data | changes)
    return {one.place: (one.naming, one.names, one.details) for one in responsibility(entry)}


def test_a_whole_entry_has_somebody_in_every_place(data: dict[str, Any]) -> None:
    named = Naming.NAMED
    assert found(data, **WHOLE) == {
        Place.SUPPLIER: (named, ("Lens Ltd", "Cloud Inc"), ("Lens Ltd: Maker of the cameras",)),
        Place.OPERATOR: (
            named,
            ("Riverton Police",),
            ("Unit: Traffic division", "It is used by others, too: Harbour Police"),
        ),
        Place.DECISION_MAKER: (
            named,
            ("Two officers, apart from each other",),
            ("The decision: Whether a fine is sent.",),
        ),
        Place.LEGAL_OWNER: (named, ("Assistant Chief Constable",), ()),
        Place.OVERSIGHT: (
            named,
            ("Police Complaints Authority",),
            (
                "City Council: Vote of a council, November 2019",
                "Court of Riverton decided on it on 4 May 2021",
            ),
        ),
    }
    assert gaps(Entry.model_validate(data | WHOLE)) == []


def test_where_nobody_is_named_that_is_said(data: dict[str, Any]) -> None:
    open_places = gaps(Entry.model_validate(data))
    assert [one.place for one in open_places] == [place for place in Place if place is not Place.OPERATOR]
    assert {one.words for one in open_places} == {NOBODY}
    assert {one.naming for one in open_places} == {Naming.NOBODY}


@pytest.mark.parametrize("place", [place for place in Place if place is not Place.OPERATOR])
def test_one_missing_name_is_one_gap(data: dict[str, Any], place: Place) -> None:
    without: dict[Place, dict[str, Any]] = {
        Place.SUPPLIER: {"suppliers": []},
        Place.DECISION_MAKER: {"human_review": {"before_effect": True}, "decision_supported": None},
        Place.LEGAL_OWNER: {"accountable_role": None},
        Place.OVERSIGHT: {"challenge_route": None, "authorisations": [], "rulings": []},
    }
    [gap] = gaps(Entry.model_validate(data | WHOLE | without[place]))
    assert (gap.place, gap.naming, gap.words) == (place, Naming.NOBODY, NOBODY)


def test_what_is_built_in_house_has_a_supplier(data: dict[str, Any]) -> None:
    here = found(data, procurement={"route": "in_house"})
    assert here[Place.SUPPLIER] == (Naming.NAMED, ("Riverton Police",), ("It was built in house.",))


def test_a_decision_without_a_decider_is_not_a_name(data: dict[str, Any]) -> None:
    here = found(data, decision_supported="Whether a fine is sent.")
    assert here[Place.DECISION_MAKER][0] is Naming.NOT_AS_SUCH
    machine = found(data, automation_level="fully_automated")[Place.DECISION_MAKER]
    assert machine[0] is Naming.NOBODY
    assert "A machine decides by itself" in machine[2][0]


def test_who_decided_once_does_not_watch_over_it(data: dict[str, Any]) -> None:
    here = found(data, rulings=WHOLE["rulings"])[Place.OVERSIGHT]
    assert (here[0], here[1]) == (Naming.NOT_AS_SUCH, ())
    assert here[2] == ("Court of Riverton decided on it on 4 May 2021",)
    # The body's own permission is no oversight.
    own = [{"type": "internal", "body": "Riverton Police"}]
    assert found(data, authorisations=own)[Place.OVERSIGHT][0] is Naming.NOBODY


def test_what_is_withheld_is_neither_named_nor_nobody(data: dict[str, Any]) -> None:
    why = {
        "field": "suppliers",
        "ground": "supplier_ip",
        "explanation": "The contract forbids it.",
        "approver_role": "Assistant Chief Constable",
        "review_date": "2027-01-31",
        "full_copy_with": "Police Complaints Authority",
    }
    naming, names, details = found(data, withheld=[why])[Place.SUPPLIER]
    assert (naming, names) == (Naming.WITHHELD, ())
    assert "The contract forbids it." in details[0]


def test_every_place_answers_for_something_and_hands_on_to_the_next() -> None:
    assert list(ANSWERS_FOR) == list(Place)
    assert list(HANDS_ON) == list(Place)[:-1]
