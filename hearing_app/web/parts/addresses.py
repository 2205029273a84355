"""The state of a page lives in its address: read once it changes, written when a reader chooses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

Pairs = list[tuple[str, str]]
# How long a browser may still speak from an address that the page has replaced in the meantime.
ECHO_SECONDS = 3.0


@dataclass(slots=True)
class _Written:
    """What a page wrote last into the address, what its widgets said last, and what it replaced lately.

    ``echo`` is the address that this run, or one that was broken off before it could write, took for an echo.
    """

    now: Pairs
    widgets: dict[str, Any]
    replaced: list[tuple[float, Pairs]] = field(default_factory=list)
    echo: Pairs | None = None


def parameters() -> Pairs:
    """Return the address's parameters; a name that stands several times gives several pairs."""
    query = st.query_params
    return [(name, value) for name in query for value in query.get_all(name)]


def arrived(page: str, widgets: Sequence[str]) -> bool:
    """Return whether the address says something that the page's widgets do not know yet.

    So it is on a first visit, after a link, and when the browser went back; not after a reader's own choice.
    A reader who moves a slider quickly sends the next value before the browser has the address of the one
    before: such an echo of an address that was replaced within the last three seconds is no arrival. It
    comes with a value that has changed since; a browser that goes back changes the address and no value.
    """
    written: _Written | None = st.session_state.get(f"address:{page}")
    if written is None or any(key not in st.session_state for key in widgets):
        return True
    here, moved = parameters(), _moved(written.widgets)
    # Noted at once: the next value of a slider may break this run off before it writes.
    written.widgets = _widgets(page)
    if here == written.now:
        return False
    since = time.monotonic() - ECHO_SECONDS
    recent = here in [pairs for at, pairs in written.replaced if at > since]
    if recent and (moved or here == written.echo):
        written.echo = here
        return False
    return True


def _widgets(page: str) -> dict[str, Any]:
    """Return what the page's widgets say; a page's keys begin with its name."""
    said = {key: value for key, value in st.session_state.items() if str(key).startswith(f"{page}_")}
    return {str(key): list(value) if isinstance(value, list) else value for key, value in said.items()}


def _moved(before: dict[str, Any]) -> bool:
    """Return whether a reader has changed a widget since; one that has left the page says nothing."""
    return any(key in st.session_state and st.session_state[key] != value for key, value in before.items())


def write(page: str, pairs: Pairs) -> None:
    """Make the address say ``pairs``, so that it can be shared, and remember that the page wrote it."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    # What is compared later is what the address gives back: equal names stand together there.
    pairs = [(name, value) for name, several in values.items() for value in several]
    before = parameters()
    written: _Written | None = st.session_state.get(f"address:{page}")
    replaced = [] if written is None else written.replaced[-20:]
    if written is not None and written.now != pairs:
        replaced.append((time.monotonic(), written.now))
    if before not in (pairs, written.now if written else None):
        replaced.append((time.monotonic(), before))
    # Remembered first: a run can be broken off while it changes the address.
    st.session_state[f"address:{page}"] = _Written(pairs, _widgets(page), replaced)
    # After an echo the browser has another address by now than the one that it spoke from.
    if before != pairs or (written is not None and written.echo is not None):
        st.query_params.from_dict(values)
