"""The pictures in a real browser: read by everyone, taken away as images, and no call to anybody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage, Service
from tests.browser.reading import Heard, settled
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.browser

PICTURES = {
    "compas-broward": (
        "what-if",
        "definitions",
        "gaps",
        "roc",
        "calibration",
        "spread",
        "precision",
        "costs",
        "trade-off",
        "populations",
    ),
    "met-lfr": ("funnel", "over-time", "populations"),
    "nypd-stops": ("outcome-test",),
    "predpol-los-angeles": ("concentration", "exposure", "fifths"),
}
ALL = [(dataset, name) for dataset, names in PICTURES.items() for name in names]


def opened(
    service: Service, open_page: OpenPage, query: str, *, width: int = 1280
) -> tuple[Page, list[str], list[str]]:
    """A page of the evidence with what its console said and which answers were refused."""
    heard = Heard()
    page = open_page(f"{service.address}/evidence?{query}", width=width, before=heard.begin)
    settled(page)
    return page, heard.errors, heard.refused


@pytest.mark.parametrize(("dataset", "name"), ALL, ids=[f"{dataset}-{name}" for dataset, name in ALL])
def test_a_picture_can_be_read_by_everyone(
    service: Service, open_page: OpenPage, dataset: str, name: str
) -> None:
    """On a phone, where the picture is what it is on a wide screen; nothing is wider than either."""
    page, said, refused = opened(service, open_page, f"dataset={dataset}&picture={name}", width=390)
    if name not in {"definitions", "gaps"}:
        page.wait_for_selector(f".st-key-exhibit_{dataset}-{name} .main-svg")
    assert findings(page) == []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (said, refused) == ([], [])


@pytest.mark.parametrize("name", ["what-if", "definitions", "gaps", "calibration"])
def test_nothing_is_cut_off_on_a_very_small_screen(service: Service, open_page: OpenPage, name: str) -> None:
    page, _, _ = opened(service, open_page, f"dataset=compas-broward&picture={name}", width=320)
    page.locator("summary", has_text="The numbers of this picture").scroll_into_view_if_needed()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = page.evaluate(
        "[...document.querySelectorAll('.doc *')].filter(e => !e.closest('.scroll') && "
        "e.getBoundingClientRect().right > 321 && e.getBoundingClientRect().width > 0)"
        ".map(e => e.outerHTML.slice(0, 120))"
    )
    assert wide == []


def test_a_chart_can_be_taken_away_as_an_image(service: Service, open_page: OpenPage, tmp_path: Path) -> None:
    page, said, _ = opened(service, open_page, "dataset=compas-broward&picture=roc")
    chart = page.locator(".st-key-exhibit_compas-broward-roc")
    chart.locator(".main-svg").first.wait_for()
    chart.hover()
    with page.expect_download() as waiting:
        chart.locator("[data-title='Download plot as a PNG'], [data-title='Download plot as a png']").click()
    file = tmp_path / "chart.png"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename == "compas-broward-roc.png"
    assert file.read_bytes().startswith(b"\x89PNG\r\n")
    assert file.stat().st_size > 10_000
    assert said == []


def test_a_slider_moved_with_the_keys_changes_the_finding_and_the_address(
    service: Service, open_page: OpenPage
) -> None:
    page, _, _ = opened(service, open_page, "dataset=compas-broward&picture=what-if&cut=8")
    page.wait_for_selector("h3:has-text('With the threshold 8 instead of 5')")
    page.get_by_role("slider", name="Try this threshold instead").press("ArrowLeft")
    page.wait_for_selector("h3:has-text('With the threshold 7 instead of 5')")
    page.wait_for_function("location.search.includes('cut=7')")
    page.reload()
    page.wait_for_selector("h3:has-text('With the threshold 7 instead of 5')")


def test_the_numbers_are_checked_on_the_spot(service: Service, open_page: OpenPage) -> None:
    page, said, refused = opened(service, open_page, "dataset=compas-broward")
    page.get_by_role("button", name="Check these numbers").click()
    page.wait_for_selector("text=The figures agree.")
    assert findings(page) == []
    assert (said, refused) == ([], [])
