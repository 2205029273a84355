"""The description of the data interface (OpenAPI 3.1): every address, what it takes and what it answers.

Addresses and answers that have no model are described by hand in ``openapi.yaml`` beside this module. What a
model reads is described by that model, and lists of choices by their vocabulary, so that neither can say
something else than the program does.
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from hearing_app import __version__
from hearing_app.api.answers import json_answer
from hearing_app.api.comments import _Evidence, _Sent
from hearing_app.evidence.manifest import Manifest
from hearing_app.hearings.comments.draft import LIMITS, LONGEST_LINK, LONGEST_TITLE, MOST_LINKS
from hearing_app.hearings.hearing import Hearing, Phase
from hearing_app.hearings.life.stages import Stage
from hearing_app.hearings.vocabulary import (
    CommentType,
    Consent,
    IdentityBasis,
    Speaking,
    Stance,
    Standing,
    State,
    Target,
)
from hearing_app.record.signatures import SignedPublication, SignedRevocation
from hearing_app.registry.entry import Entry
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.vocabulary import Term

Schema = dict[str, Any]

_BY_HAND = Path(__file__).with_name("openapi.yaml")
_PREFIX = "#/components/schemas/"
# What every request is held against before it is read (`limits.py`, `hosts.py`), whatever it asks for.
_BEFORE_READING = {
    "408": "TooSlow",
    "413": "TooLarge",
    "414": "TooLong",
    "415": "WrongForm",
    "421": "WrongHost",
    "431": "LargeHead",
}


def description_of_the_interface(_request: Request) -> JSONResponse:
    """Give the description."""
    return json_answer(description())


@lru_cache(maxsize=1)
def description() -> Schema:
    """Return the whole description. It is made once and shared: change a copy, never what is returned."""
    document = cast(Schema, yaml.safe_load(_BY_HAND.read_text(encoding="utf-8")))
    document["info"]["version"] = __version__
    for item in document["paths"].values():
        for operation in (item[method] for method in ("get", "post") if method in item):
            for status, name in _BEFORE_READING.items():
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
    schemas = document["components"]["schemas"]
    for vocabulary in (Target, CommentType, Stance, Standing, Consent, State, Speaking, IdentityBasis):
        schemas[vocabulary.__name__] = {"type": "string", "enum": [str(term) for term in vocabulary]}
    schemas["StanceCounts"], schemas["StandingCounts"] = _counts(Stance), _counts(Standing)
    schemas["Entry"] = _of_model(Entry, schemas)
    schemas["Manifest"] = _of_model(Manifest, schemas)
    schemas["Rule"] = _of_model(Rule, schemas)
    for signed in (SignedPublication, SignedRevocation):
        schemas[signed.__name__] = _of_model(signed, schemas)
    schemas["Hearing"] = _hearing(schemas)
    schemas["HearingWithCounts"] = _with_counts(schemas["Hearing"])
    schemas["Comment"] = _comment(schemas)
    return document


def _of_model(model: type[BaseModel], schemas: Schema) -> Schema:
    """Return a model's schema; what it consists of is put beside it, each part under its own name.

    It is the schema of what may be read, not of what is written today: a version that was published before a
    field was thought of lacks it, and stays.
    """
    made = model.model_json_schema(ref_template=_PREFIX + "{model}")
    for name, part in made.pop("$defs", {}).items():
        # One name for two different things would describe one of them wrongly.
        if schemas.setdefault(name, part) != part:
            raise ValueError(f"the description has two schemas called {name}")
    return made


def _counts(vocabulary: type[Term]) -> Schema:
    names = [str(term) for term in vocabulary]
    count = {"type": ["integer", "null"], "minimum": 10, "multipleOf": 5}
    return _closed(dict.fromkeys(names, count))


def _closed(properties: Schema) -> Schema:
    """Return the schema of an answer that has these fields, all of them and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _hearing(schemas: Schema) -> Schema:
    """Return the schema of a hearing as it is shown: with its two moments, and the phase it is in."""
    made = _of_model(Hearing, schemas)
    properties = made["properties"]
    del properties["open_for_days"]
    moment = {"$ref": f"{_PREFIX}Moment"}
    properties |= {
        "opens_at": moment,
        "closes_at": moment,
        "phase": {"type": "string", "enum": [str(phase) for phase in Phase]},
        "stage": {"type": "string", "enum": [str(stage) for stage in Stage]},
    }
    made["required"] = [*made["required"], "opens_at", "closes_at", "phase", "stage"]
    return made


def _with_counts(hearing: Schema) -> Schema:
    made = deepcopy(hearing)
    made["title"] = "Hearing with counts"
    for name, part in (("comments", "Tally"), ("opinions", "Opinions")):
        made["properties"][name] = {"$ref": f"{_PREFIX}{part}"}
        made["required"].append(name)
    for name, item in (("slots", "Slot"), ("timeline", "HearingStep"), ("changes", "HearingChange")):
        made["properties"][name] = {"type": "array", "items": {"$ref": f"{_PREFIX}{item}"}}
        made["required"].append(name)
    return made


def _comment(schemas: Schema) -> Schema:
    """Return the schema of a comment's body: the model's, with what is checked after reading, too.

    The model takes any text, so that one answer can name every fault of a comment.
    """
    made = _of_model(_Sent, schemas)
    properties = made["properties"]
    for name, vocabulary in (
        ("target", Target),
        ("comment_type", CommentType),
        ("stance", Stance),
        ("consent", Consent),
        ("speaking", Speaking),
    ):
        default = properties[name]["default"]
        properties[name] = {"$ref": f"{_PREFIX}{vocabulary.__name__}", "default": default}
    properties["standing"] |= {
        "items": {"$ref": f"{_PREFIX}{Standing.__name__}"},
        "maxItems": len(Standing),
        "uniqueItems": True,
    }
    for name, most in LIMITS.items():
        properties[name]["maxLength"] = most
    properties["display_name"]["description"] = "The name to show, on one line; needed with text_and_name."
    properties["draft_id"] |= {"pattern": "^[0-9a-f]{32}$", "description": "Draw it yourself and keep it."}
    properties["system_id"] = {"$ref": f"{_PREFIX}Id"}
    properties["system_version"]["minimum"] = 1
    properties["seen"]["description"] = "The query of an evidence page; its figures are computed anew."
    properties["interpreter_language"]["description"] = "A language tag; needed with interpreter."
    properties["access_needs"]["description"] = "Read by facilitators alone, and erased after the hearing."
    properties["first_time"]["description"] = "Whether it is the first hearing; null where it is not said."
    properties["language_declared"]["description"] = "A language tag such as en or zh-Hant."
    properties["evidence"]["maxItems"] = MOST_LINKS
    properties["evidence"]["items"] = {"$ref": f"{_PREFIX}Link"}
    link = schemas["Link"] = schemas.pop(_Evidence.__name__)
    link["title"] = "Link"
    link["properties"]["url"] |= {"maxLength": LONGEST_LINK, "format": "uri"}
    link["properties"]["title"]["maxLength"] = LONGEST_TITLE
    made["title"] = "Comment"
    made["description"] = (
        "What a person sends. `concern`, `value_seen` and `ask` together need at least 20 characters."
    )
    return made
