"""The form of a comment: its fields, what of them was wrong, and the draft that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from hearing_app.documents.text import for_label, isolated
from hearing_app.errors import Fault
from hearing_app.hearings.comments.comment import Receipt
from hearing_app.hearings.comments.draft import (
    LIMITS,
    MOST_LINKS,
    NAMES,
    Draft,
    Link,
    check_draft,
    still_wrong,
)
from hearing_app.hearings.vocabulary import (
    LANGUAGES,
    CommentType,
    Consent,
    Speaking,
    Stance,
    Standing,
    Target,
)
from hearing_app.registry.vocabulary import Term
from hearing_app.voices.signs import length
from hearing_app.web.parts import wish_form

# The widgets' values live here while the reader checks the summary, where no widget is shown.
VALUES = "comment_values"
# What each field asks; what is wrong with a link names it by itself. The first line is set apart by the
# stylesheet; a hint below it is part of the label, so that a screen reader says both.
LABELS = {
    "system_id": "Which system is it about?",
    "target": "What is your comment about?",
    "comment_type": "What kind of comment is it?",
    **NAMES,
    "stance": "Do you want it to be used?",
    "standing": "What is your connection to it?",
    "consent": "Who may read your words?",
    "language_declared": "In which language do you write?",
    **wish_form.LABELS,
}
HINTS = {
    "concern": "A worry, a question, what happened to you.",
    "value_seen": "What good can it do?",
    "ask": "This can become a line of the agenda.",
}
# What it is about can be one of several: then the author may say which.
_WHICH = {
    str(Target.CLAIM): "Which claim?",
    str(Target.DEPLOYMENT): "Which place or occasion?",
    str(Target.CONTRACT): "Which contract or cost?",
    str(Target.OTHER): "What is it?",
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
    "target_detail",
)
# Fields that are not always on the screen: given back without being drawn, an empty value would stay.
_AT_TIMES = ("display_name", "target_detail", *wish_form.DETAILS)


class _Marks(NamedTuple):
    """What stands under the fields: what is wrong now, and which fields were mended since the last check."""

    faults: Sequence[Fault]
    mended: frozenset[str]


def show(
    systems: Mapping[str, str], faults: Sequence[Fault], earlier: Sequence[Fault], *, signs_up: bool = False
) -> None:
    """Show every field, one question after the other, each with its own fault under it.

    ``signs_up`` says whether wishes to speak are taken. ``earlier`` are the faults of the last check; a field
    that was mended since says so in the same place.
    """
    marks = _Marks(faults, frozenset(one.field for one in earlier) - {one.field for one in faults})
    if len(systems) > 1:
        st.selectbox(
            LABELS["system_id"],
            list(systems),
            format_func=lambda name: isolated(systems[name]),
            key="comment_system_id",
        )
    _fault("system_id", marks)
    _fault("system_version", marks)
    _fault("pinned", marks)
    _choice(LABELS["target"], Target, "target", marks)
    if which := _WHICH.get(st.session_state["comment_target"] or ""):
        _give_back("target_detail")
        st.text_input(f"{which}\nOptional.", key="comment_target_detail")
        _fault("target_detail", marks)
    _choice(LABELS["comment_type"], CommentType, "comment_type", marks)
    for name in ("concern", "value_seen", "ask"):
        _words(name, marks)
    seen = "Facilitators see your answer beside your words; the public sees only counts of ten or more."
    _choice(f"{LABELS['stance']}\n{seen}", Stance, "stance", marks)
    st.multiselect(
        f"{LABELS['standing']}\nOptional. {seen}",
        [str(value) for value in Standing],
        format_func=lambda value: Standing(value).label,
        key="comment_standing",
        placeholder="Choose as many as fit",
    )
    _fault("standing", marks)
    _links(marks)
    _choice(LABELS["consent"], Consent, "consent", marks)
    if st.session_state["comment_consent"] == Consent.TEXT_AND_NAME:
        _give_back("display_name")
        st.text_input(LABELS["display_name"], key="comment_display_name")
        _fault("display_name", marks)
    st.selectbox(
        f"{LABELS['language_declared']}\nOptional.",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="comment_language_declared",
    )
    _fault("language_declared", marks)
    if signs_up:
        wish_form.show_question("comment")
        _fault("speaking", marks)
        if st.session_state["comment_speaking"] != Speaking.NO:
            for name in wish_form.DETAILS:
                _give_back(name, wish_form.first_of(name))
            wish_form.show_details("comment", partial(_fault, marks=marks))
    else:
        # Who had chosen before sign-up closed must not be stopped by what is no longer on the screen.
        st.session_state[VALUES]["speaking"] = str(Speaking.NO)


def begin(system_id: str, *, with_figures: bool) -> None:
    """Begin a draft about a system; what was typed before stays, for the next draft may be the same one.

    Who comes with figures comments on a figure, until they choose otherwise.
    """
    kept = st.session_state.setdefault(VALUES, {})
    kept["system_id"] = system_id
    st.session_state.pop("comment_system_id", None)
    if with_figures and not kept.get("target"):
        kept["target"] = str(Target.METRIC)
        st.session_state.pop("comment_target", None)


def gather(systems: Mapping[str, str]) -> None:
    """Give the fields what was typed before, and keep what is in them now."""
    _restore(systems)
    st.session_state[VALUES] = st.session_state.get(VALUES, {}) | {
        name: st.session_state[f"comment_{name}"]
        for name in _names()
        if f"comment_{name}" in st.session_state
    }


def check(draft: Draft) -> tuple[Fault, ...]:
    """Return every fault of a draft, each link by its row in the form."""
    return tuple(check_draft(draft, _rows()))


def remaining(draft: Draft, earlier: Sequence[Fault]) -> list[Fault]:
    """Return what is left of the faults that were found earlier."""
    return still_wrong(draft, earlier, _rows())


def forget() -> None:
    """Forget what was typed, once it is on the record."""
    for name in (VALUES, "comment_draft_id", *(f"comment_{name}" for name in _names())):
        st.session_state.pop(name, None)


def forget_sent(comment_id: str) -> None:
    """Forget the draft and the receipt of a comment that was withdrawn in the browser that had sent it."""
    sent: Receipt | None = st.session_state.get("comment_receipt")
    if sent is not None and sent.comment_id == comment_id:
        for name in ("comment_draft", "comment_sent", "comment_receipt"):
            st.session_state.pop(name, None)


def draft(
    draft_id: str, hearing_id: str, versions: Mapping[str, int], pinned: dict[str, Any] | None
) -> Draft:
    """Return the draft that the fields make; ``versions`` gives each system's current version."""
    values = st.session_state[VALUES]
    named = values["consent"] == Consent.TEXT_AND_NAME
    wish = wish_form.asked(values)
    # Where nothing is chosen yet, a widget says None.
    apart = {"standing", "display_name", "target_detail"}
    texts: dict[str, Any] = {name: values[name] or "" for name in _SIMPLE if name not in apart}
    which = (values.get("target_detail") or "") if values["target"] in _WHICH else ""
    return Draft(
        draft_id=draft_id,
        hearing_id=hearing_id,
        system_id=values["system_id"],
        system_version=versions[values["system_id"]],
        **texts,
        target_detail=which,
        standing=tuple(values["standing"]),
        display_name=values.get("display_name", "") if named else "",
        evidence=tuple(Link(*_typed_link(place)) for place in _rows()),
        pinned=pinned,
        speaking=wish.how,
        interpreter=wish.interpreter,
        interpreter_language=wish.interpreter_language,
        access_needs=wish.access_needs,
        first_time=wish.first_time,
    )


