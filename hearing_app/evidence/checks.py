"""Proof that a dataset's counts fit its manifest: every fault of both files, in one run."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as with_default
from pathlib import Path

from hearing_app.errors import Fault
from hearing_app.evidence.contradictions import contradictions
from hearing_app.evidence.counting.checking import ReadTable, read_tables
from hearing_app.evidence.counting.control import TABLES
from hearing_app.evidence.manifest import (
    LARGEST_TOTAL,
    Column,
    CountColumn,
    ListedColumn,
    Manifest,
    MeasureColumn,
    OutcomeColumn,
    RecordColumn,
    ScoreColumn,
    Value,
)
from hearing_app.registry.files import validate
from hearing_app.registry.reading import LARGEST_FILE, parse

MANIFEST = "dataset.yaml"
COUNTS = "counts.csv"
# Counts are small by nature; a file beyond this is raw records or an accident.
_LARGEST_FILE = {MANIFEST: LARGEST_FILE, COUNTS: 10_000_000}
# The largest dataset so far has 1,000 lines and 34 kB. Each line costs some ten microseconds to read.
_MOST_LINES = 200_000
_MOST_COLUMNS = 100
_LARGEST_CELL = 1_000
_MOST_KINDS = 20
_RECORD = re.compile(r"[^\W_][\w .,:/()&'+-]{0,79}")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a dataset's folder holds: the manifest and the columns of the counts, or the faults.

    ``cells`` has one list for each declared column, all of one length. Both are None where there are
    faults. ``version`` is the SHA-256 of the two files, the manifest first:
    ``cat dataset.yaml counts.csv | sha256sum`` gives the same. ``files`` holds them byte for byte.

    Protected counts are ``tables`` by name instead of cells. Their files follow in the order of the manifest.
    """

    manifest: Manifest | None
    cells: Mapping[str, list[Value | None]] | None
    version: str
    faults: tuple[Fault, ...]
    files: Mapping[str, bytes]
    tables: Mapping[str, ReadTable] = with_default(default_factory=dict)


def check_dataset(folder: Path) -> list[Fault]:
    """Every fault of the dataset in ``folder``; an empty list means that it may be served.

    Never raises for what the files hold. ``Fault.file`` is relative to ``folder``.
    """
    return list(read_dataset(folder).faults)


def check_datasets(folder: Path) -> list[Fault]:
    """Every fault of every dataset in ``folder`` ("datasets"); ``Fault.file`` is relative to it."""
    if not folder.is_dir():
        return [Fault(str(folder), "", "There is no such folder.", "Name the folder of datasets.")]
    return [
        Fault(f"{one.name}/{fault.file}", fault.field, fault.problem, fault.repair)
        for one in dataset_folders(folder)
        for fault in check_dataset(one)
    ]


