"""What is read from a stranger's headers is read in one pass, however long it is."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from hearing_app.api.guard import SecurityHeaders, _wanted, shell_policy


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("br, gzip;q=0.5, zstd;q=0", {"br", "gzip"}),
        ("BR", {"br"}),
        ("gzip ; q = 0.0, br ; q=1", {"br"}),
        ("", set()),
        (",,;;", set()),
        ("gzip;q=", {"gzip"}),
    ],
)
def test_encodings_are_read_with_their_weights(accepted: str, wanted: set[str]) -> None:
    assert _wanted(accepted) == wanted


@pytest.mark.parametrize("piece", ["a", "a;", " ", ",", ";q=0", "a\t"])
def test_a_header_without_end_is_cut(piece: str) -> None:
    # A million signs: what backtracks does not come back from this.
    assert len(_wanted(piece * 1_000_000)) <= 1000


def test_the_policy_names_each_script_by_its_hash() -> None:
    policy = shell_policy("<script>a</script><script>b</script>")
    assert policy.count("'sha256-") == 2
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_an_error_that_nobody_foresaw_has_the_headers_too() -> None:
    def fail(_request: Request) -> Response:
        raise ZeroDivisionError

    app = SecurityHeaders(Starlette(routes=[Route("/", fail)]), pages=["/"], policy="p", is_https=True)
    answer = TestClient(app, raise_server_exceptions=False).get("/")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == "p"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
