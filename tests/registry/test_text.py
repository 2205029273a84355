from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from hearing_app.registry.text import Address, Language, Line, Post, Prose, Slug


def refused(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        "TODO",
        "to be done, TBC",
        "tbd",
        "See xxx",
        "Lorem ipsum dolor",
        "UNVERIFIED figure",
        "94 % [M]",
        "who???",
        "{{name}}",
        "a placeholder",
    ],
)
def test_what_an_unfinished_draft_leaves_behind_is_refused(text: str) -> None:
    assert refused(Prose, text)


@pytest.mark.parametrize(
    "text", ["n/a", "N/A.", "none", "Unknown", "-", "not stated", "...", "?", "Not available"]
)
def test_what_stands_in_for_an_absent_fact_is_refused(text: str) -> None:
    assert refused(Line, text)


@pytest.mark.parametrize(
    "text",
    [
        "Todo se publica.",
        "An unverified rumour",
        "[2026] EWHC 915 (Admin)",
        "Nobody knows; none was found.",
        "30 %",
        "XX division",
    ],
)
def test_ordinary_words_are_kept(text: str) -> None:
    assert TypeAdapter(Line).validate_python(f"  {text} ") == text


@pytest.mark.parametrize("text", ["", "   ", "\n", "zero\u200bwidth", "tur\u202ened", "bell\x07", "\ud800"])
def test_empty_and_invisible_text_is_refused(text: str) -> None:
    assert refused(Prose, text)


def test_a_line_is_one_line_of_at_most_two_hundred_characters() -> None:
    assert refused(Line, "one\ntwo")
    assert not refused(Prose, "one\ntwo")
    assert not refused(Line, "x" + "a" * 199)
    assert refused(Line, "x" + "a" * 200)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.org",
        "javascript:alert(1)",
        "example.org",
        "https://user:secret@example.org/",
        "http://64.62.227.18/page",
        "http://[::1]/",
        "https://localhost/x",
        "https://example.org/a b",
        "https://exa<mple.org",
        "https://",
        "http://[bad",
        "https://example.org:port/",
    ],
)
def test_an_address_that_leads_nowhere_or_elsewhere_is_refused(text: str) -> None:
    assert refused(Address, text)


def test_http_and_https_addresses_are_kept_as_they_are() -> None:
    for text in (
        "http://ecns.cn/2018/05-04/301363.shtml",
        "https://gdprhub.eu/index.php?title=CNIL_(France)_-_SAN-2021-003",
    ):
        assert TypeAdapter(Address).validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["Jane Doe", "Mr Smith", "Commissioner Jane Doe", "Sir John Roe, Commissioner", "Ana María López"]
)
def test_a_persons_name_is_no_post(text: str) -> None:
    assert refused(Post, text)


@pytest.mark.parametrize(
    "text",
    [
        "Commissioner of Police of the Metropolis",
        "Ministry of the Interior",
        "Upper secondary school board",
        "Chief of Police",
        "Head of the digital forensics unit",
        "Prefect of police",
        "Deputy Chief Constable",
    ],
)
def test_a_post_is_kept(text: str) -> None:
    assert TypeAdapter(Post).validate_python(text) == text


def test_slugs_and_languages() -> None:
    assert not refused(Slug, "met-live-facial-recognition")
    for text in ("Met", "a--b", "-a", "a_b", "", "a/b", "..", "å", "a\n"):
        assert refused(Slug, text), text
    assert not refused(Language, "pt-BR")
    for text in ("English", "e", "en_GB"):
        assert refused(Language, text)