def _typed_link(place: int) -> tuple[str, str]:
    values = st.session_state[VALUES]
    # A fault shows an address with a sign of no width in it (``for_label``), which is copied with it.
    return values[f"link_{place}"].replace("\u2060", "").strip(), values[f"title_{place}"].strip()


def _rows() -> list[int]:
    """Return the rows of the form in which there is something of a link."""
    return [place for place in range(MOST_LINKS) if any(_typed_link(place))]


def _names() -> list[str]:
    links = [f"{part}_{place}" for place in range(MOST_LINKS) for part in ("link", "title")]
    return ["system_id", *_SIMPLE, "speaking", *wish_form.DETAILS, *links]


def _restore(systems: Mapping[str, str]) -> None:
    """Give the widgets what was typed before; Streamlit forgets widgets that were not on the screen."""
    first: dict[str, Any] = {
        "system_id": next(iter(systems)),
        # Chosen by nobody but the author: what stands in the record should be what they meant.
        "target": None,
        "comment_type": None,
        "stance": str(Stance.NO_VIEW),
        "standing": [],
        "consent": str(Consent.TEXT_ONLY),
        "language_declared": "",
        "speaking": str(Speaking.NO),
    }
    for name in _names():
        if name not in _AT_TIMES:
            _give_back(name, first.get(name, ""))
    if st.session_state["comment_system_id"] not in systems:
        st.session_state["comment_system_id"] = first["system_id"]


def _give_back(name: str, first: object = "") -> None:
    key = f"comment_{name}"
    if key not in st.session_state:
        st.session_state[key] = st.session_state.get(VALUES, {}).get(name, first)


def _choice(label: str, vocabulary: type[Term], name: str, marks: _Marks) -> None:
    st.radio(
        label,
        [str(value) for value in vocabulary],
        index=None,
        format_func=lambda value: vocabulary(value).label,
        key=f"comment_{name}",
    )
    _fault(name, marks)


def _words(name: str, marks: _Marks) -> None:
    # No max_chars: the server would cut longer texts without a word.
    enough = "One of the three boxes is enough."
    label = f"{LABELS[name]}\n{HINTS[name]} {enough} At most {LIMITS[name]:,} characters."
    text = st.text_area(label, key=f"comment_{name}", height=180 if name == "concern" else 110)
    # It always stands there: a line that appeared on leaving the field would move a button under the finger.
    used = f"{length(text or ''):,} of {LIMITS[name]:,} characters used."
    st.html(f'<div class="doc"><p class="quiet">{used}</p></div>')
    _fault(name, marks)


def _links(marks: _Marks) -> None:
    # Open while its last fault is being mended, too: it must not close under the typing hand.
    looked_at = {*marks.mended, *(fault.field for fault in marks.faults)}
    wrong = any(field.startswith("evidence") for field in looked_at)
    with st.expander("Evidence: links now, files after sending. Optional", expanded=wrong):
        st.html(
            '<div class="doc"><p>Here you give links to pages or documents. Files, such as a picture, '
            "can be added right after sending, with the receipt.</p></div>"
        )
        for place in range(MOST_LINKS):
            st.text_input(f"Address of link {place + 1}", key=f"comment_link_{place}")
            st.text_input(f"What link {place + 1} is", key=f"comment_title_{place}")
            _fault(f"evidence.{place}", marks)
        _fault("evidence", marks)


def _fault(name: str, marks: _Marks) -> None:
    for fault in marks.faults:
        if fault.field == name:
            st.error(for_label(f"{fault.problem} {fault.repair}"))
    if name in marks.mended:
        # In the place of the fault: if the lines below moved up, a button would move under the finger.
        st.info("Changed since the last check.")
