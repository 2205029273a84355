"""A register and datasets that say nothing but hostile texts, in every field that takes words."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from hearing_app.evidence.manifest import Manifest
from hearing_app.hearings.hearing import Hearing
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.text import Line
from tests.hostile import HOST, JS, URL, Texts, marked

ADDRESS = f"https://{HOST}/p?a=');//&quot;&lt;"
GROUPS = 12
# Characters in one text: with all fields full to their limits an entry would be too large to be read.
_LONGEST = 600
# What has a form of its own, by model and field. Everything else that takes words is filled with payloads.
_GIVEN: dict[str, Any] = {
    "Entry.lang": "en",
    "Entry.accountable_role": f"Commissioner of Police <img src={URL}>",
    "Entry.is_police_system": False,
    "Compiled.as_of": "2022",
    "Deployer.places": ["gb"],
    "ImpactAnswers.answers": {},
    "ImpactAnswers.instrument_version": "1.0.1",
    "MetricRun.dataset_hash": "0" * 64,
    "MetricRun.code_hash": "0" * 64,
    "RuleReply.rule": "R-20",
    "Translation.lang": "nl",
    "Withheld.field": "geography",
    "Withheld.approver_role": f"Commissioner of Police <img src={URL}>",
    "Contact.email": f'"onfocus={JS}"@{HOST}',
    "Contact.phone": "+44 (0) 20 / 7946",
    "Lifecycle.last_seen": "2021",
    "Hearing.time_zone": "Europe/London",
    "Hearing.opens_at": None,
    "Hearing.closes_at": None,
    "Hearing.open_for_days": 60,
    "Hearing.demonstration": False,
    "Hearing.versions": {},
    "Hearing.sitting": None,
    "Question.system": None,
    "Hearing.sign_up_closes_at": None,
    "Hearing.holidays": None,
    "Hearing.cancelled": None,
    "Origin.sha256": "0" * 64,
    "Origin.year": 2020,
    "Period.first": 2019,
    "Period.last": 2020,
}


def accepted(payloads: Sequence[str]) -> list[str]:
    """Return the payloads that the register takes in a line: it refuses placeholders and hidden signs."""
    taken = []
    for payload in payloads:
        try:
            TypeAdapter(Line).validate_python(marked(0, payload))
        except ValidationError:
            continue
        taken.append(payload)
    return taken


def document(model: type[BaseModel], texts: Texts, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of a model in which every field that takes words holds payloads."""
    known, filled = {**_GIVEN, **given}, {}
    for name, field in model.model_fields.items():
        key = f"{model.__name__}.{name}"
        if key in known:
            value = known[key]() if callable(known[key]) else known[key]
        elif name == "sources" and "Source" not in str(field.annotation):
            value = ["source-1", "source-2"]
        else:
            value = _value(field.annotation, field.metadata, texts, given)
        if value is not None:
            filled[name] = value
    return filled


