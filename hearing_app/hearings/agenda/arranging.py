"""Arranging an agenda: a draft that a facilitator changes step by step, and publishing it as a version.

Each change is saved at once, and says which revision of the draft it was made on: two facilitators cannot
overwrite each other. Nothing of a draft is public. Publishing books the slots, in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from pydantic import ValidationError
from sqlalchemy import Connection, insert, update

from hearing_app.errors import Conflict, Fault, Invalid, NotFound
from hearing_app.hearings.agenda.reading import (
    MOST_ITEMS,
    PUBLISHED,
    AgendaVersion,
    Arrangement,
    Draft,
    Item,
    ItemKind,
    Place,
    as_data,
    draft_of,
    item_numbered,
    published_numbers,
    versions_of,
)
from hearing_app.hearings.agenda.slots import MINUTES, MOST_SLOTS, arrange, slots_of
from hearing_app.hearings.hearing import hearing_of
from hearing_app.hearings.life.stages import Deed, require_possible
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.canonical import canonical_json
from hearing_app.record.ledger import append
from hearing_app.store.tables import agenda_draft, agenda_version
from hearing_app.voices.signs import is_blank, length, unstorable

LONGEST_NOTE = 500
Change = Callable[[Arrangement], Arrangement]


def begin(db: Connection, actor: Actor, hearing_id: str, *, at: datetime | None = None) -> Draft:
    """Return a hearing's draft; where there is none, begin it with the speaking order that is set so far.

    Those who have a slot already keep it: their places are locked.
    """
    if (known := draft_of(db, actor, hearing_id)) is not None:
        return known
    hearing = hearing_of(db, hearing_id)
    require_possible(db, hearing, Deed.ARRANGE_AGENDA, at)
    places = tuple(
        Place(minutes=one.minutes, comment_id=one.comment_id, locked=not one.is_free)
        for one in slots_of(db, hearing_id)
    )
    items = (Item(id=1, title="The public speaks", kind=ItemKind.COMMENTS, places=places),) if places else ()
    return _save(db, actor, hearing_id, 0, Arrangement(items=items), at=at)


def change(
    db: Connection, actor: Actor, hearing_id: str, seen: int, made: Change, *, at: datetime | None = None
) -> Draft:
    """Change the draft that was ``seen`` and return it as it stands then.

    Raises ``Conflict`` when it has changed since, ``Invalid`` when something does not fit.
    """
    require(actor, Act.ARRANGE_AGENDA)
    draft = draft_of(db, actor, hearing_id)
    if draft is None or draft.revision != seen:
        raise Conflict(
            "Another facilitator has changed the agenda since you opened it.",
            next_step="Look at it as it is now, and make your change again.",
        )
    require_possible(db, hearing_of(db, hearing_id), Deed.ARRANGE_AGENDA, at)
    try:
        # Values that were put into a model with `model_copy` are checked here, all at once.
        after = Arrangement.model_validate(as_data(made(draft.arrangement)))
    except ValidationError as error:
        raise Invalid("The agenda was not changed.", [_fault(one) for one in error.errors()]) from error
    _check(after)
    _check_comments(db, hearing_id, after, draft.arrangement)
    return _save(db, actor, hearing_id, draft.revision, after, at=at)


def publish(
    db: Connection, actor: Actor, hearing_id: str, seen: int, note: str, *, at: datetime | None = None
) -> AgendaVersion:
    """Publish the draft that was ``seen`` as the next version, book its slots, and append the event.

    ``note`` is the reason of a change, and is public; the first version needs none. Raises ``Conflict`` where
    nothing would change or somebody changed the draft, ``Invalid`` for an agenda that cannot be published.
    """
    require(actor, Act.ARRANGE_AGENDA)
    when = at or datetime.now(UTC)
    hearing = hearing_of(db, hearing_id)
    require_possible(db, hearing, Deed.PUBLISH_AGENDA, when)
    draft = draft_of(db, actor, hearing_id)
    if draft is None or draft.revision != seen:
        raise Conflict(
            "Another facilitator has changed the agenda since you opened it.",
            next_step="Look at it as it is now, and publish that.",
        )
    before = versions_of(db, hearing_id)
    _check_note(note, is_needed=bool(before))
    arranged = draft.arrangement
    if not arranged.items:
        raise Invalid("The agenda was not published.", [Fault("", "items", "It has no items.", "Add one.")])
    text = canonical_json(as_data(arranged))
    digest = sha256(text).hexdigest()
    if before and before[-1].sha256 == digest:
        raise Conflict(f"This is version {before[-1].version}, and it is published already.")
    gone = sorted(set(arranged.speakers) - published_numbers(db, hearing_id, arranged.speakers))
    if gone:
        raise Invalid(
            "The agenda was not published.",
            [Fault("", "places", f"Comment {one} is published no more.", "Free its place.") for one in gone],
        )
    arrange(db, actor, hearing_id, [(one.minutes, one.comment_id) for one in arranged.places], at=when)
    number = len(before) + 1
    event = append(
        db,
        actor=actor.name,
        kind=PUBLISHED,
        subject=f"hearing:{hearing_id}",
        content={"version": number, "sha256": digest, "note": note.strip()},
        at=when,
    )
    db.execute(
        insert(agenda_version).values(
            hearing_id=hearing_id,
            version=number,
            document=text.decode(),
            sha256=digest,
            note=note.strip(),
            at=when,
            actor=actor.name,
            seq=event.seq,
        )
    )
    return versions_of(db, hearing_id)[-1]


def add_item(
    title: str, kind: ItemKind, minutes: int, *, system_id: str = "", question_id: str = ""
) -> Change:
    """Return the change that puts a new item at the end."""

    def made(before: Arrangement) -> Arrangement:
        item = Item.model_construct(
            id=1 + max((one.id for one in before.items), default=0),
            title=title,
            kind=kind,
            minutes=minutes,
            system_id=system_id,
            question_id=question_id,
        )
        return _with(before, (*before.items, item))

    return made


def reword_item(item_id: int, title: str, kind: ItemKind, minutes: int) -> Change:
    """Return the change of an item's title, kind and own minutes."""
    return _on_item(item_id, lambda _: {"title": title, "kind": kind, "minutes": minutes})


