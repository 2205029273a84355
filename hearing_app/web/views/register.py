"""The register: every system, by words, kind of police work, agency and stage."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.register import results_html
from hearing_app.registry.published import all_entries
from hearing_app.registry.search import Choice, facets, search
from hearing_app.store.engine import reading
from hearing_app.web.parts import addresses, frame

LONGEST = 200
FILTERS = ("function", "agency", "stage")
KEYS = ("register_q", *(f"register_{name}" for name in FILTERS))

with reading(current().engine) as db:
    published = {one.entry.id: one for one in all_entries(db)}
entries = [one.entry for one in published.values()]

if addresses.arrived("register", KEYS):
    pairs = addresses.parameters()
    known = facets(entries)
    allowed = {"function": known.functions, "agency": known.agencies, "stage": known.stages}
    st.session_state["register_q"] = next((text for name, text in pairs if name == "q"), "")[:LONGEST]
    for name in FILTERS:
        values = {choice.value for choice in allowed[name]}
        wanted = [text for key, text in pairs if key == name and text in values]
        st.session_state[f"register_{name}"] = list(dict.fromkeys(wanted))

frame.heading("Register")
st.html(
    '<div class="doc"><p class="lead">Systems that police forces and their neighbours use, used, or plan '
    "to use. Each entry says who wrote it, and where every fact comes from.</p></div>"
)

text = st.text_input("Search", key="register_q", placeholder="For example: face recognition")[:LONGEST]
chosen = {name: tuple(st.session_state[f"register_{name}"]) for name in FILTERS}
for name in FILTERS:
    # Streamlit knows a choice by its label, and the count in the label changes: it is told the value anew.
    st.session_state[f"register_{name}"] = list(chosen[name])
found = facets(entries, text, chosen["function"], chosen["agency"], chosen["stage"])


def facet(label: str, name: str, choices: tuple[Choice, ...]) -> None:
    """Offer one filter; each choice says how many entries it leaves."""
    labels = {choice.value: f"{choice.label} ({choice.count})" for choice in choices}
    st.multiselect(
        label, list(labels), format_func=labels.__getitem__, key=f"register_{name}", placeholder="All"
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
results = search(entries, text, chosen["function"], chosen["agency"], chosen["stage"])
st.html(results_html([published[entry.id] for entry in results], len(entries)))
