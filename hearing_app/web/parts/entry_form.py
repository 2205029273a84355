"""The fields of an entry as widgets, drawn from the model: what each asks, and what is said to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from hearing_app.documents.desk import field_html
from hearing_app.documents.text import for_label
from hearing_app.registry.desk.drafts import Remark
from hearing_app.registry.desk.look import Look, top
from hearing_app.registry.form import (
    NO,
    NONE_OF_THESE,
    NOT_KNOWN,
    YES,
    Control,
    Kind,
    as_text,
    control,
    fits,
    shown,
)
from hearing_app.registry.standard import StandardField, is_needed
from hearing_app.web.parts.held import Held, keep

_ANSWERS = {YES: "Yes", NO: "No", NOT_KNOWN: "Not known"}
_LISTS = {
    Kind.LINES: "One on each line.",
    Kind.PARAGRAPHS: "An empty line between two.",
    Kind.TABLE: "Question: answer, answer. One question on each line.",
}


def show(mine: Held, fields: Sequence[StandardField], look: Look, remarks: Sequence[Remark]) -> None:
    """Show the fields of one step, each with what is said about it."""
    for one in fields:
        faults = [fault for fault in look.faults if top(fault.field) == one.name]
        said = [remark for remark in remarks if top(remark.field) == one.name]
        needed = is_needed(one, look.entry) if look.entry is not None else None
        st.html(field_html(one, needed=needed, remarks=said, faults=faults))
        asked = control(one.name)
        _widget(mine, asked, mine.seed.get(one.name), one.name, asked.title, is_first=True)


def _widget(mine: Held, one: Control, value: Any, path: str, title: str, *, is_first: bool = False) -> None:
    """Show one control with its value; a part shows its fields, a list of parts each part."""
    if not fits(one, value):
        text = as_text(one)
        st.text_area(_label(text, title), value=shown(text, value), key=mine.key(path))
    elif one.kind is Kind.PARTS:
        _parts(mine, one, value or [], path)
    elif one.kind is Kind.PART:
        _fields(mine, one, value or {}, path, "" if is_first else f"{title}: ")
    else:
        _single(mine, one, shown(one, value), path, title, is_first=is_first)


def _fields(mine: Held, one: Control, value: Mapping[str, Any], path: str, before: str) -> None:
    for inner in one.fields:
        title = f"{before}{inner.title}"
        _widget(mine, inner, value.get(inner.name), f"{path}.{inner.name}", title)


def _parts(mine: Held, one: Control, values: Sequence[Any], path: str) -> None:
    item = Control(one.name, Kind.PART, one.title, fields=one.fields)
    for place, value in enumerate(values):
        number = f"{one.title} {place + 1}"
        with st.container(border=True):
            st.markdown(f"**{for_label(number)}**")
            _widget(mine, item, value, f"{path}.{place}", number)
            st.button(
                f"Remove {for_label(number)}",
                key=f"remove_{mine.key(path)}_{place}",
                on_click=_remove,
                args=(mine, path, place),
            )
    words = "Add another" if values else "Add one"
    st.button(
        f"{words}: {for_label(one.title)}", key=f"add_{mine.key(path)}", on_click=_add, args=(mine, path)
    )


def _single(mine: Held, one: Control, value: Any, path: str, title: str, *, is_first: bool) -> None:
    """Show a control of one line, one text or one choice. The first level has its title above it already."""
    label, key = _label(one, title, hint=not is_first), mine.key(path)
    names = dict(one.options)
    seen: Any = {"key": key, "label_visibility": "collapsed" if is_first else "visible"}
    match one.kind:
        case Kind.LINE | Kind.DATE | Kind.NUMBER:
            st.text_input(label, value=value, **seen)
        case Kind.ANSWER:
            st.radio(
                label,
                list(_ANSWERS),
                index=list(_ANSWERS).index(value),
                format_func=_ANSWERS.__getitem__,
                horizontal=True,
                **seen,
            )
        case Kind.CHOICE:
            options = ["", *names]
            st.selectbox(
                label,
                options,
                index=options.index(value),
                format_func=lambda name: names.get(name, "Not stated"),
                **seen,
            )
        case Kind.CHOICES:
            options = [*names, *([NONE_OF_THESE] if one.may_be_none else [])]
            st.multiselect(
                label,
                options,
                default=value,
                format_func=lambda name: names.get(name, "None of these"),
                placeholder="Choose",
                **seen,
            )
        case Kind.REFERENCES:
            options = list(dict.fromkeys([*mine.refer.get(one.name, ()), *value]))
            st.multiselect(label, options, default=value, placeholder="Choose", **seen)
        case _:
            st.text_area(label, value=value, height=120 if one.kind is Kind.PROSE else 90, **seen)


def _label(one: Control, title: str, *, hint: bool = True) -> str:
    """Return the label of a widget: what it asks, and below it the hint and the limit."""
    lines = [title, one.hint if hint else "", _LISTS.get(one.kind, "")]
    if one.kind is Kind.REFERENCES and one.name == "sources":
        lines.append("Those that are listed in step J.")
    if one.kind is Kind.DATE:
        lines.append("A year, a month or a day: 2018, 2018-09 or 2018-09-11.")
    if one.kind is Kind.PROSE and one.longest:
        lines.append(f"At most {one.longest:,} characters.")
    return "\n".join(for_label(line) for line in lines if line)


def _at(document: dict[str, Any], path: str) -> list[Any]:
    """Return the list at a path, made where it is missing."""
    *steps, last = path.split(".")
    here: Any = document
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    listed: list[Any] = here.setdefault(last, [])
    return listed


def _add(mine: Held, path: str) -> None:
    keep(mine)
    _at(mine.document, path).append({})
    mine.open(mine.step)


def _remove(mine: Held, path: str, place: int) -> None:
    keep(mine)
    del _at(mine.document, path)[place]
    mine.open(mine.step)
