"""Erasure that keeps faith: withdrawn words are in no file, page, export or log, nor in the next backup."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from sqlalchemy import select

from hearing_app.deployment import Deployment, faults_of_copy, open_deployment, record_faults
from hearing_app.documents.exports import FORMATS, write_export
from hearing_app.hearings.comments.comment import comment_by_receipt, withdraw
from hearing_app.hearings.comments.lists import comments_for_export
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import OPERATOR, Actor, Role
from hearing_app.record.backup import made_here, make_backup
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import comment
from tests.scale import scale

HEARING = "demonstration-risk-scores"
ROOT = Path(__file__).parents[1]
Measure = Callable[[str, float | int | str], None]
PAGES = (
    *("/", "/record", f"/record/hearings/{HEARING}", "/feed.atom", "/api/v1/record/events"),
    *(f"/api/v1/hearings/{HEARING}", f"/api/v1/hearings/{HEARING}/comments", "/api/v1/record/bundle.jsonl"),
)
SPAN = 8


def words_of(number: int) -> str:
    """Long words, like those of no other: they cross from one page of the file to the next."""
    return " ".join(
        f"{word}{number}é" for word in ["worried", "neighbours", "asked", "about", "cameras"] * 30
    )


def spans_of(number: int) -> set[bytes]:
    """Every eight words in a row, as text and as JSON may write it."""
    words = words_of(number).split()
    spans = {" ".join(words[start : start + SPAN]) for start in range(len(words) - SPAN + 1)}
    return {form for span in spans for form in (span.encode(), json.dumps(span)[1:-1].encode())}


def files_below(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def running(start_server: Callable[..., SimpleNamespace], tmp_path: Path) -> SimpleNamespace:
    return start_server(tmp_path / "server")


@pytest.fixture
def beside(running: SimpleNamespace) -> Iterator[Deployment]:
    """The record of the running server, open in this process as well."""
    house = open_deployment(
        Settings(data=running.data, registry=ROOT / "registry", datasets=ROOT / "datasets")
    )
    yield house
    house.close()


@pytest.mark.promise("T5")
def test_after_a_withdrawal_the_words_are_nowhere(
    running: SimpleNamespace, beside: Deployment, tmp_path: Path, measure: Measure
) -> None:
    many, backups = scale(8, 100), tmp_path / "backups"
    with httpx2.Client(base_url=running.address, timeout=60) as client:
        receipts = {}
        for number in range(many):
            sent = client.post(
                f"/api/v1/hearings/{HEARING}/comments",
                json={
                    "draft_id": f"{number:032x}",
                    "system_id": "compas",
                    "system_version": 1,
                    "concern": words_of(number),
                    "display_name": f"Somebody{number}",
                    "consent": "text_and_name",
                },
            )
            assert sent.status_code == 201, sent.text
            receipts[number] = sent.json()["receipt"]
            if number % 2 == 0:
                with writing(beside.engine) as db:
                    facilitator = Actor(Role.FACILITATOR, "fay")
                    number_of = sent.json()["comment_id"]
                    decide(db, facilitator, number_of, State.PUBLISHED, seen_state=State.SUBMITTED)
        make_backup(beside.engine, backups / "before", check=faults_of_copy)

        def everything() -> bytes:
            """What readers are shown, what facilitators export, what lies on the disk, what was logged."""
            pages = [client.get(page) for page in PAGES]
            assert all(page.status_code == 200 for page in pages)
            with reading(beside.engine) as db:
                listed = list(comments_for_export(db, OPERATOR, HEARING))
            exports = [write_export(listed, form) for form in FORMATS if form != "xlsx"]
            files = [path.read_bytes() for path in files_below(running.out.parent)]
            return b"\n".join([*(page.content for page in pages), *exports, *files])

        before = everything()
        assert all(any(span in before for span in spans_of(number)) for number in range(many))
        withdrawn = [number for number in range(many) if number % 4 != 3]
        for number in withdrawn:
            assert withdraw(beside.engine, beside.key, receipts[number]).state == State.WITHDRAWN
        after = everything()
        make_backup(beside.engine, backups / "after", check=faults_of_copy)
        after += b"\n".join(path.read_bytes() for path in files_below(backups / "after"))
    hits = sum(span in after for number in withdrawn for span in spans_of(number))
    assert hits == 0
    assert not any(f'Somebody{number}"'.encode() in after for number in withdrawn)
    assert all(any(span in after for span in spans_of(number)) for number in range(3, many, 4))
    # The one before still has them, until it is replaced.
    old = b"".join(path.read_bytes() for path in files_below(backups / "before"))
    assert any(span in old for span in spans_of(0))
    with reading(beside.engine) as db:
        assert record_faults(beside, db) == []
        assert len(db.execute(select(comment)).all()) == many
        assert comment_by_receipt(db, beside.key, receipts[0]).state == State.WITHDRAWN
    assert len(made_here(backups / "after")) == 1
    measure("comments withdrawn", len(withdrawn))
    measure(f"spans of {SPAN} words found afterwards", hits)
