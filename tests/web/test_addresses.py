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
        write("page", at(threshold))
        clock[0] += 0.2
    browser.go(("threshold", "6"))
    assert not arrived("page", KEYS)
    clock[0] += 3
    assert arrived("page", KEYS)


def test_the_address_of_the_first_visit_echoes_too(browser: Browser, clock: list[float]) -> None:
    browser.go()
    write("page", at(5))
    browser.go()
    clock[0] += 1
    assert not arrived("page", KEYS)


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
