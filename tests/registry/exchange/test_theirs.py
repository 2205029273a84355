"""Documents of the others: they fit their own schema, come back as they were, and nothing breaks reading."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About
from hearing_app.registry.exchange.kinds import parts_of
from hearing_app.registry.exchange.standards import STANDARDS
from hearing_app.registry.exchange.taking import DEEPEST, LARGEST, MOST_VALUES, read_json
from hearing_app.registry.exchange.trip import export
from hearing_app.registry.vocabulary import Term
from tests.registry.exchange.made import WORDS, entries
from tests.registry.exchange.test_trips import ABOUT, SHIPPED, about, flat
from tests.scale import scale

# What is stripped comes back without its spaces, and HTML as other HTML that says the same.
_WORDS = [word for word in WORDS if word == word.strip()]
_ONE_LINE = st.sampled_from([word for word in _WORDS if "\n" not in word])
_TEXT = st.sampled_from([word for word in _WORDS if not set(word) & set("<&\n")])


def _of(names: dict[str, int]) -> dict[str, Any]:
    return {name: {"type": "string", "maxLength": most} for name, most in names.items()}


def _rows(title: int, link: int, *required: str) -> dict[str, Any]:
    row = {"type": "object", "additionalProperties": False, "properties": _of({"title": title, "link": link})}
    return {"type": "array", "items": {**row, "required": list(required)}}


# The Dutch schema 1.0, rebuilt from its names, lengths and lists.
NL = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "description_short", "organization"],
    "properties": {
        **_of({"name": 100, "description_short": 350, "organization": 100, "begin_date": 7, "end_date": 7}),
        **_of(dict.fromkeys(("contact_email", "website", "url", "publiccode", "process_index_url"), 500)),
        **_of(
            dict.fromkeys(("goal", "proportionality", "human_intervention", "risks", "lawful_basis"), 2500)
        ),
        **_of(dict.fromkeys(("impacttoetsen", "source_data", "tags"), 2500)),
        **_of({"methods_and_models": 5000, "provider": 200, "source_id": 100, "lars": 200}),
        "status": {"enum": ["In ontwikkeling", "In gebruik", "Buiten gebruik"]},
        "publication_category": {
            "enum": ["Hoog-risico AI-systeem", "Impactvolle algoritmes", "Overige algoritmes"]
        },
        "category": {"type": "array", "maxItems": 3, "items": {"type": "string"}},
        "lawful_basis_grouping": _rows(100, 500, "title", "link"),
        "source_data_grouping": _rows(500, 500, "title", "link"),
        "impacttoetsen_grouping": _rows(500, 500, "title"),
        "lang": {"type": "string", "pattern": "^[a-z]{3}$"},
        "standard_version": {"const": "1.0"},
    },
}
_DESCRIBED = {"type": "array", "items": {"type": "object", "properties": _of({"description": 10**6})}}
# The Model Card Toolkit's schema 0.0.2, as far as a card of ours goes.
CARD = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "schema_version": {"const": "0.0.2"},
        "model_details": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **_of(dict.fromkeys(("name", "overview", "documentation"), 10**6)),
                "owners": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": _of({"name": 200, "contact": 500}),
                    },
                },
                "version": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        **_of({"name": 200, "diff": 2000}),
                        "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                    },
                },
                "references": {
                    "type": "array",
                    "items": {"type": "object", "properties": _of({"reference": 2000})},
                },
            },
        },
        "model_parameters": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **_of(dict.fromkeys(("model_architecture", "input_format", "output_format"), 10**6)),
                "data": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": _of({"name": 200, "link": 2000, "description": 10**6}),
                    },
                },
            },
        },
        "quantitative_analysis": {
            "type": "object",
            "properties": {
                "performance_metrics": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["type", "value"],
                        "properties": {**_of({"type": 200, "slice": 500}), "value": {"type": "number"}},
                    },
                }
            },
        },
        "considerations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(("users", "use_cases", "limitations"), _DESCRIBED),
                "ethical_considerations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": _of({"name": 200, "mitigation_strategy": 10**6}),
                    },
                },
            },
        },
    },
}
_ANSWER = {
    "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"pattern": "^item[0-9]"}}]
}
AIA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "currentPage", "data", "translationsOnResult"],
    "properties": {
        "version": {"type": "string", "pattern": "^v[0-9]"},
        "currentPage": {"type": "integer"},
        "data": {"type": "object", "additionalProperties": _ANSWER},
        "translationsOnResult": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
ATRS = {
    "type": "object",
    "required": ["standard", "version", "fields"],
    "properties": {
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["reference_number", "attribute", "value"],
                "properties": {
                    "reference_number": {"pattern": "^[0-2]([.][0-9]+)+$"},
                    "attribute": {"pattern": "^[a-z_]+$"},
                    "value": {"type": "string", "minLength": 1},
                },
            },
        }
    },
}
_POINTS = {"type": "object", "patternProperties": {"^[0-9]{1,2}$": {"type": "string"}}}
EU = {
    "type": "object",
    "additionalProperties": False,
    "required": ["standard", "sections"],
    "properties": {
        "standard": {"type": "string"},
        "sections": {"type": "object", "required": ["A", "C"], "additionalProperties": _POINTS},
    },
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "nl": NL,
    "model-card": CARD,
    "aia": AIA,
    "atrs": ATRS,
    "annex-viii": EU,
}


@settings(
    max_examples=scale(15, 500), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(entry=entries())
def test_what_is_made_up_fits_the_schema_of_the_others(entry: Any) -> None:
    for name, schema in SCHEMAS.items():
        jsonschema_rs.validate(schema, export(STANDARDS[name], entry, about(entry)).document)


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_the_register_holds_fits_the_schema_of_the_others(name: str) -> None:
    for entry in SHIPPED:
        jsonschema_rs.validate(SCHEMAS[name], export(STANDARDS[name], entry, about(entry)).document)


def test_every_id_of_the_catalogue_is_an_absolute_address() -> None:
    for entry in SHIPPED:
        document = export(STANDARDS["dcat"], entry, about(entry)).document
        for at, value in flat({name: one for name, one in document.items() if name != "@context"}):
            if at[-1] == "@id":
                assert value.startswith(("https://", "http://", "mailto:")), (at, value)
            elif "@type" in at or str(at[-1]).startswith("@"):
                continue
            assert all(":" in str(step) for step in at if isinstance(step, str) and not step.startswith("@"))
        prefixes = {str(step).split(":")[0] for at, _ in flat(document) for step in at if ":" in str(step)}
        assert prefixes <= set(document["@context"])


NL_DOCUMENT = {
    "name": "Kentekens lezen",
    "description_short": "Camera's lezen kentekens.",
    "organization": "Gemeente Noorderhaaks",
    "status": "In gebruik",
    "begin_date": "2023-01",
    "contact_email": "algoritmes@example.org",
    "website": "https://www.example.org/kentekens",
    "goal": "Gestolen auto's vinden.",
    "proportionality": "Het is sneller dan met de hand.",
    "human_intervention": "Een agent kijkt mee.",
    "risks": "Vuil kan een letter veranderen.",
    "lawful_basis": "Wegenverkeerswet.",
    "lawful_basis_grouping": [{"title": "Wegenverkeerswet 1994", "link": "https://www.example.org/wet"}],
    "impacttoetsen_grouping": [{"title": "Data Protection Impact Assessment (DPIA)"}],
    "source_data": "Beelden van de weg.",
    "source_data_grouping": [{"title": "Lijst van auto's", "link": "https://www.example.org/lijst"}],
    "provider": "Haaks software",
    "publiccode": "https://www.example.org/code",
    "lang": "nld",
    "standard_version": "1.0",
    "source_id": "kentekens",
    "lars": "81228922",
    "tags": "anpr, Kentekens, Verkeer",
    "category": ["Verkeer"],
    "publication_category": "Impactvolle algoritmes",
}
AIA_DOCUMENT = {
    "version": "v1.0.1",
    "currentPage": 0,
    "data": {
        "projectAIAnumber": "plates",
        "projectDetailsTitle": "Plates",
        "projectDetailsDescription": "Reads plates.",
        "projectDetailsBranch": "Traffic",
        "projectDetailsPhase": "item2",
        "businessDrivers1": ["item1"],
        "businessDrivers5": "item1-2",
        "riskProfile1": "item1-3",
    },
    "translationsOnResult": {"projectDetailsTitle": "Plaques"},
}
CARD_DOCUMENT = {
    "schema_version": "0.0.2",
    "model_details": {
        "name": "Matcher",
        "overview": "Compares faces.",
        "documentation": "Whether an officer looks at a face.",
        "owners": [{"name": "Riverton Police", "contact": "team@example.org"}, {"name": "Maker Ltd"}],
        "version": {"name": "4.2", "date": "2025-01-31", "diff": "A new threshold."},
        "references": [{"reference": "https://www.example.org/paper"}],
    },
    "model_parameters": {
        "data": [
            {"name": "Faces", "link": "https://www.example.org/faces", "description": "For training: 1,000."}
        ],
        "input_format": "A picture.",
        "output_format": "A number from 0 to 1.",
    },
    "quantitative_analysis": {
        "performance_metrics": [
            {"type": "accuracy", "value": 0.9},
            {"type": "accuracy", "value": 0.8, "slice": "Age: 60 and over"},
            {"type": "accuracy", "value": 1, "slice": "women"},
        ]
    },
    "considerations": {
        "users": [{"description": "Officers"}],
        "use_cases": [{"description": "Finding missing people."}],
        "limitations": [{"description": "Dark pictures."}],
        "ethical_considerations": [{"name": "False matches", "mitigation_strategy": "Two people look."}],
    },
}
HF_DOCUMENT = """---
language:
- en
tags:
- faces
model-index:
- name: Matcher
  results:
  - task:
      type: other
    dataset:
      type: other
      name: See the sections below
    metrics:
    - type: accuracy
      value: 0.9
