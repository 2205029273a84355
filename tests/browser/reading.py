"""What the browser tests know of the pages: their addresses, and when one has arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

from click.testing import CliRunner
from playwright.sync_api import ConsoleMessage, Page

from hearing_app.cli import main
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
    "record_request": "/record/systems/compas/request",
    "record_my_request": "/record/my-request",
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


def staff(service: SimpleNamespace, *arguments: str) -> str:
    """Run `hearing staff` beside the running server, in this process: starting another takes seconds."""
    given = ["--data", str(service.data), "staff", *arguments]
    said = CliRunner().invoke(main, given, catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.stdout.strip()


@dataclass
class Heard:
    """What a page said on its console, and which of its requests were refused, from its first byte on."""

    errors: list[str] = field(default_factory=list)
    broken_policy: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def begin(self, page: Page) -> None:
        """Listen to the page; to be called before it goes anywhere."""
        page.on("console", self._note)
        page.on("response", lambda answer: self.refused.append(answer.url) if answer.status >= 400 else None)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)
        if "Content Security Policy" in message.text:
            self.broken_policy.append(message.text)


def settled(page: Page) -> None:
    """Wait until Streamlit has shown the whole page: its foot comes last."""
    page.wait_for_selector(".foot")
    page.wait_for_function("document.querySelector('[data-testid=stStatusWidget]') === null")
