"""About: what this is, privacy, how figures are made, whom to ask."""

from __future__ import annotations

from pathlib import Path

from hearing_app import deployment
from hearing_app.deployment import Deployment, open_deployment
from hearing_app.evidence.families.risk_score import METRICS
from hearing_app.hearings.retention import PERIODS
from hearing_app.record.ledger import head
from hearing_app.settings import Settings
from hearing_app.store.engine import reading
from tests.web.reader import HOSTILE, Reader, Send, Visit


def test_it_says_what_this_is_and_what_it_is_not(visit: Visit) -> None:
    page = visit("about")
    assert page.title == "About"
    assert "lets the public examine the algorithms that police forces use" in page.text
    assert "independent compilations from public sources, and not the force's own publication" in page.text
    assert "it does not say that a system is lawful" in page.text


def test_privacy_is_said_in_plain_words(visit: Visit) -> None:
    text = visit("about").text
    for words in (
        "A comment needs no name, no e-mail address and no account.",
        "Your network address is not stored with it.",
        "Your view of the system and your connection to it are public only as counts of ten or more.",
        "Facilitators, and whoever runs this service, see them beside your words.",
        "With your receipt you can withdraw your comment.",
        "Backups that were made before hold the words until they are replaced: for 35 days at most.",
    ):
        assert words in text


def test_how_long_each_kind_is_kept_stands_there(visit: Visit) -> None:
    text = visit("about").text
    for period in PERIODS:
        length = "1 day" if period.days == 1 else f"{period.days} days"
        assert f"{period.what} {length} from {period.since}. {period.why}" in text
    assert "Backups 35 days from their making." in text


def test_every_metric_is_explained_with_its_formula(visit: Visit) -> None:
    text = visit("about").text
    for metric in METRICS:
        assert f"{metric.label} {metric.question} {metric.formula}. " in text


def test_the_root_of_the_ledger_can_be_noted_down(visit: Visit, house: Deployment, send: Send) -> None:
    before = visit("about").text
    with reading(house.engine) as db:
        first = head(db)
    assert f"It holds {first.size} events now; their root is {first.root.hex()}." in before
    send()
    after = visit("about").text
    assert first.root.hex() not in after
    assert f"It holds {first.size + 1} events now" in after


def test_it_says_that_nobody_has_named_themselves(visit: Visit) -> None:
    assert "Whoever runs this copy has not named themselves yet." in visit("about").text


def test_the_operator_is_named_as_text(tmp_path: Path, house: Deployment, cookies: dict[str, str]) -> None:
    settings = Settings(
        data=house.settings.data,
        operator_name="The board <b>of</b> Exampleton",
        operator_contact="board@example.org",
    )
    opened = open_deployment(settings)
    deployment.use(opened)
    page = Reader(opened).open("about")
    assert "The board <b>of</b> Exampleton: board@example.org" in page.text
    assert "has not named themselves" not in page.text
    opened.close()


def test_an_address_with_anything_in_it_is_the_same_page(visit: Visit) -> None:
    assert visit("about", id=[*HOSTILE], privacy=[*HOSTILE]).text == visit("about").text


def test_the_ledger_of_an_empty_house_holds_the_marks_of_its_keys_alone(visit_empty: Visit) -> None:
    page = visit_empty("about")
    assert page.title == "About"
    assert "It holds 2 events now" in page.text
