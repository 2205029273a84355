from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from hearing_app.documents import score_card
from hearing_app.documents.score_card import Promise, Result, TestRun, promises, results, score_card_html
from tests.documents.reading import read

TESTS = Path(__file__).parents[1]


def result(passed: bool, **figures: float) -> Result:
    test = TestRun(test="tests/test_x.py::test_x", outcome="passed" if passed else "failed", figures=figures)
    return Result(date=date(2026, 11, 1), commit="abc", machine="2 cores", passed=passed, tests=(test,))


def promised_by_tests() -> set[str]:
    """Every id that stands in a mark ``promise(...)`` of any test."""
    found: set[str] = set()
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "promise"
            ):
                found |= {str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def test_every_promise_has_a_test_or_says_what_is_missing_and_every_test_a_promise() -> None:
    ids = [one.id for one in promises()]
    assert len(ids) == len(set(ids))
    assert promised_by_tests() == {one.id for one in promises() if not one.missing}


@pytest.fixture
def one_to_come(monkeypatch: pytest.MonkeyPatch) -> Promise:
    """A promise that cannot be kept yet, among the others."""
    made = Promise(
        id="Z1", promise="A promise to come.", test="How it is tested.", missing="What is missing."
    )
    known = promises()
    monkeypatch.setattr(score_card, "promises", lambda: (*known, made))
    return made


@pytest.mark.usefixtures("one_to_come")
def test_promises_that_failed_come_first() -> None:
    html = score_card_html({"R1": result(True, kills=500), "T1": result(False, missed=3)})
    text = read(html).text
    failed, kept = text.index("Not kept in the last test: 1"), text.index("Kept in the last test: 1")
    assert failed < text.index("missed: 3") < text.index("Not kept yet: 1") < kept
    assert kept < text.index("kills: 500")
    assert "1 November 2026, program abc, 2 cores. 1 test. Promise R1." in text


def test_what_is_missing_is_said_even_where_a_result_claims_it(one_to_come: Promise) -> None:
    claims = {one.id: result(True) for one in (*promises(), one_to_come)}
    text = read(score_card_html(claims)).text
    assert "Not kept yet: 1" in text
    assert "A promise to come. How it is tested. What is missing." in text
    assert "Not measured whole yet:" not in text


def test_without_a_run_nothing_is_claimed(tmp_path: Path) -> None:
    assert results(tmp_path / "none.json") == {}
    text = read(score_card_html({})).text
    assert "Kept in the last test" not in text
    count = len([one for one in promises() if not one.missing])
    assert f"Not measured whole yet: {count}" in text


def test_the_card_that_is_shipped_can_be_read_and_speaks_of_promises_alone() -> None:
    assert set(results()) <= {one.id for one in promises()}


def test_a_card_with_anything_else_in_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "score_card.json"
    file.write_text('{"results": {"R1": {"passed": true}}}')
    with pytest.raises(ValueError, match="commit"):
        results(file)
