"""What was done to protect the people in a dataset's counts: the part of a manifest that says so.

It imports nothing of the evidence, so that the manifest's own model can hold it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from hearing_app.registry.text import Line, Prose, Slug

Method = Literal["already public", "minimum cell", "random rounding", "differential privacy"]
TimeStep = Literal["as counted", "month", "quarter", "year"]

EVERYONE = "counts.csv"
"""The file of the table of everyone, which has no listed column."""
TABLES = "tables"
"""The folder of the others: ``tables/<name>.csv``."""
MOST_LOST = 0.02
"""The largest share of people who may stand in withheld cells of any one table."""

_ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Number = StrictInt | StrictFloat
_Share = Annotated[_Number, Field(ge=0, le=1)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Plan(_Model):
    """What a force asks for: the field ``disclosure`` of the manifest that it counts with.

    ``tables`` lists the sets of columns that readers may combine; left out, each group stands alone, and
    with the filters of the named populations. ``time`` and ``thresholds`` coarsen beforehand.
    """

    method: Method = "minimum cell"
    minimum: Annotated[StrictInt, Field(ge=3, le=1000)] = 10
    base: Annotated[StrictInt, Field(ge=3, le=100)] = 5
    epsilon: Annotated[_Number, Field(gt=0, le=20)] | None = None
    tables: tuple[tuple[_ColumnName, ...], ...] = ()
    time: TimeStep = "as counted"
    thresholds: tuple[StrictInt, ...] = ()


class Table(_Model):
    """One table of the lattice: the listed columns in it, beside the score, the outcome and the count.

    ``cells_withheld`` of its ``cells`` have no number, and ``people_withheld`` people stand in them.
    """

    name: Slug
    columns: tuple[_ColumnName, ...]
    cells: Annotated[StrictInt, Field(ge=1)]
    cells_withheld: Annotated[StrictInt, Field(ge=0)] = 0
    people_withheld: Annotated[StrictInt, Field(ge=0)] = 0

    @property
    def file(self) -> str:
        """Where its counts stand, relative to the dataset's folder."""
        return f"{TABLES}/{self.name}.csv" if self.columns else EVERYONE


class Disclosure(_Model):
    """How the people in the counts were protected before anything was published.

    ``already public``: one file with every combination, as counted; ``tables`` is empty then. Otherwise
    ``tables`` lists the fixed lattice, the table of everyone first. ``thresholds`` are the scores at which
    it can be cut: a row's score is the lowest of its bin. ``epsilon`` is for all tables together,
    ``epsilon_each`` for one. ``protection`` says what was proven, ``coarsened`` what was merged for it.
    """

    method: Method
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    tool: Line | None = None
    minimum: StrictInt | None = None
    base: StrictInt | None = None
    epsilon: _Number | None = None
    epsilon_each: _Number | None = None
    randomness: Line | None = None
    protection: Prose
    coarsened: tuple[Prose, ...] = ()
    thresholds: tuple[StrictInt, ...] = ()
    largest_share_withheld: _Share = 0
    tables: tuple[Table, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of counts, in the order in which the dataset's version adds them up."""
        return tuple(table.file for table in self.tables) or (EVERYONE,)
