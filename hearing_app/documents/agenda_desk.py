"""An agenda as facilitators arrange it: the draft, with times, locks and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hearing_app.documents.render import render
from hearing_app.hearings.agenda.changes import changes
from hearing_app.hearings.agenda.concerns import Heard
from hearing_app.hearings.agenda.lottery import Lottery
from hearing_app.hearings.agenda.proposal import minutes_there_are
from hearing_app.hearings.agenda.reading import AgendaVersion, Draft, ItemKind
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.stages import sign_up_closes


def draft_html(draft: Draft, hearing: Hearing, names: Mapping[str, str], heard: Sequence[Heard] = ()) -> str:
    """Return a draft as it stands; ``names`` are the public names of published comments, by their numbers.

    ``heard`` says for each group of opinion which items carry what sets it apart.
    """
    at = hearing.sitting.starts_at.astimezone(ZoneInfo(hearing.time_zone)) if hearing.sitting else None
    rows: list[dict[str, Any]] = []
    for number, item in enumerate(draft.arrangement.items, 1):
        rows.append({"number": number, "item": item, "kind": ItemKind(item.kind).label, "starts": at})
        at = _later(at, item.all_minutes)
    return render(
        "agenda_draft",
        draft=draft,
        rows=rows,
        names=names,
        there=minutes_there_are(hearing) if hearing.sitting else 0,
        hearing=hearing,
        gone=[one for one in draft.arrangement.speakers if one not in names],
        heard=heard,
    )


def lottery_html(lottery: Lottery | None, hearing: Hearing) -> str:
    """Return where a hearing's lottery stands, for those who keep it."""
    closes = sign_up_closes(hearing)
    is_over = datetime.now(UTC) >= closes
    return render("lottery_desk", lottery=lottery, hearing=hearing, closes=closes, is_over=is_over)


def unpublished_html(draft: Draft, last: AgendaVersion | None) -> str:
    """Return what publishing the draft would change."""
    changed = changes(last.arrangement, draft.arrangement) if last else []
    return render("agenda_unpublished", last=last, changed=changed)


def _later(at: datetime | None, minutes: int) -> datetime | None:
    return at + timedelta(minutes=minutes) if at else None
