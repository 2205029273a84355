"""The folder of rules: whose apply, what its faults are, and that a change in it counts at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hearing_app.errors import Unavailable
from hearing_app.registry.rules.reading import folder_of, read_rules, rules_of, shipped_rules
from hearing_app.settings import SHIPPED

SHIPPED_RULES = SHIPPED / "registry" / "rules"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A register with two rules of ours."""
    (tmp_path / "rules").mkdir()
    for name in ("R-20", "R-21"):
        shutil.copy(SHIPPED_RULES / f"{name}.yaml", tmp_path / "rules")
    return tmp_path


def test_a_register_without_rules_has_ours_and_one_with_rules_has_its_own(own: Path, tmp_path: Path) -> None:
    assert [rule.id for rule in rules_of(own)] == ["R-20", "R-21"]
    other = tmp_path / "other"
    other.mkdir()
    assert rules_of(other) == shipped_rules()
    assert folder_of(other) == SHIPPED / "registry"


def test_a_change_counts_at_once_and_what_stays_is_not_read_anew(own: Path) -> None:
    before = rules_of(own)
    assert rules_of(own) is before
    file = own / "rules" / "R-21.yaml"
    file.write_text(file.read_text().replace("Looking for data", "Searching for data"))
    assert rules_of(own)[1].title == "Searching for data that stand in for a protected trait"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("effect: block", "effect: forbid", "effect"),
        ("includes_any_of:", "include:", "when.all.0.include"),
        ("place_forecasting", "place_forcasting", "when.all.0"),
        ("layer: house_rule", "layer: custom", "layer"),
        ("id: R-20", "id: R-22", "id"),
        ("last_reviewed: 2026-11-23", "last_reviewed: soon", "last_reviewed"),
    ],
)
def test_no_rule_falls_away_in_silence(own: Path, old: str, new: str, field: str) -> None:
    file = own / "rules" / "R-20.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    faults = read_rules(own)[1]
    assert ("rules/R-20.yaml", field) in {(fault.file, fault.field) for fault in faults}
    assert all(fault.problem and fault.repair for fault in faults)
    with pytest.raises(Unavailable, match="cannot be read"):
        rules_of(own)


def test_two_rules_cannot_have_one_number(own: Path) -> None:
    (own / "rules" / "more").mkdir()
    shutil.copy(own / "rules" / "R-20.yaml", own / "rules" / "more")
    assert ["already taken" in fault.problem for fault in read_rules(own)[1]] == [True]


def test_what_is_no_file_or_no_yaml_is_named(own: Path, tmp_path: Path) -> None:
    (own / "rules" / "R-22.yaml").symlink_to(SHIPPED_RULES / "R-22.yaml")
    (own / "rules" / "R-23.yaml").write_text("a: [")
    (own / "rules" / "notes.txt").write_text("Later.")
    faults = {fault.file: fault.problem for fault in read_rules(own)[1]}
    assert set(faults) == {"rules/R-22.yaml", "rules/R-23.yaml", "rules/notes.txt"}
    assert faults["rules/R-22.yaml"] == "This is not an ordinary file."
