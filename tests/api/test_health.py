"""Whether the service runs, said to whoever watches it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from hearing_app import __version__
from hearing_app.api import record


def test_it_says_that_it_runs_and_no_more(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})


def test_a_service_that_cannot_write_is_not_well(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "can_write", lambda _engine, _folder: False)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "degraded: cannot write", "version": __version__}
    # What is stored can still be read.
    assert client.get("/record").status_code == 200
