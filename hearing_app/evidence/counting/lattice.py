"""Which selections a published lattice of tables can answer, and from which of its tables."""

from __future__ import annotations

from collections.abc import Iterable

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counting.control import Disclosure, Table


def table_for(
    disclosure: Disclosure, by: Iterable[str] = (), where: Iterable[str] = (), threshold: int | None = None
) -> Table:
    """The table that answers a comparison by the columns ``by`` among people selected by ``where``.

    It is the smallest that holds all those columns: of equally many columns the one with fewer withheld
    cells, then with fewer cells, then the first. Everything a reader adds up comes from one table alone;
    what two tables together tell was tried before publication (``attack``).

    Raises ``Invalid``, naming the combinations that are possible, where no table holds them all, or where
    the scores were merged across ``threshold``.
    """
    wanted = set(by) | set(where)
    faults = []
    found = [table for table in disclosure.tables if wanted <= set(table.columns)]
    if not found:
        possible = "; ".join(" + ".join(table.columns) for table in disclosure.tables if table.columns)
        problem = f"The published tables do not combine {' and '.join(sorted(wanted))}."
        faults.append(Fault("", "where", problem, f"Possible are: {possible or 'everyone together'}."))
    if threshold is not None and disclosure.thresholds and threshold not in disclosure.thresholds:
        points = ", ".join(map(str, disclosure.thresholds))
        problem = f"The scores were merged before publication, so {threshold} is not a place to cut them."
        faults.append(Fault("", "threshold", problem, f"Possible are: {points}."))
    if faults:
        raise Invalid("The published tables cannot answer this.", faults, kept="")
    return min(found, key=lambda table: (len(table.columns), table.cells_withheld, table.cells))


def can_join(disclosure: Disclosure, chosen: Iterable[str]) -> tuple[str, ...]:
    """The columns of which any one may be added to those chosen, in the order of the tables."""
    wanted = set(chosen)
    tables = (table.columns for table in disclosure.tables if wanted <= set(table.columns))
    return tuple(dict.fromkeys(name for columns in tables for name in columns if name not in wanted))