---

# Matcher

Compares faces.

## What it is for

Finding missing people.
"""
EU_DOCUMENT = {
    "standard": "Regulation (EU) 2024/1689, Annex VIII",
    "sections": {
        "A": {"1": "Maker Ltd", "4": "Matcher", "5": "Finding people.", "7": "on the market or in service"},
        "C": {"1": "Riverton Police", "4": "It was done in May."},
    },
}
THEIRS = {
    "nl": NL_DOCUMENT,
    "aia": AIA_DOCUMENT,
    "model-card": CARD_DOCUMENT,
    "hugging-face": HF_DOCUMENT,
    "annex-viii": EU_DOCUMENT,
}


@pytest.mark.parametrize("name", THEIRS)
def test_a_document_of_theirs_comes_back_as_it_was(name: str) -> None:
    found = STANDARDS[name].read(THEIRS[name])
    assert found.unplaced == ()
    assert STANDARDS[name].write(found.draft, About()) == THEIRS[name]


@settings(max_examples=scale(60, 1000), deadline=None, derandomize=True)
@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "name": _ONE_LINE,
            "organization": _ONE_LINE,
            "lawful_basis": _TEXT,
            **dict.fromkeys(("goal", "proportionality", "human_intervention", "risks", "source_data"), _TEXT),
            "status": st.sampled_from(["In gebruik", "In ontwikkeling"]),
            "methods_and_models": _TEXT,
            "process_index_url": st.just("https://www.example.org/avg"),
        },
    )
)
def test_whatever_the_dutch_register_says_comes_back_or_is_named(changes: dict[str, Any]) -> None:
    given_ = {**NL_DOCUMENT, **changes}
    found = STANDARDS["nl"].read(given_)
    again = STANDARDS["nl"].write(found.draft, About())
    named = {one.place.split(".")[0] for one in found.unplaced}
    for name, value in given_.items():
        assert again.get(name) == value or name in named, name
    assert set(again) <= set(given_)


ATRS_ROWS = [
    ("1.1", "name", "Matcher"),
    ("0.13", "phase", "Beta/Pilot"),
    ("2.1.4", "external_supplier_involvement", "Yes"),
    ("2.1.4.1", "external_supplier", "Maker Ltd"),
    ("2.2.2", "scope", "Finding missing people."),
    ("2.4.2.6", "model_architecture", "A network of 40 layers."),
    ("2.4.3.1", "source_data_name", "- Faces\n- List"),
    ("2.4.3.4", "data_quantities", "- 1000\n- 20"),
]


def test_a_sheet_is_read_by_names_and_by_the_numbers_of_version_3() -> None:
    whole = [
        {"reference_number": number, "attribute": name, "value": said} for number, name, said in ATRS_ROWS
    ]
    by_name = [{"attribute": row["attribute"], "value": row["value"]} for row in whole]
    by_number = [{"reference_number": row["reference_number"], "value": row["value"]} for row in whole]
    moved = [{**row, "reference_number": "9.9"} for row in whole]
    for rows in (whole, by_name, by_number, moved):
        found = STANDARDS["atrs"].read({"fields": rows})
        assert found.draft == {
            "name": "Matcher",
            "lifecycle": {"stages": [{"stage": "pilot_live"}]},
            "suppliers": [{"name": "Maker Ltd"}],
            "purpose": "Finding missing people.",
            "data_used": [{"name": "Faces", "records": 1000}, {"name": "List", "records": 20}],
            "workings": "A network of 40 layers.",
        }
        assert found.unplaced == ()


def test_columns_that_do_not_fit_together_are_not_guessed() -> None:
    rows = [
        {"attribute": "source_data_name", "value": "- Faces\n- List\n- Third"},
        {"attribute": "data_quantities", "value": "- 1000\n- 20"},
    ]
    found = STANDARDS["atrs"].read({"fields": rows})
    assert found.draft == {"data_used": [{"name": "Faces"}, {"name": "List"}, {"name": "Third"}]}
    assert "2 lines where another text has 3" in found.unplaced[0].why


def test_nobody_who_answered_is_named() -> None:
    data = {"projectDetailsRespondent": "Somebody", "projectDetailsTitle": "Plates"}
    found = STANDARDS["aia"].read({"data": data})
    assert found.draft == {"name": "Plates"}
    assert "Somebody" not in str(found)


_LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=9)
)
_GROUP = st.lists(_LEAF, max_size=3) | st.dictionaries(st.text(max_size=5), _LEAF, max_size=3)
_JSON = (
    _LEAF | _GROUP | st.lists(_GROUP, max_size=2) | st.dictionaries(st.text(max_size=5), _GROUP, max_size=2)
)


def _places(document: Any) -> list[tuple[Any, ...]]:
    return [at[:length] for at, _ in flat(document) for length in range(1, len(at) + 1)]


@pytest.mark.parametrize("name", [*THEIRS, "atrs", "dcat"])
@settings(max_examples=scale(60, 1000), deadline=None, derandomize=True)
@given(data=st.data())
def test_nothing_that_is_said_breaks_the_reading(name: str, data: st.DataObject) -> None:
    standard = STANDARDS[name]
    whole = THEIRS.get(name) or export(standard, SHIPPED[0], ABOUT).document
    if isinstance(whole, str):
        document: Any = whole[: data.draw(st.integers(0, len(whole)))] + data.draw(st.text(max_size=20))
    else:
        document = json.loads(json.dumps(whole))
        place = data.draw(st.sampled_from(_places(document)))
        inner = document
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = data.draw(_JSON)
    found = standard.read(document)
    assert standard.read(data.draw(_JSON)) is not None
    json.dumps(found.draft)
    standard.write(found.draft, About())


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"{" * 100_000, "nesting"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nesting"),
        (b'["' + b'\\"' * 400_000, "not JSON"),
        (b'["' + b"[" * 400_000, "not JSON"),
        (b'"\\', "not JSON"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b'"' + b"x" * LARGEST + b'"', "KiB"),
        (b"[" + b"1," * MOST_VALUES + b"1]", "values"),
        (b"[" + b"9" * 5000 + b"]", "not JSON"),
        (rb'["\ud800"]', "half a sign"),
        (b"", "not JSON"),
    ],
)
def test_hostile_input_is_refused_with_what_is_wrong(raw: bytes, problem: str) -> None:
    data, faults = read_json(raw)
    assert data is None
    assert [problem in fault.problem for fault in faults] == [True]
    assert faults[0].repair


@pytest.mark.parametrize("name", ["model-card", "dcat"])
@pytest.mark.parametrize("number", [10**400, -(10**400), 10**300, 1e300])
def test_a_number_of_any_length_is_no_figure_and_no_accident(name: str, number: float) -> None:
    standard = STANDARDS[name]
    entry = next(one for one in SHIPPED if any(figure.value is not None for figure in one.measurements))
    document = json.loads(json.dumps(export(standard, entry, About()).document))
    put_everywhere(document, number)
    json.dumps(standard.read(document).draft)


def put_everywhere(data: Any, number: float) -> None:
    """Put a number where any number stood."""
    for place, value in list(data.items() if isinstance(data, dict) else enumerate(data)):
        if isinstance(value, dict | list):
            put_everywhere(value, number)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            data[place] = number


def test_every_label_means_one_field() -> None:
    """Texts are read back by their labels, and terms by theirs."""
    waiting: list[type[BaseModel]] = [Entry]
    seen: set[type[BaseModel]] = set()
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        labels = [label for label, _ in parts_of(model).values()]
        assert len(set(labels)) == len(labels), model
        assert not any(":" in label for label in labels)
        for _, kind in parts_of(model).values():
            inner = getattr(kind, "__args__", (kind,))[0]
            if isinstance(inner, type) and issubclass(inner, Term):
                words = [term.label for term in inner]
                assert len(set(words)) == len(words), inner
            elif isinstance(inner, type) and issubclass(inner, BaseModel):
                waiting.append(inner)
