"""The entry script: it sets the page, builds the navigation, and runs the view."""

from __future__ import annotations

import streamlit as st

from hearing_app.deployment import current
from hearing_app.store.patience import within
from hearing_app.web.pages import PAGES
from hearing_app.web.parts import frame
from hearing_app.web.parts.actor import signed_in
from hearing_app.web.parts.turn import TURNS


def show_page() -> None:
    """Show the frame, and in it the page that was chosen."""
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    frame.style()

    member = signed_in()
    page_is_shown = {
        page.name: page.in_navigation or (page.name == "desk" and member is not None) for page in PAGES
    }
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
    shown = [page for name, page in pages.items() if name != "desk"]
    chosen = st.navigation(
        {"": shown, member.role.capitalize() if member else " ": [pages["desk"]]}, position="top"
    )
    frame.phone_navigation([page for name, page in pages.items() if page_is_shown[name]])
    with frame.refusals():
        chosen.run()
    frame.foot(signed_in_as=str(member.role) if member else "")


# Pages take turns, so that the server still answers while many are asked for at once.
with TURNS.turn(), within(current().settings.query_seconds):
    show_page()
