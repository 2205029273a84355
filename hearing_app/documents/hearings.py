"""A hearing, its comments, and what their authors are told, as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from hearing_app.documents.hearing_life import Life
from hearing_app.documents.render import render, rendered
from hearing_app.documents.words import day, moment
from hearing_app.errors import HearingError, Invalid
from hearing_app.hearings.agenda.slots import Slot
from hearing_app.hearings.comments.comment import NAMELESS, Comment, Receipt
from hearing_app.hearings.comments.draft import Draft
from hearing_app.hearings.comments.erasure import gone_from_backups
from hearing_app.hearings.comments.lists import Opinions, Part, Tally
from hearing_app.hearings.hearing import Hearing, Phase
from hearing_app.hearings.life.stages import Stage
from hearing_app.hearings.moderation.deciding import personal_data_in
from hearing_app.hearings.moderation.moves import REASONS
from hearing_app.hearings.vocabulary import (
    LANGUAGES,
    TAKEN_OUT,
    CommentType,
    Consent,
    IdentityBasis,
    Reason,
    Speaking,
    Stance,
    Standing,
    State,
    Target,
)
from hearing_app.people.permissions import OPERATOR
from hearing_app.voices.personal_data import find as find_personal_data
from hearing_app.voices.signs import is_blank

Order = Sequence[tuple[Slot, Comment | None]]
Beside = Mapping[str, Sequence[str]]
# What a reader can take part in stands first; then what is on its way, and what is over.
_LISTED = (Stage.OPEN, *(one for one in Stage if one not in {Stage.OPEN, Stage.DRAFTED}))
NOTHING_YET = "No comment has been published yet."


def is_taken_out(hearing: Hearing, tally: Tally) -> bool:
    """Return whether a rehearsal is over: cancelled, and nothing of what was sent is left in it."""
    return hearing.demonstration and hearing.cancelled is not None and tally.withdrawn == tally.received


def hearing_html(
    hearing: Hearing,
    tally: Tally,
    opinions: Opinions,
    names: Mapping[str, str],
    order: Order = (),
    *,
    sections: Sequence[str] = (),
    life: Life | None = None,
) -> str:
    """Return a hearing's page; ``names`` gives each system's name by its id, ``order`` who speaks when.

    ``life`` is what the record says of its steps and its documents; without it, the dates alone are shown.
    ``sections`` are documents of their own, rendered already, that stand before the comments.
    """
    return render(
        "hearing",
        hearing=hearing,
        sections=rendered("".join(sections)),
        order=_in_order(order, hearing.time_zone),
        phase=str(hearing.phase()),
        tally=tally,
        taken_out=is_taken_out(hearing, tally),
        opinions={
            "people": opinions.people,
            "stance": [(Stance(value).label, count) for value, count in opinions.stance.items()],
            "standing": [(Standing(value).label, count) for value, count in opinions.standing.items()],
        },
        names=names,
        life=life,
    )


def speaking_order_html(order: Order, zone: str = "UTC") -> str:
    """Return the speaking order by itself: each slot, and the comment that has it, or that it is free."""
    return render("desk_order", order=_in_order(order, zone))


def hearings_html(
    hearings: Sequence[tuple[Hearing, Tally]], known: Mapping[str, tuple[Stage, str]] | None = None
) -> str:
    """Return the list of hearings by their stage, within it in the order given.

    ``known`` gives each one's stage, and the next step in words, by its id; without it, the dates say it.
    """
    groups: dict[Stage, list[tuple[Hearing, Tally, str]]] = {one: [] for one in _LISTED}
    for hearing, counts in hearings:
        here, following = (known or {}).get(hearing.id) or (Stage(str(hearing.phase())), "")
        groups[here].append((hearing, counts, following))
    return render("hearings", groups={one.label: listed for one, listed in groups.items() if listed})


def comments_html(
    comments: Sequence[Comment],
    names: Mapping[str, str],
    *,
    empty: str = NOTHING_YET,
    zone: str = "UTC",
    beside: Beside | None = None,
) -> str:
    """Return comments as readers see them: words as text, names only by consent, links with their host.

    ``zone`` is the hearing's: a page that gives its hours in one zone may not give its days in another.
    ``beside`` gives what stands below a comment, rendered already, by its number.
    """
    shown = [
        _shown(one, zone) | {"beside": rendered("".join((beside or {}).get(one.comment_id, ())))}
        for one in comments
    ]
    return render("comments", comments=shown, names=names, empty=empty)


def pages_html(hearing: Hearing, part: Part, *, above: bool = False) -> str:
    """Return the links between the pages of a hearing's comments, below them, or ``above`` with a heading."""
    address = f"/hearing?id={hearing.id}"
    steps = (
        ("Newest", 1, part.number > 2),
        ("Newer", part.number - 1, part.number > 1),
        ("Older", part.number + 1, part.number < part.pages),
        ("Oldest", part.pages, part.number < part.pages - 1),
    )
    links = [
        (words, address if number == 1 else f"{address}&page={number}")
        for words, number, shown in steps
        if shown
    ]
    return render("pages", part=part, links=links, above=above)


