"""The desk's documents: the preview is the public page, and other people's words stay words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from hearing_app.deployment import Deployment
from hearing_app.documents.desk import (
    drafts_html,
    field_html,
    log_html,
    look_html,
    preview_html,
    remarks_html,
)
from hearing_app.documents.system_page import made_page
from hearing_app.people.permissions import Actor, Role
from hearing_app.registry.desk import acts
from hearing_app.registry.desk.drafts import Remark, draft_of, log_of
from hearing_app.registry.desk.look import look_at
from hearing_app.registry.desk.text import tidy
from hearing_app.registry.entry import Entry
from hearing_app.registry.standard import fields
from hearing_app.store.engine import reading, writing
from tests.signers import RIVERTON, own_entry

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ADA, BEN = (Actor(Role.PUBLISHER, name, RIVERTON) for name in ("ada1", "ben2"))
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize("again", [False, True])
def test_the_preview_is_the_page_that_the_public_then_sees(house: Deployment, *, again: bool) -> None:
    known = {"rules": (), "dataset_ids": house.catalogue.ids()}
    for turn in range(1 + again):
        whole = tidy(Entry.model_validate(own_entry(aliases=(f"Name {turn}",))))
        with writing(house.engine) as db:
            draft = acts.begin_from_text(db, ADA, whole, at=NOW)
            draft = acts.submit(db, ADA, draft.draft_id, revision=1, note="Told", at=NOW, **known)  # type: ignore[arg-type]  # both kinds
        with reading(house.engine) as db:
            entry = Entry.model_validate(draft.document)
            shown = preview_html(
                db, draft, entry, house.catalogue, house.settings.registry, reader=BEN.name, at=NOW
            )
        with writing(house.engine) as db:
            acts.approve(db, BEN, draft.draft_id, revision=draft.revision, at=NOW, **known)  # type: ignore[arg-type]  # both kinds
    with reading(house.engine) as db:
        public = made_page(db, house.catalogue, house.settings.registry, "bus-lane-cameras", now=NOW).html

    def without_neighbours(html: str) -> str:
        # What is like a new entry is found once it stands among the others.
        return re.sub(r"(?s)<h3[^>]*>Systems like it</h3>.*?(?=<h[23])", "", html)

    assert f"version {1 + again}" in shown
    assert without_neighbours(shown) == without_neighbours(public)


def test_a_look_names_fields_by_their_titles(house: Deployment) -> None:
    with writing(house.engine) as db:
        draft = acts.begin(db, ADA, document={"name": "TODO", "summary": SCRIPT, "suppliers": [{}]}, at=NOW)
        look = look_at(db, draft, draft.document, dataset_ids=(), rules=(), today=date(2026, 6, 15))
    whole = look_html(look, summary=True)
    assert "<strong>Name:</strong> It still holds the placeholder" in whole
    assert "<strong>Who supplies it 1, Name:</strong> This field is missing." in whole
    # Of a group that is there, the part that is missing is named.
    said = {"compiled": {"by": "deployer", "as_of": "2026-01-01"}}
    with writing(house.engine) as db:
        draft = acts.begin(db, ADA, document=said, at=NOW)
        part = look_at(db, draft, said, dataset_ids=(), rules=(), today=date(2026, 6, 15))
    assert "<strong>Who wrote this entry, Statement:</strong> This field is missing." in look_html(part)
    assert "An entry with gaps can be published" in whole
    only = look_html(look, ["name"])
    assert "placeholder" in only
    assert "Who supplies it" not in only


def test_a_plan_is_told_what_the_rules_would_ask_before_it_is_used(house: Deployment) -> None:
    stages = {"stages": [{"stage": "proposed", "since": "2026", "sources": ["report"]}]}
    plan = tidy(Entry.model_validate(own_entry(functions=["person_offending_risk"], lifecycle=stages)))
    with writing(house.engine) as db:
        draft = acts.begin(db, ADA, document=plan, at=NOW)
        look = look_at(db, draft, plan, dataset_ids=(), rules=None, today=NOW.date())
        in_use = {**plan, "lifecycle": own_entry()["lifecycle"]}
        other = look_at(db, draft, in_use, dataset_ids=(), rules=None, today=NOW.date())
    assert look.faults == ()
    assert look.before_use
    assert "What the rules would ask before it is used" in look_html(look)
    # In use, the same keeps it from being published.
    assert [one.problem for one in other.faults] == [one.problem for one in look.before_use]
    assert other.before_use == ()


def test_words_of_others_act_nowhere(house: Deployment) -> None:
    with writing(house.engine) as db:
        draft = acts.begin(db, ADA, document={"name": SCRIPT, "id": SCRIPT, SCRIPT: 1}, at=NOW)
        look = look_at(db, draft, draft.document, dataset_ids=(), rules=(), today=date(2026, 6, 15))
        log = log_of(db, ADA)
        draft = draft_of(db, ADA, draft.draft_id)
    remarks = [Remark("name", SCRIPT), Remark(SCRIPT, SCRIPT)]
    made = [
        drafts_html([draft], caption="Drafts", reader=ADA.name),
        look_html(look),
        remarks_html(remarks),
        log_html(log),
        *(field_html(one, needed=None, remarks=remarks, faults=look.faults) for one in fields()),
    ]
    assert not [html for html in made if "<script" in html]
    assert "by you" in made[0]


def test_a_row_of_savings_is_one_line(house: Deployment) -> None:
    with writing(house.engine) as db:
        draft = acts.begin(db, ADA, at=NOW)
        for number in range(3):
            draft = acts.save(db, ADA, draft.draft_id, {"name": f"Name {number}"}, revision=draft.revision)
        text = log_html(log_of(db, ADA))
    assert "saved it (3 times)" in text
    assert text.count("<li>") == 2
