"""Every route and every page, whatever its answer: what the browser is told, and that nothing is taken in.

The lists come from the application itself, so that a new address cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest
from pydantic import TypeAdapter, ValidationError

from hearing_app.api import ROUTES
from hearing_app.registry.text import Slug
from hearing_app.web.pages import PAGES
from tests.scale import scale

HEARING = "demonstration-risk-scores"
# One example for each name that stands in a route's path; the second column is one that leads nowhere.
EXAMPLES = {
    "system_id": ("compas", "nothing"),
    "version": ("1", "999"),
    "dataset_id": ("compas-broward", "nothing"),
    "exhibit_id": ("roc", "nothing"),
    "table": ("none", "nothing"),
    "hearing_id": (HEARING, "nothing"),
    "name": ("counts.csv", "counts.csv"),
    "agency": ("broward-county", "nothing"),
    "audit_id": ("A-2026-0000000", "%3Cscript%3E"),
    "comment_id": ("C-2026-AAAAAAA", "%3Cscript%3E"),
    "file_id": ("F-AAAAAAAAAAAAAA", "%3Cscript%3E"),
    "seq": ("0", "999999"),
    "token": ("unknown", "%22%3E%3Cscript%3E"),
    "form": ("csv", "exe"),
    "draft_id": ("D-0123456789ab", "nothing"),
    "export": ("nl.json", "nothing"),
    "function": ("anpr", "nothing"),
    "pack_id": ("P-0123456789abcdef", "%3Cscript%3E"),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PATHS = sorted({route.path for route in ROUTES} | {page.path for page in PAGES})
TAKES = {
    path: {method for route in ROUTES if route.path == path for method in route.methods or ()}
    for path in PATHS
}
POSTED = sorted(path for path in PATHS if "POST" in TAKES[path])
PAGE_PATHS = {page.path for page in PAGES}
OTHERS = [
    "/nothing",
    "/static/nothing.js",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/upload_file/a/b",
    "//x",
]


@pytest.fixture(scope="module")
def web(service: SimpleNamespace) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=service.address, timeout=60) as client:
        yield client


def example(path: str, which: int = 0) -> str:
    """Return an address of a route; a new name in a path needs an example above."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: EXAMPLES[found[1]][which], path)