def desk_html(
    one: Comment, names: Mapping[str, str], *, place: int = 1, zone: str = "UTC", decided: bool = False
) -> str:
    """Return a comment as a facilitator reads it: with what its author said for the facilitators alone.

    ``place`` is where it stands in the list; ``decided`` says that its state has changed since.
    """
    gone = one.state == State.WITHDRAWN
    return render(
        "desk_comment",
        comment=_shown(one, zone),
        place=place,
        zone=zone,
        decided=decided,
        state=TAKEN_OUT if gone and one.decided_by == OPERATOR.name else State(one.state).label,
        system=names.get(one.system_id, one.system_id),
        found=personal_data_in(one),
        consent=Consent(one.consent).label,
        stance="" if gone else Stance(one.stance).label,
        standing=[Standing(value).label for value in one.standing],
        # A withdrawn comment has lost its language with its words.
        language="could not be told"
        if one.language in {"", "und"}
        else LANGUAGES.get(one.language, one.language),
        detector="" if one.language_declared else one.language_detector,
        reason=Reason(one.reason_id).label if one.reason_id else "",
        note=one.reason_note,
    )


def undecided_html(error: HearingError | None, otherwise: str = "") -> str:
    """Return why a decision was not made, where it was tried; without an error, what else is to be said.

    There is always a line, so that nothing moves under the pointer when one is needed.
    """
    faults = error.faults if isinstance(error, Invalid) else ()
    return render("undecided", problem=error, faults=faults, otherwise=otherwise)


def before_sending_html(hearing: Hearing, pinned: Mapping[str, Any] | None, system: str = "") -> str:
    """Return what an author should know before writing: the questions, and what happens to the words.

    ``system`` is the name of the system to which the pinned figures belong.
    """
    return render("before_sending", hearing=hearing, pinned=pinned, system=system, reasons=REASONS)


def summary_html(draft: Draft, system: str, hearing: Hearing) -> str:
    """Return everything that will be sent, to check before sending, with what looks like personal data."""
    return render(
        "summary",
        draft=draft,
        hearing=hearing,
        system=system,
        target=Target(draft.target).label,
        kind=CommentType(draft.comment_type).label,
        stance=Stance(draft.stance).label,
        standing=[Standing(value).label for value in draft.standing],
        consent=Consent(draft.consent),
        language=LANGUAGES.get(draft.language_declared, draft.language_declared),
        speaking=Speaking(draft.speaking).label,
        interpreter=LANGUAGES.get(draft.interpreter_language, draft.interpreter_language),
        found=sorted({finding.kind for finding in find_personal_data(draft.words)}),
    )


