"""Moderation as documents: the rules, a hearing's figures for everyone, what the desk and authors read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hearing_app.documents.render import render
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.moderation import appeals, claims, holding, redactions, removals
from hearing_app.hearings.moderation.figures import Decision, Figures, decisions_of, figures_of
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.moderation.rates import LANGUAGE, STANCE, STANDING, THEME, rate_of
from hearing_app.hearings.moderation.reviews import Difference
from hearing_app.hearings.vocabulary import (
    LANGUAGES,
    RULE_VERSION,
    Reason,
    Redacted,
    Stance,
    Standing,
    State,
)

# A page that lists every decision of a large hearing could not be read; the data has them all.
MOST_LISTED = 200
_QUESTIONS = {
    STANCE: "What they think of its use",
    STANDING: "How they stand to it",
    LANGUAGE: "Language",
    THEME: "Theme",
}
_OUTCOMES = {
    "": "not decided yet",
    "upheld": "the decision stands",
    "overturned": "the decision was overturned",
    "settled": "settled by a new decision",
    "ended": "ended, because the comment was withdrawn or erased",
    "confirmed": "confirmed by a second person",
    "refused": "refused by a second person",
    "lapsed": "not decided in time, so the comment is public again",
}

_BY = {"rule": "by rule", "facilitator": "by a facilitator", "operator": "at a restore"}


def rules_html(*, heading: bool = True) -> str:
    """Return the rules of moderation in full: what is a reason, what is none, and what happens when."""
    return render(
        "moderation_rules",
        reasons=REASONS,
        wish=Reason.AUTHORS_WISH,
        restored=Reason.RESTORED,
        version=RULE_VERSION,
        days=holding.WORKING_DAYS,
        appeal_days=appeals.DAYS,
        stays=[reason for reason in Reason if reason in holding.STAYS],
        heading=heading,
    )


def moderation_page(db: Connection, hearing: Hearing, *, at: datetime | None = None) -> str:
    """Return the public page about a hearing's moderation: figures, what is overdue, decisions, rules."""
    return moderation_html(hearing, figures_of(db, hearing, at=at), decisions_of(db, hearing.id))


def link_section(_db: Connection, hearing: Hearing) -> str:
    """Return the way from a hearing's page to how its comments are moderated."""
    return render("moderation_link", hearing=hearing)


def moderation_html(hearing: Hearing, figures: Figures, decisions: Sequence[Decision]) -> str:
    """Return that page from what was read."""
    zone = ZoneInfo(hearing.time_zone)
    return render(
        "moderation",
        hearing=hearing,
        figures=figures,
        percent=_percent,
        reasons=[
            (reason, figures.by_reason[str(reason)])
            for reason in Reason
            if any(figures.by_reason[str(reason)].values())
        ],
        overdue=[(one, Reason(one.reason_id), one.due_at.astimezone(zone)) for one in figures.overdue],
        redactions=[(Redacted(kind).label, count) for kind, count in figures.redactions.items()],
        appeals=[(_OUTCOMES[name], count) for name, count in sorted(figures.appeals.items())],
        removals=[(_OUTCOMES[name], count) for name, count in sorted(figures.removals.items())],
        rates=_tables(figures),
        decisions=[_told(one) for one in reversed(decisions)][:MOST_LISTED],
        more=max(0, len(decisions) - MOST_LISTED),
        rules=rules_html,
        version=RULE_VERSION,
    )


