"""Automated enforcement and number-plate reading: from a read to a penalty, and what became of it."""

from __future__ import annotations

from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.exhibits.time import OVER_TIME
from hearing_app.evidence.family import Count, Family, Kind, Metric


def _share(
    name: str,
    event: str,
    of: str,
    *,
    label: str,
    choice: str,
    question: str,
    misleads: str,
    zero: str,
    one: str,
) -> Metric:
    return Metric(
        name=name,
        label=label,
        choice=choice,
        question=question,
        numerator=(event,),
        denominator=(of,),
        event="{" + event + "}",
        noun=of,
        formula=f"{event} / {of}",
        zero=zero,
        one=one,
        misleads=misleads,
    )


METRICS = (
    _share(
        "misread_rate",
        "misreads",
        "reads",
        label="Misread rate",
        choice="Of all plates read: read wrongly",
        question="How often does the camera read a plate wrongly?",
        misleads=(
            "Somebody must have looked to know a misread. Where only hits are looked at, it is not known for "
            "the rest, and a camera that skips a plate is not in it at all."
        ),
        zero="No plate was read wrongly.",
        one="Every plate was read wrongly.",
    ),
    Metric(
        name="hits_per_million",
        label="Hits per million reads",
        choice="Hits for each million reads",
        question="How often does a plate match a list?",
        numerator=("hits",),
        denominator=("reads",),
        noun="reads",
        kind=Kind.EVENTS,
        per=1_000_000,
        formula="1,000,000 x hits / reads",
        zero="No plate matched.",
        one="One in a million matched.",
        misleads="It depends on how long the lists are and how old their entries, not on the camera alone.",
    ),
    _share(
        "false_hit_rate",
        "false_hits",
        "hits",
        label="False hit rate",
        choice="Of all hits: false",
        question="Of the matches with a list, how many were false?",
        misleads=(
            "A hit is false when the plate was misread or when the list was out of date. Hits that nobody "
            "followed up are often counted as true."
        ),
        zero="No hit was false.",
        one="Every hit was false.",
    ),
    _share(
        "penalty_rate",
        "penalties",
        "hits",
        label="Penalty rate",
        choice="Of all hits: a penalty",
        question="Of the matches, how many ended with a penalty?",
        misleads="A hit without a penalty can be a mistake, or mercy, or work that was not done.",
        zero="No hit ended with a penalty.",
        one="Every hit ended with a penalty.",
    ),
    _share(
        "contest_rate",
        "contested",
        "penalties",
        label="Contest rate",
        choice="Of all penalties: contested",
        question="Of the penalties, how many were contested?",
        misleads="Who contests needs time, papers and courage: few contests do not mean few mistakes.",
        zero="No penalty was contested.",
        one="Every penalty was contested.",
    ),
    _share(
        "overturn_rate",
        "overturned",
        "contested",
        label="Overturn rate",
        choice="Of all contested penalties: overturned",
        question="Of the penalties that were contested, how many were overturned?",
        misleads="Only those who contested are in it; the penalties that nobody contested may be as wrong.",
        zero="No contested penalty was overturned.",
        one="Every contested penalty was overturned.",
    ),
    _share(
        "overturned_of_penalties",
        "overturned",
        "penalties",
        label="Overturned penalties",
        choice="Of all penalties: overturned",
        question="Of all penalties, how many were overturned?",
        misleads="It is a lower limit of the mistakes: a wrong penalty that was paid is not in it.",
        zero="No penalty was overturned.",
        one="Every penalty was overturned.",
    ),
)

FAMILY = Family(
    id="enforcement",
    label="Automated enforcement and number plates",
    summary="A camera reads, a list or a rule matches, a penalty follows.",
    counts=(
        Count("reads", "reads"),
        Count("misreads", "reads", "were wrong"),
        Count("hits", "hits", "matched a list"),
        Count("false_hits", "hits", "were false"),
        Count("penalties", "penalties", "ended with a penalty"),
        Count("contested", "penalties", "were contested"),
        Count("overturned", "penalties", "were overturned"),
    ),
    metrics=METRICS,
    opening=("false_hit_rate", "misread_rate", "overturned_of_penalties"),
    size=("reads", "hits", "penalties"),
    exhibits=(OVER_TIME, POPULATIONS),
)
