"""Protected counts as arrays: what is withheld, how uncertain each count is, and how to say so."""

from __future__ import annotations

import numpy as np

from hearing_app.evidence.counting.checking import WITHHELD, ReadTable
from hearing_app.evidence.counting.control import Disclosure
from hearing_app.evidence.cube import Cube, Protection
from hearing_app.evidence.family import Kind, Metric
from hearing_app.evidence.manifest import Manifest
from hearing_app.evidence.noise import geometric_noise, random_rounding


def cube_of_table(manifest: Manifest, read: ReadTable) -> Cube:
    """The cube of one published table; its cells have the shape (2, scores, 3).

    The three layers are the people in the cells that are shown, the number of cells that are withheld, and
    the number of published cells that were added up.
    """
    names = list(read.values)
    outer = [names.index(name) for name in read.table.columns]
    inner = [names.index(manifest.outcome.name), names.index(manifest.score.name)]
    counts = read.counts.transpose(*outer, *inner)
    hidden = counts == WITHHELD
    layers = np.stack([np.where(hidden, 0, counts), hidden, np.ones_like(counts)], axis=-1).astype(np.int64)
    layers.setflags(write=False)
    lattice = manifest.lattice
    if lattice is None:
        raise LookupError("these counts are not protected")
    columns = {name: read.values[name] for name in read.table.columns}
    how = Protection(lattice.thresholds, manifest.score.maximum, noise_of(lattice))
    return Cube(columns, layers.shape[len(outer) :], layers, how)


def cautions_of(manifest: Manifest) -> tuple[str, ...]:
    """What is to be said beside a picture of protected counts; () where they are as counted."""
    cautions = []
    score = manifest.score if manifest.lattice is not None else None
    if score is not None and len(manifest.thresholds) <= score.maximum - score.minimum:
        cautions.append(
            "Scores were merged to protect people. Each score here stands for itself and those above it, up "
            "to the next one, so a mean of scores is too low."
        )
    if noise_of(manifest.disclosure):
        cautions.append(
            f"{_what(manifest)} The intervals of the chosen figure include that; those that are made for "
            "this picture alone, and its tests, do not."
        )
    return tuple(cautions)


def protection_words(manifest: Manifest) -> tuple[str, ...]:
    """How people are protected in these counts, and what it cost, in sentences; () where nothing is said."""
    lattice = manifest.lattice
    if lattice is None:
        return (manifest.disclosure.protection,) if manifest.disclosure else ()
    words = [lattice.protection, *lattice.coarsened]
    if lattice.largest_share_withheld:
        share = f"{100 * lattice.largest_share_withheld:.1f}\u00a0%"
        words.append(
            f"Counts that are not shown have up to {share} of the people of a table in them. A figure that "
            "needs one of them is not shown either."
        )
    return (*words, *([uncertainty_words(manifest)] if noise_of(lattice) else []))


def uncertainty_words(manifest: Manifest) -> str:
    """What the intervals say of rounding or noise."""
    below = ""
    if manifest.disclosure is not None and manifest.disclosure.method == "differential privacy":
        below = " Counts below 0 were set to 0, so sums of many small counts come out a little high."
    return (
        f"{_what(manifest)} The intervals of shares include that. Other figures have no interval, since none "
        f"is known that does.{below}"
    )


def no_interval_words(manifest: Manifest, metric: Metric) -> str:
    """Why a figure of rounded or noisy counts has no interval; "" where it has one, or could have none else.

    A share has a formula that takes the noise in (``noise.noisy_rate``), and how often it holds the truth was
    measured. What is composed of several counts has none.
    """
    if not noise_of(manifest.disclosure) or metric.kind is not Kind.FIGURE:
        return ""
    return (
        f"{metric.label} has no interval here. It is made of several counts, each of which was changed. To "
        "draw people anew from the published counts would take those changes for people; to draw the changes "
        "anew as well starts from counts that already hold them, and from zeros where they came out below "
        "zero. How often such an interval holds the truth could not be shown, so that none is given."
    )


def _what(manifest: Manifest) -> str:
    rounded = manifest.disclosure is not None and manifest.disclosure.method == "random rounding"
    return f"Every count was {'rounded at random' if rounded else 'changed by noise'} to protect people."


def noise_of(disclosure: Disclosure | None) -> float:
    """The variance to allow for the rounding or noise of one published count; 0 where it is as counted."""
    if disclosure is not None and disclosure.method == "random rounding" and disclosure.base:
        return random_rounding(disclosure.base)
    if disclosure is not None and disclosure.method == "differential privacy" and disclosure.epsilon_each:
        return geometric_noise(1 / disclosure.epsilon_each)
    return 0.0
