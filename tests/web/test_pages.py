"""The list of pages, and what a view may not do: compute, query, or style itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from hearing_app.web.pages import PAGES, VIEWS, Page
from tests.web.reader import Reader, Visit

FILES = sorted(path for path in VIEWS.glob("*.py") if path.name != "__init__.py")
FORBIDDEN = {
    "sqlalchemy",
    "duckdb",
    "pandas",
    "numpy",
    "plotly",
    "starlette",
    "sqlite3",
    "math",
    "statistics",
}
OPENED = {"st.markdown", "st.write", "st.dataframe", "st.table", "st.metric", "st.map", "st.image"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def test_every_page_has_its_view_and_every_view_its_page() -> None:
    assert {page.view for page in PAGES} == set(FILES)
    assert len({page.path for page in PAGES}) == len({page.title for page in PAGES}) == len(PAGES)


def test_addresses_are_written_with_hyphens() -> None:
    assert [page.path for page in PAGES if page.name in {"home", "my_comment"}] == ["/", "/my-comment"]


def test_the_navigation_has_the_six_pages_of_the_public() -> None:
    shown = [page.title for page in PAGES if page.in_navigation]
    assert shown == ["Home", "Register", "Evidence", "Hearings", "My receipt", "About"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_view_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_view_begins_by_saying_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_view_imports_no_engine_and_no_arithmetic(path: Path) -> None:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    assert not found & FORBIDDEN


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_view_computes_nothing_but_pages(path: Path) -> None:
    """Lists may be joined and repeated; numbers may be divided or multiplied only by the length of a page."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.BinOp):
            continue
        if isinstance(node.op, ast.Div | ast.Mod | ast.Pow | ast.MatMult):
            raise AssertionError(f"line {node.lineno} computes: {ast.unparse(node)}")
        if isinstance(node.op, ast.Mult | ast.FloorDiv) and not isinstance(node.left, ast.List):
            assert "PER_PAGE" in names(node), f"line {node.lineno} computes: {ast.unparse(node)}"
    assert not names(tree(path)) & {"sum", "round", "divmod", "pow"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_view_writes_no_sql_and_no_style(path: Path) -> None:
    texts = [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for text in texts:
        assert not text.upper().lstrip().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA "))
        assert "style=" not in text
        assert "<style" not in text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_view_shows_nothing_through_markdown(path: Path) -> None:
    """``st.markdown`` loads remote pictures; other people's words go through the renderer of documents."""
    calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert not calls & OPENED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_opens_for_a_stranger_with_one_heading_and_the_foot(visit: Visit, page: Page) -> None:
    shown: Reader = visit(page.name)
    assert shown.title
    assert "Staff sign-in" in shown.text
    assert shown.link("About this service and your privacy") == "/about"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_opens_in_an_empty_house(visit_empty: Visit, page: Page) -> None:
    assert visit_empty(page.name).title
