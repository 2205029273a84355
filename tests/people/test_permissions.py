from __future__ import annotations

import logging

import pytest

from hearing_app.errors import ConfirmAgain, Forbidden
from hearing_app.people.permissions import (
    COMPILATION,
    OPERATOR,
    PUBLIC,
    SENSITIVE,
    Act,
    Actor,
    Role,
    may,
    require,
)

# Written from what each office is for, not from the code: every role and every act stands here once.
# "x" may, "-" may not. Columns: read, moderate, export, invite, manage staff, publish, publish what an agency
# has signed, register keys, carry out retention, set slots, book slots,
# write drafts of entries, approve them, read the log of the publishing desk, carry out audits, answer them,
# speak for a body about its entry, answer corrections.
# Then: redact, remove what was published, decide on appeals, read a second time.
# Then: enter paper cards.
# Then: mark what is to be answered, write answers, publish one, enter one that came on paper.
# At the end: read and answer what people ask an agency about themselves; confirm who wrote a comment.
EXPECTED = {
    "public": "----------------------------------",
    "facilitator": "xxx------xx------xxxxxxxxx-xxxxx-x",
    "publisher": "------x----xxx-xxx-------xx-----x-",
    "auditor": "-------------xx-------------------",
    "administrator": "---xx--x--------------------------",
    "compilation": "-----x----------------------------",
    "operator": "x-xxxxxxx-------------------------",
}
ACTS = [
    Act.READ_UNPUBLISHED_COMMENTS,
    Act.MODERATE_COMMENTS,
    Act.EXPORT_COMMENTS,
    Act.INVITE_STAFF,
    Act.MANAGE_STAFF,
    Act.PUBLISH_DOCUMENTS,
    Act.PUBLISH_SIGNED,
    Act.REGISTER_KEYS,
    Act.CARRY_OUT_RETENTION,
    Act.SET_SLOTS,
    Act.BOOK_SLOTS,
    Act.WRITE_DRAFTS,
    Act.APPROVE_DRAFTS,
    Act.READ_DESK_LOG,
    Act.CARRY_OUT_AUDITS,
    Act.ANSWER_AUDITS,
    Act.CLAIM_ENTRIES,
    Act.ANSWER_CORRECTIONS,
    Act.REDACT_COMMENTS,
    Act.REMOVE_PUBLISHED,
    Act.DECIDE_APPEALS,
    Act.REVIEW_DECISIONS,
    Act.ENTER_CARDS,
    Act.PREPARE_HEARINGS,
    Act.ASK_FOR_ANSWERS,
    Act.WRITE_ANSWERS,
    Act.ANSWER_COMMENTS,
    Act.ENTER_ANSWERS,
    Act.CHOOSE_STATEMENTS,
    Act.SORT_COMMENTS,
    Act.ARRANGE_AGENDA,
    Act.RUN_ROOM,
    Act.ANSWER_REQUESTS,
    Act.CONFIRM_IDENTITY,
]
CELLS = [(role, act, EXPECTED[role][place] == "x") for role in EXPECTED for place, act in enumerate(ACTS)]


def test_the_table_is_whole() -> None:
    assert {str(role) for role in Role} == set(EXPECTED)
    assert set(Act) == set(ACTS)


@pytest.mark.parametrize(("role", "act", "allowed"), CELLS)
def test_every_role_may_do_what_its_office_needs_and_nothing_else(
    role: str, act: Act, allowed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    actor = Actor(Role(role), "ab12")
    assert may(actor, act) is allowed
    with caplog.at_level(logging.WARNING):
        if allowed:
            require(actor, act)
            assert caplog.records == []
        else:
            with pytest.raises(Forbidden):
                require(actor, act)
            assert f"{role}:ab12 may not {act}" in caplog.text


def test_an_actor_is_named_by_role_and_number() -> None:
    assert [PUBLIC.name, COMPILATION.name, OPERATOR.name] == ["public", "compilation", "operator"]
    assert Actor(Role.AUDITOR, "ab12", "met").name == "auditor:ab12"


def test_a_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(Forbidden, match="in the role administrator can invite"):
        require(PUBLIC, Act.INVITE_STAFF)


def test_what_is_sensitive_is_named() -> None:
    assert {
        Act.EXPORT_COMMENTS,
        Act.INVITE_STAFF,
        Act.MANAGE_STAFF,
        Act.REGISTER_KEYS,
        Act.APPROVE_DRAFTS,
        Act.ANSWER_COMMENTS,
        Act.ENTER_ANSWERS,
    } == SENSITIVE


@pytest.mark.parametrize(("role", "act", "allowed"), CELLS)
def test_who_is_not_fresh_confirms_first_where_the_act_is_sensitive(
    role: str, act: Act, allowed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    actor = Actor(Role(role), "ab12", fresh=False)
    if allowed and act not in SENSITIVE:
        require(actor, act)
        assert caplog.records == []
        return
    with pytest.raises(Forbidden) as caught:
        require(actor, act)
    # Who may not do it at all is not sent to confirm anything.
    assert isinstance(caught.value, ConfirmAgain) is allowed
    assert len(caplog.records) == 1
    assert f"refused: {role}:ab12 " in caplog.text
