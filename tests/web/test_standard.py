"""The standard has its page, and the page of a system leads to it."""

from __future__ import annotations

from tests.web.reader import Visit


def test_the_standard_is_shown_and_linked(visit: Visit) -> None:
    page = visit("standard")
    assert page.title == "The standard"
    assert "17. What it is for" in page.text
    assert "ATRS" not in page.text.split("Other standards")[0]
    assert visit("system", id="compas").link("What is asked of an entry, and why") == "/standard"
