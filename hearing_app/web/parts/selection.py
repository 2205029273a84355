"""The widgets that choose what the evidence page shows, and their agreement with the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from hearing_app.documents.text import for_label, isolated
from hearing_app.errors import Invalid
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.families import (
    NO_EXHIBIT,
    exhibit_asked,
    exhibits_of,
    in_reading_order,
    metrics_of,
    opening_metric,
)
from hearing_app.evidence.family import Metric
from hearing_app.evidence.manifest import ListedColumn, Manifest, Population, Value
from hearing_app.evidence.releases import other_release
from hearing_app.evidence.selection import (
    Selection,
    can_combine,
    joining,
    parse_selection,
    population_of,
    published_part,
    read_selection,
    selection_params,
    with_population,
)
from hearing_app.evidence.wording import choice_words, score_words
from hearing_app.web.parts import addresses
from hearing_app.web.parts.cuts import forget_cuts

NO_PICTURE = NO_EXHIBIT
_OWN = "own"
_EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows; ``notes`` say what of the address did not fit and was left out.

    ``parameters`` are the view in an address, but for what the picture adds to it.
    """

    dataset: Dataset
    selection: Selection
    metric: str
    picture: str
    notes: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]


def choose(catalogue: Catalogue) -> View:
    """Show the widgets, and return the view that they describe."""
    dataset, notes = _dataset(catalogue)
    manifest = dataset.manifest
    # Only a score has a threshold: a key that no widget has would make every run look like an arrival.
    named = ("dataset", "metric", "by", "population", *(["threshold"] if manifest.scored else []))
    keys = [f"evidence_{name}" for name in named]
    if addresses.arrived("evidence", keys):
        selection, unfit = read_selection(dataset, addresses.parameters())
        notes += unfit
        notes += [note for note in [other_release(dataset, addresses.parameters())] if note]
        wanted = dict(addresses.parameters()).get("metric", opening_metric(manifest))
        if wanted not in metrics_of(manifest):
            notes.append(f"There is no metric “{wanted[:60]}”, so the page shows another one.")
            wanted = opening_metric(manifest)
        _seed(dataset, selection, wanted)
        picture, unfit_picture = exhibit_asked(manifest, addresses.parameters())
        notes += [unfit_picture] if unfit_picture else []
        forget_cuts([value for name, value in addresses.parameters() if name == "cut"])
        st.session_state["evidence_picture"] = picture or NO_PICTURE
        st.session_state["evidence_notes"] = tuple(notes)

    offered = _offered(manifest)
    populations = {one.id: one.label for one in offered.populations}
    explanations = [one.explanation for one in offered.populations]
    if st.session_state["evidence_population"] == _OWN:
        populations[_OWN] = "As in the address"
        explanations.append("The people whom the address of this page names.")
    columns = {column.name: column for column in manifest.comparable if column.name in offered.by}
    metrics = metrics_of(manifest)
    metric = st.selectbox(
        "Figure",
        metrics,
        format_func=lambda name: isolated(choice_words(manifest, metrics[name])),
        key="evidence_metric",
    )
    if manifest.scored:
        st.caption("Singled out: scored at or above the threshold that you choose below.")
    left, right = st.columns(2, gap="large")
    with left:
        st.multiselect(
            f"Compare {'people' if manifest.scored else 'them'} by",
            list(columns),
            format_func=lambda name: isolated(columns[name].label),
            key="evidence_by",
            placeholder="Everyone together",
        )
    with right:
        _threshold(manifest, metrics[metric])
    st.radio(
        "Which people" if manifest.scored else "Which records",
        list(populations),
        format_func=lambda name: for_label(populations[name]),
        captions=[for_label(one) for one in explanations],
        key="evidence_population",
    )
    by = tuple(st.session_state["evidence_by"])
    some = "people" if manifest.scored else "of them"
    with st.expander(f"More choices: only some {some}, another group to compare with"):
        where = {
            column.name: _only(manifest, column)
            for column in manifest.comparable
            if column.name in offered.only
        }
        reference = {name: _reference(columns[name].reference, columns[name]) for name in by}
    selection, unpublished = _selection(dataset, by, where, reference)
    picture = st.session_state.setdefault("evidence_picture", NO_PICTURE)
    parameters = [("dataset", dataset.id), *selection_params(selection), ("metric", metric)]
    parameters += [("picture", picture)] if picture != NO_PICTURE else []
    said = (*st.session_state.get("evidence_notes", ()), *unpublished)
    return View(dataset, selection, metric, picture, said, tuple(parameters))


def choose_picture(dataset: Dataset) -> str:
    """Show the choice of a further picture, and return the one chosen, or ``NO_PICTURE``."""
    kinds = exhibits_of(dataset.manifest)
    labels = {NO_PICTURE: "No other picture", **{one.id: one.label for one in kinds.values()}}
    chosen = st.selectbox(
        "Another picture of the same people"
        if dataset.manifest.scored
        else "Another picture of the same records",
        list(labels),
        format_func=labels.__getitem__,
        key="evidence_picture",
    )
    if chosen in kinds:
        st.caption(kinds[chosen].question)
    return chosen