def dataset_folders(folder: Path) -> list[Path]:
    """The folders of the datasets in ``folder``, by name; hidden ones are skipped."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def read_dataset(folder: Path) -> Reading:
    """Read every file once, check them, and give what was read together with every fault."""
    faults: list[Fault] = []
    contents = {name: _bytes(folder, name, faults) for name in (MANIFEST, COUNTS)}
    manifest = _manifest(folder, contents[MANIFEST], faults) if contents[MANIFEST] else None
    cells, tables = None, dict[str, ReadTable]()
    # Counts can only be read against a manifest that says one thing; a wrong id does not matter for that.
    if manifest is not None and contents[COUNTS] and not contradictions(manifest):
        if manifest.lattice is None:
            cells = _Counts(manifest, faults).read(contents[COUNTS])
        else:
            _other_tables(folder, manifest.lattice.files, faults)
            contents |= {name: _bytes(folder, name, faults) for name in manifest.lattice.files[1:]}
            # What could not be read has its fault already.
            tables, wrong = read_tables(contents, manifest, manifest.lattice)
            faults += [one for one in wrong if contents.get(one.file, b"there")]
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()
    if faults:
        manifest, cells, tables = None, None, {}
    return Reading(manifest, cells, f"sha256:{digest}", tuple(faults), contents, tables)


def _other_tables(folder: Path, known: Collection[str], faults: list[Fault]) -> None:
    """What lies among the tables and is none of them: nothing would say what it is."""
    try:
        # A link could lead anywhere.
        inside = folder / TABLES
        there = [] if inside.is_symlink() else sorted(one.name for one in inside.iterdir())
        if inside.is_symlink():
            faults.append(Fault(TABLES, "", "This is not an ordinary folder.", "Put the folder itself here."))
    except OSError:
        return
    other = [name for name in there if f"{TABLES}/{name}" not in known]
    if other:
        more = f" and {len(other) - _MOST_KINDS} more" if len(other) > _MOST_KINDS else ""
        problem = f"The manifest names no table {', '.join(one[:80] for one in other[:_MOST_KINDS])}{more}."
        faults.append(Fault(TABLES, "", problem, "Take it out, or count again."))


def _bytes(folder: Path, name: str, faults: list[Fault]) -> bytes:
    path, largest = folder / name, _LARGEST_FILE.get(name, _LARGEST_FILE[COUNTS])
    try:
        # A pipe would block; a link may lead out of the folder.
        if not stat.S_ISREG(path.lstat().st_mode):
            faults.append(Fault(name, "", "This is not an ordinary file.", "Put the file itself here."))
            return b""
        with path.open("rb") as opened:
            content = opened.read(largest + 1)
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror or type(error).__name__})."
        faults.append(Fault(name, "", problem, "Check that it exists and may be read."))
        return b""
    if not content:
        faults.append(Fault(name, "", "The file is empty.", "Restore its content."))
    if len(content) > largest:
        repair = "Publish counts of people who share all values, not one row for each person."
        faults.append(Fault(name, "", f"The file is larger than {largest:,} bytes.", repair))
        return b""
    return content


def _manifest(folder: Path, content: bytes, faults: list[Fault]) -> Manifest | None:
    data, found = parse(content, MANIFEST)
    manifest = None
    if not found:
        manifest, found = validate(data, Manifest, MANIFEST)
    # The sentences for rare errors point at the register's schema, which says nothing about datasets.
    repair = "Compare it with the manifests beside it and with datasets/README.md."
    faults.extend(replace(f, repair=repair) if "registry/schema" in f.repair else f for f in found)
    if manifest is None:
        return None
    faults.extend(contradictions(manifest))
    if manifest.id != folder.resolve().name:
        repair = f"Rename the folder to {manifest.id}, or correct the id."
        faults.append(Fault(MANIFEST, "id", f"The id {manifest.id} is not the folder's name.", repair))
    return manifest


class _Counts:
    """Reads the rows of one counts file and collects what is wrong with them, by column and kind."""

    def __init__(self, manifest: Manifest, faults: list[Fault]) -> None:
        self.manifest = manifest
        self.faults = faults
        self.columns = {column.name: column for column in manifest.columns}
        self.parsers = {column.name: _parser(column) for column in manifest.columns}
        self.lines: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        # Kept for every row that can be read at all, so that a wrong sum shows beside other faults.
        self.total = 0
        self.all_counted = True
        self.occurring: dict[str, set[Value]] = {name: set() for name in self.columns}

    def read(self, content: bytes) -> dict[str, list[Value | None]] | None:
        text = self._text(content)
        if text is None:
            return None
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        cells: dict[str, list[Value | None]] = {name: [] for name in self.columns}
        try:
            header = next(reader, [])
            if not self._header(header):
                return None
            self._rows(reader, header, cells)
        except csv.Error as error:
            self._fault("", f"Line {reader.line_num} is not CSV ({error}).", "Quote the value correctly.")
            return None
        self._report_lines()
        self._sums()
        if not any(fault.file == COUNTS for fault in self.faults):
            self._populations(cells)
        return cells

    def _report_lines(self) -> None:
        """One fault for each kind of problem, naming its lines; the rest of a flood is only counted."""
        kinds: dict[str, int] = defaultdict(int)
        for (field, problem, repair), lines in self.lines.items():
            kinds[field] += 1
            if kinds[field] <= _MOST_KINDS:
                self._fault(field, f"{problem} {_where(lines)}", repair)
        for field, number in kinds.items():
            if number > _MOST_KINDS:
                problem = f"There are {number - _MOST_KINDS} more problems of this kind."
                self._fault(field, problem, "Mend the ones above first.")

    def _fault(self, field: str, problem: str, repair: str) -> None:
        self.faults.append(Fault(COUNTS, field, problem, repair))

    def _text(self, content: bytes) -> str | None:
        if content.startswith(b"\xef\xbb\xbf"):
            self._fault("", "The file begins with a byte order mark.", "Save it as UTF-8 without one.")
            content = content[3:]
        if content.count(b"\n") + content.count(b"\r") > _MOST_LINES:
            repair = "Publish counts of people who share all values, not one row for each person."
            self._fault("", f"The file has more than {_MOST_LINES:,} lines.", repair)
            return None
        if b"\r" in content:
            self._fault("", "The lines end with a carriage return.", "Save it with plain line feeds.")
            content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\0" in content:
            self._fault("", "The file holds a zero byte.", "Save it as plain text in UTF-8.")
            return None
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self._fault("", f"Line {line} is not UTF-8.", "Save the file as UTF-8.")
            return None

    def _header(self, header: list[str]) -> bool:
        if len(header) > _MOST_COLUMNS:
            repair = "Give the first line one name for each declared column."
            self._fault("", f"The first line names {len(header):,} columns.", repair)
            return False
        sound = True
        for name in self.columns:
            if header.count(name) != 1:
                sound = False
                problem = "The column is missing." if name not in header else "The column stands there twice."
                self._fault(name, problem, "Give the first line one name for each declared column.")
        for name in dict.fromkeys(header):
            if name not in self.columns:
                sound = False
                repair = f"Describe it in {MANIFEST}, or add the rows up without it."
                self._fault(name[:40], "The column is not declared.", repair)
        return sound

    def _rows(
        self, reader: Iterator[list[str]], header: list[str], cells: dict[str, list[Value | None]]
    ) -> None:
        key_columns = [
            name for name, one in self.columns.items() if not isinstance(one, CountColumn | MeasureColumn)
        ]
        seen: dict[tuple[Value | None, ...], int] = {}
        # A quoted line feed would shift these numbers, but no declared value can hold one.
        for line, row in enumerate(reader, start=2):
            if len(row) != len(header):
                repair = f"Give every line {len(header)} values."
                self.lines["", "A line has too few or too many values:", repair].append(line)
                continue
            parsed = {name: self._value(name, text, line) for name, text in zip(header, row, strict=True)}
            self._tally(parsed)
            whole = {name: value for name, value in parsed.items() if not isinstance(value, _Wrong)}
            if len(whole) < len(parsed):
                continue
            key = tuple(whole[name] for name in key_columns)
            if key in seen:
                repair = "Add the rows up: each combination of values has one row."
                problem = f"The same combination as on line {seen[key]} stands again:"
                self.lines["", problem, repair].append(line)
            seen.setdefault(key, line)
            for name, value in whole.items():
                cells[name].append(value)

    def _value(self, name: str, text: str, line: int) -> Value | _Wrong | None:
        if len(text) > _LARGEST_CELL:
            self.lines[name, "A value is far too long:", "Check the quotes around it."].append(line)
            return _TOO_LONG
        found = self.parsers[name](text)
        if isinstance(found, _Wrong):
            self.lines[name, found.problem, found.repair].append(line)
        return found

    def _tally(self, parsed: Mapping[str, Value | _Wrong | None]) -> None:
        count = parsed[self.manifest.count.name]
        if isinstance(count, int):
            self.total += count
        elif count is not None:
            self.all_counted = False
        # A row of nobody shows no value; a row of several measures is there whatever they are.
        if count or self.manifest.measures:
            for name, value in parsed.items():
                if isinstance(value, int | str):
                    self.occurring[name].add(value)

    def _sums(self) -> None:
        manifest = self.manifest
        if self.all_counted and self.total != manifest.total:
            problem = f"The counts add up to {self.total}, and the manifest says {manifest.total}."
            repair = "Correct the total in the manifest, or find the missing rows."
            self._fault(manifest.count.name, problem, repair)
        for column in manifest.columns:
            if isinstance(column, ListedColumn):
                for listed in column.values:
                    if listed.value not in self.occurring[column.name]:
                        repair = f"Take it out of {MANIFEST}, or find the missing rows."
                        self._fault(column.name, f"The declared value {listed.value!r} never occurs.", repair)

    def _populations(self, cells: Mapping[str, list[Value | None]]) -> None:
        counts = [value if isinstance(value, int) else 0 for value in cells[self.manifest.count.name]]
        for index, population in enumerate(self.manifest.populations):
            wanted = [(cells[name], value) for name, value in population.where.items()]
            size = sum(n for row, n in enumerate(counts) if all(c[row] == value for c, value in wanted))
            if size != population.total:
                of = self.manifest.unit.of
                problem = f"The counts give {size} {of}, and the manifest says {population.total}."
                place = f"populations.{index}.total"
                self.faults.append(Fault(MANIFEST, place, problem, "Correct the total or the selection."))


@dataclass(frozen=True, slots=True)
class _Wrong:
    problem: str
    repair: str


_TOO_LONG = _Wrong("", "")


def _parser(column: Column) -> Callable[[str], Value | _Wrong | None]:
    if isinstance(column, ListedColumn):
        known: dict[str, Value] = {str(listed.value): listed.value for listed in column.values}
        repair = f"Use a declared value ({', '.join(known)}), or declare it in {MANIFEST}."
        return lambda text: known.get(text, _Wrong(f"{text!r} is not a declared value:", repair))
    if isinstance(column, RecordColumn):
        # It is shown, and opened in spreadsheets: it begins with a letter or a digit, never like a formula.
        wrong = _Wrong("A name has signs that it may not have, or more than 80:", "Use letters and digits.")
        return lambda text: text if _RECORD.fullmatch(text) else wrong
    blank = isinstance(column, MeasureColumn) and column.blank is not None
    if isinstance(column, ScoreColumn):
        low, high = column.minimum, column.maximum
        repair = f"Scores are whole numbers from {low} to {high}."
    elif isinstance(column, OutcomeColumn):
        low, high = 0, 1
        repair = "An outcome is 0 or 1."
    else:
        low, high = 0, LARGEST_TOTAL
        repair = "A count is a whole number, 0 or more."
    if isinstance(column, MeasureColumn) and not blank:
        repair = f"{repair} Where it is not known, say what an empty cell means ({MANIFEST}, blank)."

    def parse(text: str) -> Value | _Wrong | None:
        if blank and not text:
            return None
        if not _INTEGER.fullmatch(text):
            return _Wrong(f"{text!r} is not a whole number:", repair)
        if not low <= int(text) <= high:
            return _Wrong(f"{text} is out of range:", repair)
        return int(text)

    return parse


def _where(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:5])
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}{more}."
