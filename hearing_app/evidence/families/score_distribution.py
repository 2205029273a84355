"""Scores without outcomes: how many people of each group reach the cut-offs, and nothing of what followed."""

from __future__ import annotations

from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.exhibits.time import OVER_TIME
from hearing_app.evidence.family import Count, Family, Metric

NO_OUTCOME = (
    "No outcome was published with these scores. The figures say who has a high score, and cannot say "
    "whether rightly: no error rate can be computed from them."
)


def _reached(which: str) -> Metric:
    return Metric(
        name=f"reached_{which}",
        label=f"Reached the {which} cut-off",
        choice=f"Of all with a score: {which} cut-off",
        question=f"How many of the people with a score reach the {which} cut-off?",
        numerator=(f"at_{which}",),
        denominator=("people",),
        event="{at_" + which + "}",
        formula=f"at_{which} / people",
        zero="Nobody's score reaches it.",
        one="Everybody's score reaches it.",
        misleads=(
            "It is a share of those who have a score. Whom the system scores at all is not in it, nor what "
            "groups differ in besides, such as their age."
        ),
    )


METRICS = tuple(_reached(which) for which in ("lower", "middle", "upper"))

FAMILY = Family(
    id="score_distribution",
    label="Scores without outcomes",
    summary="A score for each person, published without what became of the people.",
    counts=(
        Count("people", "people"),
        Count("at_lower", "people", "reached the lower cut-off"),
        Count("at_middle", "people", "reached the middle cut-off"),
        Count("at_upper", "people", "reached the upper cut-off"),
    ),
    metrics=METRICS,
    opening=("reached_lower",),
    size=("people",),
    exhibits=(OVER_TIME, POPULATIONS),
    cautions=(NO_OUTCOME,),
)
