"""The form of a hearing: every field with its hint, and what is wrong with it below."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from hearing_app.documents.preparing import at_field_html
from hearing_app.documents.text import for_label
from hearing_app.hearings.life.announcing import Look
from hearing_app.hearings.life.filling import with_question, without_question
from hearing_app.web.parts.hearing_held import Held, keep

LABELS = {
    "title": "Title",
    "id": "Name in its address",
    "summary": "What it is about",
    "convened_by": "Held by",
    "contact": "Contact",
    "demonstration": "It is a demonstration: nobody holds it",
    "time_zone": "Time zone",
    "holidays": "Public holidays",
    "systems": "What is heard",
    "questions": "Questions",
    "opens": "Comments open",
    "closes": "Comments close",
    "sits": "The sitting",
    "sits_to": "Until",
    "place": "Place",
    "online": "How to follow it from elsewhere",
    "speaking_minutes": "Minutes for all who speak, together",
    "sign_up": "Sign-up to speak ends",
    "answer_within_days": "Days for answers",
    "notice_days": "Days of notice",
    "notice_ground": "Why the notice is shorter",
    "what_happens_next": "What happens next",
    "reason": "What changed, and why",
    "on": "On which day",
    "note": "Note",
    "cancel_reason": "Why it is cancelled",
}
_HINTS = {
    "title": "At most 200 characters.",
    "id": "Small letters, digits and hyphens. Left empty, it is made from the title. It stays as it is.",
    "summary": "A few plain sentences: what is looked at, and why now.",
    "convened_by": "The body by its office, not a person.",
    "contact": "Optional. An address or a number that everybody may use.",
    "holidays": "Optional: whose holidays are no working days. GB, or with a part GB-ENG.",
    "place": "The building, the room, how to get in without steps.",
    "online": "Optional. An address, or a telephone number.",
    "answer_within_days": "Counted from the sitting, or from the close of comments where there is none.",
    "notice_days": "It is announced so many days before it opens, and before it sits.",
    "notice_ground": "Only where it is shorter. It stands on the hearing's page.",
    "what_happens_next": "Who reads the comments, who decides, and by when.",
}
_LONG = ("summary", "what_happens_next")


def show(mine: Held, look: Look, names: Mapping[str, str]) -> None:
    """Show the form; ``names`` are those of the systems in the register, by their ids."""
    st.subheader("What it is", anchor=False)
    _texts(mine, look, "title", "summary", "convened_by", "contact", "id")
    _check(mine, look, "demonstration")
    st.subheader("What is heard, and what is asked", anchor=False)
    _systems(mine, look, names)
    _questions(mine, look, names)
    st.subheader("When comments are taken", anchor=False)
    _zone(mine, look)
    _moment(mine, look, "opens")
    _moment(mine, look, "closes")
    _texts(mine, look, "notice_days", "notice_ground", "holidays")
    st.subheader("The sitting", anchor=False)
    _check(mine, look, "sits")
    with kept_place():
        if mine.form["sits"]:
            _row(mine, {"sits_day": "Day of the sitting", "sits_from": "From", "sits_to": "Until"})
            _at(look, "sits_to")
            _texts(mine, look, "place", "online", "speaking_minutes")
            _moment(mine, look, "sign_up")
    st.subheader("Afterwards", anchor=False)
    _texts(mine, look, "answer_within_days", "what_happens_next")


def _texts(mine: Held, look: Look, *names: str) -> None:
    for name in names:
        label = for_label(LABELS[name]) + (f"\n{_HINTS[name]}" if name in _HINTS else "")
        if name in _LONG:
            st.text_area(label, value=mine.seed[name], key=mine.key(name), height=110)
        else:
            st.text_input(label, value=mine.seed[name], key=mine.key(name))
        _at(look, name)


def _check(mine: Held, look: Look, name: str) -> None:
    label = "The hearing sits on a day" if name == "sits" else LABELS[name]
    st.checkbox(label, value=mine.seed[name], key=mine.key(name))
    _at(look, name)


def _zone(mine: Held, look: Look) -> None:
    zones, zone = _zones(), mine.seed["time_zone"]
    place = zones.index(zone) if zone in zones else zones.index("UTC")
    hint = "Every day and time of this hearing is read in it."
    st.selectbox(f"{LABELS['time_zone']}\n{hint}", zones, index=place, key=mine.key("time_zone"))
    _at(look, "time_zone")


def _moment(mine: Held, look: Look, name: str) -> None:
    """Ask for a day and a time, side by side."""
    _row(
        mine,
        {
            f"{name}_day": f"{LABELS[name]}: day\nSuch as 2027-05-03.",
            f"{name}_time": f"{LABELS[name]}: time\nSuch as 09:00.",
        },
    )
    _at(look, name)


def _row(mine: Held, fields: Mapping[str, str]) -> None:
    with st.container(horizontal=True):
        for name, label in fields.items():
            st.text_input(label, value=mine.seed[name], key=mine.key(name))


def _systems(mine: Held, look: Look, names: Mapping[str, str]) -> None:
    listed = mine.form["systems"]
    st.multiselect(
        f"{LABELS['systems']}\nSystems of the register; each is heard in the version that is pinned here.",
        list(dict.fromkeys([*names, *(one["id"] for one in mine.seed["systems"])])),
        default=[one["id"] for one in mine.seed["systems"]],
        format_func=lambda name: for_label(names.get(name, name)),
        placeholder="Choose",
        key=mine.key("systems"),
    )
    with kept_place():
        for one in listed:
            name = for_label(names.get(one["id"], one["id"]))
            st.caption(f"{name}: heard in version {one['version']}")
            if newer := look.newer.get(one["id"]):
                st.button(
                    f"{name} has a newer version: hear version {newer}",
                    key=f"{mine.key('newer')}_{one['id']}",
                    on_click=_take_newer,
                    args=(mine, one["id"], newer),
                )
    _at(look, "systems")


def _questions(mine: Held, look: Look, names: Mapping[str, str]) -> None:
    heard = ["", *(one["id"] for one in mine.form["systems"])]
    for place, one in enumerate(mine.seed["questions"]):
        number, now = place + 1, mine.form["questions"][place]
        st.text_input(f"Question {number}", value=one["text"], key=mine.key(f"question_{place}"))
        options = list(dict.fromkeys([*heard, one["system"], now["system"]]))
        st.selectbox(
            f"What question {number} is about",
            options,
            index=options.index(one["system"]),
            format_func=lambda name: for_label(names.get(name, name)) if name else "Everything that is heard",
            key=mine.key(f"question_{place}_system"),
        )
        _at(look, f"questions.{place}")
        st.button(
            f"Remove question {number}",
            key=mine.key(f"question_{place}_remove"),
            on_click=_change,
            args=(mine, without_question, place),
        )
    _at(look, "questions")
    st.button("Add a question", key=mine.key("question_add"), on_click=_change, args=(mine, with_question))


def _change(mine: Held, change: Any, *what: Any) -> None:
    mine.take(change(mine.form, *what))
    keep(mine)


def _take_newer(mine: Held, system: str, number: int) -> None:
    listed = [one | {"version": number} if one["id"] == system else one for one in mine.form["systems"]]
    mine.take(mine.form | {"systems": listed})
    keep(mine)


def kept_place() -> AbstractContextManager[Any]:
    """Return a place for what comes and goes, which is kept also while nothing stands in it.

    Were it to go, the browser would make the rows below anew, and whoever writes in one of them would lose
    the words.
    """
    return st.empty().container()


def _at(look: Look, name: str) -> None:
    """Say what is wrong with a field, below it, where a place is kept for it."""
    place = st.empty()
    if said := at_field_html([one for one in look.faults if one.field == name]):
        place.html(said)


@cache
def _zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")
