"""Supervision in the app: an auditor's and a publisher's forms, and what everybody reads of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hearing_app.deployment import Deployment
from hearing_app.people.permissions import Actor, Role
from hearing_app.registry.supervision.acting import say
from hearing_app.registry.supervision.audits import Audit, all_audits
from hearing_app.registry.supervision.vocabulary import State, Step
from hearing_app.registry.supervision.words import read_words
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.web.reader import Reader, SignIn, Visit

AGENCY = "broward-county"
HOSTILE = "<script>alert(1)</script> ![x](https://example.org/p.png)"
TODAY = datetime.now(UTC).date()


def audits(house: Deployment) -> list[Audit]:
    with reading(house.engine) as db:
        return all_audits(db)


def as_publisher(house: Deployment, sign_in: SignIn, agency: str = AGENCY) -> Actor:
    member = sign_in(Role.PUBLISHER, house)
    with writing(house.engine) as db:
        db.execute(update(account).where(account.c.account_id == member.account_id).values(agency=agency))
    return Actor(Role.PUBLISHER, member.account_id, agency)


def fill(page: Reader, key: str, days: int | None = None, /, **texts: str) -> Reader:
    for name, text in texts.items():
        page.type(f"{key}_{name}", text)
    if days is not None:
        page.at.date_input(key=f"{key}_due").set_value(TODAY + timedelta(days=days))
    return page


def planned(visit: Visit) -> Reader:
    page = visit("audits")
    key = f"audits_{page.at.session_state['audits_draft']}"
    page.set(f"{key}_system", "compas").set(f"{key}_independence", "independent")
    texts = {"title": f"Are scores right? {HOSTILE}", "scope": HOSTILE, "statement": "Paid by the court."}
    return fill(page, key, 30, **texts, body="City Auditor").press("Announce this audit")


def test_an_auditor_and_a_publisher_carry_an_audit_from_plan_to_close(
    visit: Visit, house: Deployment, sign_in: SignIn
) -> None:
    sign_in(Role.AUDITOR, house)
    page = planned(visit)
    assert "On the record: the audit was planned." in page.text
    [audit] = audits(house)
    assert (audit.plan.system, audit.plan.version, audit.state) == ("compas", 1, State.PLANNED)
    key = f"audits_{audit.audit_id}"
    page.press("Say that the audit has begun")
    fill(page, f"{key}_finding_0", text="The scores of one year are missing.")
    page.press("Publish this finding")
    # Nothing was chosen yet, and nothing is chosen by chance.
    assert "Field or claim: This field is missing. Add it." in page.text
    page.set(f"{key}_finding_0_about", "field:purpose").set(f"{key}_finding_0_severity", "minor")
    page.press("Publish this finding")
    assert "On the record: finding." in page.text
    assert "Finding 1: Should be mended" in page.text
    assert "Reply due" in page.text
    # The form is empty again: the words are on the record.
    assert page.value(f"{key}_finding_1_text") == ""
    fill(page, f"{key}_remedy_0", 20, what="Publish the year.", by="Chief Judge").press("Publish this remedy")
    assert audits(house)[0].revision == 4

    as_publisher(house, sign_in)
    page = visit("audits")
    assert "Plan an audit" not in page.text
    fill(page, f"{key}_reply_0", text="We publish it in June.").press("Publish this reply")
    fill(page, f"{key}_done_0", evidence="It is in the yearly report.").press("Publish that it is done")
    assert "Done, says the body" in page.text

    sign_in(Role.AUDITOR, house)
    page = visit("audits")
    fill(page, f"{key}_reported_0", summary="One gap was found.").press("Say that the report is out")
    fill(page, f"{key}_closed_0", note="All is done.").press("Close this audit")
    assert audits(house)[0].state is State.CLOSED
    assert "Closed. 1 finding." in visit("supervision").text


def test_every_fault_is_named_by_the_label_of_its_field_and_the_words_stay(
    visit: Visit, house: Deployment, sign_in: SignIn
) -> None:
    sign_in(Role.AUDITOR, house)
    page = visit("audits")
    key = f"audits_{page.at.session_state['audits_draft']}"
    fill(page, key, -1, title="A title", scope="TODO", body="Jane Doe").press("Announce this audit")
    for said in (
        "System: This field is missing. Add it.",
        "What is looked at: It still holds the placeholder “TODO”.",
        "Auditing body: “Jane Doe” reads like a person's name.",
        "Independence statement: This field is missing. Add it.",
        "Your words are kept.",
    ):
        assert said in page.text
    assert page.value(f"{key}_title") == "A title"
    page.set(f"{key}_system", "compas").set(f"{key}_independence", "regulator")
    fill(page, key, scope="One year.", body="City Auditor", statement="No ties.").press("Announce this audit")
    assert "Report due: This day is over." in page.text
    assert audits(house) == []


def test_who_has_not_seen_the_last_word_is_told_and_loses_nothing(
    visit: Visit, house: Deployment, sign_in: SignIn
) -> None:
    sign_in(Role.AUDITOR, house)
    page = planned(visit)
    [audit] = audits(house)
    with writing(house.engine) as db:
        another, words = Actor(Role.AUDITOR, "another"), read_words(Step.BEGUN, {})
        say(db, another, audit.audit_id, words, seen=1)
    key = f"audits_{audit.audit_id}_cancelled_0"
    fill(page, key, reason="It is not needed.").press("Cancel this audit")
    assert "Something was stated in this audit since you opened it." in page.text
    assert page.value(f"{key}_reason") == "It is not needed."
    assert "State In progress" in page.text
    page.press("Cancel this audit")
    assert audits(house)[0].state is State.CANCELLED


@pytest.mark.parametrize("role", [None, Role.FACILITATOR, Role.ADMINISTRATOR])
def test_nobody_else_has_a_form(visit: Visit, house: Deployment, sign_in: SignIn, role: Role | None) -> None:
    if role is not None:
        sign_in(role, house)
    page = visit("audits")
    assert "This page is for auditors" in page.text
    assert not page.at.button


def test_a_publisher_of_another_agency_sees_none_of_it(
    visit: Visit, house: Deployment, sign_in: SignIn
) -> None:
    sign_in(Role.AUDITOR, house)
    planned(visit)
    for agency in ("another-agency", ""):
        as_publisher(house, sign_in, agency)
        page = visit("audits")
        assert "There is none yet." in page.text
        assert "Are scores right?" not in page.text
        assert not page.at.button


def test_the_desk_shows_what_is_due_and_leads_to_the_audits(
    visit: Visit, house: Deployment, sign_in: SignIn
) -> None:
    sign_in(Role.AUDITOR, house)
    planned(visit)
    for sign in (lambda: sign_in(Role.AUDITOR, house), lambda: as_publisher(house, sign_in)):
        sign()
        page = visit("desk")
        assert "Due and overdue" in page.text
        assert "The report of the audit “Are scores right?" in page.text
        assert page.link("Audits") == "/audits"
    as_publisher(house, sign_in, "another-agency")
    assert "Nothing is due within 60 days or overdue." in visit("desk").text
