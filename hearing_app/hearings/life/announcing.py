"""From a draft to a public hearing: what keeps it back, announcing, changing, cancelling.

Everything is checked anew in the transaction that publishes. What facilitators announce stands on the record
like every document, with an event, and its earlier versions stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, func, select

from hearing_app.errors import Conflict, Fault, Invalid, NotOpen
from hearing_app.hearings.comments.lists import tally
from hearing_app.hearings.hearing import Cancellation, Hearing, hearing_of, publish_hearing
from hearing_app.hearings.life.changes import FieldChange, differing, faults_of_change, history_of
from hearing_app.hearings.life.drafts import Draft, DraftState, base_of, moved, taken
from hearing_app.hearings.life.filling import NO_REASON, read
from hearing_app.hearings.life.notice import Notice, notice_faults, notices
from hearing_app.hearings.life.stages import Stage, stage
from hearing_app.people.permissions import Act, Actor, require, require_fresh
from hearing_app.record.versions import Version, latest_version, versions_of
from hearing_app.registry.text import INVISIBLE
from hearing_app.store.tables import document_version

LONGEST_REASON = 500
_OVER = frozenset({Stage.DRAFTED, Stage.HEARD, Stage.ANSWERED, Stage.FOLLOWED_UP, Stage.CANCELLED})


@dataclass(frozen=True, slots=True)
class Look:
    """What can be said of a draft: the hearing as far as it is one, and what keeps it back.

    ``newer`` names the systems of which a newer version is published than the one that is chosen.
    """

    hearing: Hearing | None
    faults: tuple[Fault, ...]
    changes: tuple[FieldChange, ...]
    notices: tuple[Notice, ...]
    newer: Mapping[str, int]

    def at(self, field: str) -> list[Fault]:
        """Return the faults of one field of the form, and of its parts."""
        return [one for one in self.faults if one.field == field or one.field.startswith(f"{field}.")]


def look_at(
    db: Connection, draft: Draft, form: Mapping[str, Any], *, reason: str = "", at: datetime | None = None
) -> Look:
    """Return what can be said of a draft with this form, which need not be saved yet."""
    now = at or datetime.now(UTC)
    before = base_of(db, draft)
    hearing, faults = read(form, before)
    present = present_versions(db)
    faults += _systems(form, present)
    newer = {
        one["id"]: present[one["id"]]
        for one in form["systems"]
        if 0 < one["version"] < present.get(one["id"], 0)
    }
    if before is not None:
        faults += _reason(reason)
    if hearing is None:
        return Look(None, tuple(faults), (), (), newer)
    past = history_of(versions_of(db, "hearing", draft.hearing_id)) if draft.hearing_id else []
    history = [*past, (now, hearing)]
    if before is None:
        if latest_version(db, "hearing", hearing.id) is not None:
            problem = f"There is a hearing “{hearing.id}” already."
            faults.append(Fault("", "id", problem, "Give this one another name for its address."))
    else:
        if hearing.id != before.id:
            faults.append(Fault("", "id", "The name in its address stays.", f"It was: {before.id}."))
        counts = tally(db, before.id)
        faults += faults_of_change(before, hearing, stage(db, before, now), comments=counts.received)
    faults += _past(before, hearing, now)
    faults += notice_faults(history)
    changes = differing(before, hearing) if before is not None else ()
    return Look(hearing, tuple(faults), changes, tuple(notices(history)), newer)


def announce(
    db: Connection, actor: Actor, draft_id: str, *, revision: int, at: datetime | None = None
) -> Version:
    """Publish exactly the revision that was read: a new hearing, or the next version of one.

    Raises ``Invalid`` with every fault, ``Stale`` where a colleague saved since, ``Conflict`` where nothing
    is different or a newer version was published, ``ConfirmAgain``: words go on the record for ever.
    """
    require(actor, Act.PREPARE_HEARINGS)
    require_fresh(actor, "announce a hearing")
    when = at or datetime.now(UTC)
    draft = taken(db, actor, draft_id, revision)
    present = latest_version(db, "hearing", draft.hearing_id) if draft.hearing_id else None
    if present is not None and present.version != draft.based_on:
        raise Conflict(
            f"Version {present.version} of this hearing was published after this draft was begun.",
            kept="The draft is kept as it is.",
            next_step="Compare the two, and let the draft follow the newer version.",
        )
    look = look_at(db, draft, draft.form, reason=draft.reason, at=when)
    if look.hearing is None or look.faults:
        raise Invalid("The hearing was not announced.", look.faults, kept="The draft is kept as it is.")
    if present is not None and not look.changes:
        raise Conflict(
            "Nothing is different from what is published.",
            kept="The draft is kept as it is.",
            next_step="Change something, or lay the draft aside.",
        )
    version = publish_hearing(
        db,
        actor,
        look.hearing,
        note=draft.reason.strip() if present is not None else "",
        at=when,
        act=Act.PREPARE_HEARINGS,
        more={"draft": draft.draft_id},
    )
    moved(
        db,
        actor,
        draft,
        "announced",
        at=when,
        state=DraftState.ANNOUNCED,
        hearing_id=look.hearing.id,
        version=version.version,
    )
    return version


def cancel(
    db: Connection, actor: Actor, hearing_id: str, reason: str, *, at: datetime | None = None
) -> Version:
    """Say in public that a hearing will not be held, and why. Its comments stay, and it takes no more.

    Raises ``NotOpen`` for one that was heard, answered or cancelled already.
    """
    require(actor, Act.PREPARE_HEARINGS)
    require_fresh(actor, "cancel a hearing")
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    if not may_be_cancelled(here := stage(db, hearing, when)):
        raise NotOpen(
            f"This hearing is at the stage “{here.label}”, so it cannot be cancelled.",
            next_step="Write what changed under “What happens next”.",
        )
    if faults := _reason(reason, "cancel_reason"):
        raise Invalid("The hearing was not cancelled.", faults)
    try:
        gone = Cancellation(at=when, reason=reason.strip())
    except ValidationError as error:
        what = str(error.errors()[0]["msg"])
        fault = Fault("", "cancel_reason", what, "Write it in plain sentences.")
        raise Invalid("The hearing was not cancelled.", [fault]) from None
    cancelled = hearing.model_copy(update={"cancelled": gone})
    return publish_hearing(
        db, actor, cancelled, note=f"Cancelled: {gone.reason}", at=when, act=Act.PREPARE_HEARINGS
    )


def may_be_cancelled(here: Stage) -> bool:
    """Return whether a hearing at a stage can still be cancelled: it is announced, and was not held yet."""
    return here not in _OVER


def present_versions(db: Connection) -> dict[str, int]:
    """Return the number of each system's present version, by its id."""
    table = document_version.c
    newest = select(table.document_id, func.max(table.version)).where(table.kind == "system")
    return {name: int(number) for name, number in db.execute(newest.group_by(table.document_id)).all()}


