"""The register's list of systems as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hearing_app.documents.render import render
from hearing_app.registry.excerpt import Excerpt, excerpt
from hearing_app.registry.facets import FACETS
from hearing_app.registry.listed import Listed
from hearing_app.registry.search import LONGEST, Found, Slice
from hearing_app.registry.standard import field

PER_PAGE = 25
"""Systems on one page of the list."""
# Of what a stranger put into an address, only the beginning is repeated: letters of a value, and values.
_SHOWN = 60
_MOST = 3


@dataclass(frozen=True, slots=True)
class Where:
    """The field in which the words were found, and the words around them."""

    title: str
    lang: str
    pieces: tuple[tuple[str, bool], ...]


def found_html(found: Found, after: str, total: int, address: Sequence[tuple[str, str]]) -> str:
    """Return one page of what a search found, with where in each entry the words stand.

    ``after`` is the id after which the page begins, ``address`` what the page's address says of the search.
    """
    part = found.after(after, PER_PAGE)
    where = {one.id: where_of(excerpt(one.passages, found.terms)) for one in part.entries if found.terms}
    filters = [pair for pair in address if pair[0] not in {"q", "after"}]
    words = (
        []
        if part.total
        else [
            (word, count, f"/register?{urlencode([('q', word), *filters])}")
            for word, count in found.each_word()
        ]
    )
    return results_html(part.entries, total, where=where, part=part, address=address, words=words)


def results_html(
    results: Sequence[Listed],
    total: int,
    *,
    where: Mapping[str, Where | None] | None = None,
    part: Slice | None = None,
    address: Sequence[tuple[str, str]] = (),
    words: Sequence[tuple[str, int, str]] = (),
) -> str:
    """Return a list of systems, each with its state and who runs it; ``total`` are in the register.

    ``words`` are those of a search without a result that find something alone: word, entries, address.
    """
    links = []
    if part and part.start:
        links.append((f"The {PER_PAGE} before", _link(address, part.preceding)))
    if part and part.following:
        links.append(("The next ones", _link(address, part.following)))
    return render(
        "results",
        results=results,
        count=part.total if part else len(results),
        start=part.start if part else 0,
        total=total,
        where=where or {},
        links=links,
        words=words,
    )


def _link(address: Sequence[tuple[str, str]], after: str) -> str:
    pairs = [*address, *([("after", after)] if after else [])]
    return f"/register?{urlencode(pairs)}" if pairs else "/register"


def where_of(found: Excerpt | None) -> Where | None:
    """Return an excerpt with the title of its field."""
    return None if found is None else Where(field(found.field).title, found.lang, found.pieces)


def chosen_in_short(labels: Mapping[str, Sequence[str]]) -> str:
    """Return the label of the folded filters: what is chosen there, by the name of each facet."""
    said = [label for facet in FACETS for label in labels.get(facet.name, ())]
    if not said:
        return "Filters: by kind of work, agency, stage, country and more"
    return f"Filters: {', '.join(said)}"


def passed_over_html(unknown: Sequence[str], *, too_long: bool) -> str:
    """Return what of the address or the words was not used, so that nobody takes the list for its answer.

    ``unknown`` are values of filters that the register does not have; ``too_long`` that the words were cut.
    """
    if not unknown and not too_long:
        return ""
    shown = [value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…" for value in unknown[:_MOST]]
    return render("passed_over", unknown=shown, more=len(unknown) - len(shown), longest=too_long and LONGEST)
