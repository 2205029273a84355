"""The form of a hearing, as a facilitator fills it in: from what was typed to a hearing, or every fault.

A form holds plain text, complete or not, so that nothing typed is ever lost. Days and times are those of a
clock in the hearing's own zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from hearing_app.errors import Fault
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.life.local_time import moments_of, next_shown
from hearing_app.registry.faults import faults_of

Form = dict[str, Any]

BLANK: Form = {
    "id": "",
    "title": "",
    "summary": "",
    "convened_by": "",
    "contact": "",
    "demonstration": False,
    "time_zone": "Europe/London",
    "holidays": "",
    "systems": [],
    "questions": [{"id": "q1", "text": "", "system": ""}],
    "opens_day": "",
    "opens_time": "09:00",
    "closes_day": "",
    "closes_time": "23:59",
    "sign_up_day": "",
    "sign_up_time": "23:59",
    "sits": False,
    "sits_day": "",
    "sits_from": "18:00",
    "sits_to": "20:00",
    "place": "",
    "online": "",
    "speaking_minutes": "60",
    "answer_within_days": "28",
    "notice_days": "14",
    "notice_ground": "",
    "what_happens_next": "",
}
"""A form in which nothing is filled in yet, and the fields that there are."""

FIRST_YEAR, LAST_YEAR = 2000, 2199
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
# Fields of the model by the field of the form that says them.
_SAID_BY = {"opens_at": "opens", "closes_at": "closes", "sign_up_closes_at": "sign_up", "sitting": "sits"}
_MISSING = "This is missing."
_EMPTY, _NONE, _NO_SYSTEM = "The question is empty.", "There is no question.", "No system is chosen."
NO_REASON = "The reason is missing."
_GAPS = frozenset({_MISSING, _EMPTY, _NONE, _NO_SYSTEM, NO_REASON})
_DAYS = {"opens": "opens_time", "closes": "closes_time", "sign_up": "sign_up_time", "sits": "sits_from"}


def is_gap(fault: Fault) -> bool:
    """Return whether a fault says only that something is not written yet."""
    return fault.problem in _GAPS


def read(form: Mapping[str, Any], before: Hearing | None = None) -> tuple[Hearing | None, list[Fault]]:
    """Return the hearing that a form describes, or ``None`` and every fault, each at its field.

    ``before`` is the published hearing that the form changes: what is typed as it was keeps its exact moment.
    """
    typed = _Typed(form, before)
    given = {**_texts(typed), **_parts(typed)}
    if _is_zone(typed.zone):
        given |= _times(typed)
    else:
        typed.fault(
            "time_zone", f"“{typed.zone[:60]}” is no time zone of the IANA list.", "Choose one of the list."
        )
    return _made(given, typed.faults)


class _Typed:
    """A form that is being read, and the faults that were found in it so far."""

    def __init__(self, form: Mapping[str, Any], before: Hearing | None) -> None:
        self.form, self.zone = form, str(form["time_zone"])
        self.faults: list[Fault] = []
        self._before = form_of(before) if before else {}
        self._moments = moments_in(before) if before else {}

    def fault(self, field: str, problem: str, repair: str) -> None:
        """Note a fault at a field."""
        self.faults.append(Fault("", field, problem, repair))

    def text(self, name: str) -> str:
        """Return what was typed into a field, without the spaces around it."""
        return str(self.form[name]).strip()

    def number(self, name: str) -> int | None:
        """Return the whole number in a field; note where there is none."""
        if _NUMBER.fullmatch(self.text(name)):
            return int(self.text(name))
        self.fault(name, "This is not a whole number.", "Write it in digits.")
        return None

    def moment(self, field: str, day_name: str, time_name: str) -> datetime | None:
        """Return the moment, in UTC, that a day and a time give in the form's zone; note why there is none.

        In UTC: of a time that a clock shows twice, Python says that it equals no moment of another zone.
        """
        if time_name in self._moments and all(
            self.form[name] == self._before[name] for name in (day_name, time_name, "time_zone")
        ):
            return self._moments[time_name].astimezone(UTC)
        day, clock = _day(self.text(day_name)), _time(self.text(time_name))
        if day is None or clock is None:
            problem = "This is no day and time." if self.text(day_name) else _MISSING
            self.fault(field, problem, "Write the day as 2026-05-03 and the time as 09:00.")
            return None
        found = moments_of(day, clock, self.zone)
        if len(found) == 1:
            return found[0]
        other = next_shown(day, clock, self.zone)
        what = "is passed over" if not found else "comes twice"
        self.fault(
            field,
            f"{clock:%H:%M} {what} on {day.isoformat()} in {self.zone}, where the clocks change.",
            f"Choose another time, such as {other:%H:%M} on {other.date()}.",
        )
        return None


def _texts(typed: _Typed) -> dict[str, Any]:
    form = typed.form
    for name in ("title", "summary", "convened_by", "what_happens_next"):
        if not typed.text(name):
            typed.fault(name, _MISSING, "Write it.")
    return {
        "id": typed.text("id") or slug_of(str(form["title"])) or "hearing",
        "demonstration": bool(form["demonstration"]),
        "time_zone": typed.zone,
        **{name: form[name] for name in ("title", "summary", "convened_by", "what_happens_next")},
        **{name: typed.text(name) or None for name in ("contact", "notice_ground", "holidays")},
        **{name: typed.number(name) for name in ("answer_within_days", "notice_days")},
    }


def _parts(typed: _Typed) -> dict[str, Any]:
    """Return the systems and the questions; note what is missing in them."""
    systems, questions = typed.form["systems"], typed.form["questions"]
    heard = [one["id"] for one in systems]
    for place, one in enumerate(questions):
        if not one["text"].strip():
            typed.fault(f"questions.{place}", _EMPTY, "Write it, or remove it.")
        elif one["system"] and one["system"] not in heard:
            typed.fault(
                f"questions.{place}", "It is about a system that is not heard.", "Choose one that is heard."
            )
    if not questions:
        typed.fault("questions", _NONE, "Ask at least one.")
    if not systems:
        typed.fault("systems", _NO_SYSTEM, "Choose at least one.")
    return {
        "systems": heard,
        "versions": {one["id"]: one["version"] for one in systems if one["version"]},
        "questions": [{**one, "system": one["system"] or None} for one in questions],
    }


def _times(typed: _Typed) -> dict[str, Any]:
    given: dict[str, Any] = {
        "opens_at": typed.moment("opens", "opens_day", "opens_time"),
        "closes_at": typed.moment("closes", "closes_day", "closes_time"),
    }
    _in_order(typed, "closes", given["opens_at"], given["closes_at"], "It closes before it opens.")
    if typed.text("sign_up_day"):
        given["sign_up_closes_at"] = typed.moment("sign_up", "sign_up_day", "sign_up_time")
    if typed.form["sits"]:
        if not typed.text("place"):
            typed.fault("place", _MISSING, "Write where it is held.")
        given["sitting"] = {
            "starts_at": typed.moment("sits", "sits_day", "sits_from"),
            "ends_at": typed.moment("sits_to", "sits_day", "sits_to"),
            "place": typed.form["place"],
            "online": typed.text("online") or None,
            "speaking_minutes": typed.number("speaking_minutes"),
        }
        starts, ends = given["sitting"]["starts_at"], given["sitting"]["ends_at"]
        _in_order(typed, "sits_to", starts, ends, "It ends before it starts.")
    return given


def _in_order(typed: _Typed, field: str, first: datetime | None, then: datetime | None, problem: str) -> None:
    # Two times of one zone are compared by the clock on the wall, which shows an hour in October twice.
    if first is not None and then is not None and first.astimezone(UTC) >= then.astimezone(UTC):
        typed.fault(field, problem, "Choose a later time.")


def _made(given: dict[str, Any], faults: list[Fault]) -> tuple[Hearing | None, list[Fault]]:
    named = {fault.field for fault in faults}
    try:
        hearing = Hearing.model_validate(given)
    except ValidationError as error:
        for fault in faults_of(error):
            field = _field(fault.field)
            # What is said of a field already is not said again in the model's words.
            if field not in named and not (field == "closes" and named & {"opens", "time_zone"}):
                faults.append(Fault("", field, fault.problem, fault.repair))
        return None, faults
    faults += _order(hearing) if not faults else []
    return (hearing if not faults else None), faults


def _order(hearing: Hearing) -> list[Fault]:
    """Return the moments that do not come one after the other as they have to."""
    opens, closes = (one.astimezone(UTC) for one in hearing.window)
    sits, signs = hearing.sitting, hearing.sign_up_closes_at
    found = []
    if sits is not None and sits.starts_at.astimezone(UTC) < closes:
        found.append(("sits", "It sits before comments are closed.", "Set a later day, or close earlier."))
    if signs is not None:
        if sits is None:
            found.append(
                ("sign_up", "Nobody can speak: there is no sitting.", "Leave this day out, or add a sitting.")
            )
        elif not opens < signs.astimezone(UTC) <= sits.starts_at.astimezone(UTC):
            repair = "Set it between the opening and the sitting."
            found.append(("sign_up", "The time to sign up does not fit.", repair))
    return [Fault("", *one) for one in found]


def _field(path: str) -> str:
    """Return the field of the form at which a fault of the model is shown."""
    first, _, rest = path.partition(".")
    if first == "questions" and rest:
        return f"questions.{rest.partition('.')[0]}"
    if first == "sitting":
        return rest if rest in {"place", "online", "speaking_minutes"} else "sits_to" if not rest else "sits"
    if first in {"versions", "systems"}:
        return "systems"
    return _SAID_BY.get(first, first) or "closes"


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text.strip())
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text.strip())
    try:
        return time(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return bool(name)


def slug_of(title: str) -> str:
    """Return a name for addresses from a title: small letters, digits, hyphens; "" where none are left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    name = ""
    for word in words:
        if len(name) + len(word) + 1 > 60:
            break
        name = f"{name}-{word}" if name else word
    return name


