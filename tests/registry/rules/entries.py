"""Small entries for the rules: a body's own, in a place, with what a case says and nothing besides."""

from __future__ import annotations

from datetime import date
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.rules.reading import shipped_rules
from hearing_app.registry.rules.results import Result, results_of
from hearing_app.registry.rules.rule import Rule

RULES: dict[str, Rule] = {rule.id: rule for rule in shipped_rules()}
LATE = date(2028, 1, 1)
"""A day on which every rule is in force."""
_COUNTRIES = {"eu": "Sweden", "ca": "Canada", "cn": "China", "us": "United States", "": "Freedonia"}


def entry_in(place: str, *, by: str = "deployer", stage: str = "operational", **fields: Any) -> Entry:
    """Return an entry of a body in a place; by default its own, in use, serving no predictive work."""
    code = place.partition("-")[0]
    deployer = {
        "agency": "riverton-police",
        "name": "Riverton Police",
        "kind": "police",
        "country": _COUNTRIES[code],
        "places": [place] if "-" in place else [] if place else ["zz"],
    }
    data: dict[str, Any] = {
        "id": "case",
        "name": "A case",
        "lang": "en",
        "summary": "A system for a test.",
        "compiled": {"by": by, "as_of": "2026-11-01", "statement": "Made for a test."},
        "is_police_system": True,
        "deployer": deployer | fields.pop("deployer", {}),
        "lifecycle": {"stages": [{"stage": stage, "since": "2026-06-01", "sources": ["report"]}]},
        "functions": ["scheduling"],
        "purpose": "To be looked at.",
        "sources": [{"id": "report", "title": "Report", "publisher": "Riverton Police", "kind": "official"}],
    }
    return Entry.model_validate(data | fields)


def result_of(entry: Entry, rule: Rule, number: int = 0, on: date = LATE) -> Result:
    """Return what one part of a rule says about an entry."""
    return results_of(entry, [rule], on=on)[number]


def merged(*all_changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes on top of each other; answers to the questions of the rules are put together."""
    whole: dict[str, Any] = {}
    for changes in all_changes:
        for name, value in changes.items():
            both = isinstance(value, dict) and isinstance(whole.get(name), dict)
            whole[name] = whole[name] | value if both else value
    return whole
