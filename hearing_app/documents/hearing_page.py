"""Everything that stands on a hearing's page, read in one snapshot: both doors show what this gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from hearing_app.documents import agenda, answers, comment_record, moderation
from hearing_app.documents.hearing_life import life_of
from hearing_app.documents.hearings import NOTHING_YET, comments_html, hearing_html, is_taken_out
from hearing_app.documents.themes import themes_below, themes_section
from hearing_app.documents.voting import voting_section
from hearing_app.hearings.agenda.reading import agenda_of
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import Tally, opinions, speaking_order
from hearing_app.hearings.hearing import Hearing
from hearing_app.record.versions import latest_version

# What stands between what is asked and what was said: each reads what it shows, and gives "" for nothing.
SECTIONS: tuple[Callable[[Connection, Hearing], str], ...] = (
    agenda.agenda_section,
    themes_section,
    voting_section,
    answers.hearing_section,
    moderation.link_section,
)

# What stands below single comments, by their numbers.
BELOW: tuple[Callable[[Connection, Hearing, Sequence[str]], Mapping[str, str]], ...] = (
    themes_below,
    comment_record.identity_below,
    comment_record.files_below,
    comment_record.translations_below,
    agenda.below_comments,
    answers.below_comments,
)


def hearing_page(db: Connection, hearing: Hearing, counts: Tally, names: Mapping[str, str]) -> str:
    """Return a hearing's page without its comments; ``names`` gives each system's name by its id."""
    # Of a rehearsal that was taken out, nothing is left that a section could show.
    shown = SECTIONS if not is_taken_out(hearing, counts) else ()
    return hearing_html(
        hearing,
        counts,
        opinions(db, hearing),
        names,
        # Once an agenda is published, it says who speaks when.
        () if agenda_of(db, hearing.id) else speaking_order(db, hearing.id),
        # In the preview of a hearing that is not announced, nothing of it is on the record yet.
        sections=[section(db, hearing) for section in shown]
        if latest_version(db, "hearing", hearing.id)
        else [],
        life=life_of(db, hearing, names),
    )


def comments_of_hearing(
    db: Connection, hearing: Hearing, comments: Sequence[Comment], names: Mapping[str, str]
) -> str:
    """Return comments of a hearing as readers see them, each with what was made of it."""
    return comments_html(
        comments,
        names,
        zone=hearing.time_zone,
        empty="The rehearsal is over, and nothing stands here any more."
        if hearing.demonstration and hearing.cancelled
        else NOTHING_YET,
        beside=below(db, hearing, [one.comment_id for one in comments]),
    )


def below(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return what stands below each of these comments, rendered, in the order of ``BELOW``."""
    found: dict[str, list[str]] = {comment_id: [] for comment_id in comment_ids}
    for part in BELOW:
        for comment_id, html in part(db, hearing, comment_ids).items():
            found[comment_id].append(html)
    return found
