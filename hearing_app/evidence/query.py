"""A selection as SQL: what anybody can run on the published file of counts to get the same numbers.

It is shown and never run here: our own queries are built from expressions, not from text. Even so it must be
safe to copy: names are quoted, since one may be a word of SQL, and values are literals.
"""

from __future__ import annotations

from hearing_app.evidence.checks import COUNTS
from hearing_app.evidence.counting.control import Table
from hearing_app.evidence.counting.lattice import table_for
from hearing_app.evidence.manifest import Manifest, MeasureColumn, Value
from hearing_app.evidence.selection import Selection
from hearing_app.evidence.tally import columns_apart


def query_of(manifest: Manifest, selection: Selection) -> str:
    """The query in DuckDB's SQL, for a folder that holds the dataset's files; one row for each group.

    Its columns are the selection's ``by`` and then the counts of the family, by the family's names. A sum
    is NULL where a cell of it is empty or not shown, and where it would add up what was counted in different
    ways.
    """
    chosen = [f"  {_name(name)}," for name in selection.by]
    summed = [f"  {expression} AS {name}," for name, expression in _sums(manifest, selection)]
    summed[-1] = summed[-1].removesuffix(",")
    where = [f"{_name(name)} = {_literal(value)}" for name, value in selection.where]
    lines = ["SELECT", *chosen, *summed, f"FROM {_file(manifest, selection)}"]
    lines += ["WHERE " + " AND ".join(where)] if where else []
    if selection.by:
        names = ", ".join(map(_name, selection.by))
        lines += [f"GROUP BY {names}"]
        # A row of nobody makes no group.
        full = manifest.scored and not _some_withheld(manifest, selection)
        lines += [f"HAVING sum({_name(manifest.count.name)}) > 0"] if full else []
        lines += [f"ORDER BY {names}"]
    return "\n".join(lines) + ";"


def _file(manifest: Manifest, selection: Selection) -> str:
    """The published file, with the type of each column of text: "0.60" and "007" must stay what they are."""
    used = {*selection.by, *(name for name, _ in selection.where)}
    texts = [
        f"'{column.name}': 'VARCHAR'"
        for column in manifest.selectable
        if column.name in used and column.type == "text"
    ]
    types = f", types = {{{', '.join(texts)}}}" if texts else ""
    table = table_of(manifest, selection)
    return f"read_csv('{table.file if table else COUNTS}', header = true, delim = ',', quote = '\"'{types})"


def _sums(manifest: Manifest, selection: Selection) -> list[tuple[str, str]]:
    if not manifest.scored:
        return [(column.counts, _sum_of(manifest, column, selection)) for column in manifest.measures]
    score, outcome, count = map(_name, (manifest.score.name, manifest.outcome.name, manifest.count.name))
    above, below = f"{score} >= {selection.threshold}", f"{score} < {selection.threshold}"
    if _some_withheld(manifest, selection):
        # A sum over a count that is not shown would be too low: it is left open.
        def added(condition: str) -> str:
            only = f" FILTER (WHERE {condition})" if condition else ""
            hidden = f"count(*){only} > count({count}){only}"
            return f"CASE WHEN {hidden} THEN NULL ELSE coalesce(sum({count}){only}, 0) END"
    else:

        def added(condition: str) -> str:
            return f"coalesce(sum({count}){f' FILTER (WHERE {condition})' if condition else ''}, 0)"

    cells = {"tp": (1, above), "fp": (0, above), "tn": (0, below), "fn": (1, below)}
    return [
        ("n", added("")),
        *((name, added(f"{outcome} = {value} AND {side}")) for name, (value, side) in cells.items()),
    ]


def _sum_of(manifest: Manifest, column: MeasureColumn, selection: Selection) -> str:
    """A sum that is NULL where it would say too little, or mix what must stay apart."""
    name, fixed = _name(column.name), {*selection.by, *(name for name, _ in selection.where)}
    unlike = [
        f"count(DISTINCT {_name(one)}) FILTER (WHERE {name} IS NOT NULL) > 1"
        for one in columns_apart(manifest, column)
        if one not in fixed
    ]
    wrong = " OR ".join([f"count(*) > count({name})", *unlike])
    return f"CASE WHEN {wrong} THEN NULL ELSE coalesce(sum({name}), 0) END"


def table_of(manifest: Manifest, selection: Selection) -> Table | None:
    """The published table that answers a selection; None where one file has every combination."""
    if manifest.lattice is None:
        return None
    return table_for(manifest.lattice, selection.by, [name for name, _ in selection.where])


def _some_withheld(manifest: Manifest, selection: Selection) -> bool:
    table = table_of(manifest, selection)
    return table is not None and table.cells_withheld > 0


def _name(name: str) -> str:
    return f'"{name}"'


def _literal(value: Value) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
