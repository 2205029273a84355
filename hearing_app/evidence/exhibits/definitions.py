"""Which definitions of equal treatment hold at the threshold in use, and why they cannot all hold."""

from __future__ import annotations

from math import isnan

from hearing_app.evidence.counts import Group
from hearing_app.evidence.exhibit import Axis, Exhibit, ExhibitKind, Question
from hearing_app.evidence.exhibits.compared import compared_groups
from hearing_app.evidence.fairness import MARGIN, Held, Part, panel
from hearing_app.evidence.format import UNDEFINED, number_difference, points
from hearing_app.evidence.incompatible import identity, why_not_all
from hearing_app.evidence.wording import group_label, group_name

_REASONS = {
    "wide": "the interval is too wide",
    "few": "too few people",
    "undefined": "nobody to count",
    "definition": "so by definition at this threshold",
    "": "",
}


def draw_definitions(question: Question) -> Exhibit:
    """Every definition for every group against the reference group, as a table."""
    counted, manifest = compared_groups(question), question.dataset.manifest
    reference = counted.groups.index(question.selection.reference)
    threshold = question.selection.threshold or 0
    found = panel(counted, threshold, reference)
    largest = max(
        (g for g in range(len(counted.groups)) if g != reference),
        key=lambda g: int(counted.people[g].sum()),
    )
    outcome = manifest.outcome
    why = why_not_all(
        identity(counted, threshold, reference),
        largest,
        reference,
        name=lambda group: group_name(manifest, group, question.selection.where),
        positive=outcome.positive,
        negative=outcome.negative,
    )
    return Exhibit(
        title=_title(question, found, counted.groups[largest]),
        sentences=(_summary(question, found, counted.groups[largest]), *why),
        x=Axis(""),
        y=Axis(""),
        series=(),
        columns=("definition", "it asks", "group", "state", "difference from the reference", "source"),
        forms=("category",) * 6,
        rows=tuple(
            (
                one.definition.label,
                one.definition.question,
                group_label(manifest, one.group),
                _state(one),
                _difference(one),
                one.definition.source,
            )
            for one in found
        ),
        cautions=(
            "“Differs”: the 95 % interval of a difference leaves 0 out. “No clear difference”: it holds 0 "
            f"and lies within {100 * MARGIN:.0f} points (or {100 * MARGIN:.0f} % of the score's range). "
            "Which of the definitions should hold is a question for people, not for arithmetic.",
            "Many comparisons stand here: some differ by chance alone.",
        ),
        sources=(
            "Verma and Rubin (2018), FairWare",
            "Chouldechova (2017), Big Data 5, 153-163",
            "Kleinberg, Mullainathan and Raghavan (2016), arXiv 1609.05807",
        ),
    )


def _title(question: Question, found: tuple[Held, ...], group: Group) -> str:
    where, manifest = question.selection.where, question.dataset.manifest
    one, other = (group_name(manifest, each, where) for each in (group, question.selection.reference))
    mine = [held.state for held in found if held.group == group]
    told = len(mine) - mine.count("cannot be told")
    if not told:
        return f"Of none of {len(mine)} definitions of equal treatment can it be told for {one} and {other}"
    number = f"{mine.count('differs')} of {len(mine)}"
    untold = f"; of {len(mine) - told} it cannot be told" if told < len(mine) else ""
    return f"{number} definitions of equal treatment differ between {one} and {other}{untold}"


def _summary(question: Question, found: tuple[Held, ...], group: Group) -> str:
    manifest = question.dataset.manifest
    mine = [one.state for one in found if one.group == group]
    names = [group_label(manifest, one) for one in (group, question.selection.reference)]
    return (
        f"{names[0]} beside {names[1]}: of {len(mine)} definitions, {mine.count('differs')} differ, "
        f"{mine.count('no clear difference')} show no clear difference, and of "
        f"{mine.count('cannot be told')} it cannot be told."
    )


def _state(one: Held) -> str:
    reason = _REASONS[one.reason]
    return f"{one.state} ({reason})" if reason else one.state


def _difference(one: Held) -> str:
    """The part that decides the state: of several, the first with that state."""
    if not one.parts:
        return UNDEFINED
    part = next((part for part in one.parts if part.state == one.state), one.parts[0])
    at = "" if part.score is None else f"score {part.score}: "
    return f"{at}{_words(part)}"


def _words(part: Part) -> str:
    figure = [None if isnan(one) else one for one in (part.difference, part.low, part.high)]
    if part.rate in {"score_with", "score_without"}:
        return number_difference(*figure)
    return points(*figure)


DEFINITIONS = ExhibitKind(
    "definitions",
    "Definitions of equal treatment",
    "Which definitions hold at this threshold, and why can they not all hold?",
    draw_definitions,
)
