"""Pictures of places: how concentrated forecasts are, who lives where they fall, and what they catch."""

from __future__ import annotations

import numpy as np

from hearing_app.errors import Fault, Invalid
from hearing_app.evidence.exhibit import Axis, Cell, Exhibit, ExhibitKind, Question, Series
from hearing_app.evidence.exposure import TOP, concentrations, exposure, resampled
from hearing_app.evidence.format import number, people, percent, percent_alone, times
from hearing_app.evidence.hotspots import captured, pai, pei
from hearing_app.evidence.inequality import gini, lorenz, top_share
from hearing_app.evidence.intervals import Floats, rate
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.rows import Rows, rows_of

GROUPS = ("white", "black", "latino", "asian", "lower_income", "higher_income")
_HOUSEHOLDS = ("lower_income", "higher_income")
"""The family's counts of who lives in a place; the first is the one that the others are compared with."""
_FIFTHS = 5
_DRAWN = (
    "The intervals draw whole places anew, as if they were a sample of many like them. They do not cover "
    "that the residents are estimates, nor that places side by side are alike.",
)


def draw_concentration(question: Question) -> Exhibit:
    """The Lorenz curve of predictions over places."""
    rows = _places(question)
    predictions = rows.numbers["predictions"]
    along, up = (one.tolist() for one in lorenz(predictions))
    many, label = _many(question), _label(question, "predictions")
    measures = [gini(predictions), *(top_share(predictions, share) for share in TOP)]
    ordered = np.sort(predictions)
    drawn = [concentrations(ordered, weights) for weights in resampled(len(ordered))]
    index, *tops = (
        _interval(float(one), np.concatenate([draw[at] for draw in drawn])) for at, one in enumerate(measures)
    )
    order = np.argsort(predictions, kind="stable").tolist()
    table = tuple(
        (rows.names[place], float(predictions[place]), along[at], up[at])
        for at, place in enumerate(order, start=1)
    )
    none = int((predictions == 0).sum())
    return Exhibit(
        title=f"How concentrated the forecasts are over {people(len(predictions))} {many}",
        sentences=(
            " ".join(
                f"The {percent_alone(share)} of {many} with the most predictions have {percent(*top)} of all."
                for share, top in zip(TOP, tops, strict=True)
            ),
            f"{people(none)} of {people(len(predictions))} {many} have none.",
            f"The Gini coefficient is {number(*index)}: 0 if all had the same number, near 1 if one had all.",
        ),
        x=Axis(f"Share of {many}, from the fewest predictions to the most", "percent", (0, 1)),
        y=Axis("Share of all predictions", "percent", (0, 1)),
        series=(Series(label, tuple(along), tuple(up), names=("", *(str(row[0]) for row in table))),),
        columns=(_one(question), label.lower(), f"share of {many}", "share of predictions"),
        forms=("category", "whole", "percent", "percent"),
        rows=table[::-1],
        cautions=(
            "Crime is concentrated, too. The curve does not say whether the forecasts are more so than "
            "crime is.",
            *_DRAWN,
        ),
        sources=("Lorenz (1905), Publications of the American Statistical Association 9, 209-219",),
        even=True,
    )


