"""A dataset's manifest: where its counts come from, what each column is, and how to speak about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, field_validator

from hearing_app.errors import Fault
from hearing_app.registry.text import Address, Line, Prose, Slug, refuse

Value: TypeAlias = int | str
"""A value of a column, in the column's type."""

LARGEST_TOTAL = 10**12
"""No dataset counts more than this, so that every sum of counts is exact in a 64-bit float."""

_StrictValue = StrictInt | StrictStr
_FORMULA = frozenset("=+-@|%\u2212\t\r")
_ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Year = Annotated[StrictInt, Field(ge=1900, le=2200)]
_Count = Annotated[StrictInt, Field(ge=1, le=LARGEST_TOTAL)]

# A group column becomes a column of the CSV that readers download, beside these.
_TAKEN = (
    " dataset version threshold where part metric value low high count n small reference people "
    "difference difference_low difference_high ratio ratio_low ratio_high "
)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Origin(_Model):
    """Who first published the records that were counted, and how they became counts."""

    publisher: Line
    repository: Line | None = None
    file: Line | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    year: _Year
    url: Address
    prepared: Prose


class Licence(_Model):
    """Under which terms the source lets others use it, in plain words."""

    name: Line
    statement: Prose
    url: Address | None = None


class Period(_Model):
    """The years that the records cover."""

    first: _Year
    last: _Year
    label: Line


class Unit(_Model):
    """What is counted ("people"), and the plural noun for it in sentences ("defendants")."""

    of: Line
    label: Line
    one: Line


class ListedValue(_Model):
    """One value that a column may hold, and how readers meet it.

    ``label`` stands in tables and charts. In sentences the value stands before the unit ("Black
    defendants") or after it ("defendants aged 25 to 45"): ``before`` is the label where neither is given.
    """

    value: _StrictValue
    label: Line
    before: Line | None = None
    after: Line | None = None
    explanation: Prose | None = None

    @field_validator("value")
    @classmethod
    def _no_formula(cls, value: Value) -> Value:
        # The table of counts is given out byte for byte, and opened in spreadsheets.
        if isinstance(value, str) and value[:1] in _FORMULA:
            raise refuse(f"“{value}” begins like a formula.", "Begin it with a letter or a digit.")
        return value


class ListedColumn(_Model):
    """A column with a closed list of values, in the order in which they are shown."""

    name: _ColumnName
    type: Literal["text", "integer"]
    label: Line
    explanation: Prose | None = None
    values: Annotated[tuple[ListedValue, ...], Field(min_length=1, max_length=200)]

    def listed(self, value: Value) -> ListedValue | None:
        """The entry for ``value``, or None where it is not declared. 1 and "1" are different values."""
        return next((v for v in self.values if v.value == value and type(v.value) is type(value)), None)


class GroupColumn(ListedColumn):
    """A column by which people are compared, with the value that the others are compared with."""

    role: Literal["group"]
    reference: _StrictValue


class FilterColumn(ListedColumn):
    """A column that selects a population and is not itself compared."""

    role: Literal["filter"]


class TimeColumn(ListedColumn):
    """A column of periods, in order."""

    role: Literal["time"]


class DecisionColumn(ListedColumn):
    """What was decided about people (held, released), where the source recorded it.

    People can be selected by it. It is never the prediction: that is the score's, at the reader's threshold.
    """

    role: Literal["decision"]


class Level(_Model):
    """The source's own words for scores at or above one threshold, and for those below it.

    ``band`` is its word for the scores from this threshold up to the next one ("medium"), where that is not
    ``words`` itself.
    """

    threshold: StrictInt
    words: Line
    below: Line | None = None
    band: Line | None = None


class ScoreColumn(_Model):
    """The score: whole numbers from ``minimum`` to ``maximum``, higher meaning more risk.

    ``threshold`` is the one that is shown first. ``levels`` words the thresholds that the source itself
    uses ("medium or high"); any other is worded as "N or higher".
    """

    name: _ColumnName
    role: Literal["score"]
    label: Line
    explanation: Prose | None = None
    minimum: StrictInt
    maximum: StrictInt
    threshold: StrictInt
    levels: tuple[Level, ...] = ()