class _Loaded(HTMLParser):
    """What a page loads, runs or sends to."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.runs: list[str] = []
        self.styled: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.runs += [name for name in given if name.startswith("on")]
        self.styled += ["style"] * ("style" in given or tag == "style")
        if tag == "script" and "src" not in given:
            self.runs.append("inline script")
        for name in ("src", "srcset", "action", "formaction", "data", "poster", "background", "ping"):
            self.loads += [given[name]] if name in given else []
        if tag in {"link", "base", "use", "image"}:
            self.loads.append(given.get("href", ""))
        if tag == "meta":
            assert "http-equiv" not in given
        if tag in {"iframe", "object", "embed", "base"}:
            self.runs.append(tag)


def check_headers(answer: httpx2.Response, path: str) -> None:
    """Assert what every answer says, and what its body may hold."""
    headers = answer.headers
    where = f"{answer.request.method} {answer.request.url} {answer.status_code}"
    assert headers["x-content-type-options"] == "nosniff", where
    assert headers["referrer-policy"] == "no-referrer", where
    assert headers["x-frame-options"] == "DENY", where
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'", where
    for directive, sources in policy.items():
        allowed = r"'none'|'self'|data:|blob:|'sha256-[\w+/=]+'"
        if path in PAGE_PATHS and directive == "style-src":
            allowed += "|'unsafe-inline'"
        assert all(re.fullmatch(allowed, one) for one in sources.split()), (where, directive, sources)
    if path not in PAGE_PATHS:
        assert "script-src" not in policy, where
        assert "unsafe-inline" not in headers["content-security-policy"], where
    for cookie in headers.get_list("set-cookie"):
        name, flags = cookie.split("=", 1)[0], cookie.lower()
        if name.startswith(("hearing_", "__Host-hearing_")):
            assert "httponly" in flags, where
            assert "samesite=" in flags, where
            assert "path=/" in flags, where
            assert "domain=" not in flags, where
        else:
            # Streamlit's own, against forged requests: its script reads it.
            assert name == "_streamlit_xsrf", where
            assert "samesite=lax" in flags, where
    if "location" in headers:
        assert headers["location"].startswith("/"), where
        assert not headers["location"].startswith("//"), where
    kind = headers.get("content-type", "")
    if answer.content and answer.request.method != "HEAD":
        assert kind, where
    if given := headers.get("content-disposition"):
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9][A-Za-z0-9._-]*"', given), where
    if kind.startswith("text/html") and answer.request.method != "HEAD":
        check_body(answer, path, where)


def check_body(answer: httpx2.Response, path: str, where: str) -> None:
    page = _Loaded()
    page.feed(answer.text)
    shell = path in PAGE_PATHS
    # The shell's one inline script is named in the policy by its hash.
    assert page.runs == (["inline script"] if shell and answer.status_code == 200 else []), where
    if not shell:
        assert page.styled == [], where
    for address in page.loads:
        assert address.startswith(("/", "./static/", "data:image/svg+xml,")), (where, address)
        assert not address.startswith("//"), (where, address)


@pytest.mark.promise("S7")
@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_every_method_with_its_headers(web: httpx2.Client, method: str) -> None:
    # A method that is refused everywhere is tried where something is, unless all is put to the test.
    seldom = method not in {"GET", "HEAD", "POST"}
    for path in [*PATHS, *OTHERS]:
        for which in range(scale(1 if seldom else 2, 2)):
            asked = example(path, which)
            answer = web.request(method, f"{web.base_url}{asked}" if asked.startswith("//") else asked)
            assert answer.status_code < 500, (method, asked)
            check_headers(answer, path)
            if path in PATHS and path not in PAGE_PATHS and method not in TAKES[path]:
                assert answer.status_code in {404, 405}, (method, asked)


@pytest.mark.promise("S7")
def test_odd_requests_are_answered_with_the_headers(web: httpx2.Client) -> None:
    comments = f"/api/v1/hearings/{HEARING}/comments"
    for answer, codes in (
        (
            web.post(comments, content=b"{" * 100_000, headers={"Content-Type": "application/json"}),
            {413, 422},
        ),
        (web.post(comments, content=b"x", headers={"Content-Type": "text/plain"}), {415, 422}),
        (web.post("/sign-in", content=b"a" * 20_000, headers={"Content-Type": "application/json"}), {415}),
        (web.get("/api/v1/record/events?start=" + "9" * 5000), {422}),
        (web.get("/" + "a" * 5000), {404}),
        (web.get("/sign-in", headers={"Cookie": "hearing_form=\x01; hearing_session=" + "x" * 3000}), {200}),
        (web.get("/register", headers={"Accept": "application/json", "Range": "bytes=0-1"}), {200, 206}),
    ):
        assert answer.status_code in codes, (answer.request.url.path, answer.status_code, answer.text[:200])
        check_headers(answer, answer.request.url.path)


@pytest.mark.promise("S7", "S8")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"/api/v1/hearings/{HEARING}/comments", "application/json"),
        ("/api/v1/datasets/compas-broward/metrics?by=race&format=csv", "text/csv; charset=utf-8"),
        ("/api/v1/datasets/compas-broward/counts.csv", "text/csv; charset=utf-8"),
        ("/api/v1/datasets/compas-broward/dataset.yaml", "application/yaml; charset=utf-8"),
        ("/feed.atom", "application/atom+xml"),
        ("/api/v1/systems.csv", "text/csv; charset=utf-8"),
        ("/api/v1/catalogue.jsonld", "application/ld+json"),
        ("/api/v1/systems/compas/exports/atrs.csv", "text/csv; charset=utf-8"),
        ("/api/v1/systems/compas/exports/model-card.md", "text/markdown; charset=utf-8"),
        ("/api/v1/systems/compas/feed.atom", "application/atom+xml"),
        ("/api/v1/systems/nothing", "application/problem+json"),
        ("/record", "text/html; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/record/style.css", "text/css; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
    ],
)
def test_what_is_given_says_exactly_what_it_is(web: httpx2.Client, path: str, kind: str) -> None:
    answer = web.get(path)
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    if kind.startswith(("text/csv", "application/yaml")):
        assert answer.headers["content-disposition"].startswith('attachment; filename="')


@pytest.mark.promise("S8")
@pytest.mark.parametrize(
    "name", ['a"b', "a\r\nSet-Cookie: x", "a\n", "é", "a/b", "..", "a;b", "a b", "", "A"]
)
def test_no_file_name_can_hold_what_a_header_would_obey(name: str) -> None:
    # Names of files are made of ids, and an id is this and nothing else.
    with pytest.raises(ValidationError):
        TypeAdapter(Slug).validate_python(name)


@pytest.mark.promise("S8")
@pytest.mark.parametrize("path", POSTED)
def test_no_route_takes_a_file(web: httpx2.Client, path: str) -> None:
    sent = {"file": ("page.html", b"<script>alert(1)</script>", "text/html")}
    answer = web.post(example(path), files=sent, data={"form": "x", "email": "a@b.example", "password": "x"})
    assert answer.status_code in {400, 403, 404, 409, 413, 415, 422}, (path, answer.status_code)
    assert b"alert(1)" not in answer.content
    check_headers(answer, path)


@pytest.mark.promise("S8")
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file/session/file",
        "/_stcore/upload_file/",
        "/upload",
        "/media/0123456789abcdef.html",
        "/media/",
        "/component/x/index.html",
        "/app/static/x.html",
        "/_stcore/bidi-components/x/index.js",
    ],
)
def test_there_is_nothing_that_files_could_be_put_into_or_taken_from(
    web: httpx2.Client, method: str, path: str
) -> None:
    answer = web.request(method, path, content=None if method == "GET" else b"<svg onload=alert(1)>")
    assert answer.status_code == 404
    check_headers(answer, path)


@pytest.mark.promise("S8")
def test_no_page_asks_for_a_file_or_puts_one_out() -> None:
    words = (
        r"st\.(file_uploader|camera_input|audio_input|chat_input|data_editor|download_button)\b"
        r"|st\.(image|audio|video|pdf|logo)\b"
    )
    folder = Path(__file__).parents[1] / "hearing_app"
    files = [*folder.glob("web/**/*.py"), folder / "server.py"]
    assert len(files) > 20
    assert [path.name for path in files if re.search(words, path.read_text(encoding="utf-8"))] == []
