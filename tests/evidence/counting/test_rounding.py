"""Random rounding: right on average, the same again under the same key, and its secret kept."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Conflict, Damaged
from hearing_app.evidence.counting.rounding import known_of, rounded, secret_at

KEY = b"k" * 32


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), max_size=30), st.integers(3, 100), st.binary(min_size=32, max_size=32))
def test_a_count_goes_to_a_neighbouring_multiple(counts: list[int], base: int, key: bytes) -> None:
    before = np.array(counts, dtype=np.int64)
    after = rounded(before, base, key, "table")
    assert (after % base == 0).all()
    assert (abs(after - before) < base).all()
    assert (after[before % base == 0] == before[before % base == 0]).all()
    known = known_of(after, base)
    assert ((known.low <= before) & (before <= known.high)).all()
    assert (rounded(before, base, key, "table") == after).all()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_it_is_right_on_average(count: int) -> None:
    """100,000 cells of one count: their mean is the count, within five standard errors."""
    number = 100_000
    after = rounded(np.full(number, count), 5, KEY, "table")
    share = (count % 5) / 5
    error = 5 * (share * (1 - share) / number) ** 0.5
    assert abs(after.mean() - count) < 5 * error


def test_another_key_table_or_count_draws_anew() -> None:
    cells = np.full(1_000, 2)
    first = rounded(cells, 5, KEY, "table")
    for other in (
        rounded(cells, 5, b"x" * 32, "table"),
        rounded(cells, 5, KEY, "other"),
        rounded(cells + 5, 5, KEY, "table") - 5,
    ):
        # Two independent draws of chance 2/5 agree in 52 % of cells.
        assert 0.4 < (other == first).mean() < 0.65


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "rounding.key"
    made = secret_at(path)
    assert len(made) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret_at(path) == made


def test_a_key_that_others_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rounding.key"
    secret_at(path)
    path.chmod(0o644)
    with pytest.raises(Damaged, match="can be read by other users"):
        secret_at(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(Conflict, match="does not hold a key"):
        secret_at(path)
