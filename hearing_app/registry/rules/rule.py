"""A rule on prohibited or restricted uses, as a file of ``registry/rules`` holds it.

The layers are kept apart: what a law says, what a place's ordinance says, and what this register asks of
its own. A rule may have further parts, with an effect and a day of their own: "otherwise it is high-risk".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.stated import Part
from hearing_app.registry.rules.condition import DEEPEST, Condition
from hearing_app.registry.text import Address, Line, Prose, refuse
from hearing_app.registry.vocabulary import Term

RuleId = Annotated[str, Field(pattern=r"^R-[0-9]{2}[a-z]?$")]
Jurisdiction = Annotated[str, Field(pattern=r"^$|^[a-z]{2}(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=40)]


class Layer(Term):
    """Who made the rule."""

    LAW = "law", "Laws and directives"
    LOCAL_ORDINANCE = "local_ordinance", "Local ordinances"
    HOUSE_RULE = "house_rule", "Rules of this register"


class Effect(Term):
    """What follows where a rule is touched."""

    BLOCK = "block", "Rules the use out"
    GATE = "gate", "Asks for evidence"
    HIGH = "high", "High risk, with more duties"
    WARN = "warn", "Asks for care"


class Certainty(Term):
    """How the wording behind a rule was read, so that nobody relies on it more than they should."""

    OWN = "own", "It is this register's own rule."
    COPY = (
        "copy",
        "The wording was read in a copy made by somebody else. Only the official text counts: a lawyer must "
        "check it.",
    )
    EXCERPT = (
        "excerpt",
        "The wording was read only as an excerpt, not in the whole text: a lawyer must check it.",
    )
    NOT_READ = (
        "not_read",
        "The wording was not read for this register: a lawyer must check it before anybody relies on it.",
    )


class NeededEvidence(Part):
    """Something that a gate asks for, and how an entry shows it."""

    words: Line = Field(description="What is asked for, so that “Asked for: ...” can be read aloud.")
    when: Condition = Field(description="The condition under which an entry shows it.")


class RuleException(Part):
    """A case that the rule leaves out."""

    words: Line
    when: Condition


class Remark(Part):
    """A sentence that is shown where a condition holds, whatever the rule's outcome is."""

    words: Prose
    when: Condition


class RulePart(Part):
    """What is asked, and what follows: the first part of a rule, or a further one."""

    provision: Line
    in_force_from: PartialDate | None = Field(
        None, description="The day from which it applies; absent where it has no date, or none was checked."
    )
    in_force_note: Prose | None = None
    when: Condition
    concerns: Condition | None = Field(
        None,
        description="The kind of system that the questions are for. Elsewhere an open question is no doubt.",
    )
    exceptions: tuple[RuleException, ...] = ()
    effect: Effect
    needs: tuple[NeededEvidence, ...] = ()
    blocks_if_unmet: bool = Field(
        False, strict=True, description="Whether a use without the evidence is ruled out altogether."
    )
    plain_message: Prose

    def conditions(self) -> Iterator[Condition]:
        """Give every condition of this part."""
        yield self.when
        if self.concerns is not None:
            yield self.concerns
        yield from (one.when for one in self.exceptions)
        yield from (one.when for one in self.needs)

    def applies_on(self, day: date) -> bool:
        """Return whether it is in force on a day; a month or year counts from its first day."""
        return self.in_force_from is None or self.in_force_from.first_day <= day

    @model_validator(mode="after")
    def _effect_fits(self) -> Self:
        if self.effect is Effect.GATE and not self.needs:
            raise refuse("A gate asks for evidence, and none is listed.", "List it under needs.")
        if self.effect is not Effect.GATE and (self.needs or self.blocks_if_unmet):
            raise refuse("Only a gate asks for evidence.", "Make the effect a gate, or remove needs.")
        if any(one.depth() > DEEPEST for one in self.conditions()):
            problem = f"Conditions stand more than {DEEPEST} deep within each other."
            raise refuse(problem, "Split the rule into parts.")
        return self


class Rule(RulePart):
    """One rule: who made it, where it applies, what it asks of an entry, and what follows."""

    id: RuleId
    layer: Layer
    jurisdiction: Jurisdiction = Field(description="The code of the place; empty for everywhere.")
    jurisdiction_name: Line = Field(description="The place in words.")
    title: Line
    also: tuple[RulePart, ...] = Field((), description="Further parts, with their own effect.")
    remarks: tuple[Remark, ...] = ()
    evidence_fields: tuple[Name, ...] = Field(
        min_length=1, description="The fields of an entry that the rule reads."
    )
    last_reviewed: PartialDate
    certainty: Certainty
    certainty_note: Prose | None = None
    address: Address | None = Field(None, description="Where the wording can be read.")
    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="SHA-256 of the provision's text; only where the text itself was kept."
    )

    @property
    def parts(self) -> tuple[RulePart, ...]:
        """The rule itself as its first part, and the further ones."""
        return (self, *self.also)

    @model_validator(mode="after")
    def _reads_what_it_says(self) -> Self:
        """The list of fields that the page shows is what the conditions really ask."""
        conditions = [one for part in self.parts for one in part.conditions()]
        conditions += [one.when for one in self.remarks]
        read = {asked.root for one in conditions for asked in one.facts()}
        if unknown := sorted(set(self.evidence_fields) - set(Entry.model_fields)):
            raise refuse(f"An entry has no field “{unknown[0]}”.", "Correct evidence_fields.")
        if read != set(self.evidence_fields):
            raise refuse(
                "The fields under evidence_fields are not those that the conditions ask.",
                f"List {', '.join(sorted(read))}.",
            )
        if (self.layer is Layer.HOUSE_RULE) != (self.certainty is Certainty.OWN):
            raise refuse(
                "Only a rule of this register is its own.", "Say how the wording of the law was read."
            )
        return self
