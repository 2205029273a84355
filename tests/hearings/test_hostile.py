"""Whatever is sent as a draft, as a hearing or as a page's number is taken, or refused in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hearing_app.errors import Fault
from hearing_app.hearings.comments.comment import _LETTERS, check_letter
from hearing_app.hearings.comments.draft import Draft, Link, _is_web_address, check_draft
from hearing_app.hearings.comments.lists import part_of
from hearing_app.hearings.hearing import Hearing, Phase
from hearing_app.registry.files import validate
from hearing_app.voices.signs import length, unstorable
from tests.anything import ANY, TEXT, UNITS, is_linear
from tests.soon import soon

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    *("draft_id", "hearing_id", "system_id", "target", "comment_type", "concern", "value_seen", "ask"),
    *("stance", "display_name", "consent", "language_declared"),
)


@pytest.mark.promise("H2")
@ANY
@given(
    texts=st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXT)),
    version=st.integers(),
    standing=st.lists(TEXT, max_size=10),
    links=st.lists(st.tuples(TEXT, TEXT), max_size=8),
    pinned=st.none() | st.dictionaries(st.text(max_size=8), JSON, max_size=3),
)
def test_a_draft_of_anything_has_faults_that_say_what_to_do(
    texts: dict[str, Any],
    version: int,
    standing: list[str],
    links: list[tuple[str, str]],
    *,
    pinned: dict[str, Any] | None,
) -> None:
    draft = Draft(
        **texts,
        system_version=version,
        standing=tuple(standing),
        evidence=tuple(Link(url, title) for url, title in links),
        pinned=pinned,
    )
    found = check_draft(draft)
    assert found == check_draft(draft)
    assert all(isinstance(one, Fault) and one.field and one.problem and one.repair for one in found)
    # A sentence about a value can be sent and stored, whatever the value is.
    assert not any(unstorable(str(one).replace("\0", "")) for one in found)


@pytest.mark.promise("H2")
@ANY
@given(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(Hearing.model_fields, JSON),
            "time_zone": TEXT | st.sampled_from(["Europe/London", "../../etc/passwd", "/", "a\0b", "."]),
            "opens_at": st.datetimes().map(str) | TEXT,
        },
    )
)
@example({"time_zone": "\ud800"})  # A refusal that quoted it could not be given out.
def test_a_hearing_of_anything_is_one_or_has_faults(data: dict[str, Any]) -> None:
    document, found = validate(data, Hearing, "a.yaml")
    assert (document is None) == bool(found)


@pytest.mark.promise("H2")
@ANY
@given(
    opens=st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)),
    days=st.integers(1, 4000),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"]),
    offset=st.integers(-14, 14),
    at=st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)),
)
def test_every_moment_is_before_in_or_after_a_window(
    opens: datetime, days: int, zone: str, *, offset: int, at: datetime
) -> None:
    begins = opens.replace(tzinfo=timezone(timedelta(hours=offset)))
    hearing = Hearing.model_validate(
        {
            "id": "a",
            "title": "A hearing",
            "summary": "About it.",
            "convened_by": "The board",
            "demonstration": True,
            "systems": ["a"],
            "questions": [{"id": "a", "text": "Should it be used?"}],
            "time_zone": zone,
            "opens_at": begins.isoformat(),
            "closes_at": (begins + timedelta(days=days)).isoformat(),
            "what_happens_next": "The board answers.",
        }
    )
    # What is published is read back as the same hearing.
    assert Hearing.model_validate(hearing.model_dump(mode="json")) == hearing
    moment = at.replace(tzinfo=UTC)
    expected = Phase.OPEN
    if moment < begins:
        expected = Phase.ANNOUNCED
    elif moment >= begins + timedelta(days=days):
        expected = Phase.CLOSED
    assert hearing.phase(moment) is expected


@pytest.mark.promise("H2")
@ANY
@given(st.integers(0, 10_000), st.integers(1, 100), TEXT | st.integers() | st.integers().map(str))
def test_every_wanted_page_is_one_that_there_is(total: int, size: int, wanted: str | int) -> None:
    part = part_of(total, size, wanted)
    assert 1 <= part.number <= part.pages
    assert part == part_of(total, size, part.number)
    assert 0 <= part.offset <= max(0, total)


@pytest.mark.promise("H2")
@ANY
@given(
    st.tuples(
        st.text(alphabet="0123456789", min_size=4, max_size=4),
        st.text(alphabet=_LETTERS, min_size=6, max_size=6),
    ).map("".join),
    st.integers(0, 9),
    st.sampled_from(_LETTERS),
)
def test_one_wrong_sign_in_a_number_is_seen(signs: str, place: int, other: str) -> None:
    wrong = signs[:place] + other + signs[place + 1 :]
    assert (check_letter(wrong) == check_letter(signs)) == (wrong == signs)


@pytest.mark.promise("H2")
@ANY
@given(TEXT | TEXT.map("https://{}".format))
def test_anything_is_a_web_address_or_not(text: str) -> None:
    assert _is_web_address(text) in {True, False}


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", UNITS)
def test_checking_takes_time_in_proportion(unit: str) -> None:
    def check(text: str) -> object:
        links = (Link(text, text),)
        drafted = Draft(
            "0" * 32, text, text, 1, text, concern=text, ask=text, display_name=text, evidence=links
        )
        return check_draft(replace(drafted, language_declared=text))

    assert is_linear(check, unit)
    assert is_linear(length, unit)
    with soon(2):
        check(unit * 20_000)
