"""Identification: face and gait recognition, live and afterwards, against a watchlist or one to one."""

from __future__ import annotations

from hearing_app.evidence.exhibits.identification import IDENTIFICATION
from hearing_app.evidence.exhibits.populations import POPULATIONS
from hearing_app.evidence.exhibits.time import OVER_TIME
from hearing_app.evidence.family import Count, Family, Kind, Metric

_NOT_SEEN = (
    "It counts alerts alone. How many people on the watchlist walked past unnoticed is not in it: for that, "
    "the people must be known who should have been found."
)

METRICS = (
    Metric(
        name="false_alert_share",
        label="False alerts among alerts",
        choice="Of all alerts: false",
        question="When the system says that it knows a face, how often is it wrong?",
        numerator=("false_alerts",),
        denominator=("alerts",),
        event="{false_alerts}",
        noun="alerts",
        formula="false_alerts / alerts",
        zero="No alert was false.",
        one="Every alert was false.",
        misleads=(
            "It depends on how many people of the watchlist walk past: with more of them, the same system "
            f"has a smaller share of false alerts. {_NOT_SEEN}"
        ),
    ),
    Metric(
        name="false_positive_identification_rate",
        label="False alerts per 100,000 faces (FPIR)",
        choice="False alerts for each 100,000 faces",
        question="How often does a face that is seen set off a false alert?",
        numerator=("false_alerts",),
        denominator=("faces",),
        noun="faces seen",
        kind=Kind.EVENTS,
        per=100_000,
        formula="100,000 x false_alerts / faces",
        zero="No face set off a false alert.",
        one="One face in 100,000 set off a false alert.",
        misleads=(
            "The faces are an estimate of the system itself, and one person can be seen many times. The rate "
            "grows with the watchlist and falls with the threshold: compare it at the same of both. ISO/IEC "
            "19795-1 divides by searches for people who are not on the list; here all faces are taken, of "
            "whom very few are."
        ),
    ),
    Metric(
        name="alerts_per_deployment",
        label="Alerts per deployment",
        choice="Alerts for each deployment",
        question="How many alerts are there in one deployment?",
        numerator=("alerts",),
        denominator=("deployments",),
        noun="deployments",
        kind=Kind.EVENTS,
        formula="alerts / deployments",
        zero="There was no alert.",
        one="One alert in each deployment.",
        misleads="Deployments differ in length, in place and in how many people pass.",
    ),
    Metric(
        name="arrests_of_alerts",
        label="Arrests among alerts",
        choice="Of all alerts: an arrest",
        question="How many alerts end with an arrest?",
        numerator=("arrests",),
        denominator=("alerts",),
        event="{arrests}",
        noun="alerts",
        formula="arrests / alerts",
        zero="No alert ended with an arrest.",
        one="Every alert ended with an arrest.",
        misleads="An arrest is not a finding of guilt, and a true alert need not call for one.",
    ),
    Metric(
        name="arrests_per_deployment",
        label="Arrests per deployment",
        choice="Arrests for each deployment",
        question="How many arrests are there in one deployment?",
        numerator=("arrests",),
        denominator=("deployments",),
        noun="deployments",
        kind=Kind.EVENTS,
        formula="arrests / deployments",
        zero="Nobody was arrested.",
        one="One arrest in each deployment.",
        misleads="It says nothing of what the arrests were for, nor of what else officers could have done.",
    ),
    Metric(
        name="true_positive_identification_rate",
        label="True positive identification rate (TPIR)",
        choice="Of searches for listed people: found",
        question="When a person on the list is searched for, how often are they found?",
        numerator=("mated_found",),
        denominator=("mated",),
        event="{mated_found}",
        noun="searches for people on the list",
        formula="mated_found / mated = 1 - FNIR",
        zero="Nobody on the list was found.",
        one="Everybody on the list was found.",
        misleads="A test knows whom it searches for; the street does not. It falls when the threshold rises.",
    ),
    Metric(
        name="false_negative_identification_rate",
        label="False negative identification rate (FNIR)",
        choice="Of searches for listed people: missed",
        question="When a person on the list is searched for, how often are they missed?",
        numerator=("mated_missed",),
        denominator=("mated",),
        event="{mated_missed}",
        noun="searches for people on the list",
        formula="mated_missed / mated",
        zero="Nobody on the list was missed.",
        one="Everybody on the list was missed.",
        misleads="It falls when the threshold falls, and false alerts grow: read it beside them.",
    ),
    Metric(
        name="false_match_rate",
        label="False match rate (FMR)",
        choice="Of pairs of different people: taken for one",
        question="How often are two different people taken for one?",
        numerator=("impostor_matched",),
        denominator=("impostor",),
        event="{impostor_matched}",
        noun="pairs of different people",
        formula="impostor_matched / impostor",
        zero="No two people were taken for one.",
        one="Any two people were taken for one.",
        misleads=(
            "It depends on who is paired: pairs of the same sex, age and origin are mistaken far more often "
            "than pairs at random (NISTIR 8280, 2019). One search compares a face with a whole list."
        ),
    ),
    Metric(
        name="false_non_match_rate",
        label="False non-match rate (FNMR)",
        choice="Of pairs of one person: not recognised",
        question="How often is one person not recognised?",
        numerator=("genuine_rejected",),
        denominator=("genuine",),
        event="{genuine_rejected}",
        noun="pairs of pictures of one person",
        formula="genuine_rejected / genuine",
        zero="Everybody was recognised.",
        one="Nobody was recognised.",
        misleads="It depends on the pictures more than on anything else: light, angle, age of the picture.",
    ),
)

FAMILY = Family(
    id="identification",
    label="Identification",
    summary="A face, a walk or a voice is compared with a list of people who are looked for.",
    counts=(
        Count("alerts", "alerts"),
        Count("true_alerts", "alerts", "were true"),
        Count("false_alerts", "alerts", "were false"),
        Count("faces", "faces seen"),
        Count("deployments", "deployments"),
        Count("arrests", "alerts", "ended with an arrest"),
        Count("engagements", "alerts", "ended with officers speaking to somebody"),
        Count("mated", "searches for people on the list"),
        Count("mated_found", "searches for people on the list", "found them"),
        Count("mated_missed", "searches for people on the list", "missed them"),
        Count("impostor", "pairs of different people"),
        Count("impostor_matched", "pairs of different people", "were taken for one"),
        Count("genuine", "pairs of pictures of one person"),
        Count("genuine_rejected", "pairs of pictures of one person", "were not recognised"),
    ),
    metrics=METRICS,
    opening=("false_alert_share", "false_match_rate", "true_positive_identification_rate"),
    size=("alerts", "mated", "impostor"),
    exhibits=(*IDENTIFICATION, OVER_TIME, POPULATIONS),
)
