"""Dates as exact as the source gives them: a year, a month or a day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_FORM = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class PartialDate(str):
    """A year ("2018"), a month ("2018-09") or a day ("2018-09-11").

    It is the text itself, so it sorts by calendar as text does (the vaguer date first: "2018" before
    "2018-01"), needs no conversion for JSON, and never claims more than the source said. Raises
    ``ValueError`` for anything else, such as the thirteenth month.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and keep it as it is."""
        parts = [int(part) for part in text.split("-")] if _FORM.fullmatch(text) else []
        # The calendar of ``date`` begins in year 1 and decides which days a month has.
        try:
            date(*[*parts, 1, 1][:3])
        except (TypeError, ValueError):
            raise ValueError("not a year, a month or a day of the calendar") from None
        return super().__new__(cls, text)

    @property
    def first_day(self) -> date:
        """The first day that the date may mean."""
        year, month, day = [*map(int, self.split("-")), 1, 1][:3]
        return date(year, month, day)

    @property
    def last_day(self) -> date:
        """The last day that the date may mean."""
        if len(self) == 10:
            return self.first_day
        month = self.first_day.month if len(self) == 7 else 12
        return date(self.first_day.year, month, monthrange(self.first_day.year, month)[1])

    @property
    def words(self) -> str:
        """The date in English: "2018", "September 2018", "11 September 2018"."""
        first, month = self.first_day, _MONTHS[self.first_day.month - 1]
        return {4: self[:4], 7: f"{month} {self[:4]}", 10: f"{first.day} {month} {self[:4]}"}[len(self)]

    @property
    def when(self) -> str:
        """The date as a sentence takes it: "in 2018", "in September 2018", "on 11 September 2018"."""
        return f"{'on' if len(self) == 10 else 'in'} {self.words}"

    def is_after(self, other: PartialDate) -> bool:
        """Whether it is later than ``other`` whatever the missing parts are ("2019" is after "2018-05")."""
        return self.first_day > other.last_day

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # YAML reads a bare year as a number; editors that check against the schema must allow it too.
        return {
            "type": ["string", "integer"],
            "pattern": f"^{_FORM.pattern}$",
            "minimum": 1000,
            "maximum": 9999,
            "description": "A year, a month or a day: 2018, 2018-09 or 2018-09-11.",
        }

    @classmethod
    def _read(cls, value: object) -> Self:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ValueError("not a year, a month or a day of the calendar")
        return cls(str(value))
