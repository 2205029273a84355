"""A proposal for one hearing's agenda: its wishes, themes and questions, its draw, and what is fixed already.

``proposing`` does the choosing and knows no database; here is what it is given, and what becomes of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from hearing_app.errors import Conflict, Fault, Invalid, NotOpen
from hearing_app.hearings.agenda.arranging import change
from hearing_app.hearings.agenda.concerns import Concern, concerns_of
from hearing_app.hearings.agenda.lottery import lottery_of, note_closing
from hearing_app.hearings.agenda.proposing import MINUTES, Fixed, Proposal, Speaker, Topic, propose
from hearing_app.hearings.agenda.reading import Arrangement, Draft, InLine, Item, ItemKind, Place, draft_of
from hearing_app.hearings.agenda.slots import MOST_MINUTES
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.comments.speaking import Wish, wishes
from hearing_app.hearings.comments.themes import themes_of
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.life.stages import sign_up_closes
from hearing_app.hearings.vocabulary import Target
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.versions import latest_version

FIXED = (
    Fixed("Opening", "opening", 5),
    Fixed("Statement of the force", "statement", 15),
    Fixed("Break", "break", 10, "middle"),
    Fixed("Closing, and what happens next", "closing", 5, "end"),
)
"""What stands on every agenda unless a facilitator says otherwise."""
OUTSIDE_THEMES = "Comments outside the themes"
WITHOUT_SITTING = 120
"""Minutes that are proposed for a hearing whose sitting is not known."""


def minutes_there_are(hearing: Hearing, fixed: Sequence[Fixed] = FIXED) -> int:
    """Return how long an agenda may be: what the sitting has room for, with the speakers' minutes in it."""
    if hearing.sitting is None:
        return WITHOUT_SITTING
    whole = int((hearing.sitting.ends_at - hearing.sitting.starts_at).total_seconds() // 60)
    return min(whole, hearing.sitting.speaking_minutes + sum(one.minutes for one in fixed))


def propose_anew(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    seen: int,
    minutes: int,
    *,
    fixed: Sequence[Fixed] = FIXED,
    each: int = MINUTES,
    at: datetime | None = None,
) -> tuple[Draft, Proposal]:
    """Put a proposal in the place of the draft that was ``seen``; who has a locked place keeps one.

    Raises ``NotOpen`` while people can still sign up, ``Invalid`` where what is fixed needs more minutes than
    there are, ``Conflict`` when the draft has changed since.
    """
    require(actor, Act.ARRANGE_AGENDA)
    now, hearing = at or datetime.now(UTC), hearing_of(db, hearing_id)
    if now < sign_up_closes(hearing):
        raise NotOpen(
            "People can still sign up to speak, so nobody can be given a place yet.",
            next_step="Items can be added now; ask for a proposal once sign-up has closed.",
        )
    if not 1 <= each <= MOST_MINUTES:
        raise Invalid(
            "Nothing was proposed.",
            [Fault("", "each", f"{each} minutes do not fit.", f"Give each from 1 to {MOST_MINUTES}.")],
        )
    draft = draft_of(db, actor, hearing_id)
    if draft is None or draft.revision != seen:
        raise Conflict(
            "Another facilitator has changed the agenda since you opened it.",
            next_step="Look at it as it is now, and ask for a proposal again.",
        )
    note_closing(db, hearing, at=now)
    comments = {one.comment_id: one for one in published_comments(db, hearing_id)}
    asked = [one for one in wishes(db, actor, hearing_id) if one.comment_id in comments]
    drawn = _order(db, hearing_id, asked)
    themes = _themes(db, hearing, comments)
    speakers = {one.comment_id: _speaker(one, hearing, comments[one.comment_id], themes) for one in asked}
    locked = {
        place.comment_id: place
        for place in draft.arrangement.places
        if place.locked and place.comment_id is not None and place.comment_id in comments
    }
    placed = [
        _placed(place, speakers, hearing, comments[number], themes.get(number, ()))
        for number, place in locked.items()
    ]
    made = propose(
        speakers.values(),
        minutes,
        drawn,
        topics=_topics(hearing, comments, themes, concerns_of(db, hearing, at=now)),
        fixed=fixed,
        each=each,
        placed=placed,
    )
    if made.used > minutes:
        raise Invalid(
            "Nothing was proposed.",
            [
                Fault(
                    "",
                    "minutes",
                    f"What is fixed needs {made.used} minutes, and there are {minutes}.",
                    "Give more minutes, shorten a fixed item, or unlock a place.",
                )
            ],
        )
    by_lottery = (known := lottery_of(db, hearing_id)) is not None and known.is_ready
    after = Arrangement(
        items=tuple(_items(made, hearing, comments, locked, each)),
        waiting=tuple(InLine(comment_id=one.comment_id, why=one.why) for one in made.waiting),
        drawn=tuple(drawn),
        by_lottery=by_lottery,
    )
    return change(db, actor, hearing_id, seen, lambda _: after, at=at), made


def _order(db: Connection, hearing_id: str, asked: Sequence[Wish]) -> list[str]:
    """Return the order of the draw; without a lottery that of the wishes' arrival."""
    known = lottery_of(db, hearing_id)
    numbers = [one.comment_id for one in asked]
    return known.order(numbers) if known is not None and known.is_ready else numbers


def _themes(db: Connection, hearing: Hearing, comments: Mapping[str, Comment]) -> dict[str, tuple[str, ...]]:
    """Return the names of each comment's themes; where none was made, what its author says it is about."""
    found: dict[str, list[str]] = defaultdict(list)
    for theme in themes_of(db, hearing.id):
        for comment_id in theme.comment_ids:
            if comment_id in comments:
                found[comment_id].append(theme.name)
    if found:
        return {comment_id: tuple(names) for comment_id, names in found.items()}
    systems = _names(db, hearing) if len(hearing.systems) > 1 else {}
    return {one.comment_id: (_about(one, systems),) for one in comments.values()}


def _names(db: Connection, hearing: Hearing) -> dict[str, str]:
    found = {one: latest_version(db, "system", one) for one in hearing.systems}
    return {one: str(version.document.get("name", one)) for one, version in found.items() if version}


def _about(said: Comment, systems: Mapping[str, str]) -> str:
    label = Target(said.target).label
    return f"{systems[said.system_id][:150]}: {label}" if said.system_id in systems else label


def _topics(
    hearing: Hearing,
    comments: Mapping[str, Comment],
    themes: Mapping[str, tuple[str, ...]],
    concerns: Sequence[Concern],
) -> list[Topic]:
    """Return what items can be about, in the order of the systems, those with the most comments first.

    Comments that set a group of opinion apart and are in no theme make a topic of their own, the last one.
    """
    behind: dict[str, list[str]] = defaultdict(list)
    for comment_id in sorted(comments):
        for name in themes.get(comment_id, ()):
            behind[name].append(comment_id)
    claims: dict[str, list[str]] = defaultdict(list)
    for one in concerns:
        claims[one.comment_id].append(one.group)

    def groups(comment_ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({group for one in comment_ids for group in claims.get(one, ())}))

    def place(name: str) -> tuple[int, int, str]:
        first = min(hearing.systems.index(comments[one].system_id) for one in behind[name])
        return first, -len(behind[name]), name

    made = [
        Topic("theme", name, name, tuple(behind[name]), groups(behind[name]))
        for name in sorted(behind, key=place)
    ]
    alone = tuple(sorted(one for one in claims if one in comments and not themes.get(one)))
    return [*made, *([Topic("comments", "", OUTSIDE_THEMES, alone, groups(alone))] if alone else [])]


def _question(hearing: Hearing, system_id: str) -> str:
    """Return the question that is about one system alone, if there is just one."""
    about = [one.id for one in hearing.questions if one.system == system_id]
    return about[0] if len(about) == 1 else ""


def _speaker(wish: Wish, hearing: Hearing, said: Comment, themes: Mapping[str, tuple[str, ...]]) -> Speaker:
    return Speaker(
        wish.comment_id,
        # Read out by somebody else, a comment needs no interpreter.
        interpreter=wish.interpreter and wish.how != "read_out",
        first_time=wish.first_time is True,
        themes=themes.get(wish.comment_id, ()),
        question=_question(hearing, said.system_id),
        system=said.system_id,
    )


def _placed(
    place: Place, asked: Mapping[str, Speaker], hearing: Hearing, said: Comment, themes: tuple[str, ...]
) -> Speaker:
    """Return somebody who has a place; a facilitator can give one to a comment that never asked for it."""
    known = asked.get(said.comment_id) or Speaker(
        said.comment_id, themes=themes, question=_question(hearing, said.system_id), system=said.system_id
    )
    return replace(known, own_minutes=place.minutes)


def _items(
    made: Proposal, hearing: Hearing, comments: Mapping[str, Comment], locked: Collection[str], each: int
) -> Iterator[Item]:
    for number, one in enumerate(made.items, 1):
        behind = one.topic.comment_ids if one.topic else ()
        about = [comments[comment_id] for comment_id in behind]
        systems = {said.system_id for said in about}
        questions = {_question(hearing, said.system_id) for said in about}
        yield Item(
            id=number,
            title=one.title,
            kind=ItemKind(one.kind),
            minutes=one.minutes,
            system_id=systems.pop() if len(systems) == 1 else "",
            question_id=questions.pop() if len(questions) == 1 else "",
            theme=one.topic.name if one.topic else "",
            comment_ids=behind,
            places=tuple(
                Place(
                    minutes=person.minutes(each),
                    comment_id=person.comment_id,
                    locked=person.comment_id in locked,
                )
                for person in one.speakers
            ),
        )
