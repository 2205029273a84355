"""The briefing as a Word document: headings to move by, tables for numbers, quotes with their source."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from hearing_app.documents.pack.briefing import (
    MOST_ANSWERS,
    MOST_NUMBERS,
    MOST_WAITS,
    Briefing,
    Chart,
    Quote,
    left_out,
)
from hearing_app.documents.pack.pictures import bars_png
from hearing_app.documents.text import visible
from hearing_app.documents.words import day, moment, plural

_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n"}


def briefing_docx(brief: Briefing) -> bytes:
    """Return the briefing as the bytes of a .docx file.

    Words stand in it as on the public page: signs that only hide or reverse something are left out.
    """
    document = Document()
    hearing = brief.hearing
    document.core_properties.title = _plain(hearing.title)
    document.core_properties.author = _plain(hearing.convened_by)
    document.core_properties.comments = ""
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(_plain(hearing.title), 0)
    if hearing.demonstration:
        document.add_paragraph("A demonstration. No public body holds this hearing.", style="Intense Quote")
    document.add_paragraph(_plain(hearing.summary))
    counts = brief.tally
    _facts(
        document,
        (
            ("Held by", hearing.convened_by),
            ("What is heard", ", ".join(brief.names.get(one, one) for one in hearing.systems)),
            (
                "Comments",
                f"{plural(counts.received, 'receipt')}: {counts.published:,} published, {counts.waiting:,} "
                f"waiting, {counts.held:,} held, {counts.rejected:,} not published, {counts.withdrawn:,} "
                "withdrawn",
            ),
            ("Made", f"{moment(brief.made_at, hearing.time_zone)}, from published words alone"),
        ),
    )
    document.add_heading("What the public was asked", 1)
    for question in hearing.questions:
        document.add_paragraph(_plain(question.text), style="List Number")
    _agenda(document, brief)
    document.add_heading("Counts", 1)
    for chart in brief.charts:
        _chart(document, chart)
    _themes(document, brief)
    _votes(document, brief)
    _answers(document, brief)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _agenda(document: Doc, brief: Briefing) -> None:
    document.add_heading("Agenda", 1)
    if brief.agenda is None:
        document.add_paragraph("No agenda is published yet.")
        return
    rows = [
        (str(item.number), item.title, str(item.all_minutes), _numbers(item.comment_ids) or "–")
        for item in brief.agenda.items
    ]
    _table(document, ("No.", "Item", "Minutes", "Comments behind it"), rows)


def _chart(document: Doc, chart: Chart) -> None:
    document.add_heading(_plain(chart.title), 2)
    picture = document.add_picture(io.BytesIO(bars_png(chart)), width=Cm(15))
    told = "; ".join(f"{label}: {count}" for label, count in chart.rows)
    # What a screen reader says in place of the picture.
    picture._inline.docPr.set("descr", _plain(f"{chart.title}. {told}")[:2000])
    rows = [(str(place), label, f"{count:,}") for place, (label, count) in enumerate(chart.rows, 1)]
    _table(document, ("No.", "", "Comments"), rows)


def _themes(document: Doc, brief: Briefing) -> None:
    document.add_heading("Themes", 1)
    parts = [*brief.parts, *([brief.without_theme] if brief.without_theme.comment_ids else [])]
    for part in parts:
        document.add_heading(_plain(f"{part.name}: {plural(len(part.comment_ids), 'comment')}"), 2)
        _quotes(document, part.quotes)
    if brief.campaigns:
        document.add_heading("Letters that several people sent", 1)
    for one in brief.campaigns:
        document.add_paragraph(
            f"{plural(len(one.comment_ids), 'comment')} share the wording of {one.shared.comment_id}; "
            f"{len(one.own_words)} add words of their own."
        )
    if brief.more_campaigns:
        more = plural(brief.more_campaigns, "more letter")
        document.add_paragraph(f"{more} had fewer senders, or as many.")


def _votes(document: Doc, brief: Briefing) -> None:
    if brief.results is None or not brief.results.statements:
        return
    document.add_heading("Votes on statements", 1)
    document.add_paragraph(
        f"{plural(brief.results.voters, 'person', 'people')} cast {plural(brief.results.cast, 'vote')}. "
        "They do not stand for the public."
    )
    rows = []
    for one in brief.results.statements:
        if one.statement.is_shown:
            told = [f"{count:,}" for count in one.votes] if one.votes else ["fewer than ten", "", ""]
            rows.append((one.statement.text, *told))
    _table(document, ("Statement", "Agree", "Disagree", "Pass"), rows)


def _answers(document: Doc, brief: Briefing) -> None:
    zone = brief.hearing.time_zone
    document.add_heading("Questions to the agencies", 1)
    _quotes(document, brief.questions)
    more = left_out(brief)
    if more["more_questions"]:
        document.add_paragraph(more["more_questions"])
    document.add_heading("Answers so far", 1)
    for answer in brief.answers[:MOST_ANSWERS]:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{answer.kind.label} ").bold = True
        about = f"({answer.agency}, {day(answer.given_at)}), to {_numbers(answer.comment_ids)}"
        paragraph.add_run(_plain(f"{about}: {answer.text}"))
    if not brief.answers:
        document.add_paragraph("None yet.")
    if more["more_answers"]:
        document.add_paragraph(more["more_answers"])
    if brief.open_waits:
        listed = brief.open_waits[:MOST_WAITS]
        waiting = ", ".join(f"{one.comment_id} (due {moment(one.due_at, zone)})" for one in listed)
        document.add_paragraph(f"Waiting for an answer: {waiting}. {more['more_waits']}".strip())
    if brief.decisions:
        document.add_heading("Decisions and conditions", 1)
    for decided in brief.decisions:
        text = f"{decided.text} ({decided.owner}, by {day(decided.due)})"
        document.add_paragraph(_plain(text), style="List Bullet")


def _numbers(comment_ids: Sequence[str]) -> str:
    more = len(comment_ids) - MOST_NUMBERS
    return ", ".join(comment_ids[:MOST_NUMBERS]) + (f" and {more:,} more" if more > 0 else "")


def _quotes(document: Doc, quotes: Iterable[Quote]) -> None:
    for one in quotes:
        paragraph = document.add_paragraph(style="Quote")
        for place, line in enumerate(one.text.splitlines()):
            run = paragraph.add_run(_plain(line))
            if one.language != "und":
                language = run._element.get_or_add_rPr().makeelement(
                    qn("w:lang"), {qn("w:val"): one.language}
                )
                run._element.get_or_add_rPr().append(language)
            if place < len(one.text.splitlines()) - 1:
                run.add_break(WD_BREAK.LINE)
        more = "" if one.is_whole else ", the beginning of a longer text"
        source = document.add_paragraph(_plain(f"{one.name}, {one.comment_id}, {one.span}{more}"))
        source.paragraph_format.left_indent = Cm(1)
        for run in source.runs:
            run.font.size = Pt(9)


def _facts(document: Doc, facts: Sequence[tuple[str, str]]) -> None:
    for label, text in facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(_plain(text))


def _table(document: Doc, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=1, cols=len(head), style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = text
    # A reader hears the head again with each row, also on the next page.
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = _plain(text)


def _plain(text: str) -> str:
    return visible(text).translate(_CONTROLS)
