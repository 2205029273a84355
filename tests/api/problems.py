"""What a refusal of the data interface looks like (RFC 9457)."""

from __future__ import annotations

from typing import Any

from httpx2 import Response


def problem_of(answer: Response, status: int) -> dict[str, Any]:
    """Check the shape of a problem and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == "about:blank"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == answer.request.url.path
    assert set(problem) <= {"type", "title", "status", "detail", "instance", "faults"}
    for fault in problem.get("faults", []):
        assert set(fault) == {"field", "problem", "repair"}
        assert fault["problem"]
        assert fault["repair"]
    return problem


def fields_of(answer: Response) -> list[str]:
    """The fields that a refusal with status 422 names, in order."""
    return [str(fault["field"]) for fault in problem_of(answer, 422)["faults"]]
