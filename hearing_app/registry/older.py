"""Entries as they were written before: versions are never changed, so what was published stays readable.

A stored version keeps the fields of its day. Only the reading of it is brought up to the present model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def upgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its fields under their present names; the given one is left alone."""
    data = dict(document)
    if "consequences" in data:
        data["output_use"] = {"consequences": data.pop("consequences")} if data["consequences"] else None
        data.pop("consequences", None)
    if "rights" in data:
        said = data.pop("rights") or {}
        for old, new in (
            ("notice", "notice"),
            ("explanation", "explanation_route"),
            ("challenge", "challenge_route"),
        ):
            text = said.get(old)
            how = "how" if old == "notice" else "note"
            data[new] = {how: text, "sources": said.get("sources", [])} if text else None
    return data
