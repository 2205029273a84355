"""The register: every system, by words, kind of police work, agency and stage."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.register import passed_over_html, results_html
from hearing_app.documents.text import isolated
from hearing_app.registry.published import all_entries
from hearing_app.registry.search import LONGEST, Choice, facets, known_values, search
from hearing_app.store.engine import reading
from hearing_app.web.parts import addresses, frame

FILTERS = ("function", "agency", "stage")
NOTE = "register_note"
KEYS = ("register_q", *(f"register_{name}" for name in FILTERS))


def forget_note() -> None:
    """Once a reader chooses, what the address asked for no longer matters."""
    st.session_state[NOTE] = ""


with reading(current().engine) as db:
    published = {one.entry.id: one for one in all_entries(db)}
entries = [one.entry for one in published.values()]

if addresses.arrived("register", KEYS):
    pairs = addresses.parameters()
    known = facets(entries)
    allowed = {"function": known.functions, "agency": known.agencies, "stage": known.stages}
    words = next((text for name, text in pairs if name == "q"), "")
    passed_over: list[str] = []
    for name in FILTERS:
        kept, unknown = known_values((text for key, text in pairs if key == name), allowed[name])
        st.session_state[f"register_{name}"] = kept
        passed_over += unknown
    st.session_state["register_q"] = words[:LONGEST]
    st.session_state[NOTE] = passed_over_html(passed_over, too_long=len(words) > LONGEST)

frame.heading("Register")
st.html(
    '<div class="doc"><p class="lead">Systems that police forces and their neighbours use, used, or plan '
    "to use. Each entry says who wrote it, and where every fact comes from.</p></div>"
)

typed = st.text_input(
    "Search", key="register_q", placeholder="For example: face recognition", on_change=forget_note
)
text = typed[:LONGEST]
chosen = {name: tuple(st.session_state[f"register_{name}"]) for name in FILTERS}
for name in FILTERS:
    # Streamlit knows a choice by its label, and the count in the label changes: it is told the value anew.
    st.session_state[f"register_{name}"] = list(chosen[name])
found = facets(entries, text, chosen["function"], chosen["agency"], chosen["stage"])


def facet(label: str, name: str, choices: tuple[Choice, ...]) -> None:
    """Offer one filter; each choice says how many entries it leaves."""
    labels = {choice.value: f"{isolated(choice.label)} ({choice.count})" for choice in choices}
    st.multiselect(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=f"register_{name}",
        placeholder="All",
        on_change=forget_note,
    )


columns = st.columns(3)
for column, label, name, choices in zip(
    columns,
    ("Kind of police work", "Agency", "Stage"),
    FILTERS,
    (found.functions, found.agencies, found.stages),
    strict=True,
):
    with column:
        facet(label, name, choices)

addresses.write(
    "register",
    [("q", text)] * bool(text) + [(name, value) for name in FILTERS for value in chosen[name]],
)
if note := passed_over_html((), too_long=len(typed) > LONGEST) or st.session_state[NOTE]:
    st.html(note)
results = search(entries, text, chosen["function"], chosen["agency"], chosen["stage"])
st.html(results_html([published[entry.id] for entry in results], len(entries)))
