"""Reading a JSON body that a program sends: declared, of a size, and one object."""

from __future__ import annotations

import json
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from hearing_app.api.comments import GivenTwice, each_once, is_deep
from hearing_app.errors import Fault, Invalid
from hearing_app.registry.faults import faults_of

M = TypeVar("M", bound=BaseModel)


async def body_of(request: Request, *, largest: int, refused: str) -> bytes:
    """Return the body, at most ``largest`` bytes of it.

    ``refused`` is what the refusal says of the whole: "The entry was not published."
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        _refuse(refused, "content-type", "The body is not declared as JSON.", "Send application/json.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            _refuse(refused, "body", f"The request is larger than {largest // 1024} KiB.", "Shorten it.")
    return bytes(body)


def read_body(body: bytes, model: type[M], *, refused: str) -> M:
    """Return what a body says; raise ``Invalid`` with every fault of its form."""
    if is_deep(body):
        _refuse(refused, "body", "The body is nested too deeply.", "Send what the interface describes.")
    try:
        given = json.loads(body, parse_constant=_no_number, object_pairs_hook=each_once)
    except GivenTwice as error:
        _refuse(refused, error.name, "This field is given twice.", "Give each field once.")
    except (ValueError, RecursionError):
        _refuse(refused, "body", "The body is not JSON.", "Send one JSON object.")
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid(refused, faults_of(error)) from None


def _no_number(name: str) -> NoReturn:
    # Python reads NaN and Infinity; JSON has no such numbers.
    raise ValueError(name)


def _refuse(what: str, field: str, problem: str, repair: str) -> NoReturn:
    raise Invalid(what, [Fault("", field, problem, repair)])
