from __future__ import annotations

import pytest
from sqlalchemy import String

from hearing_app.hearings.vocabulary import (
    RULE_VERSION,
    CommentType,
    Consent,
    Reason,
    Stance,
    Standing,
    State,
    Target,
)
from hearing_app.registry.vocabulary import Term
from hearing_app.store.tables import comment

COLUMNS: dict[str, type[Term]] = {
    "target": Target,
    "comment_type": CommentType,
    "stance": Stance,
    "consent": Consent,
    "state": State,
    "reason_id": Reason,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_value_fits_its_column(name: str) -> None:
    kind = comment.c[name].type
    assert isinstance(kind, String)
    assert kind.length is not None
    assert all(len(value) <= kind.length for value in COLUMNS[name])


@pytest.mark.parametrize("vocabulary", [*COLUMNS.values(), Standing])
def test_every_value_has_a_label_of_its_own(vocabulary: type[Term]) -> None:
    labels = [value.label for value in vocabulary]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_only_two_consents_are_public() -> None:
    assert [str(value) for value in Consent if value.is_public] == ["text_and_name", "text_only"]


def test_the_reasons_keep_their_numbers() -> None:
    assert [str(reason) for reason in Reason] == [f"R{number}" for number in range(1, 11)]
    assert Reason("R9") is Reason.AUTHORS_WISH
    assert len(RULE_VERSION) <= 20
