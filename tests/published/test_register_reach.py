"""How far the register reaches, and that it answers nothing which a source or the body itself must answer."""

from __future__ import annotations

from hearing_app.registry.entry import Entry
from hearing_app.registry.standard import completeness
from hearing_app.registry.vocabulary import LifecycleStage, SinceIs
from tests.published.test_registry import ENTRIES, every_entry


def test_the_register_spans_the_stages_that_the_sources_show() -> None:
    assert {entry.stage for entry in ENTRIES} == {
        LifecycleStage.PROPOSED,
        LifecycleStage.DEVELOPMENT,
        LifecycleStage.OPERATIONAL,
        LifecycleStage.SUSPENDED,
        LifecycleStage.RETIRED,
        LifecycleStage.CANCELLED,
    }
    earlier = {stage.stage for entry in ENTRIES for stage in entry.lifecycle.stages[:-1]}
    assert earlier == {
        LifecycleStage.DEVELOPMENT,
        LifecycleStage.PILOT_LIVE,
        LifecycleStage.OPERATIONAL,
        LifecycleStage.SUSPENDED,
    }


@every_entry
def test_the_page_on_completeness_has_something_true_to_show(entry: Entry) -> None:
    # From the thinnest source to the fullest: nobody tells everything, and no entry tells nothing.
    found = completeness(entry)
    assert not found.withheld, "only the body itself can withhold"
    assert found.share is not None and 0.3 <= found.share <= 0.7
    assert {field.name for field in found.stated} >= {
        "id",
        "name",
        "summary",
        "lifecycle",
        "purpose",
        "risks",
    }


def test_the_fullest_and_the_thinnest_entry_are_far_apart() -> None:
    shares = {entry.id: completeness(entry).share or 0 for entry in ENTRIES}
    assert max(shares, key=lambda id: shares[id]) == "met-live-facial-recognition"
    assert min(shares, key=lambda id: shares[id]) in {"laseri-x", "gauteng-face-recognition"}
    assert max(shares.values()) > 1.9 * min(shares.values())


@every_entry
def test_nothing_is_answered_in_the_name_of_the_body(entry: Entry) -> None:
    # A class under the AI Act, an impact level, an argument, a ground for silence: the body's own to give.
    assert (entry.ai_act, entry.impact, entry.rule_replies, entry.withheld) == (None, None, (), ())
    assert entry.next_review is None


def test_the_questions_of_the_rules_are_answered_only_where_a_source_does() -> None:
    answered = {
        entry.id: entry.screening.model_dump(mode="json", exclude_none=True, exclude={"note", "sources"})
        for entry in ENTRIES
    }
    assert {id: found for id, found in answered.items() if found} == {
        "met-live-facial-recognition": {"public_space": True, "use_policy": True, "yearly_report": True},
        "south-wales-live-facial-recognition": {"public_space": True},
        "anpr": {"public_space": True},
        "johannesburg-camera-network": {"public_space": True},
        "shenzhen-traffic-enforcement": {"public_space": True},
        "paris-police-drones": {"public_space": True},
        "skelleftea-school-face-recognition": {"special_categories": True, "strictly_necessary": False},
        "detroit-face-recognition": {"use_policy": True},
        "chicago-ssl": {"profiles_people": True},
        "compas": {"profiles_people": True},
        "hart": {"profiles_people": True},
        "new-orleans-live-face-recognition": {"public_space": True},
        "most-serious-violence": {"profiles_people": True},
    }
    assert all(entry.screening.sources and entry.screening.note for entry in ENTRIES if answered[entry.id])


def test_a_protected_trait_goes_into_a_result_only_where_a_source_says_so() -> None:
    found = {
        (entry.id, one.attribute.value, one.use.value)
        for entry in ENTRIES
        for one in entry.protected_attributes
        if one.attribute.value != "biometric"
    }
    assert found == {
        ("chicago-ssl", "age", "input_feature"),
        ("chicago-ssl", "race", "stored_not_used"),
        ("chicago-ssl", "sex", "stored_not_used"),
        ("rti-g", "ethnicity", "input_feature"),
    }
    assert all(one.sources and one.why for entry in ENTRIES for one in entry.protected_attributes)


@every_entry
def test_what_was_given_up_says_why(entry: Entry) -> None:
    assert (entry.retirement is not None) == entry.stage.is_over
    if entry.retirement:
        assert entry.retirement.finding and entry.retirement.sources


@every_entry
def test_a_translation_says_that_a_machine_made_it_and_fits_the_country(entry: Entry) -> None:
    languages = {"Netherlands": {"nl"}, "France": {"fr"}, "Sweden": {"sv"}, "China": {"zh"}, "Canada": {"fr"}}
    assert {one.lang for one in entry.translations} == languages.get(entry.deployer.country, set())
    assert all(one.made_by.value == "machine" for one in entry.translations)


@every_entry
def test_a_source_that_was_not_read_whole_says_so(entry: Entry) -> None:
    for source in entry.sources:
        if source.title.startswith(("Report ", "Report", "Article ")) and not source.address:
            assert source.note, source.id
        assert source.date or source.note or source.address or source.kind.value in {"vendor", "court"}, (
            source.id
        )


@every_entry
def test_places_begin_with_the_country(entry: Entry) -> None:
    codes = {
        "United Kingdom": "gb",
        "United States": "us",
        "South Africa": "za",
        "France": "fr",
        "Sweden": "se",
    }
    for place in entry.deployer.places:
        assert place.split("-")[0] == codes[entry.deployer.country]


@every_entry
def test_a_stage_whose_beginning_is_unknown_says_so(entry: Entry) -> None:
    for stage in entry.lifecycle.stages:
        if stage.since_is is SinceIs.LATEST_POSSIBLE:
            assert stage.note
