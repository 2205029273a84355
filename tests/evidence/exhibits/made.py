"""Small datasets made to measure, for pictures of places, alerts, stops and periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.evidence.exhibit import Exhibit, Question
from hearing_app.evidence.families import exhibits_of, opening_metric
from hearing_app.evidence.selection import parse_selection

Cells = Mapping[str, str | int | None]


def listed(name: str, role: str, values: Sequence[str | int], **more: Any) -> dict[str, Any]:
    """A column with these values; a group is compared with the first of them."""
    return {
        "name": name,
        "role": role,
        "type": "text" if isinstance(values[0], str) else "integer",
        "label": name.capitalize(),
        "values": [{"value": value, "label": f"{name} {value}"} for value in values],
        **({"reference": values[0]} if role == "group" else {}),
        **more,
    }


def record(name: str) -> dict[str, Any]:
    return {"name": name, "role": "record", "label": name.capitalize(), "one": name, "many": f"{name}s"}


def measure(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "role": "measure", "counts": name, "label": f"{name.capitalize()} counted", **more}


def dataset(
    folder: Path,
    family: str,
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Cells],
    apart: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> tuple[Catalogue, Dataset]:
    """A catalogue with one dataset "made"; its faults, if any, fail the test that made it."""
    (folder / "made").mkdir()
    names = [column["name"] for column in columns]
    lines = [",".join("" if row[name] is None else str(row[name]) for name in names) for row in rows]
    (folder / "made/counts.csv").write_text("\n".join([",".join(names), *lines]) + "\n")
    first = next(column["name"] for column in columns if column["role"] in {"measure", "count"})
    total = sum(int(row[first] or 0) for row in rows)
    manifest = {
        "id": "made",
        "title": "Made to measure",
        "summary": "Numbers of no place.",
        "family": family,
        "origin": {
            "publisher": "The tests",
            "year": 2020,
            "url": "https://www.example.org/",
            "prepared": "Written down.",
        },
        "licence": {"name": "None needed", "statement": "Anybody may use it."},
        "citation": "The tests.",
        "period": {"first": 2019, "last": 2020, "label": "2019 and 2020"},
        "place": "Exampleton",
        "unit": {"of": "things", "label": "things", "one": "thing"},
        "total": total,
        "columns": list(columns),
        "apart": list(apart),
        "populations": [
            {"id": "all", "label": "All", "explanation": "Everything.", "where": {}, "total": total}
        ],
        "limits": ["It is made up."],
        **more,
    }
    (folder / "made/dataset.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))
    catalogue = Catalogue(folder)
    assert catalogue.faults == {}
    return catalogue, catalogue.dataset("made")


def drawn(
    catalogue: Catalogue, found: Dataset, kind: str, *params: tuple[str, str], metric: str = ""
) -> Exhibit:
    """One picture of a dataset, for a selection given as in an address."""
    selection = parse_selection(found, list(params))
    question = Question(catalogue, found, selection, metric or opening_metric(found.manifest))
    return exhibits_of(found.manifest)[kind].draw(question)


def offered(found: Dataset) -> set[str]:
    return set(exhibits_of(found.manifest))


def plain(exhibit: Exhibit) -> str:
    """Everything that a picture says, with ordinary spaces."""
    said = " ".join((exhibit.title, *exhibit.sentences, *exhibit.cautions))
    return said.replace("\u00a0", " ").replace("\u202f", " ")
