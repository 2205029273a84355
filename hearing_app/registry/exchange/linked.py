"""Lists of titles with links, beside a text that says the rest: the Dutch register has three of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import Draft, Unplaced
from hearing_app.registry.exchange.boxes import Box, read_box, write_box
from hearing_app.registry.exchange.kinds import refusal
from hearing_app.registry.exchange.trip import get


@dataclass(frozen=True, slots=True)
class Linked:
    """The rows {title, link} at ``rows`` for the list at ``path``, and the box that holds what they cannot.

    ``types`` are (our type, their title) for a list whose items have one; ``fixed`` is what every row means.
    """

    rows: str
    path: str
    text: Box
    title: str = "title"
    most_title: int = 500
    most_link: int = 500
    link_needed: bool = True
    types: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()

    @property
    def places(self) -> tuple[str, str]:
        """The two places."""
        return self.rows, self.text.place


def write_linked(linked: Linked, data: Draft) -> dict[str, Any]:
    """Return rows for all items that have a title and a link, and the text of what is more than that."""
    items = get(data, linked.path) or []
    rows = [row for item in items if (row := _row(linked, item))]
    more = [item for item in items if _item(linked, _row(linked, item) or {}) != item]
    # What a row says whole is not repeated, unless reading it back would change the order.
    for kept in (more, items):
        rest = {name: value for name, value in data.items() if name != linked.path}
        text = write_box(linked.text, rest | ({linked.path: kept} if kept else {}))
        made: dict[str, Any] = {linked.rows: rows} if rows else {}
        made |= {linked.text.place: text} if text else {}
        if read_linked(linked, made)[0].get(linked.path, []) == items:
            break
    return made


def read_linked(linked: Linked, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Unplaced]]:
    """Return the fields that rows and text describe together, and what could not be placed."""
    unplaced: list[Unplaced] = []
    values: dict[str, Any] = {}
    if linked.text.place in given:
        values, why = read_box(linked.text, given[linked.text.place])
        unplaced += [Unplaced(linked.text.place, given[linked.text.place], why)] if why else []
    told = values.get(linked.path, [])
    rows = given.get(linked.rows, [])
    if not isinstance(rows, list):
        return values, [*unplaced, Unplaced(linked.rows, rows, "This is not a list.")]
    found = []
    for place, row in enumerate(rows):
        item = _item(linked, row) if isinstance(row, Mapping) else {}
        why = _refused(linked, item) if item else "This is not a row with a title and a link."
        if why:
            unplaced.append(Unplaced(f"{linked.rows}.{place}", row, why))
        elif not any(_row(linked, one) == dict(row) for one in told):
            found.append(item)
    return values | ({linked.path: found + told} if found or told else {}), unplaced


def _row(linked: Linked, item: Mapping[str, Any]) -> dict[str, str] | None:
    title, link = item.get(linked.title, ""), item.get("address", "")
    fits = 0 < len(title) <= linked.most_title and len(link) <= linked.most_link
    if not fits or (linked.link_needed and not link) or any(item.get(k) != v for k, v in linked.fixed):
        return None
    return {"title": title, "link": link} if link else {"title": title}


def _item(linked: Linked, row: Mapping[str, Any]) -> dict[str, Any]:
    title, link = row.get("title"), row.get("link") or ""
    if not isinstance(title, str) or not isinstance(link, str) or not title.strip():
        return {}
    kind = next((ours for ours, theirs in linked.types if theirs == title), None)
    item = {"type": kind} if kind else {}
    item |= {linked.title: title, **dict(linked.fixed)}
    return item | ({"address": link} if link else {})


def _refused(linked: Linked, item: Mapping[str, Any]) -> str:
    names = [linked.title, *(["address"] if "address" in item else [])]
    return next((why for name in names if (why := refusal(Entry, f"{linked.path}.{name}", item[name]))), "")
