"""Place-based prediction: where a system says that crime will be, whether it was, and who lives there."""

from __future__ import annotations

from hearing_app.evidence.exhibits.places import PLACES
from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.exhibits.time import OVER_TIME
from hearing_app.evidence.family import Count, Family, Kind, Metric

METRICS = (
    Metric(
        name="hit_rate",
        label="Hit rate of predictions",
        choice="Of all predictions: a crime was reported there",
        question="How often was a crime of the predicted kind reported where and when it was predicted?",
        numerator=("matched",),
        denominator=("predictions",),
        event="{matched}",
        noun="predictions",
        formula="matched / predictions",
        zero="No prediction was followed by a report.",
        one="Every prediction was followed by a report.",
        misleads=(
            "A patrol that is sent can prevent a crime, or find one that nobody would have reported: leave "
            "out the predictions that were acted on. It depends on how large its place and time are."
        ),
    ),
    Metric(
        name="recall",
        label="Reported crimes that were predicted (recall)",
        choice="Of all reported crimes: predicted",
        question="Of the crimes that were reported, how many had been predicted?",
        numerator=("crimes_predicted",),
        denominator=("crimes",),
        event="{crimes_predicted}",
        noun="reported crimes",
        formula="crimes_predicted / crimes",
        zero="No reported crime had been predicted.",
        one="Every reported crime had been predicted.",
        misleads="Whoever predicts everywhere predicts every crime: read it beside the hit rate.",
    ),
    Metric(
        name="predictions_per_1000",
        label="Predictions per 1,000 residents",
        choice="Predictions for each 1,000 residents",
        question="How many predictions fall on a place for each 1,000 people who live there?",
        numerator=("predictions",),
        denominator=("residents",),
        noun="places",
        kind=Kind.EVENTS,
        per=1000,
        formula="1,000 x predictions / residents",
        zero="No prediction fell there.",
        one="One prediction for every 1,000 residents.",
        misleads=(
            "Predictions come in bursts on the same blocks, so the interval is too narrow: it covers chance "
            "alone. Where few people live, at a mall or a park, the figure is high without many neighbours."
        ),
    ),
)

FAMILY = Family(
    id="place",
    label="Place-based prediction",
    summary="A system names places and times where it expects crime; patrols follow.",
    counts=(
        Count("predictions", "predictions"),
        Count("matched", "predictions", "were followed by a report of such a crime"),
        Count("crimes", "reported crimes"),
        Count("crimes_predicted", "reported crimes", "had been predicted"),
        Count("residents", "residents"),
        Count("white", "residents"),
        Count("black", "residents"),
        Count("latino", "residents"),
        Count("asian", "residents"),
        Count("households", "households"),
        Count("lower_income", "households"),
        Count("higher_income", "households"),
        Count("area", "square metres"),
    ),
    metrics=METRICS,
    opening=("hit_rate", "predictions_per_1000"),
    size=("predictions",),
    exhibits=(*PLACES, OVER_TIME, POPULATIONS),
)
