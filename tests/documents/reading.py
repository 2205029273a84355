"""Reading HTML as a browser would take it: which elements there are, and what they load or run."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "img", "input", "meta", "link", "hr"}

# The sections of a system's entry, in the order in which people ask.
HEADINGS = [
    "What it is",
    "What it may do to you, and who decides",
    "How it works, and on what data",
    "Does it work, and for whom does it fail?",
    "What is claimed, and what the evidence supports",
    "Is it allowed?",
    "Who answers for it",
    "What you can do",
    "What is withheld",
    "History",
    "Sources",
]


@dataclass(slots=True)
class Page:
    """The elements of a document in order, as (name, attributes), and its text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for element, attributes in self.elements if element == name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.page.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.page.open, f"</{tag}> closes nothing"
        assert self.page.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.page.text += str(data)


def read(html: str) -> Page:
    """Parse HTML; every element must be closed, each in its place."""
    reader = _Reader()
    reader.feed(str(html))  # Markup would escape again what is joined to it.
    reader.close()
    assert not reader.page.open, f"not closed: {reader.page.open}"
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


def assert_inert(html: str) -> Page:
    """Nothing runs, nothing is loaded from elsewhere, no link goes but to a page or a web address."""
    page = read(html)
    for name, attributes in page.elements:
        assert name not in {"script", "iframe", "object", "embed", "style", "base", "form", "svg", "math"}
        for attribute, value in attributes.items():
            assert not attribute.startswith("on"), (name, attribute)
            assert attribute != "style", (name, value)
            if attribute in {"href", "action", "srcset", "poster", "background"}:
                assert value.startswith(("/", "#", "https://", "http://", "mailto:")), value
                assert not value.startswith("//"), value
            if attribute == "src":
                assert value.startswith("data:image/svg+xml,"), value
    return page