def draw_exposure(question: Question) -> Exhibit:
    """Predictions per 1,000 residents where the members of each group live, with a cluster bootstrap."""
    rows = _places(question)
    events, residents = rows.numbers["predictions"], rows.numbers["residents"]
    groups = [one for one in GROUPS if one in rows.numbers and rows.numbers[one].sum() > 0]
    members = np.stack([rows.numbers[one] for one in groups], axis=1)
    found = exposure(events, residents, members)[0].tolist()
    draws = np.concatenate([exposure(events, residents, members, drawn) for drawn in resampled(len(events))])
    # Households are compared with households, residents with residents.
    beside = {one: _HOUSEHOLDS[-1] if one in _HOUSEHOLDS else groups[0] for one in groups}
    beside = {one: other if other in groups else groups[0] for one, other in beside.items()}
    at_of = {one: at for at, one in enumerate(groups)}
    figures = {one: _interval(found[at], draws[:, at]) for at, one in enumerate(groups)}
    ratios = {
        one: _interval(
            float(rate(found[at], found[at_of[beside[one]]])),
            rate(draws[:, at], draws[:, at_of[beside[one]]]),
        )
        for at, one in enumerate(groups)
        if beside[one] != one
    }
    labels = {one: _label(question, one) for one in groups}
    nobody = events[residents == 0].sum()
    return Exhibit(
        title="Who lives where the forecasts fall",
        sentences=(
            f"{labels[groups[0]]} live, on average, where there are {number(*figures[groups[0]])} "
            "predictions per 1,000 residents.",
            *(
                f"{labels[one]}: {number(*figures[one])}"
                + (
                    f", {times(*ratios[one])} as many as for {_inside(labels[beside[one]])}."
                    if one in ratios
                    else "."
                )
                for one in groups[1:]
            ),
        ),
        x=Axis("", "category"),
        y=Axis("Predictions per 1,000 residents of the place", "number"),
        series=(
            Series(
                "Average over the members of the group",
                tuple(labels[one] for one in groups),
                tuple(figures[one][0] for one in groups),
                tuple(figures[one][1] for one in groups),
                tuple(figures[one][2] for one in groups),
                shape="dots",
                emphasis=True,
            ),
        ),
        columns=(
            "group",
            "predictions per 1,000",
            "low",
            "high",
            "times those it is beside",
            "times low",
            "times high",
            "members",
        ),
        forms=("category", "number", "number", "number", "number", "number", "number", "whole"),
        rows=tuple(
            (labels[one], *figures[one], *ratios.get(one, (None, None, None)), float(rows.numbers[one].sum()))
            for one in groups
        ),
        cautions=(
            "It is about where people live. Nobody counted whom patrols met, and people are not only at "
            "home.",
            "A place where few people live has a high figure; its few residents weigh as little in the "
            "average.",
            *(
                [f"{people(int(nobody))} predictions fell where nobody lives and are not in it."]
                if nobody
                else []
            ),
            *_DRAWN,
        ),
    )


def _inside(label: str) -> str:
    """A label as it stands inside a sentence: white residents."""
    return label[:1].lower() + label[1:]


def draw_fifths(question: Question) -> Exhibit:
    """Predictions per 1,000 residents in five equal parts of the places, by the share of a group in them."""
    rows = _places(question)
    events, residents = rows.numbers["predictions"], rows.numbers["residents"]
    some = residents > 0
    if some.sum() < _FIFTHS:
        raise _nothing("Fewer than five places with residents are left in this selection.")
    events, residents = events[some], residents[some]
    parts = [one for one in GROUPS[:4] if one in rows.numbers and rows.numbers[one].sum() > 0]
    steps = ("Lowest fifth", "Second", "Third", "Fourth", "Highest fifth")
    series, table, sentences = [], list[tuple[Cell, ...]](), []
    for one in parts:
        share = rate(rows.numbers[one][some], residents)
        figures = []
        fifths = np.array_split(np.argsort(share, kind="stable"), _FIFTHS)
        for step, fifth in zip(steps, fifths, strict=True):
            figure = _per_thousand(events[fifth], residents[fifth])
            figures.append(figure)
            table.append(
                (
                    _label(question, one),
                    step,
                    float(share[fifth].min()),
                    float(share[fifth].max()),
                    *figure,
                    len(fifth),
                )
            )
        low, high = figures[0], figures[-1]
        sentences.append(
            f"{_label(question, one)}: {number(*high)} predictions per 1,000 residents in the fifth of "
            f"{_many(question)} where their share is highest, {number(*low)} where it is lowest."
        )
        series.append(
            Series(
                _label(question, one),
                steps,
                tuple(figure[0] for figure in figures),
                tuple(figure[1] for figure in figures),
                tuple(figure[2] for figure in figures),
                emphasis=one == parts[0],
            )
        )
    return Exhibit(
        title=f"Forecasts in {_many(question)} with few and with many residents of a group",
        sentences=tuple(sentences),
        x=Axis("Share of the group in the place", "category"),
        y=Axis("Predictions per 1,000 residents", "number"),
        series=tuple(series),
        columns=(
            "group",
            "fifth",
            "lowest share",
            "highest share",
            "predictions per 1,000",
            "low",
            "high",
            "places",
        ),
        forms=("category", "category", "percent", "percent", "number", "number", "number", "whole"),
        rows=tuple(table),
        cautions=(
            "The lines are not independent: where one group's share is high, the others' are low.",
            "Places without residents are left out.",
            *_DRAWN,
        ),
    )


