"""The published datasets, held in memory: who asks gets a manifest, a version and a cursor of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Timer

import duckdb
import pyarrow as pa

from hearing_app.errors import Fault, NotFound
from hearing_app.evidence.checks import Reading, check_dataset, check_datasets, dataset_folders, read_dataset
from hearing_app.evidence.counting.lattice import table_for
from hearing_app.evidence.cube import Cube, cube_of_rows
from hearing_app.evidence.manifest import Column, ListedColumn, Manifest, RecordColumn
from hearing_app.evidence.protected import cube_of_table
from hearing_app.store.patience import seconds_allowed, took_too_long

__all__ = ["Catalogue", "Dataset", "check_dataset", "check_datasets"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that is being served. ``version`` is "sha256:" and the hash of all its files.

    ``files`` are those, byte for byte as they were read: what is handed out is what was counted, even if
    somebody writes to the folder meanwhile.
    """

    manifest: Manifest
    version: str
    table: str
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The name in addresses: the folder's name."""
        return self.manifest.id


class Catalogue:
    """Every dataset without faults of one folder, in one DuckDB database in memory.

    The folder is read once, when the catalogue is opened; from then on each release stands ready as a numpy
    array (``cube``), which answers without a query. Any thread may ask; each query works on a cursor of its
    own, since a cursor shared between threads returns wrong rows without an error.
    """

    def __init__(self, folder: Path) -> None:
        self.faults: dict[str, tuple[Fault, ...]] = {}
        self._datasets: dict[str, Dataset] = {}
        self._lock = Lock()
        self._cubes: dict[str, Cube] = {}
        self._lattices: dict[str, dict[str, Cube]] = {}
        # One thread for each query: the tables are small, and the threads are those of the readers.
        self._connection = duckdb.connect(
            ":memory:",
            config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False},
        )
        for one in dataset_folders(folder) if folder.is_dir() else ():
            self._serve(one.name, read_dataset(one))
        # From here on the database can neither read files nor be told to.
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _serve(self, name: str, reading: Reading) -> None:
        table = f"counts_{len(self._datasets)}"
        if reading.manifest is not None and reading.tables:
            manifest = reading.manifest
            self._lattices[table] = {
                one.table.name: cube_of_table(manifest, one) for one in reading.tables.values()
            }
            self._datasets[name] = Dataset(manifest, reading.version, table, reading.files)
            return
        if reading.manifest is None or reading.cells is None:
            self.faults[name] = reading.faults
            return
        columns = pa.table(
            {
                column.name: pa.array(reading.cells[column.name], pa.string() if text else pa.int64())
                for column in reading.manifest.columns
                for text in [isinstance(column, RecordColumn) or _is_text(column)]
            }
        )
        self._connection.register("arriving", columns)
        self._connection.table("arriving").create(table)
        self._connection.unregister("arriving")
        # What DuckDB has taken in is what is counted, here as in its own queries.
        taken_in = self._connection.table(table).to_arrow_table()
        self._cubes[table] = cube_of_rows(reading.manifest, taken_in)
        self._datasets[name] = Dataset(reading.manifest, reading.version, table, reading.files)

    def ids(self) -> tuple[str, ...]:
        """The ids of the datasets that are served, in order; those with faults are in ``faults``."""
        return tuple(self._datasets)

    def dataset(self, dataset_id: str) -> Dataset:
        """The dataset of that id. Raises ``NotFound`` for one that is unknown or has faults."""
        found = self._datasets.get(dataset_id)
        if found is None:
            there = ", ".join(self._datasets) or "none"
            raise NotFound(
                f"There is no dataset called “{dataset_id[:60]}”.",
                kept="",
                next_step=f"The datasets are: {there}.",
            )
        return found

    def of_system(self, system_id: str) -> tuple[Dataset, ...]:
        """The datasets that belong to a system of the register, in order."""
        return tuple(one for one in self._datasets.values() if one.manifest.system == system_id)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A new cursor for one call, to be used in a ``with`` statement and in one thread only.

        A query that takes longer than a reader's may is broken off and raises ``TookTooLong``.
        """
        with self._lock:
            cursor = self._connection.cursor()
        with closing(cursor), in_time(cursor):
            yield cursor

    def cube(self, dataset: Dataset, columns: Iterable[str] = ()) -> Cube:
        """The counts of a dataset of this catalogue as an array: all that were published with ``columns``.

        Of protected counts it is the one table that answers a question about these columns. Raises
        ``Invalid``, saying what is possible, where no table has them all.
        """
        lattice = dataset.manifest.lattice
        if lattice is None:
            return self._cubes[dataset.table]
        return self._lattices[dataset.table][table_for(lattice, columns).name]

    def forget(self) -> None:
        """Drop every table that was added up before, as the benchmarks do to measure a first question."""
        tables = (cube for lattice in self._lattices.values() for cube in lattice.values())
        for cube in (*self._cubes.values(), *tables):
            cube.forget()

    def close(self) -> None:
        """Release the database."""
        self._connection.close()


@contextmanager
def in_time(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Break the query off when it takes longer than a reader may; raise ``TookTooLong`` then."""
    seconds = seconds_allowed()
    if seconds is None:
        yield
        return
    watch = Timer(seconds, cursor.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield
    except duckdb.InterruptException:
        raise took_too_long() from None
    finally:
        watch.cancel()


def _is_text(column: Column) -> bool:
    return isinstance(column, ListedColumn) and column.type == "text"
