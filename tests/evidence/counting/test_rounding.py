"""Random rounding: right on average, the same again under the same key, and its secret kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hearing_app.errors import Conflict, Damaged, HearingError
from hearing_app.evidence.counting.rounding import known_of, rounded, secret_at

KEY = b"k" * 32


def places(cells: NDArray[np.generic]) -> list[list[str]]:
    """A name for each cell of a row of them."""
    return [[str(place) for place in range(len(cells))]]


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), max_size=30), st.integers(3, 100), st.binary(min_size=32, max_size=32))
def test_a_count_goes_to_a_neighbouring_multiple(counts: list[int], base: int, key: bytes) -> None:
    before = np.array(counts, dtype=np.int64)
    after = rounded(before, base, key, "made", places(before))
    assert (after % base == 0).all()
    assert (abs(after - before) < base).all()
    assert (after[before % base == 0] == before[before % base == 0]).all()
    known = known_of(after, base)
    assert ((known.low <= before) & (before <= known.high)).all()
    assert (rounded(before, base, key, "made", places(before)) == after).all()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_it_is_right_on_average(count: int) -> None:
    """100,000 cells of one count: their mean is the count, within five standard errors."""
    number = 100_000
    after = rounded(np.full(number, count), 5, KEY, "made", places(np.zeros(number)))
    share = (count % 5) / 5
    error = 5 * (share * (1 - share) / number) ** 0.5
    assert abs(after.mean() - count) < 5 * error


def test_another_key_dataset_or_cell_draws_anew() -> None:
    cells = np.full(1_000, 2)
    first = rounded(cells, 5, KEY, "made", places(cells))
    for other in (
        rounded(cells, 5, b"x" * 32, "made", places(cells)),
        rounded(cells, 5, KEY, "other", places(cells)),
        rounded(cells, 5, KEY, "made", [[f"other {name}" for name in places(cells)[0]]]),
    ):
        # Two independent draws of chance 2/5 agree in 52 % of cells.
        assert 0.4 < (other == first).mean() < 0.65


def test_the_same_cell_is_drawn_alike_wherever_it_stands() -> None:
    """Beside other cells, in another order: what counts is its own names."""
    names = [[f"group {n}" for n in range(40)], ["late", "on time"]]
    counts = np.arange(80).reshape(40, 2)
    first = rounded(counts, 5, KEY, "made", names)
    order = [7, 3, 39, 0]
    some = rounded(counts[order], 5, KEY, "made", [[names[0][n] for n in order], names[1]])
    assert (some == first[order]).all()


@pytest.mark.parametrize("count", [0, 3, 4, 7])
def test_one_person_more_shows_in_one_cell_of_five(count: int) -> None:
    """Two publications with one key, a person apart: the rounded counts differ with the chance 1 / base, and
    never go the other way."""
    cells = np.full(20_000, count)
    before, after = (rounded(cells + more, 5, KEY, "made", places(cells)) for more in (0, 1))
    assert (after >= before).all()
    assert abs((after != before).mean() - 0.2) < 5 * (0.2 * 0.8 / len(cells)) ** 0.5


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


@pytest.mark.parametrize("weak", [bytes(32), b"k" * 32, bytes(range(15)) * 2 + b"\0\0"])
def test_a_key_that_repeats_itself_is_refused(tmp_path: Path, weak: bytes) -> None:
    path = tmp_path / "rounding.key"
    path.write_bytes(weak)
    path.chmod(0o600)
    with pytest.raises(Conflict, match="could be guessed"):
        secret_at(path)


def test_a_full_disk_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a key would be refused for ever after; there is none, and the next run makes one."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(HearingError, match="could not be written"):
            secret_at(tmp_path / "rounding.key")
    assert not list(tmp_path.iterdir())
    assert len(secret_at(tmp_path / "rounding.key")) == 32
    with pytest.raises(HearingError, match="could not be written"):
        secret_at(tmp_path / "absent/rounding.key")


def test_of_two_runs_at_once_one_makes_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that appears while another is made stays, and both runs use it."""
    path, theirs = tmp_path / "rounding.key", bytes(range(32))
    link = os.link

    def late(source: Path, target: Path) -> None:
        path.write_bytes(theirs)
        path.chmod(0o600)
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    assert secret_at(path) == theirs
    assert list(tmp_path.iterdir()) == [path]