def drop_item(item_id: int) -> Change:
    """Return the change that takes an item away; who had a place in it has none."""

    def made(before: Arrangement) -> Arrangement:
        gone = item_numbered(before.items, item_id)
        if any(place.locked for place in gone.places):
            raise Conflict("A place in this item is locked.", next_step="Unlock it first.")
        return _with(before, tuple(one for one in before.items if one.id != item_id))

    return made


def move_item(item_id: int, by: int) -> Change:
    """Return the change that moves an item so many places down, or up where ``by`` is negative."""

    def made(before: Arrangement) -> Arrangement:
        item = item_numbered(before.items, item_id)
        others = [one for one in before.items if one.id != item_id]
        place = min(max(0, before.items.index(item) + by), len(others))
        return _with(before, (*others[:place], item, *others[place:]))

    return made


def put_comments(item_id: int, comment_ids: Sequence[str]) -> Change:
    """Return the change that puts these comments behind an item, in place of those that lie there."""
    return _on_item(item_id, lambda _: {"comment_ids": tuple(dict.fromkeys(comment_ids))})


def add_place(item_id: int, minutes: int = MINUTES, comment_id: str | None = None) -> Change:
    """Return the change that adds a place at the end of an item: free, or for a comment."""
    new = Place.model_construct(minutes=minutes, comment_id=comment_id, locked=False)
    return _on_item(item_id, lambda item: {"places": (*item.places, new)})


def drop_place(item_id: int, place: int) -> Change:
    """Return the change that takes a place away, counted from 0 within its item."""
    return _on_places(item_id, place, lambda there, which: (*there[:which], *there[which + 1 :]))


def set_place(item_id: int, place: int, minutes: int, comment_id: str | None, *, locked: bool) -> Change:
    """Return the change of a place: its minutes, who has it, and whether it is locked.

    A place that is locked keeps who has it, until it is unlocked.
    """

    def made(there: tuple[Place, ...], which: int) -> tuple[Place, ...]:
        old = there[which]
        if old.locked and locked and old.comment_id != comment_id:
            raise Conflict("This place is locked.", next_step="Unlock it first.")
        new = Place.model_construct(minutes=minutes, comment_id=comment_id, locked=locked)
        return (*there[:which], new, *there[which + 1 :])

    return _on_places(item_id, place, made)