class OutcomeColumn(_Model):
    """What was recorded later: 1 or 0, each worded as the end of a sentence ("defendants who ...").

    ``positive_short`` and ``negative_short`` stand in lists of choices, after "Of those": "re-arrested".
    """

    name: _ColumnName
    role: Literal["outcome"]
    label: Line
    explanation: Prose | None = None
    positive: Line
    negative: Line
    positive_short: Line = "with the outcome"
    negative_short: Line = "without it"


class CountColumn(_Model):
    """How many people share all the other values of the row."""

    name: _ColumnName
    role: Literal["count"]
    label: Line


Column: TypeAlias = (
    GroupColumn | FilterColumn | TimeColumn | DecisionColumn | ScoreColumn | OutcomeColumn | CountColumn
)


class Decision(_Model):
    """When a score counts as a positive prediction, worded with the threshold's words.

    ``{level}`` stands for those of the scores at or above it, ``{below}`` for those of the others.
    """

    positive_when: Literal["the score is at or above the threshold"]
    positive: Line
    negative: Line


class Population(_Model):
    """A selection that readers are offered by name, with the number of people in it."""

    id: Slug
    label: Line
    explanation: Prose
    where: dict[str, _StrictValue]
    total: _Count


class Manifest(_Model):
    """Everything that must be known about a dataset before its counts may be shown."""

    id: Slug
    title: Line
    summary: Prose
    system: Slug
    family: Literal["risk_score"]
    origin: Origin
    licence: Licence
    citation: Prose
    period: Period
    place: Line
    unit: Unit
    total: _Count
    columns: Annotated[
        tuple[Annotated[Column, Field(discriminator="role")], ...], Field(min_length=4, max_length=40)
    ]
    decision: Decision
    populations: Annotated[tuple[Population, ...], Field(min_length=1)]
    limits: Annotated[tuple[Prose, ...], Field(min_length=1)]

    @property
    def groups(self) -> tuple[GroupColumn, ...]:
        """The columns by which people can be compared, in the manifest's order."""
        return tuple(c for c in self.columns if isinstance(c, GroupColumn))

    @property
    def selectable(self) -> tuple[ListedColumn, ...]:
        """The columns by which people can be selected: all with listed values, never score or outcome."""
        return tuple(c for c in self.columns if isinstance(c, ListedColumn))

    @property
    def score(self) -> ScoreColumn:
        """The score column."""
        return next(c for c in self.columns if isinstance(c, ScoreColumn))

    @property
    def outcome(self) -> OutcomeColumn:
        """The outcome column."""
        return next(c for c in self.columns if isinstance(c, OutcomeColumn))

    @property
    def count(self) -> CountColumn:
        """The count column."""
        return next(c for c in self.columns if isinstance(c, CountColumn))

    def column(self, name: str) -> ListedColumn | None:
        """The selectable column of that name, or None."""
        return next((c for c in self.selectable if c.name == name), None)

    def level(self, threshold: int) -> str:
        """The words for scores at or above ``threshold``: "medium or high", or "6 or higher"."""
        words = (level.words for level in self.score.levels if level.threshold == threshold)
        return next(words, f"{threshold} or higher")

    def below(self, threshold: int) -> str:
        """The words for scores below ``threshold``: "low", or "below 6"."""
        words = (level.below for level in self.score.levels if level.threshold == threshold)
        return next(words, None) or f"below {threshold}"


def contradictions(manifest: Manifest) -> list[Fault]:
    """What one part of a manifest says against another; each field on its own is already valid."""
    return [Fault("dataset.yaml", *found) for found in _contradictions(manifest)]


