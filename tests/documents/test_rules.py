"""The rules as a page, and the section on a system's page: exact, inert, and accusing nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hearing_app.documents import rules
from hearing_app.documents.rules import prohibited_uses_html, rules_html, rules_section_html
from hearing_app.registry.register import Register
from hearing_app.registry.rules.reading import shipped_rules
from hearing_app.settings import SHIPPED
from tests.documents.reading import Page, assert_inert
from tests.registry.rules.cases import AUDIT, CASES, RACE, Changes, serving
from tests.registry.rules.entries import LATE, RULES, entry_in, merged

ALL = shipped_rules()
TODAY = date(2026, 11, 23)


def section(place: str, on: date = TODAY, **fields: Any) -> Page:
    return assert_inert(rules_html(entry_in(place, **fields), ALL, on=on))


def test_what_is_touched_stands_first_with_its_rule_and_the_answers() -> None:
    text = section("eu", **serving("place_forecasting"), **RACE).text
    assert text.index("R-20: Predicting by race, origin or religion") < text.index("Cannot tell:")
    assert "■Rules the use out" in text
    assert "Protected traits: Race: It goes into the result" in text
    assert "Founding rule of this register (Everywhere)." in text
    assert "It does not decide whether a use is lawful" in text
    banner = "What the entry says touches a rule that rules this use out: R-20, Predicting by race"
    assert text.index(banner) < text.index("■Rules the use out")
    assert "rules this use out" not in section("eu", **serving("place_forecasting")).text


def test_what_rules_out_stands_before_what_asks_for_evidence() -> None:
    text = section("", **serving("person_victim_risk"), **RACE).text
    assert text.index("R-20:") < text.index("R-21:") < text.index("R-23:")


def test_a_condition_that_is_said_to_be_missing_rules_the_use_out_and_silence_does_not() -> None:
    live = CASES["R-08", 0].touched
    assert "rules this use out" not in section("eu", **merged(live)).text
    denied = section("eu", **merged(live, {"screening": {"authorised_each_use": False}})).text
    assert "What the entry says touches a rule that rules this use out: R-08" in denied


def test_what_sources_do_not_name_is_not_said_to_be_denied() -> None:
    live = CASES["R-08", 0].touched
    other = {"assessments": [{"type": "dpia", "title": "Data protection", "status": "done"}]}
    denied = "a finished assessment of the impact on fundamental rights (the entry says otherwise)"
    assert denied in section("eu", **merged(live, other)).text
    compiled = section("eu", by="independent_compilation", **merged(live, other)).text
    assert "says otherwise" not in compiled
    assert "rules this use out" not in compiled


def test_open_questions_are_folded_and_name_the_rules() -> None:
    page = section("eu", functions=["rbi_post"])
    assert page.all("details")
    assert "Is significant harm to somebody caused by that, or likely? (R-01, R-02)" in page.text
    assert "would rule the use out" in page.text
    assert "These rules neither stand against the use nor for it" in page.text


def test_missing_evidence_is_not_said_to_be_absent_where_others_compiled() -> None:
    other = section("", by="independent_compilation", functions=["rbi_post"]).text
    assert "This entry does not show:figures by group" in other
    assert "what it does not show may exist all the same" in other
    own = section("", functions=["rbi_post"])
    assert "may exist all the same" not in own.text
    shown = section("", functions=["rbi_post"], **CASES["R-23", 0].shown).text
    assert "The entry shows everything that this rule asks for." in shown


def test_a_stated_no_is_told_from_silence() -> None:
    said = section("", functions=["place_forecasting"], proxy_review={"done": False}).text
    assert "(the entry says otherwise)" in said
    assert "says otherwise" not in section("", functions=["place_forecasting"]).text


def test_a_later_rule_says_from_when() -> None:
    text = section("eu", **merged(CASES["R-10", 0].touched)).text
    assert "From 2 December 2027: it would be touched. (would rule the use out; AI Act" in text
    assert "From a later day" in text
    late = section("eu", on=LATE, **merged(CASES["R-10", 0].touched)).text
    assert "From a later day" not in late
    assert "In force from 2 December 2027." in late


def test_checking_for_fairness_is_welcomed_aloud() -> None:
    text = section("", **serving("place_forecasting"), **AUDIT).text
    assert "R-20: Predicting by race, origin or religion. Not touched." in text
    assert "it is welcome" in text


def test_the_bodys_argument_stands_beside_the_rule_and_cannot_act() -> None:
    reply: Changes = {"rule_replies": [{"rule": "R-20", "argument": "<b>Fair</b> to all."}]}
    page = section("", **serving("place_forecasting"), **RACE, **reply)
    assert "What the body says to this rule: <b>Fair</b> to all." in page.text
    assert not page.all("b")


def test_an_exception_that_holds_is_named() -> None:
    case = CASES["R-06", 0]
    text = section("eu", **merged(case.touched, case.excepted)).text
    assert "It leaves this out: It serves a medical reason or safety alone." in text


def test_how_the_wording_was_read_is_said() -> None:
    text = section("eu", on=LATE, **merged(CASES["R-12", 0].touched)).text
    assert "The wording was not read for this register: a lawyer must check it" in text


def test_a_system_out_of_use_is_said_to_be() -> None:
    assert "The system is out of use." in section("", stage="retired", functions=["rbi_post"]).text
    assert "out of use" not in section("", functions=["rbi_post"]).text


def test_nothing_touched_is_said_in_words_and_counted() -> None:
    text = section("", functions=["scheduling"]).text
    assert "No rule that applies today is touched by what the entry says." in text
    assert "Not touched: 3. Rules of other places: 26. As of 23 November 2026." in text


def test_a_broken_file_takes_no_page_away(tmp_path: Path) -> None:
    entry = entry_in("", functions=["scheduling"])
    whole = rules_section_html(entry, SHIPPED / "registry", on=TODAY)
    assert whole == rules_html(entry, ALL, on=TODAY)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "R-20.yaml").write_text("a: [")
    assert "cannot be read at the moment" in rules_section_html(entry, tmp_path)


def test_the_page_lists_every_rule_by_layer_with_all_that_is_known_of_it() -> None:
    touched = entry_in("", **serving("place_forecasting"), **RACE)
    page = assert_inert(prohibited_uses_html(Register.of([touched], ALL), on=TODAY))
    assert [heading["id"] for heading in page.all("h2")] == [
        "ruled-out",
        "layer-law",
        "layer-local_ordinance",
        "layer-house_rule",
    ]
    ids = [one["id"] for one in page.all("div") if one.get("id", "").startswith("rule-")]
    assert sorted(ids) == [f"rule-{id}" for id in sorted(RULES)]
    for rule in ALL:
        for part in rule.parts:
            assert part.plain_message in page.text
            assert part.provision in page.text
            assert all(one.words in page.text for one in part.exceptions)
            assert all(one.words in page.text for one in part.needs)
        assert rule.certainty.label in page.text
    assert "From 2 December 2026. Added to the AI Act by Regulation (EU) 2026/1744." in page.text
    assert "In force from 2 February 2025." in page.text
    assert "Last reviewed on 23 November 2026." in page.text
    assert "It certifies nothing" in page.text
    assert "Entries that it touches: 1A case (Riverton Police)" in page.text
    assert "A case (Riverton Police; In use): R-20, Predicting by race, origin or religion" in page.text


@pytest.mark.parametrize("stated", [True, False])
def test_the_page_tells_evidence_that_is_shown_from_what_is_not(stated: bool) -> None:
    fields: Changes = CASES["R-23", 0].shown if stated else {}
    entry = entry_in("", functions=["rbi_post"], **fields)
    text = assert_inert(prohibited_uses_html(Register.of([entry], (RULES["R-23"],)), on=TODAY)).text
    assert ("Concerned, and everything is shown: 1." in text) == stated
    assert ("Concerned, and not all of it is shown in the entry: 1" in text) != stated


def test_the_page_folds_what_cannot_be_told() -> None:
    entry = entry_in("", functions=["place_forecasting"])
    page = assert_inert(prohibited_uses_html(Register.of([entry], (RULES["R-20"],)), on=TODAY))
    assert "Cannot tell: 1A case" in page.text
    assert "Entries that it touches" not in page.text
    none = assert_inert(prohibited_uses_html(Register.of([], (RULES["R-20"],)), on=TODAY)).text
    assert "No entry of this register touches it." in none
    assert "No entry of this register touches a rule of that kind." in none


def test_long_lists_are_cut_and_lead_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_SHOWN", 2)
    touched = entry_in("", **serving("place_forecasting"), **RACE)
    unknown = entry_in("", functions=["place_forecasting"])
    entries = [
        one.model_copy(update={"id": f"{n}-{m}"}) for m, one in enumerate((touched, unknown)) for n in "abc"
    ]
    page = assert_inert(prohibited_uses_html(Register.of(entries, (RULES["R-20"],)), on=TODAY))
    assert "Entries that it touches: 3" in page.text
    assert "These are the first 2. Every entry that R-20 touches, in the register" in page.text
    assert "These are the first 2. The others are in the data." in page.text
    assert "These are the first 2 of 3. Each rule below leads to all that it touches." in page.text
    links = [one.get("href") for one in page.all("a")]
    assert "/register?rule=R-20" in links
    assert "/system?id=b-0" in links
    assert "/system?id=c-0" not in links
