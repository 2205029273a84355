"""What readers were no longer to see: after a restore of an older backup, it is hidden once more."""

from __future__ import annotations

from sqlalchemy import Connection

from hearing_app.hearings.comments import files, translations
from hearing_app.hearings.moderation import carried
from hearing_app.hearings.voting import erasing as voting
from hearing_app.record.before import Before

HIDING = (*carried.HIDING, *files.HIDING, *voting.HIDING, *translations.HIDING)
"""The kinds of events that hide something: noted outside the database."""


def hide_again(db: Connection, before: Before) -> list[str]:
    """Hide comments and what belongs to them, and say how much of it; see ``moderation.carried``."""
    said = carried.hide_again(db, before)
    beside = {
        "files wait to be screened again": files.screen_again(db, before),
        "statements are taken down again": voting.take_down_again(db, before),
        "older translations are removed": translations.remove_again(db, before),
    }
    return said + [
        f"Since this backup, readers were no longer to see them: {many} {what}."
        for what, many in beside.items()
        if many
    ]
