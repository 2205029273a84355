"""How an agency answers, in figures: how many, how fast, what is overdue.

The plain median of what was answered flatters who never answers: a force that answers one easy question in
a day and leaves nine lying has a median of one day. So beside it stands the median that counts what still
waits as having taken at least so long (Kaplan and Meier 1958): the first day by which half of all questions
had been answered, where those still waiting count until today. It is unknown while fewer than half are
answered by any day. Every question is counted, none is drawn from more of them: so there is no interval of
confidence, and the quartiles show the spread.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from hearing_app.hearings.answers.reading import Wait
from hearing_app.hearings.answers.terms import AnswerKind, AnswerState

_QUARTILES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Days after which a quarter, a half, three quarters are answered; ``None`` where that is not known."""

    first: int | None
    median: int | None
    third: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of what waits for one agency, or in one hearing, and what it took.

    ``total`` = ``answered`` + ``waiting`` + ``overdue``; ``looked_into`` is a part of the last two. ``late``
    is the part of ``answered`` that came after its day. ``plain`` is over the answered alone,
    ``counting_open`` over all.
    """

    total: int
    answered: int
    waiting: int
    overdue: int
    looked_into: int
    late: int
    kinds: Mapping[AnswerKind, int]
    plain: Quartiles
    counting_open: Quartiles


def figures_of(waits: Iterable[Wait], *, at: datetime) -> Figures:
    """Return the figures of what waits or was answered, at a moment."""
    every = list(waits)
    answered = [one for one in every if not one.is_open]
    open_ = [one for one in every if one.is_open]
    overdue = sum(one.is_overdue(at) for one in open_)
    days = [one.days(at) for one in answered]
    kinds = Counter(one.final.kind for one in answered if one.final is not None)
    return Figures(
        total=len(every),
        answered=len(answered),
        waiting=len(open_) - overdue,
        overdue=overdue,
        looked_into=sum(one.state is AnswerState.LOOKED_INTO for one in open_),
        late=sum(one.was_late for one in answered),
        kinds={kind: kinds[kind] for kind in AnswerKind if kinds[kind]},
        plain=quartiles(days),
        counting_open=quartiles(days, [one.days(at) for one in open_]),
    )


def quartiles(answered: Sequence[int], waiting: Sequence[int] = ()) -> Quartiles:
    """Return after how many days a quarter, a half and three quarters are answered.

    ``answered`` are the days that answers took, ``waiting`` those for which the others have waited so far.
    The share that is still unanswered after a day is the product, over the days until then on which something
    was answered, of 1 - answered on that day / waiting until that day (Kaplan and Meier 1958, J. Am. Stat.
    Assoc. 53:457); what has waited for just so long was still waiting then. A quartile is the first day at
    which that share is no more than what is left. Exact: no rounding decides.
    """
    left, found = Fraction(1), dict[Fraction, int]()
    on = Counter(answered)
    for day in sorted(on):
        at_risk = sum(one >= day for one in answered) + sum(one >= day for one in waiting)
        left *= 1 - Fraction(on[day], at_risk)
        for share in _QUARTILES:
            if left <= 1 - share:
                found.setdefault(share, day)
    return Quartiles(*(found.get(share) for share in _QUARTILES))


def by_agency(waits: Iterable[Wait]) -> dict[str, list[Wait]]:
    """Return what waits or was answered by the agency that is asked, in the order given."""
    found: dict[str, list[Wait]] = {}
    for one in waits:
        found.setdefault(one.agency, []).append(one)
    return found
