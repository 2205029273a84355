"""Paper cards as documents: what is printed, and how two typings of one card differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hearing_app.documents.render import render
from hearing_app.hearings.comments.cards import LATE_DAYS, Card, Difference, Waiting
from hearing_app.hearings.comments.draft import NAMES
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.vocabulary import CommentType, Consent, Speaking, Stance, Standing, Target

FIELDS = {
    **NAMES,
    "written_on": "Day on the card",
    "system_id": "System",
    "target": "About",
    "comment_type": "Kind",
    "stance": "View",
    "standing": "Connection",
    "consent": "Who may read it",
    "language_declared": "Language",
    "evidence": "Links",
    "speaking": "Wish to speak",
    "interpreter": "Interpreter",
    "interpreter_language": "Interpreter's language",
    "first_time": "First time at a hearing",
}
"""What each field of a card is called, where two typings are compared."""


def cards_html(
    hearing: Hearing,
    names: Mapping[str, str],
    cards: Sequence[Card | None],
    address: str,
    *,
    strip_only: bool = False,
) -> str:
    """Return cards to print, one a sheet of A4; ``None`` is one without a number and without a strip.

    With ``strip_only``, only what the sender of a letter is given.
    """
    return render(
        "cards",
        hearing=hearing,
        systems=[names.get(one, one) for one in hearing.systems],
        cards=cards,
        address=address.removeprefix("https://").removeprefix("http://"),
        strip_only=strip_only,
        late_days=LATE_DAYS,
        targets=[one.label for one in Target],
        kinds=[one.label for one in CommentType],
        stances=[one.label for one in Stance],
        standings=[one.label for one in Standing],
        consents=[one.label for one in Consent],
        wishes=[one.label for one in Speaking],
    )


def typed_html(one: Waiting, names: Mapping[str, str]) -> str:
    """Return what one person typed, for another to compare with the card."""
    return render("card_typed", card=one, draft=one.typed.draft, fields=FIELDS, rows=_rows(one, names))


def differences_html(found: Sequence[Difference]) -> str:
    """Return the fields in which two typings differ, side by side."""
    return render("card_differences", rows=[(FIELDS.get(one.field, one.field), one) for one in found])


def _rows(one: Waiting, names: Mapping[str, str]) -> list[tuple[str, str]]:
    draft = one.typed.draft
    told = {
        "system_id": names.get(draft.system_id, draft.system_id),
        "target": Target(draft.target).label,
        "target_detail": draft.target_detail,
        "comment_type": CommentType(draft.comment_type).label,
        "concern": draft.concern,
        "value_seen": draft.value_seen,
        "ask": draft.ask,
        "stance": Stance(draft.stance).label,
        "standing": "; ".join(Standing(value).label for value in draft.standing),
        "consent": Consent(draft.consent).label,
        "display_name": draft.display_name,
        "language_declared": draft.language_declared,
        "speaking": Speaking(draft.speaking).label,
        "interpreter_language": draft.interpreter_language,
        "access_needs": draft.access_needs,
        "first_time": {True: "Yes", False: "No", None: ""}[draft.first_time],
    }
    return [(FIELDS[name], text) for name, text in told.items() if text]
