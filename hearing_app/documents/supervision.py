"""Supervision as documents: a system's timeline, what is due and overdue, and each audit whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from hearing_app.documents.render import render
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.supervision.acting import REPLY_DAYS
from hearing_app.registry.supervision.alarms import SOON_DAYS, Alarm
from hearing_app.registry.supervision.audits import Audit
from hearing_app.registry.supervision.timeline import Held, Moment, about_words, address_of
from hearing_app.registry.supervision.vocabulary import Standing

MOST_SHOWN = 200
"""Of each list of a page; all of it is given as data."""


def held(hearings: Sequence[Hearing]) -> list[Held]:
    """Return hearings as a timeline takes them, with the days of their own zone."""
    return [
        Held(one.id, one.title, opens.date(), closes.date())
        for one in hearings
        for opens, closes in (one.window,)
    ]


def timeline_html(moments: Sequence[Moment]) -> str:
    """Return a system's dates in their order, each with what it is, where it stands, and its sources."""
    return render("timeline", moments=[_shown(one) for one in moments])


def supervision_html(
    alarms: Sequence[Alarm], audits: Sequence[Audit], names: Mapping[str, str], today: date
) -> str:
    """Return the page of all supervision; ``names`` gives each system's name by its id."""
    overdue, soon = ([one for one in alarms if one.is_overdue is late] for late in (True, False))
    return render(
        "supervision",
        overdue=[_alarm(one) for one in overdue[:MOST_SHOWN]],
        soon=[_alarm(one) for one in soon[:MOST_SHOWN]],
        audits=[_in_short(one, names, today) for one in reversed(audits[-MOST_SHOWN:])],
        more={
            "overdue": len(overdue[MOST_SHOWN:]),
            "soon": len(soon[MOST_SHOWN:]),
            "audits": len(audits[:-MOST_SHOWN]),
        },
        today=today,
        days=SOON_DAYS,
        reply_days=REPLY_DAYS,
    )


def alarms_html(alarms: Sequence[Alarm], nothing: str = "Nothing is due or overdue.") -> str:
    """Return what is due soon or overdue as a list; ``nothing`` is said where there is none."""
    shown = [_alarm(one) for one in alarms[:MOST_SHOWN]]
    return render("alarms", alarms=shown, more=len(alarms[MOST_SHOWN:]), nothing=nothing)


def audit_html(audit: Audit, names: Mapping[str, str], today: date) -> str:
    """Return an audit whole: its plan, its findings with replies and remedies, and every statement."""
    return render(
        "audit",
        audit=audit,
        plan=audit.plan,
        system=names.get(audit.system_id, audit.system_id),
        duty=_duty(audit.standing(today), audit.due, late="The report is overdue since", still="Report due"),
        findings=[
            {
                "finding": one,
                "about": about_words(one.words.about),
                "duty": _duty(
                    one.standing(today), one.words.reply_due, late="Reply overdue since", still="Reply due"
                ),
                "remedies": [
                    {
                        "remedy": remedy,
                        "duty": _duty(
                            remedy.standing(today), remedy.words.due, late="Overdue since", still="Due"
                        ),
                    }
                    for remedy in one.remedies
                ],
            }
            for one in audit.findings
        ],
    )


def nothing_to_state_html(tie: str = "") -> str:
    """Return that no step is open to who looks; ``tie`` says what ties them to the audited body."""
    return render("nothing_to_state", tie=tie)


def _shown(one: Moment) -> dict[str, object]:
    return {
        "day": one.day.words if one.day else "No date given",
        "kind": one.kind.label,
        "words": one.words,
        "standing": one.standing,
        "link": one.link,
        "is_inside": one.link.startswith("/"),
        "sources": one.sources,
    }


def _alarm(one: Alarm) -> dict[str, object]:
    return {
        **_shown(one.moment),
        "system_id": one.system_id,
        "system": one.system,
        "deployer": one.deployer,
        "days": abs(one.days),
        "is_overdue": one.is_overdue,
    }


def _duty(standing: Standing, due: date, *, late: str, still: str) -> dict[str, object]:
    """Return a duty in words; the day stands in them while it is not done."""
    words = {Standing.OVERDUE: late, Standing.DUE: still}.get(standing, standing.label)
    day = "" if standing is Standing.DONE else f" {PartialDate(due.isoformat()).words}"
    return {"standing": standing, "words": f"{words}{day}"}


def _in_short(audit: Audit, names: Mapping[str, str], today: date) -> dict[str, object]:
    waiting = [one.standing(today) for one in audit.findings] + [
        one.standing(today) for one in audit.remedies
    ]
    return {
        "address": address_of(audit.audit_id),
        "title": audit.plan.title,
        "body": audit.plan.body,
        "independence": audit.plan.independence.label,
        "system_id": audit.system_id,
        "system": names.get(audit.system_id, audit.system_id),
        "state": audit.state,
        "duty": _duty(audit.standing(today), audit.due, late="Report overdue since", still="Report due"),
        "is_before_report": audit.state.is_before_report,
        "findings": len(audit.findings),
        "overdue": waiting.count(Standing.OVERDUE),
    }
