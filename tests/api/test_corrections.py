"""What was reported about an entry, read from outside: a person's words only where an answer shows them."""

from __future__ import annotations

from starlette.routing import Route
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.deployment import Deployment
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.corrections.answering import Answering, answer
from hearing_app.registry.corrections.erasing import withdraw
from hearing_app.registry.corrections.receiving import CorrectionReceipt, receive
from hearing_app.registry.corrections.report import Report
from hearing_app.store.engine import writing

SECRET, SOURCE = "zebrawood", "https://www.example.org/quillwort"
LIST = "/api/v1/systems/compas/corrections"


def sent(house: Deployment) -> CorrectionReceipt:
    words = f"The score has eleven steps, says the {SECRET} manual."
    with writing(house.engine) as db:
        report = Report(new_draft_id(), "error", "compas", 1, "outputs", words, SOURCE)
        return receive(db, PUBLIC, house.key, report)


def answered(house: Deployment, number: str, *, shows_words: bool) -> None:
    given = Answering("not_corrected", "It has ten.", shows_words=shows_words)
    with writing(house.engine) as db:
        answer(db, Actor(Role.FACILITATOR, "7"), number, given, seen=0)


def holding(client: TestClient) -> set[str]:
    """Return the addresses of everything public that says a word of the report, or where it can be read."""
    paths = {
        one.path.replace("{system_id}", "compas")
        for one in ROUTES
        if isinstance(one, Route)
        and "GET" in (one.methods or ())
        and "{" not in one.path.replace("{system_id}", "")
    }
    assert {LIST, "/record/corrections", "/record/systems/compas"} <= paths
    found = {path: client.get(path) for path in sorted(paths)}
    assert sum(one.status_code == 200 for one in found.values()) > len(paths) / 2
    return {path for path, one in found.items() if SECRET in one.text or "quillwort" in one.text}


def files_with_words(house: Deployment) -> list[str]:
    return [
        file.name
        for file in sorted(house.settings.data.rglob("*"))
        if file.is_file() and SECRET.encode() in file.read_bytes()
    ]


def test_no_address_says_a_persons_words_before_an_answer_shows_them(
    house: Deployment, client: TestClient
) -> None:
    hidden, shown = sent(house), sent(house)
    assert holding(client) == set()
    answered(house, hidden.correction_id, shows_words=False)
    assert holding(client) == set()
    answered(house, shown.correction_id, shows_words=True)
    assert holding(client) == {LIST, "/record/systems/compas", "/record/systems/compas/corrections"}
    said = {one["id"]: one for one in client.get(LIST).json()["corrections"]}
    assert (said[hidden.correction_id]["words"], said[hidden.correction_id]["source"]) == ("", "")
    assert SECRET in said[shown.correction_id]["words"]
    assert files_with_words(house)
    for receipt in (hidden, shown):
        withdraw(house.engine, house.key, receipt.code)
    assert holding(client) == set()
    # Nor does a free page of the database, or its log, hold them.
    assert files_with_words(house) == []
