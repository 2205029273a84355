"""Pictures: exactly as many figures are filled as the number says, and nothing is loaded."""

from __future__ import annotations

from urllib.parse import unquote
from xml.etree.ElementTree import Element, fromstring

import pytest

from hearing_app.documents.home import STEPS
from hearing_app.documents.pictures import ACCENT, FAVICON, OUTLINE, people, step

SVG = "{http://www.w3.org/2000/svg}"


def drawing(address: str) -> Element:
    kind, _, data = address.partition(",")
    assert kind == "data:image/svg+xml"
    return fromstring(unquote(data))  # noqa: S314 - our own drawing


@pytest.mark.parametrize("marked", range(101))
def test_exactly_so_many_figures_are_filled(marked: int) -> None:
    figures = drawing(people(marked)).findall(f"{SVG}g")
    assert len(figures) == 100
    looks = [(figure.get("fill"), figure.get("stroke")) for figure in figures]
    assert looks == [(ACCENT, ACCENT)] * marked + [("none", OUTLINE)] * (100 - marked)


def test_figures_do_not_cover_each_other() -> None:
    heads = {(c.get("cx"), c.get("cy")) for c in drawing(people(45)).iter(f"{SVG}circle")}
    assert len(heads) == 100


@pytest.mark.parametrize("address", [people(45), *(step(name) for name, _, _ in STEPS)])
def test_an_address_can_stand_in_an_attribute_and_loads_nothing(address: str) -> None:
    assert not set(address) & set('<>"#\n')
    for element in drawing(address).iter():
        assert element.tag in {f"{SVG}{name}" for name in ("svg", "g", "circle", "path")}
        assert not [name for name in element.attrib if "href" in name or name.startswith("on")]


def test_the_steps_have_different_drawings() -> None:
    assert len({step(name) for name, _, _ in STEPS}) == len(STEPS) == 4
    with pytest.raises(KeyError):
        step("another")


def test_the_favicon_is_a_drawing() -> None:
    assert fromstring(FAVICON).tag == f"{SVG}svg"  # noqa: S314 - our own drawing
