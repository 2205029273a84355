"""Comments and hearings as the documents are given them, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearing_app.evidence.datasets import Catalogue
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.hearing import Hearing, Question
from hearing_app.record.versions import Version
from hearing_app.registry.entry import Entry
from hearing_app.registry.files import read_entries
from hearing_app.registry.published import PublishedEntry
from tests.hostile_formulas import Save, libreoffice

ROOT = Path(__file__).parents[2]
MakeComment = Callable[..., Comment]


@pytest.fixture(scope="session")
def catalogue() -> Iterator[Catalogue]:
    opened = Catalogue(ROOT / "datasets")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def entries() -> dict[str, Entry]:
    found, faults = read_entries(ROOT / "registry")
    assert faults == []
    return {entry.id: entry for entry in found}


@pytest.fixture(scope="session")
def publish() -> Callable[[Entry], PublishedEntry]:
    """Give an entry the look of a published one."""

    def as_published(entry: Entry) -> PublishedEntry:
        at = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
        version = Version("system", entry.id, 1, {}, "0" * 64, at, "compilation", "First", 0)
        return PublishedEntry(version, entry)

    return as_published


@pytest.fixture(scope="session")
def written() -> MakeComment:
    """Make a comment as the record gives it, with any field changed."""

    def make(**changes: Any) -> Comment:
        at = datetime(2026, 6, 1, 12, 0, 0, 250, tzinfo=UTC)
        fields: dict[str, Any] = {
            "comment_id": "C-2026-ABCDEF7",
            "hearing_id": "example-hearing",
            "system_id": "compas",
            "system_version": 1,
            "target": "data",
            "comment_type": "question",
            "concern": "Who checks the scores that are given?",
            "value_seen": "",
            "ask": "",
            "stance": "oppose",
            "standing": ["researcher", "lives_in_area"],
            "display_name": "",
            "consent": "text_only",
            "language_declared": "",
            "language_detected": "en",
            "language_detector": "langdetect 1.0.9",
            "language_confidence": 0.99,
            "evidence": [],
            "pinned": None,
            "submitted_at": at,
            "state": "published",
            "state_at": at,
            "reason_id": "",
            "reason_note": "",
            "rule_version": "2026-11",
            "decided_by": "facilitator:abc",
        }
        return Comment(**(fields | changes))

    return make


@pytest.fixture(scope="session")
def make_hearing() -> Callable[..., Hearing]:
    """Make a hearing on COMPAS that is open now, with any field changed."""

    def make(**changes: Any) -> Hearing:
        now = datetime.now(UTC)
        fields: dict[str, Any] = {
            "id": "example-hearing",
            "title": "Scores in Exampleton",
            "summary": "The board hears what people think of scores.",
            "convened_by": "The board of Exampleton",
            "demonstration": False,
            "systems": ("compas",),
            "questions": (Question(id="use", text="Should scores be used?"),),
            "time_zone": "Europe/London",
            "opens_at": now - timedelta(days=1),
            "closes_at": now + timedelta(days=9, hours=1),
            "what_happens_next": "The board answers in public.",
        }
        return Hearing(**(fields | changes))

    return make


@pytest.fixture(scope="session")
def soffice(tmp_path_factory: pytest.TempPathFactory) -> Save:
    """LibreOffice without a screen: opens files with a filter and saves each as XLSX."""
    return libreoffice(tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("saved"))
