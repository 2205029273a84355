"""A hearing, its comments, and what their authors are told, as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hearing_app.documents.render import render
from hearing_app.documents.words import moment
from hearing_app.hearings.comment import Comment, Receipt
from hearing_app.hearings.draft import Draft
from hearing_app.hearings.hearing import Hearing, Phase
from hearing_app.hearings.lists import Opinions, Tally
from hearing_app.hearings.moderation import REASONS
from hearing_app.hearings.vocabulary import (
    LANGUAGES,
    CommentType,
    Consent,
    Reason,
    Stance,
    Standing,
    State,
    Target,
)
from hearing_app.voices.personal_data import find as find_personal_data


def hearing_html(hearing: Hearing, tally: Tally, opinions: Opinions, names: Mapping[str, str]) -> str:
    """Return a hearing's page; ``names`` gives each system's name by its id."""
    return render(
        "hearing",
        hearing=hearing,
        phase=str(hearing.phase()),
        tally=tally,
        opinions={
            "people": opinions.people,
            "stance": [(Stance(value).label, count) for value, count in opinions.stance.items()],
            "standing": [(Standing(value).label, count) for value, count in opinions.standing.items()],
        },
        names=names,
    )


def hearings_html(hearings: Sequence[tuple[Hearing, Tally]]) -> str:
    """Return the list of hearings, in the order given."""
    return render("hearings", hearings=hearings)


def comments_html(
    comments: Sequence[Comment],
    names: Mapping[str, str],
    *,
    empty: str = "No comment has been published yet.",
) -> str:
    """Return comments as readers see them: words as text, names only by consent, links with their host."""
    return render("comments", comments=[_shown(one) for one in comments], names=names, empty=empty)


def desk_html(one: Comment, names: Mapping[str, str]) -> str:
    """Return a comment as a facilitator reads it: with what its author said for the facilitators alone."""
    gone = one.state == State.WITHDRAWN
    words = "\n".join((one.concern, one.value_seen, one.ask))
    return render(
        "desk_comment",
        comment=_shown(one),
        system=names.get(one.system_id, one.system_id),
        found=sorted({finding.kind for finding in find_personal_data(words)}),
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


def before_sending_html(hearing: Hearing, pinned: Mapping[str, Any] | None) -> str:
    """Return what an author should know before writing: the questions, and what happens to the words."""
    return render("before_sending", hearing=hearing, pinned=pinned, reasons=REASONS)


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
        found=sorted({finding.kind for finding in find_personal_data(draft.words)}),
    )


def receipt_html(receipt: Receipt, hearing: Hearing, consent: str) -> str:
    """Return the receipt and what happens next."""
    return render(
        "receipt",
        receipt=receipt,
        consent=consent,
        closes=hearing.window[1],
        zone=hearing.time_zone,
        next=hearing.what_happens_next,
    )


def status_html(one: Comment, hearing: Hearing) -> str:
    """Return where a comment stands, for its author."""
    state = State(one.state)
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
        State.WITHDRAWN: "Nothing. Its words are gone; its number and the fact that it was withdrawn stay.",
    }
    tag = one.language
    return render(
        "status",
        comment=one,
        state=state,
        reason=Reason(one.reason_id) if one.reason_id else None,
        hearing_title=hearing.title,
        next_step=steps[state],
        language="Could not be told" if tag == "und" else LANGUAGES.get(tag, tag),
    )


def _shown(one: Comment) -> dict[str, Any]:
    return {
        "comment_id": one.comment_id,
        "system_id": one.system_id,
        "system_version": one.system_version,
        "type_label": CommentType(one.comment_type).label,
        "target_label": Target(one.target).label,
        "public_name": one.public_name,
        "submitted_at": one.submitted_at,
        "concern": one.concern,
        "value_seen": one.value_seen,
        "ask": one.ask,
        "evidence": one.evidence,
        "pinned": one.pinned,
        # An empty value means "not known" in HTML, which is what "und" says.
        "lang_attribute": "" if one.language == "und" else one.language,
    }
