"""The sliders with which a reader tries other thresholds: one for everybody, or one for each group."""

from __future__ import annotations

import streamlit as st

from hearing_app.documents.text import for_label
from hearing_app.evidence.audit import Audit
from hearing_app.evidence.cuts import cut_texts, readable_cuts, unfit_cuts
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.wording import group_label

# With more groups than this, a page of sliders would hide the answer.
MOST_SLIDERS = 12
_ASKED = "evidence_cuts_asked"


def forget_cuts(asked: list[str]) -> None:
    """Let the sliders begin anew, from the thresholds that an address asks for."""
    for key in [key for key in st.session_state if str(key).startswith("evidence_cut")]:
        del st.session_state[key]
    st.session_state[_ASKED] = asked


def choose_cuts(found: Audit) -> tuple[str, ...]:
    """Show the sliders, and return what they say as an address has it."""
    manifest = found.manifest
    groups = [one.group for one in found.groups]
    asked = st.session_state.get(_ASKED, [])
    # Said of the address as it arrived: a group that the reader takes away later is no fault of theirs.
    for note in st.session_state.setdefault(
        "evidence_cut_notes", unfit_cuts(manifest, found.selection, groups, asked)
    ):
        st.info(for_label(note))
    everybody, own = readable_cuts(manifest, found.selection, groups, asked)
    highest = manifest.score.maximum + 1
    st.session_state.setdefault("evidence_cut", everybody)
    _slider(manifest, "Try this threshold instead", "evidence_cut")
    st.caption(f"{highest} is above the highest score: nobody is singled out then.")
    each = False
    if 1 < len(groups) <= MOST_SLIDERS:
        st.session_state.setdefault("evidence_cut_each", bool(own))
        each = st.toggle("A threshold of its own for each group", key="evidence_cut_each")
    chosen = {}
    for group in groups if each else ():
        key = f"evidence_cut_{group}"
        st.session_state.setdefault(key, own.get(group, st.session_state["evidence_cut"]))
        label = for_label(group_label(manifest, group))
        chosen[group] = _slider(manifest, label, key)
    return cut_texts(st.session_state["evidence_cut"], chosen)


def _slider(manifest: Manifest, label: str, key: str) -> int:
    highest = manifest.score.maximum + 1
    if manifest.lattice is None:
        return st.slider(label, manifest.score.minimum, highest, key=key)
    # Scores that were counted together cannot be cut apart.
    chosen: int = st.select_slider(label, [*manifest.thresholds, highest], key=key)
    return chosen
