"""The briefing of a hearing: agenda, themes, quotes, counts and answers, gathered in one snapshot.

Every quote is a stretch of what stands on the public page, letter for letter, with the number of its comment
and where in which field it stands. Nothing is summed up in other words: a machine's summary of testimony is
wrong one time in five, and nobody notices.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest

from sqlalchemy import Connection

from hearing_app.documents.words import plural
from hearing_app.hearings.agenda.minutes import Decision, decisions_of
from hearing_app.hearings.agenda.reading import Agenda, agenda_of
from hearing_app.hearings.answers.reading import Answer, Wait, answers_of, waits_of
from hearing_app.hearings.comments.campaigns import Campaign, Letter, campaigns_of, letters_of
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import (
    Opinions,
    Tally,
    opinions,
    published_by,
    published_by_number,
    published_kinds,
    tally,
)
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
# Nobody reads more of one kind before a sitting; the tables hold all of them.
MOST_QUESTIONS, MOST_LETTERS, MOST_ANSWERS, MOST_WAITS, MOST_NUMBERS = 60, 20, 100, 60, 20
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
    """Everything in the briefing, made at ``made_at``.

    Of questions and letters it holds the first ones, and how many ``more`` there are.
    """

    hearing: Hearing
    made_at: datetime
    names: Mapping[str, str]
    tally: Tally
    opinions: Opinions
    agenda: Agenda | None
    parts: tuple[Part, ...]
    without_theme: Part
    questions: tuple[Quote, ...]
    more_questions: int
    campaigns: tuple[Campaign, ...]
    more_campaigns: int
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
    kinds, themes, letters = (
        published_kinds(db, hearing.id),
        themes_of(db, hearing.id),
        letters_of(db, hearing.id),
    )
    themed = {comment_id for theme in themes for comment_id in theme.comment_ids}
    rest = tuple(one for one in kinds if one not in themed)
    asked, asked_in_all = _asked(kinds, letters)
    quoted = {theme.theme_id: _to_quote(theme.comment_ids, kinds) for theme in themes}
    of_rest = _to_quote(rest, kinds)
    wanted = dict.fromkeys((*asked, *of_rest, *(one for ids in quoted.values() for one in ids)))
    read = {one.comment_id: one for one in published_by_number(db, hearing.id, list(wanted))}
    return Briefing(
        hearing=hearing,
        made_at=when,
        names=names_of_systems(db),
        tally=tally(db, hearing.id),
        opinions=opinions(db, hearing, at=when),
        agenda=agenda_of(db, hearing.id),
        parts=tuple(
            Part(theme.name, theme.comment_ids, _quotes(quoted[theme.theme_id], read))
            for theme in themes
            if theme.comment_ids
        ),
        without_theme=Part("Without a theme", rest, _quotes(of_rest, read)),
        questions=_quotes(asked, read, ("ask", *FIELDS)),
        more_questions=asked_in_all - len(asked),
        campaigns=tuple(campaigns_of(db, hearing.id, letters[:MOST_LETTERS])),
        more_campaigns=max(0, len(letters) - MOST_LETTERS),
        charts=tuple(_charts(db, hearing.id, Counter(kinds.values()), themes)),
        results=results_of(db, hearing, at=when),
        answers=tuple(answers_of(db, hearing.id)),
        open_waits=tuple(one for one in waits_of(db, hearing) if one.is_open),
        decisions=tuple(decisions_of(db, hearing.id)),
    )


def _asked(kinds: Mapping[str, str], letters: Sequence[Letter]) -> tuple[list[str], int]:
    """Return the numbers of the questions to quote, the earliest first, and how many there are in all.

    Of a question that many sent as a letter one is quoted.
    """
    copies = {one for letter in letters for one in letter.comment_ids if one != letter.shared}
    asked = [one for one, kind in kinds.items() if kind == CommentType.QUESTION]
    return [one for one in asked if one not in copies][:MOST_QUESTIONS], len(asked)


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


def left_out(brief: Briefing) -> dict[str, str]:
    """Return a sentence for each kind of thing of which the briefing shows some; empty where it shows all."""
    answers, waits = len(brief.answers) - MOST_ANSWERS, len(brief.open_waits) - MOST_WAITS
    return {
        "more_questions": _more(
            brief.more_questions, "question", "comments, as comments of the kind “question”"
        ),
        "more_answers": _more(answers, "answer", "answers"),
        "more_waits": _more(waits, "comment", "waiting"),
    }


def _more(count: int, what: str, table: str) -> str:
    if count <= 0:
        return ""
    stand = "stands" if count == 1 else "stand"
    return f"{plural(count, f'more {what}')} {stand} in the open data and in the workbook, table {table}."


def _to_quote(comment_ids: Sequence[str], kinds: Mapping[str, str]) -> list[str]:
    """Return which comments to quote: of different kinds first, so that not all say the same.

    Of one kind the first comes first. The choice depends on kind and order alone, not on what is said.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in comment_ids:
        if one in kinds and len(by_kind[kinds[one]]) < QUOTES_OF_THEME:
            by_kind[kinds[one]].append(one)
    turns = zip_longest(*(by_kind[kind] for kind in CommentType))
    return [one for turn in turns for one in turn if one][:QUOTES_OF_THEME]


def _quotes(
    comment_ids: Sequence[str], read: Mapping[str, Comment], fields: Sequence[str] = tuple(FIELDS)
) -> tuple[Quote, ...]:
    found = [read[one] for one in comment_ids if one in read and read[one].has_words]
    return tuple(
        quote_of(one, next(field for field in fields if getattr(one, field).strip())) for one in found
    )


def _charts(db: Connection, hearing_id: str, kinds: Counter[str], themes: Sequence[Theme]) -> Iterator[Chart]:
    if not kinds:
        return
    yield Chart("Published comments by kind", tuple((kind.label, kinds[kind]) for kind in CommentType))
    targets = published_by(db, hearing_id, "target")
    yield Chart(
        "Published comments by what they are about", tuple((one.label, targets[one]) for one in Target)
    )
    if themes:
        rows = tuple((theme.name, len(theme.comment_ids)) for theme in themes)
        yield Chart("Published comments by theme; one may be in several", rows)
    languages = published_by(db, hearing_id, "language")
    ordered = sorted(languages.items(), key=lambda item: (-item[1], item[0]))
    told = tuple((_language(tag), count) for tag, count in ordered)
    yield Chart("Published comments by language", told)


def _language(tag: str) -> str:
    return "Could not be told" if tag in {"", "und"} else LANGUAGES.get(tag, tag)
