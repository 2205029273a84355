"""Reading documents from the folders of a register. Whatever a file holds gives a document or faults."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError

from hearing_app.errors import Fault
from hearing_app.registry.entry import Entry
from hearing_app.registry.faults import faults_of
from hearing_app.registry.reading import LARGEST_FILE, parse

M = TypeVar("M", bound=BaseModel)
# Of how many files a process remembers what they said: those of a register as it comes, several times over.
MOST_REMEMBERED = 128


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """What a file says: its ``data`` (``None`` where it cannot be read), the document, and every fault.

    The data may be remembered for who reads the same file again: nobody changes it.
    """

    file: str
    data: object
    document: M | None
    faults: tuple[Fault, ...]


def read_file(path: Path, file: str) -> tuple[object, list[Fault]]:
    """The data in a file, or ``None`` and the faults. ``file`` is the name that faults carry."""
    text, faults = _bytes(path, file)
    return (None, faults) if text is None else parse(text, file)


def _bytes(path: Path, file: str) -> tuple[bytes | None, list[Fault]]:
    """The bytes of a file, as far as one is read, or ``None`` and the fault."""
    try:
        # A pipe or a device would block or never end; a link may lead out of the register.
        if not stat.S_ISREG(path.lstat().st_mode):
            return None, [Fault(file, "", "This is not an ordinary file.", "Put the file itself here.")]
        with path.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1), []
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror or type(error).__name__})."
        return None, [
            Fault(file, "", problem, "Check that it exists and that its permissions allow reading.")
        ]


def validate(data: object, model: type[M], file: str) -> tuple[M | None, list[Fault]]:
    """The document that the data describes, or ``None`` and every fault in it."""
    if not isinstance(data, dict):
        return None, [
            Fault(file, "", "The document must be a group of fields.", "Begin with “id:” at the left margin.")
        ]
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, faults_of(error, file)


def yaml_files(root: Path, folder: str) -> tuple[list[tuple[str, Path]], list[Fault]]:
    """The YAML files below ``root/folder`` in order of name, and faults for what is there besides.

    Hidden files and README.md are left alone. Anything else that does not end in .yaml would be passed
    over in silence, so it is reported.
    """
    top = root / folder
    if not top.is_dir():
        return [], [
            Fault(folder, "", "There is no such folder.", f"Create {folder} and put documents in it.")
        ]
    found, faults = [], []
    for path in _files_below(top):
        file = path.relative_to(root).as_posix().encode("utf-8", "replace").decode()
        if path.suffix == ".yaml":
            found.append((file, path))
        elif path.name != "README.md":
            faults.append(
                Fault(file, "", "This is not a .yaml file.", "Rename it to end in .yaml, or remove it.")
            )
    return found, faults


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files_below(path)
        else:
            yield path


def read_all(root: Path, folder: str, model: type[M]) -> tuple[list[Read[M]], list[Fault]]:
    """What every file below ``root/folder`` says, in order of name, and faults for what is there besides.

    Names are relative to ``root``. Never raises for what the files hold. A first start reads its register to
    find faults, and again to publish it: what counts is what stands in a file now, and only to understand it
    is dear.
    """
    files, faults = yaml_files(root, folder)
    found: list[Read[M]] = []
    for file, path in files:
        text, unreadable = _bytes(path, file)
        if text is None:
            found.append(Read(file, None, None, tuple(unreadable)))
        else:
            found.append(cast(Read[M], _understood(text, file, model)))
    return found, faults


@lru_cache(maxsize=MOST_REMEMBERED)
def _understood(text: bytes, file: str, model: type[BaseModel]) -> Read[Any]:
    data, unreadable = parse(text, file)
    if unreadable:
        return Read(file, None, None, tuple(unreadable))
    document, wrong = validate(data, model, file)
    return Read(file, data, document, tuple(wrong))


def read_documents(root: Path, folder: str, model: type[M]) -> tuple[list[tuple[str, M]], list[Fault]]:
    """Every document below ``root/folder`` that fits the model, each with its file's name, and all faults.

    Names are relative to ``root``. Never raises for what the files hold.
    """
    found, faults = read_all(root, folder, model)
    faults += [fault for one in found for fault in one.faults]
    return [(one.file, one.document) for one in found if one.document is not None], faults


def read_entries(root: Path) -> tuple[list[Entry], list[Fault]]:
    """Every valid entry below ``root/systems`` in order of file name, and the faults of the others."""
    documents, faults = read_documents(root, "systems", Entry)
    return [entry for _, entry in documents], faults
