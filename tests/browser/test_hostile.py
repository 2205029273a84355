"""Hostile texts on every surface, in a real browser: nothing runs, nothing is called, every word is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import fromstring

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from hearing_app.errors import Invalid
from hearing_app.web.pages import PAGES
from tests.browser.hostile_house import (
    Watched,
    decide_on,
    hostile_house,
    invite_publisher,
    send_comments,
    watch,
)
from tests.browser.reading import settled
from tests.hostile import FEW, HOST, JS, PAYLOADS, URL, Texts, marked, wrongly_shown
from tests.hostile_register import GROUPS
from tests.scale import SOAK, scale

pytestmark = [pytest.mark.browser, pytest.mark.promise("S1")]

USED = PAYLOADS if SOAK else FEW
# So many entries, hearings and datasets, that every payload comes to stand in every kind of field.
SIZE = scale(1, 12)
PAYLOAD_AT = [(PAYLOADS.index(payload), payload) for payload in USED]
Measure = Callable[[str, float | int | str], None]
Start = Callable[..., SimpleNamespace]
Open = Callable[..., Watched]


@pytest.fixture(scope="module")
def house(start_server: Start, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A service in which every word is hostile: ``receipts``, and a facilitator's ``session``."""
    service = hostile_house(start_server, tmp_path_factory.mktemp("hostile"), USED, SIZE)
    receipts = send_comments(service, USED, most=scale(22, len(PAYLOADS)))
    session = decide_on(service, receipts, USED)
    return SimpleNamespace(**vars(service), receipts=receipts, session=session)


@pytest.fixture
def reader(chromium: Browser, house: SimpleNamespace) -> Iterator[Open]:
    """Open a watched browser; whatever it saw that should not be fails the test."""
    opened: list[Watched] = []

    def open_one(*, session: str = "", width: int = 1280) -> Watched:
        opened.append(watch(chromium, house.address, session=session, width=width))
        return opened[-1]

    yield open_one
    for one in opened:
        one.context.close()
    assert "\n".join(seen for one in opened for seen in one.seen) == ""


def visit(browser: Watched, path: str, *, app: bool = True, like: str = "") -> int:
    browser.page.goto(browser.address + path)
    if app:
        settled(browser.page)
    return browser.look(path, like=like)


def test_the_register_and_the_hearings_show_hostile_words_as_words(
    house: SimpleNamespace, reader: Open, measure: Measure
) -> None:
    browser = reader()
    for path in ("/", "/register", "/hearings", "/about"):
        assert visit(browser, path) > 2, path
    for number in range(1, SIZE + 1):
        assert visit(browser, f"/system?id=hostile-{number}") > 100
        assert visit(browser, f"/record/systems/hostile-{number}", app=False) > 100
    assert visit(browser, "/record", app=False) > 2
    # The browser shows the feed as the text of its source; what that says is read as XML.
    browser.page.goto(f"{house.address}/feed.atom")
    browser.look("/feed.atom", script="''")
    source = httpx2.get(f"{house.address}/feed.atom").content
    feed = "".join(fromstring(source).itertext())  # noqa: S314 - our own feed
    shown, wrong = wrongly_shown(feed)
    assert shown > 4 * SIZE
    assert wrong == []
    measure("payloads in the register", len(USED))
    measure("texts shown", browser.shown)


