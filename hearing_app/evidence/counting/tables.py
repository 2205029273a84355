"""Which tables are published: the plan's, with those that a reader of any page needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.counting.control import Plan
from hearing_app.evidence.manifest import Manifest, TimeColumn

MOST_TABLES = 60
MOST_ROUNDED = 10
"""Tables of rounded counts: each adds a guess at the same people, and the mean of many guesses is near."""

Names = tuple[str, ...]


def tables_of(manifest: Manifest, plan: Plan) -> tuple[Names, ...]:
    """The sets of listed columns that are published together, everyone first, each once.

    Everyone, and the filters of each named population, are always among them. Without a plan each group
    stands alone, and so does each column of periods; each group stands again with the filters of each named
    population.

    Raises ``Invalid`` for a column that is not there, and for more than ``MOST_TABLES`` tables.
    """
    order = [column.name for column in manifest.selectable]
    faults = list(_faults(order, plan))
    if faults:
        raise Invalid("The tables cannot be made.", faults, kept="Nothing was written.")
    wanted = [(), *populations_of(manifest), *(plan.tables or _own(manifest))]
    tables = tuple(dict.fromkeys(tuple(name for name in order if name in set(table)) for table in wanted))
    if len(tables) > MOST_TABLES:
        problem = f"There would be {len(tables)} tables; {MOST_TABLES} can be published."
        fault = Fault("dataset.yaml", "disclosure.tables", problem, "Name the ones that matter.")
        raise Invalid("The tables cannot be made.", [fault], kept="Nothing was written.")
    return tables


def refuse_many(tables: Sequence[Names]) -> None:
    """Refuse more tables than may be rounded at random. Raises ``Invalid``."""
    if len(tables) > MOST_ROUNDED:
        problem = f"There would be {len(tables)} tables; {MOST_ROUNDED} can be rounded at random."
        repair = "Name the ones that matter, everyone among them, or choose another method."
        fault = Fault("dataset.yaml", "disclosure.tables", problem, repair)
        raise Invalid("The tables cannot be made.", [fault], kept="Nothing was written.")


def populations_of(manifest: Manifest) -> tuple[Names, ...]:
    """The columns that named populations select by, one set for each population but everyone."""
    return tuple(tuple(population.where) for population in manifest.populations if population.where)


def slug_of(table: Names, taken: Sequence[str]) -> str:
    """The table's name in addresses and files, none of those taken."""
    slug = "-".join(name.replace("_", "-").strip("-") for name in table) or "everyone"
    while "--" in slug:
        slug = slug.replace("--", "-")
    if len(slug) > 70 or slug in taken:
        slug = f"table-{len(taken) + 1}"
    return slug


def _own(manifest: Manifest) -> Iterator[Names]:
    times = (column for column in manifest.columns if isinstance(column, TimeColumn))
    for column in (*manifest.groups, *times):
        yield (column.name,)
        if column in manifest.groups:
            yield from ((column.name, *filters) for filters in populations_of(manifest))


def _faults(order: Sequence[str], plan: Plan) -> Iterator[Fault]:
    for index, table in enumerate(plan.tables):
        for name in table:
            if name not in order:
                possible = ", ".join(order)
                problem = f"{name} is no column that people can be selected by."
                yield Fault("dataset.yaml", f"disclosure.tables.{index}", problem, f"Use: {possible}.")
