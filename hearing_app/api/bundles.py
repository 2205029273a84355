"""The whole record as one file without a name: written once for a state of the record, and sent to many.

A slow reader so holds no snapshot of the database, and no file of its own. The file holds only what is
public, and is let go as soon as anything is added to the record: what was withdrawn is sent to nobody anew.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Lock

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hearing_app.deployment import Deployment, current
from hearing_app.errors import Busy, TooMany
from hearing_app.hearings.disclosure import public_contents
from hearing_app.record.bundle import bundle_lines
from hearing_app.record.ledger import Head, head
from hearing_app.store.engine import reading

MOST_DELIVERIES = 24
MOST_OF_ONE_NETWORK = 2
# Those who have not got all by then begin again; files of earlier states would else stay for ever.
DELIVERY_SECONDS = 600.0
RETRY_SECONDS = 60
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Written:
    """A file with the record in it, as it was at ``state``; ``number`` is its descriptor."""

    engine: Engine
    state: Head
    number: int
    length: int


class _Shelf:
    """The file of the present state, and who is being sent one; used from many threads."""

    def __init__(self) -> None:
        self.present: _Written | None = None
        self.deliveries: Counter[str] = Counter()
        self.lock, self.writing = Lock(), Lock()

    def drop(self, unless: Head | None = None) -> None:
        """Let the file go, unless it is of this state. Deliveries that go on have it open for themselves."""
        with self.lock:
            if self.present is not None and self.present.state != unless:
                os.close(self.present.number)
                self.present = None

    def begin(self, network: str, times: int) -> None:
        """Count a delivery. Raises ``TooMany`` for one network, ``Busy`` for all."""
        with self.lock:
            if self.deliveries[network] >= MOST_OF_ONE_NETWORK * times:
                raise TooMany(
                    "Your network is fetching the whole record already.",
                    kept="",
                    next_step="Please try again in a minute.",
                    retry_after=RETRY_SECONDS,
                )
            if self.deliveries.total() >= MOST_DELIVERIES:
                raise Busy(
                    "Many are fetching the whole record now.",
                    next_step="Please try again in a minute.",
                    retry_after=RETRY_SECONDS,
                )
            self.deliveries[network] += 1

    def end(self, network: str) -> None:
        """Count one delivery less."""
        with self.lock:
            self.deliveries[network] -= 1
            if not self.deliveries[network]:
                del self.deliveries[network]


_shelf = _Shelf()


def bundle_answer(network: str, times: int) -> Response:
    """Return the answer with the whole record; ``times`` is how much more than others a network may fetch."""
    house = current()
    _shelf.begin(network, times)
    try:
        return _Delivery(network, *_opened(house))
    except BaseException:
        _shelf.end(network)
        raise


def drop_outdated() -> None:
    """Let the file go when the record has moved on, even if nobody asks for it any more."""
    if _shelf.present is not None:
        with reading(current().engine) as db:
            state = head(db)
        _shelf.drop(unless=state)


def _opened(house: Deployment) -> tuple[int, int, int]:
    """Return a descriptor for one reader, the length in bytes, and the number of events."""
    with _shelf.writing, reading(house.engine) as db:
        state = head(db)
        with _shelf.lock:
            found = _shelf.present
            if found is not None and (found.engine, found.state) == (house.engine, state):
                return os.dup(found.number), found.length, state.size
        _shelf.drop()
        with TemporaryFile() as file:
            file.writelines(bundle_lines(db, house.signer, public_contents(db)))
            file.flush()
            made = _Written(house.engine, state, os.dup(file.fileno()), file.tell())
        with _shelf.lock:
            _shelf.present = made
            return os.dup(made.number), made.length, state.size


class _Delivery(Response):
    """Sends a file from a descriptor of its own, which it closes."""

    media_type = "application/x-ndjson"

    def __init__(self, network: str, number: int, length: int, size: int) -> None:
        super().__init__(
            headers={
                "Content-Disposition": f'attachment; filename="record-{size}.jsonl"',
                "Content-Length": str(length),
                "Cache-Control": "no-store",
                "Access-Control-Allow-Origin": "*",
            }
        )
        self.network, self.number, self.length = network, number, length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send piece by piece; who takes longer than ``DELIVERY_SECONDS`` loses the connection."""
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                await send(
                    {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                )
                place = self.length if scope["method"] == "HEAD" else 0
                while place < self.length:
                    # By its place: the descriptors of all readers share one position.
                    piece = await run_in_threadpool(os.pread, self.number, _PIECE, place)
                    place += len(piece)
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            pass  # An answer that ends before its length: the server breaks the connection off.
        finally:
            os.close(self.number)
            _shelf.end(self.network)
