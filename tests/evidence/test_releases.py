"""An address from another release is never answered as if nothing had changed."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from hearing_app.errors import Invalid
from hearing_app.evidence.audit import audit
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.pin import pin_of_query, view_query
from hearing_app.evidence.releases import other_release, require_release, short_release
from hearing_app.evidence.selection import opening_selection


def test_the_address_of_a_view_names_the_release_and_can_be_pinned(
    catalogue: Catalogue, compas: Dataset
) -> None:
    found = audit(catalogue, opening_selection(compas))
    params = parse_qsl(view_query(found, "false_positive_rate"))
    assert ("release", compas.version.removeprefix("sha256:")[:12]) in params
    assert other_release(compas, params) == ""
    pinned = pin_of_query(catalogue, params)
    assert pinned["version"] == compas.version
    assert pinned["query"] == view_query(found, "false_positive_rate")


def test_another_release_is_said_on_a_page_and_refused_by_an_interface(
    catalogue: Catalogue, compas: Dataset
) -> None:
    params = [("dataset", compas.id), ("by", "race"), ("metric", "accuracy"), ("release", "0123456789ab")]
    note = other_release(compas, params)
    assert "0123456789ab" in note and short_release(compas.version) in note
    with pytest.raises(Invalid) as refused:
        require_release(compas, params)
    assert [fault.field for fault in refused.value.faults] == ["release"]
    with pytest.raises(Invalid):
        pin_of_query(catalogue, params)


def test_without_a_release_nothing_is_said(compas: Dataset) -> None:
    assert other_release(compas, [("by", "race")]) == ""
    require_release(compas, [])
