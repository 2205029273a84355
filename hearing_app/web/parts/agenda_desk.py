"""Arranging an agenda: asking for a proposal, changing items and places one by one, and publishing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.agenda_desk import unpublished_html
from hearing_app.documents.text import isolated
from hearing_app.errors import HearingError, Invalid
from hearing_app.hearings.agenda.arranging import (
    Change,
    add_item,
    add_place,
    change,
    drop_item,
    drop_place,
    move_item,
    publish,
    put_comments,
    reword_item,
    set_place,
    swap,
)
from hearing_app.hearings.agenda.proposal import minutes_there_are, propose_anew
from hearing_app.hearings.agenda.proposing import MINUTES
from hearing_app.hearings.agenda.reading import LONGEST_ITEM, AgendaVersion, Draft, Item, ItemKind
from hearing_app.hearings.agenda.slots import MOST_MINUTES
from hearing_app.hearings.hearing import Hearing
from hearing_app.store.engine import writing
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import actor

state = st.session_state
_PROBLEM, _SAID = "agenda_problem", "agenda_said"
LABELS = {"note": "Why it changes", "minutes": "Minutes in all", "each": "Minutes for each speaker"}
KINDS = [str(one) for one in ItemKind]


def refusals() -> None:
    """Say what came of the last press of a button."""
    if problem := state.pop(_PROBLEM, None):
        frame.refusal(problem, LABELS)
    if said := state.pop(_SAID, None):
        st.success(said)


def button(
    label: str,
    name: str,
    act: Callable[..., object],
    hearing_id: str,
    *given: object,
    kind: str = "secondary",
) -> None:
    """Show a button that does one act of a facilitator; what it was given is what this screen shows."""
    primary = kind == "primary"
    st.button(
        label,
        key=f"agenda_{name}",
        type="primary" if primary else "secondary",
        on_click=_do,
        args=(act, hearing_id, *given),
    )


def proposing(draft: Draft, hearing: Hearing) -> None:
    """Ask for a proposal in the place of the draft."""
    with st.expander("Propose an agenda", expanded=not draft.arrangement.items, key="agenda_proposing"):
        st.html(
            '<div class="doc"><p>It takes the place of this draft; locked places stay. It follows from '
            "wishes to speak, themes and questions, by the rules that stand on the hearing's page. Where "
            "nobody was drawn to speak about what sets a group of opinion apart, minutes are kept for it."
            "</p></div>"
        )
        there = minutes_there_are(hearing)
        st.number_input(LABELS["minutes"], 1, 24 * 60, there, key="agenda_minutes")
        st.number_input(LABELS["each"], 1, MOST_MINUTES, MINUTES, key="agenda_each")
        st.button("Propose it", key="agenda_propose", type="primary", on_click=_propose, args=(draft,))


def items(draft: Draft, comments: Sequence[str]) -> None:
    """Change one item after the other, or add one."""
    there = {one.id: one for one in draft.arrangement.items}
    numbers = {one.id: place for place, one in enumerate(draft.arrangement.items, 1)}
    if there:
        st.header("Change an item", anchor=False)
        chosen = st.selectbox(
            "Item",
            list(there),
            format_func=lambda one: isolated(f"{numbers[one]}. {there[one].title}"),
            key="agenda_item",
        )
        _item(draft, there[chosen], comments)
    with st.expander("Add an item", key="agenda_adding"):
        st.text_input("Title", key="agenda_new_title")
        st.selectbox("Kind", KINDS, format_func=_label, key="agenda_new_kind")
        st.number_input("Minutes of its own", 0, LONGEST_ITEM, 5, key="agenda_new_minutes")
        st.button("Add it", key="agenda_add", on_click=_add, args=(draft,))
    speakers = list(draft.arrangement.speakers)
    if len(speakers) > 1:
        with st.expander("Let two speakers change places", key="agenda_swapping"):
            st.selectbox("One", speakers, key="agenda_one")
            st.selectbox("The other", speakers[::-1], key="agenda_other")
            st.button("Change them", key="agenda_swap", on_click=_swap, args=(draft,))


def publishing(draft: Draft, last: AgendaVersion | None) -> None:
    """Publish the draft, with the reason where a version is public already."""
    st.header("Publish", anchor=False)
    st.html(unpublished_html(draft, last))
    if last is not None:
        st.text_area(f"{LABELS['note']}\nEveryone can read it.", key="agenda_note")
    st.button("Publish the agenda", key="agenda_publish", type="primary", on_click=_publish, args=(draft,))


def _item(draft: Draft, item: Item, comments: Sequence[str]) -> None:
    # With the revision in the keys, fields show what is stored, also after another has changed it.
    key = f"{item.id}_{draft.revision}"
    with st.container(horizontal=True):
        _change("Move up", f"up_{key}", draft, move_item(item.id, -1))
        _change("Move down", f"down_{key}", draft, move_item(item.id, 1))
        _change("Take it off", f"drop_{key}", draft, drop_item(item.id))
        _change("Add a place", f"place_{key}", draft, add_place(item.id))
    title = st.text_input("Title", item.title, key=f"agenda_title_{key}")
    kind = st.selectbox("Kind", KINDS, KINDS.index(item.kind), format_func=_label, key=f"agenda_kind_{key}")
    own = st.number_input("Minutes of its own", 0, LONGEST_ITEM, item.minutes, key=f"agenda_own_{key}")
    _change(
        "Keep title, kind and minutes",
        f"reword_{key}",
        draft,
        reword_item(item.id, title, ItemKind(kind), int(own)),
    )
    behind = st.multiselect(
        "Comments behind it",
        sorted({*comments, *item.comment_ids}),
        [*item.comment_ids],
        key=f"agenda_behind_{key}",
    )
    _change("Keep these comments", f"keep_{key}", draft, put_comments(item.id, behind))
    taken = {*draft.arrangement.speakers}
    for place, one in enumerate(item.places):
        where = f"{key}_{place}"
        free = [each for each in comments if each not in taken or each == one.comment_id]
        choices = ["", *sorted({*free, *([one.comment_id] if one.comment_id else [])})]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            who = st.selectbox(
                f"Place {place + 1}",
                choices,
                choices.index(one.comment_id or ""),
                format_func=lambda each: each or "Free",
                key=f"agenda_who_{where}",
            )
            minutes = st.number_input(
                f"Minutes of place {place + 1}", 1, MOST_MINUTES, one.minutes, key=f"agenda_min_{where}"
            )
            locked = st.checkbox(f"Lock place {place + 1}", one.locked, key=f"agenda_lock_{where}")
            kept = set_place(item.id, place, int(minutes), who or None, locked=locked)
            _change(f"Keep place {place + 1}", f"set_{where}", draft, kept)
            _change(f"Remove place {place + 1}", f"remove_{where}", draft, drop_place(item.id, place))


def _change(label: str, name: str, draft: Draft, made: Change) -> None:
    button(label, name, change, draft.hearing_id, draft.revision, made)


def _label(kind: str) -> str:
    return ItemKind(kind).label


def _propose(draft: Draft) -> None:
    minutes, each = int(state["agenda_minutes"]), int(state["agenda_each"])
    _do(propose_anew, draft.hearing_id, draft.revision, minutes, each=each)


def _add(draft: Draft) -> None:
    made = add_item(
        state["agenda_new_title"], ItemKind(state["agenda_new_kind"]), int(state["agenda_new_minutes"])
    )
    _do(change, draft.hearing_id, draft.revision, made)


def _swap(draft: Draft) -> None:
    _do(change, draft.hearing_id, draft.revision, swap(state["agenda_one"], state["agenda_other"]))


def _publish(draft: Draft) -> None:
    _do(publish, draft.hearing_id, draft.revision, state.get("agenda_note", ""))


def _do(act: Callable[..., object], hearing_id: str, *given: object, **more: object) -> None:
    try:
        if state["agenda_hearing"] != hearing_id:
            # What the button was for was read on a page that is gone; of the other nothing was seen yet.
            raise Invalid("Another hearing was chosen just before.", next_step="Look at it, and press again.")
        with writing(current().engine) as db:
            act(db, actor(), hearing_id, *given, **more)
        state[_SAID] = "It is done."
    except HearingError as error:
        state[_PROBLEM] = error
