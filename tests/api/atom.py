"""What RFC 4287 asks of a feed, checked by a reader of XML that knows nothing of how ours are written."""

from __future__ import annotations

from datetime import datetime

from lxml import etree  # type: ignore[import-untyped]  # it brings no types

ATOM = "{http://www.w3.org/2005/Atom}"
# Sections 4.1.1 and 4.1.2: what stands exactly once, and what at most once.
ONCE_IN_FEED, ONCE_IN_ENTRY = ("id", "title", "updated"), ("id", "title", "updated")
AT_MOST_ONCE = (
    "published",
    "summary",
    "content",
    "rights",
    "source",
    "subtitle",
    "generator",
    "logo",
    "icon",
)
TEXTS = ("title", "summary", "subtitle", "rights")


def read_feed(document: bytes) -> etree._Element:
    """Return a feed that keeps the rules of RFC 4287; fail with the first rule that it breaks."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    feed = etree.fromstring(document, parser)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    _check(feed, ONCE_IN_FEED)
    for entry in entries:
        _check(entry, ONCE_IN_ENTRY)
    # 4.2.6: an id is an absolute IRI, and no two entries share one with another time.
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in entries]
    assert len(set(ids)) == len(ids), "an id stands twice"
    # 4.1.1: an author of the feed, or one in every entry.
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    # 4.1.1: a link with rel="self" is wanted, and no two alternates of one type.
    assert [one.get("rel") for one in feed.findall(f"{ATOM}link")].count("self") == 1
    assert feed.findtext(f"{ATOM}updated") == max(
        [entry.findtext(f"{ATOM}updated") for entry in entries], default=feed.findtext(f"{ATOM}updated")
    )
    return feed


def lines_of(feed: etree._Element) -> list[tuple[str, str]]:
    """Return title and summary of each entry."""
    return [
        (one.findtext(f"{ATOM}title") or "", one.findtext(f"{ATOM}summary") or "")
        for one in feed.findall(f"{ATOM}entry")
    ]


def _check(element: etree._Element, once: tuple[str, ...]) -> None:
    names = [etree.QName(child).localname for child in element if isinstance(child.tag, str)]
    for name in once:
        assert names.count(name) == 1, f"{name} stands {names.count(name)} times"
    assert all(names.count(name) <= 1 for name in AT_MOST_ONCE)
    assert ":" in (element.findtext(f"{ATOM}id") or ""), "an id is no absolute IRI"
    for moment in (*element.findall(f"{ATOM}updated"), *element.findall(f"{ATOM}published")):
        # 3.3: RFC 3339, with a zone.
        assert datetime.fromisoformat(moment.text or "").tzinfo is not None
    for name in TEXTS:
        for text in element.findall(f"{ATOM}{name}"):
            assert text.get("type", "text") in {"text", "html", "xhtml"}
            assert len(text) == 0, "a text holds elements"
    alternates = [one for one in element.findall(f"{ATOM}link") if one.get("rel", "alternate") == "alternate"]
    assert len({(one.get("type"), one.get("hreflang")) for one in alternates}) == len(alternates)
    assert all(one.get("href") for one in element.findall(f"{ATOM}link"))
    # 4.1.2: an entry without content has an alternate.
    if element.tag == f"{ATOM}entry":
        assert alternates or element.find(f"{ATOM}content") is not None
