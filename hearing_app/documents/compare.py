"""Systems side by side as a document, and the ways to choose them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from hearing_app.documents.render import render
from hearing_app.registry.compare import FEWEST, MOST, Likeness, compare
from hearing_app.registry.entry import Entry
from hearing_app.registry.register import Register
from hearing_app.registry.search import find
from hearing_app.registry.similar import similar

OFFERED = 6
"""How many systems are offered at once."""


def compare_html(entries: Sequence[Entry], page: str, *, only_differences: bool = False) -> str:
    """Return two to four systems field by field; with fewer, what to do. ``page`` is the address of the page.

    Raises ``Invalid`` for more than four.
    """
    ids = [entry.id for entry in entries]
    groups = compare(entries, only_differences=only_differences) if len(ids) >= FEWEST else {}
    return render(
        "compare",
        entries=entries,
        groups=groups,
        likeness=Likeness,
        only=only_differences,
        without={one: address(page, [id for id in ids if id != one], only_differences) for one in ids},
        switch=address(page, ids, not only_differences),
        most=MOST,
    )


def address(page: str, ids: Sequence[str], only_differences: bool) -> str:
    """Return the address of a comparison."""
    pairs = [("system", id) for id in ids] + [("only", "differences")] * only_differences
    return f"{page}?{urlencode(pairs)}" if pairs else page


def offered_html(
    register: Register, typed: str, ids: Sequence[str], page: str, *, only_differences: bool
) -> str:
    """Return links that each add one more system to a comparison.

    Before any word is typed: those that are like the one that was chosen, or, before that, the register's
    own beginning, so that nobody faces an empty page.
    """
    if typed:
        found, said = list(find(register, typed).entries), ""
    elif ids and ids[0] in register:
        found, said = [one.entry for one in similar(register, ids[0])], "Like what you chose:"
    else:
        found, said = list(register.ordered[: OFFERED + len(ids)]), "Or begin with one of these:"
    links = [(one, address(page, [*ids, one.id], only_differences)) for one in found if one.id not in ids]
    return render(
        "compare_choices", links=links[:OFFERED], said=said, typed=typed, is_empty=not len(register)
    )
