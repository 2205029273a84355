"""The one place where documents become HTML: templates with escaping on, and the filters that they use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from hearing_app.documents import fields, text, words
from hearing_app.registry.in_words import in_words

_HERE = Path(__file__).parent


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("hearing_app.documents"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "line": text.inline,
        "plain": text.isolated,
        "visible": text.visible,
        "one_line": text.one_line,
        "paragraphs": text.paragraphs,
        "host": text.host,
        "day": words.day,
        "moment": words.moment,
        "zone_name": words.zone_name,
        "number": words.number,
        "measure": words.measure,
    }
    environment.globals |= {"plural": words.plural, "days_left": words.days_left}
    # What the fields of an entry hold, by shape: every template may show one.
    environment.globals |= {
        "in_words": in_words,
        "kind_of": fields.kind_of,
        "rows_of": fields.rows_of,
        "rest_of": fields.rest_of,
        "called": fields.called,
    }
    return environment


def render(template: str, **values: Any) -> str:
    """Return the HTML of ``templates/<template>.html`` with ``values``; an undefined name is an error."""
    return _templates().get_template(f"{template}.html").render(**values)


def rendered(html: str) -> Markup:
    """Return HTML that ``render`` has made as such, for another template; nothing else may be handed in."""
    return Markup(html)  # noqa: S704 - escaping happened in the template that made it; the only such place


@cache
def stylesheet() -> str:
    """Return the stylesheet of both doors."""
    return (_HERE / "style.css").read_text(encoding="utf-8")
