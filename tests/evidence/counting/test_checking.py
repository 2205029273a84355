"""What was written is read back as it was; whatever was changed by hand is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.evidence.counting.checking import WITHHELD, read_tables
from hearing_app.evidence.counting.control import Disclosure
from hearing_app.evidence.counting.publication import files_of
from hearing_app.evidence.manifest import Manifest
from tests.evidence.counting import made
from tests.evidence.counting.test_published_attack import POPULATIONS, TEAMS, people

PLANS: dict[str, dict[str, Any]] = {
    "minimum cell": {"tables": [["team"], ["team", "area"]]},
    "random rounding": {"method": "random rounding"},
    "differential privacy": {"method": "differential privacy", "epsilon": 2},
}


@cache
def published(name: str) -> tuple[dict[str, bytes], Manifest, Disclosure]:
    plan = PLANS[name]
    data, manifest, asked = made.asked(teams=TEAMS, disclosure=plan, populations=POPULATIONS)
    files, _ = files_of(people(3), data, manifest, asked, today=date(2026, 1, 1), key=b"k" * 32)
    return files, *said_in(files["dataset.yaml"])


def said_in(text: bytes) -> tuple[Manifest, Disclosure]:
    found = yaml.safe_load(text)
    disclosure = Disclosure.model_validate(found.pop("disclosure"))
    return Manifest.model_validate(found), disclosure


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_written_is_read_back(plan: str) -> None:
    files, manifest, disclosure = published(plan)
    tables, faults = read_tables(files, manifest, disclosure)
    assert faults == []
    assert [read.table for read in tables.values()] == list(disclosure.tables)
    counts = people(3)
    for read in tables.values():
        assert read.counts.shape == tuple(len(values) for values in read.values.values())
        assert (read.counts == WITHHELD).sum() == read.table.cells_withheld
    if disclosure.method == "minimum cell":
        assert (tables["everyone"].counts == counts.sum(axis=(0, 1, 2))).all()
        team, true = tables["team"].counts, counts.sum(axis=(1, 2))
        assert (team[team != WITHHELD] == true[team != WITHHELD]).all()
        assert (team == WITHHELD).any()


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return change


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("counts.csv", replaced("1,0,", "1,0,1"), "Everyone together is"),
        ("counts.csv", replaced("points,late", "late,points"), "The heading is not points,late,people"),
        ("tables/team.csv", lambda text: b"", "not CSV with a heading"),
        ("tables/team.csv", lambda text: text + text.splitlines()[-1], "combinations of values"),
        ("tables/team.csv", replaced("\n", "\r\n"), "other line ends"),
        ("tables/team.csv", lambda text: text + b"\xff", "not UTF-8"),
        ("tables/team.csv", replaced("Red,1,0", "Red,1,1"), "out of the manifest's order"),
        ("tables/team.csv", replaced("Grey,1,0,\n", "Grey,1,0,-3\n"), "or hold no count"),
        ("tables/team.csv", replaced("Grey,1,0,\n", "Grey,1,0,3\n"), "A count under 10 is shown."),
        ("tables/team.csv", replaced("Grey,1,0,\n", "Grey,1,0,30\n"), "the manifest says otherwise"),
        ("tables/area.csv", replaced("North,1,0,", "North,1,0,1"), "are not"),
    ],
)
def test_what_was_changed_by_hand_is_found(file: str, change: Callable[[bytes], bytes], told: str) -> None:
    files, manifest, disclosure = published("minimum cell")
    _, faults = read_tables({**files, file: change(files[file])}, manifest, disclosure)
    assert told in "\n".join(map(str, faults))


def test_rounded_counts_are_multiples_and_none_is_withheld() -> None:
    files, manifest, disclosure = published("random rounding")
    first = files["tables/team.csv"].splitlines()[1].decode()
    for number, told in (("1003", "no multiple of 5"), ("", "does not do")):
        changed = replaced(first, f"{first.rsplit(',', 1)[0]},{number}")(files["tables/team.csv"])
        _, faults = read_tables({**files, "tables/team.csv": changed}, manifest, disclosure)
        assert told in "\n".join(map(str, faults))


def test_a_missing_file_and_a_wrong_population_are_found() -> None:
    files, manifest, disclosure = published("minimum cell")
    without = {name: content for name, content in files.items() if name != "tables/team.csv"}
    assert "tables/team.csv: The file is missing." in str(read_tables(without, manifest, disclosure)[1][0])
    north = manifest.populations[1].model_copy(update={"total": 7})
    other = manifest.model_copy(update={"populations": (manifest.populations[0], north)})
    _, faults = read_tables(files, other, disclosure)
    assert [fault.field for fault in faults] == ["populations.1.total"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"tables": ()}, "not that of everyone"),
        ({"thresholds": (1, 3)}, "thresholds"),
        ({"thresholds": (2, 1)}, "thresholds"),
        ({"thresholds": (1, 2, 9)}, "thresholds"),
    ],
)
def test_a_disclosure_that_contradicts_the_manifest_is_found(change: dict[str, Any], told: str) -> None:
    files, manifest, disclosure = published("minimum cell")
    _, faults = read_tables(files, manifest, disclosure.model_copy(update=change))
    assert told in "\n".join(map(str, faults))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_break_the_check(content: bytes, after_heading: bool) -> None:
    files, manifest, disclosure = published("minimum cell")
    content = b"team,points,late,people\n" * after_heading + content
    assert read_tables({**files, "tables/team.csv": content}, manifest, disclosure)[1]