def figures_document(hearing: Hearing, figures: Figures, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return the same as data: every decision with its event, and shares from 0 to 1 with their intervals."""
    one = figures.agreement
    return {
        "hearing": hearing.id,
        "rule_version": RULE_VERSION,
        "rules": {str(reason): reason.label for reason in Reason},
        "received": figures.received,
        "waiting": figures.waiting,
        "waiting_overdue": figures.waiting_overdue,
        "published": figures.published,
        "held": figures.held,
        "rejected": figures.rejected,
        "withdrawn": figures.withdrawn,
        "rejection_rate": _rate(figures.rejection) | {"n": figures.decided},
        "by_reason": figures.by_reason,
        "median_working_days": figures.median_days,
        "overdue": [
            {
                "comment_id": late.comment_id,
                "reason": late.reason_id,
                "due_at": late.due_at.isoformat(),
                "working_days_overdue": late.days,
            }
            for late in figures.overdue
        ],
        "lapsed": figures.lapsed,
        "redactions": figures.redactions,
        "appeals": {name or "open": count for name, count in figures.appeals.items()},
        "removals": {name or "open": count for name, count in figures.removals.items()},
        "second_readings": {
            "rounds": [
                {
                    "number": each.number,
                    "seed_hash": each.seed_hash,
                    "seed": each.seed or None,
                    "decided": each.decided,
                    "drawn": each.drawn,
                    "read": each.read,
                }
                for each in figures.rounds
            ],
            "n": one.n,
            "agreed": one.agreed,
            "kappa": {"value": one.kappa, "low": one.low, "high": one.high},
        },
        "rates": None
        if figures.rates is None
        else {
            "rejected": figures.rates.rejected,
            "others": figures.rates.others,
            "by": {
                question: {
                    name: {"rejected": pair[0], "others": pair[1], "rate": _rate(rate_of(*pair))}
                    for name, pair in counts.items()
                }
                for question, counts in figures.rates.counts.items()
            },
        },
        "decisions": [
            {
                "event": each.seq,
                "on": each.at.date().isoformat(),
                "comment_id": each.comment_id,
                "act": each.act,
                "by": each.by,
                "reason": each.reason_id or None,
                "authority": each.authority or None,
                "rule_version": each.rule_version,
            }
            for each in decisions
        ],
    }


def beside_html(
    db: Connection,
    hearing: Hearing,
    comments: Sequence[Comment],
    theirs: Mapping[str, claims.Claim],
    *,
    at: datetime | None = None,
) -> dict[str, str]:
    """Return what a facilitator needs to know beside each comment, by number: times, claims, what is open."""
    now, zone = at or datetime.now(UTC), ZoneInfo(hearing.time_zone)
    ids = [one.comment_id for one in comments]
    holds, taken_out = holding.holds_of(db, ids), redactions.redactions_of(db, ids)
    asked, proposed = appeals.appeals_of(db, ids), removals.removals_of(db, ids)
    found = {}
    for one in comments:
        hold, claim = holds.get(one.comment_id), theirs.get(one.comment_id)
        waits = one.state == State.SUBMITTED
        due = hold.due_at if hold else holding.due_at(hearing, one.submitted_at) if waits else None
        found[one.comment_id] = render(
            "desk_moderated",
            zone=hearing.time_zone,
            # A period ends with its last minute: "until the 3rd" says more than "until 00:00 on the 4th".
            last_day=_last_day(due, zone) if due else None,
            is_late=bool(due and due <= now),
            lapses=bool(hold and hold.lapses),
            waits=waits,
            claim=claim,
            since=claim.since.astimezone(zone) if claim else None,
            redactions=[
                (
                    mark,
                    Redacted(mark.kind),
                    Reason(mark.reason_id),
                    getattr(one, mark.field)[mark.start : mark.stop],
                )
                for mark in taken_out.get(one.comment_id, ())
            ],
            appeals=[(each, _OUTCOMES[each.outcome]) for each in asked.get(one.comment_id, ())],
            removals=[
                (each, _OUTCOMES[each.outcome], Reason(each.reason_id))
                for each in proposed
                if each.comment_id == one.comment_id
            ],
        )
    return found


def moderation_section(db: Connection, hearing: Hearing, written: Comment) -> str:
    """Return what an author reads about moderation: until when, what was taken out, appeals.

    "" where there is nothing to say.
    """
    zone = ZoneInfo(hearing.time_zone)
    hold = holding.holds_of(db, [written.comment_id]).get(written.comment_id)
    due = hold.due_at if hold else None
    if written.state == State.SUBMITTED:
        due = holding.due_at(hearing, written.submitted_at)
    marks = redactions.redactions_of(db, [written.comment_id]).get(written.comment_id, [])
    asked = appeals.appeals_of(db, [written.comment_id]).get(written.comment_id, [])
    decision = appeals.decision_on(db, written, hearing)
    if not (due or marks or asked or decision):
        return ""
    return render(
        "moderation_of_mine",
        state=State(written.state),
        last_day=_last_day(due, zone) if due else None,
        is_late=bool(due and due <= datetime.now(UTC)),
        lapses=bool(hold and hold.lapses),
        by_rule=written.decided_by == "rule" and written.state == State.HELD,
        redactions=[
            (
                mark,
                Redacted(mark.kind),
                Reason(mark.reason_id),
                getattr(written, mark.field)[mark.start : mark.stop],
            )
            for mark in marks
        ],
        appeals=[(each, _OUTCOMES[each.outcome]) for each in asked],
        until=_last_day(decision.until, zone) if decision and not decision.appealed else None,
        hearing=hearing,
    )


def differences_html(found: Sequence[Difference]) -> str:
    """Return where a second reader would have decided otherwise, for facilitators."""
    rows = [
        (
            one.comment_id,
            State(one.first_state).label,
            _reason(one.first_reason),
            State(one.state).label,
            _reason(one.reason_id),
        )
        for one in found
    ]
    return render("review_differences", rows=rows)


def outcomes_html(done: Sequence[tuple[str, str, str]]) -> str:
    """Return what became of each of several comments: its number, what it is now, or why nothing was done."""
    return render("desk_outcomes", done=done)


def _last_day(until: datetime, zone: ZoneInfo) -> datetime:
    return until.astimezone(zone) - timedelta(minutes=1)


def _told(one: Decision) -> dict[str, Any]:
    return {
        "decision": one,
        "label": State(one.act).label,
        "reason": Reason(one.reason_id) if one.reason_id else None,
        "by": _BY.get(one.by, one.by),
    }


def _tables(figures: Figures) -> list[tuple[str, list[tuple[str, Any, Any, Any]]]]:
    if figures.rates is None:
        return []
    return [
        (
            _QUESTIONS[question],
            [
                (_answer(question, name), pair[0], pair[1], rate_of(*pair))
                for name, pair in figures.rates.counts[question].items()
            ],
        )
        for question in _QUESTIONS
        if figures.rates.counts.get(question)
    ]


def _answer(question: str, name: str) -> str:
    if question == STANCE:
        return Stance(name).label
    if question == STANDING:
        return Standing(name).label
    if question == LANGUAGE:
        return "Could not be told" if name in {"", "und"} else LANGUAGES.get(name, name)
    return name


def _reason(name: str) -> str:
    return Reason(name).label if name else ""


def _rate(one: Any) -> dict[str, float | None]:
    return {"value": one.value, "low": one.low, "high": one.high}


def _percent(one: Any) -> str:
    """Return a share with its interval as readers meet it: "12 % (8 to 17)"."""
    if one.value is None:
        return "not shown"
    return f"{100 * one.value:.0f} % ({100 * one.low:.0f} to {100 * one.high:.0f})"


def hearings_to_choose_html(hearings: Sequence[Hearing]) -> str:
    """Return the hearings, each with the way to its figures: for an address that names none."""
    return render("moderation_hearings", hearings=hearings)
