"""The hearing pack for facilitators, and the open-data bundle for everyone: files that are written first."""

from __future__ import annotations

import tempfile
import time
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, select
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from hearing_app.api.answers import checkpoint_header
from hearing_app.api.cookies import actor_of
from hearing_app.deployment import Deployment, current
from hearing_app.documents.pack.bundle import write_bundle
from hearing_app.documents.pack.staff import choice_of
from hearing_app.documents.pack.whole import write_pack
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import Act, require
from hearing_app.record.ledger import size_of
from hearing_app.store.engine import reading
from hearing_app.store.tables import ledger

_ZIP = "application/zip"
# A bundle of a large hearing takes seconds: it is made once for all who ask within a minute.
FRESH_SECONDS, MOST_BYTES = 60.0, 120_000_000
_making = Lock()
# What only adds to a hearing, or is not public yet: nobody is harmed who reads it a minute later.
_ADDS = (
    "comment.submitted",
    "vote.cast",
    "speaking.wished",
    "answer.given",
    "theme.sorted",
    "statement.added",
)
# By record and hearing: the size of the ledger it was made at, when, and the bytes.
_kept: OrderedDict[tuple[str, str], tuple[int, float, bytes]] = OrderedDict()


def pack(request: Request) -> Response:
    """Give the pack of a hearing; filters as ``?state=published&theme=...``; the role is checked first."""
    house, hearing_id = current(), request.path_params["hearing_id"]
    actor = actor_of(request)
    require(actor, Act.EXPORT_COMMENTS)
    choice = choice_of(list(request.query_params.multi_items()))
    folder = tempfile.TemporaryDirectory()
    try:
        file = Path(folder.name) / "pack.zip"
        with reading(house.engine) as db:
            hearing_of(db, hearing_id)
            checkpoint = house.checkpoint(db)
            write_pack(
                db, actor, hearing_id, file, base=_base(request, house), checkpoint=checkpoint, choice=choice
            )
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        file,
        media_type=_ZIP,
        filename=f"{hearing_id}-pack.zip",
        headers={"Cache-Control": "no-store"},
        background=BackgroundTask(folder.cleanup),
    )


def open_data(request: Request) -> Response:
    """Give the open data of a hearing."""
    house, hearing_id = current(), request.path_params["hearing_id"]
    data = _bundle(house, hearing_id, _base(request, house))
    return Response(
        data,
        media_type=_ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{hearing_id}-open-data.zip"',
            "Cache-Control": "no-store",
            **checkpoint_header(),
        },
    )


def _bundle(house: Deployment, hearing_id: str, base: str) -> bytes:
    """Return the bundle as it was kept, where nothing happened since or it is less than a minute old."""
    with _making:
        with reading(house.engine) as db:
            hearing = hearing_of(db, hearing_id)
            key, size = (str(house.settings.data), hearing.id), size_of(db)
            if (found := _kept.get(key)) and _holds(db, found, size):
                return found[2]
            with tempfile.TemporaryDirectory() as own:
                file = Path(own) / "open-data.zip"
                write_bundle(db, hearing, file, base=base, checkpoint=house.checkpoint(db))
                data = file.read_bytes()
        _kept[key] = (size, time.monotonic(), data)
        _kept.move_to_end(key)
        # The one that was just made stays, however large it is: others wait for it now.
        while len(_kept) > 1 and sum(len(one) for _, _, one in _kept.values()) > MOST_BYTES:
            _kept.popitem(last=False)
        return data


def _holds(db: Connection, found: tuple[int, float, bytes], size: int) -> bool:
    """Return whether what was kept may still be given: nothing happened, or for a minute only what adds."""
    if found[0] == size:
        return True
    if time.monotonic() - found[1] >= FRESH_SECONDS or found[0] > size:
        return False
    takes_away = select(ledger.c.seq).where(ledger.c.seq >= found[0], ledger.c.kind.not_in(_ADDS))
    return db.execute(takes_away.limit(1)).first() is None


def _base(request: Request, house: Deployment) -> str:
    return (house.settings.public_url or str(request.base_url)).rstrip("/")
