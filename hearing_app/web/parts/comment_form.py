"""The form of a comment: its fields, what of them was wrong, and the draft that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from hearing_app.documents.text import for_label
from hearing_app.errors import Fault
from hearing_app.hearings.comment import Receipt
from hearing_app.hearings.draft import LIMITS, MOST_LINKS, NAMES, Draft, Link, length
from hearing_app.hearings.vocabulary import LANGUAGES, CommentType, Consent, Stance, Standing, Target
from hearing_app.registry.vocabulary import Term

# The widgets' values live here while the reader checks the summary, where no widget is shown.
VALUES = "comment_values"
# A hint is part of its field's label, so that a screen reader says both.
HINTS = {
    "concern": "What worries you about it, or what happened?",
    "value_seen": "Optional. What good can it do?",
    "ask": "Optional. This can become a line of the agenda.",
}
_SIMPLE = (
    "target",
    "comment_type",
    "concern",
    "value_seen",
    "ask",
    "stance",
    "standing",
    "consent",
    "display_name",
    "language_declared",
)


def show(systems: Mapping[str, str], faults: Sequence[Fault]) -> None:
    """Show every field, one question after the other, each with its own fault under it."""
    _restore(systems)
    if len(systems) > 1:
        st.selectbox(
            "**Which system is it about?**",
            list(systems),
            format_func=systems.__getitem__,
            key="comment_system_id",
        )
    _choice("**What is your comment about?**", Target, "target", faults)
    _choice("**What kind of comment is it?**", CommentType, "comment_type", faults)
    for name in ("concern", "value_seen", "ask"):
        _words(name, faults)
    _choice("**Do you want it to be used?** Shown only as counts of ten or more.", Stance, "stance", faults)
    st.multiselect(
        "**How do you stand to it?** Optional. Shown only as counts of ten or more.",
        [str(value) for value in Standing],
        format_func=lambda value: Standing(value).label,
        key="comment_standing",
        placeholder="Choose as many as fit",
    )
    _fault("standing", faults)
    _links(faults)
    _choice("**Who may read your words?**", Consent, "consent", faults)
    if st.session_state["comment_consent"] == Consent.TEXT_AND_NAME:
        _give_back("display_name")
        st.text_input("**Name to show**", key="comment_display_name")
        _fault("display_name", faults)
    st.selectbox(
        "**In which language do you write?** Optional.",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="comment_language_declared",
    )
    _fault("language_declared", faults)
    st.session_state[VALUES] = st.session_state.get(VALUES, {}) | {
        name: st.session_state[f"comment_{name}"]
        for name in _names()
        if f"comment_{name}" in st.session_state
    }


def begin(system_id: str) -> None:
    """Begin a draft about a system; what was typed before stays, for the next draft may be the same one."""
    kept = st.session_state.setdefault(VALUES, {})
    kept["system_id"] = system_id
    st.session_state.pop("comment_system_id", None)


def forget() -> None:
    """Forget what was typed, once it is on the record."""
    for name in (VALUES, "comment_draft_id", *(f"comment_{name}" for name in _names())):
        st.session_state.pop(name, None)


def forget_sent(comment_id: str) -> None:
    """Forget the draft and the receipt of a comment that was withdrawn in the browser that had sent it."""
    sent: Receipt | None = st.session_state.get("comment_receipt")
    if sent is not None and sent.comment_id == comment_id:
        for name in ("comment_draft", "comment_receipt"):
            st.session_state.pop(name, None)


def draft(
    draft_id: str, hearing_id: str, versions: Mapping[str, int], pinned: dict[str, Any] | None
) -> Draft:
    """Return the draft that the fields make; ``versions`` gives each system's current version."""
    values = st.session_state[VALUES]
    named = values["consent"] == Consent.TEXT_AND_NAME
    links = [
        (values[f"link_{place}"].strip(), values[f"title_{place}"].strip()) for place in range(MOST_LINKS)
    ]
    return Draft(
        draft_id=draft_id,
        hearing_id=hearing_id,
        system_id=values["system_id"],
        system_version=versions[values["system_id"]],
        **{name: values[name] for name in _SIMPLE if name not in {"standing", "display_name"}},
        standing=tuple(values["standing"]),
        display_name=values.get("display_name", "") if named else "",
        evidence=tuple(Link(url, title) for url, title in links if url or title),
        pinned=pinned,
    )


def _names() -> list[str]:
    links = [f"{part}_{place}" for place in range(MOST_LINKS) for part in ("link", "title")]
    return ["system_id", *_SIMPLE, *links]


def _restore(systems: Mapping[str, str]) -> None:
    """Give the widgets what was typed before; Streamlit forgets widgets that were not on the screen."""
    first: dict[str, Any] = {
        "system_id": next(iter(systems)),
        "target": str(Target.WHOLE_SYSTEM),
        "comment_type": str(CommentType.CONCERN),
        "stance": str(Stance.NO_VIEW),
        "standing": [],
        "consent": str(Consent.TEXT_ONLY),
        "language_declared": "",
    }
    for name in _names():
        # A name's field is not always on the screen: given back without it, an empty name would stay.
        if name != "display_name":
            _give_back(name, first.get(name, ""))
    if st.session_state["comment_system_id"] not in systems:
        st.session_state["comment_system_id"] = first["system_id"]


def _give_back(name: str, first: object = "") -> None:
    key = f"comment_{name}"
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(VALUES, {}).get(name, first)


def _choice(label: str, vocabulary: type[Term], name: str, faults: Sequence[Fault]) -> None:
    st.radio(
        label,
        [str(value) for value in vocabulary],
        format_func=lambda value: vocabulary(value).label,
        key=f"comment_{name}",
    )
    _fault(name, faults)


def _words(name: str, faults: Sequence[Fault]) -> None:
    # No max_chars: the server would cut longer texts without a word.
    label = f"**{NAMES[name]}.** {HINTS[name]} At most {LIMITS[name]:,} characters."
    text = st.text_area(label, key=f"comment_{name}", height=180 if name == "concern" else 110)
    # It always stands there: a line that appeared on leaving the field would move a button under the finger.
    used = f"{length(text or ''):,} of {LIMITS[name]:,} characters used."
    st.html(f'<div class="doc"><p class="quiet">{used}</p></div>')
    _fault(name, faults)


def _links(faults: Sequence[Fault]) -> None:
    wrong = any(fault.field.startswith("evidence") for fault in faults)
    with st.expander("**Evidence:** links to pages or documents. Optional", expanded=wrong):
        for place in range(MOST_LINKS):
            st.text_input(f"Address of link {place + 1}", key=f"comment_link_{place}")
            st.text_input(f"What link {place + 1} is", key=f"comment_title_{place}")
            _fault(f"evidence.{place}", faults)
        _fault("evidence", faults)


def _fault(name: str, faults: Sequence[Fault]) -> None:
    for fault in faults:
        if fault.field == name:
            st.error(for_label(f"{fault.problem} {fault.repair}"))