def _contradictions(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    roles = Counter(column.role for column in manifest.columns)
    for role in ("score", "outcome", "count"):
        if roles[role] != 1:
            yield "columns", f"{roles[role]} columns have the role {role}.", "Give it to exactly one."
    if not roles["group"]:
        yield "columns", "No column has the role group.", "Name at least one column to compare people by."
    for name in _repeated(column.name for column in manifest.columns):
        yield "columns", f"The column {name} is declared twice.", "Keep one of the two."
    for index, column in enumerate(manifest.columns):
        place = f"columns.{index}"
        if isinstance(column, ListedColumn):
            yield from _of_list(place, column)
        if isinstance(column, ScoreColumn):
            yield from _of_score(place, column)
    if manifest.period.first > manifest.period.last:
        yield "period", "The period ends before it begins.", "Swap first and last."
    for key in ("positive", "negative"):
        if getattr(manifest.decision, key).replace("{level}", "").replace("{below}", "").count("{"):
            problem = "It holds a brace that is not {level} or {below}."
            yield f"decision.{key}", problem, "Write only {level} or {below} in braces."
    yield from _of_populations(manifest)


def _of_list(place: str, column: ListedColumn) -> Iterator[tuple[str, str, str]]:
    wanted = int if column.type == "integer" else str
    for index, listed in enumerate(column.values):
        spot, value = f"{place}.values.{index}.value", listed.value
        if type(value) is not wanted:
            repair = "Write it in quotes, or correct the type."
            if wanted is int:
                repair = "Write it without quotes, or correct the type."
            yield spot, f"{value!r} is not of type {column.type}.", repair
        if isinstance(value, str) and (value != value.strip() or not value):
            yield spot, "It is empty or has a space at an end.", "Remove the space."
    for what in ("value", "label"):
        for twice in _repeated(getattr(listed, what) for listed in column.values):
            yield f"{place}.values", f"The {what} {twice!r} stands there twice.", "Keep one of the two."
    if isinstance(column, GroupColumn):
        if column.listed(column.reference) is None:
            yield f"{place}.reference", f"{column.reference!r} is not a value of it.", "Name a listed value."
        if f" {column.name} " in _TAKEN:
            yield f"{place}.name", f"A download already has a column called {column.name}.", "Rename it."


def _of_score(place: str, score: ScoreColumn) -> Iterator[tuple[str, str, str]]:
    if not score.minimum < score.maximum <= score.minimum + 1000:
        repair = "Let maximum be above minimum, by 1,000 at most; put finer scores into bins."
        yield f"{place}.maximum", f"The scores run from {score.minimum} to {score.maximum}.", repair
    levels = [(f"levels.{index}.threshold", level.threshold) for index, level in enumerate(score.levels)]
    for twice in _repeated(level.threshold for level in score.levels):
        yield f"{place}.levels", f"The threshold {twice} stands there twice.", "Keep one of the two."
    for field, threshold in [("threshold", score.threshold), *levels]:
        if not score.minimum <= threshold <= score.maximum:
            repair = f"Choose a threshold from {score.minimum} to {score.maximum}."
            yield f"{place}.{field}", f"{threshold} is not a possible score.", repair


def _of_populations(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    for what in ("id", "label"):
        for twice in _repeated(getattr(population, what) for population in manifest.populations):
            yield "populations", f"The {what} {twice!r} stands there twice.", "Give each its own."
    filters = {column.name: column for column in manifest.columns if isinstance(column, FilterColumn)}
    for index, population in enumerate(manifest.populations):
        for name, value in population.where.items():
            place = f"populations.{index}.where.{name}"
            if name not in filters:
                yield place, "There is no such filter column.", f"Use one of: {', '.join(filters) or 'none'}."
            elif filters[name].listed(value) is None:
                yield place, f"{value!r} is not a value of that column.", "Use a value that is listed there."


def _repeated(values: Iterable[Value]) -> list[Value]:
    return [value for value, times in Counter(values).items() if times > 1]
