"""Charts: data in, a Plotly figure out, as a plain dict.

Plotly's Python classes check every property, which costs more than drawing (a quarter of a page's time
under load); a dict goes to the browser as it is.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from hearing_app.documents.audit_files import figure_words
from hearing_app.documents.text import isolated
from hearing_app.evidence.audit import Audit, GroupResult
from hearing_app.evidence.format import NO_BREAK
from hearing_app.evidence.sentences import headline
from hearing_app.evidence.wording import everyone_label, group_label

# Pixels: a row and each of its lines of text, what stands above and below the rows, and the figures' column.
ROW, LINE, MARGIN, FIGURES = 46, 18, 72, 104
# What Plotly takes for HTML, as signs that look nearly the same; what it takes for an entity or for a place
# to fill in ("%{y}"), and Streamlit for a colour of its theme ("#000001"), parted by a joiner without a look.
_READ_BY_PLOTLY = str.maketrans({"<": "‹", ">": "›", "&": "&\u2060", "%": "%\u2060", "#": "#\u2060"})
# So many letters of a row's name stand on one line; on a phone the names then leave room for the dots.
NAME = 17


# Where the axis of a rate may end, in per cent: at 100, unless that would press all dots together at zero.
RATES_END = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 100)


@dataclass(frozen=True, slots=True)
class Colours:
    """The few colours of a chart: everything grey, one accent."""

    ink: str
    quiet: str
    accent: str
    grid: str
    paper: str


LIGHT = Colours("#111111", "#595959", "#0b5a63", "#e3e7e8", "#ffffff")
DARK = Colours("#f1f4f4", "#b4bdbe", "#7cccd5", "#343c3e", "#14191a")


def forest(found: Audit, metric: str, colours: Colours = LIGHT) -> dict[str, Any]:
    """Return a dot with its interval for each group, the largest on top, everyone as a thin line.

    The reference group and no other carries the accent colour. Dots of groups that are too small to compare
    are hollow. The figure stands at the end of each row, so the chart reads without a legend.
    """
    chosen, overall = found.metric(metric), found.overall.metrics[metric]
    groups = found.by_size or (found.overall,)
    names = [_name(found, one) for one in groups]
    rows = list(zip(groups, names, strict=True))
    scale = 100 if chosen.is_rate else 1
    shapes: list[dict[str, Any]] = []
    notes = [_figure(figure_words(found, metric, one), row, colours) for row, (one, _) in enumerate(rows)]
    if found.groups and overall.value is not None:
        place = overall.value * scale
        shapes.append(
            {
                "type": "line",
                "layer": "below",
                "x0": place,
                "x1": place,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": colours.quiet, "width": 1, "dash": "dot"},
            }
        )
        notes.append(
            {
                "x": place,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": inert(everyone_label(found)),
                "showarrow": False,
                "font": {"color": colours.quiet, "size": 13},
            }
        )
    lines = max(name.count("<br>") + 1 for name in names)
    return {
        "data": [_dot(found, metric, one, name, colours) for one, name in rows],
        "layout": {
            "height": MARGIN + max(ROW, LINE * lines + 8) * len(groups),
            "margin": {"l": 8, "r": FIGURES, "t": 28, "b": 44},
            "paper_bgcolor": colours.paper,
            "plot_bgcolor": colours.paper,
            "font": {"color": colours.ink, "size": 14, "family": "Source Sans, sans-serif"},
            "showlegend": False,
            "shapes": shapes,
            "annotations": notes,
            "xaxis": {
                # From zero, so that no difference looks larger than it is.
                "range": _ends(found, metric),
                "ticksuffix": " %" if chosen.is_rate else "",
                "gridcolor": colours.grid,
                "zeroline": False,
                "fixedrange": True,
                "tickangle": 0,
                "title": {"text": chosen.label, "font": {"size": 13, "color": colours.quiet}},
            },
            "yaxis": {
                "type": "category",
                # The first row on top, half a row around each: left to itself the frame grows with the rows.
                "categoryorder": "array",
                "categoryarray": names,
                "range": [len(names) - 0.5, -0.5],
                "automargin": True,
                "fixedrange": True,
                "showgrid": False,
                "tickfont": {"size": 14},
                # Invisible marks keep the names clear of a dot at zero.
                "ticks": "outside",
                "ticklen": 10,
                "tickcolor": colours.paper,
            },
            "hovermode": "closest",
            "dragmode": False,
        },
    }


def _ends(found: Audit, metric: str) -> list[float]:
    """Return where the axis begins and ends: at the metric's own ends, or wide enough for every interval."""
    chosen = found.metric(metric)
    estimates = [one.metrics[metric] for one in (found.overall, *found.groups)]
    if chosen.is_rate:
        most = 100 * max((one.high for one in estimates if one.high is not None), default=1.0)
        return [0, next(end for end in RATES_END if most <= end)]
    lowest = 0.0 if chosen.lowest is None else chosen.lowest
    if chosen.highest is not None:
        return [lowest, chosen.highest]
    # An interval without an end must not push all the others together.
    largest = [one.value for one in estimates if one.value is not None]
    farthest = max(largest, default=1.0)
    highs = [one.high for one in estimates if one.high is not None and one.high <= 3 * farthest]
    return [lowest, 1.05 * max([farthest, *highs], default=1.0)]


