"""The briefing of a hearing: agenda, themes, quotes, counts and answers, gathered in one snapshot.

Every quote is a stretch of what stands on the public page, letter for letter, with the number of its comment
and where in which field it stands. Nothing is summed up in other words: a machine's summary of testimony is
wrong one time in five, and nobody notices.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from hearing_app.hearings.agenda.minutes import Decision, decisions_of
from hearing_app.hearings.agenda.reading import Agenda, agenda_of
from hearing_app.hearings.answers.reading import Answer, Wait, answers_of, waits_of
from hearing_app.hearings.comments.campaigns import Campaign, campaigns_of
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import Opinions, Tally, opinions, published_comments, tally
from hearing_app.hearings.comments.themes import Theme, themes_of
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.vocabulary import LANGUAGES, CommentType, Target
from hearing_app.hearings.voting.results import Results, results_of
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.registry.published import names_of_systems

FIELDS = {
    "concern": "What they want to say",
    "value_seen": "What they see as useful",
    "ask": "What they ask for",
}
QUOTES_OF_THEME, LONGEST_QUOTE = 4, 400
_SENTENCE_END = re.compile(r"[.!?。！？](?=\s|$)|[。！？]")


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a comment's field, from ``start`` up to ``end`` in code points, as the public reads it."""

    comment_id: str
    field: str
    start: int
    end: int
    text: str
    name: str
    language: str
    is_whole: bool

    @property
    def span(self) -> str:
        """Where it stands: "concern 0-212"."""
        return f"{self.field} {self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Part:
    """Comments about one thing, and quotes from some of them."""

    name: str
    comment_ids: tuple[str, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts to draw: a title that says what is counted, and (label, count) in the order of the rows."""

    title: str
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything in the briefing. ``made_at`` is when, ``size`` and ``root`` the record it was read from."""

    hearing: Hearing
    made_at: datetime
    names: Mapping[str, str]
    tally: Tally
    opinions: Opinions
    agenda: Agenda | None
    parts: tuple[Part, ...]
    without_theme: Part
    questions: tuple[Quote, ...]
    campaigns: tuple[Campaign, ...]
    charts: tuple[Chart, ...]
    results: Results | None
    answers: tuple[Answer, ...]
    open_waits: tuple[Wait, ...]
    decisions: tuple[Decision, ...]


def briefing_of(db: Connection, actor: Actor, hearing_id: str, *, at: datetime | None = None) -> Briefing:
    """Gather the briefing of a hearing, for a facilitator.

    It holds published words alone, so it may be handed to the panel and to the public; opinions and votes are
    in it as far as they are public.
    """
    require(actor, Act.READ_UNPUBLISHED_COMMENTS)
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    comments = sorted(published_comments(db, hearing.id), key=lambda one: (one.submitted_at, one.comment_id))
    by_number = {one.comment_id: one for one in comments}
    themes = themes_of(db, hearing.id)
    themed = {comment_id for theme in themes for comment_id in theme.comment_ids}
    rest = tuple(one.comment_id for one in comments if one.comment_id not in themed)
    asked = [one for one in comments if one.comment_type == CommentType.QUESTION]
    return Briefing(
        hearing=hearing,
        made_at=when,
        names=names_of_systems(db),
        tally=tally(db, hearing.id),
        opinions=opinions(db, hearing, at=when),
        agenda=agenda_of(db, hearing.id),
        parts=tuple(_part(theme, by_number) for theme in themes if theme.comment_ids),
        without_theme=Part("Without a theme", rest, tuple(_quotes([by_number[one] for one in rest]))),
        questions=tuple(quote_of(one, "ask" if one.ask.strip() else "concern") for one in asked),
        campaigns=tuple(campaigns_of(db, hearing.id)),
        charts=tuple(_charts(comments, themes)),
        results=results_of(db, hearing, at=when),
        answers=tuple(answers_of(db, hearing.id)),
        open_waits=tuple(one for one in waits_of(db, hearing) if one.is_open),
        decisions=tuple(decisions_of(db, hearing.id)),
    )


def quote_of(one: Comment, field: str) -> Quote:
    """Return the beginning of a comment's field as a quote: all of it, or whole sentences up to 400 signs.

    Where the first sentence is longer, it ends at a word; nothing is left out inside, and nothing changed.
    """
    text = getattr(one, field)
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if end - start > LONGEST_QUOTE:
        limit = start + LONGEST_QUOTE
        ends = [found.end() for found in _SENTENCE_END.finditer(text, start, limit)]
        space = text.rfind(" ", start, limit)
        end = ends[-1] if ends else (space if space > start else limit)
    return Quote(
        one.comment_id,
        field,
        start,
        end,
        text[start:end],
        one.public_name,
        one.language,
        end == len(text.rstrip()),
    )


def _part(theme: Theme, by_number: Mapping[str, Comment]) -> Part:
    members = [by_number[one] for one in theme.comment_ids if one in by_number]
    return Part(theme.name, theme.comment_ids, tuple(_quotes(members)))


def _quotes(comments: Sequence[Comment]) -> Iterator[Quote]:
    """Yield quotes of some comments: of different kinds first, so that not all say the same.

    Of one kind the earliest comes first. The choice depends on kind and time alone, not on what is said.
    """
    by_kind: dict[str, list[Comment]] = {}
    for one in comments:
        by_kind.setdefault(one.comment_type, []).append(one)
    chosen: list[Comment] = []
    while len(chosen) < QUOTES_OF_THEME and any(by_kind.values()):
        for kind in [str(kind) for kind in CommentType if by_kind.get(str(kind))]:
            if len(chosen) < QUOTES_OF_THEME:
                chosen.append(by_kind[kind].pop(0))
    for one in chosen:
        fields = [field for field in FIELDS if getattr(one, field).strip()]
        yield quote_of(one, fields[0])


def _charts(comments: Sequence[Comment], themes: Sequence[Theme]) -> Iterator[Chart]:
    if not comments:
        return
    kinds = Counter(one.comment_type for one in comments)
    yield Chart("Published comments by kind", tuple((kind.label, kinds[kind]) for kind in CommentType))
    targets = Counter(one.target for one in comments)
    yield Chart(
        "Published comments by what they are about", tuple((one.label, targets[one]) for one in Target)
    )
    if themes:
        rows = tuple((theme.name, len(theme.comment_ids)) for theme in themes)
        yield Chart("Published comments by theme; one may be in several", rows)
    languages = Counter(one.language for one in comments)
    ordered = sorted(languages.items(), key=lambda item: (-item[1], item[0]))
    told = tuple((_language(tag), count) for tag, count in ordered)
    yield Chart("Published comments by language", told)


def _language(tag: str) -> str:
    return "Could not be told" if tag in {"", "und"} else LANGUAGES.get(tag, tag)
