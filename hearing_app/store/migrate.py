"""Bringing a database to the newest schema, with Alembic, from code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from hearing_app.errors import Damaged
from hearing_app.store.engine import writing


def migrate(engine: Engine) -> None:
    """Create or upgrade the schema in one transaction; at the newest version nothing happens.

    Raises ``Damaged`` when the database was written by a newer version of the application: going on would
    lose what this version does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    with writing(engine) as db:
        present = MigrationContext.configure(db).get_current_revision()
        if present == script.get_current_head():
            return
        if present is not None and present not in {revision.revision for revision in script.walk_revisions()}:
            raise Damaged(
                "The database was written by a newer version of this application.",
                kept="It was left as it is.",
                next_step="Start the version that wrote it, or a newer one.",
            )
        config.attributes["connection"] = db
        command.upgrade(config, "head")
