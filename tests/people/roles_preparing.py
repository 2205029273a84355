"""Rows on a hearing's preparation: drafts, cards, statements, themes, wishes to speak, files to take away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hearing_app.documents.pack import making
from hearing_app.documents.pack.briefing import briefing_of
from hearing_app.documents.pack.staff import comments_table, staff_tables
from hearing_app.documents.pack.whole import write_pack
from hearing_app.errors import NotFound, NotOpen
from hearing_app.hearings.comments import cards, files, speaking, themes
from hearing_app.hearings.comments.choosing import how_many
from hearing_app.hearings.comments.lists import languages_of
from hearing_app.hearings.life import announcing, drafts, heard
from hearing_app.hearings.life.filling import BLANK
from hearing_app.hearings.moderation.figures import each_logged
from hearing_app.hearings.voting import statements
from hearing_app.people.permissions import Act

from .roles import Calls, Row, World
from .roles_work import KEY


def rows_on_preparing(world: World, now: datetime) -> Iterator[Row]:
    """A draft that a colleague has filled in, and a hearing that is open now and closed later."""
    draft_id, here, act = world.worked.draft_id, world.hearing.id, Act.PREPARE_HEARINGS
    read: dict[str, Any] = {"draft_id": draft_id, "revision": 2}
    closes = world.hearing.window[1]
    later = {"hearing_id": here, "on": closes.date() + timedelta(days=1), "at": closes + timedelta(days=2)}
    followed = later | {"note": "The cameras were switched off."}
    calls: Calls = (
        ("life/drafts.py:begin", act, drafts.begin, {}, None),
        ("life/drafts.py:begin", act, drafts.begin, {"hearing_id": here}, None),
        ("life/drafts.py:keep_as_own", act, drafts.keep_as_own, {"draft_id": draft_id, "form": BLANK}, None),
        ("life/drafts.py:taken", act, drafts.save, read | {"form": BLANK}, None),
        ("life/drafts.py:taken", act, drafts.discard, read, None),
        ("life/drafts.py:taken", act, drafts.follow, read, None),
        ("life/heard.py:mark_heard", act, heard.mark_heard, later, None),
        # It was not held yet.
        ("life/heard.py:follow_up", act, heard.follow_up, followed, NotOpen),
    )
    for where, _, function, given, says in calls:
        call = partial(function, **({"at": now} | given))
        yield Row(f"hearings/{where}", act, call, function.__name__, says)
    yield Row("hearings/life/drafts.py:draft_of", act, partial(drafts.draft_of, draft_id=draft_id))
    yield Row("hearings/life/drafts.py:log_of", act, partial(drafts.log_of, draft_id=draft_id))
    yield Row("hearings/life/drafts.py:drafts", act, drafts.drafts)
    said = partial(announcing.announce, **read, at=now)
    yield Row("hearings/life/announcing.py:announce", act, said, confirms="to announce a hearing")
    said_off = partial(announcing.cancel, hearing_id=here, reason="The hall burned down.", at=now)
    yield Row("hearings/life/announcing.py:cancel", act, said_off, confirms="to cancel a hearing")


def rows_on_gathering(world: World, now: datetime) -> Iterator[Row]:
    """What comes in on paper, what is put to the vote, and what comments are about."""
    done, here = world.worked, world.hearing.id
    card: dict[str, Any] = {"key": KEY, "number": done.card, "at": now}
    enter, sort, choose = Act.ENTER_CARDS, Act.SORT_COMMENTS, Act.CHOOSE_STATEMENTS
    printing = {"key": KEY, "hearing_id": here, "count": 2, "at": now}
    sorting = {"hearing_id": here, "number": done.theme, "into": [world.speaking], "at": now}
    said = {"hearing_id": here, "text": "Every picture should be deleted on the same day.", "at": now}
    down = {"hearing_id": here, "number": done.statement, "why": "It is said twice.", "at": now}
    calls: Calls = (
        ("comments/cards.py:print_cards", enter, cards.print_cards, printing, None),
        ("comments/cards.py:waiting", enter, cards.waiting, {"hearing_id": here}, None),
        ("comments/cards.py:counts", enter, cards.counts, {"hearing_id": here}, None),
        ("comments/cards.py:type_card", enter, cards.type_card, card | {"typed": done.typed}, None),
        ("comments/cards.py:confirm", enter, cards.confirm, card | {"seen_at": now}, None),
        (
            "comments/themes.py:name_theme",
            sort,
            themes.name_theme,
            {"hearing_id": here, "name": "Errors", "at": now},
            None,
        ),
        ("comments/themes.py:sort_comments", sort, themes.sort_comments, sorting, None),
        ("voting/statements.py:add", choose, statements.add, said, None),
        ("voting/statements.py:take_down", choose, statements.take_down, down, None),
    )
    for where, act, function, given, says in calls:
        yield Row(f"hearings/{where}", act, partial(function, **given), "", says)


def rows_on_reading(world: World, now: datetime) -> Iterator[Row]:
    """What facilitators alone read, and what they may carry away in files."""
    hearing, read, export = world.hearing, Act.READ_UNPUBLISHED_COMMENTS, Act.EXPORT_COMMENTS
    here: dict[str, Any] = {"hearing_id": hearing.id}
    places: dict[str, Any] = {"file": world.folder / "pack.zip", "base": "https://hearing.example"}
    file = {"file_id": world.worked.file_id}
    calls: Calls = (
        ("hearings/comments/lists.py:languages_of", read, languages_of, here, None),
        ("hearings/comments/speaking.py:wishes", read, speaking.wishes, here, None),
        ("hearings/comments/files.py:file_for_staff", read, files.file_for_staff, file, None),
        ("hearings/moderation/figures.py:each_logged", export, each_logged, here, None),
        ("documents/pack/briefing.py:briefing_of", read, briefing_of, here | {"at": now}, None),
        ("hearings/comments/choosing.py:how_many", read, how_many, here, None),
        ("documents/pack/staff.py:staff_tables", export, staff_tables, {"hearing": hearing}, None),
        ("documents/pack/staff.py:comments_table", export, comments_table, {"hearing": hearing}, None),
        (
            "documents/pack/whole.py:write_pack",
            export,
            write_pack,
            here | places | {"checkpoint": "", "at": now},
            None,
        ),
    )
    for where, act, function, given, says in calls:
        yield Row(where, act, partial(function, **given), "", says)
    # A pack that is begun would be made behind the test's back: there is no such hearing, and no such pack.
    begun: dict[str, Any] = {
        "hearing_id": "nothing",
        "data": world.folder,
        "base": "",
        "checkpoint": lambda _: "",
    }
    for name, call in (
        ("begin", partial(making.begin, **begun)),
        ("fetched", partial(making.fetched, pack_id="P-0")),
    ):
        yield Row(f"documents/pack/making.py:{name}", export, call, "", NotFound, takes_engine=True)
