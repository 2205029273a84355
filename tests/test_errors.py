"""Refusals say what happened, what was kept, and what to do next."""

from __future__ import annotations

import pytest

from hearing_app import errors
from hearing_app.errors import Fault, HearingError, Invalid


def test_a_fault_names_its_place_the_problem_and_the_repair() -> None:
    whole = Fault("systems/a/b.yaml", "claims.0.figure", "It is empty.", "Write it.")
    assert str(whole) == "systems/a/b.yaml: claims.0.figure: It is empty. Write it."
    assert str(Fault("", "concern", "It is empty.", "Write it.")) == "concern: It is empty. Write it."
    assert str(Fault("a.yaml", "", "It is empty.", "Write it.")) == "a.yaml: It is empty. Write it."
    assert str(Fault("", "", "It is empty.", "Write it.")) == "It is empty. Write it."


def test_a_refusal_is_one_paragraph() -> None:
    assert str(HearingError("It failed.")) == "It failed. Nothing was changed."
    told = HearingError("It failed.", kept="Your words are here.", next_step="Try again.")
    assert str(told) == "It failed. Your words are here. Try again."
    assert str(HearingError("It failed.", kept="")) == "It failed."
    assert "\n" not in str(told)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("HearingError", 400),
        ("Invalid", 422),
        ("NotFound", 404),
        ("Forbidden", 403),
        ("Conflict", 409),
        ("TooMany", 429),
        ("Damaged", 503),
    ],
)
def test_every_refusal_has_its_http_status_and_a_title_of_its_own(name: str, status: int) -> None:
    kind: type[HearingError] = getattr(errors, name)
    assert kind.status == status
    assert issubclass(kind, HearingError)
    kinds: list[type[HearingError]] = [HearingError, *HearingError.__subclasses__()]
    titles = [one.title for one in kinds]
    assert titles.count(kind.title) == 1


def test_invalid_keeps_every_fault_in_order() -> None:
    faults = [Fault("", name, "No.", "Change it.") for name in ("b", "a", "c")]
    found = Invalid("It does not fit.", (fault for fault in faults))
    assert found.faults == tuple(faults)
    assert Invalid("It does not fit.").faults == ()
