"""The room as it is shown on a wall: what runs, who speaks, the time left, and who comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hearing_app.documents.hearings import comments_html
from hearing_app.documents.render import render
from hearing_app.hearings.agenda.room import Room, signal
from hearing_app.hearings.comments.comment import NAMELESS, Comment
from hearing_app.hearings.hearing import Hearing

SIGNALS = {
    "": "",
    "soon": "30 seconds left",
    "very_soon": "10 seconds left",
    "over": "The time is over",
}
NEXT = 3


def room_html(room: Room, names: Mapping[str, str], at: datetime) -> str:
    """Return what runs, with the clock, and the next three; ``names`` are those of speakers, by consent."""
    turn = room.turn
    left = turn.left(at) if turn else 0
    return render(
        "room",
        room=room,
        turn=turn,
        name=_name(turn.comment_id, names) if turn and turn.comment_id else "",
        left=left,
        signal=signal(left) if turn else "",
        coming=[(one, _name(one.comment_id, names)) for one in room.coming[:NEXT]],
    )


def signal_html(room: Room, at: datetime) -> str:
    """Return the words of the signal, for those who hear the screen: they change three times a turn."""
    return render("room_signal", words=SIGNALS[signal(room.turn.left(at))] if room.turn else "")


def behind_html(comments: Sequence[Comment], names: Mapping[str, str], hearing: Hearing) -> str:
    """Return the comments behind the item that runs, word for word; ``names`` are those of the systems."""
    return comments_html(comments, names, zone=hearing.time_zone, empty="No comment lies behind this item.")


def _name(comment_id: str | None, names: Mapping[str, str]) -> str:
    return names.get(comment_id, NAMELESS) if comment_id else ""
