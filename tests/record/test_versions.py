from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hearing_app.record.ledger import events, faults
from hearing_app.record.versions import (
    Version,
    latest_version,
    latest_versions,
    publish_version,
    versions_of,
)
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import ledger_content

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def publish(
    engine: Engine,
    document: dict[str, Any],
    name: str = "cameras",
    kind: str = "system",
    note: str = "",
) -> Version:
    with writing(engine) as db:
        return publish_version(
            db, actor="compilation", kind=kind, document_id=name, document=document, note=note, at=AT
        )


def test_a_version_is_read_back_as_it_was_published(engine: Engine) -> None:
    document = {"name": "Kameras für “Ü”", "score": 0.1, "list": [1, None, {"b": 2, "a": 1}]}
    version = publish(engine, document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert version.sha256 == sha256(text.encode()).hexdigest()
    assert (version.version, version.document, version.published_at) == (1, document, AT)
    with reading(engine) as db:
        assert latest_version(db, "system", "cameras") == version
        assert versions_of(db, "system", "cameras") == [version]
        (event,) = events(db)
        content = db.execute(select(ledger_content.c.content)).scalar_one()
        assert faults(db) == []
    assert (event.seq, event.kind, event.subject) == (version.seq, "system.published", "system:cameras")
    assert json.loads(content) == {"note": "", "sha256": version.sha256, "version": 1}


def test_the_version_before_stays_and_unchanged_text_makes_none(engine: Engine) -> None:
    first = publish(engine, {"a": 1, "b": 2})
    assert publish(engine, {"b": 2, "a": 1}, note="Sorted anew.") == first
    second = publish(engine, {"a": 2})
    third = publish(engine, {"a": 1, "b": 2}, note="Back to the first.")
    assert [version.version for version in (first, second, third)] == [1, 2, 3]
    with reading(engine) as db:
        assert versions_of(db, "system", "cameras") == [first, second, third]
        assert latest_version(db, "system", "cameras") == third
        assert len(list(events(db))) == 3


def test_kinds_and_documents_are_numbered_apart(engine: Engine) -> None:
    publish(engine, {"a": 1}, "b")
    newest_b = publish(engine, {"a": 2}, "b")
    only_a = publish(engine, {"a": 2}, "a")
    hearing = publish(engine, {"a": 3}, "b", kind="hearing")
    with reading(engine) as db:
        assert latest_versions(db, "system") == [only_a, newest_b]
        assert latest_versions(db, "hearing") == [hearing]
        assert latest_versions(db, "dataset") == []
        assert latest_version(db, "hearing", "a") is None
        assert versions_of(db, "hearing", "a") == []


def test_eight_publish_at_once_and_no_number_is_lost(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda number: publish(engine, {"n": number}), range(24)))
    assert sorted(version.version for version in versions) == list(range(1, 25))
    with reading(engine) as db:
        assert faults(db) == []


def test_what_json_cannot_say_leaves_no_trace(engine: Engine) -> None:
    with pytest.raises(ValueError, match="JSON"):
        publish(engine, {"n": float("nan")})
    with reading(engine) as db:
        assert list(events(db)) == []
        assert latest_versions(db, "system") == []
