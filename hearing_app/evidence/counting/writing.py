"""The folder of a counted dataset: its manifest and its tables, there whole or not at all."""

from __future__ import annotations

import csv
import ctypes
import io
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from hearing_app.errors import Conflict, HearingError
from hearing_app.evidence.counting.control import EVERYONE, TABLES
from hearing_app.evidence.manifest import Value
from hearing_app.store.files import sync

_KEPT = "Nothing was written."


def counts_csv(
    names: Sequence[str],
    values: Sequence[Sequence[Value]],
    counts: NDArray[np.int64],
    withheld: NDArray[np.bool_],
    *,
    zeros: bool = True,
) -> bytes:
    """One table as CSV: a row for each combination, the count last and empty where it is withheld.

    Without ``zeros`` combinations that nobody has are left out.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    rows = zip(product(*values), counts.ravel().tolist(), withheld.ravel().tolist(), strict=True)
    writer.writerows((*row, "" if hidden else n) for row, n, hidden in rows if zeros or n or hidden)
    return text.getvalue().encode()


def manifest_yaml(data: Mapping[str, object]) -> bytes:
    """A manifest as YAML that the strict reader takes: no anchors, no tags."""
    heading = (
        "# Written by `hearing datasets count`. `hearing datasets check` proves that the files fit it.\n"
    )
    body = yaml.dump(dict(data), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return (heading + body).encode()


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        # PyYAML asks this; the strict reader takes no anchors.
        return True


def _decimal(dumper: _Plain, number: float) -> yaml.ScalarNode:
    # The strict reader knows no exponents: they would come back as words.
    text = f"{number:.12f}".rstrip("0")
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{text}0" if text.endswith(".") else text)


_Plain.add_representer(float, _decimal)


def refuse_existing(out: Path, *, replace: bool) -> None:
    """Refuse a folder that is there, unless it is a counted dataset that may be replaced.

    Raises ``Conflict``. Only a folder with a ``dataset.yaml`` is ever replaced.
    """
    if not out.exists() and not out.is_symlink():
        if not out.parent.is_dir():
            raise Conflict(f"There is no folder {out.parent}.", kept=_KEPT, next_step="Make it first.")
        return
    if out.is_symlink() or not out.is_dir():
        raise Conflict(f"{out} is not a folder.", kept=_KEPT, next_step="Name another one.")
    if not replace:
        raise Conflict(
            f"There is something at {out} already.",
            kept=_KEPT,
            next_step="Name another folder, or --replace.",
        )
    if any(out.iterdir()) and not (out / "dataset.yaml").is_file():
        raise Conflict(
            f"{out} holds no dataset, so it is not replaced.", kept=_KEPT, next_step="Name another folder."
        )
    if any(not _is_of_dataset(path.relative_to(out)) or path.is_symlink() for path in out.rglob("*")):
        # Their names are not told: they could be anything.
        raise Conflict(
            f"{out} holds more than a counted dataset, and replacing it would delete that.",
            kept=_KEPT,
            next_step="Move the other files away, or name another folder.",
        )


def _is_of_dataset(path: Path) -> bool:
    """Whether a dataset that was counted has a file or folder there."""
    if path.parent == Path(TABLES):
        return path.suffix == ".csv"
    return str(path) in {"dataset.yaml", EVERYONE, TABLES}


def write_folder(out: Path, files: Mapping[str, bytes], *, replace: bool = False) -> None:
    """Write all files into a new folder beside its place, put them on disk, and move it there.

    Whoever looks sees the old folder or the new one, never half of one; a process that is killed leaves at
    most a hidden folder of the same protected counts beside it.

    Raises ``Conflict`` as ``refuse_existing`` does, ``HearingError`` where
    the disk does not take it.
    """
    refuse_existing(out, replace=replace)
    # Datasets in hidden folders are never served.
    fresh = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        fresh.mkdir(mode=0o755)
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(mode=0o755, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for folder in (*_folders(fresh), fresh):
            sync(folder)
        _move(fresh, out)
        sync(out.parent)
    except OSError as error:
        raise HearingError(
            f"The counts could not be written ({error.strerror or type(error).__name__}).",
            kept="What was there before is as it was.",
            next_step="Make room on that disk, and try again.",
        ) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _folders(fresh: Path) -> Iterator[Path]:
    return (path for path in fresh.iterdir() if path.is_dir())


def _move(fresh: Path, out: Path) -> None:
    """Put the new folder in its place; where there is an old one, the two change places in one step."""
    if not out.exists():
        fresh.rename(out)
    elif not _exchanged(fresh, out):
        # Some file systems cannot exchange: for a moment there is no folder, and never half of one.
        old = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
        out.rename(old)
        try:
            fresh.rename(out)
        except OSError:
            old.rename(out)
            raise
        shutil.rmtree(old)


def _exchanged(one: Path, two: Path) -> bool:
    """Whether Linux exchanged two folders at once (renameat2)."""
    call = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    return call is not None and call(_HERE, os.fsencode(one), _HERE, os.fsencode(two), _EXCHANGE) == 0


# AT_FDCWD and RENAME_EXCHANGE of Linux.
_HERE, _EXCHANGE = -100, 2
