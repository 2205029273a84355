"""A process that works on a record until it is killed: what it was told has happened, it prints at once.

One process imports everything once and starts the workers by forking, so a kill costs a tenth of a second
and not the start of a server. It reads one JSON object a line: ``{"work": "submit", "data": "...", ...}``;
the worker it starts answers on standard output, in whole lines, and at its end ``end N``.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from hearing_app.deployment import Deployment, carry_over, faults_of_copy, open_deployment
from hearing_app.documents.exports import write_export
from hearing_app.hearings.comments.comment import submit, withdraw
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.lists import comments_for_export
from hearing_app.people.permissions import OPERATOR, PUBLIC
from hearing_app.record.backup import make_backup
from hearing_app.record.receipts import new_draft_id
from hearing_app.record.restore import restore
from hearing_app.settings import Settings
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.migrate import migrate
from hearing_app.voices.language import detect

HEARING = "demonstration-risk-scores"


def say(*words: str) -> None:
    """Print a line in one write: it has arrived whole, or not at all."""
    os.write(1, (" ".join(words) + "\n").encode())


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def words_of(draft_id: str) -> str:
    return f"The comment of draft {draft_id} must be found again, whatever happens to the power."


@contextmanager
def dying_at(engine: Engine, stage: str, left: int) -> Iterator[None]:
    """Die at the ``left``-th time of a stage: "statement", "commit" (just before it) or never."""

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            die()

    names = {"statement": "before_cursor_execute", "commit": "commit"}
    if stage in names:
        event.listen(engine, names[stage], count)
    yield


def die_later(seconds: float) -> None:
    """Die at a moment that has nothing to do with what is being done."""
    threading.Timer(seconds, die).start()


def submitting(house: Deployment, order: dict[str, Any]) -> None:
    """Submit comments one after the other: say each draft before, and its receipt after the commit."""
    with dying_at(house.engine, order["stage"], order["left"]):
        for number in range(10_000):
            draft_id = new_draft_id()
            say("sent", draft_id)
            with writing(house.engine) as db:
                code = submit(
                    db, PUBLIC, house.key, Draft(draft_id, HEARING, "compas", 1, concern=words_of(draft_id))
                ).code
            if order["stage"] == "committed" and number + 1 == order["left"]:
                die()
            say("kept", draft_id, code)


def withdrawing(house: Deployment, order: dict[str, Any]) -> None:
    """Withdraw comments, whose words are erased by a VACUUM each time."""
    with dying_at(house.engine, order["stage"], order["left"]):
        for code in order["receipts"]:
            say("asked", code)
            withdraw(house.engine, house.key, code)
            say("gone", code)


def backing_up(house: Deployment, order: dict[str, Any]) -> None:
    """Make backups while another thread submits."""
    threading.Thread(target=submitting, args=(house, {"stage": "", "left": 0}), daemon=True).start()
    for _ in range(1000):
        folder, _ = make_backup(house.engine, Path(order["out"]), check=faults_of_copy, signer=house.signer)
        say("backed", folder.name)


def exporting(house: Deployment, order: dict[str, Any]) -> None:
    """Write exports over one another while another thread submits."""
    from hearing_app.cli.parts import write_whole

    threading.Thread(target=submitting, args=(house, {"stage": "", "left": 0}), daemon=True).start()
    for _ in range(1000):
        with reading(house.engine) as db:
            content = write_export(list(comments_for_export(db, OPERATOR, HEARING)), "jsonl")
        write_whole(Path(order["out"]) / "comments.jsonl", [content])
        say("exported", str(content.count(b"\n")))


def migrating(order: dict[str, Any]) -> None:
    """Bring an old database to the newest schema."""
    engine = open_engine(f"sqlite:///{order['data']}/hearing.sqlite")
    with dying_at(engine, order["stage"], order["left"]):
        migrate(engine)
    say("migrated")


def restoring(order: dict[str, Any]) -> None:
    """Put a backup in the place of a record."""
    data = Path(order["data"])
    restore(
        Path(order["backup"]),
        data,
        replace=True,
        checkpoints=data / "checkpoints.jsonl",
        check=faults_of_copy,
        carry_over=carry_over,
    )
    say("restored")


ON_A_HOUSE: dict[str, Callable[[Deployment, dict[str, Any]], None]] = {
    "submit": submitting,
    "withdraw": withdrawing,
    "backup": backing_up,
    "export": exporting,
}
ALONE: dict[str, Callable[[dict[str, Any]], None]] = {"migrate": migrating, "restore": restoring}


def work(order: dict[str, Any]) -> None:
    if order["after"] is not None:
        die_later(order["after"])
    if order["work"] in ALONE:
        ALONE[order["work"]](order)
        return
    house = open_deployment(
        Settings(data=Path(order["data"]), registry=Path(order["registry"]), datasets=Path(order["datasets"]))
    )
    say("open")
    ON_A_HOUSE[order["work"]](house, order)
    house.close()


def main() -> None:
    detect("A sentence that is long enough for the model to be asked about its language.")
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                random.seed()
                work(json.loads(line))
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        say("end", str(-os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
