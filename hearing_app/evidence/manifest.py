"""A dataset's manifest: where its counts come from, what each column is, and how to speak about them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, field_validator

from hearing_app.evidence.counting.control import Disclosure
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
    """A column of periods, in order: people can be selected and compared by it, with the first period."""

    role: Literal["time"]

    @property
    def reference(self) -> Value:
        """The period that the others are compared with."""
        return self.values[0].value


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


class MeasureColumn(_Model):
    """One of several numbers in each row: alerts, stops, predictions, residents.

    ``counts`` is the name that the family has for it. ``event`` words it as the end of a sentence ("were
    false"). ``blank`` says what an empty cell means; without it, no cell may be empty.
    """

    name: _ColumnName
    role: Literal["measure"]
    counts: _ColumnName
    label: Line
    explanation: Prose | None = None
    event: Line | None = None
    blank: Prose | None = None


class RecordColumn(_Model):
    """What each row is about: a deployment, a block group. Not listed, and never a person."""

    name: _ColumnName
    role: Literal["record"]
    label: Line
    one: Line
    many: Line
    explanation: Prose | None = None


class Apart(_Model):
    """Values of a column that were counted in different ways, so that no figure may mix them.

    ``counts`` names the family's counts that this is about; left out, it is all of them.
    """

    column: _ColumnName
    counts: tuple[_ColumnName, ...] = ()
    reason: Prose


Column: TypeAlias = (
    GroupColumn
    | FilterColumn
    | TimeColumn
    | DecisionColumn
    | ScoreColumn
    | OutcomeColumn
    | CountColumn
    | MeasureColumn
    | RecordColumn
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
    """Everything that must be known about a dataset before its counts may be shown.

    ``system`` is the id in the register; a set to compare with, of people's own decisions, has none.
    ``total`` adds up the count column, or the first measure. ``no_groups`` is the reason why a dataset can
    give no figure by groups of people, where it has none. ``disclosure`` says how people were protected:
    where it lists tables, only those can be asked.
    """

    id: Slug
    title: Line
    summary: Prose
    system: Slug | None = None
    family: _ColumnName
    origin: Origin
    licence: Licence
    citation: Prose
    period: Period
    place: Line
    unit: Unit
    total: _Count
    columns: Annotated[
        tuple[Annotated[Column, Field(discriminator="role")], ...], Field(min_length=2, max_length=40)
    ]
    decision: Decision | None = None
    apart: tuple[Apart, ...] = ()
    no_groups: Prose | None = None
    populations: Annotated[tuple[Population, ...], Field(min_length=1)]
    limits: Annotated[tuple[Prose, ...], Field(min_length=1)]
    disclosure: Disclosure | None = None

    @property
    def lattice(self) -> Disclosure | None:
        """The fixed tables that its counts are published in; None where every combination is counted."""
        return self.disclosure if self.disclosure and self.disclosure.tables else None

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The scores at which people by score can be cut: all of them, or those that were not merged."""
        if self.lattice is not None:
            return self.lattice.thresholds
        return tuple(range(self.score.minimum, self.score.maximum + 1))

    @property
    def groups(self) -> tuple[GroupColumn, ...]:
        """The columns by which people can be compared, in the manifest's order."""
        return tuple(c for c in self.columns if isinstance(c, GroupColumn))

    @property
    def comparable(self) -> tuple[GroupColumn | TimeColumn, ...]:
        """The columns by which figures can be split and compared: groups, then periods."""
        return (*self.groups, *(c for c in self.columns if isinstance(c, TimeColumn)))

    @property
    def selectable(self) -> tuple[ListedColumn, ...]:
        """The columns by which people can be selected: all with listed values, never score or outcome."""
        return tuple(c for c in self.columns if isinstance(c, ListedColumn))

    @property
    def measures(self) -> tuple[MeasureColumn, ...]:
        """The numbers of each row, in the manifest's order; none for people by score."""
        return tuple(c for c in self.columns if isinstance(c, MeasureColumn))

    @property
    def record(self) -> RecordColumn | None:
        """The column that says what each row is about, if there is one."""
        return next((c for c in self.columns if isinstance(c, RecordColumn)), None)

    @property
    def score(self) -> ScoreColumn:
        """The score column of a dataset of people by score."""
        return next(c for c in self.columns if isinstance(c, ScoreColumn))

    @property
    def outcome(self) -> OutcomeColumn:
        """The outcome column of a dataset of people by score."""
        return next(c for c in self.columns if isinstance(c, OutcomeColumn))

    @property
    def scored(self) -> bool:
        """Whether people are counted by score, so that a threshold can be chosen."""
        return any(isinstance(c, ScoreColumn) for c in self.columns)

    @property
    def count(self) -> CountColumn | MeasureColumn:
        """The column that ``total`` adds up: the count, or the first measure."""
        return next(c for c in self.columns if isinstance(c, CountColumn | MeasureColumn))

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
