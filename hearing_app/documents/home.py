"""The pieces of the first page."""

from __future__ import annotations

from collections.abc import Sequence

from hearing_app.documents.pictures import step
from hearing_app.documents.render import render
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.listed import Listed

NEWEST = 5
STEPS = (
    ("read", "Read", "Each system has an entry: what it does, who answers for it, how often it errs."),
    ("comment", "Comment", "While a hearing is open, anyone can comment. You get a receipt, no account."),
    ("hear", "Be heard", "Facilitators publish the comments, and the hearing discusses them in public."),
    ("answer", "Get an answer", "What the hearing finds, and what the force replies, joins the record."),
)


def hearing_line(hearing: Hearing) -> str:
    """Return one open hearing with the days that are left."""
    return render("hearing_line", hearing=hearing)


def newest_html(entries: Sequence[Listed]) -> str:
    """Return the five entries that changed last; of those that changed together, by name."""
    newest = sorted(entries, key=lambda one: one.published_at, reverse=True)[:NEWEST]
    return render("newest", entries=newest, total=len(entries))


def steps_html() -> str:
    """Return how a hearing works, in four steps with pictures."""
    return render("steps", steps=[(step(name), title, text) for name, title, text in STEPS])
