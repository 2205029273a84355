"""The page that explains every metric, written from the table of metrics so that the two cannot differ.

``python -m hearing_app.evidence.glossary > docs/metrics.md`` renews it.
"""

from __future__ import annotations

import sys

from hearing_app.evidence.families import families
from hearing_app.evidence.family import Family, Kind, Metric
from hearing_app.evidence.metrics import SMALL

_SOURCES = (
    ("figure", "interval", "source"),
    ("---", "---", "---"),
    (
        "a rate",
        "Wilson score, no continuity correction",
        "Wilson (1927), Journal of the American Statistical Association 22, 209-212",
    ),
    (
        "a difference of two rates",
        "Newcombe's hybrid score, method 10",
        "Newcombe (1998), Statistics in Medicine 17, 873-890",
    ),
    (
        "a ratio of two rates",
        "MOVER-R on Wilson limits",
        "Donner and Zou (2012), Statistical Methods in Medical Research 21, 347-359",
    ),
    (
        "the largest difference or smallest ratio of all groups",
        "the limits of all pairs, shared out",
        "Dunn (1961), Journal of the American Statistical Association 56, 52-64",
    ),
    (
        "events for each unit",
        "Garwood's exact limits",
        "Garwood (1936), Biometrika 28, 437-442",
    ),
    (
        "a ratio of two of them",
        "MOVER-R on Garwood's limits",
        "Li, Tang and Wong (2014), Computational Statistics 29, 869-889",
    ),
    (
        "an area under the curve",
        "DeLong's variance on the logit scale",
        "DeLong and others (1988), Biometrics 44, 837-845; Pepe (2003), Oxford University Press",
    ),
    (
        "a difference of two areas",
        "MOVER on the two intervals",
        "Zou and Donner (2008), Statistics in Medicine 27, 1693-1702",
    ),
)
_METHODS = "\n".join(f"| {' | '.join(row)} |" for row in _SOURCES)

_HEAD = f"""\
# How every figure is made

This page is written from the tables in `hearing_app/evidence/families/`; a test keeps the two alike. Renew it
with `python -m hearing_app.evidence.glossary > docs/metrics.md`. How sure the figures are, and how often each
interval holds the truth, stands in [uncertainty.md](uncertainty.md); how to use them, in
[evidence.md](evidence.md).

A dataset is a table of counts. For a risk score it says how many people share the same group, score and
recorded outcome; for the other families each row holds several numbers (alerts, stops, predictions). A score
at or above the threshold is a positive prediction. That sorts people into four cells:

| | score at or above the threshold | score below the threshold |
|---|---|---|
| **outcome recorded** | `tp`, true positives | `fn`, false negatives |
| **no outcome recorded** | `fp`, false positives | `tn`, true negatives |

The outcome is what was written down later (a re-arrest, say), not what a person did. No figure here can see
past that.

## What holds for all of them

- **Undefined is not zero.** A rate of nobody is `null`, with `n` 0.
- **Small is marked.** A figure that rests on fewer than {SMALL} people is marked too small to compare.
- **Nothing is rounded** in the API, in the command line's JSON and in the CSV. Pages round to what the
  interval earns.
- **The interval** is one of 95 %. It covers chance alone: not wrong records, not who was left out of them.
- **Many groups, many comparisons.** Of twenty true zeros, about one interval leaves zero out by chance.

{_METHODS}

**Difference** is the group's figure minus the reference group's; **ratio** is the group's divided by the
reference group's. 0 and 1 mean the same figure in both. A ratio grows without limit as the reference nears
zero, and a difference looks small where both are rare: read them together. There is no ratio where the
reference is 0 or undefined, nor for the area under the curve, whose zero point is 0.5. A ratio needs about
three expected events in the reference: with fewer, read the difference alone
([uncertainty.md](uncertainty.md)).

**They cannot all be equal.** Where the outcome is recorded more often in one group than in another, a score
that is not perfect cannot give both the same false positive rate, false negative rate and positive predictive
value. For a prevalence p they are tied to each other (Chouldechova 2017, Big Data 5, 153-163):

    false positive rate = p / (1 - p) x (1 - positive predictive value) / positive predictive value
                          x (1 - false negative rate)

Which of them should be equal is a question for people, not for arithmetic.
"""


def metrics_page() -> str:
    """The whole page in Markdown."""
    parts = [_HEAD]
    for family in families().values():
        parts += [_family(family), *(_section(metric) for metric in family.metrics)]
    return "\n".join(parts)


def _family(family: Family) -> str:
    cautions = "".join(f"\n{caution}\n" for caution in family.cautions)
    return f"## {family.label}\n\n`{family.id}`. {family.summary}\n{cautions}"


def _section(metric: Metric) -> str:
    size = "the denominator"
    if metric.kind is Kind.FIGURE:
        size = "the number that it rests on: the smaller of two, where it needs two"
    return f"""\
### {metric.label}

`{metric.name}`. {metric.question}

- Formula: `{metric.formula}`
- 0 means: {metric.zero}
- 1 means: {metric.one}
- It misleads: {metric.misleads}
- `n` is {size}.
"""


if __name__ == "__main__":
    sys.stdout.write(metrics_page())
