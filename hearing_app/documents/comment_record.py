"""What belongs to a comment beside its words, as documents: files, translations, a wish to speak."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.documents.render import render, rendered
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.files import FileState, Kept, files_of, public_files
from hearing_app.hearings.comments.identity import confirmed_of
from hearing_app.hearings.comments.speaking import Wish, takes_wishes, wish_of
from hearing_app.hearings.comments.translations import Translation, translations_of
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.stages import sign_up_closes
from hearing_app.hearings.moderation.redactions import redactions_of
from hearing_app.hearings.vocabulary import LANGUAGES, Reason, Speaking, State


def files_below(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, str]:
    """Return the public files of comments, each as a list to download from."""
    found = public_files(db, hearing.id)
    return {
        comment_id: render("files_below", files=[_shown(one) for one in found[comment_id]])
        for comment_id in comment_ids
        if comment_id in found
    }


def translations_below(db: Connection, _hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, str]:
    """Return the checked translations of comments, each labelled, below the original."""
    found, taken_out = translations_of(db, comment_ids), redactions_of(db, comment_ids)
    return {
        comment_id: translations_html(made)
        for comment_id, made in found.items()
        # What was taken out of the original stands in a translation that was made before.
        if not any(one.is_in_force for one in taken_out.get(comment_id, ()))
    }


def translations_html(made: Sequence[Translation]) -> str:
    """Return translations, each with its language, who made it, and whether somebody checked it."""
    return render(
        "translations",
        translations=[
            (one, LANGUAGES.get(one.language, one.language), one.made_by.partition(":")[0]) for one in made
        ],
    )


def identity_below(db: Connection, hearing: Hearing, comment_ids: Sequence[str]) -> dict[str, str]:
    """Return what facilitators saw of who wrote comments, one sentence below each of which they did."""
    found = confirmed_of(db, comment_ids)
    return {
        comment_id: render("identity", one=one, on=one.at.astimezone(ZoneInfo(hearing.time_zone)), own=False)
        for comment_id, one in found.items()
    }


def identity_section(db: Connection, hearing: Hearing, written: Comment) -> str:
    """Return the same for the comment's author, who may want it undone."""
    one = confirmed_of(db, [written.comment_id]).get(written.comment_id)
    if one is None:
        return ""
    return render("identity", one=one, on=one.at.astimezone(ZoneInfo(hearing.time_zone)), own=True)


def own_files(kept: Sequence[Kept], hearing: Hearing) -> str:
    """Return an author's files with where each stands."""
    return render("own_files", files=[_shown(one) for one in kept], zone=hearing.time_zone)


def record_section(db: Connection, hearing: Hearing, written: Comment) -> str:
    """Return, for its author, the wish to speak, the files and the translations of a comment."""
    if written.state == State.WITHDRAWN or not written.has_words:
        return ""
    wish = wish_of(db, written.comment_id)
    made = translations_of(db, [written.comment_id]).get(written.comment_id, [])
    return render(
        "own_record",
        wish=_wish_in_words(wish) if wish else [],
        takes_wishes=takes_wishes(hearing),
        until=sign_up_closes(hearing),
        zone=hearing.time_zone,
        files_html=rendered(
            own_files(files_of(db, [written.comment_id]).get(written.comment_id, []), hearing)
        ),
        translations_html=rendered(translations_html(made)) if made else "",
    )


def desk_record(wish: Wish | None, kept: Sequence[Kept], zone: str) -> str:
    """Return what facilitators read of a comment's wish and files: private."""
    return render(
        "desk_record",
        wish=_wish_in_words(wish) if wish else [],
        files=[_shown(one) for one in kept],
        zone=zone,
    )


def _wish_in_words(wish: Wish) -> list[tuple[str, str]]:
    told = [("Speaking", Speaking(wish.how).label)]
    if wish.interpreter:
        language = LANGUAGES.get(wish.interpreter_language, wish.interpreter_language)
        told.append(("Interpreter", f"Yes: {language}"))
    if wish.access_needs:
        told.append(("Needed to take part", wish.access_needs))
    first = {True: "Yes", False: "No", None: "Not said"}[wish.first_time]
    return [*told, ("First time at a hearing", first)]


def _shown(one: Kept) -> dict[str, object]:
    return {
        "kept": one,
        "size": _size(one.bytes),
        "state": FileState(one.state).label,
        "reason": Reason(one.reason_id).label if one.reason_id else "",
    }


def _size(count: int) -> str:
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"
