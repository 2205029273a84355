"""Rows on documents, the publishing desk, audits, corrections, accounts and retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from hearing_app.errors import Conflict, Forbidden, Invalid, NotFound
from hearing_app.hearings.hearing import publish_hearing
from hearing_app.hearings.retention import carry_out, what_is_due
from hearing_app.people import staff
from hearing_app.people.accounts import invite
from hearing_app.people.invitations import cancel_invitation, open_invitations
from hearing_app.people.permissions import Act, Role
from hearing_app.registry.agencies import register_key, revocable_keys, revoke_key
from hearing_app.registry.corrections.answering import Answering, answer, waiting_for
from hearing_app.registry.corrections.receiving import _check_body
from hearing_app.registry.desk.acts import hand_in
from hearing_app.registry.desk.drafts import log_of, office
from hearing_app.registry.entry import Entry
from hearing_app.registry.signed import Approval, publish_document
from hearing_app.registry.supervision.acting import plan, say
from hearing_app.registry.supervision.words import Begun, Replied
from tests.signers import own_entry

from .roles import Row, World


def rows_on_documents(world: World, now: datetime) -> Iterator[Row]:
    for state, title in (("unchanged", world.hearing.title), ("changed", "Another title")):
        changed = world.hearing.model_copy(update={"title": title})
        yield Row(
            "hearings/hearing.py:publish_hearing",
            Act.PUBLISH_DOCUMENTS,
            partial(publish_hearing, hearing=changed, note="A test.", at=now),
            state,
        )
    document = {"id": "street-cameras", "name": "Street cameras, again"}
    publish = partial(
        publish_document,
        kind="note",
        document_id="street-cameras",
        document=document,
        note="A test.",
        at=now,
    )
    yield Row(
        "registry/signed.py:publish_document",
        Act.PUBLISH_DOCUMENTS,
        publish,
        "unsigned",
    )
    unknown: Any = SimpleNamespace(key_id="0" * 64, statement=None)
    yield Row(
        "registry/signed.py:publish_document",
        Act.PUBLISH_SIGNED,
        partial(publish, signed=unknown),
        "signed by nobody's key",
        Forbidden,
    )
    request: Any = SimpleNamespace(statement=SimpleNamespace(public_key="00" * 32))
    yield Row(
        "registry/agencies.py:register_key",
        Act.REGISTER_KEYS,
        partial(register_key, request=request, fingerprint="no fingerprint"),
        "a request that does not hold",
        Invalid,
    )
    yield Row(
        "registry/agencies.py:revoke_key",
        Act.REGISTER_KEYS,
        partial(revoke_key, key_id="0" * 64, reason="It was lost."),
        "an unknown key",
        NotFound,
    )
    yield Row("registry/agencies.py:revocable_keys", Act.REGISTER_KEYS, revocable_keys)
    yield from rows_on_drafts(now)
    yield from rows_on_audits(now)
    yield from rows_on_corrections(now)


def rows_on_drafts(now: datetime) -> Iterator[Row]:
    """The doors of the publishing desk; every state behind them is in ``tests/registry/desk/test_states``."""
    for act in (Act.WRITE_DRAFTS, Act.APPROVE_DRAFTS, Act.READ_DESK_LOG):
        yield Row(
            "registry/desk/drafts.py:office",
            act,
            lambda _, actor, act=act: office(replace(actor, agency="met"), act),
        )
    yield Row(
        "registry/desk/drafts.py:log_of",
        Act.READ_DESK_LOG,
        lambda db, actor: log_of(db, replace(actor, agency="met")),
    )
    document = {"deployer": {"agency": "met"}, "compiled": {"by": "deployer"}}
    yield Row(
        "registry/signed.py:_check_approval",
        Act.APPROVE_DRAFTS,
        lambda db, actor: publish_document(
            db,
            replace(actor, agency="met"),
            kind="system",
            document_id="street-cameras-2",
            document=document,
            note="A test.",
            approval=Approval("D-1", "publisher:another"),
            at=now,
        ),
    )
    entry: Any = Entry.model_validate(own_entry())
    yield Row(
        "registry/desk/acts.py:hand_in",
        Act.PUBLISH_DOCUMENTS,
        partial(hand_in, entry=entry, note="", dataset_ids=(), rules=(), at=now),
        "without a note",
        Invalid,
    )


def rows_on_audits(now: datetime) -> Iterator[Row]:
    """The door of supervision; every state behind it is in ``tests/registry/supervision/test_acting``."""
    door = "registry/supervision/acting.py:_check_role"
    planned: Any = SimpleNamespace(system="nothing", version=1)
    yield Row(
        door,
        Act.CARRY_OUT_AUDITS,
        partial(plan, planned=planned, draft_id="a" * 32, at=now),
        "an unknown system",
        NotFound,
    )
    for act, said in (
        (Act.CARRY_OUT_AUDITS, Begun()),
        (Act.ANSWER_AUDITS, Replied(finding=1, text="We agree.")),
    ):
        yield Row(
            door,
            act,
            partial(say, audit_id="A-2026-0000000", said=said, seen=1, at=now),
            "an unknown audit",
            NotFound,
        )


def rows_on_corrections(now: datetime) -> Iterator[Row]:
    """The doors of corrections; who answers for which entry is in ``tests/registry/corrections``."""
    answering = "registry/corrections/answering.py"
    given = Answering("not_corrected", "It is as it stands.")
    call = partial(answer, correction_id="E-2026-AAAAAAA", given=given, seen=0, at=now)
    yield Row(f"{answering}:answer", Act.ANSWER_CORRECTIONS, call, "an unknown one", NotFound)
    yield Row(f"{answering}:waiting_for", Act.ANSWER_CORRECTIONS, waiting_for)
    compiled = {"by": "independent_compilation", "as_of": "2026-06-01", "statement": "Compiled."}
    entry = Entry.model_validate(own_entry() | {"compiled": compiled})
    yield Row(
        "registry/corrections/receiving.py:_check_body",
        Act.CLAIM_ENTRIES,
        lambda _, actor: _check_body(replace(actor, agency=entry.deployer.agency), entry),
    )


def rows_on_accounts(world: World, now: datetime) -> Iterator[Row]:
    for state, email, says in (
        ("new", "new@board.example", None),
        ("has an account", world.open.email, Conflict),
    ):
        yield Row(
            "people/accounts.py:invite",
            Act.INVITE_STAFF,
            partial(invite, email=email, role=Role.AUDITOR, at=now),
            state,
            says,
        )
    yield Row("people/invitations.py:open_invitations", Act.INVITE_STAFF, open_invitations)
    for state, number, refusal in (("open", world.invited, None), ("unknown", "0" * 12, NotFound)):
        yield Row(
            "people/invitations.py:cancel_invitation",
            Act.INVITE_STAFF,
            partial(cancel_invitation, number=number, at=now),
            state,
            refusal,
        )
    # With no period in force there is nothing to erase.
    yield Row("hearings/retention.py:what_is_due", Act.CARRY_OUT_RETENTION, partial(what_is_due, in_force=()))
    yield Row(
        "hearings/retention.py:carry_out",
        Act.CARRY_OUT_RETENTION,
        partial(carry_out, in_force=()),
        takes_engine=True,
    )
    yield Row("people/staff.py:list_staff", Act.MANAGE_STAFF, staff.list_staff)
    yield Row(
        "people/staff.py:forget_every_second_factor", Act.MANAGE_STAFF, staff.forget_every_second_factor
    )
    calls: dict[str, Callable[..., Any]] = {
        "disable": staff.disable,
        "enable": staff.enable,
        "end_all_sessions": staff.end_all_sessions,
        "offer_reset": staff.offer_reset,
        "change_role": partial(staff.change_role, role=Role.FACILITATOR),
    }
    for name, call in calls.items():
        for state, account_id in (
            ("open", world.open.account_id),
            ("disabled", world.disabled.account_id),
            ("unknown", "nobody"),
        ):
            closed = state == "disabled" and name == "offer_reset"
            yield Row(
                # All five ask by one function who may.
                "people/staff.py:_other",
                Act.MANAGE_STAFF,
                partial(call, account_id=account_id),
                f"{name}, {state}",
                NotFound if state == "unknown" else Conflict if closed else None,
            )
