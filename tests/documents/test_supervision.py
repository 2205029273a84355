"""Supervision as documents: what is overdue at a fixed day, hostile words, and who answers for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from hearing_app.documents.responsibility import drawing, responsibility_html
from hearing_app.documents.supervision import (
    MOST_SHOWN,
    alarms_html,
    audit_html,
    supervision_html,
    timeline_html,
)
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.responsibility import Naming, Place, responsibility
from hearing_app.registry.supervision.alarms import alarms_of
from hearing_app.registry.supervision.audits import Audit, Statement, fold
from hearing_app.registry.supervision.timeline import Kind, Moment
from hearing_app.registry.supervision.vocabulary import Standing, Step
from hearing_app.registry.supervision.words import read_words
from tests.documents.reading import assert_inert
from tests.hostile import FEW

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def audited(text: str = "Readings at night are wrong.", *steps: Step) -> Audit:
    """An audit as it stands on the record, with ``text`` wherever words are typed."""
    said: list[tuple[Step, dict[str, Any], str]] = [
        (
            Step.PLANNED,
            {
                "system": "compas",
                "version": 1,
                "title": text,
                "scope": text,
                "body": f"Auditor {text}",
                "independence": "independent",
                "statement": text,
                "due": "2026-06-30",
            },
            "auditor:a",
        ),
        (Step.BEGUN, {}, "auditor:a"),
        (
            Step.FINDING,
            {
                "about": "field:purpose",
                "version": 1,
                "severity": "major",
                "text": text,
                "reply_due": "2026-04-30",
            },
            "auditor:a",
        ),
        (
            Step.REMEDY,
            {"finding": 1, "what": text, "by": "Chief Judge", "due": "2026-05-31"},
            "publisher:p",
        ),
    ]
    more: dict[Step, tuple[dict[str, Any], str]] = {
        Step.REPLY: ({"finding": 1, "text": text}, "publisher:p"),
        Step.DONE: ({"remedy": 1, "day": "2026-03-02", "evidence": text}, "publisher:p"),
        Step.RETURNED: ({"remedy": 1, "reason": text}, "auditor:a"),
        Step.CORRECTION: ({"of": 3, "text": text}, "auditor:a"),
        Step.REPORTED: ({"summary": text, "address": "https://audit.example.org/r"}, "auditor:a"),
        Step.CLOSED: ({"note": text}, "auditor:a"),
    }
    said += [(step, *more[step]) for step in steps]
    statements = [
        Statement(number, step, read_words(step, words), AT, actor, number + 10)
        for number, (step, words, actor) in enumerate(said, 1)
    ]
    return fold("A-2026-ABCDEF0", statements)


NAMES = {"compas": "COMPAS risk scores"}


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - what was drawn here a moment ago


def page(entries: dict[str, Entry], audits: Sequence[Audit], today: date) -> str:
    found = alarms_of([entries["compas"]], {"compas": audits}, today)
    return supervision_html(found, audits, NAMES, today)


def test_what_is_overdue_is_shown_in_public_with_since_when(entries: dict[str, Entry]) -> None:
    text = assert_inert(page(entries, [audited()], date(2026, 6, 10))).text
    assert "It is shown as it stands on 10 June 2026." in text
    overdue, soon = text.index("Overdue 30 April 2026"), text.index("Due within 60 days")
    assert "Overdue by 41 daysReply: A reply to finding 1 of the audit" in text[overdue:soon]
    assert "31 May 2026 ◆Overdue by 10 daysRemedy:" in text[overdue:soon]
    assert "30 June 2026 ◐Due in 20 daysAudit: The report of the audit" in text[soon:]
    assert "In progress. ◐Report due 30 June 2026. 1 finding; ◆2 replies and remedies are overdue." in text


def test_before_its_day_nothing_is_overdue_and_after_it_everything(entries: dict[str, Entry]) -> None:
    before = assert_inert(page(entries, [audited()], date(2026, 4, 30))).text
    assert "Nothing is overdue." in before
    assert "Due today" in before
    after = assert_inert(page(entries, [audited()], date(2026, 7, 1))).text
    assert "Report overdue since 30 June 2026" in after
    assert "Overdue by 1 dayAudit:" in after


def test_an_audit_shows_each_duty_until_it_is_done() -> None:
    text = assert_inert(audit_html(audited(), NAMES, date(2026, 7, 1))).text
    for said in (
        "The report is overdue since 30 June 2026",
        "Reply overdue since 30 April 2026",
        "Overdue since 31 May 2026",
        "promised by the body",
        "auditor:a, event 13 of the ledger",
    ):
        assert said in text
    done = audited("Words.", Step.REPLY, Step.DONE, Step.RETURNED, Step.DONE, Step.CORRECTION, Step.REPORTED)
    text = assert_inert(audit_html(done, NAMES, date(2026, 7, 1))).text
    assert "overdue" not in text.lower()
    for said in (
        "The body replied on 2 March 2026:Words.",
        "Done, says the body on 2 March 2026: Words.",
        "Not accepted on 2 March 2026: Words.",
        "Corrected on 2 March 2026 by the auditor: Words.",
        "Reported",
    ):
        assert said in text


def fit(payload: str) -> bool:
    """Whether the register takes the payload at all: it refuses placeholders and signs that nobody sees."""
    try:
        audited(f"a {payload} z"[:180])
    except Exception as error:
        assert type(error).__name__ == "Invalid"
        return False
    return True


def test_hostile_words_stay_words(entries: dict[str, Entry]) -> None:
    taken = [payload for payload in FEW if fit(payload)]
    assert len(taken) > 30
    steps = (Step.REPLY, Step.DONE, Step.RETURNED, Step.CORRECTION, Step.REPORTED, Step.CLOSED)
    for payload in taken:
        text = f"a {payload} z"[:180]
        audit = audited(text, *steps)
        assert_inert(audit_html(audit, NAMES, date(2026, 7, 1)))
        assert_inert(page(entries, [audited(text)], date(2026, 7, 1)))
        moment = Moment(PartialDate("2026"), Kind.RULING, text, Standing.DONE, "https://example.org/x")
        assert_inert(timeline_html([moment]))
        holders = [replace(one, names=(text,), details=(text,)) for one in responsibility(entries["compas"])]
        drawn = parsed(drawing(holders))
        assert {one.tag.removeprefix(SVG) for one in drawn.iter()} == {"svg", "rect", "path", "text"}


def test_a_timeline_says_where_each_date_stands() -> None:
    moments = [
        Moment(PartialDate("2018"), Kind.STAGE, "In use", Standing.DONE),
        Moment(PartialDate("2026-05"), Kind.REVIEW, "The entry is looked at again", Standing.OVERDUE),
        Moment(PartialDate("2027-01-01"), Kind.HEARING, "It opens", Standing.AHEAD, "/hearing?id=a"),
        Moment(None, Kind.ASSESSMENT, "A test", Standing.DONE, "https://example.org/test"),
    ]
    shown = assert_inert(timeline_html(moments))
    assert shown.text == (
        "2018 Stage: In use May 2026 ◆Overdue Review of the entry: The entry is looked at again "
        "1 January 2027 ○To come Hearing: It opens "
        "No date given Assessment: A test https://example.org/test (example.org)"
    )
    assert {"href": "/hearing?id=a"} in shown.all("a")
    assert "Nothing has a date yet." in timeline_html([])
    assert "Nothing to do." in alarms_html([], "Nothing to do.")


@pytest.mark.parametrize("name", ["compas", "gait-recognition"])
def test_who_answers_is_a_picture_a_text_and_a_table_that_say_the_same(
    entries: dict[str, Entry], name: str
) -> None:
    entry = entries[name]
    holders = responsibility(entry)
    shown = assert_inert(responsibility_html(entry))
    [picture] = shown.all("img")
    drawn = parsed(unquote(picture["src"].removeprefix("data:image/svg+xml,")))
    said = [one.text for one in drawn.iter(f"{SVG}text")]
    for one in holders:
        assert one.place.label in said
        assert f"{one.place.label}: {one.words}" in picture["alt"]
        assert one.place.label in shown.text
    assert "Who answers for what PlaceWhoAnswers for" in shown.text
    assert [cell["scope"] for cell in shown.all("th")] == ["col"] * 3 + ["row"] * 5
    boxes = list(drawn.iter(f"{SVG}rect"))[1:]
    assert [bool(one.get("stroke-dasharray")) for one in boxes] == [one.naming.is_gap for one in holders]
    gaps = [one for one in holders if one.naming is Naming.NOBODY]
    assert said.count("Nobody is named") == len(gaps) > 0


def test_a_picture_fits_a_telephone_whatever_the_names_are(entries: dict[str, Entry]) -> None:
    names = ("x" * 200, "Wide " * 30, "雲端系統有限公司" * 10, "d", "e", "f")
    holders = [replace(one, names=names) for one in responsibility(entries["compas"])]
    drawn = parsed(drawing(holders))
    lines = [one.text or "" for one in drawn.iter(f"{SVG}text") if one.get("font-size") == "16"]
    assert max(len(line) for line in lines) <= 36
    assert all(len(line) <= 20 for line in lines if "雲" in line)
    assert lines.count("and 2 more: see the table") == len(Place)
    assert drawn.get("viewBox", "").startswith("0 0 344 ")
    [tall] = [one for one in drawn.iter(f"{SVG}rect") if one.get("stroke") is None]
    last = max(float(one.get("y", 0)) for one in drawn.iter(f"{SVG}text"))
    assert last < float(tall.get("height", 0))


def test_a_long_list_is_cut_and_says_how_much_there_is(entries: dict[str, Entry]) -> None:
    many = [replace(audited(), audit_id=f"A-2026-{number:07d}") for number in range(MOST_SHOWN + 3)]
    shown = assert_inert(page(entries, many, date(2026, 7, 1)))
    links = [one["href"] for one in shown.all("a") if one["href"].startswith("/record/audits/")]
    assert shown.text.count("3 more stand in the data.") == 1
    assert "409 more stand in the data." in shown.text
    # The newest audits are shown, and the alarms of all that fit.
    assert "/record/audits/A-2026-0000202" in links
    assert len(links) == 2 * MOST_SHOWN
