"""The way of a draft, from its beginning to the version that two people stand behind."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, HearingError, Invalid, NotFound
from hearing_app.people.permissions import COMPILATION, OPERATOR, Actor, Role
from hearing_app.people.retention import Due
from hearing_app.record import ledger, versions
from hearing_app.record.ledger import contents
from hearing_app.record.versions import versions_of
from hearing_app.registry.desk import acts, retention
from hearing_app.registry.desk.drafts import Draft, Remark, draft_of, drafts_at, log_of
from hearing_app.registry.desk.retention import due, forget
from hearing_app.registry.desk.states import DeskAct, DraftState
from hearing_app.registry.desk.verify import faults
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import entry_of, publish_entry
from hearing_app.registry.signature_faults import faults as signature_faults
from hearing_app.registry.signed import Approval, publish_document
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account, desk_act, desk_draft
from tests.registry.desk.conftest import ADA, BEN, CLEO, ELSEWHERE, NOTE, Begun, text
from tests.signers import RIVERTON, Agency, own_entry


def do(record: Engine, call: Any, actor: Actor, draft: Draft, *given: Any, **more: Any) -> Any:
    with writing(record) as db:
        return call(db, actor, draft.draft_id, *given, revision=draft.revision, **more)


def approved(record: Engine, draft: Draft, actor: Actor = BEN, **more: Any) -> versions.Version:
    found: versions.Version = do(record, acts.approve, actor, draft, dataset_ids=(), rules=(), **more)
    return found


def test_a_draft_becomes_a_version_that_names_two_people(
    record: Engine, submitted: Begun, now: datetime
) -> None:
    draft = submitted()
    assert (draft.state, draft.submitted_by) == (DraftState.SUBMITTED, ADA.name)
    version = approved(record, draft, at=now)
    assert (version.version, version.actor, version.note) == (1, BEN.name, NOTE)
    with reading(record) as db:
        [(event, content)] = [one for one in contents(db) if one[0].kind == "system.published"]
        assert content is not None
        said = content.fields
        assert event.actor == said["approved_by"] == BEN.name
        assert (said["submitted_by"], said["draft"]) == (ADA.name, draft.draft_id)
        assert entry_of(db, "bus-lane-cameras").entry == Entry.model_validate(own_entry())
        assert draft_of(db, ADA, draft.draft_id).state is DraftState.PUBLISHED
        assert faults(db) == versions.faults(db) == ledger.faults(db) == []


def test_an_incomplete_text_is_kept_and_cannot_be_submitted(record: Engine, now: datetime) -> None:
    with writing(record) as db:
        draft = acts.begin(db, ADA, at=now)
    assert draft.document["deployer"] == {"agency": RIVERTON}
    unfinished = {**draft.document, "name": "TODO", "functions": "anpr", "unheard_of": 1}
    draft = do(record, acts.save, ADA, draft, unfinished)
    with pytest.raises(Invalid) as refused:
        do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), rules=(), at=now)
    named = {fault.field for fault in refused.value.faults}
    assert {"name", "functions", "unheard_of", "id", "lifecycle", "sources", "summary"} <= named
    with reading(record) as db:
        kept = draft_of(db, ADA, draft.draft_id)
    assert (kept.document, kept.state) == (unfinished, DraftState.DRAFTED)


def test_a_second_window_overwrites_nothing(record: Engine, begun: Begun) -> None:
    draft = begun()
    newer = do(record, acts.save, BEN, draft, {**draft.document, "name": "From the other window"})
    with pytest.raises(acts.Stale, match="revision 2"):
        do(record, acts.save, ADA, draft, {**draft.document, "name": "From this window"})
    with reading(record) as db:
        kept = draft_of(db, ADA, draft.draft_id)
    assert (kept.name, kept.revision, kept.last_editor) == ("From the other window", 2, BEN.name)
    assert newer == kept


def test_eight_writers_at_once_lose_nothing(record: Engine, begun: Begun) -> None:
    """Each adds its word to the list of names, reading anew when another was faster."""
    draft = begun()

    def write(number: int) -> None:
        actor, word = Actor(Role.PUBLISHER, f"p{number}", RIVERTON), f"Name {number}"
        while True:
            with reading(record) as db:
                seen = draft_of(db, actor, draft.draft_id)
            changed = {**seen.document, "aliases": [*seen.document.get("aliases", []), word]}
            try:
                do(record, acts.save, actor, seen, changed)
            except acts.Stale:
                continue
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with reading(record) as db:
        kept = draft_of(db, ADA, draft.draft_id)
        assert faults(db) == []
        saved = [one for one in log_of(db, ADA, draft.draft_id) if one.act is DeskAct.SAVE]
    assert sorted(kept.document["aliases"]) == [f"Name {number}" for number in range(8)]
    assert (kept.revision, [one.revision for one in saved]) == (9, list(range(2, 10)))


def test_unchanged_text_is_no_new_revision(record: Engine, begun: Begun) -> None:
    draft = begun()
    assert do(record, acts.save, BEN, draft, dict(draft.document)) == draft


@pytest.mark.parametrize("writer", ["author", "last editor", "submitter"])
def test_no_writer_of_a_text_decides_on_it(record: Engine, begun: Begun, now: datetime, writer: str) -> None:
    draft = begun(ADA)
    if writer != "author":
        draft = do(record, acts.save, BEN, draft, {**draft.document, "aliases": ["Another"]})
    submitter = CLEO if writer == "submitter" else ADA
    draft = do(record, acts.submit, submitter, draft, note=NOTE, dataset_ids=(), rules=(), at=now)
    who = {"author": ADA, "last editor": BEN, "submitter": CLEO}[writer]
    with pytest.raises(Forbidden, match="does not decide on it"):
        approved(record, draft, who)
    with pytest.raises(Forbidden, match="does not decide on it"):
        do(record, acts.send_back, who, draft, [Remark("name", "Shorter.")])
    with reading(record) as db:
        assert versions_of(db, "system", "bus-lane-cameras") == []


def test_a_colleagues_last_touch_makes_no_writer_a_second_person(
    record: Engine, begun: Begun, now: datetime
) -> None:
    """Ben writes it, Ada changes a comma after him and submits it: Ben still wrote it."""
    draft = do(record, acts.save, BEN, begun(ADA), text(name="Written by Ben"))
    draft = do(record, acts.save, ADA, draft, text(name="Written by Ben."))
    draft = do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), rules=(), at=now)
    assert (draft.author, draft.last_editor, draft.submitted_by) == (ADA.name,) * 3
    with pytest.raises(Forbidden, match="does not decide on it"):
        approved(record, draft, BEN)
    with pytest.raises(Forbidden, match="does not decide on it"):
        do(record, acts.send_back, BEN, draft, [Remark("name", "Shorter.")])
    assert not draft.allows(BEN, DeskAct.APPROVE)
    assert do(record, acts.take_back, BEN, draft).state is DraftState.DRAFTED


def test_who_only_returned_a_draft_can_still_approve_it(
    record: Engine, submitted: Begun, now: datetime
) -> None:
    draft = do(record, acts.send_back, BEN, submitted(), [Remark("name", "Shorter.")])
    draft = do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), rules=(), at=now)
    assert approved(record, draft, BEN).version == 1


def test_what_was_changed_after_it_was_read_is_not_approved(
    record: Engine, submitted: Begun, now: datetime
) -> None:
    """Taken back, changed and submitted again: whoever read the first text does not publish the second."""
    read = submitted()
    back = do(record, acts.take_back, ADA, read)
    changed = do(record, acts.save, ADA, back, {**back.document, "purpose": "To watch everybody."})
    again = do(record, acts.submit, ADA, changed, note=NOTE, dataset_ids=(), rules=(), at=now)
    with pytest.raises(acts.Stale):
        approved(record, read)
    assert approved(record, again).document["purpose"] == "To watch everybody."


def test_approval_asks_for_a_fresh_proof(record: Engine, submitted: Begun) -> None:
    draft = submitted()
    with pytest.raises(ConfirmAgain):
        approved(record, draft, replace(BEN, fresh=False))
    with reading(record) as db:
        assert draft_of(db, BEN, draft.draft_id) == draft


def test_remarks_come_back_with_the_text_and_go_when_it_is_submitted_again(
    record: Engine, submitted: Begun, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        do(record, acts.send_back, BEN, submitted(id="another"), [])
    assert [fault.problem for fault in refused.value.faults] == ["There is no remark."]
    remarks = (Remark("summary", "Say who looks at the pictures."), Remark("", "A good beginning."))
    back = do(record, acts.send_back, BEN, submitted(), remarks)
    assert (back.state, back.remarks) == (DraftState.RETURNED, remarks)
    saved = do(record, acts.save, ADA, back, {**back.document, "summary": "Officers look at each picture."})
    assert (saved.state, saved.remarks) == (DraftState.RETURNED, remarks)
    again = do(record, acts.submit, ADA, saved, note=NOTE, dataset_ids=(), rules=(), at=now)
    assert (again.state, again.remarks) == (DraftState.SUBMITTED, ())
    assert approved(record, again).version == 1


def test_two_drafts_of_one_version_do_not_both_become_the_next(
    record: Engine, submitted: Begun, now: datetime
) -> None:
    approved(record, submitted())
    drafts = []
    for name in ("One", "Other"):
        with writing(record) as db:
            draft = acts.begin(db, ADA, system_id="bus-lane-cameras", at=now)
        assert (draft.based_on, draft.document["compiled"]["as_of"]) == (1, "2026-06-15")
        draft = do(record, acts.save, ADA, draft, {**draft.document, "aliases": [name]})
        drafts.append(do(record, acts.submit, ADA, draft, note=name, dataset_ids=(), rules=(), at=now))
    assert approved(record, drafts[0]).version == 2
    with pytest.raises(Conflict, match="Version 2 was published after this draft was begun"):
        approved(record, drafts[1])
    back = do(record, acts.take_back, ADA, drafts[1])
    based = do(record, acts.move_on, ADA, back)
    assert (based.based_on, based.document) == (2, back.document)
    again = do(record, acts.submit, ADA, based, note="Both names", dataset_ids=(), rules=(), at=now)
    assert approved(record, again).version == 3
    with reading(record) as db:
        assert faults(db) == []


def test_nothing_new_is_not_submitted(record: Engine, submitted: Begun, now: datetime) -> None:
    approved(record, submitted(compiled=own_entry()["compiled"] | {"as_of": "2026-06-15"}))
    with writing(record) as db:
        draft = acts.begin(db, ADA, system_id="bus-lane-cameras", at=now)
    with pytest.raises(Conflict, match="word for word"):
        do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), rules=(), at=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deployer": own_entry()["deployer"] | {"agency": "harbour-police"}}, "deployer.agency"),
        ({"compiled": own_entry()["compiled"] | {"by": "independent_compilation"}}, "compiled.by"),
        ({"compiled": own_entry()["compiled"] | {"as_of": "2026-06-16"}}, "compiled.as_of"),
        ({"id": "taken"}, "id"),
        ({"datasets": ["nothing-there"]}, "datasets.0"),
    ],
)
def test_an_agency_publishes_about_itself(
    record: Engine, begun: Begun, now: datetime, changes: dict[str, Any], field: str
) -> None:
    other = own_entry(id="taken", deployer=own_entry()["deployer"] | {"agency": "x-police", "name": "X"})
    with writing(record) as db:
        publish_entry(db, COMPILATION, Entry.model_validate(other), at=now - timedelta(days=9))
    with pytest.raises(Invalid) as refused:
        do(record, acts.submit, ADA, begun(**changes), note=NOTE, dataset_ids=(), rules=(), at=now)
    assert [fault.field for fault in refused.value.faults] == [field]
    with writing(record) as db, pytest.raises(Forbidden, match="an entry about “x-police”"):
        acts.begin(db, ADA, system_id="taken")
    with writing(record) as db, pytest.raises(NotFound):
        acts.begin(db, ADA, system_id="nothing")


def test_a_lasting_name_never_changes(record: Engine, submitted: Begun, now: datetime) -> None:
    approved(record, submitted())
    with writing(record) as db:
        draft = acts.begin(db, ADA, system_id="bus-lane-cameras", at=now)
    draft = do(record, acts.save, ADA, draft, {**draft.document, "id": "cameras-of-bus-lanes"})
    with pytest.raises(Invalid) as refused:
        do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), rules=(), at=now)
    assert "never changes" in refused.value.faults[0].problem
    with writing(record) as db:
        again = acts.begin(db, ADA, document=text(aliases=["More"]), at=now)
    with pytest.raises(Invalid) as refused:
        do(record, acts.submit, ADA, again, note=NOTE, dataset_ids=(), rules=(), at=now)
    assert "Begin from that version" in refused.value.faults[0].repair


@pytest.mark.parametrize("note", ["", "  ", "x" * 501, "Hidden\u202e words"])
def test_the_history_says_what_changed(record: Engine, begun: Begun, now: datetime, note: str) -> None:
    with pytest.raises(Invalid):
        do(record, acts.submit, ADA, begun(), note=note, dataset_ids=(), rules=(), at=now)


@pytest.mark.parametrize(
    "document", [{"a": float("nan")}, {"a": {1, 2}}, {"a": "x" * 300_000}, {"a": [0] * 5_001}]
)
def test_what_cannot_be_kept_is_refused(record: Engine, begun: Begun, document: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        do(record, acts.save, ADA, begun(), document)


def test_an_agency_that_signs_still_signs(record: Engine, submitted: Begun, now: datetime) -> None:
    force, thief = Agency(), Agency()
    with writing(record) as db:
        force.register(db, at=now - timedelta(days=2))
    draft = submitted()
    with pytest.raises(Forbidden, match="it is not signed"):
        approved(record, draft)
    with reading(record) as db:
        by_thief = thief.sign(db, own_entry(), note=NOTE)
        other_note = force.sign(db, own_entry(), note="Something else")
        other_text = force.sign(db, own_entry(name="Something else"), note=NOTE)
        right = force.sign(db, own_entry(), note=NOTE)
    for wrong in (by_thief, other_note, other_text):
        with pytest.raises(Forbidden):
            approved(record, draft, signed=wrong)
    with pytest.raises(Forbidden, match="does not decide"):
        approved(record, draft, ADA, signed=right)
    assert approved(record, draft, signed=right).version == 1
    with reading(record) as db:
        assert faults(db) == signature_faults(db) == versions.faults(db) == []


def test_the_approval_alone_opens_nothing(record: Engine, now: datetime) -> None:
    """Whoever calls what publishes directly is refused as well."""
    approval, document = Approval("D-1", ADA.name), own_entry()
    for actor in (ADA, ELSEWHERE, OPERATOR, COMPILATION, Actor(Role.ADMINISTRATOR, "root", RIVERTON)):
        with writing(record) as db, pytest.raises(Forbidden):
            publish_document(
                db,
                actor,
                kind="system",
                document_id="bus-lane-cameras",
                document=document,
                note=NOTE,
                approval=approval,
            )


def test_what_the_agency_approved_is_not_replaced_by_the_operators_file(
    record: Engine, submitted: Begun
) -> None:
    approved(record, submitted())
    older = Entry.model_validate(own_entry(name="As the operator's file says"))
    with writing(record) as db, pytest.raises(Forbidden, match="approved by the agency's own publishers"):
        publish_entry(db, OPERATOR, older)


@pytest.mark.parametrize("disabled", [False, True])
def test_where_an_agency_has_publishers_no_file_of_the_operator_speaks_for_it(
    record: Engine, now: datetime, disabled: bool
) -> None:
    """Also before anything of it is published: what it says has always two people behind it."""
    entry = Entry.model_validate(own_entry())
    others = Entry.model_validate(
        own_entry(compiled={"by": "independent_compilation", "as_of": "2026-06-01", "statement": "Compiled."})
    )
    row = {
        "account_id": "ada1",
        "email": "ada@example.org",
        "role": Role.PUBLISHER,
        "agency": RIVERTON,
        "password_hash": "!",
        "created_at": now,
        "disabled": disabled,
    }
    with writing(record) as db:
        db.execute(insert(account).values(row))
        for actor in (OPERATOR, COMPILATION):
            with pytest.raises(Forbidden, match="own publishers approve"):
                publish_entry(db, actor, entry, rules=())
        assert publish_entry(db, OPERATOR, others, rules=()).version == 1


def test_the_operator_hands_in_and_does_not_publish(record: Engine, now: datetime) -> None:
    entry = Entry.model_validate(own_entry())
    with writing(record) as db:
        draft = acts.hand_in(db, OPERATOR, entry, note=NOTE, dataset_ids=(), rules=(), at=now)
        assert draft.state is DraftState.SUBMITTED
    with pytest.raises(Forbidden):
        approved(record, draft, OPERATOR)
    assert approved(record, draft).note == NOTE
    with reading(record) as db:
        assert faults(db) == []
    with writing(record) as db, pytest.raises(Forbidden):
        acts.hand_in(db, ADA, entry, note=NOTE, dataset_ids=(), rules=())


def test_drafts_are_seen_at_their_own_desk_alone(record: Engine, begun: Begun) -> None:
    draft = begun()
    with reading(record) as db:
        assert [one.draft_id for one in drafts_at(db, BEN)] == [draft.draft_id]
        assert drafts_at(db, ELSEWHERE) == drafts_at(db, BEN, closed=True) == []
        with pytest.raises(NotFound):
            draft_of(db, ELSEWHERE, draft.draft_id)
        with pytest.raises(Forbidden):
            drafts_at(db, Actor(Role.AUDITOR, "aud"))
        with pytest.raises(Forbidden, match="for which agency"):
            drafts_at(db, Actor(Role.PUBLISHER, "lost"))
        assert len(log_of(db, Actor(Role.AUDITOR, "aud"))) == 1
        assert log_of(db, Actor(Role.AUDITOR, "aud", "harbour-police")) == log_of(db, ELSEWHERE) == []
        with pytest.raises(Forbidden):
            log_of(db, Actor(Role.ADMINISTRATOR, "root"))


def test_a_discarded_draft_stays_in_private(record: Engine, begun: Begun) -> None:
    draft = do(record, acts.discard, BEN, begun())
    with reading(record) as db:
        assert drafts_at(db, ADA) == []
        assert drafts_at(db, ADA, closed=True) == [draft]
        assert [str(one.act) for one in log_of(db, ADA)] == ["begin", "discard"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"state": "submitted"}, "state"),
        ({"revision": 9}, "state"),
        ({"document": json.dumps({"id": "another"})}, "text"),
        ({"author": BEN.name}, "people"),
        ({"last_editor": "publisher:mallory"}, "people"),
        ({"note": "Something else."}, "people"),
        ({"decided_by": "publisher:mallory"}, "ledger"),
        ({"version": 7}, "ledger"),
    ],
)
def test_a_change_behind_the_desk_is_found(
    record: Engine, submitted: Begun, values: dict[str, Any], named: str
) -> None:
    draft = submitted()
    approved(record, draft)
    with writing(record) as db:
        db.execute(update(desk_draft).values(values))
    with reading(record) as db:
        [found] = faults(db)
    assert draft.draft_id in found
    assert named in found


def test_people_who_are_changed_behind_the_desk_are_found_before_it_is_published(
    record: Engine, submitted: Begun
) -> None:
    """With another name as its author, whoever wrote it could approve it."""
    draft = submitted()
    for values in ({"author": "publisher:x"}, {"last_editor": "publisher:x"}, {"submitted_by": ""}):
        with writing(record) as db:
            db.execute(update(desk_draft).values(values))
            [found] = faults(db)
            assert draft.draft_id in found
            assert "people" in found
            db.execute(
                update(desk_draft).values(author=ADA.name, last_editor=ADA.name, submitted_by=ADA.name)
            )
            assert faults(db) == []


def test_a_writer_who_approved_is_found(record: Engine, begun: Begun, now: datetime) -> None:
    draft = do(record, acts.save, BEN, begun(ADA), text(name="Written by Ben"))
    draft = do(record, acts.save, ADA, draft, text(name="Written by Ben."))
    draft = do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), rules=(), at=now)
    approved(record, draft, CLEO)
    with writing(record) as db:
        wrote = (desk_act.c.actor == BEN.name) & (desk_act.c.act == "save")
        db.execute(update(desk_act).where(wrote).values(actor=CLEO.name))
        [found] = faults(db)
    assert draft.draft_id in found
    assert "wrote" in found


def test_a_draft_or_a_line_of_the_log_that_is_gone_is_found(record: Engine, begun: Begun) -> None:
    draft = begun()
    with writing(record) as db:
        db.execute(delete(desk_act))
    with reading(record) as db:
        assert faults(db) == [f"Draft {draft.draft_id}: the desk's log does not know it."]


def test_a_version_that_one_person_made_alone_is_found(
    record: Engine, submitted: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the rule ever lost, the record would still show it."""
    draft = submitted()
    monkeypatch.setattr(
        "hearing_app.registry.signed._check_approval",
        lambda *_: {"draft": draft.draft_id, "submitted_by": BEN.name, "approved_by": BEN.name},
    )
    approved(record, draft)
    with reading(record) as db:
        assert f"A version of the draft {draft.draft_id} was not approved by a second person." in faults(db)


