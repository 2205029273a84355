"""What is done at the desk: begin, save, submit, return, take back, approve, discard.

Each act names the revision that was read. Where somebody else was faster it is refused, and what was written
stays with its writer: nothing is overwritten unseen.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from hearing_app.errors import Conflict, Forbidden, Invalid
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.signatures import SignedPublication
from hearing_app.record.versions import Version, latest_version
from hearing_app.registry.desk.drafts import Draft, Remark, digest, find, log, office
from hearing_app.registry.desk.fit import LONGEST_NOTE, check_note, check_remarks, fit_to_publish, long_note
from hearing_app.registry.desk.states import MOVES, NEEDS, DeskAct, DraftState, Who
from hearing_app.registry.desk.text import blank, own_text, text_of, tidy
from hearing_app.registry.entry import Entry
from hearing_app.registry.form import normal
from hearing_app.registry.published import entry_of
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.signed import Approval, about, publish_document, speaks_for
from hearing_app.store.tables import desk_act, desk_draft


class Stale(Conflict):
    """Somebody, or another window, was faster: the draft is not the one that was read."""


def begin(
    db: Connection,
    actor: Actor,
    *,
    system_id: str = "",
    document: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Draft:
    """Begin a draft of a new entry, or of the next version of one that the agency has; return it.

    ``document`` is the text to begin with: without it, that of the present version, or what is known of the
    agency. Raises ``Forbidden`` for an entry about another agency, ``NotFound`` for one that is not there.
    """
    agency = office(actor, Act.WRITE_DRAFTS)
    when = at or datetime.now(UTC)
    present = of_agency(db, agency, system_id) if system_id else None
    if document is not None:
        text = dict(document)
    elif present is not None:
        text = own_text(entry_of(db, system_id).entry, when)
    else:
        text = blank(db, agency, when)
    return _begun(db, actor, agency, text, present=present, state=DraftState.DRAFTED, note="", at=when)


def begin_from_text(
    db: Connection, actor: Actor, document: Mapping[str, Any], *, at: datetime | None = None
) -> Draft:
    """Begin a draft with a text that was written elsewhere: the next version of the entry that it names."""
    name = document.get("id")
    exists = isinstance(name, str) and latest_version(db, "system", name) is not None
    return begin(db, actor, system_id=str(name) if exists else "", document=document, at=at)


def hand_in(
    db: Connection,
    actor: Actor,
    entry: Entry,
    *,
    note: str,
    dataset_ids: Collection[str],
    rules: Sequence[Rule] | None = None,
    at: datetime | None = None,
) -> Draft:
    """Hand in an agency's own entry from the operator's shell: a publisher of the agency approves it, or not.

    The operator may run the service, and not speak for an agency. Raises ``Invalid`` with every fault.
    """
    require(actor, Act.PUBLISH_DOCUMENTS)
    when = at or datetime.now(UTC)
    text = tidy(entry)
    agency = speaks_for("system", text)
    if not agency:
        raise Invalid("Only what an agency says itself goes to its desk.", kept="Nothing was handed in.")
    present = of_agency(db, agency, entry.id) if latest_version(db, "system", entry.id) else None
    check_note(note)
    draft = _begun(db, actor, agency, text, present=present, state=DraftState.SUBMITTED, note=note, at=when)
    fit_to_publish(db, draft, dataset_ids, when, rules)
    return draft


def save(
    db: Connection,
    actor: Actor,
    draft_id: str,
    document: Mapping[str, Any],
    *,
    revision: int,
    note: str | None = None,
    at: datetime | None = None,
) -> Draft:
    """Keep what was written, complete or not; unchanged text is no new revision. Raises ``Stale``."""
    draft = _taken(db, actor, draft_id, DeskAct.SAVE, revision)
    kept = draft.note if note is None else note
    if len(kept) > LONGEST_NOTE:
        raise Invalid("The change note is too long.", [long_note(kept)], kept="The draft is as it was.")
    text = text_of(document)
    if digest(document) == draft.sha256 and kept == draft.note:
        return draft
    return _moved(db, actor, draft, DeskAct.SAVE, at=at, document=text, note=kept, last_editor=actor.name)


def move_on(
    db: Connection, actor: Actor, draft_id: str, *, revision: int, at: datetime | None = None
) -> Draft:
    """Let the draft follow the newest version, which was published after it was begun; its text stays."""
    draft = _taken(db, actor, draft_id, DeskAct.MOVE_ON, revision)
    present = of_agency(db, draft.agency, draft.document_id or str(draft.document.get("id", "")))
    return _moved(
        db,
        actor,
        draft,
        DeskAct.MOVE_ON,
        at=at,
        based_on=present.version,
        document_id=present.document_id,
        last_editor=actor.name,
    )


def submit(
    db: Connection,
    actor: Actor,
    draft_id: str,
    *,
    revision: int,
    note: str,
    dataset_ids: Collection[str],
    rules: Sequence[Rule] | None = None,
    at: datetime | None = None,
) -> Draft:
    """Hand the draft to a second person. ``note`` says in public what changed, and why.

    Raises ``Invalid`` with every fault, ``Conflict`` where nothing changed, or a newer version was published.
    """
    draft = _taken(db, actor, draft_id, DeskAct.SUBMIT, revision)
    check_note(note)
    fit_to_publish(db, draft, dataset_ids, at or datetime.now(UTC), rules)
    return _moved(
        db, actor, draft, DeskAct.SUBMIT, at=at, said=note, note=note.strip(), submitted_by=actor.name
    )


def take_back(
    db: Connection, actor: Actor, draft_id: str, *, revision: int, at: datetime | None = None
) -> Draft:
    """Take a draft back, to go on writing."""
    draft = _taken(db, actor, draft_id, DeskAct.TAKE_BACK, revision)
    return _moved(db, actor, draft, DeskAct.TAKE_BACK, at=at, submitted_by="")


def send_back(
    db: Connection,
    actor: Actor,
    draft_id: str,
    remarks: Sequence[Remark],
    *,
    revision: int,
    at: datetime | None = None,
) -> Draft:
    """Return a draft to its writers with remarks, one at least; they stay until it is submitted again."""
    draft = _taken(db, actor, draft_id, DeskAct.RETURN, revision)
    check_remarks(remarks)
    listed = [{"field": one.field, "text": one.text.strip()} for one in remarks]
    return _moved(
        db,
        actor,
        draft,
        DeskAct.RETURN,
        at=at,
        said=f"Remarks: {len(listed)}",
        remarks=json.dumps(listed, ensure_ascii=False),
        decided_by=actor.name,
        submitted_by="",
    )


def approve(
    db: Connection,
    actor: Actor,
    draft_id: str,
    *,
    revision: int,
    dataset_ids: Collection[str],
    rules: Sequence[Rule] | None = None,
    signed: SignedPublication | None = None,
    at: datetime | None = None,
) -> Version:
    """Publish exactly the revision that was read, as a second person; return the version.

    Everything is checked anew. An agency that signs what it publishes hands its signature over here: raises
    ``Forbidden`` without one, and where it is not for this text with this note.
    """
    draft = _taken(db, actor, draft_id, DeskAct.APPROVE, revision)
    entry = fit_to_publish(db, draft, dataset_ids, at or datetime.now(UTC), rules)
    if signed is not None and signed.statement.note != draft.note:
        raise Forbidden(
            "The signed note is not the note of this draft.",
            kept="Nothing was published.",
            next_step=f"Sign again, with this note: {draft.note}",
        )
    version = publish_document(
        db,
        actor,
        kind="system",
        document_id=entry.id,
        document=entry.model_dump(mode="json"),
        note=draft.note,
        signed=signed,
        approval=Approval(draft.draft_id, draft.submitted_by),
        at=at,
    )
    _moved(
        db,
        actor,
        draft,
        DeskAct.APPROVE,
        at=at,
        said=f"Version {version.version}",
        decided_by=actor.name,
        version=version.version,
        document_id=entry.id,
    )
    return version


def discard(
    db: Connection, actor: Actor, draft_id: str, *, revision: int, at: datetime | None = None
) -> Draft:
    """Lay a draft aside for good. It was never public; it is kept for a time, and then forgotten."""
    draft = _taken(db, actor, draft_id, DeskAct.DISCARD, revision)
    return _moved(db, actor, draft, DeskAct.DISCARD, at=at, decided_by=actor.name)


def _taken(db: Connection, actor: Actor, draft_id: str, act: DeskAct, revision: int) -> Draft:
    """Return the draft on which somebody acts; raise unless office, person, state and revision allow it."""
    needed, who = NEEDS[act]
    draft = find(db, office(actor, needed), draft_id)
    if who is not Who.ANYONE and (who is Who.WRITER) != draft.is_writer(actor):
        log.warning("refused: %s may not %s draft %s", actor.name, act, draft.draft_id)
        if who is Who.SECOND:
            raise Forbidden(
                "Whoever wrote, changed or submitted a text does not decide on it.",
                next_step="Ask another publisher of your agency to look at it.",
            )
        raise Forbidden("Only who wrote or submitted a draft can take it back.", next_step="Return it.")
    if (draft.state, act) not in MOVES:
        raise Conflict(
            f"This draft is in another state by now: {draft.state.label.lower()}.",
            next_step="Open it again to see what can be done.",
        )
    if draft.revision != revision:
        raise Stale(
            f"Somebody, or another window, changed this draft after you opened it: it is at revision "
            f"{draft.revision}, and yours was {revision}.",
            kept="What you wrote is still in this form, and nothing was overwritten.",
            next_step="Open the newer text, or keep yours as a draft of its own.",
        )
    return draft


def of_agency(db: Connection, agency: str, system_id: str) -> Version:
    """Return the present version of an agency's entry; raise ``Forbidden`` where it is another's."""
    version = entry_of(db, system_id).version
    owner = about("system", version.document)
    if owner != agency:
        log.warning("refused: a draft of “%s” for another agency", version.document_id)
        raise Forbidden(
            f"“{version.document_id}” is an entry about “{owner}”.",
            next_step="An agency publishes about itself. To object to an entry, use its page.",
        )
    return version


def _begun(
    db: Connection,
    actor: Actor,
    agency: str,
    text: Mapping[str, Any],
    *,
    present: Version | None,
    state: DraftState,
    note: str,
    at: datetime,
) -> Draft:
    draft_id = f"D-{secrets.token_hex(6)}"
    submitted = state is DraftState.SUBMITTED
    db.execute(
        insert(desk_draft).values(
            draft_id=draft_id,
            agency=agency,
            document_id=present.document_id if present else "",
            based_on=present.version if present else 0,
            document=text_of(normal(text)),
            note=note.strip(),
            remarks="[]",
            state=state,
            revision=1,
            author=actor.name,
            last_editor=actor.name,
            submitted_by=actor.name if submitted else "",
            decided_by="",
            created_at=at,
            changed_at=at,
            version=None,
        )
    )
    act = DeskAct.SUBMIT if submitted else DeskAct.BEGIN
    _note(db, actor, find(db, agency, draft_id), act, said=note.strip(), at=at)
    return find(db, agency, draft_id)


def _moved(
    db: Connection,
    actor: Actor,
    draft: Draft,
    act: DeskAct,
    *,
    at: datetime | None,
    said: str = "",
    **changes: object,
) -> Draft:
    """Write what an act changes, and the act, and return the draft as it is then."""
    when = at or datetime.now(UTC)
    if act is DeskAct.SUBMIT:
        changes["remarks"] = "[]"
    done = db.execute(
        update(desk_draft)
        .where(desk_draft.c.draft_id == draft.draft_id, desk_draft.c.revision == draft.revision)
        .values(
            {
                **changes,
                "state": MOVES[draft.state, act],
                "revision": draft.revision + 1,
                "changed_at": when,
            }
        )
    )
    if done.rowcount != 1:  # The write lock makes this impossible; the database says so once more.
        raise Stale("Somebody else changed this draft at the same moment.", next_step="Please try again.")
    _note(db, actor, find(db, draft.agency, draft.draft_id), act, said=said, at=when)
    return find(db, draft.agency, draft.draft_id)


def _note(db: Connection, actor: Actor, draft: Draft, act: DeskAct, *, said: str, at: datetime) -> None:
    db.execute(
        insert(desk_act).values(
            draft_id=draft.draft_id,
            at=at,
            actor=actor.name,
            act=act,
            state=draft.state,
            revision=draft.revision,
            sha256=draft.sha256,
            said=said,
        )
    )
