"""The questionnaire on a page: one part at a time, with answers that stay in the reader's session alone."""

from __future__ import annotations

from typing import cast

import streamlit as st

from hearing_app.documents.impact import answered_words
from hearing_app.registry.entry import Entry
from hearing_app.registry.impact.instrument import Phase, Question, questionnaire
from hearing_app.registry.impact.level import Floor, ImpactLevel, floors, impact_of, level_from
from hearing_app.registry.impact.scoring import Answers, is_shown, score
from hearing_app.registry.impact.what_if import Move, what_moves

_ANSWERS, _OF = "impact_answers", "impact_of"
# Streamlit forgets a choice once its page was left: it is kept beside, so that coming back changes nothing.
_KEPT = "impact_kept"
OPEN, NONE = "open", "none"


def start(entry: Entry | None) -> None:
    """Begin with the entry's answers, or with none, unless the reader is already answering for it."""
    of = entry.id if entry else ""
    if st.session_state.get(_OF) == of:
        return
    stated = entry.impact if entry else None
    st.session_state[_OF] = of
    st.session_state[_ANSWERS] = dict(stated.answers) if stated else {}
    st.session_state["impact_phase"] = str(stated.phase if stated else Phase.IMPLEMENTATION)
    st.session_state["impact_floors"] = []
    _forget_widgets()


def choose_phase() -> Phase:
    """Show the choice between the two phases, and return the one chosen."""
    _give_back("impact_phase")
    chosen = st.radio(
        "The system is",
        [str(one) for one in Phase],
        format_func={"design": "still being designed", "implementation": "built"}.__getitem__,
        key="impact_phase",
        horizontal=True,
    )
    _keep_choice("impact_phase", chosen)
    return Phase(chosen)


def choose_floors() -> list[Floor]:
    """Show what makes a system at least level III, and return what the reader says holds."""
    known = {one.id: one for one in floors()}
    _give_back("impact_floors")
    chosen = st.multiselect(
        "Is one of these true of it?\nEach makes it at least level III.",
        list(known),
        format_func=lambda id: known[id].words,
        key="impact_floors",
        placeholder="None of these",
    )
    _keep_choice("impact_floors", chosen)
    return [known[id] for id in chosen]


def ask(phase: Phase) -> None:
    """Show one part of the questionnaire, with the questions that the answers so far open."""
    sections = {one.id: one for one in questionnaire(phase).sections}
    chosen = st.selectbox(
        "Part of the questionnaire",
        list(sections),
        format_func=lambda id: sections[id].title,
        key="impact_section",
    )
    asked = [one for one in sections[chosen].questions if is_shown(one, answers(), phase)]
    for question in asked:
        _ask(question)
    st.caption(answered_words(asked, answers()))


def answers() -> Answers:
    """Return the reader's answers. They stand in this session, and are sent and kept nowhere."""
    return cast("dict[str, tuple[str, ...]]", st.session_state[_ANSWERS])


def result(entry: Entry | None, phase: Phase, chosen: list[Floor]) -> tuple[ImpactLevel, list[Move]]:
    """Return the level that the answers come to, and what would move it."""
    found = impact_of(entry) if entry else None
    holding, unknown = (found.floors, found.unknown_floors) if found else (chosen, ())
    moves = what_moves(answers(), phase, floors=holding, unknown_floors=unknown)
    return level_from(score(answers(), phase), holding, unknown), moves


def _ask(question: Question) -> None:
    key, texts = f"impact_q_{question.id}", {one.id: one.text for one in question.options}
    chosen = answers().get(question.id)
    if question.takes_many:
        if key not in st.session_state:
            st.session_state[key] = [NONE] if chosen == () else list(chosen or ())
        st.multiselect(
            question.ask,
            [*texts, NONE],
            format_func=(texts | {NONE: "None of these"}).__getitem__,
            key=key,
            placeholder="Open",
            on_change=_keep,
            args=(question.id, key),
        )
    else:
        if key not in st.session_state:
            st.session_state[key] = chosen[0] if chosen else OPEN
        st.radio(
            question.ask,
            [*texts, OPEN],
            format_func=(texts | {OPEN: "Open"}).__getitem__,
            key=key,
            horizontal=max(map(len, texts.values())) < 12,
            on_change=_keep,
            args=(question.id, key),
        )


def _keep(id: str, key: str) -> None:
    given = st.session_state[key]
    chosen = given if isinstance(given, list) else [given]
    kept = dict(answers())
    kept.pop(id, None)
    if chosen and chosen != [OPEN]:
        kept[id] = tuple(one for one in chosen if one != NONE)
    st.session_state[_ANSWERS] = kept


def _give_back(key: str) -> None:
    if key not in st.session_state:
        st.session_state[key] = st.session_state[_KEPT][key]


def _keep_choice(key: str, chosen: object) -> None:
    st.session_state[_KEPT] = st.session_state.get(_KEPT, {}) | {key: chosen}


def _forget_widgets() -> None:
    for key in [key for key in st.session_state if str(key).startswith("impact_q_")]:
        del st.session_state[key]