def test_every_act_is_in_the_log_once(record: Engine, submitted: Begun, now: datetime) -> None:
    draft = submitted()
    back = do(record, acts.send_back, BEN, draft, [Remark("name", "Shorter.")])
    again = do(record, acts.submit, ADA, back, note="Shorter now", dataset_ids=(), rules=(), at=now)
    approved(record, again)
    with reading(record) as db:
        told = [(str(one.act), one.actor, one.said) for one in log_of(db, BEN, draft.draft_id)]
        rows = db.execute(select(desk_act)).all()
    assert told == [
        ("begin", ADA.name, ""),
        ("submit", ADA.name, NOTE),
        ("return", BEN.name, "Remarks: 1"),
        ("submit", ADA.name, "Shorter now"),
        ("approve", BEN.name, "Version 1"),
    ]
    assert "Cameras that note" not in str(rows)


def test_refusals_are_words(record: Engine, submitted: Begun) -> None:
    draft = submitted()
    for call in (acts.save, acts.discard, acts.move_on):
        with pytest.raises(HearingError) as refused:
            do(record, call, ADA, draft, *([{}] if call is acts.save else []))
        assert "waits for a second person" in refused.value.what


def test_a_closed_draft_is_forgotten_after_its_period_and_the_version_stays(
    record: Engine, submitted: Begun, begun: Begun, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One statement names one draft: that there are more than it names loses none.
    monkeypatch.setattr(retention, "_AT_ONCE", 1)
    open_one = begun(id="another")
    published = submitted()
    approved(record, published, at=now)
    discarded = begun(id="a-third")
    do(record, acts.discard, ADA, discarded, at=now)
    later = now + timedelta(days=365)
    with writing(record) as db:
        assert due(db, now) == Due(0, None)
        assert due(db, later) == Due(2, now)
        assert forget(db, later) == 2
        assert faults(db) == versions.faults(db) == []
        assert [one.draft_id for one in drafts_at(db, ADA)] == [open_one.draft_id]
        assert drafts_at(db, ADA, closed=True) == []
        assert len(versions_of(db, "system", "bus-lane-cameras")) == 1
        assert due(db, later) == Due(0, None)


def test_two_approvals_at_once_make_one_version(record: Engine, submitted: Begun, now: datetime) -> None:
    draft = submitted()

    def approve(name: str) -> bool:
        try:
            approved(record, draft, Actor(Role.PUBLISHER, name, RIVERTON), at=now)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(approve, ("ben2", "cleo3", "dan4", "eli5")))
    assert sum(done) == 1
    with reading(record) as db:
        assert len(versions_of(db, "system", "bus-lane-cameras")) == 1
        assert faults(db) == []


def test_a_rule_on_prohibited_uses_holds_at_the_desk(record: Engine, begun: Begun, now: datetime) -> None:
    """Where nobody hands in other rules, the packaged ones apply: in use, with their questions open."""
    draft = begun(functions=["person_offending_risk"])
    with pytest.raises(Invalid) as refused:
        do(record, acts.submit, ADA, draft, note=NOTE, dataset_ids=(), at=now)
    assert any("cannot be told" in fault.problem for fault in refused.value.faults)
    stages = [{"stage": "proposed", "since": "2026", "sources": ["report"]}]
    plan = begun(functions=["person_offending_risk"], lifecycle={"stages": stages})
    do(record, acts.submit, ADA, plan, note=NOTE, dataset_ids=(), at=now)
