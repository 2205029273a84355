"""Exhibits as documents: the finding and the table of a picture on a page, in a file and as an object."""

from __future__ import annotations

from typing import Any

from hearing_app.documents.exports import csv_bytes
from hearing_app.documents.render import render
from hearing_app.documents.text import visible
from hearing_app.evidence.exhibit import Cell, Exhibit, Form
from hearing_app.evidence.format import UNDEFINED, number, people, percent_alone

# A page shows so many rows; the file has them all.
_ROWS_ON_A_PAGE = 200


def exhibit_html(exhibit: Exhibit, dataset: str, kind: str, query: str, citation: str) -> str:
    """Return what stands around a picture: its finding above all, its numbers, and how to take them away."""
    rows = [
        [cell_words(cell, form) for cell, form in zip(row, exhibit.forms, strict=True)]
        for row in exhibit.rows[:_ROWS_ON_A_PAGE]
    ]
    return render(
        "exhibit",
        exhibit=exhibit,
        rows=rows,
        numeric=[form != "category" for form in exhibit.forms],
        more=len(exhibit.rows) - len(rows),
        dataset=dataset,
        kind=kind,
        query=query,
        citation=citation,
    )


def exhibit_finding_html(exhibit: Exhibit) -> str:
    """Return the title and the sentences of a picture, which stand above it."""
    return render("exhibit_finding", exhibit=exhibit)


def exhibit_csv(exhibit: Exhibit) -> bytes:
    """Return the numbers of a picture, unrounded; an empty cell is undefined."""
    rows = [[visible(cell) if isinstance(cell, str) else cell for cell in row] for row in exhibit.rows]
    return csv_bytes([visible(name) for name in exhibit.columns], rows)


def exhibit_document(exhibit: Exhibit) -> dict[str, Any]:
    """Return a picture as an object, ready for JSON: what it says, and each row by the columns' names."""
    return {
        "title": exhibit.title,
        "sentences": list(exhibit.sentences),
        "cautions": list(exhibit.cautions),
        "sources": list(exhibit.sources),
        "columns": list(exhibit.columns),
        "rows": [list(row) for row in exhibit.rows],
    }


def exhibit_text(exhibit: Exhibit) -> str:
    """Return a picture for a terminal: its sentences, then its table."""
    lines = [
        [str(name) for name in exhibit.columns],
        *(
            [cell_words(cell, form) for cell, form in zip(row, exhibit.forms, strict=True)]
            for row in exhibit.rows
        ),
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(len(exhibit.columns))]
    table = (
        "  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )
    notes = (f"Note: {one}" for one in exhibit.cautions)
    text = "\n".join([exhibit.title, "", *exhibit.sentences, "", *table, "", *notes])
    return "\n".join(visible(line) for line in text.split("\n"))


def cell_words(cell: Cell, form: Form) -> str:
    """Return one number of a table as a page shows it; what is undefined says so."""
    if cell is None:
        return UNDEFINED
    if isinstance(cell, str):
        return cell
    if form == "percent":
        return percent_alone(cell, 1)
    if form == "whole":
        return people(round(cell))
    return str(cell) if form == "category" else number(cell, None, None)
