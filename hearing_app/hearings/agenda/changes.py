"""What changed between two versions of an agenda, in sentences that everyone can read."""

from __future__ import annotations

from collections.abc import Iterator

from hearing_app.hearings.agenda.reading import Arrangement, Item


def changes(before: Arrangement, after: Arrangement) -> list[str]:
    """Return one sentence for each change; items are the same where their id is. Empty: nothing changed."""
    old, new = {one.id: one for one in before.items}, {one.id: one for one in after.items}
    found = [f"Item “{one.title}” was taken off." for id, one in old.items() if id not in new]
    found += [f"Item “{one.title}” was added." for id, one in new.items() if id not in old]
    kept = [id for id in old if id in new]
    for item_id in kept:
        found += _of_item(old[item_id], new[item_id])
    if [one.id for one in after.items if one.id in old] != kept:
        found.append("The order of the items changed.")
    return [*found, *_of_speakers(before, after)]


def _of_item(old: Item, new: Item) -> Iterator[str]:
    if old.title != new.title:
        yield f"Item “{old.title}” is called “{new.title}” now."
    if old.minutes != new.minutes:
        yield f"Item “{new.title}” has {new.minutes} minutes of its own instead of {old.minutes}."
    if old.kind != new.kind:
        yield f"Item “{new.title}” is now: {new.kind.label.lower()}."
    if set(old.comment_ids) != set(new.comment_ids):
        yield f"The comments behind item “{new.title}” changed."


def _of_speakers(before: Arrangement, after: Arrangement) -> Iterator[str]:
    places = [
        {
            place.comment_id: (item.id, item.title, place.minutes)
            for item in one.items
            for place in item.places
            if place.comment_id
        }
        for one in (before, after)
    ]
    old, new = places
    yield from (f"Comment {one} has a place no more." for one in before.speakers if one not in new)
    yield from (
        f"Comment {one} has a place in item “{new[one][1]}”." for one in after.speakers if one not in old
    )
    both = [one for one in after.speakers if one in old]
    for one in both:
        if old[one][0] != new[one][0]:
            yield f"Comment {one} moved to item “{new[one][1]}”."
        if old[one][2] != new[one][2]:
            yield f"Comment {one} has {new[one][2]} minutes instead of {old[one][2]}."
    if [one for one in before.speakers if one in new] != both:
        yield "The order of the speakers changed."
