"""The briefing: quotes letter for letter, counts that add up, and nothing that is not public."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearing_app.deployment import Deployment
from hearing_app.documents.pack import briefing
from hearing_app.documents.pack.briefing import FIELDS, LONGEST_QUOTE, Briefing, briefing_of, quote_of
from hearing_app.documents.pack.page import briefing_html
from hearing_app.documents.pack.word import briefing_docx
from hearing_app.errors import Forbidden
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.lists import published_comments, tally
from hearing_app.hearings.demonstration.filling import HEARING, REHEARSAL, fill
from hearing_app.hearings.hearing import hearing_of
from hearing_app.people.permissions import PUBLIC, Actor, Role
from hearing_app.store.engine import reading
from tests.documents.conftest import MakeComment
from tests.web.reader import HOSTILE


@pytest.fixture
def brief(house: Deployment) -> Briefing:
    fill(house.engine, house.key, number=50, voters=2)
    with reading(house.engine) as db:
        return briefing_of(db, REHEARSAL, HEARING)


def _quotes(brief: Briefing) -> Iterator[tuple[str, str, int, int, str]]:
    for part in (*brief.parts, brief.without_theme):
        for one in part.quotes:
            yield one.comment_id, one.field, one.start, one.end, one.text
    for one in brief.questions:
        yield one.comment_id, one.field, one.start, one.end, one.text


def test_every_quote_stands_so_on_the_public_page(house: Deployment, brief: Briefing) -> None:
    with reading(house.engine) as db:
        public = {one.comment_id: one for one in published_comments(db, HEARING)}
        assert brief.tally == tally(db, HEARING)
        assert brief.hearing == hearing_of(db, HEARING)
    quotes = list(_quotes(brief))
    assert len(quotes) > 20
    for comment_id, field, start, end, text in quotes:
        assert getattr(public[comment_id], field)[start:end] == text
    for chart in brief.charts:
        if "theme" not in chart.title:
            assert sum(count for _, count in chart.rows) == len(public)
    sorted_in = {comment_id for part in brief.parts for comment_id in part.comment_ids}
    assert sorted_in | set(brief.without_theme.comment_ids) == set(public)
    assert len(brief.answers) == 3


def test_the_page_and_the_document_hold_every_quote_with_its_source(brief: Briefing) -> None:
    page, document = briefing_html(brief), Document(io.BytesIO(briefing_docx(brief)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for part in (*brief.parts, brief.without_theme):
        assert part.name in text
        for one in part.quotes:
            assert f"{one.comment_id}, {one.span}" in text
            assert " ".join(one.text.split()) in " ".join(text.split())
            assert f"{one.comment_id}</a> · {one.span}" in page
    headings = [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"]
    assert headings[:4] == ["What the public was asked", "Agenda", "Counts", "Themes"]
    assert len(document.inline_shapes) == len(brief.charts)
    assert "A demonstration" in text


def test_only_staff_who_read_comments_get_it(house: Deployment) -> None:
    for actor in (PUBLIC, Actor(Role.PUBLISHER, "p", "met"), Actor(Role.AUDITOR, "a")):
        with reading(house.engine) as db, pytest.raises(Forbidden):
            briefing_of(db, actor, "demonstration-risk-scores")


def test_an_empty_hearing_has_a_briefing_too(house: Deployment) -> None:
    with reading(house.engine) as db:
        brief = briefing_of(db, REHEARSAL, "demonstration-risk-scores")
    assert "No comment is published yet." in briefing_html(brief)
    assert Document(io.BytesIO(briefing_docx(brief))).paragraphs


def test_words_stay_words(house: Deployment, written: MakeComment) -> None:
    with reading(house.engine) as db:
        brief = briefing_of(db, REHEARSAL, "demonstration-risk-scores")
    said = [written(concern=f"{words} and more of it, in a sentence.") for words in HOSTILE]
    changed = replace(brief, questions=tuple(quote_of(one, "concern") for one in said))
    page = briefing_html(changed)
    assert not re.search(r"<(script|img|svg|iframe)\b", page)
    made = briefing_docx(changed)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not [
            name for name in archive.namelist() if "vba" in name.lower() or "external" in name.lower()
        ]
    assert Document(io.BytesIO(made)).paragraphs


@given(st.text(st.sampled_from("ab .!?\n。ü "), max_size=1200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_quote_is_a_stretch_of_the_text(written: MakeComment, text: str) -> None:
    one = quote_of(written(concern=text), "concern")
    assert text[one.start : one.end] == one.text
    assert len(one.text) <= LONGEST_QUOTE
    assert one.text == one.text.strip() or not one.is_whole
    if one.is_whole:
        assert one.text == text.strip()
    assert set(FIELDS) <= set(Comment.__dataclass_fields__)


def test_what_is_too_much_to_read_is_counted_and_said_where_it_stands(
    house: Deployment, brief: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = len(brief.questions) + brief.more_questions
    assert asked > 2
    monkeypatch.setattr(briefing, "MOST_QUESTIONS", 2)
    with reading(house.engine) as db:
        short = briefing_of(db, REHEARSAL, HEARING)
    assert (len(short.questions), short.more_questions) == (2, asked - 2)
    more = f"{asked - 2} more questions stand in the open data and in the workbook, table comments"
    assert more in briefing_html(short)
    document = Document(io.BytesIO(briefing_docx(short)))
    assert any(more in paragraph.text for paragraph in document.paragraphs)
