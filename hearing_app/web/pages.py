"""The list of pages: the navigation, the server's allow-list and the shells' titles are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VIEWS = Path(__file__).parent / "views"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address, its view, its title, and whether the navigation shows it."""

    name: str
    title: str
    in_navigation: bool = False

    @property
    def path(self) -> str:
        """The address: the first page is "/", the others have their name with hyphens."""
        return "/" if self.name == "home" else f"/{self.name.replace('_', '-')}"

    @property
    def view(self) -> Path:
        """The file of the view."""
        return VIEWS / f"{self.name}.py"


PAGES = (
    Page("home", "Home", in_navigation=True),
    Page("register", "Register", in_navigation=True),
    Page("evidence", "Evidence", in_navigation=True),
    Page("hearings", "Hearings", in_navigation=True),
    Page("my_comment", "My receipt", in_navigation=True),
    Page("about", "About", in_navigation=True),
    Page("keys", "Keys of agencies"),
    Page("score_card", "Score card"),
    Page("standard", "The standard"),
    Page("prohibited_uses", "Prohibited uses"),
    Page("supervision", "Supervision"),
    Page("corrections", "Corrections"),
    Page("correction", "Something is wrong here"),
    Page("request", "Was I scored?"),
    Page("requests", "Requests"),
    Page("rights", "How agencies answer requests"),
    Page("answers", "Answers"),
    Page("answer", "Answer what was asked"),
    Page("audits", "Audits"),
    Page("compare", "Systems side by side"),
    Page("coverage", "What each agency has published"),
    Page("impact", "Impact level"),
    Page("system", "System"),
    Page("hearing", "Hearing"),
    Page("statements", "Statements"),
    Page("choose_statements", "Choose statements"),
    Page("sort_comments", "Themes"),
    Page("moderation", "Moderation"),
    Page("comment", "Your comment"),
    Page("check", "Check your comment"),
    Page("receipt", "Your receipt"),
    Page("desk", "Desk"),
    Page("agenda", "Agenda"),
    Page("room", "The room"),
    Page("cards", "Paper cards"),
    Page("pack", "The hearing pack"),
    Page("publish", "Publishing desk"),
    Page("prepare", "Prepare hearings"),
)
BY_NAME = {page.name: page for page in PAGES}
