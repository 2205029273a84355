"""A system's entry in the register: everything a page says about it, in one frozen document.

The fields stand in groups, A to K, a module each; ``stated`` holds what is said about each beside its type.

Facts that are not known are absent (``None`` or empty). A page prints "Not found in the sources read" for
them, or "Not stated by the force" where the force itself wrote the entry. Valid means fit to publish: no
unknown fields, no placeholders, every reference leads somewhere, and the dates agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from hearing_app.registry.agreement import disagreements
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry.accountability import Accountability
from hearing_app.registry.entry.data import Data
from hearing_app.registry.entry.decision import Decision
from hearing_app.registry.entry.evidence import Evidence
from hearing_app.registry.entry.identity import Identity, Stage
from hearing_app.registry.entry.impact import Impact
from hearing_app.registry.entry.publication import Publication, Source
from hearing_app.registry.entry.purpose import Purpose
from hearing_app.registry.entry.rights import Rights
from hearing_app.registry.entry.technology import Technology
from hearing_app.registry.state import State
from hearing_app.registry.vocabulary import CompiledBy, LifecycleStage


# pydantic takes the fields of the last base first, so the groups A to J stand here from J to A.
class Entry(
    Publication,
    Rights,
    Evidence,
    Impact,
    Data,
    Technology,
    Decision,
    Purpose,
    Accountability,
    Identity,
):
    """One system that a police force, a court or another body uses, used or plans to use."""

    model_config = ConfigDict(title="System entry")

    def withholds(self, name: str) -> bool:
        """Whether something of a field is withheld: what it does not list may be there all the same."""
        return any(one.field == name for one in self.withheld)

    @property
    def stage(self) -> LifecycleStage:
        """The present stage, as far as is known (see ``lifecycle.last_seen``)."""
        return self.lifecycle.stages[-1].stage

    @property
    def present(self) -> Stage:
        """The present stage with its dates, note and sources."""
        return self.lifecycle.stages[-1]

    @property
    def state(self) -> State:
        """The present stage as far as the sources reach, to be worded with the age of that knowledge."""
        return State(
            self.stage, self.present.since, self.present.since_is, self._last_seen(), self.compiled.as_of
        )

    def _last_seen(self) -> PartialDate:
        """The date of the newest source that shows the present stage.

        The body that runs the system knows on the day of its own entry. Elsewhere, an entry that does not
        give the date is taken at the newest date of the stage's sources.
        """
        if self.lifecycle.last_seen is not None:
            return self.lifecycle.last_seen
        if self.compiled.by is CompiledBy.DEPLOYER:
            return self.compiled.as_of
        dates = [self.source(id).date for id in self.present.sources]
        return max(
            (date for date in dates if date), key=lambda date: date.last_day, default=self.present.since
        )

    def source(self, id: str) -> Source:
        """The source with this id. Raises ``KeyError`` if there is none, which validation rules out."""
        return {source.id: source for source in self.sources}[id]

    @model_validator(mode="wrap")
    @classmethod
    def _parts_agree(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # A wrapping validator, so that a document with a faulty field still has its references and
        # dates checked, and the author sees every fault in one run.
        try:
            entry = handler(data)
        except ValidationError as error:
            found = [_again(line) for line in error.errors()]
            found += disagreements(data) if isinstance(data, Mapping) else []
            raise ValidationError.from_exception_data(cls.__name__, found) from None
        if found := disagreements(entry.model_dump(mode="json")):
            raise ValidationError.from_exception_data(cls.__name__, found)
        return entry


def _again(error: ErrorDetails) -> InitErrorDetails:
    """The same error in the form in which pydantic takes it back."""
    own = error["type"] == "registry"
    context = error.get("ctx", {})
    kind = PydanticCustomError("registry", "{problem}", context) if own else error["type"]
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)
