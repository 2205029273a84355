"""What of each entry bears a day by which something must be done: little, so that thousands can be asked.

A version never changes, so what was once read of it is kept, under the hash of its text, while it is current.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, func, select

from hearing_app.record.versions import each_latest_version
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.publication import Withheld
from hearing_app.registry.entry.purpose import Authorisation, SuccessTest
from hearing_app.registry.older import upgraded
from hearing_app.registry.vocabulary import LifecycleStage
from hearing_app.store.tables import document_version


class _Part(BaseModel):
    """A part of an entry of which only some fields are read; it was checked when it was published."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Deployer(_Part):
    agency: str
    name: str


class _Stage(_Part):
    stage: LifecycleStage


class _Lifecycle(_Part):
    stages: tuple[_Stage, ...] = Field(min_length=1)


class DatedEntry(_Part):
    """An entry's name, whose it is, and everything in it that must be done by a day."""

    id: str
    name: str
    deployer: _Deployer
    lifecycle: _Lifecycle
    next_review: PartialDate | None = None
    withheld: tuple[Withheld, ...] = ()
    success_test: SuccessTest | None = None
    authorisations: tuple[Authorisation, ...] = ()

    @property
    def stage(self) -> LifecycleStage:
        """The present stage."""
        return self.lifecycle.stages[-1].stage


FEW = 50
"""Entries that are read one by one; of more than that, all are read in one go."""
_kept: dict[str, DatedEntry] = {}


def dated_entries(db: Connection) -> list[DatedEntry]:
    """Return this of every current entry, by id."""
    table = document_version.c
    newest = (
        select(table.document_id, func.max(table.version).label("version"))
        .where(table.kind == "system")
        .group_by(table.document_id)
        .subquery()
    )
    current = select(table.document_id, table.sha256).join(
        newest, (table.document_id == newest.c.document_id) & (table.version == newest.c.version)
    )
    rows = list(db.execute(current.where(table.kind == "system").order_by(table.document_id)))
    # Another request may drop what is kept meanwhile: it is looked at once.
    kept = dict(_kept)
    new = [row.document_id for row in rows if row.sha256 not in kept]
    read = each_latest_version(db, "system", new if len(new) <= FEW else None) if new else ()
    found = {row.sha256: kept[row.sha256] for row in rows if row.sha256 in kept}
    for version in read:
        if version.sha256 not in found:
            found[version.sha256] = DatedEntry.model_validate(upgraded(version.document))
    for digest in kept.keys() - found:
        _kept.pop(digest, None)
    _kept.update(found)
    return [found[row.sha256] for row in rows]
