"""Model cards as Hugging Face has them: a text in Markdown with data at its head.

The head holds what its specification names (language, tags, licence, results in ``model-index``); below it
stands a section for each field of the entry, so that a card can hold nearly all of an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hearing_app.registry.entry import Entry
from hearing_app.registry.exchange import About, Draft, Import, Unplaced
from hearing_app.registry.exchange.boxes import NO_FIELD, Box, Home, read_lines, write_lines
from hearing_app.registry.exchange.figures import FIGURES, read_figures, write_figures
from hearing_app.registry.exchange.kinds import refusal
from hearing_app.registry.exchange.trip import Standard
from hearing_app.registry.reading import parse
from hearing_app.registry.standard import fields

# The questionnaire's answers are ids of its own; name, summary, language and other names stand elsewhere.
_ELSEWHERE = frozenset({"impact", "name", "summary", "lang", "aliases"})
_HOMES = {
    "not_for": Home("not_for"),
    "risks": Home("risks", "note"),
    "data_used": Home("data_used", "note"),
    "measurements": Home("measurements", "text"),
}
BODY = tuple(
    Box(one.title, (one.name,), _HOMES.get(one.name)) for one in fields() if one.name not in _ELSEWHERE
)
# What cards from elsewhere call their sections.
_ALSO_CALLED = {
    **dict.fromkeys(("uses", "direct use", "intended use", "intended uses"), "purpose"),
    **dict.fromkeys(("out-of-scope use", "out of scope use"), "not_for"),
    **dict.fromkeys(("bias, risks, and limitations", "risks"), "risks"),
    **dict.fromkeys(("training data",), "data_used"),
    **dict.fromkeys(("evaluation", "results"), "measurements"),
}
_HEAD = re.compile(r"\A---\n(.*?)\n---(?:\n|\Z)", re.DOTALL)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
# A line of a text that would be read as a heading, or as one that was kept from it.
_HEADING, _KEPT = re.compile(r"^(\\*#)", re.MULTILINE), re.compile(r"^\\(\\*#)", re.MULTILINE)
_NUMBER = re.compile(r"-?[0-9]{1,20}([.][0-9]{1,25})?(e[-+]?[0-9]{1,3})?", re.IGNORECASE)
_TASK = {"type": "other"}
_DATASET = {"type": "other", "name": "See the sections below"}
HELD = frozenset({*(box.fields[0] for box in BODY), "name", "summary", "lang", "aliases", *FIGURES})
WHYS = {
    "impact": "Answers to a questionnaire have no place in a card; export them as an assessment.",
    "sources of parts": "A card keeps the list of sources, and not which statement rests on which.",
}


def write(data: Draft, about: About) -> str:
    """Return the card as one text."""
    name = data.get("name", "")
    head: dict[str, Any] = {"language": [data["lang"]]} if "lang" in data else {}
    head |= {"tags": data["aliases"]} if "aliases" in data else {}
    if figures := write_figures(data):
        metrics = [_metric(one) for one in figures]
        head["model-index"] = [
            {"name": name or "model", "results": [{"task": _TASK, "dataset": _DATASET, "metrics": metrics}]}
        ]
    told = {box.place: text for box, text in _sections(data)}
    parts = [f"# {name}"] if name else []
    parts += [_shielded(data["summary"])] if "summary" in data else []
    parts += [f"## {title}\n\n{_shielded(text)}" for title, text in told.items()]
    top = f"---\n{yaml.dump(head, Dumper=_Plain, allow_unicode=True, sort_keys=False)}---\n" if head else ""
    return top + "\n" + "\n\n".join(parts) + "\n"


def read(document: Any) -> Import:
    """Return the draft that a card describes."""
    if not isinstance(document, str):
        return Import({}, (Unplaced("", document, "This is not a text."),))
    text = document.replace("\r\n", "\n")
    found = _HEAD.match(text)
    head, faults = parse(found[1].encode("utf-8", "replace")) if found else ({}, [])
    body = text[found.end() :] if found else text
    unplaced = [Unplaced("head", found[1] if found else "", str(fault)) for fault in faults]
    draft, missed = _read_body(body)
    unplaced += missed
    unplaced += _read_head(head, draft) if isinstance(head, Mapping) else []
    return Import(draft, tuple(unplaced))


class _Plain(yaml.SafeDumper):
    """Writes each list out where it stands: the reader refuses anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _sections(data: Draft) -> Iterator[tuple[Box, str]]:
    written = write_lines(BODY, {**data, **_figured(data)})
    for box in BODY:
        if box.place in written:
            yield box, written[box.place]


