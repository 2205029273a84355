"""Any exhibit as a Plotly figure: dots, lines, steps and bands.

Dots of named things stand in rows, the names down the side, as in the forest plot: there a long name has room
on a phone. All else has its measure upwards, named above the picture, where it needs no turned letters.
"""

from __future__ import annotations

import textwrap
from typing import Any

from hearing_app.documents.text import isolated
from hearing_app.evidence.exhibit import Axis, Cell, Exhibit, Form, Series
from hearing_app.evidence.format import number, people, percent
from hearing_app.web.charts import DARK, LIGHT, NAME, Colours, inert

# Okabe and Ito (2008), told apart without red and green; every line also has a mark and a dash of its own.
# Only those with a contrast of 3 to 1 to the paper, so that orange is darker on white.
LINES_LIGHT = ("#d55e00", "#0072b2", "#b8568e", "#111111", "#9a6a00", "#00835f")
LINES_DARK = ("#e69f00", "#cc79a7", "#f0e442", "#56b4e9", "#f1f4f4", "#d55e00")
MARKS = ("circle", "square", "triangle-up", "x", "cross", "star")
DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot", "solid")
EMPHASIS = "diamond"
"""The mark of the reader's own group, as in the forest plot; no other line has it, nor a solid line."""

HEIGHT, LEGEND, LINE, ROW = 360, 22, 17, 46
# Letters on a line above the picture and under it, in all names under the picture together, and in what
# appears under the pointer.
_ACROSS, _UNDER, _POINTER = 44, 40, 40
# Beyond so many points marks run together: then the line alone is drawn.
_MOST_MARKS = 80


def draw(exhibit: Exhibit, colours: Colours = LIGHT) -> dict[str, Any]:
    """Return the figure of an exhibit; what is undefined is a gap, what rests on too little is hollow."""
    rows = _in_rows(exhibit)
    above = exhibit.x.label if rows else exhibit.y.label
    named = [one for one in exhibit.series if one.label]
    # On a phone each name may need a line of its own; on a wide screen the picture takes what is left.
    legend = LEGEND * len(named) if len(named) > 1 else 0
    title = _wrapped(above, _ACROSS)
    under = _wrapped((exhibit.y if rows else exhibit.x).label, _ACROSS)
    top = 24 + LINE * (title.count("<br>") + 1 if title else 0)
    bottom = 40 + LINE * (under.count("<br>") + 1 if under else 0)
    inside = HEIGHT - 60
    if rows:
        many = sum(1 for one in exhibit.series if one.y)
        inside = len(_categories(exhibit)) * max(ROW, 15 * many + 16)
    return {
        "data": [
            trace for at, one in enumerate(exhibit.series) for trace in _traces(exhibit, at, one, colours)
        ],
        "layout": {
            "height": top + inside + bottom + legend,
            # Room at the right for half of the last number under the axis.
            "margin": {"l": 8 if rows else 48, "r": 28, "t": top, "b": bottom},
            "paper_bgcolor": colours.paper,
            "plot_bgcolor": colours.paper,
            "font": {"color": colours.ink, "size": 14, "family": "Source Sans, sans-serif"},
            "annotations": [_above(title, colours)] if title else [],
            "showlegend": len(named) > 1,
            # Under the words of the axis; Plotly makes the picture as much lower as the names need.
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": -bottom / inside,
                "yanchor": "top",
                "itemclick": False,
                "itemdoubleclick": False,
            },
            "xaxis": {
                **_axis(exhibit.y if rows else exhibit.x, colours, zero=rows or not _measures(exhibit)),
                "title": {"text": under, "font": {"size": 13, "color": colours.quiet}},
                **({} if rows else _names_under(exhibit)),
            },
            "yaxis": _names_aside(exhibit)
            if rows
            else {**_axis(exhibit.y, colours, zero=not _measures(exhibit)), "automargin": True},
            "shapes": [_even(colours)] if exhibit.even else [],
            "hovermode": "closest",
            "dragmode": False,
        },
    }


def alternative(exhibit: Exhibit) -> str:
    """Return what a reader hears in place of the picture: its finding and its main numbers."""
    end = "" if exhibit.title.endswith(("?", ".", "!")) else "."
    return isolated(" ".join([f"{exhibit.title}{end}", *exhibit.sentences]))


def lines(colours: Colours) -> tuple[str, ...]:
    """Return the colours of lines that can be seen on this paper."""
    return LINES_DARK if colours == DARK else LINES_LIGHT