def _value(  # noqa: PLR0911 - a line for each kind of field
    kind: Any, metadata: Sequence[Any], texts: Texts, given: Mapping[str, Any]
) -> Any:
    origin = get_origin(kind)
    if origin is Annotated:
        return _value(kind.__origin__, [*kind.__metadata__, *metadata], texts, given)
    if origin in {Union, UnionType}:
        return _value(next(one for one in get_args(kind) if one is not type(None)), metadata, texts, given)
    if origin is tuple:
        part = get_args(kind)[0]
        if isinstance(part, type) and issubclass(part, Enum):
            return [member.value for member in islice(part, 2)]
        return [_value(part, (), texts, given) for _ in range(2)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return document(kind, texts, given)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if kind is PartialDate:
        return "2020"
    if kind is bool:
        return True
    if kind in {int, float}:
        return 1
    if "_address" in {getattr(getattr(one, "func", None), "__name__", "") for one in metadata}:
        return ADDRESS
    longest = min(one.max_length for one in metadata if getattr(one, "max_length", None))
    return texts.packed(min(longest, _LONGEST))


def _ids(stem: str) -> Callable[[], str]:
    def numbered() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"{stem}-{number}"

    numbers = numbered()
    return lambda: next(numbers)


def entry(number: int, texts: Texts) -> dict[str, Any]:
    """Return the entry ``hostile-N``, with the dataset of the same name."""
    name = f"hostile-{number}"
    return document(
        Entry,
        texts,
        {
            "Entry.id": name,
            "Entry.datasets": [name],
            **dict.fromkeys(
                (f"{part}.dataset" for part in ("Headline", "MetricRun", "Measurement", "SubgroupClaim")),
                name,
            ),
            "Deployer.agency": f"agency-{number}",
            "Stage.until": iter(("2020", None)).__next__,
            "Claim.id": _ids("claim"),
            "Source.id": _ids("source"),
        },
    )


def hearing(number: int, texts: Texts) -> dict[str, Any]:
    """Return the hearing ``hostile-N`` on the entry of the same name."""
    given = {"Hearing.id": f"hostile-{number}", "Hearing.systems": [f"hostile-{number}"]}
    return document(Hearing, texts, given | {"Question.id": _ids("question")})


def dataset(number: int, texts: Texts, payloads: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Return the manifest and the counts of the dataset ``hostile-N``; its values are payloads themselves."""
    # Values that begin like a formula are refused: a word before them, and the rest is as hostile as before.
    values = [
        f"a {payload}" if payload[0] in "=+-@|%\u2212" else payload
        for payload in payloads
        if payload and payload == payload.strip() and len(payload) < 200
    ][:GROUPS]
    listed = [
        {"value": value, "label": texts.packed(200), "before": texts.packed(200), "after": texts.packed(200)}
        | {"explanation": texts.packed(2000)}
        for value in values
    ]
    words = {"label": texts.packed(200), "explanation": texts.packed(2000)}
    columns = [
        {"name": "kind", "role": "group", "type": "text", "reference": values[0], "values": listed} | words,
        {"name": "year", "role": "filter", "type": "integer", **words, "label": texts.packed(200)}
        | {"values": [{"value": year, "label": texts.packed(200)} for year in (1, 2)]},
        {"name": "score", "role": "score", **words, "minimum": 1, "maximum": 4, "threshold": 2}
        | {"label": texts.packed(200)}
        | {"levels": [{"threshold": 2, **{one: texts.packed(200) for one in ("words", "below", "band")}}]},
        {"name": "outcome", "role": "outcome", **words, "label": texts.packed(200)}
        | {one: texts.packed(200) for one in ("positive", "negative", "positive_short", "negative_short")},
        {"name": "n", "role": "count", "label": texts.packed(200)},
    ]
    rows = [
        (value, year, score, outcome, 40 + 7 * place + score * (1 + outcome))
        for place, value in enumerate(values)
        for year in (1, 2)
        for score in (1, 2, 3, 4)
        for outcome in (0, 1)
    ]
    total = sum(row[-1] for row in rows)
    of_one = sum(row[-1] for row in rows if row[1] == 1)
    populations = [
        {"id": "all", "label": texts.packed(200), "explanation": texts.packed(2000), "where": {}},
        {"id": "first", "label": texts.packed(200), "explanation": texts.packed(2000), "where": {"year": 1}},
    ]
    given = {
        "Manifest.id": f"hostile-{number}",
        "Manifest.system": f"hostile-{number}",
        "Manifest.family": "risk_score",
        "Manifest.total": total,
        # People by score are all counted in one way.
        "Manifest.apart": [],
        # What was done to the counts is written by the program that makes them, from words of its own.
        "Manifest.disclosure": None,
        "Manifest.columns": columns,
        "Manifest.populations": [
            one | {"total": counted} for one, counted in zip(populations, (total, of_one), strict=True)
        ],
        "Decision.positive_when": "the score is at or above the threshold",
        # Braces are for the words of the threshold alone here.
        "Decision.positive": f"were scored {{level}} <img src=x onerror={JS}>",
        "Decision.negative": "were scored {below} <b>x</b>",
    }
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([("kind", "year", "score", "outcome", "n"), *rows])
    return document(Manifest, texts, given), file.getvalue()


def write_house(folder: Path, payloads: Sequence[str], size: int, values: Sequence[str] = ()) -> None:
    """Write ``size`` entries, hearings and datasets below ``folder``: as many as hold every payload often.

    ``values`` are those of the datasets' columns, where they are not payloads themselves.
    """
    texts, taken = Texts(accepted(payloads)), accepted(values or payloads)
    for number in range(1, size + 1):
        name = f"hostile-{number}"
        turned = taken[(number - 1) * GROUPS % len(taken) :] + taken
        manifest, counts = dataset(number, texts, turned)
        for path, content in (
            (folder / "registry" / "systems" / f"agency-{number}" / f"{name}.yaml", entry(number, texts)),
            (folder / "registry" / "hearings" / f"{name}.yaml", hearing(number, texts)),
            (folder / "datasets" / name / "dataset.yaml", manifest),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written with escapes, as a file by hand could be: YAML takes some signs in no other way.
            path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="ascii")
        (folder / "datasets" / name / "counts.csv").write_text(counts, encoding="utf-8", newline="")
