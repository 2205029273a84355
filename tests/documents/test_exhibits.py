"""A picture as a table on a page, as a file and as an object: every number, nothing that acts."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from hearing_app.documents.exhibits import (
    cell_words,
    exhibit_csv,
    exhibit_document,
    exhibit_finding_html,
    exhibit_html,
    exhibit_text,
)
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.exhibit import Axis, Exhibit, Question, Series
from hearing_app.evidence.families import draw_exhibit
from hearing_app.evidence.selection import opening_selection
from tests.web.reader import read_html

MADE = Exhibit(
    title="A finding",
    sentences=("Of 100 people, 45 were scored high.",),
    x=Axis("Score"),
    y=Axis("Share", "percent"),
    series=(Series("A", (1, 2), (0.1, None)),),
    columns=("group", "share", "people"),
    forms=("category", "percent", "whole"),
    rows=(("A", 1 / 3, 12_345), ("B", None, 0)),
    cautions=("It misleads.",),
    sources=("Somebody (1999)",),
)
FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1+1", "\u200b=1")
HIDDEN = "\u202eBlack\u202c\u200b\u2066"


@pytest.fixture(scope="module")
def roc(catalogue: Catalogue) -> Exhibit:
    dataset = catalogue.dataset("compas-broward")
    return draw_exhibit(Question(catalogue, dataset, opening_selection(dataset), ""), "roc")


def lines(exhibit: Exhibit) -> list[list[str]]:
    text = exhibit_csv(exhibit).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_the_file_has_every_number_unrounded(roc: Exhibit) -> None:
    head, *rows = lines(roc)
    assert head == list(roc.columns)
    assert len(rows) == len(roc.rows) == 66
    for row, expected in zip(rows, roc.rows, strict=True):
        assert row[0] == expected[0]
        assert [float(cell) if cell else None for cell in row[1:]] == list(expected[1:])
    assert lines(MADE)[2] == ["B", "", "0"], "undefined is empty and not 0"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_name_in_the_file_is_a_formula(formula: str) -> None:
    hostile = replace(
        MADE, columns=(formula, "share", "people"), rows=((formula, 0.5, 1), (f"a;{formula}", -0.5, 2))
    )
    for row in lines(hostile):
        assert not row[0].lstrip().startswith(("=", "+", "-", "@", "\uff1d")), row
    assert lines(hostile)[2][1] == "-0.5", "a number below zero is a number"


def test_hidden_signs_do_not_reach_page_file_or_terminal() -> None:
    hostile = replace(
        MADE,
        title=HIDDEN,
        sentences=(HIDDEN,),
        rows=((HIDDEN, 0.5, 1),),
        cautions=(HIDDEN,),
        sources=(HIDDEN,),
    )
    page = exhibit_html(hostile, "made", "roc", "dataset=made", "Cited") + exhibit_finding_html(hostile)
    for shown in (page, exhibit_csv(hostile).decode("utf-8-sig"), exhibit_text(hostile)):
        assert "\u202e" not in shown
        assert "\u200b" not in shown


def test_markup_is_text_on_the_page() -> None:
    trap = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    hostile = replace(
        MADE,
        title=trap,
        sentences=(trap,),
        columns=(trap, "share", "people"),
        rows=((trap, 0.5, 1),),
        cautions=(trap,),
        sources=(trap,),
    )
    page = exhibit_html(hostile, "made", "roc", 'a="><script>', trap) + exhibit_finding_html(hostile)
    found = read_html(page)
    assert found.dangers == []
    assert "<script>alert(1)</script>" in "".join(found.text)


def test_the_page_has_the_numbers_with_their_names_for_a_phone_and_the_ways_to_take_them() -> None:
    page = exhibit_html(MADE, "made", "roc", "dataset=made&amp;by=team", "The tests, 2020")
    assert 'data-label="share">33.3\u00a0%</td>' in page
    assert 'data-label="people">12\u202f345</td>' in page
    assert "not defined" in page
    assert "It misleads." in page
    assert "Somebody (1999)" in page
    assert "picture: roc" in page
    addresses = [address for address, _ in read_html(page).links]
    assert [one.split("?")[0] for one in addresses] == [
        "/api/v1/datasets/made/exhibits/roc",
        "/api/v1/datasets/made/exhibits/roc",
        "/evidence",
    ]


def test_a_table_alone_stands_open_and_one_beside_a_picture_is_folded() -> None:
    assert "<details>" in exhibit_html(MADE, "made", "x", "q", "c")
    assert "<details open>" in exhibit_html(replace(MADE, series=()), "made", "x", "q", "c")


def test_a_page_shows_200_rows_and_says_how_many_more_there_are() -> None:
    many = replace(MADE, rows=tuple((f"Place {at}", 0.5, at) for at in range(1_500)))
    page = exhibit_html(many, "made", "x", "q", "c")
    assert page.count("<tr") == 201
    assert "1\u202f300 more rows stand in the file." in page
    assert len(lines(many)) == 1_501


def test_the_object_is_json_without_loss(roc: Exhibit) -> None:
    document = exhibit_document(roc)
    again = json.loads(json.dumps(document, allow_nan=False))
    assert again == document
    assert list(document) == ["title", "sentences", "cautions", "sources", "columns", "rows"]
    assert document["rows"][0] == ["Black", 11, *roc.rows[0][2:]]


def test_a_terminal_gets_the_finding_the_table_and_its_warnings() -> None:
    text = exhibit_text(MADE)
    assert text.splitlines()[0] == "A finding"
    assert "A      33.3\u00a0%       12\u202f345" in text
    assert "B      not defined  0" in text
    assert text.endswith("Note: It misleads.")


@pytest.mark.parametrize(
    ("cell", "form", "words"),
    [
        (None, "percent", "not defined"),
        (0.5, "percent", "50.0\u00a0%"),
        (1234.0, "whole", "1\u202f234"),
        (7, "category", "7"),
        ("A", "number", "A"),
        (0.256, "number", "0.26"),
        (0, "number", "0.00"),
    ],
)
def test_a_cell_is_written_as_its_column_says(cell: Any, form: Any, words: str) -> None:
    assert cell_words(cell, form) == words
