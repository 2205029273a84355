"""Charts: data in, a Plotly figure out, as a plain dict.

Plotly's Python classes check every property, which costs more than drawing (a quarter of a page's time
under load); a dict goes to the browser as it is.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from hearing_app.documents.audit_files import estimate_words
from hearing_app.evidence.audit import Audit, GroupResult
from hearing_app.evidence.metrics import BY_NAME
from hearing_app.evidence.sentences import headline
from hearing_app.evidence.wording import group_label

ROW, MARGIN = 46, 90


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
    are hollow. The number stands beside each dot, so the chart reads without a legend.
    """
    chosen, overall = BY_NAME[metric], found.overall.metrics[metric]
    groups = sorted(found.groups or (found.overall,), key=lambda one: one.counts["n"], reverse=True)
    names = [_name(found, one) for one in groups]
    traces = [_dot(found, metric, one, name, colours) for one, name in zip(groups, names, strict=True)]
    scale = 100 if chosen.is_rate else 1
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    if found.groups and overall.value is not None:
        place = overall.value * scale
        shapes.append(
            {
                "type": "line",
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
                "text": "Everyone",
                "showarrow": False,
                "font": {"color": colours.quiet, "size": 13},
            }
        )
    return {
        "data": traces,
        "layout": {
            "height": MARGIN + ROW * len(groups),
            "margin": {"l": 8, "r": 36, "t": 28, "b": 44},
            "paper_bgcolor": colours.paper,
            "plot_bgcolor": colours.paper,
            "font": {"color": colours.ink, "size": 14, "family": "Source Sans, sans-serif"},
            "showlegend": False,
            "shapes": shapes,
            "annotations": notes,
            "xaxis": {
                # Rates are shown from zero to a hundred, so that no difference looks larger than it is.
                "range": [0, 100] if chosen.is_rate else [0, 1],
                "ticksuffix": " %" if chosen.is_rate else "",
                "gridcolor": colours.grid,
                "zeroline": False,
                "fixedrange": True,
                "title": {"text": chosen.label, "font": {"size": 13, "color": colours.quiet}},
            },
            "yaxis": {
                "autorange": "reversed",
                "type": "category",
                "automargin": True,
                "fixedrange": True,
                "showgrid": False,
                "tickfont": {"size": 14},
            },
            "hovermode": "closest",
            "dragmode": False,
        },
    }


def text_alternative(found: Audit, metric: str) -> str:
    """Return what a reader hears in place of the chart: the finding and every figure."""
    figures = "; ".join(
        f"{group_label(found.manifest, one.group)} {estimate_words(BY_NAME[metric], one.metrics[metric])}"
        for one in found.groups or (found.overall,)
    )
    return f"{BY_NAME[metric].label} by group with 95 % intervals. {headline(found, metric)} {figures}."


def _name(found: Audit, one: GroupResult) -> str:
    """Return the label of a row; Plotly reads a little HTML in it, so what could be read as such is not."""
    label = group_label(found.manifest, one.group).replace("<", "‹").replace(">", "›").replace("&", "＆")
    mark = " (reference)" if found.reference is not None and one.group == found.reference.group else ""
    return "<br>".join(textwrap.wrap(label + mark, 24))


def _dot(found: Audit, metric: str, one: GroupResult, name: str, colours: Colours) -> dict[str, Any]:
    chosen, estimate = BY_NAME[metric], one.metrics[metric]
    scale = 100 if chosen.is_rate else 1
    words = estimate_words(chosen, estimate) + (", too few to compare" if estimate.small else "")
    is_reference = found.reference is not None and one.group == found.reference.group
    colour = colours.accent if is_reference else colours.quiet
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers+text",
        "y": [name],
        "x": [None if estimate.value is None else estimate.value * scale],
        "marker": {
            "size": 12,
            "color": colours.paper if estimate.small else colour,
            "line": {"color": colour, "width": 2},
            "symbol": "diamond" if is_reference else "circle",
        },
        "text": [estimate_words(chosen, estimate).split(" (")[0]],
        "textposition": "top center",
        "textfont": {"size": 13, "color": colours.ink},
        "hovertemplate": f"{name}: {words}<extra></extra>",
        "cliponaxis": False,
    }
    if estimate.value is None:
        # Undefined is a state of its own: it is written where the dot would be, and no dot is drawn.
        return trace | {"mode": "text", "x": [0], "textposition": "middle right"}
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
