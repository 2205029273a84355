"""One way to write a document as bytes, so that its hash is the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping


def canonical_json(document: Mapping[str, object]) -> bytes:
    """Return UTF-8 JSON with sorted keys and no spaces.

    For strings, whole numbers and lists of them, which is all that a ledger entry holds, this equals RFC
    8785; other numbers are written in Python's shortest form that reads back the same. Numbers that are not
    finite are refused (``ValueError``): JSON has no word for them.
    """
    return json.dumps(
        document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()