def swap(one: str, other: str) -> Change:
    """Return the change that gives two comments each other's place; minutes stay with who needs them."""

    def made(before: Arrangement) -> Arrangement:
        places = {place.comment_id: place for place in before.places if place.comment_id in (one, other)}
        if len(places) != 2:
            raise NotFound("One of the two has no place any more.", next_step="Look at the agenda again.")
        if any(place.locked for place in places.values()):
            raise Conflict("One of these places is locked.", next_step="Unlock it first.")
        turned = {one: places[other], other: places[one]}
        return _with(
            before,
            tuple(
                item.model_copy(
                    update={"places": tuple(turned.get(each.comment_id or "", each) for each in item.places)}
                )
                for item in before.items
            ),
        )

    return made


def _with(before: Arrangement, items: tuple[Item, ...]) -> Arrangement:
    return before.model_copy(update={"items": items})


def _on_item(item_id: int, made: Callable[[Item], dict[str, object]]) -> Change:
    def changed(before: Arrangement) -> Arrangement:
        item_numbered(before.items, item_id)
        return _with(
            before,
            tuple(one.model_copy(update=made(one)) if one.id == item_id else one for one in before.items),
        )

    return changed


def _on_places(
    item_id: int, place: int, made: Callable[[tuple[Place, ...], int], tuple[Place, ...]]
) -> Change:
    def changed(item: Item) -> dict[str, object]:
        if not 0 <= place < len(item.places):
            raise NotFound("This place is not in the item any more.", next_step="Look at the agenda again.")
        return {"places": made(item.places, place)}

    return _on_item(item_id, changed)


def _check(after: Arrangement) -> None:
    faults = [
        Fault("", "places", f"Comment {one} would have {times} places.", "A comment speaks once.")
        for one, times in Counter(after.speakers).items()
        if times > 1
    ]
    if len(after.items) > MOST_ITEMS:
        faults.append(Fault("", "items", f"{len(after.items)} items do not fit.", f"At most {MOST_ITEMS}."))
    if len(after.places) > MOST_SLOTS:
        faults.append(
            Fault("", "places", f"{len(after.places)} places do not fit.", f"At most {MOST_SLOTS}.")
        )
    if faults:
        raise Invalid("The agenda was not changed.", faults)


def _check_comments(db: Connection, hearing_id: str, after: Arrangement, before: Arrangement) -> None:
    """Refuse comments that are new on the agenda and not published; who has left since stays until freed."""
    behind = {one for item in after.items for one in item.comment_ids}
    known = {*before.speakers, *(one for item in before.items for one in item.comment_ids)}
    new = {*after.speakers, *behind} - known
    wrong = sorted(new - published_numbers(db, hearing_id, new))
    if wrong:
        raise Invalid(
            "The agenda was not changed.",
            [
                Fault("", "comments", f"Comment {one} is not published.", "Choose a published one.")
                for one in wrong
            ],
        )


def _check_note(note: str, *, is_needed: bool) -> None:
    faults = []
    if is_needed and is_blank(note):
        faults.append(
            Fault("", "note", "An agenda was published before.", "Say why it changes: everyone can read it.")
        )
    if length(note) > LONGEST_NOTE:
        faults.append(Fault("", "note", f"The reason has {length(note)} characters.", f"{LONGEST_NOTE} fit."))
    if unstorable(note):
        faults.append(Fault("", "note", "The reason holds a sign that cannot be stored.", "Type it again."))
    if faults:
        raise Invalid("The agenda was not published.", faults)


def _fault(error: object) -> Fault:
    told = error if isinstance(error, dict) else {}
    context = told.get("ctx", {})
    where = ".".join(str(part) for part in told.get("loc", ()))
    problem = str(context.get("problem") or told.get("msg", "It does not fit."))
    return Fault("", where, problem.rstrip(".") + ".", str(context.get("repair", "")))


def _save(
    db: Connection,
    actor: Actor,
    hearing_id: str,
    revision: int,
    arrangement: Arrangement,
    *,
    at: datetime | None,
) -> Draft:
    saved = Draft(hearing_id, revision + 1, arrangement, at or datetime.now(UTC), actor.name)
    values = {
        "revision": saved.revision,
        "document": canonical_json(as_data(arrangement)).decode(),
        "saved_at": saved.saved_at,
        "actor": saved.actor,
    }
    if revision == 0:
        db.execute(insert(agenda_draft).values(hearing_id=hearing_id, **values))
    else:
        db.execute(update(agenda_draft).where(agenda_draft.c.hearing_id == hearing_id).values(values))
    return saved
