"""A selection as SQL: what anybody can run on the published file of counts to get the same numbers.

It is shown and never run here: our own queries are built from expressions, not from text. Even so it must be
safe to copy: names are quoted, since one may be a word of SQL, and values are literals.
"""

from __future__ import annotations

from hearing_app.evidence.checks import COUNTS
from hearing_app.evidence.manifest import Manifest, Value
from hearing_app.evidence.selection import Selection


def query_of(manifest: Manifest, selection: Selection) -> str:
    """The query in DuckDB's SQL, for a folder that holds ``counts.csv``; one row for each group.

    Its columns are the selection's ``by`` and then the counts of the family, by the family's names. A sum
    over nothing but empty cells is NULL: nobody stated it.
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
        lines += [f"HAVING sum({_name(manifest.count.name)}) > 0"] if manifest.scored else []
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
    return f"read_csv('{COUNTS}', header = true, delim = ',', quote = '\"'{types})"


def _sums(manifest: Manifest, selection: Selection) -> list[tuple[str, str]]:
    if not manifest.scored:
        return [(column.counts, f"sum({_name(column.name)})") for column in manifest.measures]
    score, outcome, count = map(_name, (manifest.score.name, manifest.outcome.name, manifest.count.name))
    above, below = f"{score} >= {selection.threshold}", f"{score} < {selection.threshold}"
    cells = {"tp": (1, above), "fp": (0, above), "tn": (0, below), "fn": (1, below)}
    return [
        ("n", f"coalesce(sum({count}), 0)"),
        *(
            (name, f"coalesce(sum({count}) FILTER (WHERE {outcome} = {value} AND {side}), 0)")
            for name, (value, side) in cells.items()
        ),
    ]


def _name(name: str) -> str:
    return f'"{name}"'


def _literal(value: Value) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
