"""The register: every system, by words and by what can be counted; the address holds the whole selection."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.register import chosen_in_short, found_html, passed_over_html
from hearing_app.documents.text import for_label, isolated
from hearing_app.registry.facets import FACETS
from hearing_app.registry.register import register_of
from hearing_app.registry.search import LONGEST, Choice, find, known_values
from hearing_app.store.engine import reading
from hearing_app.web.pages import BY_NAME
from hearing_app.web.parts import addresses, frame

NAMES = [facet.name for facet in FACETS]
NOTE, AFTER = "register_note", "register_after"
LINKS = {
    "coverage": "What each agency has published",
    "compare": "Compare systems side by side",
    "prohibited_uses": "Prohibited uses",
    "supervision": "Audits, and what is due",
    "corrections": "Reports of errors",
    "standard": "What is asked of an entry",
}
KEYS = ("register_q", *(f"register_{name}" for name in NAMES))


def begin_anew() -> None:
    """Once a reader chooses, what the address asked for no longer matters, and the list begins anew."""
    st.session_state[NOTE] = st.session_state[AFTER] = ""


with reading(current().engine) as db:
    register = register_of(db)

if addresses.arrived("register", KEYS):
    pairs = addresses.parameters()
    every = find(register)
    words, after = (next((text for key, text in pairs if key == name), "") for name in ("q", "after"))
    passed_over = [after] if after and after not in register else []
    for name in NAMES:
        kept, unknown = known_values((text for key, text in pairs if key == name), every.choices(name))
        st.session_state[f"register_{name}"] = kept
        passed_over += unknown
    st.session_state["register_q"] = words[:LONGEST]
    st.session_state[AFTER] = after if after in register else ""
    st.session_state[NOTE] = passed_over_html(passed_over, too_long=len(words) > LONGEST)

frame.heading("Register")
st.html(
    '<div class="doc"><p class="lead">Systems that police forces and their neighbours use, used, or plan '
    "to use. Each entry says who wrote it, and where every fact comes from.</p></div>"
)
with st.container(horizontal=True):
    for page, words in LINKS.items():
        st.page_link(BY_NAME[page].view, label=words)

typed = st.text_input(
    "Search", key="register_q", placeholder="For example: face recognition", on_change=begin_anew
)
text = typed[:LONGEST]
chosen = {name: tuple(st.session_state[f"register_{name}"]) for name in NAMES}
for name in NAMES:
    # Streamlit knows a choice by its label, and the count in the label changes: it is told the value anew.
    st.session_state[f"register_{name}"] = list(chosen[name])
found = find(register, text, chosen)


def facet(label: str, name: str, choices: tuple[Choice, ...]) -> None:
    """Offer one filter; each choice says how many entries it leaves."""
    labels = {choice.value: f"{isolated(choice.label)} ({choice.count})" for choice in choices}
    st.multiselect(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=f"register_{name}",
        placeholder="All",
        on_change=begin_anew,
    )


offered = {name: found.choices(name) for name in NAMES}
said = {name: [one.label for one in offered[name] if one.value in chosen[name]] for name in NAMES}
with st.expander(for_label(chosen_in_short(said))):
    for row in (FACETS[start : start + 3] for start in range(0, len(FACETS), 3)):
        for column, one in zip(st.columns(3), row, strict=False):
            with column:
                facet(one.title, one.name, offered[one.name])

address = [("q", text)] * bool(text) + [(name, value) for name in NAMES for value in chosen[name]]
after = st.session_state[AFTER]
addresses.write("register", [*address, *[("after", after)] * bool(after)])
if note := passed_over_html((), too_long=len(typed) > LONGEST) or st.session_state[NOTE]:
    st.html(note)
st.html(found_html(found, after, len(register), address))
