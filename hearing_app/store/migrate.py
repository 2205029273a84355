"""Bringing a database to the newest schema, with Alembic, from code."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hearing_app.errors import Damaged
from hearing_app.store.engine import writing

# Alembic keeps what it works on in one place of the process: two at once would take each other's.
alembic_lock = Lock()


def migrate(engine: Engine) -> None:
    """Create or upgrade the schema in one transaction; at the newest version nothing happens.

    Raises ``Damaged`` when the database was written by a newer version of the application: going on would
    lose what this version does not know.
    """
    config, known = configured(), revisions()
    with writing(engine) as db:
        present = revision_of(db)
        if present == known[0]:
            return
        if present is not None and present not in known:
            raise Damaged(
                "The database was written by a newer version of this application.",
                kept="It was left as it is.",
                next_step="Start the version that wrote it, or a newer one.",
            )
        config.attributes["connection"] = db
        with alembic_lock:
            command.upgrade(config, "head")


def revision_of(db: Connection) -> str | None:
    """Return the version of the schema that a database has; ``None`` for an empty one."""
    return MigrationContext.configure(db).get_current_revision()


def revisions() -> list[str]:
    """Return every version of the schema that this application knows, the newest first."""
    return [one.revision for one in ScriptDirectory.from_config(configured()).walk_revisions()]


def configured() -> Config:
    """Return the configuration of the migrations, which lie beside this module."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
