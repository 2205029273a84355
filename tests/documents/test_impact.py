"""The impact level as a document: numbers with what is possible, floors with their field, the picture."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest

from hearing_app.documents.impact import (
    change_words,
    impact_document,
    impact_html,
    impact_page_html,
    impact_text,
    moves_html,
    moves_of,
)
from hearing_app.documents.impact_picture import levels_words, scale_picture, scale_words
from hearing_app.registry.entry import Entry
from hearing_app.registry.impact.instrument import Phase
from hearing_app.registry.impact.scoring import score
from tests.documents.reading import read
from tests.registry.impact.answering import FACE_SEARCH, answered

BUILT = Phase.IMPLEMENTATION
WHOLE = FACE_SEARCH | {id: one for id, one in answered(BUILT, most=True).items() if "Implementation" in id}


def entry(answers: dict[str, Any] | None, **changes: Any) -> Entry:
    data: dict[str, Any] = {
        "id": "face-search",
        "name": "Face search",
        "lang": "en",
        "summary": "It looks for faces in recorded images.",
        "compiled": {"by": "independent_compilation", "as_of": "2024-06-30", "statement": "Compiled."},
        "is_police_system": True,
        "deployer": {"agency": "riverton", "name": "Riverton", "kind": "police", "country": "Freedonia"},
        "lifecycle": {"stages": [{"stage": "operational", "since": "2020", "sources": ["report"]}]},
        "functions": ["search"],
        "purpose": "To find people.",
        "people_affected": [{"group": "Passers-by", "how": "Searched.", "minors": False}],
        "output_use": {"consequences": ["service_only"]},
        "sources": [
            {
                "id": "report",
                "title": "Yearly report",
                "publisher": "Riverton",
                "address": "https://police.example.org/report",
                "date": "2024",
                "kind": "official",
            }
        ],
    }
    if answers is not None:
        data["impact"] = {
            "instrument_version": "1.0.1",
            "phase": "implementation",
            "answered_by": "An <i>exercise</i>",
            "answers": answers,
        }
    return Entry.model_validate(data | changes)


def test_both_levels_stand_side_by_side() -> None:
    page = read(impact_html(entry(WHOLE)))
    assert "Level III." in page.text
    assert "Before safeguards 96 of 167 points, level III. After safeguards 82 points, level II." in page.text
    assert "What level III asks for" in page.text
    assert "A person takes the final decision." in page.text
    assert "open" not in page.text
    # What others wrote is shown and does not act.
    assert "An <i>exercise</i>" in page.text


def test_open_questions_are_said_and_not_counted_as_nothing() -> None:
    page = read(impact_html(entry(FACE_SEARCH))).text
    assert "Safeguards have 0 to 77 of 77 points" in page
    assert "After safeguards 82 to 96 points, level II or III." in page
    assert "38 questions are open." in page
    assert "96 points before safeguards, 96 after, and level III." in page


def test_a_floor_stands_with_its_field_where_nothing_is_answered() -> None:
    page = read(impact_html(entry(None, functions=["rbi_post"], people_affected=[]))).text
    assert "At least level III: it may be III or IV." in page
    assert "It recognises people by their face or body." in page
    assert "Field “What kind of police work”" in page or "Field “" in page
    assert "There are children among the people whom it touches." in page
    assert "Not found in the sources read" in page


def test_what_is_not_known_is_said_and_asks_for_nothing() -> None:
    page = read(impact_html(entry(None))).text
    assert "Level not known." in page
    assert "asks for" not in page


def test_the_whole_page_lists_every_answer_and_what_would_move_the_level() -> None:
    page = read(impact_page_html(entry(WHOLE))).text
    assert "Why does the force want a machine here?" in page
    assert "Decisions should become better (0)" in page
    assert "Which answer moves the level?" in page
    moves = read(moves_html(moves_of(entry(WHOLE)))).text
    # Each question stands once, with the answer that does most.
    assert moves.count("How much can the decision touch people's rights and freedoms?") <= 1
    assert moves_of(entry(None)) == []
    assert "No other answer changes anything." in read(moves_html([])).text


def test_the_picture_shows_ranges_as_bars_and_numbers_as_dots() -> None:
    settled, ranging = score(WHOLE, BUILT), score(FACE_SEARCH, BUILT)
    assert unquote(scale_picture(settled)).count("<circle") == 2
    # Before safeguards one number, after them a range.
    assert unquote(scale_picture(ranging)).count("<circle") == 1
    assert "82 to 96 points" in unquote(scale_picture(ranging))
    # 96 of 167 stands 57.5 % along the scale of 348 that begins at 6.
    assert f'cx="{round(6 + 348 * 96 / 167, 1)}"' in unquote(scale_picture(settled))
    assert scale_words(settled).startswith("Before safeguards 96 of 167 points, level III.")


@pytest.mark.parametrize(
    ("low", "high", "words"), [(3, 3, "III"), (2, 3, "II or III"), (1, 4, "I to IV"), (2, 4, "II to IV")]
)
def test_levels_in_words(low: int, high: int, words: str) -> None:
    assert levels_words(low, high) == words


def test_changes_in_words() -> None:
    assert [change_words(n) for n in (4, 1, -1, -3)] == ["+4 points", "+1 point", "−1 point", "−3 points"]


def test_the_document_and_the_text_say_the_same() -> None:
    one = entry(WHOLE, functions=["rbi_post"])
    found = impact_document(one)
    assert (found["level"], found["score"]["adjusted"]["given"]) == (3, 82)
    assert found["floors"] == [
        {
            "id": "identification",
            "field": "functions",
            "level": 3,
            "words": "It recognises people by their face or body",
        }
    ]
    text = impact_text(one)
    assert text.splitlines()[0] == "Face search: Level III"
    assert "At least III by the field functions" in text
    assert "Open questions: 0." in text
    assert "The questionnaire is not answered in the entry." in impact_text(entry(None))
