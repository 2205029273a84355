from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, ValidationError

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.faults import faults_of
from hearing_app.registry.text import Line, Prose, Slug
from hearing_app.registry.vocabulary import Verdict


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Slug = "a"
    line: Line = "x"
    prose: Prose = "x"
    verdict: Verdict = Verdict.UNKNOWN
    kind: Literal["a", "b"] = "a"
    flag: StrictBool = True
    number: StrictInt = 1
    date: PartialDate | None = None
    items: tuple[Line, ...] = ()
    inner: Note | None = None


@pytest.mark.parametrize(
    ("field", "value", "repair"),
    [
        ("id", "A B", "Write small letters, digits and single hyphens, such as met-live-facial-recognition."),
        ("line", 3, 'Put it in quotes, as in "2.0".'),
        ("line", "a" * 201, "Shorten it to at most 200 characters."),
        ("line", "", "Write something, or leave the field out."),
        ("verdict", "true", "Use one of 'supported', 'disputed', 'not_substantiated' or 'unknown'."),
        ("kind", "c", "Use one of 'a' or 'b'."),
        ("flag", "yes", "Write true or false, without quotes."),
        ("number", "1", "Write the number without quotes."),
        ("date", "soon", "Write a year, a month or a day, such as 2018, 2018-09 or 2018-09-11."),
        ("items", "one", "Begin each item on its own line with a hyphen."),
        ("inner", "one", "Write the fields below it, indented."),
        ("colour", "red", "Check the spelling against the schema, or remove the field."),
    ],
)
def test_every_common_error_says_what_to_write(field: str, value: Any, repair: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Note.model_validate({field: value})
    (fault,) = faults_of(caught.value, "a.yaml")
    assert (fault.file, fault.field, fault.repair) == ("a.yaml", field, repair)
    assert fault.problem.endswith(".")


def test_our_own_refusals_keep_both_sentences() -> None:
    with pytest.raises(ValidationError) as caught:
        Note.model_validate({"inner": {"prose": "TBC"}})
    (fault,) = faults_of(caught.value)
    assert fault.field == "inner.prose"
    assert "“TBC”" in fault.problem
    assert fault.repair.startswith("Write what is known, or leave the field out")


def test_an_error_that_nobody_foresaw_still_becomes_a_fault() -> None:
    class Odd(BaseModel):
        when: float

    with pytest.raises(ValidationError) as caught:
        Odd.model_validate({"when": "x"})
    (fault,) = faults_of(caught.value)
    assert fault.field == "when" and fault.problem and fault.repair


def test_a_faulty_item_does_not_also_make_the_list_too_short(data: dict[str, Any]) -> None:
    from hearing_app.registry.entry import Entry

    data["sources"][0]["kind"] = "hearsay"
    with pytest.raises(ValidationError) as caught:
        Entry.model_validate(data)
    assert [fault.field for fault in faults_of(caught.value)] == ["sources.0.kind"]
