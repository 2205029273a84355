"""The published datasets, held in memory: who asks gets a manifest, a version and a cursor of their own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from hearing_app.errors import Fault, NotFound
from hearing_app.evidence.checks import Reading, check_dataset, check_datasets, dataset_folders, read_dataset
from hearing_app.evidence.manifest import Column, ListedColumn, Manifest, RecordColumn

if TYPE_CHECKING:
    from hearing_app.evidence.counts import Counted, Histogram

__all__ = ["Catalogue", "Dataset", "check_dataset", "check_datasets"]

# A selection of the largest dataset foreseen keeps some 100 kB; this many selections stay below 50 MB.
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that is being served. ``version`` is "sha256:" and the hash of both its files.

    ``files`` are those two, byte for byte as they were read: what is handed out is what was counted, even if
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

    The folder is read once, when the catalogue is opened. Any thread may ask; each call works on a cursor
    of its own, since a cursor shared between threads returns wrong rows without an error.
    """

    def __init__(self, folder: Path) -> None:
        self.faults: dict[str, tuple[Fault, ...]] = {}
        self._datasets: dict[str, Dataset] = {}
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Histogram | Counted] = OrderedDict()
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
        table = f"counts_{len(self._datasets)}"
        self._connection.register("arriving", columns)
        self._connection.table("arriving").create(table)
        self._connection.unregister("arriving")
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

    def cursor(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A new cursor for one call, to be used in a ``with`` statement and in one thread only."""
        with self._lock:
            return closing(self._connection.cursor())

    def kept(self, key: Hashable) -> Histogram | Counted | None:
        """What is kept under ``key``, if it is still there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, counted: Histogram | Counted) -> None:
        """Keep what was counted, so that the next threshold needs no query; the longest unused one goes."""
        with self._lock:
            self._kept[key] = counted
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Drop everything kept, as the benchmarks do to measure a first question."""
        with self._lock:
            self._kept.clear()

    def close(self) -> None:
        """Release the database."""
        self._connection.close()


def _is_text(column: Column) -> bool:
    return isinstance(column, ListedColumn) and column.type == "text"
