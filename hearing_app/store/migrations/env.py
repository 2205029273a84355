"""Alembic's environment: migrations run on the connection that the application hands in.

Developers can also run Alembic itself, with the database named in HEARING_DATABASE_URL.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from hearing_app.settings import Settings
from hearing_app.store.engine import open_engine, writing
from hearing_app.store.tables import metadata


def _run(connection: Connection) -> None:
    # Batch mode: SQLite cannot alter a column in place, so Alembic copies the table.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    _run(handed_in)
else:
    with writing(open_engine(Settings().record_url)) as own:
        _run(own)
