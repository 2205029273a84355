"""The impact level as a document: what it is, why, what it asks for, and which answer would move it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hearing_app.documents.impact_picture import (
    level_words,
    levels_words,
    points_words,
    scale_picture,
    scale_words,
)
from hearing_app.documents.render import render
from hearing_app.documents.words import plural
from hearing_app.registry.entry import Entry
from hearing_app.registry.impact.instrument import VERSION, Kind, Phase, Question, questionnaire
from hearing_app.registry.impact.level import NAMES, Floor, ImpactLevel, floors, impact_of
from hearing_app.registry.impact.obligations import Asked, asked_at
from hearing_app.registry.impact.scoring import Answers, Score, is_answered
from hearing_app.registry.impact.what_if import Move, what_moves
from hearing_app.registry.standard import field

# Of the answers that move something; a reader who wants all of them has the data.
MOST_MOVES = 12


def impact_html(entry: Entry) -> str:
    """Return the section on the impact level of a system's page; it has no heading of its own."""
    return _html(impact_of(entry), entry)


def impact_page_html(entry: Entry) -> str:
    """Return the whole page on a system's impact level, with the answers that move it and all answers."""
    found = impact_of(entry)
    answered = entry.impact
    body = _html(found, entry, whole=True)
    if answered is not None and found.score is not None:
        body += moves_html(moves_of(entry))
        body += render(
            "impact_answers",
            sections=questionnaire(answered.phase, answered.instrument_version).sections,
            answers=answered.answers,
            risk=Kind.RISK,
        )
    return body


def result_html(found: ImpactLevel, entry: Entry | None = None) -> str:
    """Return the result of a reader's own answers, about the system of an entry or about any."""
    return _html(found, entry, tried=True)


def asked_html(found: ImpactLevel, entry: Entry | None = None) -> str:
    """Return what the level of a reader's own answers asks for; nothing where no level is known."""
    if found.level is None:
        return ""
    return render("impact_tried", found=found, names=NAMES, asked=asked_at(found.level, entry))


def moves_html(moves: Sequence[Move]) -> str:
    """Return as a list what would move the result most: of each question the answer that moves it most."""
    of_each: dict[str, Move] = {}
    for one in moves:
        of_each.setdefault(one.question.id, one)
    shown = list(of_each.values())[:MOST_MOVES]
    return render(
        "impact_moves",
        moves=shown,
        moved=any(one.moves_level for one in moves),
        left_out=len(moves) - len(shown),
        levels=levels_words,
        change=change_words,
    )


def answered_words(asked: Sequence[Question], answers: Answers) -> str:
    """Return how many of some questions are answered, as in 3 of 9 questions of this part are answered."""
    done = sum(is_answered(one, answers) for one in asked)
    return f"{done} of {plural(len(asked), 'question')} of this part {'is' if done == 1 else 'are'} answered."


def change_words(points: int) -> str:
    """Return a change of points with its sign: "+4 points", "−1 point"."""
    sign = "+" if points > 0 else "−"
    return f"{sign}{plural(abs(points), 'point')}"


def moves_of(entry: Entry) -> list[Move]:
    """Return what moves the level of an entry that answers the questionnaire; nothing where it does not."""
    found, answered = impact_of(entry), entry.impact
    if found.score is None or answered is None:
        return []
    return what_moves(
        answered.answers,
        answered.phase,
        floors=found.floors,
        unknown_floors=found.unknown_floors,
        version=answered.instrument_version,
    )


def impact_document(entry: Entry) -> dict[str, Any]:
    """Return the level with all its reasons as data, the same for the API and the command line."""
    found, answered = impact_of(entry), entry.impact
    asked = asked_at(found.level or 1, entry)
    return {
        "system": entry.id,
        "instrument_version": answered.instrument_version if answered else VERSION,
        "phase": str(answered.phase) if answered else None,
        "answered_by": answered.answered_by if answered else None,
        "level": found.level,
        "highest_level": found.highest,
        "is_lower_bound": found.is_lower_bound,
        "score": _score(found.score) if found.score else None,
        "floors": [_floor(one) for one in found.floors],
        "unknown_floors": [_floor(one) for one in found.unknown_floors],
        "open_questions": [one.id for one in found.score.open] if found.score else None,
        "obligations": [
            {
                "id": one.obligation.id,
                "words": one.words,
                "fields": list(one.obligation.fields),
                "shown": str(one.shown),
            }
            for one in asked
        ],
        "moves": [_move(one) for one in moves_of(entry) if one.moves_level],
    }


def impact_text(entry: Entry) -> str:
    """Return the level with its reasons as plain lines, for a terminal."""
    found = impact_of(entry)
    lines = [f"{entry.name}: {level_words(found)}"]
    if found.is_lower_bound or found.level is None:
        lines[0] += f" (still possible: {levels_words(found.level or 1, found.highest)})"
    if found.score is None:
        lines.append("The questionnaire is not answered in the entry.")
    else:
        lines += [scale_words(found.score), f"Open questions: {len(found.score.open)}."]
    lines += [f"At least {NAMES[one.level]} by the field {one.field}: {one.words}." for one in found.floors]
    lines += [
        f"Not told in the field {one.field}, and would set at least {NAMES[one.level]}: {one.words}."
        for one in found.unknown_floors
    ]
    for one in asked_at(found.level or 1, entry):
        said = one.shown.label if one.shown else ""
        lines.append(f"{one.obligation.title}: {one.words} {said}.")
    lines += [f"Moves the level: {_said(one)}" for one in moves_of(entry)[:MOST_MOVES] if one.moves_level]
    return "\n".join(lines)


def _html(found: ImpactLevel, entry: Entry | None, *, whole: bool = False, tried: bool = False) -> str:
    score = found.score
    asked: list[Asked] = asked_at(found.level, entry) if found.level else []
    return render(
        "impact",
        entry=entry,
        found=found,
        score=score,
        whole=whole,
        tried=tried,
        titles={one.field: field(one.field).title for one in floors()},
        headline=level_words(found),
        possible=levels_words(found.level or 1, found.highest),
        picture=scale_picture(score) if score else "",
        in_words=scale_words(score) if score else "",
        safeguards=points_words(score.lowest, score.highest, "mit") if score else "",
        names=NAMES,
        asked=asked,
        version=VERSION,
    )


def _score(score: Score) -> dict[str, Any]:
    phase: Phase = score.phase
    kinds = ("raw", "mit", "adjusted", "level_raw", "level_adjusted")
    values: dict[str, Any] = {
        "phase": str(phase),
        "raw_max": score.given.raw_max,
        "mit_max": score.given.mit_max,
    }
    for kind in kinds:
        ends = sorted((getattr(score.lowest, kind), getattr(score.highest, kind)))
        values[kind] = {"given": getattr(score.given, kind), "lowest": ends[0], "highest": ends[1]}
    return values


def _floor(one: Floor) -> dict[str, Any]:
    return {"id": one.id, "field": one.field, "level": one.level, "words": one.words}


def _move(one: Move) -> dict[str, Any]:
    return {
        "question": one.question.id,
        "option": one.option.id,
        "adds": one.adds,
        "was_open": one.was_open,
        "raw": one.raw,
        "mit": one.safeguards,
        "levels_before": list(one.levels_before),
        "levels_after": list(one.levels_after),
    }


def _said(one: Move) -> str:
    way = "" if one.adds else "not "
    before, after = levels_words(*one.levels_before), levels_words(*one.levels_after)
    return f"{one.question.ask} {way}“{one.option.text}”: level {before} becomes {after}."