def draw_hit_curve(question: Question) -> Exhibit:
    """The share of crimes in the places with most predictions, by the area that they take up."""
    rows = _places(question)
    crimes, predictions, area = (rows.numbers[name] for name in ("crimes", "predictions", "area"))
    if not crimes.sum() > 0:
        raise _nothing("No crime was reported in the places of this selection.")
    steps = [step / 20 for step in range(21)]
    up = tuple(captured(crimes, predictions, area, share) for share in steps)
    best = tuple(captured(crimes, crimes, area, share) for share in steps)
    table = tuple(
        (share, *(_none(one(crimes, predictions, area, share)) for one in (captured, pai, pei)))
        for share in (0.01, 0.02, *steps[1:])
    )
    _, caught, index, efficiency = next(row for row in table if row[0] == TOP[0])
    five = percent_alone(TOP[0])
    return Exhibit(
        title="What share of the crimes the forecasts would have caught",
        sentences=(
            f"The {five} of the area with most predictions held {percent_alone(caught, 1)} of the crimes: "
            f"{index:.1f} times as many as {five} drawn by lot (PAI), and {percent_alone(efficiency)} of "
            "what the best choice would have held (PEI).",
        ),
        x=Axis("Share of the area", "percent", (0, 1)),
        y=Axis("Share of the crimes", "percent", (0, 1)),
        series=(
            Series("Most predictions first", tuple(steps), up, emphasis=True),
            Series("The best choice, known only afterwards", tuple(steps), best),
        ),
        columns=("share of area", "share of crimes", "PAI", "PEI"),
        forms=("percent", "percent", "number", "percent"),
        rows=table,
        cautions=("It is about reported crimes, and patrols change what is reported.",),
        sources=("Chainey, Tompson and Uhlig (2008), Security Journal 21, 4-28",),
        even=True,
    )


def _places(question: Question) -> Rows:
    rows = rows_of(question.catalogue, question.dataset, question.selection.where)
    if not rows.names:
        raise _nothing("No place is left in this selection.")
    for name, numbers in rows.numbers.items():
        if np.isnan(numbers).any():
            raise _nothing(f"Not every place of this selection states its {name}.")
    if not rows.numbers["predictions"].sum() > 0:
        raise _nothing("There is no prediction in the places of this selection.")
    return rows


def _per_thousand(events: Floats, residents: Floats) -> tuple[float | None, float | None, float | None]:
    """Events per 1,000 residents of several places together, with the interval of a draw of whole places."""
    drawn = [1000 * rate(weights @ events, weights @ residents) for weights in resampled(len(events))]
    return _interval(float(1000 * rate(events.sum(), residents.sum())), np.concatenate(drawn))


def _interval(value: float, drawn: Floats) -> tuple[float | None, float | None, float | None]:
    """A value with the middle 95 % of the draws; no interval where a draw in twenty has no value."""
    known = drawn[~np.isnan(drawn)]
    if len(known) < 0.95 * len(drawn):
        return _none(value), None, None
    low, high = np.quantile(known, (0.025, 0.975))
    return _none(value), float(low), float(high)


def _none(value: float) -> float | None:
    return None if np.isnan(value) else value


def _nothing(problem: str) -> Invalid:
    fault = Fault("", "where", problem, "Choose more places.")
    return Invalid("There is nothing to draw.", [fault], kept="")


def _label(question: Question, counts: str) -> str:
    return next(one.label for one in question.dataset.manifest.measures if one.counts == counts)


def _many(question: Question) -> str:
    record = question.dataset.manifest.record
    return record.many if record else "places"


def _one(question: Question) -> str:
    record = question.dataset.manifest.record
    return record.one if record else "place"


def _stated(manifest: Manifest) -> set[str]:
    return {one.counts for one in manifest.measures} if manifest.record else set()


PLACES = (
    ExhibitKind(
        "concentration",
        "How concentrated the forecasts are",
        "Do a few places have most of the forecasts?",
        draw_concentration,
        lambda manifest: "predictions" in _stated(manifest),
    ),
    ExhibitKind(
        "exposure",
        "Who lives where the forecasts fall",
        "Do the forecasts fall where some groups live more than where others do?",
        draw_exposure,
        lambda manifest: {"predictions", "residents", GROUPS[0]} <= _stated(manifest),
    ),
    ExhibitKind(
        "fifths",
        "Places with few and many residents of a group",
        "Are there more forecasts where a group's share is higher?",
        draw_fifths,
        lambda manifest: {"predictions", "residents", GROUPS[0]} <= _stated(manifest),
    ),
    ExhibitKind(
        "hit-curve",
        "Crimes caught by area",
        "How many of the crimes lay in the places that were forecast?",
        draw_hit_curve,
        lambda manifest: {"predictions", "crimes", "area"} <= _stated(manifest),
    ),
)