def _in_rows(exhibit: Exhibit) -> bool:
    return exhibit.x.form == "category" and all(one.shape == "dots" for one in exhibit.series)


def _measures(exhibit: Exhibit) -> bool:
    """Whether both axes are measures: two figures against each other, which need not begin at zero."""
    return exhibit.x.form == "percent" and exhibit.x.ends is None


def _categories(exhibit: Exhibit) -> list[str]:
    return list(dict.fromkeys(str(value) for one in exhibit.series for value in one.x))


def _axis(axis: Axis, colours: Colours, *, zero: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "gridcolor": colours.grid,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
        # Invisible marks keep the numbers clear of a dot at zero.
        "ticks": "outside",
        "ticklen": 8,
        "tickcolor": "rgba(0,0,0,0)",
    }
    if axis.form == "percent":
        found |= {"ticksuffix": " %"}
    if axis.form == "whole":
        found |= {"tickformat": ",d"}
    if axis.form == "category":
        found |= {"type": "category"}
    elif axis.ends is not None:
        scale = 100 if axis.form == "percent" else 1
        found |= {"range": [axis.ends[0] * scale, axis.ends[1] * scale]}
    elif zero:
        # From zero, so that no difference looks larger than it is.
        found |= {"rangemode": "tozero"}
    return found


