"""The forms of supervision: an auditor's and the audited body's, each step with its own fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.supervision import alarms_html, audit_html, nothing_to_state_html
from hearing_app.documents.text import isolated
from hearing_app.errors import HearingError
from hearing_app.people.permissions import Act, Actor, may
from hearing_app.record.receipts import new_draft_id
from hearing_app.registry.entry.evidence import Independence
from hearing_app.registry.published import entry_of, names_of_systems
from hearing_app.registry.supervision.acting import (
    audits_for,
    correctable,
    plan,
    reply_due,
    say,
    steps_now,
    tie_to,
)
from hearing_app.registry.supervision.alarms import alarms_for
from hearing_app.registry.supervision.audits import Audit
from hearing_app.registry.supervision.rules import about_choices
from hearing_app.registry.supervision.vocabulary import Severity, Step
from hearing_app.registry.supervision.words import Planned, read_words
from hearing_app.store.engine import reading, writing
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor as actor_now

_SAID, _PROBLEM, _DRAFT, _CHOSEN = "audits_said", "audits_problem", "audits_draft", "audits_chosen"
_TURNS = "audits_turns"
# Of a text that is chosen from a list, its beginning is enough to know it.
_LONGEST = 120
# For each step the words over its form, those on its button, and its fields with their labels.
_FORMS: Mapping[Step, tuple[str, str, Mapping[str, str]]] = {
    Step.PLANNED: (
        "Plan an audit",
        "Announce this audit",
        {
            "system": "System",
            "title": "Title\nThe question that the audit asks, on one line.",
            "scope": "What is looked at",
            "body": "Auditing body\nA body, such as City Auditor of Riverton; never a person's name.",
            "independence": "How independent it is",
            "statement": "Independence statement\nWho chose and pays the auditor, and what ties there are.",
            "due": "Report due",
        },
    ),
    Step.BEGUN: ("Begin", "Say that the audit has begun", {}),
    Step.POSTPONED: (
        "Change the day of the report",
        "Change the day",
        {"due": "Report due", "reason": "Reason"},
    ),
    Step.FINDING: (
        "State a finding",
        "Publish this finding",
        {
            "version": "Version of the entry",
            "about": "Field or claim",
            "severity": "What it asks for",
            "text": "What was found",
            "reply_due": "Reply due",
        },
    ),
    Step.REPLY: (
        "Reply to a finding",
        "Publish this reply",
        {"finding": "Finding", "text": "What the body says"},
    ),
    Step.REMEDY: (
        "State a remedy",
        "Publish this remedy",
        {
            "finding": "Finding",
            "what": "What is to be done",
            "by": "By which post\nA post, such as Head of Traffic Division; never a person's name.",
            "due": "To be done by",
        },
    ),
    Step.DONE: (
        "Say that a remedy is done",
        "Publish that it is done",
        {"remedy": "Remedy", "day": "Done on", "evidence": "What shows it"},
    ),
    Step.RETURNED: (
        "Do not accept a remedy as done",
        "Publish that it is not accepted",
        {"remedy": "Remedy", "reason": "Reason"},
    ),
    Step.REPORTED: (
        "Publish the report",
        "Say that the report is out",
        {"summary": "Summary", "address": "Address of the report\nOptional."},
    ),
    Step.CORRECTION: (
        "Correct what was stated",
        "Publish this correction",
        {"of": "Statement", "text": "What it should say\nThe statement stays; this stands beside it."},
    ),
    Step.CLOSED: ("Close the audit", "Close this audit", {"note": "Note"}),
    Step.CANCELLED: ("Cancel the audit", "Cancel this audit", {"reason": "Reason"}),
}
_ON_ONE_LINE = frozenset({"title", "body", "by", "address"})
_DAYS = frozenset({"due", "reply_due", "day"})
Choices = Mapping[str, Mapping[Any, str]]


def near(actor: Actor) -> None:
    """Show what is due or overdue for this actor, and the way to the audits."""
    with reading(current().engine) as db:
        found = alarms_for(db, actor, _today())
    st.header("Due and overdue", anchor=False)
    st.html(alarms_html(found, "Nothing is due within 60 days or overdue."))
    st.page_link(BY_NAME["audits"].view, label="Audits")


def show(actor: Actor) -> None:
    """Show the forms that this actor can send, beginning with what was said or refused last."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said)
    problem: tuple[Step, HearingError] | None = st.session_state.pop(_PROBLEM, None)
    with reading(current().engine) as db:
        names = names_of_systems(db)
        audits = {one.audit_id: one for one in audits_for(db, actor)}
    if may(actor, Act.CARRY_OUT_AUDITS) and names:
        _planning(names, problem)
    st.header("Audits that concern you", anchor=False)
    if not audits:
        st.html('<div class="doc"><p>There is none yet.</p></div>')
        return
    if st.session_state.get(_CHOSEN) not in audits:
        st.session_state.pop(_CHOSEN, None)
    chosen = audits[
        st.selectbox(
            "Audit",
            list(audits),
            format_func=lambda name: isolated(
                f"{audits[name].plan.title} ({names.get(audits[name].system_id, '')}, "
                f"{audits[name].state.label.lower()})"
            ),
            key=_CHOSEN,
        )
    ]
    st.html(audit_html(chosen, names, _today()))
    _steps(actor, chosen, problem)


