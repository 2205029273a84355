"""An entry that says something in every field: what the standard gives as the example of each."""

from __future__ import annotations

from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.standard import fields


def said(**changes: Any) -> dict[str, Any]:
    """Return the document of an entry that the standard's own examples make, with any field changed."""
    document: dict[str, Any] = {one.name: one.example for one in fields()}
    document["functions"] = ["anpr", "network_link_analysis"]
    document["supplier_disclosure"] = {
        "transparency_clause": True,
        "trade_secret_claims": [{"field": "tech_docs", "claim": "The weights are a secret."}],
    }
    document["lifecycle"] = {
        "stages": [
            {"stage": "pilot_live", "since": "2023", "until": "2024-05", "sources": ["report"]},
            {"stage": "retired", "since": "2024-05", "sources": ["report"]},
        ]
    }
    return document | changes


WHOLE = Entry.model_validate(said())