def _names_under(exhibit: Exhibit) -> dict[str, Any]:
    if exhibit.x.form != "category":
        return {}
    names = _categories(exhibit)
    return {
        "automargin": True,
        "tickvals": [inert(name) for name in names],
        "ticktext": [_wrapped(name, max(6, _UNDER // len(names))) for name in names],
    }


def _names_aside(exhibit: Exhibit) -> dict[str, Any]:
    names = _categories(exhibit)
    return {
        "tickvals": list(range(len(names))),
        "ticktext": [_wrapped(name, NAME) for name in names],
        # The first row on top, half a row around each.
        "range": [len(names) - 0.5, -0.5],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 10,
        "tickcolor": "rgba(0,0,0,0)",
    }


def _traces(exhibit: Exhibit, at: int, one: Series, colours: Colours) -> list[dict[str, Any]]:
    rows, few = _in_rows(exhibit), bool(one.hollow) and all(one.hollow)
    colour, mark, dash = _look(exhibit, at, one, colours)
    across, up = _scaled(one.x, exhibit.x.form), _scaled(one.y, exhibit.y.form)
    if rows:
        places = {name: place for place, name in enumerate(_categories(exhibit))}
        aside = _aside(exhibit, at, 0.15)
        across, up = up, [places[str(value)] + aside for value in one.x]
    elif one.low and exhibit.x.form in {"number", "whole"}:
        # Side by side, so that one interval does not hide another; the pointer says the number itself.
        across = [None if value is None else value + _aside(exhibit, at, 0.07) for value in across]
    size = 10 if one.shape == "dots" else 6
    trace: dict[str, Any] = {
        "type": "scatter",
        "name": inert(one.label),
        "x": across,
        "y": up,
        "connectgaps": False,
        "mode": _mode(one),
        "opacity": 0.65 if few and not one.emphasis else 1,
        "line": {
            "color": colour,
            "width": 3 if one.emphasis else 1 if few else 2,
            "dash": dash,
            "shape": "hv" if one.shape == "step" else "linear",
        },
        "marker": {
            "size": size if one.marked is None else [14 if i == one.marked else size for i in range(len(up))],
            "symbol": mark,
            "color": [colours.paper if hollow else colour for hollow in one.hollow] or colour,
            "line": {"color": colour, "width": 2},
        },
        "showlegend": bool(one.label),
        "hoverinfo": "text",
        "hovertext": [_pointed(exhibit, one, i) for i in range(len(one.y))],
        "cliponaxis": False,
    }
    # Lines of few people would cover all others with their intervals: the pointer and the table have them.
    if one.low and one.high and one.shape != "band" and (rows or not few or len(exhibit.series) == 1):
        trace["error_x" if rows else "error_y"] = _bars(one, exhibit.y, colour, thin=few)
    if one.shape != "band":
        return [trace]
    edge = {"type": "scatter", "x": across, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    low = {**edge, "y": _scaled(one.low, exhibit.y.form), "showlegend": False}
    fill = f"rgba({','.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))},0.15)"
    high = {
        **edge,
        "y": _scaled(one.high, exhibit.y.form),
        "fill": "tonexty",
        "fillcolor": fill,
        "showlegend": False,
    }
    return [low, high, trace]


def _look(exhibit: Exhibit, at: int, one: Series, colours: Colours) -> tuple[str, str, str]:
    """Return the colour, the mark and the dash of a series: no two of one exhibit are alike in all."""
    if one.emphasis:
        return colours.accent, EMPHASIS, "solid"
    if len(exhibit.series) == 1:
        return lines(colours)[0], MARKS[0], "solid"
    others = [place for place, other in enumerate(exhibit.series) if not other.emphasis]
    place = others.index(at)
    # With more lines than colours everything is grey but what carries emphasis.
    colour = lines(colours)[place] if len(others) <= len(LINES_LIGHT) else colours.quiet
    return colour, MARKS[place % len(MARKS)], DASHES[place % len(DASHES)]


def _mode(one: Series) -> str:
    if one.shape == "line":
        return "lines+markers" if len(one.y) <= _MOST_MARKS else "lines"
    return "markers" if one.shape == "dots" else "lines"


def _aside(exhibit: Exhibit, at: int, step: float) -> float:
    """Return how far a series stands beside its place, so that all of them stand around it."""
    many = len(exhibit.series)
    return (at - (many - 1) / 2) * min(step, 0.7 / many)


def _pointed(exhibit: Exhibit, one: Series, at: int) -> str:
    """Return what the pointer shows at a point: who, where, and the figure with its interval."""
    where = one.names[at] if one.names else ""
    if not where and exhibit.x.form == "category":
        where = str(one.x[at])
    elif not one.names or exhibit.x.form == "percent":
        words = f"{exhibit.x.label}: {_words(one.x[at], exhibit.x.form)}"
        where = f"{where}\n{words}" if where else words
    low, high = (part[at] if part else None for part in (one.low, one.high))
    figure = f"{exhibit.y.label}: {_words(one.y[at], exhibit.y.form, low, high)}"
    parts = [one.label, *where.split("\n"), figure]
    return "<br>".join(_wrapped(part, _POINTER) for part in dict.fromkeys(parts) if part)


def _words(value: Cell, form: Form, low: float | None = None, high: float | None = None) -> str:
    if isinstance(value, str) or form == "category":
        return str(value)
    if value is None:
        return number(None, None, None)
    if form == "percent":
        # A figure without an interval keeps one digit: two thresholds are often less than 1 % apart.
        return percent(value, low, high) if low is not None else f"{100 * value:.1f} %"
    return people(round(value)) if float(value).is_integer() and low is None else number(value, low, high)


def _bars(one: Series, axis: Axis, colour: str, *, thin: bool) -> dict[str, Any]:
    scale = 100 if axis.form == "percent" else 1
    above = [
        None if v is None or h is None else (h - v) * scale for v, h in zip(one.y, one.high, strict=True)
    ]
    below = [None if v is None or w is None else (v - w) * scale for v, w in zip(one.y, one.low, strict=True)]
    # Plotly takes 0 for "no bar here".
    return {
        "type": "data",
        "symmetric": False,
        "array": [bar or 0 for bar in above],
        "arrayminus": [bar or 0 for bar in below],
        "color": colour,
        "thickness": 1 if thin else 1.5,
        "width": 0 if thin else 3,
    }


def _scaled(values: tuple[Any, ...], form: Form) -> list[Any]:
    if form == "category":
        return [inert(str(value)) for value in values]
    scale = 100 if form == "percent" else 1
    return [None if value is None else value * scale for value in values]


def _wrapped(text: str, letters: int) -> str:
    return "<br>".join(textwrap.wrap(inert(text), letters)) if text else ""


def _above(title: str, colours: Colours) -> dict[str, Any]:
    """What the measure upwards is, above the picture."""
    return {
        "text": title,
        "font": {"size": 13, "color": colours.quiet},
        "showarrow": False,
        "align": "left",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 8,
    }


def _even(colours: Colours) -> dict[str, Any]:
    """The line on which x and y are equal."""
    return {
        "type": "line",
        "layer": "below",
        "xref": "paper",
        "yref": "paper",
        "x0": 0,
        "y0": 0,
        "x1": 1,
        "y1": 1,
        "line": {"color": colours.quiet, "width": 1, "dash": "dot"},
    }