def receipt_html(receipt: Receipt) -> str:
    """Return the digits, large, and what they are for."""
    return render("receipt", receipt=receipt)


def after_sending_html(receipt: Receipt, hearing: Hearing, consent: str) -> str:
    """Return how to keep the receipt on paper, and what happens next with the comment."""
    return render(
        "after_sending",
        receipt=receipt,
        received=receipt.submitted_at.astimezone(ZoneInfo(hearing.time_zone)),
        consent=consent,
        closes=hearing.window[1],
        zone=hearing.time_zone,
        next=hearing.what_happens_next,
    )


def status_html(one: Comment, hearing: Hearing, backup_days: int = 35) -> str:
    """Return where a comment stands, for its author; backups are kept for ``backup_days`` at most."""
    state, zone = State(one.state), ZoneInfo(hearing.time_zone)
    taken_out = state is State.WITHDRAWN and one.decided_by == OPERATOR.name
    closes = moment(hearing.window[1], hearing.time_zone)
    steps = {
        State.SUBMITTED: "A facilitator reads it and decides whether it is published.",
        State.PUBLISHED: f"It stands on the hearing's page. The hearing closes on {closes}."
        if hearing.phase() is Phase.OPEN
        else "It stands on the hearing's page.",
        State.HELD: "The facilitators can read it. They may publish it later, or decide not to."
        if one.reason_id != Reason.AUTHORS_WISH
        else "The facilitators can read it. As you asked, it is not published.",
        State.REJECTED: "It is not published. You can write a new comment while the hearing is open.",
        State.WITHDRAWN: "Nothing. Its words are gone; its number and the fact that it was withdrawn stay."
        if not taken_out
        else "Nothing: the rehearsal is over, and you did nothing wrong. Everything in it was taken out. The "
        "words are gone; the number stays, and the fact that there was a comment.",
    }
    tag = one.language
    return render(
        "status",
        comment=one,
        state=state,
        stands=f"{TAKEN_OUT} on {day(one.state_at.astimezone(zone))}" if taken_out else state.label,
        reason=Reason(one.reason_id) if one.reason_id else None,
        hearing_title=hearing.title,
        zone=hearing.time_zone,
        received=one.submitted_at.astimezone(zone),
        changed=one.state_at.astimezone(zone),
        next_step=steps[state]
        if one.has_words or state is State.WITHDRAWN
        else "Nothing. Its words were erased, because the time for which they are kept is over.",
        backups_until=gone_from_backups(one.state_at, backup_days).astimezone(zone)
        if state is State.WITHDRAWN
        else None,
        language="Could not be told" if tag == "und" else LANGUAGES.get(tag, tag),
    )


def _in_order(order: Order, zone: str) -> list[tuple[Slot, dict[str, Any] | None]]:
    return [(one, _shown(speaker, zone) if speaker else None) for one, speaker in order]


def _shown(one: Comment, zone: str) -> dict[str, Any]:
    public = one.state == State.PUBLISHED
    name = one.public_name
    return {
        # A page that needs no JavaScript opens at once at the comment that its address names.
        "address": f"/record/hearings/{one.hearing_id}#{one.comment_id}" if public else "",
        "comment_id": one.comment_id,
        "system_id": one.system_id,
        "system_version": one.system_version,
        "type_label": CommentType(one.comment_type).label,
        "target_label": Target(one.target).label,
        "target_detail": one.target_detail,
        "basis": "" if one.identity_basis == IdentityBasis.NONE else IdentityBasis(one.identity_basis).label,
        "public_name": NAMELESS if is_blank(name) else name,
        "submitted_at": one.submitted_at.astimezone(ZoneInfo(zone)),
        "concern": one.concern,
        "value_seen": one.value_seen,
        "ask": one.ask,
        "evidence": one.evidence,
        "pinned": one.pinned,
        # An empty value means "not known" in HTML, which is what "und" says.
        "lang_attribute": "" if one.language == "und" else one.language,
        "beside": "",
    }
