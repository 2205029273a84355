"""A reader of the pages: opens them as a browser would, presses, types, and reads what they say."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from streamlit.testing.v1 import AppTest

from hearing_app.deployment import Deployment
from hearing_app.hearings.comments.comment import Comment, Receipt
from hearing_app.hearings.hearing import Hearing
from hearing_app.people.accounts import Account
from hearing_app.settings import PROJECT
from hearing_app.web.pages import BY_NAME

APP = PROJECT / "hearing_app" / "web" / "app.py"
ACTING = {"script", "iframe", "object", "embed", "link", "base", "video", "audio", "source", "input"}
OPEN_HEARING = "demonstration-risk-scores"
# What a stranger may put where an id or a choice is expected.
HOSTILE = (
    "<script>alert(1)</script>",
    "![picture](https://example.org/p.png) [link](javascript:alert(1))",
    "=HYPERLINK(1)",
    "../../etc/passwd\0",
    "' OR 1=1 --",
    "\u202egnorw\u202c \N{FAMILY} \u0627\u0644",
    "x" * 10_000,
    " ",
)
# Markdown that would draw a picture or a link; what other people wrote stands behind a backslash.
MARKDOWN = re.compile(r"(?<!\\)!\[|(?<!\\)\]\(|(?<!\\)<(?=[a-z/!])", re.IGNORECASE)


class _Reading(HTMLParser):
    """Reads HTML as a person does, and notes everything in it that could act or load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.level_one = 0
        self.dangers: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag == "style"
        self.level_one += tag == "h1"
        if tag not in {"br", "sup", "span", "strong", "bdi", "code", "a", "dfn"}:
            self.text.append("\n")
        if tag == "a":
            self.links.append((given.get("href", ""), ""))
            if urlsplit(given.get("href", "")).scheme not in {"", "http", "https", "mailto"}:
                self.dangers.append(f"link to {given['href']}")
        if tag == "img":
            self.text.append(f" [{given.get('alt', '')}] ")
            if not given.get("src", "").startswith("data:image/svg+xml,"):
                self.dangers.append(f"picture from {given.get('src')}")
        if tag in {
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "video",
            "audio",
            "source",
            "input",
        }:
            self.dangers.append(f"<{tag}>")
        self.dangers += [f"{tag} {name}" for name in given if name.startswith("on") or name == "srcset"]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag == "style"
        if tag in {"th", "td", "dt", "dd", "li", "p", "figcaption"}:
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)
            if self.links and not self.links[-1][1]:
                self.links[-1] = (self.links[-1][0], data.strip())


def read_html(body: str) -> _Reading:
    """Read one piece of HTML."""
    reading_ = _Reading()
    reading_.feed(body)
    reading_.close()
    return reading_


def flat(text: str) -> str:
    """Return a text on one line, with ordinary spaces."""
    return " ".join(text.split())


