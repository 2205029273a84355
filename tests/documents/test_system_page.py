"""A system's page as both doors show it: with what the other documents say, kept while nothing changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hearing_app.deployment import Deployment
from hearing_app.documents import system_page as module
from hearing_app.documents.system_page import SystemPage, made_page, system_page
from hearing_app.errors import NotFound
from hearing_app.people.permissions import COMPILATION
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.store.engine import reading, writing
from tests.documents.reading import assert_inert


def page_of(house: Deployment, system_id: str, number: int | None = None) -> SystemPage:
    with reading(house.engine) as db:
        return system_page(db, house.catalogue, house.settings.registry, system_id, number)


def test_the_other_documents_stand_in_their_sections(house: Deployment) -> None:
    html = page_of(house, "compas").html
    assert_inert(html)
    ids = [part.partition('"')[0] for part in html.split(' id="')[1:]]
    assert len(set(ids)) == len(ids)
    for section, title in (
        ("effects", "How much it may do to people"),
        ("law", "What the rules say"),
        ("answerable", "Who is responsible for what"),
        ("history", "What was done, and what is due"),
        ("history", "Systems like it"),
        ("history", "What changed since the hearing"),
        ("sources", "Take it with you"),
    ):
        within = html.split(f'id="section-{section}"')[1].split('<h2 id="section-')[0]
        assert f">{title}</h3>" in within


def test_what_the_register_adds_is_shown(house: Deployment) -> None:
    page = page_of(house, "compas")
    shown = page.html.split("What the register adds to this version")[1].split("</details>")[0]
    version = page.published.version
    for said in (
        version.sha256,
        version.actor,
        f"/api/v1/record/events/{version.seq}/proof",
        "Of the one before:",
    ):
        assert said in shown
    assert "(0 published comments)" in shown


def test_a_page_is_made_once_until_something_is_added_to_the_record(
    house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def counting(*given: object, **named: object) -> SystemPage:
        made.append(given[3])
        return made_page(*given, **named)  # type: ignore[arg-type] # handed on as it came

    monkeypatch.setattr(module, "made_page", counting)
    monkeypatch.setattr(module, "FRESH_SECONDS", 1e9)
    first = page_of(house, "compas")
    assert page_of(house, "compas") is first
    assert page_of(house, "compas", 1) is not first
    assert made == ["compas", "compas"]
    with writing(house.engine) as db:
        entry = entry_of(db, "compas").entry
        publish_entry(db, COMPILATION, entry.model_copy(update={"unit": "Desk"}), note="The unit is named.")
    assert page_of(house, "compas").published.entry.unit == "Desk"
    assert page_of(house, "compas", 1).published.entry.unit is None


def test_a_page_is_made_again_after_a_moment(house: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 1e-6)
    first = page_of(house, "compas")
    again = page_of(house, "compas")
    assert again is not first
    assert again.html == first.html


def test_no_more_pages_are_kept_than_there_is_room_for(
    house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    for system_id in ("compas", "anpr", "predpol"):
        page_of(house, system_id)
    assert len(module._kept) == 2


def test_what_is_not_there_is_not_kept(house: Deployment) -> None:
    for _ in range(2):
        with pytest.raises(NotFound):
            page_of(house, "nothing")


def test_the_day_decides_what_is_overdue(house: Deployment) -> None:
    with reading(house.engine) as db:
        given = (db, house.catalogue, house.settings.registry, "compas")
        early = made_page(*given, now=datetime(2026, 11, 24, tzinfo=UTC))
        late = made_page(*given, now=datetime(2036, 11, 24, tzinfo=UTC))
    assert early.html != late.html
