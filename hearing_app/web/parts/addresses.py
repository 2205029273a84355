"""The state of a page lives in its address: read once it changes, written when a reader chooses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

Pairs = list[tuple[str, str]]
# How long a browser may still speak from an address that the page has replaced in the meantime.
ECHO_SECONDS = 3.0


@dataclass(slots=True)
class _Written:
    """What a page wrote last into the address, and what that replaced a moment ago."""

    now: Pairs
    replaced: list[tuple[float, Pairs]] = field(default_factory=list)


def parameters() -> Pairs:
    """Return the address's parameters; a name that stands several times gives several pairs."""
    query = st.query_params
    return [(name, value) for name in query for value in query.get_all(name)]


def arrived(page: str, widgets: Sequence[str]) -> bool:
    """Return whether the address says something that the page's widgets do not know yet.

    So it is on a first visit, after a link, and when the browser went back; not after a reader's own choice.
    A reader who moves a slider quickly sends the next value before the browser has the address of the one
    before: such an echo of an address that was replaced within the last three seconds is no arrival.
    """
    written: _Written | None = st.session_state.get(f"address:{page}")
    if written is None or any(key not in st.session_state for key in widgets):
        return True
    here = parameters()
    since = time.monotonic() - ECHO_SECONDS
    echoes = [pairs for at, pairs in written.replaced if at > since]
    return here != written.now and here not in echoes


def write(page: str, pairs: Pairs) -> None:
    """Make the address say ``pairs``, so that it can be shared, and remember that the page wrote it."""
    before = parameters()
    if before != pairs:
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        st.query_params.from_dict(values)
    written: _Written | None = st.session_state.get(f"address:{page}")
    replaced = [] if written is None else written.replaced[-20:]
    if written is not None and written.now != pairs:
        replaced.append((time.monotonic(), written.now))
    if before not in (pairs, written.now if written else None):
        replaced.append((time.monotonic(), before))
    # `from_dict` groups equal names; what is compared later is what the address gives back.
    st.session_state[f"address:{page}"] = _Written(parameters(), replaced)
