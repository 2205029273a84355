"""What a page of the app may send over its connection: what was pressed and typed, and nothing else.

Streamlit answers every kind of message that its front end knows, whether or not this app has any use for it.
One of under two megabytes that asks for addresses of a million uploads stopped the whole service for nine
seconds, and one with 170,000 made-up widgets stays in memory as long as its page is open.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # it has none
from streamlit.proto.BackMsg_pb2 import BackMsg

USED = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
"""The kinds of messages that pages send. No page takes uploads through Streamlit, or clears its cache."""
MOST_WIDGETS = 2_000
"""The longest page, the facilitators' desk, has some 200."""
MOST_VALUES = 10_000
"""Values in all lists of a message together; the longest list of choices has some hundred."""


def passes(data: bytes) -> bool | None:
    """Return whether a message is one that pages send; ``None`` where no page would ever send such a one.

    What does not pass may be left unanswered; who sent what no page sends needs no connection.
    """
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    if message.WhichOneof("type") not in USED:
        return False
    state = message.rerun_script
    widgets = state.widget_states.widgets
    if max(len(widgets), len(state.cached_message_hashes)) > MOST_WIDGETS:
        return None
    lists = (one.string_array_value.data for one in widgets), (one.int_array_value.data for one in widgets)
    numbers = sum(len(one.double_array_value.data) for one in widgets)
    return None if numbers + sum(len(one) for found in lists for one in found) > MOST_VALUES else True
