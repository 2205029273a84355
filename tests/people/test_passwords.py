from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher, extract_parameters

from hearing_app.errors import Invalid
from hearing_app.people import passwords
from hearing_app.people.passwords import check_password, hash_password, password_fits


@pytest.fixture(scope="module", autouse=True)
def _as_served(honest_passwords: tuple[PasswordHasher, str]) -> Iterator[None]:
    """These tests are about what passwords cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", honest_passwords[0])
        patch.setattr(passwords, "_NOBODY", honest_passwords[1])
        yield


@pytest.fixture(scope="module")
def password_hash(password: str, _as_served: None) -> str:
    return hash_password(password)


@pytest.mark.parametrize("password", ["twelve chars", "ä" * 12, "x" * 200, "fay@board.example "[:12]])
def test_a_password_of_a_fitting_length_is_taken(password: str) -> None:
    check_password(password, "fay@board.example")


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "0 characters"),
        ("eleven char", "11 characters; it needs at least 12"),
        ("x" * 201, "201 characters; at most 200"),
        ("fay@board.example", "your e-mail address"),
        (" FAY@board.example ", "your e-mail address"),
    ],
)
def test_any_other_is_refused_with_the_reason(password: str, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_password(password, "fay@board.example")
    (fault,) = caught.value.faults
    assert fault.field == "password"
    assert says in fault.problem


def test_a_hash_is_argon2id_and_fits_its_own_password_alone(password: str, password_hash: str) -> None:
    used = extract_parameters(password_hash)
    assert (used.type.name, used.memory_cost, used.time_cost) == ("ID", 65536, 3)
    assert password not in password_hash
    assert password_fits(password_hash, password)
    assert not password_fits(password_hash, password + " ")
    assert hash_password(password) != password_hash


def test_what_is_no_hash_never_fits() -> None:
    assert not password_fits("", "somesaltsomesalt")
    assert not password_fits("no hash", "somesaltsomesalt")


def test_nobody_takes_as_long_as_somebody_and_never_fits(password_hash: str) -> None:
    def seconds(stored: str | None) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            assert not password_fits(stored, "not the password")
            times.append(time.perf_counter() - began)
        return min(times)

    # An unknown account answered at once would tell who has one.
    assert seconds(None) > seconds(password_hash) / 2


@pytest.mark.parametrize("stored", [None, ""])
def test_where_there_is_no_password_none_fits(
    password: str, password_hash: str, stored: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not even the one whose hash is compared with, so that it takes as long.
    monkeypatch.setattr("hearing_app.people.passwords._NOBODY", password_hash)
    assert not password_fits(stored, password)
