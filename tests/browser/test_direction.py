"""Words from right to left, and signs that turn words around, move nothing that stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from hearing_app.documents.hearings import comments_html
from hearing_app.documents.render import stylesheet
from hearing_app.hearings.comments.lists import published_comments
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import Consent, State
from hearing_app.people.permissions import Actor, Role
from hearing_app.store.engine import reading, writing
from tests.conftest import Send

pytestmark = [pytest.mark.browser, pytest.mark.promise("S1")]

Shown = Callable[..., str]
# Where each piece of the line above a comment begins, from left to right.
PIECES = "A concern|entry version|THE NAME|June|2026|C-2026"
_PLACES = """(pieces) => {
  const line = document.querySelector('.comment .quiet');
  return pieces.map(piece => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.data.indexOf(piece);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + piece.length);
      const box = range.getBoundingClientRect();
      return [Math.round(box.top / 8), box.left];
    }
    return null;
  });
}"""


@pytest.fixture
def shown(engine: Engine, send: Send) -> Shown:
    """Publish a comment and return its page; ``system`` is the name of the system that it is about."""

    def show(*, system: str = "Street cameras", **changes: Any) -> str:
        sent = send(**changes)
        with writing(engine) as db:
            decide(
                db,
                Actor(Role.FACILITATOR, "f"),
                sent.comment_id,
                State.PUBLISHED,
                seen_state=State.SUBMITTED,
            )
        with reading(engine) as db:
            body = comments_html(published_comments(db, "live-recognition"), {"street-cameras": system})
        head = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><style>{stylesheet()}</style>'
        return f'{head}<body class="standalone"><div class="frame"><main>{body}</main></div></body></html>'

    return show


def places(browser: Browser, html: str, name: str) -> list[list[float] | None]:
    page = browser.new_page(viewport={"width": 1280, "height": 700})
    try:
        page.set_content(html)
        found: list[list[float] | None] = page.evaluate(
            _PLACES, [name if piece == "THE NAME" else piece for piece in PIECES.split("|")]
        )
        return found
    finally:
        page.close()


HOSTILE = [
    ("Street cameras", "Ada"),
    ("Street cameras", "משה 12"),
    ("Street cameras", "محمد 3"),
    ("מצלמות רחוב 7", "עדה 12"),
    ("كاميرات", "\u202e\u2067Ada"),
    ("Street \u202ecameras", "\u2066\u202eAda\u2069\u2069"),
]


@pytest.mark.parametrize(("system", "name"), HOSTILE)
def test_a_name_from_right_to_left_moves_no_date_and_no_number(
    chromium: Browser, shown: Shown, system: str, name: str
) -> None:
    html = shown(system=system, display_name=name, consent=Consent.TEXT_AND_NAME)
    found = places(chromium, html, name.strip("\u202e\u2066\u2067\u2069").split()[0])
    assert None not in found
    assert found == sorted(found, key=lambda place: place or [])


def test_without_isolation_the_order_would_be_another(chromium: Browser, shown: Shown) -> None:
    html = shown(system="מצלמות 7", display_name="עדה", consent=Consent.TEXT_AND_NAME)
    bare = html.replace("<bdi>", "<span>").replace("</bdi>", "</span>")
    assert places(chromium, html, "עדה") != places(chromium, bare, "עדה")


def test_words_from_right_to_left_stand_at_the_right_and_others_do_not(
    chromium: Browser, shown: Shown
) -> None:
    html = shown(concern="من يراقب الكاميرات في الشارع؟ 100 %", ask="And in English: who reads this?")
    page = chromium.new_page(viewport={"width": 1280, "height": 700})
    page.set_content(html)
    sides = page.evaluate(
        "[...document.querySelectorAll('.comment p[dir=auto]')].map(one => getComputedStyle(one).direction)"
    )
    page.close()
    assert sides == ["rtl", "ltr"]


def test_a_letter_that_only_looks_the_same_is_seen_in_the_host(chromium: Browser, shown: Shown) -> None:
    from hearing_app.hearings.comments.draft import Link

    html = shown(evidence=(Link("https://www.pоlice.uk/report", "https://www.police.uk/report"),))
    page = chromium.new_page()
    page.set_content(html)
    said = page.locator(".comment li").inner_text()
    page.close()
    assert "(www.xn--plice-jye.uk)" in said
