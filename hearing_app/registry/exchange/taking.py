"""Reading a document of another standard that anybody may have written: data or a fault, within a moment."""

from __future__ import annotations

import json
import re
from typing import Any

from hearing_app.errors import Fault

LARGEST = 1024 * 1024
"""Bytes. An entry has at most a quarter of that."""
DEEPEST = 20
MOST_VALUES = 20_000
# A string to its end, or to the end of the text, in one go: what is not closed is not looked at again from
# each of its quotes. Or a bracket outside of strings.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


class _Refusal(Exception):
    def __init__(self, problem: str, repair: str) -> None:
        super().__init__(problem)
        self.problem, self.repair = problem, repair


def read_json(raw: bytes) -> tuple[Any, list[Fault]]:
    """Return the data of a JSON text, or ``None`` and the fault that prevents reading it."""
    try:
        return _json(raw), []
    except _Refusal as refusal:
        return None, [Fault("", "", refusal.problem, refusal.repair)]


def read_text(raw: bytes) -> tuple[str, list[Fault]]:
    """Return a text in UTF-8, or the fault that prevents reading it."""
    try:
        return _text(raw), []
    except _Refusal as refusal:
        return "", [Fault("", "", refusal.problem, refusal.repair)]


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise _Refusal(f"The file has more than {LARGEST // 1024} KiB.", "Give the document of one system.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Refusal("This is not a text in UTF-8.", "Save it as UTF-8 text.") from None


def _json(raw: bytes) -> Any:
    text = _text(raw)
    depth = 0
    for token in _TOKENS.finditer(raw):
        sign = token[0]
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(sign, 0)
        if depth > DEEPEST:
            raise _Refusal(f"The nesting is deeper than {DEEPEST} levels.", "Check where it comes from.")
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _Refusal("This is not JSON.", "Export it again, and give the file as it is.") from None
    _measure(data)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        name = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise _Refusal(f"The field “{name[:60]}” stands twice in one group.", "Keep one of the two.")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _measure(data: Any) -> None:
    """Refuse more values than a document has, and halves of signs, which no file could be written with."""
    waiting, seen = [data], 0
    while waiting:
        one = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            raise _Refusal(f"There are more than {MOST_VALUES:,} fields and values.", "Give one system.")
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and any("\ud800" <= sign <= "\udfff" for sign in one):
            raise _Refusal("It holds half a sign (a surrogate).", "Type the words again.")
