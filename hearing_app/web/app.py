"""The entry script: it sets the page, builds the navigation, and runs the view."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from hearing_app.deployment import current
from hearing_app.errors import HearingError
from hearing_app.hearings.moderation.lapses import keep_up
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Act, may
from hearing_app.store.patience import within
from hearing_app.web.pages import PAGES
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import signed_in
from hearing_app.web.parts.turn import TURNS

STAFF_PAGES = ("desk", "publish", "audits", "corrections")


def staff_pages(member: Account | None) -> set[str]:
    """Return the pages that the menu of a member of staff shows: the desks at which they have work."""
    if member is None:
        return set()
    publishes = may(member.actor, Act.WRITE_DRAFTS) or may(member.actor, Act.READ_DESK_LOG)
    audits = may(member.actor, Act.CARRY_OUT_AUDITS) or may(member.actor, Act.ANSWER_AUDITS)
    answers = may(member.actor, Act.ANSWER_CORRECTIONS)
    offered = {"publish": publishes, "audits": audits, "corrections": answers}
    return {"desk", *(name for name, may_open in offered.items() if may_open)}


def let_holds_end() -> None:
    """Publish what was held for longer than it may be, so that no page shows it as held after its time."""
    with suppress(HearingError):
        # What keeps it from happening is said by the page itself.
        keep_up(current().engine)


def show_page() -> None:
    """Show the frame, and in it the page that was chosen."""
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    frame.style()

    member = signed_in()
    of_staff = staff_pages(member)
    page_is_shown = {page.name: page.in_navigation or page.name in of_staff for page in PAGES}
    pages = {
        page.name: st.Page(
            page.view,
            title=page.title,
            url_path="" if page.path == "/" else page.path[1:],
            default=page.path == "/",
            visibility="visible" if page_is_shown[page.name] else "hidden",
        )
        for page in PAGES
    }
    shown = [page for name, page in pages.items() if name not in STAFF_PAGES]
    desks = [pages[name] for name in STAFF_PAGES]
    chosen = st.navigation({"": shown, member.role.capitalize() if member else " ": desks}, position="top")
    frame.phone_navigation([page for name, page in pages.items() if page_is_shown[name]])
    with frame.refusals():
        chosen.run()
    frame.foot(signed_in_as=str(member.role) if member else "")


# Pages take turns, so that the server still answers while many are asked for at once.
with TURNS.turn(), within(current().settings.query_seconds):
    let_holds_end()
    show_page()
