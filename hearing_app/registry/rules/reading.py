"""The rules of a register: read from its folder ``rules``, and from ours where it has none."""

from __future__ import annotations

import stat
from functools import lru_cache
from pathlib import Path, PurePosixPath

from hearing_app.errors import Fault, Unavailable
from hearing_app.registry.files import read_file, validate, yaml_files
from hearing_app.registry.reading import LARGEST_FILE, parse
from hearing_app.registry.rules.rule import Rule
from hearing_app.settings import SHIPPED

FOLDER = "rules"
_Texts = tuple[tuple[str, bytes], ...]
_State = tuple[tuple[str, int, int], ...]


def folder_of(registry: Path) -> Path:
    """Return the register whose rules apply: its own where it has a folder of them, else the packaged one."""
    return registry if (registry / FOLDER).is_dir() else SHIPPED / "registry"


def rules_of(registry: Path) -> tuple[Rule, ...]:
    """Return the rules that apply in a register, by number.

    Raises ``Unavailable`` where a file has a fault: no rule falls away in silence.
    """
    rules, faults = read_rules(registry)
    if faults:
        raise Unavailable(
            f"The rules on prohibited uses cannot be read: {faults[0]}",
            kept="Nothing was published.",
            next_step="Whoever runs this service finds every fault with: hearing registry check",
        )
    return rules


def rules_as_they_are(registry: Path) -> tuple[Rule, ...]:
    """Return the same, and the same object while nobody writes to the folder: asked by every list of entries.

    Whether somebody wrote is told by the times and sizes of the files, without reading them.
    """
    return _unchanged(registry, _state_of(folder_of(registry) / FOLDER))


def _state_of(folder: Path) -> _State:
    found = [(file.name, file.lstat()) for file in folder.iterdir()] if folder.is_dir() else []
    return tuple(sorted((name, status.st_mtime_ns, status.st_size) for name, status in found))


@lru_cache(maxsize=8)
def _unchanged(registry: Path, _state: _State) -> tuple[Rule, ...]:
    return rules_of(registry)


def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules that come with the program: what applies where nobody names a register."""
    return rules_of(SHIPPED / "registry")


def read_rules(registry: Path) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """Return the rules that apply in a register, and every fault in their files."""
    texts, faults = rule_files(registry)
    rules, wrong = _parsed(tuple(texts))
    return rules, (*faults, *wrong)


def rule_files(registry: Path) -> tuple[list[tuple[str, bytes]], list[Fault]]:
    """Return the files of the rules that apply in a register, as they are, and faults of what is no file."""
    root = folder_of(registry)
    files, faults = yaml_files(root, FOLDER)
    texts = []
    for file, path in files:
        text, unreadable = _text(path, file)
        faults += unreadable
        if text is not None:
            texts.append((file, text))
    return texts, faults


def _text(path: Path, file: str) -> tuple[bytes | None, list[Fault]]:
    """Return a file's bytes: what counts is what stands in the folder now, and only parsing it is dear."""
    try:
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as opened:
                return opened.read(LARGEST_FILE + 1), []
    except OSError:
        pass
    return None, read_file(path, file)[1]


@lru_cache(maxsize=8)
def _parsed(texts: _Texts) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    rules: dict[str, Rule] = {}
    faults: list[Fault] = []
    for file, text in texts:
        data, unreadable = parse(text, file)
        faults += unreadable
        if unreadable:
            continue
        rule, wrong = validate(data, Rule, file)
        faults += wrong
        if rule is None:
            continue
        if PurePosixPath(file).stem != rule.id:
            problem = f"The file is called “{PurePosixPath(file).stem}”, the rule “{rule.id}”."
            faults.append(
                Fault(file, "id", problem, f"Rename the file to {rule.id}.yaml, or correct the id.")
            )
        if rule.id in rules:
            problem = f"The number “{rule.id}” is already taken."
            faults.append(Fault(file, "id", problem, "Give one of the two another number."))
        rules[rule.id] = rule
    if not rules and not faults:
        faults.append(Fault(FOLDER, "", "There is no rule here.", "Put rules in it, or remove the folder."))
    return tuple(rules[id] for id in sorted(rules)), tuple(faults)
