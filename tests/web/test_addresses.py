"""The address of a page: what a reader chose is written, what a link says is read, an echo is neither."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hearing_app.web.parts import addresses
from hearing_app.web.parts.addresses import Pairs, arrived, parameters, write

KEYS = ("box",)


class Query(dict[str, list[str]]):
    """The address of a browser."""

    def get_all(self, name: str) -> list[str]:
        return self[name]

    def from_dict(self, values: dict[str, list[str]]) -> None:
        self.clear()
        self.update(values)


class Browser:
    """What ``streamlit`` is to the module: an address and the state of a session."""

    def __init__(self) -> None:
        self.query_params = Query()
        self.session_state: dict[str, Any] = {"box": 1}

    def go(self, *pairs: tuple[str, str]) -> None:
        self.query_params.clear()
        for name, value in pairs:
            self.query_params.setdefault(name, []).append(value)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    made = Browser()
    monkeypatch.setattr(addresses, "st", made)
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def at(threshold: int) -> Pairs:
    return [("threshold", str(threshold))]


def test_a_name_that_stands_twice_gives_two_pairs(browser: Browser) -> None:
    browser.go(("where", "a:1"), ("by", "x"), ("where", "b:2"))
    assert parameters() == [("where", "a:1"), ("where", "b:2"), ("by", "x")]


def test_a_first_visit_is_an_arrival(browser: Browser) -> None:
    assert arrived("page", KEYS)


def test_what_the_page_wrote_is_no_arrival(browser: Browser) -> None:
    write("page", at(5))
    assert parameters() == at(5)
    assert not arrived("page", KEYS)


def test_a_page_whose_widgets_are_gone_begins_anew(browser: Browser) -> None:
    write("page", at(5))
    del browser.session_state["box"]
    assert arrived("page", KEYS)


def test_pages_do_not_know_each_others_addresses(browser: Browser) -> None:
    write("page", at(5))
    assert arrived("other", KEYS)


def test_a_link_and_the_way_back_are_arrivals(browser: Browser, clock: list[float]) -> None:
    write("page", at(5))
    browser.go(("threshold", "8"))
    assert arrived("page", KEYS)
    write("page", at(8))
    clock[0] += 3.5
    browser.go(("threshold", "5"))
    assert arrived("page", KEYS)


def test_an_echo_of_the_address_before_is_no_arrival(browser: Browser, clock: list[float]) -> None:
    """A slider that moves fast sends its next value from the address of the value before."""
    write("page", at(5))
    for threshold in (6, 7, 8):
        browser.session_state["page_slider"] = threshold
        write("page", at(threshold))
        clock[0] += 0.2
    browser.session_state["page_slider"] = 9
    browser.go(("threshold", "6"))
    assert not arrived("page", KEYS)
    clock[0] += 3
    assert arrived("page", KEYS)


def test_the_address_of_the_first_visit_echoes_too(browser: Browser, clock: list[float]) -> None:
    browser.go()
    browser.session_state["page_slider"] = 5
    write("page", at(5))
    browser.session_state["page_slider"] = 6
    browser.go()
    clock[0] += 1
    assert not arrived("page", KEYS)


def test_the_way_back_is_an_arrival_however_soon(browser: Browser, clock: list[float]) -> None:
    """A browser that goes back changes the address and no widget; an echo comes with a value that moved."""
    browser.session_state |= {"page_slider": 5, "page_box": ["race"], "page_gone": 1}
    write("page", at(5))
    browser.session_state["page_slider"] = 6
    write("page", at(6))
    clock[0] += 0.2
    # Streamlit forgets a widget that is no longer shown.
    del browser.session_state["page_gone"]
    browser.go(("threshold", "5"))
    assert arrived("page", KEYS)
    browser.session_state["page_box"].append("sex")
    assert not arrived("page", KEYS)


def test_an_echo_stays_one_for_the_whole_run(browser: Browser, clock: list[float]) -> None:
    browser.session_state["page_slider"] = 5
    write("page", at(5))
    browser.session_state["page_slider"] = 6
    write("page", at(6))
    browser.session_state["page_slider"] = 7
    browser.go(("threshold", "5"))
    assert not arrived("page", KEYS)
    assert not arrived("page", KEYS), "a page may ask twice"


def test_after_an_echo_the_address_is_written_even_where_it_seems_right(
    browser: Browser, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """5, 6, and back to 5, spoken from the address of 5: the browser has been sent that of 6 meanwhile."""
    for threshold in (5, 6):
        browser.session_state["page_slider"] = threshold
        write("page", at(threshold))
    browser.session_state["page_slider"] = 5
    browser.go(("threshold", "5"))
    assert not arrived("page", KEYS)
    written: list[dict[str, list[str]]] = []
    monkeypatch.setattr(Query, "from_dict", lambda self, values: written.append(values))
    write("page", at(5))
    assert written == [{"threshold": ["5"]}]
    write("page", at(5))
    assert len(written) == 1, "and only then"


def test_a_run_that_was_broken_off_counts(browser: Browser, clock: list[float]) -> None:
    """5, 6, and 5 again before the run for 6 could write: it moved, though not since the last write."""
    browser.session_state["page_slider"] = 4
    write("page", at(4))
    browser.session_state["page_slider"] = 5
    write("page", at(5))
    browser.session_state["page_slider"] = 6
    browser.go(("threshold", "4"))
    assert not arrived("page", KEYS)
    browser.session_state["page_slider"] = 5
    assert not arrived("page", KEYS)


def test_a_run_that_is_broken_off_while_it_writes_is_remembered(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.session_state["page_slider"] = 5
    write("page", at(5))
    browser.session_state["page_slider"] = 4

    def broken_off(self: Query, values: dict[str, list[str]]) -> None:
        self.update(values)
        raise InterruptedError

    monkeypatch.setattr(Query, "from_dict", broken_off)
    with pytest.raises(InterruptedError):
        write("page", at(4))
    # The browser has the new address, and the reader is at 5 again.
    browser.session_state["page_slider"] = 5
    assert not arrived("page", KEYS)


def test_the_widgets_of_another_page_do_not_speak_for_this_one(browser: Browser, clock: list[float]) -> None:
    write("page", at(5))
    browser.session_state["other_slider"] = 1
    write("page", at(6))
    browser.session_state["other_slider"] = 2
    browser.go(("threshold", "5"))
    assert arrived("page", KEYS)


def test_values_stay_in_their_order(browser: Browser) -> None:
    write("page", [("by", "race"), ("where", "b:2"), ("where", "a:1")])
    assert browser.query_params == {"by": ["race"], "where": ["b:2", "a:1"]}
    assert not arrived("page", KEYS)


def test_an_empty_value_is_kept(browser: Browser) -> None:
    write("page", [("by", "")])
    assert browser.query_params == {"by": [""]}
    assert not arrived("page", KEYS)


def test_only_so_much_of_the_past_is_kept(browser: Browser, clock: list[float]) -> None:
    for threshold in range(100):
        write("page", at(threshold))
    assert len(browser.session_state["address:page"].replaced) <= 22
