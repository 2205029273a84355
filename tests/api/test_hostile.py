"""Whatever a stranger's program sends to the routes, it gets an answer of the house."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hearing_app.api.comments import _Sent
from hearing_app.api.guard import _wanted
from hearing_app.api.hosts import is_own_host
from tests.anything import ANY, TEXT, UNITS, is_linear
from tests.soon import soon

from .conftest import OPEN_HEARING

COMMENTS = f"/api/v1/hearings/{OPEN_HEARING}/comments"
NAMES = st.sampled_from(
    (
        *("q", "function", "agency", "stage", "by", "threshold", "where", "reference", "format", "limit"),
        *("offset", "start", "size", "old", "new", "metric"),
    )
)
VALUES = TEXT | st.sampled_from(
    ["race", "sex:Female", "5", "-1", "0", "9" * 30, "1e3", "٣", "json", "csv", "0x10", "1_0", " 1", "+1", ""]
)
PATHS = st.sampled_from(
    [
        "/api/v1/systems",
        "/api/v1/datasets/compas-broward/metrics",
        COMMENTS,
        "/api/v1/record/events",
        "/api/v1/record/consistency",
        "/api/v1/record/events/1/proof",
    ]
)
FIELDS = st.sampled_from([*_Sent.model_fields, "unknown"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)


def is_of_the_house(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@pytest.mark.promise("H2")
@ANY
@given(PATHS, st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_any_query_is_answered(client: TestClient, path: str, query: list[tuple[str, str]]) -> None:
    sent = urlencode([(name, value.encode("utf-8", "replace")) for name, value in query])
    is_of_the_house(client.get(f"{path}?{sent}"), 200, 404, 422)


@pytest.mark.promise("H2")
@ANY
@given(st.lists(PRINTABLE.map(lambda text: "n" + text.replace("/", "")), min_size=1, max_size=3))
def test_any_name_in_an_address_is_answered(client: TestClient, names: list[str]) -> None:
    for base in ("systems", "datasets", "hearings", "record"):
        path = "/".join(name.replace("?", "%3F").replace("#", "%23").replace("%", "%25") for name in names)
        is_of_the_house(client.get(f"/api/v1/{base}/x{path}"), 404)


@pytest.mark.promise("H2")
@ANY
@given(st.binary(max_size=200) | TEXT.map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_as_a_comment_are_refused(client: TestClient, content: bytes) -> None:
    answer = client.post(COMMENTS, content=content, headers={"content-type": "application/json"})
    is_of_the_house(answer, 422)


@pytest.mark.promise("H2")
@ANY
@given(st.dictionaries(FIELDS, JSON, max_size=6))
def test_any_fields_as_a_comment_are_refused_by_name(client: TestClient, fields: dict[str, Any]) -> None:
    whole = {"draft_id": "0" * 31 + "g", "system_id": "compas", "system_version": 1, "concern": "a" * 30}
    answer = client.post(
        COMMENTS, content=json.dumps(whole | fields), headers={"content-type": "application/json"}
    )
    is_of_the_house(answer, 422, 201, 409, 429)
    if answer.status_code == 422:
        assert all(one["field"] for one in answer.json()["faults"])


@pytest.mark.promise("H2")
@ANY
@given(
    cookies=st.lists(
        st.tuples(st.sampled_from(["hearing_form", "hearing_session", "x"]), PRINTABLE), max_size=3
    ),
    form=st.lists(st.tuples(st.sampled_from(["email", "password", "form", "code", "x"]), TEXT), max_size=5),
    path=st.sampled_from(["/sign-in", "/sign-out", "/invitation/x"]),
)
def test_any_cookie_and_form_is_answered(
    client: TestClient, cookies: list[tuple[str, str]], form: list[tuple[str, str]], path: str
) -> None:
    # Without the proof of a form that we gave out, nothing is tried: no account is touched, no time is taken.
    header = "; ".join(f"{name}={value}" for name, value in cookies)
    answer = client.post(
        path,
        data={name: value.encode("utf-8", "replace").decode() for name, value in form},
        headers={"cookie": header},
    )
    assert 300 <= answer.status_code < 500


@pytest.mark.promise("H2")
@ANY
@given(TEXT | st.text(alphabet="gzipbr,;=q0.1 *", max_size=60))
def test_any_accepted_encodings_are_a_set_of_names(accepted: str) -> None:
    wanted = _wanted(accepted)
    assert all(name == name.strip().lower() and name and "," not in name for name in wanted)
    assert _wanted(",".join(sorted(wanted))) == {name for name in wanted if ";" not in name}


@pytest.mark.promise("H2")
@ANY
@given(TEXT)
def test_any_host_is_ours_or_not(host: str) -> None:
    assert is_own_host(host, {"hearing.test"}) in {True, False}
    assert not is_own_host(f"{host}.evil.example", {"hearing.test"})


@pytest.mark.promise("H2")
@pytest.mark.parametrize("unit", [*UNITS, "gzip;q=0,", "q=0;", "[::", "1."])
def test_reading_headers_takes_time_in_proportion(unit: str) -> None:
    assert is_linear(_wanted, unit, 10_000)
    assert is_linear(lambda text: is_own_host(text, {"a"}), unit, 10_000)
    with soon(1):
        _wanted(unit * 50_000)
