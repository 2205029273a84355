"""Exports: the whole of a hearing's comments, for facilitators alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import openpyxl
import pytest
from starlette.testclient import TestClient

from hearing_app.documents.exports import COLUMNS, MEDIA_TYPES
from hearing_app.people.permissions import Role
from tests.api.conftest import OPEN_HEARING, Post

FORMS = ("csv", "xlsx", "jsonl")


@pytest.mark.parametrize("form", FORMS)
def test_the_public_gets_no_export(client: TestClient, post: Post, form: str) -> None:
    post(concern="These words are for the facilitators alone.", consent="facilitators_only")
    answer = client.get(f"/desk/exports/{OPEN_HEARING}.{form}")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")
    assert "facilitators alone" not in answer.text
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_staff_gets_no_export(
    client: TestClient, session_of: Callable[[Role], str], role: Role
) -> None:
    client.cookies.set("hearing_session", session_of(role))
    assert client.get(f"/desk/exports/{OPEN_HEARING}.csv").status_code == 403


@pytest.mark.parametrize("form", FORMS)
def test_a_facilitator_gets_every_comment(
    client: TestClient, post: Post, session_of: Callable[[Role], str], form: str
) -> None:
    sent = [
        post(concern="=1+1 is what this comment begins with.", stance="oppose").json()["comment_id"],
        post(concern="For the facilitators alone, please.", consent="facilitators_only").json()["comment_id"],
    ]
    client.cookies.set("hearing_session", session_of(Role.FACILITATOR))
    answer = client.get(f"/desk/exports/{OPEN_HEARING}.{form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    assert answer.headers["content-disposition"] == (f'attachment; filename="{OPEN_HEARING}-comments.{form}"')
    assert answer.headers["cache-control"] == "no-store"
    if form == "jsonl":
        rows = [json.loads(line) for line in answer.text.splitlines()]
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Comments"]
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in cells[1:]]
    assert [row["comment_id"] for row in rows] == sent
    assert rows[0]["stance"] == "oppose"
    begins = "'=" if form == "csv" else "="
    assert rows[0]["concern"] == f"{begins}1+1 is what this comment begins with."
    assert rows[1]["state"] == "held"


@pytest.mark.parametrize("name", ["unknown.csv", f"{OPEN_HEARING}.exe", f"{OPEN_HEARING}.", OPEN_HEARING])
def test_what_is_not_there_is_not_exported(
    client: TestClient, session_of: Callable[[Role], str], name: str
) -> None:
    client.cookies.set("hearing_session", session_of(Role.FACILITATOR))
    assert client.get(f"/desk/exports/{name}").status_code == 404
