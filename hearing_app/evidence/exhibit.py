"""An exhibit: one more picture of the evidence, as data; its finding, its series, and its numbers as a table.

Whoever shows it (a page, a file, the API) needs to know nothing of the family that made it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from hearing_app.evidence.manifest import Manifest

if TYPE_CHECKING:
    from hearing_app.evidence.datasets import Catalogue, Dataset
    from hearing_app.evidence.selection import Selection

Form: TypeAlias = Literal["percent", "number", "whole", "category"]
Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True)
class Axis:
    """What one axis shows; ``form`` says how its numbers are written, ``ends`` where it begins and ends."""

    label: str
    form: Form = "number"
    ends: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line or cloud of dots, with intervals where it has them; None is a gap, and drawn as one.

    The reader's own group or choice carries ``emphasis``; ``hollow`` marks points that rest on too little;
    ``marked`` is the place of the point in use, which is drawn larger. ``names`` says what each point is.
    """

    label: str
    x: tuple[Cell, ...]
    y: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    shape: Literal["line", "dots", "step", "band"] = "line"
    emphasis: bool = False
    hollow: tuple[bool, ...] = ()
    names: tuple[str, ...] = ()
    marked: int | None = None


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A finding with its picture and its table.

    ``sentences`` say the main numbers, the first as a text alternative does; ``cautions`` when it misleads.
    ``rows`` have one cell for each of ``columns`` and hold every number of the picture, unrounded.
    ``forms`` says how the numbers of each column are written on a page. ``even`` draws the line on which x
    and y are equal. Without series it is a table alone.
    """

    title: str
    sentences: tuple[str, ...]
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    columns: tuple[str, ...]
    forms: tuple[Form, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cautions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    even: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Which exhibit is asked for: of this dataset, for this selection and this metric.

    ``cuts`` are other thresholds that a reader tries, as an address has them: "8" for everybody,
    "race:Caucasian:6" for one group.
    """

    catalogue: Catalogue
    dataset: Dataset
    selection: Selection
    metric: str
    cuts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExhibitKind:
    """An exhibit that a family offers. ``offered`` says whether a dataset has what it needs.

    ``tries`` says that a reader can try other thresholds in it (``Question.cuts``).

    ``metrics`` are those that it can show, the first in place of any other on a page; () for all.

    ``draw`` raises ``Invalid`` with what is possible where a selection leaves nothing to draw.
    """

    id: str
    label: str
    question: str
    draw: Callable[[Question], Exhibit]
    offered: Callable[[Manifest], bool] = field(default=lambda _manifest: True)
    tries: bool = False
    metrics: tuple[str, ...] = ()
