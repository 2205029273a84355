"""The open-data bundle of a hearing: every public table in three forms, with what its columns mean.

One ZIP that can be cited: who has the checkpoint can prove later which record it was taken from, and with the
sums that nothing in it was changed.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from hearing_app.documents.pack.files import Told, csv_of, jsonl_of, nobody, write_parquet
from hearing_app.documents.pack.tables import Table, dictionary, public_tables
from hearing_app.documents.polis import polis_files
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.results import are_shown, results_of
from hearing_app.hearings.voting.statements import statements_of

_README = """# {title}

Open data of a public hearing, taken from the record on {at}.{demonstration}

- `data/*.csv`: for spreadsheets. Text that a spreadsheet would take for a formula begins with an apostrophe.
- `data/*.jsonl`, `data/*.parquet`: for programs. Every text is exactly as it is published.
- `dictionary.json`, `DICTIONARY.md`: what each column means.
- `polis/`: statements and votes in the form of Pol.is; there once the hearing has closed.
- `checkpoint.txt`: the record's signed checkpoint. `SHA256SUMS`: check with `sha256sum -c SHA256SUMS`.

It holds what the public may read, and nothing else: no views and no standing of single authors, no words
that were withdrawn, held back or taken out. Who commented or voted chose to: they do not stand for the
public.
"""


def write_bundle(
    db: Connection,
    hearing: Hearing,
    file: Path,
    *,
    base: str,
    checkpoint: str,
    told: Told = nobody,
    at: datetime | None = None,
) -> None:
    """Write the bundle of a hearing; ``base`` is the service's address, ``checkpoint`` the record's.

    The files in it, and their order, depend on the record and on ``at`` alone: the same record at the same
    moment gives the same bytes.
    """
    when = (at or datetime.now(UTC)).astimezone(UTC)
    tables = public_tables(db, hearing)
    sums: list[tuple[str, str]] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, tempfile.TemporaryDirectory() as own:
        for name, parts in _files(
            db, hearing, tables, Path(own), told, _head(hearing, when), f"{base}/hearing?id={hearing.id}"
        ):
            sums.append((name, _add(archive, name, parts, when)))
        sums.append(("checkpoint.txt", _add(archive, "checkpoint.txt", [checkpoint.encode()], when)))
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums))
        _add(archive, "SHA256SUMS", [lines.encode()], when)


def _files(  # noqa: PLR0917 - what every file of the bundle is made from
    db: Connection, hearing: Hearing, tables: list[Table], own: Path, told: Told, readme: str, address: str
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.md", [readme.encode()]
    meanings = dictionary(tables)
    yield "dictionary.json", [json.dumps(meanings, ensure_ascii=False, indent=2).encode() + b"\n"]
    yield "DICTIONARY.md", [_meanings(tables).encode()]
    yield "hearing.json", [hearing.model_dump_json(indent=2).encode() + b"\n"]
    for table in tables:
        yield f"data/{table.name}.csv", csv_of(table, told)
        yield f"data/{table.name}.jsonl", jsonl_of(table)
        parquet = own / f"{table.name}.parquet"
        write_parquet(table, parquet)
        yield f"data/{table.name}.parquet", _read(parquet)
    results = results_of(db, hearing)
    if are_shown(hearing) and results is not None and results.groups.table.participants:
        written = polis_files(hearing, address, statements_of(db, hearing.id), results.groups)
        for name, text in written.items():
            yield f"polis/{name}", [text.encode()]


def _add(archive: zipfile.ZipFile, name: str, parts: Iterable[bytes], when: datetime) -> str:
    """Add a file part by part; return the SHA-256 of it."""
    # A ZIP knows no year before 1980, and times of even seconds alone.
    known = zipfile.ZipInfo(name, date_time=(max(when.year, 1980), *when.timetuple()[1:6]))
    known.compress_type, known.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    digest = hashlib.sha256()
    with archive.open(known, "w", force_zip64=True) as written:
        for part in parts:
            digest.update(part)
            written.write(part)
    return digest.hexdigest()


def _read(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(1 << 20):
            yield part


def _head(hearing: Hearing, when: datetime) -> str:
    shown = " Everything in it was made up, to rehearse with." if hearing.demonstration else ""
    return _README.format(title=hearing.title, at=f"{when:%Y-%m-%d %H:%M} UTC", demonstration=shown)


def _meanings(tables: Iterable[Table]) -> str:
    lines = ["# What the columns mean", ""]
    for table in tables:
        lines += [f"## {table.name}", "", table.row, "", "| Column | Kind | Meaning |", "|---|---|---|"]
        lines += [f"| {column.name} | {column.kind} | {column.meaning} |" for column in table.columns]
        lines.append("")
    return "\n".join(lines)