def _threshold(manifest: Manifest, metric: Metric) -> None:
    if not manifest.scored:
        return
    score = manifest.score
    label, off = f"Count people with a {for_label(score.label)} of this or more", not metric.uses_threshold
    if manifest.lattice is None:
        st.slider(label, score.minimum, score.maximum, key="evidence_threshold", disabled=off)
    else:
        # Scores that were counted together cannot be cut apart.
        st.select_slider(label, manifest.thresholds, key="evidence_threshold", disabled=off)
    if not metric.uses_threshold:
        st.caption("This figure does not depend on the threshold.")
    elif words := score_words(manifest):
        st.caption(for_label(f"Scores: {words}."))


@dataclass(frozen=True, slots=True)
class _Offered:
    """What can be chosen next, beside what is chosen now: of protected counts not every combination."""

    by: tuple[str, ...]
    only: tuple[str, ...]
    populations: tuple[Population, ...]


def _offered(manifest: Manifest) -> _Offered:
    by, now = st.session_state["evidence_by"], st.session_state["evidence_population"]
    columns = [column.name for column in manifest.comparable]
    only = [name for name in columns if st.session_state.get(f"evidence_only_{name}", _EVERYONE) != _EVERYONE]
    switches = [name for one in manifest.populations if one.id == now for name in one.where]
    if now == _OWN:
        switches = [name for name, _ in st.session_state["evidence_switches"]]
    there = joining(manifest, [*by, *only, *switches])
    return _Offered(
        tuple(name for name in columns if name in there or name in by),
        tuple(name for name in columns if name in there or name in only),
        tuple(
            one
            for one in manifest.populations
            if one.id == now or can_combine(manifest, [*by, *only, *one.where])
        ),
    )


def _dataset(catalogue: Catalogue) -> tuple[Dataset, list[str]]:
    known = in_reading_order(catalogue)
    titles = {name: isolated(catalogue.dataset(name).manifest.title) for name in known}
    asked = st.query_params.get("dataset", known[0])
    notes: list[str] = []
    if asked not in known:
        notes.append(f"There is no dataset “{asked[:60]}”, so the page shows another one.")
        asked = known[0]
    if addresses.arrived("evidence", ["evidence_dataset"]):
        st.session_state["evidence_dataset"] = asked
    chosen = st.selectbox("Dataset", known, format_func=titles.__getitem__, key="evidence_dataset")
    if chosen != asked:
        # Another dataset has other columns: it opens as it would from a link.
        addresses.write("evidence", [("dataset", chosen)])
        for name in ("metric", "picture"):
            st.session_state.pop(f"evidence_{name}", None)
    return catalogue.dataset(chosen), notes


def _seed(dataset: Dataset, selection: Selection, metric: str) -> None:
    population = population_of(dataset, selection)
    st.session_state["evidence_metric"] = metric
    st.session_state["evidence_by"] = list(selection.by)
    if selection.threshold is not None:
        st.session_state["evidence_threshold"] = selection.threshold
    st.session_state["evidence_population"] = population.id if population else _OWN
    switches = {name for one in dataset.manifest.populations for name in one.where}
    st.session_state["evidence_switches"] = tuple(pair for pair in selection.where if pair[0] in switches)
    where, reference = dict(selection.where), dict(selection.reference)
    for column in dataset.manifest.comparable:
        st.session_state[f"evidence_only_{column.name}"] = where.get(column.name, _EVERYONE)
        st.session_state[f"evidence_reference_{column.name}"] = reference.get(column.name, column.reference)


def _only(manifest: Manifest, column: ListedColumn) -> Value:
    labels: dict[Value, str] = {
        _EVERYONE: "Everyone" if manifest.scored else "All",
        **{one.value: isolated(one.label) for one in column.values},
    }
    key = f"evidence_only_{column.name}"
    st.session_state.setdefault(key, _EVERYONE)
    chosen: Value = st.selectbox(
        f"Only these{' people' if manifest.scored else ''}, by {for_label(column.label.lower())}",
        list(labels),
        format_func=labels.__getitem__,
        key=key,
    )
    return chosen


def _reference(default: Value, column: ListedColumn) -> Value:
    labels: dict[Value, str] = {one.value: isolated(one.label) for one in column.values}
    key = f"evidence_reference_{column.name}"
    st.session_state.setdefault(key, default)
    chosen: Value = st.selectbox(
        f"Compare with, by {for_label(column.label.lower())}",
        list(labels),
        format_func=labels.__getitem__,
        key=key,
    )
    return chosen


def _selection(
    dataset: Dataset, by: tuple[str, ...], where: dict[str, Value], reference: dict[str, Value]
) -> tuple[Selection, list[str]]:
    pairs = [("by", ",".join(by))]
    if dataset.manifest.scored:
        pairs += [("threshold", str(st.session_state["evidence_threshold"]))]
    pairs += [("where", f"{name}:{value}") for name, value in where.items() if value != _EVERYONE]
    pairs += [("reference", f"{name}:{value}") for name, value in reference.items()]
    population = st.session_state["evidence_population"]
    if population == _OWN:
        pairs += [("where", f"{name}:{value}") for name, value in st.session_state["evidence_switches"]]
    said: list[str] = []
    try:
        selection = parse_selection(dataset, pairs)
    except Invalid:
        # Two quick choices can end where no published table is, though each was offered.
        selection, said = read_selection(dataset, pairs)
    if population != _OWN:
        selection = with_population(dataset, selection, population)
    fitting, unfit = published_part(dataset.manifest, selection)
    return fitting, [*said, *(f"{one.problem} It was left out. {one.repair}" for one in unfit)]
