"""Asking for which agency a publisher speaks: one that the register knows, by its name, or a new one."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import Connection

from hearing_app.deployment import current
from hearing_app.documents.text import for_label
from hearing_app.registry.offices import agency_for
from hearing_app.registry.published import names_of_agencies
from hearing_app.store.engine import reading

# No id: those have no spaces.
_NEW = "a new one"


def ask(label: str, key: str, *, present: str = "") -> None:
    """Ask for the agency; ``present`` is the one that the account speaks for so far."""
    with reading(current().engine) as db:
        names = names_of_agencies(db)
    offered = ["", *sorted(names, key=lambda one: names[one].casefold()), _NEW]
    words = {"": "Choose one", _NEW: "One that has no entry yet"}
    at = present if present in names else _NEW if present else ""
    picked = st.selectbox(
        label,
        offered,
        index=offered.index(at),
        format_func=lambda one: words.get(one) or for_label(names[one]),
        key=key,
    )
    if picked == _NEW:
        st.text_input(
            "The new agency's id",
            value=present if at == _NEW else "",
            help="As its entries will name it: small letters, digits and hyphens.",
            key=f"{key}_new",
        )


def chosen(db: Connection, key: str) -> str:
    """Return the id of the agency that was chosen, or ""; raise ``Invalid`` as ``agency_for`` does."""
    picked = str(st.session_state.get(key) or "")
    if picked == _NEW:
        return agency_for(db, str(st.session_state.get(f"{key}_new") or ""), is_new=True)
    return agency_for(db, picked)
