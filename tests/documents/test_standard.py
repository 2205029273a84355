"""The standard as a page: every field with all that is said of it, and the counts of other standards."""

from __future__ import annotations

from hearing_app.documents.standard import standard_html
from hearing_app.registry.crosswalk import coverage
from hearing_app.registry.standard import automatic_fields, fields
from tests.documents.reading import assert_inert, read


def test_every_field_is_explained() -> None:
    html = standard_html()
    text = assert_inert(html).text
    for one in (*fields(), *automatic_fields()):
        assert f'id="field-{one.name}"' in html
        for said in (one.title, one.description, one.why):
            assert said in text
        for places in one.standards.values():
            assert all(place in text for place in places), one.name


def test_the_counts_stand_in_a_table() -> None:
    text = read(standard_html().replace("><", "> <")).text
    for one in coverage():
        assert f"{one.title} {len(one.named)} of 60 {len(one.own)} of 60" in text


def test_an_identifier_is_used_once_and_every_link_leads_somewhere() -> None:
    page = assert_inert(standard_html())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")} <= set(ids)