def test_published_comments_show_hostile_words_as_words(
    house: SimpleNamespace, reader: Open, measure: Measure
) -> None:
    browser = reader()
    pages = -(-(len(house.receipts) - 2) // 20)
    for number in range(1, pages + 1):
        assert visit(browser, f"/hearing?id=hostile-1&page={number}") > 50
    assert visit(browser, "/record/hearings/hostile-1", app=False) > 3 * len(house.receipts)
    measure("comments", len(house.receipts))
    measure("texts shown", browser.shown)


def test_charts_and_choices_show_hostile_labels_as_words(
    house: SimpleNamespace, reader: Open, measure: Measure
) -> None:
    browser = reader()
    page = browser.page
    for number in range(1, SIZE + 1):
        assert visit(browser, f"/evidence?dataset=hostile-{number}&by=kind", like="chart") > 50
        page.wait_for_selector(".js-plotly-plot .ytick text")
        chart = (
            "[...document.querySelectorAll('.js-plotly-plot svg text')].map(one => one.textContent).join(' ')"
        )
        assert browser.look("chart", like="chart", script=chart) >= GROUPS
        assert page.locator(".js-plotly-plot svg a, .js-plotly-plot svg image").count() == 0
        alternative = "[...document.querySelectorAll('[aria-label], [alt]')]" + (
            ".map(one => [one.ariaLabel, one.alt].join(' ')).join(' ')"
        )
        assert browser.look("spoken", like="spoken", script=alternative) >= GROUPS
        page.mouse.move(0, 0)
        for dot in page.locator(".js-plotly-plot .scatterlayer .point").all()[:3]:
            dot.hover(force=True)
            page.wait_for_selector(".js-plotly-plot .hoverlayer .hovertext")
            browser.look("hovering", like="chart", script=chart)
        page.get_by_text("More choices").click()
        for box in page.locator("[data-testid=stSelectbox]:visible").all():
            box.locator("input").click()
            page.keyboard.press("ArrowDown")
            page.wait_for_selector("[role=listbox]")
            browser.look("choices", script="document.querySelector('[role=listbox]').innerText")
            page.keyboard.press("Escape")
    measure("charts", SIZE)
    measure("texts shown", browser.shown)


def test_a_comment_from_the_form_to_the_receipt_shows_hostile_words_as_words(
    house: SimpleNamespace, reader: Open, measure: Measure
) -> None:
    browser = reader()
    page = browser.page
    texts = Texts([payload for payload in USED if "\0" not in payload and "\x1b" not in payload])
    for _ in range(scale(1, 12)):
        visit(browser, "/comment?hearing=hostile-1&system=hostile-1")
        page.get_by_text("A question for the force").click()
        page.get_by_text("The system as a whole").first.click()
        for label, limit in (
            ("What you want to say", 2000),
            ("What you see as useful", 1000),
            ("should do", 500),
        ):
            page.get_by_label(re.compile(label)).fill(texts.packed(limit))
        page.get_by_text("Evidence: links").click()
        page.get_by_label("Address of link 1").fill("javascript:window.__hit=1")
        page.get_by_label("What link 1 is").fill(texts.packed(120))
        page.get_by_role("button", name="Check before sending").click()
        expect(page.get_by_text("Your comment was not sent yet").first).to_be_visible()
        browser.look("refused")
        page.get_by_label("Address of link 1").fill(f"{URL}?<script>{JS}</script>")
        page.get_by_role("button", name="Check before sending").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your comment")
        settled(page)
        assert browser.look("check") > 10
        page.get_by_role("button", name="Send my comment").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your receipt")
        settled(page)
        browser.look("receipt")
    measure("texts shown", browser.shown)


def test_my_comment_and_the_desk_show_hostile_notes_as_words(
    house: SimpleNamespace, reader: Open, measure: Measure
) -> None:
    author = reader(width=390)
    visit(author, "/my-comment")
    for receipt in house.receipts[-2:]:
        author.page.get_by_label("Receipt").fill(receipt)
        author.page.get_by_role("button", name="Find it").click()
        expect(author.page.get_by_text("It cannot be read")).to_be_visible(timeout=20_000)
        settled(author.page)
        assert author.look("my comment") > 10
    desk = reader(session=house.session)
    visit(desk, "/desk")
    for state in ("Held back", "Not published", "Published"):
        desk.page.get_by_text(re.compile(f"^{state} \\(")).click()
        desk.page.wait_for_selector(".comment")
        settled(desk.page)
        assert desk.look(f"desk, {state}") > 10
    desk.page.locator("[data-testid=stSelectbox] input").first.click()
    desk.page.wait_for_selector("[role=listbox]")
    desk.look("hearings to choose", script="document.querySelector('[role=listbox]').innerText")
    measure("texts shown", author.shown + desk.shown)


EVERY = [one.path for one in PAGES]
# The pages that read something from their address.
READING = ("/register", "/evidence", "/system", "/hearing", "/comment")
NAMES: tuple[str, ...] = (
    "id",
    "q",
    "function",
    "agency",
    "stage",
    "dataset",
    "metric",
    "by",
    "threshold",
    "where",
)
NAMES += ("reference", "hearing", "system", "seen", "page", "embed", "embed_options", "theme")


def test_what_an_address_says_is_shown_as_words_or_not_at_all(
    house: SimpleNamespace, reader: Open, measure: Measure
) -> None:
    browser, pages = reader(), 0
    for turn in range(scale(1, len(PAYLOADS) // len(NAMES) + 1)):
        for place, path in enumerate(EVERY if SOAK else READING):
            at = turn * len(NAMES) + place
            said = [
                (name, marked(*PAYLOAD_AT[(at + step) % len(PAYLOAD_AT)])) for step, name in enumerate(NAMES)
            ]
            query = urlencode([*said, ("where", f"kind:{said[0][1]}")], quote_via=quote)
            visit(browser, f"{path}?{query}#{quote(said[0][1])}")
            pages += 1
        for path in ("/record/systems/", "/record/hearings/", "/invitation/", "/nothing/"):
            browser.page.goto(house.address + path + quote(said[turn % len(said)][1], safe=""))
            browser.look(path)
    measure("addresses", pages)


def test_an_invitation_shows_a_hostile_address_as_words(house: SimpleNamespace, reader: Open) -> None:
    browser = reader()
    # An address that would be read backwards is none.
    with pytest.raises(Invalid):
        invite_publisher(house, f"\u202emoc.live@{HOST}", "agency")
    for address, agency in (
        (f'"><svg/onload={JS}>@{HOST}', f"<img/src=x/onerror={JS}>"),
        (f"\u05d0\u05d1\u05d2@{HOST}", "\u202e<b>agency</b>"),
    ):
        link = invite_publisher(house, address, agency)
        browser.page.goto(house.address + link)
        browser.look("invitation")
        assert browser.page.get_by_label("E-mail address").input_value() == address
        browser.page.get_by_label("Password").fill("a lantern in the reading room")
        browser.page.evaluate("document.querySelector('form').noValidate = true")
        browser.page.get_by_role("button").click()
        browser.page.wait_for_load_state()
        browser.look("after the invitation")
        browser.context.clear_cookies()
    browser.page.goto(f"{house.address}/sign-in")
    browser.page.get_by_label("E-mail address").fill(f'"autofocus/onfocus={JS}@{HOST}')
    browser.page.get_by_label("Password").fill("<script>x</script> and more words")
    browser.page.evaluate("document.querySelector('form').noValidate = true")
    browser.page.get_by_role("button", name="Sign in").click()
    browser.look("sign-in")


def test_the_watch_would_see_a_script_a_call_and_a_changed_word(
    chromium: Browser, house: SimpleNamespace
) -> None:
    browser = watch(chromium, house.address)
    browser.page.goto(f"{house.address}/robots.txt")
    browser.page.evaluate(
        f"document.body.innerHTML = '<img src={URL}.gif onerror=window.x=1> q0q changed z0z';window.__hit = 1"
    )
    browser.page.wait_for_timeout(300)
    browser.look("here")
    browser.context.close()
    said = "\n".join(browser.seen)
    for words in ("a script ran", "handler", "load in", "img-src", "0: "):
        assert words in said, words
