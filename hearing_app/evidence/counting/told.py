"""What was done to protect the people in the counts, in sentences for readers."""

from __future__ import annotations

from collections.abc import Iterator

from hearing_app.evidence.counting.coarsening import Coding
from hearing_app.evidence.counting.control import Plan
from hearing_app.evidence.counting.privacy import spread
from hearing_app.evidence.manifest import Manifest, TimeColumn


def protection_sentence(plan: Plan, tables: int, withheld: int = 0) -> str:
    """What was done and what was proven, in plain words; ``withheld`` is the number of withheld cells."""
    least = plan.minimum
    if plan.method == "already public":
        return "Nothing was changed: these counts were public before they came here."
    if plan.method == "minimum cell" and not withheld:
        return f"No count under {least} stands in any table, and none of 0, so nothing had to be withheld."
    if plan.method == "minimum cell":
        return (
            f"No count under {least} is shown, and none of 0: those cells are withheld, and others with "
            "them, drawn at random among those that can hide them. Before publication a program attacked all "
            "tables together with linear programming. From the tables alone it could rule out neither 0 nor "
            f"{least} for any withheld count under {least}; every other withheld count stayed open by at "
            f"least {-(-least // 2)}. Some of the numbers that stay possible are likelier than others."
        )
    if plan.method == "random rounding":
        return (
            f"Every count was rounded at random to a multiple of {plan.base}, up or down, so that it is "
            "right on average. The tables do not add up to each other. Before publication a program attacked "
            f"all tables together: no count under {least} could be narrowed to fewer than {plan.base} values "
            "with certainty. Whoever compares the tables can guess which of them are likelier."
        )
    each = (plan.epsilon or 0) / tables
    return (
        f"Random noise was added to every count (differential privacy, epsilon {plan.epsilon or 0:g} for "
        f"one person over all {tables} tables, {each:.3g} for each). The standard deviation of the noise of "
        f"one count is {spread(each):.1f}. Results below 0 are shown as 0, and the tables do not add up to "
        "each other."
    )


def coarsened_sentences(manifest: Manifest, coding: Coding) -> Iterator[str]:
    """What was taken together for the protection, a sentence each."""
    score = manifest.score
    if coding.time != "as counted" and any(isinstance(column, TimeColumn) for column in manifest.columns):
        yield f"Periods are counted by the {coding.time}."
    if len(coding.thresholds) < score.maximum - score.minimum + 1:
        points = ", ".join(map(str, coding.thresholds))
        yield f"Scores are counted in bins that begin at {points}."
    for name, values in coding.merged:
        column = manifest.column(name)
        labels = [listed.label for listed in column.values if listed.value in values] if column else []
        if labels:
            yield f"{column.label if column else name}: {', '.join(labels)} are counted together."[:2000]
