"""What else a database holds than the tables of this application: a trigger can undo what is written.

The hashes of the ledger cover rows, not what the database does by itself. A trigger that deletes each comment
on its arrival, or a view in the place of a table, would leave every row that is there as it should be. So
what a database says of its own making is compared with what the migrations make.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from alembic import command
from sqlalchemy import Connection, create_engine

from hearing_app.errors import Damaged
from hearing_app.store.migrate import alembic_lock, configured, revision_of, revisions
from hearing_app.store.tables import metadata

Objects = Mapping[tuple[str, str], str]

# Quotation marks and spaces say nothing, and SQLite changes them when it renames a table.
_SAYS_NOTHING = re.compile(r"[\s\"`\[\]]+")
# Statistics for the planner of queries; an operator may make them with ANALYZE.
_STATISTICS = frozenset(("table", f"sqlite_stat{number}") for number in range(1, 5))
_LONGEST_NAME = 60
_MOST_FAULTS = 5
_ON_POSTGRESQL = """
    SELECT 'trigger', tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace AND relname = ANY(%(tables)s)
    UNION ALL
    SELECT 'rule', rulename FROM pg_rules WHERE schemaname = current_schema() AND tablename = ANY(%(tables)s)
    ORDER BY 1, 2
"""


def foreign_faults(db: Connection) -> list[str]:
    """Return what of a database's own making is not this application's, in words; empty means all is.

    On SQLite every table, index, trigger and view is compared, with its definition; on PostgreSQL triggers
    and rules of its tables alone, as a database may be shared. A schema of another version than those that
    are known is for ``migrate`` to refuse.
    """
    if db.dialect.name == "postgresql":
        tables = {"tables": list(metadata.tables)}
        made = [(str(kind), str(name)) for kind, name in db.exec_driver_sql(_ON_POSTGRESQL, tables)]
        return [_not_ours(kind, name) for kind, name in made[:_MOST_FAULTS]]
    revision = revision_of(db)
    if revision is not None and revision not in revisions():
        return []
    there, ours = _objects(db), _as_made(revision)
    found = [_not_ours(*one) for one in there if one not in ours]
    found += [
        f"The database lacks the {kind} “{name}”, which this application made."
        for kind, name in ours.keys() - there
    ]
    found += [
        f"The {kind} “{name}” of the database is not as this application made it."
        for kind, name in ours
        if (kind, name) in there and there[kind, name] != ours[kind, name]
    ]
    return sorted(found)[:_MOST_FAULTS]


def check_own(db: Connection) -> None:
    """Raise ``Damaged`` where a database holds what is not of this application's making, or lacks what is."""
    if found := foreign_faults(db):
        raise Damaged(
            f"The record is damaged: {' '.join(found)}",
            kept="It was left as it is.",
            next_step="Find out who changed the database, restore the newest backup that verifies, and start "
            "again.",
        )


@cache
def _as_made(revision: str | None) -> Objects:
    """Return what the migrations make up to a version, in a database in memory; once for each version."""
    if revision is None:
        return {}
    engine = create_engine("sqlite://")
    try:
        with alembic_lock, engine.begin() as db:
            config = configured()
            config.attributes["connection"] = db
            command.upgrade(config, revision)
            return _objects(db)
    finally:
        engine.dispose()


def _objects(db: Connection) -> Objects:
    rows = db.exec_driver_sql("SELECT type, name, sql FROM sqlite_master")
    return {
        (str(kind), str(name)): _SAYS_NOTHING.sub("", str(sql or "")).lower()
        for kind, name, sql in rows
        if (kind, name) not in _STATISTICS
    }


def _not_ours(kind: str, name: str) -> str:
    article = "an" if kind == "index" else "a"
    return f"The database has {article} {kind}, “{name[:_LONGEST_NAME]}”, that this application did not make."
