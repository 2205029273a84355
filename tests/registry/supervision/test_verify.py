"""Statements of audits against the ledger: nothing is changed, added or removed unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from hearing_app.deployment import faults_of_copy
from hearing_app.registry.supervision.verify import faults
from hearing_app.registry.supervision.vocabulary import Step
from hearing_app.store.engine import reading, writing
from tests.registry.supervision.conftest import Acting

NEW = "audit_id, 9, system_id, step, said, at, actor, seq"


@pytest.fixture
def audited(acting: Acting) -> Engine:
    acting.through(Step.BEGUN, Step.FINDING, Step.REPLY)
    return acting.engine


def found(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return faults(db)


def test_a_record_that_nobody_touched_has_no_fault(audited: Engine) -> None:
    assert found(audited) == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE audit_statement SET said = replace(said, 'wrong', 'right') WHERE number = 3", "3 of audit"),
        ("UPDATE audit_statement SET step = 'closed' WHERE number = 2", "not what was stated"),
        ("UPDATE audit_statement SET actor = 'auditor:other' WHERE number = 1", "not what was stated"),
        ("UPDATE audit_statement SET at = '2026-01-01 00:00:00.000000'", "not what was stated"),
        ("UPDATE audit_statement SET system_id = 'another'", "not what was stated"),
        ("UPDATE audit_statement SET number = 7 WHERE number = 4", "not what was stated"),
        ("UPDATE audit_statement SET audit_id = 'A-2026-0000000'", "not what was stated"),
        ("UPDATE audit_statement SET said = 'no JSON' WHERE number = 3", "The audits cannot be read"),
        ("DELETE FROM audit_statement WHERE number = 3", "A statement of audit"),
        ("DELETE FROM ledger_content WHERE seq = (SELECT max(seq) FROM ledger)", "committed to"),
        (f"INSERT INTO audit_statement SELECT {NEW} FROM audit_statement WHERE number = 3", "no event of"),
    ],
)
def test_what_was_changed_behind_the_ledger_is_found(audited: Engine, statement: str, says: str) -> None:
    with writing(audited) as db:
        db.exec_driver_sql(statement)
    assert any(says in fault for fault in found(audited)), found(audited)
    # The check of the whole record asks, too.
    assert any(says in fault for fault in faults_of_copy(audited))