@dataclass
class Reader:
    """One browser session. Every page that it is shown is examined before a test looks at it."""

    house: Deployment
    at: AppTest = field(default_factory=lambda: AppTest.from_file(str(APP), default_timeout=30))

    def open(self, page: str, /, **query: str | list[str]) -> Reader:
        """Open a page at an address, in the same session."""
        if "_" in page and not self.at.query_params and not len(self.at.title):
            # Its address is not its file's name, which AppTest learns from a first run.
            self.at.run()
        self.at.query_params = dict(query)
        self.at.switch_page(f"views/{page}.py")
        return self.run()

    def run(self) -> Reader:
        """Run the page with what was typed and pressed."""
        self.at.run()
        # A page that the last one led to stays, as in a browser.
        self.at._page_hash = ""
        assert not self.at.exception, [(one.value, one.stack_trace) for one in self.at.exception]
        assert len(self.at.title) == 1, f"{len(self.at.title)} first-level headings"
        for one in self.at.html:
            found = read_html(one.value)
            assert not found.dangers, found.dangers
            assert not found.level_one, "a second first-level heading"
        for label in self._labels():
            assert not MARKDOWN.search(label), f"Markdown is read in {label!r}"
        assert "Traceback" not in self.text
        return self

    def press(self, label: str) -> Reader:
        """Press the button with this label."""
        [button] = [one for one in self.at.button if one.label == label]
        button.click()
        return self.run()

    def type(self, key: str, text: str) -> Reader:
        """Type into a field; nothing runs before something is pressed."""
        for one in (*self.at.text_area, *self.at.text_input):
            if one.key == key:
                one.set_value(text)
                return self
        raise AssertionError(f"there is no field {key}")

    def choose(self, key: str, value: Any) -> Reader:
        """Choose in a list, a slider, a box or between buttons, and let the page run."""
        return self.set(key, value).run()

    def set(self, key: str, value: Any) -> Reader:
        """Choose within a form, where nothing runs before its button is pressed."""
        lists = (self.at.selectbox, self.at.radio, self.at.multiselect)
        kinds = (*lists, self.at.slider, self.at.select_slider, self.at.checkbox)
        [one] = [widget for kind in kinds for widget in kind if widget.key == key]
        one.set_value(value)
        return self

    def value(self, key: str) -> Any:
        """Return what a widget of the page says."""
        [one] = [w for w in self._nodes if getattr(w, "key", None) == key and hasattr(w, "set_value")]
        return one.value

    @property
    def _nodes(self) -> list[Any]:
        return list(self.at)

    @property
    def title(self) -> str:
        """The heading of the page."""
        return plain(self.at.title[0].value)

    @property
    def text(self) -> str:
        """Everything that the page says, in order, on one line."""
        parts = []
        for one in self._nodes:
            kind = getattr(one, "type", "")
            if kind == "html":
                parts.append("".join(read_html(one.value).text))
            elif kind == "plotly_chart":
                parts.append(one.proto.alt)
            elif kind in {"title", "header", "subheader", "info", "error", "success", "warning", "code"}:
                parts.append(plain(one.value))
            elif kind == "page_link":
                parts.append(plain(one.proto.label))
            elif kind == "expander":
                parts.append(plain(one.label))
            elif hasattr(one, "label"):
                parts.append(plain(one.label))
                parts += [plain(option) for option in getattr(one, "options", ())]
        return flat("\n".join(parts))

    @property
    def links(self) -> list[tuple[str, str]]:
        """(address, words) of every link on the page, page links among them."""
        found = [link for one in self.at.html for link in read_html(one.value).links]
        for one in self._nodes:
            if getattr(one, "type", "") == "link_button":
                found.append((one.proto.url, plain(one.proto.label)))
            if getattr(one, "type", "") == "page_link":
                query = f"?{one.proto.query_string}" if one.proto.query_string else ""
                found.append((f"/{one.proto.page}{query}", plain(one.proto.label)))
        return found

    def link(self, words: str) -> str:
        """Return the one address behind some words."""
        found = {address for address, said in self.links if said == words}
        assert len(found) == 1, (words, found)
        return found.pop()

    def follow(self, words: str) -> Reader:
        """Open what stands behind a link of this app."""
        parts = urlsplit(self.link(words))
        [page] = [name for name, one in BY_NAME.items() if one.path == parts.path]
        query = parse_qs(parts.query, keep_blank_values=True)
        return self.open(page, **{n: v[0] if len(v) == 1 else v for n, v in query.items()})

    @property
    def bodies(self) -> str:
        """The page's HTML as it is sent."""
        return "\n".join(one.value for one in self.at.html)

    def _labels(self) -> list[str]:
        found = []
        for one in self._nodes:
            kind = getattr(one, "type", "")
            if kind in {"title", "header", "info", "error", "success"}:
                found.append(one.value)
            elif kind in {"page_link"}:
                found.append(one.proto.label)
            elif hasattr(one, "label"):
                found += [one.label, *(getattr(one, "options", ()) if kind == "radio" else ())]
        return found


def plain(label: str) -> str:
    """Return a label as Markdown shows it: without its stars and backslashes."""
    return html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"(?<!\\)\*\*", "", label)))


Announce = Callable[..., Hearing]
Decided = Callable[..., Comment]
Visit = Callable[..., Reader]
SignIn = Callable[..., Account]
Send = Callable[..., Receipt]
Stored = Callable[[str], Comment]


def code_of(page: Reader) -> str:
    """Return the digits on the page of a receipt."""
    found = re.search(r'<p class="code">([\d ]+)</p>', page.bodies)
    assert found, page.text
    return found[1]
