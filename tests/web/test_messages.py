"""What a page may send over its connection."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg

from hearing_app.web.messages import MOST_VALUES, MOST_WIDGETS, passes


def pressed(widgets: int = 1) -> BackMsg:
    message = BackMsg()
    message.rerun_script.SetInParent()
    for number in range(widgets):
        message.rerun_script.widget_states.widgets.add(id=str(number), trigger_value=True)
    return message


def sent(message: BackMsg) -> bool | None:
    return passes(message.SerializeToString())


def test_what_pages_send_passes() -> None:
    assert sent(pressed(0)) is True
    assert sent(pressed()) is True
    assert sent(BackMsg(stop_script=True)) is True
    assert sent(BackMsg(app_heartbeat=True)) is True


def test_what_only_streamlit_knows_is_left_unanswered() -> None:
    asked = BackMsg()
    asked.file_urls_request.file_names.append("a.png")
    assert sent(asked) is False
    used = {"rerun_script", "stop_script", "app_heartbeat"}
    flags = [one for one in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields if one.name not in used]
    assert len(flags) >= 7
    for one in flags:
        message = BackMsg()
        if one.message_type is None:
            setattr(message, one.name, True)
        else:
            getattr(message, one.name).SetInParent()
        assert sent(message) is False, one.name


def test_what_no_page_would_send_ends_the_connection() -> None:
    assert passes(b"\xff okapi") is None
    assert sent(pressed(MOST_WIDGETS)) is True
    assert sent(pressed(MOST_WIDGETS + 1)) is None
    for kind in ("string_array_value", "int_array_value", "double_array_value"):
        long = pressed()
        values = getattr(long.rerun_script.widget_states.widgets.add(id="b"), kind).data
        values.extend([("x" if kind.startswith("string") else 1)] * MOST_VALUES)
        assert sent(long) is True
        values.extend(values[:1])
        assert sent(long) is None, kind
    hashes = BackMsg()
    hashes.rerun_script.cached_message_hashes.extend(["x"] * (MOST_WIDGETS + 1))
    assert sent(hashes) is None


def test_an_empty_message_asks_for_nothing() -> None:
    assert passes(b"") is False
