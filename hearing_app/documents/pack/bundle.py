"""The open-data bundle of a hearing: every public table in three forms, with what its columns mean.

One ZIP that can be cited: who has the checkpoint can prove later which record it was taken from, and with the
sums that nothing in it was changed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from hearing_app.documents.pack.files import FORMS, Told, forms_in, nobody, write_table
from hearing_app.documents.pack.tables import Table, dictionary, public_tables
from hearing_app.documents.pack.zipped import Zip, parts_of
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
    address = f"{base}/hearing?id={hearing.id}"
    with tempfile.TemporaryDirectory(dir=file.parent) as own, Zip(file, when) as archive:
        for name, text in _first_files(hearing, tables, when):
            archive.add(name, [text.encode()])
        for table in tables:
            _add_table(archive, table, Path(own), told)
        for name, text in _polis(db, hearing, address):
            archive.add(name, [text.encode()])
        archive.add("checkpoint.txt", [checkpoint.encode()])
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(archive.sums()))
        archive.add("SHA256SUMS", [lines.encode()])


def _first_files(hearing: Hearing, tables: list[Table], when: datetime) -> Iterator[tuple[str, str]]:
    yield "README.md", _head(hearing, when)
    yield "dictionary.json", json.dumps(dictionary(tables), ensure_ascii=False, indent=2) + "\n"
    yield "DICTIONARY.md", _meanings(tables)
    yield "hearing.json", hearing.model_dump_json(indent=2) + "\n"


def _add_table(archive: Zip, table: Table, folder: Path, told: Told) -> None:
    """Write all forms of a table in one pass; a form leaves the disk once it is in the archive."""
    with forms_in(folder, table, FORMS) as forms:
        write_table(table, forms, told)
    for ending in FORMS:
        file = folder / f"{table.name}.{ending}"
        archive.add(f"data/{file.name}", parts_of(file), is_pressed=ending == "parquet", then=file.unlink)


def _polis(db: Connection, hearing: Hearing, address: str) -> Iterator[tuple[str, str]]:
    results = results_of(db, hearing)
    if are_shown(hearing) and results is not None and results.groups.table.participants:
        written = polis_files(hearing, address, statements_of(db, hearing.id), results.groups)
        yield from ((f"polis/{name}", text) for name, text in written.items())


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