def moments_in(hearing: Hearing) -> dict[str, datetime]:
    """Return the moments of a published hearing in its own zone, by the field of the form with their time."""
    zone, (opens, closes) = ZoneInfo(hearing.time_zone), hearing.window
    found = {"opens_time": opens, "closes_time": closes}
    if hearing.sign_up_closes_at is not None:
        found["sign_up_time"] = hearing.sign_up_closes_at
    if hearing.sitting is not None:
        found |= {"sits_from": hearing.sitting.starts_at, "sits_to": hearing.sitting.ends_at}
    return {name: moment.astimezone(zone) for name, moment in found.items()}


def form_of(hearing: Hearing) -> Form:
    """Return the form that describes a published hearing: what a change begins with."""
    moments = moments_in(hearing)
    form: Form = {
        **BLANK,
        **{
            name: getattr(hearing, name) or ""
            for name in (
                *("id", "title", "summary", "convened_by", "what_happens_next", "time_zone", "contact"),
                *("holidays", "notice_ground"),
            )
        },
        "demonstration": hearing.demonstration,
        "answer_within_days": str(hearing.answer_within_days),
        "notice_days": str(hearing.notice_days),
        "systems": [{"id": one, "version": hearing.versions.get(one, 0)} for one in hearing.systems],
        "questions": [
            {"id": one.id, "text": one.text, "system": one.system or ""} for one in hearing.questions
        ],
        **{name: f"{moment:%H:%M}" for name, moment in moments.items()},
        **{
            f"{name}_day": moments[first].date().isoformat()
            for name, first in _DAYS.items()
            if first in moments
        },
    }
    if (sits := hearing.sitting) is not None:
        form |= {
            "sits": True,
            "place": sits.place,
            "online": sits.online or "",
            "speaking_minutes": str(sits.speaking_minutes),
        }
    return form


