"""What the browser tests know of the pages: their addresses, and when one has arrived."""

from __future__ import annotations

from playwright.sync_api import Page

from hearing_app.web.pages import PAGES

PUBLIC = {
    **{page.name: page.path for page in PAGES},
    "system": "/system?id=compas",
    "precedent": "/system?id=skelleftea-school-face-recognition",
    "hearing": "/hearing?id=demonstration-risk-scores",
    "closed_hearing": "/hearing?id=demonstration-predictive-policing",
    "unknown_system": "/system?id=nothing",
    "register_found": "/register?q=face+recognition&stage=operational",
    "compared": "/compare?system=compas&system=predpol&only=differences",
}
PLAIN = {
    "record": "/record",
    "record_system": "/record/systems/met-live-facial-recognition",
    "record_hearing": "/record/hearings/demonstration-risk-scores",
    "record_card": "/record/hearings/demonstration-risk-scores/card",
    "my_files": "/my-comment/files",
    "record_compare": "/record/compare?system=compas&system=predpol",
    "record_coverage": "/record/coverage",
    "record_keys": "/record/keys",
    "record_prohibited_uses": "/record/prohibited-uses",
    "record_standard": "/record/standard",
    "record_changes": "/record/systems/predpol/changes",
    "record_impact": "/record/systems/met-live-facial-recognition/impact",
    "record_supervision": "/record/supervision",
    "sign_in": "/sign-in",
    "invitation": "/invitation/unknown",
    "not_found": "/nothing-here",
}


def settled(page: Page) -> None:
    """Wait until Streamlit has shown the whole page: its foot comes last."""
    page.wait_for_selector(".foot")
    page.wait_for_function("document.querySelector('[data-testid=stStatusWidget]') === null")