def _planning(names: Mapping[str, str], problem: tuple[Step, HearingError] | None) -> None:
    st.session_state.setdefault(_DRAFT, new_draft_id())
    choices: dict[str, Mapping[Any, str]] = {
        "system": {system_id: f"{name} ({system_id})" for system_id, name in names.items()},
        "independence": {str(one): one.label for one in Independence},
    }
    key = f"audits_{st.session_state[_DRAFT]}"
    _form(Step.PLANNED, key, choices, problem=problem, send=(_plan, (key,)))


def _steps(actor: Actor, audit: Audit, problem: tuple[Step, HearingError] | None) -> None:
    with reading(current().engine) as db:
        steps = steps_now(db, actor, audit)
        # Other versions have other claims: the list follows the version that is chosen.
        newest = entry_of(db, audit.system_id).version.version
        version = st.session_state.get(f"{_key(audit, Step.FINDING)}_version", newest)
        about = about_choices(db, audit, version) if Step.FINDING in steps else {}
        tie = tie_to(db, actor, audit.system_id) if may(actor, Act.CARRY_OUT_AUDITS) else ""
    if not steps:
        st.html(nothing_to_state_html(tie))
    findings = {one.number: f"{one.number}: {one.words.text}" for one in audit.findings}
    remedies = {one.number: f"{one.number}: {one.words.what}" for one in audit.remedies}
    open_ones = {one.number: remedies[one.number] for one in audit.remedies if one.done is None}
    choices: dict[str, Mapping[Any, str]] = {
        "version": {number: str(number) for number in range(newest, 0, -1)},
        "about": about,
        "severity": {str(one): one.label for one in Severity},
        "finding": findings,
        "of": {one.number: f"{one.number}: {one.step.label}" for one in correctable(audit, actor)},
    }
    for step in steps:
        done = {name: words for name, words in remedies.items() if name not in open_ones}
        choices["remedy"] = open_ones if step is Step.DONE else done
        key = _key(audit, step)
        _form(step, key, choices, problem=problem, send=(_state, (key, step, audit)))


def _key(audit: Audit, step: Step) -> str:
    """Return what the widgets of a form are called: a new one each time that it was sent and taken.

    A second press that was on its way then finds no button, and no words that it could send again.
    """
    turn = st.session_state.setdefault(_TURNS, {}).get((audit.audit_id, step), 0)
    return f"audits_{audit.audit_id}_{step}_{turn}"


def _form(
    step: Step,
    key: str,
    choices: Choices,
    *,
    problem: tuple[Step, HearingError] | None,
    send: tuple[Any, tuple[Any, ...]],
) -> None:
    """Show the form of one step; a refusal stands in it, over what was typed."""
    title, button, fields = _FORMS[step]
    refused = problem is not None and problem[0] is step
    with (
        st.expander(title, expanded=refused, key=f"{key}_panel"),
        st.container(width=frame.READING_WIDTH),
    ):
        if problem is not None and refused:
            frame.refusal(problem[1], {name: label.split("\n")[0] for name, label in fields.items()})
        for name, label in fields.items():
            _field(name, label, f"{key}_{name}", choices.get(name))
        act, given = send
        st.button(button, key=f"{key}_send", on_click=act, args=given)


def _field(name: str, label: str, key: str, choices: Mapping[Any, str] | None) -> None:
    if choices is not None:
        # What is stated stays for ever: where there is a choice, nothing is chosen by chance.
        open_choice = len(choices) > 1 and name != "version"
        st.selectbox(
            label,
            ["", *choices] if open_choice else list(choices),
            format_func=lambda one: isolated(choices.get(one, "Choose one")[:_LONGEST]),
            key=key,
        )
    elif name in _DAYS:
        first = {"reply_due": reply_due(_today()), "day": _today()}.get(name)
        st.date_input(label, value=first, format="YYYY-MM-DD", key=key)
    elif name in _ON_ONE_LINE:
        st.text_input(label, key=key)
    else:
        st.text_area(label, key=key, height=120)


def _plan(key: str) -> None:
    session, typed = st.session_state, _typed(Step.PLANNED, key)
    try:
        version = 1
        if typed["system"]:
            with reading(current().engine) as db:
                version = entry_of(db, typed["system"]).version.version
        words = read_words(Step.PLANNED, typed | {"version": version})
        if isinstance(words, Planned):
            with writing(current().engine) as db:
                made = plan(db, actor_now(), words, draft_id=key)
            session[_CHOSEN] = made.audit_id
        session.pop(_DRAFT, None)
        _said(Step.PLANNED)
    except HearingError as error:
        session[_PROBLEM] = (Step.PLANNED, error)


def _state(key: str, step: Step, seen: Audit) -> None:
    """State what was typed in the audit as it stood when the form was drawn."""
    try:
        words = read_words(step, _typed(step, key))
        with writing(current().engine) as db:
            say(db, actor_now(), seen.audit_id, words, seen=seen.revision)
        turns = st.session_state.setdefault(_TURNS, {})
        turns[seen.audit_id, step] = turns.get((seen.audit_id, step), 0) + 1
        _said(step)
    except HearingError as error:
        st.session_state[_PROBLEM] = (step, error)


def _typed(step: Step, key: str) -> dict[str, Any]:
    return {name: st.session_state.get(f"{key}_{name}") for name in _FORMS[step][2]}


def _said(step: Step) -> None:
    st.session_state[_SAID] = f"On the record: {step.label[0].lower()}{step.label[1:]}."


def _today() -> date:
    return datetime.now(UTC).date()
