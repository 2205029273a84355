"""The page of the rules on prohibited uses."""

from __future__ import annotations

from hearing_app.deployment import Deployment
from tests.web.reader import HOSTILE, Visit


def test_it_shows_every_rule_and_about_leads_to_it(visit: Visit, house: Deployment) -> None:
    page = visit("prohibited_uses")
    assert page.title == "Prohibited uses"
    assert all(rule.title in page.text for rule in house.rules)
    assert "The register flags what a rule touches. It certifies nothing" in page.text
    assert visit("prohibited_uses", id=[*HOSTILE]).text == page.text
    assert visit("about").link("The rules on prohibited uses") == "/prohibited-uses"