def tidy(form: Mapping[str, Any]) -> Form:
    """Return what somebody typed as a form: its fields and no others, each of the kind that it is."""
    kept: Form = {}
    for name, blank in BLANK.items():
        said = form.get(name, blank)
        if isinstance(blank, list):
            kept[name] = [_item(name, one) for one in said] if isinstance(said, list) else blank
        elif isinstance(blank, bool):
            kept[name] = said is True
        else:
            kept[name] = said if isinstance(said, str) else blank
    return kept


def _item(name: str, one: Any) -> dict[str, Any]:
    said = one if isinstance(one, Mapping) else {}
    if name == "systems":
        number = said.get("version")
        return {"id": str(said.get("id", "")), "version": number if type(number) is int else 0}
    return {field: str(said.get(field, "")) for field in ("id", "text", "system")}


def with_question(form: Mapping[str, Any]) -> Form:
    """Return a form with one question more, under a number that none of its questions has."""
    taken = {one["id"] for one in form["questions"]}
    number = next(count for count in range(1, len(taken) + 2) if f"q{count}" not in taken)
    return {**form, "questions": [*form["questions"], {"id": f"q{number}", "text": "", "system": ""}]}


def without_question(form: Mapping[str, Any], place: int) -> Form:
    """Return a form without the question at a place."""
    left = [one for number, one in enumerate(form["questions"]) if number != place]
    return {**form, "questions": left}


def with_systems(
    before: list[dict[str, Any]], chosen: list[str], present: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return the systems that are chosen; those that were chosen before keep their version."""
    pinned = {one["id"]: one["version"] for one in before}
    return [{"id": name, "version": pinned.get(name) or present.get(name, 0)} for name in chosen]
