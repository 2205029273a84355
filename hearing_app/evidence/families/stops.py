"""Stops and searches: how often people are stopped, and how often a stop finds what it looks for."""

from __future__ import annotations

from hearing_app.evidence.exhibits.outcome import OUTCOME_TEST
from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.exhibits.time import OVER_TIME
from hearing_app.evidence.family import Count, Family, Kind, Metric

INFRA_MARGINALITY = (
    "Equal hit rates do not prove equal treatment, nor unequal ones unequal treatment. Officers decide at "
    "the margin, and a hit rate is an average over everybody who was stopped. Where signs of guilt are "
    "spread differently, one and the same bar gives different hit rates (infra-marginality: Simoiu, "
    "Corbett-Davies and Goel 2017, Annals of Applied Statistics 11, 1193-1216)."
)


def _share(name: str, event: str, *, label: str, choice: str, question: str, misleads: str) -> Metric:
    return Metric(
        name=name,
        label=label,
        choice=choice,
        question=question,
        numerator=(event,),
        denominator=("stops",),
        event="{" + event + "}",
        noun="stops",
        formula=f"{event} / stops",
        zero="No stop did.",
        one="Every stop did.",
        misleads=misleads,
    )


METRICS = (
    Metric(
        name="hit_rate",
        label="Hit rate (outcome test)",
        choice="Of all stops: found what was looked for",
        question="How often does a stop find what it was made for?",
        numerator=("found",),
        denominator=("stops",),
        event="{found}",
        noun="stops",
        formula="found / stops",
        zero="No stop found anything.",
        one="Every stop found something.",
        misleads=INFRA_MARGINALITY,
    ),
    Metric(
        name="search_hit_rate",
        label="Hit rate of searches",
        choice="Of all searches: found what was looked for",
        question="How often does a search find what it was made for?",
        numerator=("found_in_search",),
        denominator=("searched",),
        event="{found_in_search}",
        noun="searches",
        formula="found_in_search / searched",
        zero="No search found anything.",
        one="Every search found something.",
        misleads=INFRA_MARGINALITY,
    ),
    _share(
        "frisk_rate",
        "frisked",
        label="Frisk rate",
        choice="Of all stops: frisked",
        question="How often is a person who is stopped patted down?",
        misleads="It depends on what people are stopped for, which differs between places and groups.",
    ),
    _share(
        "search_rate",
        "searched",
        label="Search rate",
        choice="Of all stops: searched",
        question="How often is a person who is stopped searched?",
        misleads="Some searches leave no choice (after an arrest); a record often does not say which.",
    ),
    _share(
        "arrest_rate",
        "arrested",
        label="Arrest rate",
        choice="Of all stops: arrested",
        question="How often does a stop end with an arrest?",
        misleads="An arrest is not a finding of guilt, and can come from the stop itself.",
    ),
    Metric(
        name="stops_per_1000",
        label="Stops per 1,000 residents",
        choice="Stops for each 1,000 residents",
        question="How many stops are there for each 1,000 residents of a group?",
        numerator=("stops",),
        denominator=("residents",),
        noun="people",
        kind=Kind.EVENTS,
        per=1000,
        formula="1,000 x stops / residents",
        zero="Nobody was stopped.",
        one="One stop for every 1,000 residents.",
        misleads=(
            "Stops are events, not people: one person can be stopped often, and people are stopped where "
            "they do not live. The residents are one yardstick of several."
        ),
    ),
)

FAMILY = Family(
    id="stops",
    label="Stops and searches",
    summary="Decisions of officers, not of a machine: what a system's forecasts are often made from.",
    counts=(
        Count("stops", "stops"),
        Count("frisked", "stops", "ended in a frisk"),
        Count("searched", "stops", "ended in a search"),
        Count("arrested", "stops", "ended in an arrest"),
        Count("found", "stops", "found what was looked for"),
        Count("found_in_search", "searches", "found what was looked for"),
        Count("residents", "residents"),
    ),
    metrics=METRICS,
    opening=("hit_rate", "search_hit_rate"),
    size=("stops",),
    cautions=(INFRA_MARGINALITY,),
    exhibits=(OUTCOME_TEST, OVER_TIME, POPULATIONS),
)
