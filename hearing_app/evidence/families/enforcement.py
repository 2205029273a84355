"""Automated enforcement and number-plate reading: from a read to a penalty, and what became of it."""

from __future__ import annotations

from hearing_app.evidence.family import Count, Family, Kind, Metric


def _share(
    name: str, label: str, choice: str, question: str, event: str, of: str, misleads: str, zero: str, one: str
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
        "Misread rate",
        "Of all plates read: read wrongly",
        "How often does the camera read a plate wrongly?",
        "misreads",
        "reads",
        "Somebody must have looked to know a misread. Where only hits are looked at, it is not known for the "
        "rest, and a camera that skips a plate is not in it at all.",
        "No plate was read wrongly.",
        "Every plate was read wrongly.",
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
        "False hit rate",
        "Of all hits: false",
        "Of the matches with a list, how many were false?",
        "false_hits",
        "hits",
        "A hit is false when the plate was misread or when the list was out of date. Hits that nobody followed "
        "up are often counted as true.",
        "No hit was false.",
        "Every hit was false.",
    ),
    _share(
        "penalty_rate",
        "Penalty rate",
        "Of all hits: a penalty",
        "Of the matches, how many ended with a penalty?",
        "penalties",
        "hits",
        "A hit without a penalty can be a mistake, or mercy, or work that was not done.",
        "No hit ended with a penalty.",
        "Every hit ended with a penalty.",
    ),
    _share(
        "contest_rate",
        "Contest rate",
        "Of all penalties: contested",
        "Of the penalties, how many were contested?",
        "contested",
        "penalties",
        "Who contests needs time, papers and courage: few contests do not mean few mistakes.",
        "No penalty was contested.",
        "Every penalty was contested.",
    ),
    _share(
        "overturn_rate",
        "Overturn rate",
        "Of all contested penalties: overturned",
        "Of the penalties that were contested, how many were overturned?",
        "overturned",
        "contested",
        "Only those who contested are in it; the penalties that nobody contested may be as wrong.",
        "No contested penalty was overturned.",
        "Every contested penalty was overturned.",
    ),
    _share(
        "overturned_of_penalties",
        "Overturned penalties",
        "Of all penalties: overturned",
        "Of all penalties, how many were overturned?",
        "overturned",
        "penalties",
        "It is a lower limit of the mistakes: a wrong penalty that was paid is not in it.",
        "No penalty was overturned.",
        "Every penalty was overturned.",
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
)