def _figured(data: Draft) -> dict[str, Any]:
    """Return measurements and claims without those lists that the head alone holds whole."""
    bare: Draft = {}
    read_figures("", write_figures(data), bare)
    return {name: None for name in ("measurements", "subgroup_claims") if data.get(name) == bare.get(name)}


def _metric(figure: Mapping[str, Any]) -> dict[str, Any]:
    named = {"name": figure["slice"]} if "slice" in figure else {}
    return {"type": figure["type"], "value": figure["value"], **named}


def _read_head(head: Mapping[str, Any], draft: Draft) -> list[Unplaced]:
    unplaced = []
    for name, said in head.items():
        if name == "language":
            lang = said[0] if isinstance(said, list) and len(said) == 1 else said
            why = refusal(Entry, "lang", lang)
            if not why:
                draft["lang"] = lang
        elif name == "tags":
            why = refusal(Entry, "aliases", said)
            if not why:
                draft["aliases"] = said
        elif name == "model-index":
            unplaced += _read_results(said, draft)
            continue
        else:
            why = NO_FIELD
        unplaced += [Unplaced(str(name), said, why)] if why else []
    return unplaced


def _read_results(given: object, draft: Draft) -> list[Unplaced]:
    unplaced = []
    figures: Draft = {}
    for place, result in _results(given):
        if not isinstance(result, Mapping) or not isinstance(result.get("metrics"), list):
            unplaced.append(Unplaced(place, result, "This is not a result with metrics."))
            continue
        for name, said in result.items():
            if name != "metrics" and said not in (_TASK, _DATASET):
                why = "A figure stands in an entry with who measured it and when; add the dataset there."
                unplaced.append(Unplaced(f"{place}.{name}", said, why))
        given = [_given(one) if isinstance(one, Mapping) else one for one in result["metrics"]]
        unplaced += read_figures(f"{place}.metrics", given, figures)
    for name, found in figures.items():
        # The sections say more of the same figures.
        draft.setdefault(name, found)
    return unplaced


def _given(metric: Mapping[str, Any]) -> dict[str, Any]:
    """Return a metric as figures are read; a name that only repeats the measure's says nothing."""
    made = {"slice" if key == "name" else key: value for key, value in metric.items()}
    if made.get("slice") == made.get("type"):
        made.pop("slice", None)
    value = made.get("value")
    # The strict reader of YAML leaves numbers with an exponent or many digits as they stand.
    return made | ({"value": float(value)} if isinstance(value, str) and _NUMBER.fullmatch(value) else {})


def _results(given: object) -> Iterator[tuple[str, object]]:
    for number, model in enumerate(given if isinstance(given, list) else [given]):
        results = model.get("results") if isinstance(model, Mapping) else None
        if not isinstance(results, list):
            yield f"model-index.{number}", model
            continue
        for inner, result in enumerate(results):
            yield f"model-index.{number}.results.{inner}", result


def _read_body(body: str) -> tuple[Draft, list[Unplaced]]:
    pieces = _SECTION.split(body)
    draft, unplaced = _read_top(pieces[0])
    titles = {box.place.casefold(): box for box in BODY}
    names = {box.fields[0]: box for box in BODY}
    for title, text in zip(pieces[1::2], pieces[2::2], strict=True):
        key, said = title.strip().casefold(), _KEPT.sub(r"\1", text).strip("\n")
        box = titles.get(key) or names.get(_ALSO_CALLED.get(key, ""))
        if not said.strip():
            continue
        if box is None or box.fields[0] in draft:
            why = NO_FIELD if box is None else "Another section said this already."
            unplaced.append(Unplaced(title.strip(), said, why))
            continue
        found, missed = read_lines((box,), {box.place: said})
        draft |= found
        unplaced += missed
    return draft, unplaced


def _read_top(text: str) -> tuple[Draft, list[Unplaced]]:
    lines = text.strip("\n").split("\n")
    name = lines.pop(0)[2:].strip() if lines[0].startswith("# ") else ""
    said = _KEPT.sub(r"\1", "\n".join(lines)).strip("\n")
    given = {"# ": name, "": said}
    return read_lines((Box("# ", ("name",)), Box("", ("summary",))), given)


def _shielded(text: str) -> str:
    return _HEADING.sub(r"\\\1", text)


STANDARD = Standard("hugging-face", "Model card (Hugging Face)", write, read, HELD, WHYS)
