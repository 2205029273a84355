"""What the register says about each field of an entry, beside its type: one place for everything.

The model's fields are made with ``stated``. Validation, the JSON Schema, the form, the page, the
documentation, the comparison with other standards and the exports are all drawn from what is given here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearing_app.registry.text import Slug
from hearing_app.registry.vocabulary import Term


class Part(BaseModel):
    """What all parts share: unknown fields are refused, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


SourceIds = tuple[Slug, ...]


class Group(Term):
    """The eleven groups in which an entry's fields stand."""

    A = "A", "What it is, and how far it has come"
    B = "B", "Who answers for it"
    C = "C", "What it is for, and whether it is lawful"
    D = "D", "What it decides, and for whom"
    E = "E", "How it works"
    F = "F", "What data it uses"
    G = "G", "What it may do to people, and what may go wrong"
    H = "H", "What shows that it works, and for whom it fails"
    I = "I", "What you can do"  # noqa: E741 - the groups of the standard are lettered A to K
    J = "J", "What is published, what is withheld"
    K = "K", "What the public says"


class Need(Term):
    """When a field must be stated. An entry is never refused for the last four: the page shows the gap."""

    DRAFT = "draft", "Needed to save a draft"
    PUBLISH = "publish", "Needed in a full entry"
    CONDITIONAL = "conditional", "Needed under a condition"
    OPTIONAL = "optional", "Welcome"
    AUTOMATIC = "automatic", "Filled in by the register"


class When(Term):
    """The condition under which a field is needed, as the end of the sentence "needed if ..."."""

    ALWAYS = "always", "always"
    RETIRED = "retired", "it is no longer in use or was stopped before"
    SUPPLIED = "supplied", "somebody else than the body that uses it supplies it"
    IN_EU = "in_eu", "it is used in the European Union"
    IN_USE = "in_use", "it is on trial with real effects, or in use"
    PEOPLE_SCORED = "people_scored", "it scores, finds or sorts people"
    IN_USE_ON_PEOPLE = "in_use_on_people", "it is in use, and scores, finds or sorts people"
    HIGH_IMPACT = "high_impact", "its impact level is III or IV"
    PERSONAL_DATA = "personal_data", "it uses personal data"


def stated(
    number: int | tuple[int, ...] | None,
    group: Group,
    title: str,
    description: str,
    *,
    example: object,
    why: str,
    need: Need = Need.PUBLISH,
    when: When = When.ALWAYS,
    atrs: Sequence[str] = (),
    nl: Sequence[str] = (),
    eu: Sequence[str] = (),
    aia: Sequence[str] = (),
    helsinki: Sequence[str] = (),
    second: Mapping[str, Sequence[str]] | None = None,
    default: Any = ...,
    default_factory: Callable[[], object] | None = None,
    **limits: Any,
) -> Any:
    """Return the definition of one field.

    ``number`` is its place among the sixty of the comparison of standards; two where one field holds both,
    ``None`` for what this register asks beyond them. ``description`` tells the author what to write,
    ``example`` is a value that the field takes, ``why`` tells a reader what the answer is good for. The
    other standards are named by their own numbers and names: the British ATRS 3.0, the Dutch 1.0 (a dagger:
    in an older version only), the EU's AI Act, Canada's AIA 1.0.1, and Helsinki and Amsterdam with the
    consortium that followed them. A place that begins with "in " is part of another's text there. Of a field
    with two numbers these are the places of the first; ``second`` gives those of the other.
    """
    others = {"atrs": atrs, "nl": nl, "eu": eu, "aia": aia, "helsinki": helsinki}
    also = second or {}
    extra: JsonDict = {
        "group": group.value,
        "numbers": [number] if isinstance(number, int) else list(number or ()),
        "why": why,
        "need": need.value,
        "when": when.value,
        "standards": {
            name: [*places, *(place for place in also.get(name, ()) if place not in places)]
            for name, places in others.items()
            if places or name in also
        },
    }
    if second is not None and isinstance(number, tuple):
        first: JsonDict = {name: list(places) for name, places in others.items() if places}
        other: JsonDict = {name: list(places) for name, places in second.items()}
        extra["places"] = {str(number[0]): first, str(number[1]): other}
    start: dict[str, Any] = {"default_factory": default_factory} if default_factory else {"default": default}
    return Field(
        **start,
        title=title,
        description=description,
        examples=[example],
        json_schema_extra=extra,
        **limits,
    )