def config(name: str) -> dict[str, Any]:
    """Return how a chart behaves: it can be taken away as an image of that name, no more."""
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
        "responsive": True,
    }


def text_alternative(found: Audit, metric: str) -> str:
    """Return what a reader hears in place of the chart: the finding and every figure."""
    figures = "; ".join(
        f"{isolated(_label(found, one))} {figure_words(found, metric, one)}"
        for one in found.by_size or (found.overall,)
    )
    return f"{found.metric(metric).label} by group with 95 % intervals. {headline(found, metric)} {figures}."


def _label(found: Audit, one: GroupResult) -> str:
    return group_label(found.manifest, one.group) if one.group else everyone_label(found)


def inert(text: str) -> str:
    """Return a text for Plotly, which reads a little HTML: what could be read as such is not."""
    return isolated(text).translate(_READ_BY_PLOTLY)


def _name(found: Audit, one: GroupResult) -> str:
    mark = " (reference)" if found.reference is not None and one.group == found.reference.group else ""
    # "25 to 45" stays on one line where it can.
    parts = [
        part.replace(" ", NO_BREAK) if len(part) < NAME else part
        for part in inert(_label(found, one)).split(", ")
    ]
    return "<br>".join(textwrap.wrap(", ".join(parts) + mark, NAME)).replace(NO_BREAK, " ")


def _figure(words: str, row: int, colours: Colours) -> dict[str, Any]:
    """Return the words of a row's figure at the right end of the chart: the value, its interval below."""
    value, opened, interval = words.partition(" (")
    below = f"<br><span style='font-size:12px;color:{colours.quiet}'>{interval.removesuffix(')')}</span>"
    return {
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "xshift": FIGURES - 4,
        # By its number: a name that looks like a number ("0.60") would be taken for a place.
        "y": row,
        "text": value + (below if opened else ""),
        "align": "right",
        "showarrow": False,
        "font": {"color": colours.ink, "size": 14},
    }


def _dot(found: Audit, metric: str, one: GroupResult, name: str, colours: Colours) -> dict[str, Any]:
    chosen, estimate = found.metric(metric), one.metrics[metric]
    scale = 100 if chosen.is_rate else 1
    words = figure_words(found, metric, one) + (", too few to compare" if estimate.small else "")
    is_reference = found.reference is not None and one.group == found.reference.group
    colour = colours.accent if is_reference else colours.quiet
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "y": [name],
        # Undefined is a state of its own: it is written at the end of the row, and no dot is drawn.
        "x": [None if estimate.value is None else estimate.value * scale],
        "marker": {
            "size": 12,
            "color": colours.paper if estimate.small else colour,
            "line": {"color": colour, "width": 2},
            "symbol": "diamond" if is_reference else "circle",
        },
        "hovertemplate": f"{name}: {words}<extra></extra>",
        "cliponaxis": False,
    }
    if estimate.value is None or found.by_definition(metric) is not None:
        return trace
    if estimate.low is not None and estimate.high is not None:
        trace["error_x"] = {
            "type": "data",
            "symmetric": False,
            "array": [(estimate.high - estimate.value) * scale],
            "arrayminus": [(estimate.value - estimate.low) * scale],
            "color": colour,
            "thickness": 2,
            "width": 6,
        }
    return trace
