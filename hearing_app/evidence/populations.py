"""What a choice of population changes, and where it changes nothing."""

from __future__ import annotations

from hearing_app.evidence.audit import Audit, audit
from hearing_app.evidence.datasets import Catalogue
from hearing_app.evidence.format import people
from hearing_app.evidence.protected import noise_of
from hearing_app.evidence.selection import population_in, published_part, with_population


def unchanged_words(catalogue: Catalogue, found: Audit, metric: str) -> str:
    """Return a sentence where a metric is the same in this population as in the dataset's first; else "".

    A smaller population can leave a rate as it was: those whom it leaves out are then none of the people whom
    the rate counts. Without a word, a reader would take the choice for broken.
    """
    manifest = found.manifest
    first, chosen = manifest.populations[0], population_in(manifest, found.selection)
    if chosen is None or chosen == first or not found.metric(metric).is_rate:
        return ""
    dataset = catalogue.dataset(found.selection.dataset)
    asked = with_population(dataset, found.selection, first.id)
    # Of numbers that carry noise, equal ones say nothing.
    if published_part(manifest, asked)[1] or noise_of(manifest.disclosure):
        return ""
    whole = audit(catalogue, asked)
    sizes = whole.overall.size, found.overall.size
    if _counted(whole, metric) != _counted(found, metric) or sizes[0] is None or sizes[1] is None:
        return ""
    left_out = sizes[0] - sizes[1]
    return (
        f"These figures are the same as for “{first.label}”: the {people(left_out)} {manifest.unit.of} who "
        "are left out here are not among those whom this figure counts."
    )


def _counted(found: Audit, metric: str) -> list[tuple[object, ...]]:
    parts = (found.overall, *found.groups)
    rates = ((one.group, one.metrics[metric]) for one in parts)
    # A group that nobody of the figure belongs to may be absent in one of the two.
    return [(group, rate.count, rate.n) for group, rate in rates if rate.n]
