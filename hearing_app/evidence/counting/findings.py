"""What is wrong with raw rows, added up by file, column and kind: the rows' numbers, never their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from hearing_app.errors import Fault

_SHOWN = 5


@dataclass(slots=True)
class Findings:
    """Problems found by several threads: (file, column, problem, repair) -> how many rows, and the first."""

    _rows: dict[tuple[str, str, str, str], tuple[int, list[int]]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, file: str, column: str, problem: str, repair: str, rows: Iterable[int] = ()) -> None:
        """Note a problem; ``rows`` are the numbers of the rows that have it, the first of a file being 1."""
        rows = list(rows)
        with self._lock:
            number, first = self._rows.get((file, column, problem, repair), (0, []))
            kept = sorted([*first, *rows[:_SHOWN]])[:_SHOWN]
            self._rows[file, column, problem, repair] = (number + len(rows), kept)

    def faults(self) -> Iterator[Fault]:
        """One fault for each file, column and kind of problem."""
        for (file, column, problem, repair), (number, first) in sorted(self._rows.items()):
            where = ""
            if number:
                shown = ", ".join(f"{row:,}" for row in first)
                more = f" and {number - len(first):,} more" if number > len(first) else ""
                where = f" Row{'s' if number > 1 else ''} {shown}{more}."
            yield Fault(file, column, f"{problem}{where}", repair)

    def __bool__(self) -> bool:
        return bool(self._rows)
