"""Figures as model cards have them: the name of a measure, a number, and the group that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import Draft, Unplaced
from hearing_app.registry.exchange.kinds import refusal

FIGURES = frozenset(
    {
        *("measurements.metric", "measurements.value"),
        *("subgroup_claims.metric", "subgroup_claims.value"),
        *("subgroup_claims.attribute", "subgroup_claims.group"),
    }
)
_BETWEEN = ": "


def write_figures(data: Draft) -> list[dict[str, Any]]:
    """Return {type, value, slice} for each figure that has a measure and a number; whole ones come first."""
    made = [
        {"type": one["metric"], "value": one["value"]}
        for one in data.get("measurements") or ()
        if "metric" in one and "value" in one
    ]
    return made + [
        {"type": one["metric"], "value": one["value"], "slice": _slice(one)}
        for one in data.get("subgroup_claims") or ()
        if "metric" in one and "value" in one and _slice(one)
    ]


def read_figures(place: str, given: object, draft: Draft) -> list[Unplaced]:
    """Put the figures of a card into a draft; return what could not be placed."""
    if given is None:
        return []
    if not isinstance(given, list):
        return [Unplaced(place, given, "This is not a list.")]
    unplaced = []
    for number, one in enumerate(given):
        figure = _figure(one) if isinstance(one, Mapping) else None
        if figure is None:
            why = "This is not the name of a measure with a number."
            unplaced.append(Unplaced(f"{place}.{number}", one, why))
        else:
            draft.setdefault("subgroup_claims" if "group" in figure else "measurements", []).append(figure)
    return unplaced


def is_number(value: object) -> bool:
    """Return whether it is a number that a figure can have."""
    # A whole number of any length can be compared, and not every one be turned into another kind.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _slice(one: Mapping[str, Any]) -> str:
    attribute, group = one.get("attribute", ""), one.get("group", "")
    return f"{attribute}{_BETWEEN}{group}" if attribute and _BETWEEN not in attribute else group


def _figure(one: Mapping[str, Any]) -> dict[str, Any] | None:
    metric, value, about = one.get("type"), one.get("value"), one.get("slice")
    if not is_number(value) or set(one) - {"type", "value", "slice"}:
        return None
    if refusal(Entry, "measurements.metric", metric):
        return None
    figure = {"metric": metric, "value": value}
    if about is None:
        return figure
    if refusal(Entry, "subgroup_claims.group", about):
        return None
    attribute, between, group = about.partition(_BETWEEN)
    return figure | ({"attribute": attribute, "group": group} if between and group else {"group": about})
