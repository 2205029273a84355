"""How many comments were not published, by language, view, standing and theme: counted once, for the public.

A view and a standing are secret under ten, and whoever sees two publications, one decision apart, could tell
from the change what one author chose: decisions are public by the comment's number. So these counts are made
in the moment in which the counts of views are made (``release``), of the same comments, and never again. They
are of two groups of people that have nobody in common, those whose comments had been rejected then and all
others, each protected by the 10-5 rule (``evidence.disclosure``): nothing can be subtracted from anything.

Nor may a count say what each of those who were rejected chose: where all but a few chose the same, the counts
of that question are not shown. What is decided after that moment is in the numbers by reason alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from hearing_app.evidence.disclosure import BASE, publishable
from hearing_app.evidence.intervals import wilson
from hearing_app.hearings.vocabulary import Stance, Standing, State
from hearing_app.record.ledger import append, day_of
from hearing_app.store.tables import comment, moderation_release, theme, theme_comment
from hearing_app.voices.language import effective

RELEASED = "moderation.released"
LANGUAGE, STANCE, STANDING, THEME = "language", "stance", "standing", "theme"
# As many of those rejected must have chosen something else as must have chosen it, for a count to be shown.
_LEAST = 10
_MARGIN = BASE // 2
_OTHERS = (State.SUBMITTED, State.PUBLISHED, State.HELD)

Counts = dict[str, dict[str, list[int | None]]]


@dataclass(frozen=True, slots=True)
class Rates:
    """The comments rejected at the close and the others, and both by what their authors chose.

    ``counts`` gives for each question and each answer the two counts as they may be shown; ``None`` is not
    shown.
    """

    rejected: int
    others: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Rate:
    """A share from 0 to 1 with its interval, which holds the rounding as well; ``None`` is not shown."""

    value: float | None
    low: float | None
    high: float | None


def rate_of(rejected: int | None, others: int | None) -> Rate:
    """Return the share of the rejected, from two rounded counts, with a 95 per cent interval (Wilson).

    Each count may be off by two, so the interval reaches from that of the least share to that of the most.
    """
    if rejected is None or others is None or not rejected + others:
        return Rate(None, None, None)
    total = rejected + others
    least, most = max(0, rejected - _MARGIN), min(total, rejected + _MARGIN)
    low, high = float(wilson(least, total)[0]), float(wilson(most, total)[1])
    return Rate(rejected / total, low, high)


def release_rates(db: Connection, hearing_id: str, *, at: datetime) -> None:
    """Keep the counts as the public sees them, with their event: called where those of views are kept."""
    found = counted_rates(db, hearing_id)
    kept = {"rejected": found.rejected, "others": found.others, "counts": found.counts}
    db.execute(insert(moderation_release).values(hearing_id=hearing_id, **kept, at=day_of(at)))
    append(db, actor="rule", kind=RELEASED, subject=f"hearing:{hearing_id}", content=kept, at=at)


def kept_rates(db: Connection, hearing_id: str) -> Rates | None:
    """Return the counts that were kept; ``None`` where those of views were kept before there were these."""
    query = select(moderation_release).where(moderation_release.c.hearing_id == hearing_id)
    row = db.execute(query).first()
    return Rates(row.rejected, row.others, row.counts) if row else None


def counted_rates(db: Connection, hearing_id: str) -> Rates:
    """Count a hearing's comments as the public may see them, now."""
    row = comment.c
    columns = (row.comment_id, row.state, row.stance, row.standing, row.language_declared)
    query = select(*columns, row.language_detected).where(row.hearing_id == hearing_id)
    rows = db.execute(query).all()
    rejected = [one for one in rows if one.state == State.REJECTED]
    others = [one for one in rows if one.state in _OTHERS]
    themes = _themes(db, hearing_id)
    languages = sorted({_language(one) for one in (*rejected, *others)})
    answers: dict[str, tuple[Iterable[str], Any]] = {
        LANGUAGE: (languages, lambda one: [_language(one)]),
        STANCE: (map(str, Stance), lambda one: [one.stance]),
        STANDING: (map(str, Standing), lambda one: one.standing),
    }
    if themes:
        known = sorted({name for there in themes.values() for name in there})
        answers[THEME] = (known, lambda one: themes.get(one.comment_id, []))
    counts: Counts = {}
    for question, (names, chosen) in answers.items():
        known, chose = list(names), _count(others, chosen)
        first = protected(_count(rejected, chosen), known, len(rejected))
        second = publishable({name: chose[name] for name in known})
        counts[question] = {name: [first[name], second[name]] for name in known}
    return Rates(len(rejected), len(others), counts)


def protected(counts: Mapping[str, int], names: Iterable[str], people: int) -> dict[str, int | None]:
    """Return the counts of those rejected as they may be shown: none where one answer is nearly everybody's.

    Who sees that a comment was rejected stays ten others away from knowing what its author chose.
    """
    shown = publishable({name: counts.get(name, 0) for name in names})
    if any(count is not None and people - count - _MARGIN < _LEAST for count in shown.values()):
        return dict.fromkeys(shown)
    return shown


def _count(rows: Iterable[Any], chosen: Any) -> Counter[str]:
    return Counter(name for one in rows for name in chosen(one))


def _language(row: Any) -> str:
    return effective(row.language_declared, row.language_detected)


def _themes(db: Connection, hearing_id: str) -> dict[str, list[str]]:
    """Return the names of the themes of each comment, of those that are not public as well."""
    query = (
        select(theme_comment.c.comment_id, theme.c.name)
        .join(
            theme,
            (theme.c.hearing_id == theme_comment.c.hearing_id) & (theme.c.number == theme_comment.c.number),
        )
        .where(theme_comment.c.hearing_id == hearing_id)
        .order_by(theme_comment.c.comment_id, theme.c.number)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in db.execute(query):
        found[row.comment_id].append(row.name)
    return dict(found)
