"""The record at size: a root, a proof, a bundle and a whole check, beside hashing every leaf, in one run.

`make bench` runs it. Ratios are to the time that hashing all leaves anew takes in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import select

from hearing_app.record.bundle import bundle_lines, inclusion_proof, verify_bundle
from hearing_app.record.checkpoint import Signer
from hearing_app.record.ledger import append, faults, head
from hearing_app.record.merkle import root
from hearing_app.store.engine import open_engine, reading, writing
from hearing_app.store.migrate import migrate
from hearing_app.store.tables import ledger

T = TypeVar("T")
EVENTS = 100_000
PROOFS = 500


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    signer = Signer.of(bytes(range(32)))
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'hearing.sqlite'}")
        migrate(engine)

        def fill() -> None:
            for start in range(0, events, 1000):
                with writing(engine) as db:
                    for number in range(start, min(start + 1000, events)):
                        content = {"concern": f"The words of comment {number}, some forty characters."}
                        append(
                            db,
                            actor="public",
                            kind="comment.submitted",
                            subject=f"comment:{number}",
                            content=content,
                            private={"stance": "oppose"},
                        )

        filled, _ = timed(fill)
        print(f"{events} events appended: {filled / events * 1e3:.2f} ms each")
        with reading(engine) as db:
            hashed, top = timed(
                lambda: root(db.execute(select(ledger.c.leaf_hash).order_by(ledger.c.seq)).scalars())
            )
            rooted, now = timed(lambda: head(db))
            same(now.root, top)
            proved, _ = timed(
                lambda: [inclusion_proof(db, signer, n * events // PROOFS) for n in range(PROOFS)]
            )
            checked, found = timed(lambda: faults(db))
            same(found, [])
            bundled, lines = timed(lambda: list(bundle_lines(db, signer, lambda _event, _content: True)))
        verified, result = timed(lambda: verify_bundle(lines))
        same(result.faults, ())
        engine.dispose()
        size = sum(map(len, lines)) / 1e6
        rows = [
            ("root by hashing every leaf", hashed),
            ("root from kept nodes", rooted),
            ("one inclusion proof, signed", proved / PROOFS),
            ("check of the whole ledger", checked),
            (f"bundle written ({size:.0f} MB)", bundled),
            ("bundle verified", verified),
        ]
        for name, seconds in rows:
            print(f"{name:<32} {seconds * 1e3:>10.1f} ms  {seconds / hashed:>8.3f}")


def same(found: object, expected: object) -> None:
    """A figure of something that is wrong is no figure."""
    if found != expected:
        raise SystemExit(f"expected {expected!r}, found {found!r}")


def timed(act: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    made = act()
    return time.perf_counter() - began, made


if __name__ == "__main__":
    main()