def _systems(form: Mapping[str, Any], present: Mapping[str, int]) -> list[Fault]:
    """Return the systems, or versions of them, that are not in the register."""
    found = []
    for one in form["systems"]:
        name, number = one["id"], one["version"]
        if name not in present:
            problem = f"There is no system “{name[:60]}” in the register."
            found.append(Fault("", "systems", problem, "Choose one of the list."))
        elif not 0 <= number <= present[name]:
            problem = f"“{name}” has no version {number}."
            found.append(Fault("", "systems", problem, f"Give a number from 1 to {present[name]}."))
    return found


def _reason(reason: str, field: str = "reason") -> list[Fault]:
    if not reason.strip():
        return [Fault("", field, NO_REASON, "Say in a sentence why; it stands in public.")]
    if len(reason) > LONGEST_REASON:
        problem = f"The reason has {len(reason):,} characters."
        return [Fault("", field, problem, f"Use at most {LONGEST_REASON}.")]
    if found := INVISIBLE.search(reason):
        problem = f"It holds a character that readers cannot see (U+{ord(found.group()):04X})."
        return [Fault("", field, problem, "Type the words again instead of pasting them.")]
    return []


def _past(before: Hearing | None, hearing: Hearing, now: datetime) -> list[Fault]:
    """Return the dates that are over already, unless they were published so."""
    dates = {
        "opens": hearing.window[0],
        "closes": hearing.window[1],
        "sign_up": hearing.sign_up_closes_at,
        "sits": hearing.sitting.starts_at if hearing.sitting else None,
    }
    known = (
        {
            before.opens_at,
            before.closes_at,
            before.sign_up_closes_at,
            before.sitting.starts_at if before.sitting else None,
        }
        if before
        else set()
    )
    return [
        Fault("", field, "This moment is over already.", "Choose a later one.")
        for field, moment in dates.items()
        if moment is not None and moment not in known and moment.astimezone(UTC) < now.astimezone(UTC)
    ]
