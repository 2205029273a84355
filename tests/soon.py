"""How long a refusal may take: a bomb is one because its cost is out of proportion to its size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

BOUND = 5.0
"""Seconds of processor time, where a second is promised: others may use the same processor and its caches."""


@contextmanager
def soon(bound: float = BOUND) -> Iterator[list[float]]:
    """Fail where what stands inside used more processor time than that, in this process; note how much."""
    used: list[float] = []
    began = time.process_time()
    yield used
    used.append(round(time.process_time() - began, 2))
    assert used[0] < bound, f"{used[0]} seconds of processor time"
