"""Requests that are made to cost more than they are worth: answered at once, and never with a failure."""

from __future__ import annotations

import ast
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

import hearing_app
from hearing_app.api import ROUTES
from hearing_app.api.answers import MOST_FAULTS
from hearing_app.api.comments import LARGEST_BODY, is_deep
from hearing_app.api.limits import RequestLimits
from hearing_app.deployment import Deployment
from tests.loops import run_apart
from tests.soon import soon

from .conftest import OPEN_HEARING
from .problems import fields_of, problem_of

COMMENTS = f"/api/v1/hearings/{OPEN_HEARING}/comments"
FULL = LARGEST_BODY - 100
WHOLE = {
    "draft_id": "0" * 32,
    "system_id": "compas",
    "system_version": 1,
    "concern": "Who checks the scores that the judges are given?",
}
Body = Callable[..., dict[str, Any]]


def with_value(value: str) -> bytes:
    """A comment that could be sent, with one field more as it stands here."""
    return json.dumps(WHOLE)[:-1].encode() + b', "ask": ' + value.encode() + b"}"


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 20_000_000)
    return file.getvalue()


EXPANDING = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {c} "{f"&{chr(ord(c) - 1)};" * 10}">' for c in "bcdefghij")
    + '<!ENTITY file SYSTEM "file:///etc/passwd">]><a>&j;&file;</a>'
).encode()
JSON_BOMBS = {
    "100,000 lists in lists": b"[" * 100_000,
    "lists in lists that fit": b"[" * FULL,
    "lists in lists, closed": b"[" * (FULL // 2) + b"]" * (FULL // 2),
    "groups in groups": b'{"a":' * (FULL // 5),
    "lists in lists behind an open text": b'"' + b"[" * FULL,
    "a text that never ends": b'"' + b'\\"' * (FULL // 2),
    "a text that never ends, and a stroke": b'"' + b'\\"' * (FULL // 2) + b"\\",
    "quotation marks": b'"' * FULL,
    "a number of 5,000 digits": with_value("9" * 5_000),
    "a number of 60,000 digits": with_value("9" * 60_000),
    "a number without end": with_value("1e999999"),
    "a fraction": with_value("0." + "1" * 60_000),
    "no number": with_value("NaN"),
    "one field a thousand times": b"{" + b",".join([b'"ask": ""'] * 5_000) + b"}",
    "ten thousand unknown fields": json.dumps({f"f{n}": 1 for n in range(6_000)}).encode()[: FULL - 1] + b"}",
    "half signs": with_value('"' + "\\ud800" * 10_000 + '"'),
    "accents on accents": with_value(json.dumps("a" + "\u0301" * 10_000)),
    "blanks": b" " * FULL,
    "UTF-16": json.dumps(WHOLE).encode("utf-16"),
    "UTF-32": ("[" * 10_000).encode("utf-32"),
}
OTHER_BOMBS = {
    "packed": gzip.compress(b"0" * 20_000_000),
    "zip": zipped(),
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06" + b"\0" * 1000,
    "XML": EXPANDING,
    "YAML": b"a: &a [x]\nb: &b [*a, *a]\n",
    "zeros": b"\0" * FULL,
    "10 MB": b"x" * 10_000_000,
    "form of many fields": b"&".join(b"f%d=1" % number for number in range(8_000)),
    "form of one long field": b"email=" + b"x" * FULL,
    "form of escapes": b"email=" + b"%00%ff" * 10_000,
}
TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/xml",
    "application/zip",
    "image/png",
    "application/x-www-form-urlencoded; charset=utf-7",
    "",
    "x" * 5_000,
]


@pytest.mark.promise("S8b")
@pytest.mark.parametrize("name", JSON_BOMBS)
def test_a_bomb_as_a_comment_is_refused_at_once(
    client: TestClient, measure: Callable[[str, float], None], *, name: str
) -> None:
    with soon() as used:
        answer = client.post(COMMENTS, content=JSON_BOMBS[name], headers={"content-type": "application/json"})
    measure("seconds of processor time", used[0])
    if name == "UTF-16":
        # JSON may be written in this form, too: it is a comment like any other.
        assert answer.status_code == 201
        return
    faults = problem_of(answer, 413 if answer.status_code == 413 else 422).get("faults", [])
    assert len(faults) <= MOST_FAULTS
    assert len(answer.content) < 32 * 1024
    assert client.get(f"/api/v1/hearings/{OPEN_HEARING}").json()["comments"]["received"] == 0


@pytest.mark.promise("S8b")
@pytest.mark.parametrize(
    "path", sorted({route.path for route in ROUTES if "POST" in (route.methods or set())})
)
def test_no_route_chokes_on_what_it_does_not_take(client: TestClient, path: str) -> None:
    address = re.sub(r"\{hearing_id\}", OPEN_HEARING, path)
    address = re.sub(r"\{[^}]+\}", "x", address)
    with soon(20):
        for body in (*OTHER_BOMBS.values(), EXPANDING * 20):
            for kind in TYPES:
                answer = client.post(address, content=body, headers={"content-type": kind})
                assert 300 <= answer.status_code < 500, (kind, body[:20], answer.text)
    assert client.get("/healthz").status_code == 200


def ask(app: ASGIApp, path: str, query: bytes) -> tuple[int, bytes]:
    """Ask without a client, which would refuse to send such an address; return status and body."""
    sent: list[Message] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query,
        "headers": [(b"host", b"hearing.test")],
        "client": ("192.0.2.1", 1),
        "server": ("hearing.test", 80),
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def answer() -> None:
        await app(scope, receive, send)

    run_apart(answer())
    return int(sent[0]["status"]), b"".join(message.get("body", b"") for message in sent[1:])


QUERIES = {
    "a long word": b"q=" + b"a" * 1_000_000,
    "many words": b"q=" + b"a+" * 500_000,
    "many groups": b"by=" + b"race," * 200_000,
    "one filter many times": b"&".join([b"where=sex:Female"] * 50_000),
    "many filters": b"&".join(b"where=c%d:1" % number for number in range(50_000)),
    "many names": b"&".join(b"p%d=1" % number for number in range(70_000)),
    "many stages": b"&".join(b"stage=s%d" % number for number in range(50_000)),
    "nothing but marks": b"&" * 1_000_000,
    "long numbers": b"limit=" + b"9" * 500_000 + b"&start=" + b"9" * 500_000,
    "escapes": b"%" * 300_000 + b"%00%ff%c0%80" * 1_000,
    "letters of every kind": b"q=" + b"%f0%9f%98%80%cc%81" * 50_000,
}


@pytest.mark.promise("S8b")
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_of_a_megabyte_is_answered_at_once(
    app: Starlette, house: Deployment, measure: Callable[[str, float], None], *, name: str
) -> None:
    """Refused by its length where the service runs; the routes themselves could bear it, too."""
    with soon(1) as used:
        assert ask(RequestLimits(app), "/api/v1/systems", QUERIES[name])[0] == 414
    slowest = used[0]
    for path in (
        "/api/v1/systems",
        "/api/v1/datasets/compas-broward/metrics",
        COMMENTS,
        "/api/v1/record/events",
        "/record",
    ):
        with soon() as used:
            status, body = ask(app, path, QUERIES[name])
        assert status in {200, 422}, (path, body[:200])
        assert status == 200 or len(body) < 64 * 1024
        slowest = max(slowest, used[0])
    measure("seconds of processor time", slowest)


@pytest.mark.parametrize("unit", [b'\\"', b'"', b'"a\\', b"[", b"{}", b"\\", b'"[', b"a"])
@pytest.mark.parametrize("end", [b"", b"\\", b'"'])
def test_looking_for_depth_takes_time_in_proportion(unit: bytes, end: bytes) -> None:
    """A pattern that tried each quotation mark anew took 16 seconds for 64 KiB."""
    for start in (b"", b'"'):
        with soon(1):
            is_deep(start + unit * (LARGEST_BODY // len(unit)) + end)


def test_depth_is_counted_outside_of_texts() -> None:
    assert not is_deep(json.dumps({"concern": "[" * 1000 + '\\"{[', "evidence": [{"url": "x"}]}).encode())
    assert not is_deep(b'"' + b"[" * 1000)
    assert is_deep(b"[" * 9)
    assert not is_deep(b"[" * 8)
    assert is_deep(b'{"a": "\\\\", "b": ' + b"[" * 8)


def test_a_field_that_stands_twice_is_refused(client: TestClient, body: Body) -> None:
    """Of two consents nobody could say which its author meant."""
    text = json.dumps(body(consent="facilitators_only"))[:-1] + ', "consent": "text_and_name"}'
    answer = client.post(COMMENTS, content=text, headers={"content-type": "application/json"})
    assert fields_of(answer) == ["consent"]
    link = '{"url": "https://a.example", "url": "https://b.example"}'
    text = json.dumps(body())[:-1] + f', "evidence": [{link}]}}'
    answer = client.post(COMMENTS, content=text, headers={"content-type": "application/json"})
    assert fields_of(answer) == ["url"]
    text = '{"document": {"name": "a", "name": "b"}, "signature": {}}'
    answer = client.post(
        "/api/v1/systems/compas/versions", content=text, headers={"content-type": "application/json"}
    )
    assert fields_of(answer) == ["name"]


def test_an_answer_names_a_hundred_faults_at_most(client: TestClient, body: Body) -> None:
    answer = client.post(COMMENTS, json=body() | {f"unknown_{number}": 1 for number in range(2_000)})
    assert len(fields_of(answer)) == MOST_FAULTS


@pytest.mark.promise("S8b")
def test_nothing_of_ours_reads_xml_or_unpacks_anything() -> None:
    """What nobody reads cannot expand. XML is written for feeds, and packed files are made, no more."""
    writing = {"Element", "SubElement", "tostring"}
    readers = {"lxml", "openpyxl", "defusedxml", "pickle", "shelve", "marshal", "PIL", "bz2", "lzma"}
    found = []
    for file in Path(hearing_app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "xml":
                found += [f"{file}: {one.name}" for one in node.names if one.name not in writing]
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{file}: {name}" for name in names if name.split(".")[0] in readers]
            found += [
                f"{file}: {name}" for name in names if name.startswith("xml") and isinstance(node, ast.Import)
            ]
            if isinstance(node, ast.Attribute) and node.attr in {"decompress", "GzipFile", "unpack_archive"}:
                found.append(f"{file}: {node.attr}")
    # What the register packs in memory, and unpacks again, nobody else has made.
    ours = ("registry/listed.py: decompress", "documents/whole.py: decompress")
    found = [one for one in found if not one.endswith(ours)]
    # Strangers' files are opened in a process of their own, with little memory and time; Word's are written.
    confined = ("file_cleaning.py: ", "documents/pack/pictures.py: PIL")
    found = [one for one in found if not any(place in one for place in confined)]
    assert found == []
