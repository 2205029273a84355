"""The promise that an acknowledged comment is on disk: the server is killed in the middle of a stream.

``HEARING_KILLS`` sets how often; each kill comes at a random moment of the stream.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx2
from sqlalchemy import func, select

from hearing_app.hearings.comment import comment_by_receipt
from hearing_app.record.keys import load_key
from hearing_app.record.ledger import faults
from hearing_app.store.engine import check_integrity, open_engine, reading
from hearing_app.store.tables import comment, ledger

KILLS = int(os.environ.get("HEARING_KILLS", "3"))
WRITERS = 4
HEARING = "demonstration-risk-scores"
URL = f"/api/v1/hearings/{HEARING}/comments"


def body(draft_id: str) -> dict[str, object]:
    return {
        "draft_id": draft_id,
        "system_id": "compas",
        "system_version": 1,
        "concern": f"The comment of draft {draft_id} must be found again, whatever happens to the power.",
    }


def stream(address: str, stop: threading.Event, sent: dict[str, str], acknowledged: dict[str, str]) -> None:
    """Send comments until nobody answers: note each draft before it is sent, and each receipt that came."""
    with httpx2.Client(base_url=address, timeout=20) as client:
        while not stop.is_set():
            draft_id = secrets.token_hex(16)
            sent[draft_id] = ""
            try:
                answer = client.post(URL, json=body(draft_id))
            except httpx2.TransportError:
                return  # The server is dead.
            assert answer.status_code == 201, answer.text
            acknowledged[draft_id] = answer.json()["receipt"]


def kill_in_the_middle(
    server: SimpleNamespace, wait: float, sent: dict[str, str], acknowledged: dict[str, str]
) -> int:
    """Let the writers write, kill the server, and return how many receipts came in this round."""
    before, stop = len(acknowledged), threading.Event()
    writers = [
        threading.Thread(target=stream, args=(server.address, stop, sent, acknowledged))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    end = time.monotonic() + 20
    while len(acknowledged) < before + WRITERS and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(wait)
    server.process.kill()
    server.process.wait(10)
    stop.set()
    for writer in writers:
        writer.join(30)
        assert not writer.is_alive()
    return len(acknowledged) - before


def check_record(data: Path, sent: dict[str, str], acknowledged: dict[str, str]) -> None:
    """Every receipt is found with the words of its draft, nothing is doubled, and the ledger is sound."""
    engine, key = open_engine(f"sqlite:///{data / 'hearing.sqlite'}"), load_key(data / "keys/receipt.key")
    check_integrity(engine)
    with reading(engine) as db:
        for draft_id, receipt in acknowledged.items():
            assert draft_id in comment_by_receipt(db, key, receipt).concern
        words = list(db.execute(select(comment.c.concern)).scalars())
        submitted = db.execute(
            select(func.count()).select_from(ledger).where(ledger.c.kind == "comment.submitted")
        ).scalar_one()
        assert faults(db) == []
    engine.dispose()
    # Some arrived whose receipt never came back; none that was never sent, and none twice.
    assert len(set(words)) == len(words) == submitted
    assert len(acknowledged) <= len(words) <= len(sent)


def test_an_acknowledged_comment_survives_the_death_of_the_server(
    start_server: Callable[..., SimpleNamespace], tmp_path: Path
) -> None:
    chance = random.Random()
    sent: dict[str, str] = {}
    acknowledged: dict[str, str] = {}
    server = start_server(tmp_path / "server")
    for round_ in range(KILLS):
        received = kill_in_the_middle(server, chance.uniform(0.0, 0.8), sent, acknowledged)
        assert received >= WRITERS, f"round {round_}: nothing was under way"
        server = start_server(tmp_path / "server")
        check_record(server.data, sent, acknowledged)
        # Whoever was not answered sends the same draft again, and gets one receipt for one comment.
        with httpx2.Client(base_url=server.address, timeout=20) as client:
            unanswered = [draft_id for draft_id in sent if draft_id not in acknowledged]
            for draft_id in unanswered:
                answer = client.post(URL, json=body(draft_id))
                assert answer.status_code in {200, 201}
                acknowledged[draft_id] = answer.json()["receipt"]
            some = secrets.choice(list(acknowledged))
            again = client.post(URL, json=body(some)).json()
            assert (again["receipt"], again["repeated"]) == (acknowledged[some], True)
        check_record(server.data, sent, acknowledged)
        assert len(acknowledged) == len(sent)
    server.process.terminate()
    assert server.process.wait(20) == 0
