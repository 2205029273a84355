"""The page in which Streamlit runs: with its own title, and with a way on for readers without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
# By the path of a page, what its address names, and where the same stands as plain pages.
_PLAIN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "/system": (("id", "/record/systems/{}", "This entry can be read without it."),),
    "/hearing": (("id", "/record/hearings/{}", "This hearing can be read without it."),),
    "/comment": (
        ("hearing", "/record/hearings/{}", "The hearing can be read without it"),
        ("hearing", "/record/hearings/{}/card", "and a comment can be written on this card, on paper."),
    ),
    "/request": (("system", "/record/systems/{}/request", "You can ask without it."),),
    "/correction": (("system", "/record/systems/{}", "The entry can be read without it."),),
    "/my-comment": (("", "/record/my-request", "What came of a request can be read without it."),),
}
_ANY = ("", "/record", "Every document can be read without it.")


def shell(index: str, title: str) -> Callable[[Request], HTMLResponse]:
    """Return the endpoint of a page: Streamlit's shell with a title, a description, a way without scripts."""
    head = (
        f"<title>{escape(title)} · Hearing</title>"
        '<meta name="description" content="A register of the algorithms that police forces use, evidence '
        'that anyone can check, and public hearings."/>'
    )
    html = re.sub(r"<title>.*?</title>", head, index, count=1)
    html = re.sub(r'\s*<link rel="service-desc"[^>]*>', "", html)
    html = html.replace('href="./favicon.png"', 'href="/favicon.svg" type="image/svg+xml"')
    before, _, rest = html.partition("<noscript>")
    after = rest.partition("</noscript>")[2]
    answer_headers = {"Cache-Control": "no-cache"}

    def page(request: Request) -> HTMLResponse:
        return HTMLResponse(before + _without_scripts(request) + after, headers=answer_headers)

    return page


def _without_scripts(request: Request) -> str:
    """Say where the same stands without scripts; only a name that can be one leads anywhere."""
    ways = []
    for key, address, words in _PLAIN.get(request.url.path, ()):
        name = request.query_params.get(key, "")
        if not key or _NAME.fullmatch(name):
            ways.append((address.format(name), words))
    links = " ".join(f'<a href="{address}">{words}</a>' for address, words in [*ways, _ANY[1:]])
    return (
        '<noscript><main style="font-family: system-ui, sans-serif; line-height: 1.5; max-width: 40rem; '
        'margin: 3rem auto; padding: 0 1rem"><h1>The algorithms that police use, and public hearings</h1>'
        f"<p>This page needs JavaScript. {links}</p></main></noscript>"
    )
