"""From pydantic's errors to faults that an author can repair: where, what is wrong, what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hearing_app.errors import Fault
from hearing_app.registry.text import EMAIL, LANGUAGE, PHONE, SLUG

_Sentences = Callable[[Mapping[str, Any]], tuple[str, str]]


def _said(problem: str, repair: str) -> _Sentences:
    """Fixed sentences with places for the error's own values, such as ``{max_length}``."""
    return lambda context: (problem.format_map(context), repair.format_map(context))


_LONGER = _said("There are too few items here.", "Give at least {min_length}.")
_NOT_TEXT = _said("This must be text.", 'Put it in quotes, as in "2.0".')
_SENTENCES: dict[str, _Sentences] = {
    "missing": _said("This field is missing.", "Add it."),
    "extra_forbidden": _said(
        "There is no such field.", "Check the spelling against the schema, or remove the field."
    ),
    "string_type": _NOT_TEXT,
    "string_unicode": _said("This is not readable text.", "Type the words again."),
    "string_too_short": _said("This is empty.", "Write something, or leave the field out."),
    "string_too_long": _said(
        "This is longer than {max_length} characters.", "Shorten it to at most {max_length} characters."
    ),
    "enum": _said("This is not one of the values of the list.", "Use one of {expected}."),
    "literal_error": _said("This is not one of the values of the list.", "Use one of {expected}."),
    "bool_type": _said("This must be true or false.", "Write true or false, without quotes."),
    "int_type": _said("This must be a whole number.", "Write the number without quotes."),
    "int_parsing": _said("This must be a whole number.", "Write the number without quotes."),
    "tuple_type": _said("This must be a list.", "Begin each item on its own line with a hyphen."),
    "list_type": _said("This must be a list.", "Begin each item on its own line with a hyphen."),
    "too_short": _LONGER,
    "too_long": _said("There are too many items here.", "Give at most {max_length}."),
    "model_type": _said("This must be a group of fields.", "Write the fields below it, indented."),
    "model_attributes_type": _said("This must be a group of fields.", "Write the fields below it, indented."),
    "dict_type": _said("This must be a group of fields.", "Write the fields below it, indented."),
    "registry": _said("{problem}", "{repair}"),
}
_FORMS = {
    SLUG: "Write small letters, digits and single hyphens, such as met-live-facial-recognition.",
    LANGUAGE: "Write a language tag, such as en or pt-BR.",
    EMAIL: "Write an e-mail address, such as records@example.org.",
    PHONE: "Write digits, spaces, brackets and hyphens, with + for the country.",
}
_SENTENCES_FOR_DATES = (
    "This is not a date.",
    "Write a year, a month or a day, such as 2018, 2018-09 or 2018-09-11.",
)


def faults_of(error: ValidationError, file: str = "") -> list[Fault]:
    """One fault for each error, in the order of the document's fields. ``file`` is "" for a form."""
    errors = error.errors(include_url=False)
    # pydantic counts only the sound items of a list: "too few" says nothing where an item is at fault.
    inside = {details["loc"][:size] for details in errors for size in range(len(details["loc"]))}
    return [
        _fault(details, file)
        for details in errors
        if details["type"] != "too_short" or details["loc"] not in inside
    ]


def _fault(details: ErrorDetails, file: str) -> Fault:
    field = ".".join(str(step) for step in details["loc"])
    context = details.get("ctx", {})
    if sentences := _SENTENCES.get(details["type"]):
        problem, repair = sentences(context)
    elif details["type"] == "string_pattern_mismatch":
        problem = "This does not have the expected form."
        repair = _FORMS.get(context["pattern"], f"Write it in the form {context['pattern']}.")
    elif details["type"] == "value_error" and "calendar" in details["msg"]:
        problem, repair = _SENTENCES_FOR_DATES
    else:
        problem, repair = f"{details['msg']}.", "Correct it after the schema in registry/schema."
    return Fault(file, field, problem, repair)
