"""A running service in which every word from outside is hostile, and what a browser can say of its pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Route, WebSocket
from sqlalchemy import Engine

from hearing_app.hearings.comments.comment import comment_by_receipt, submit
from hearing_app.hearings.comments.draft import Draft, Link, check_draft
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import Consent, Reason, State
from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import OPERATOR, PUBLIC, Role
from hearing_app.people.sessions import start_session
from hearing_app.record.keys import load_key
from hearing_app.store.engine import open_engine, reading, writing
from tests.hostile import HOST, PAYLOADS, Texts, marked, wrongly_shown
from tests.hostile_register import write_house

# What no text may bring along. The pages' own forms and the front end's own elements are not among them.
_FOREIGN = """() => {
  const found = [], bad = new Set(['iframe', 'frame', 'object', 'embed', 'base', 'math', 'marquee', 'audio',
    'video', 'track', 'applet', 'dialog', 'portal', 'fencedframe', 'xmp', 'plaintext', 'listing',
    'foreignobject', 'animate', 'feimage']);
  // A picture drawn of words alone: its text may hold any of them, and loads nothing.
  const parts = new Set(['svg', 'g', 'rect', 'path', 'line', 'circle', 'polygon', 'text', 'tspan', 'title',
    'desc']);
  const drawn = value => value.startsWith('data:image/svg+xml,') && [...new DOMParser().parseFromString(
    decodeURIComponent(value.slice(19)), 'image/svg+xml').querySelectorAll('*')].every(
    one => parts.has(one.localName) && [...one.attributes].every(
      ({name, value}) => !name.startsWith('on') && !value.includes('HOST')));
  for (const one of document.querySelectorAll('*')) {
    const own = one.outerHTML.slice(0, 160);
    if (bad.has(one.localName.toLowerCase()) || one.matches('.doc template, .doc style, .comment form'))
      found.push('element ' + own);
    if (/katex|MathJax/i.test(one.getAttribute('class') || '')) found.push('formula ' + own);
    for (const {name, value} of one.attributes) {
      if (name.startsWith('on') && one.localName.indexOf('-') < 0) found.push('handler ' + own);
      if (name !== 'value' && /^[\\s\\0-\\x1f]*(javascript|vbscript):/i.test(value))
        found.push('script in ' + own);
      if (['src', 'srcset', 'poster', 'background', 'ping', 'action', 'formaction', 'data', 'xlink:href',
           'style'].includes(name) && value.includes('HOST') && !drawn(value)) found.push('load in ' + own);
      if (name === 'href' && new URL(value, location).host.includes('HOST') && !(one.localName === 'a'
          && ((one.rel.includes('nofollow') && one.rel.includes('noopener')
          && one.closest('.doc'))))) found.push('link ' + own);
    }
  }
  if (document.querySelectorAll('h1').length > 1) found.push('a second heading');
  return found;
}""".replace("HOST", HOST)
# Streamlit's own script looks once whether it may compile WebAssembly, and does without it.
_LISTEN = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', one => {
  const own = one.blockedURI === 'wasm-eval' && one.sourceFile.startsWith(location.origin + '/static/js/');
  const words = [one.violatedDirective, one.blockedURI, one.sourceFile, one.sample];
  if (!own) window.__violations.push(words.join(' '));
});
"""


@dataclass(slots=True)
class Watched:
    """A browser that lets nothing leave the host, and what it has seen."""

    context: BrowserContext
    page: Page
    address: str
    seen: list[str] = field(default_factory=list)
    shown: int = 0

    def look(self, where: str, *, like: str = "", script: str = "document.documentElement.innerText") -> int:
        """Note what is wrong on the page as it stands; return how many payloads it shows."""
        page = self.page
        self.seen += [f"{where}: {one}" for one in page.evaluate(_FOREIGN)]
        if page.evaluate("window.__hit !== undefined"):
            self.seen.append(f"{where}: a script ran")
        self.seen += [f"{where}: {one}" for one in page.evaluate("window.__violations || []")]
        count, wrong = wrongly_shown(page.evaluate(script), like=like)
        self.seen += [f"{where}: {one}" for one in wrong]
        self.shown += count
        return count


def watch(browser: Browser, address: str, *, width: int = 1280, session: str = "") -> Watched:
    """Return a browser of its own on the service; with ``session``, signed in."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    if session:
        context.add_cookies([{"name": "hearing_session", "value": session, "url": address}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    watched = Watched(context, page, address)
    own = address.split("/", 3)[2]

    def route(one: Route) -> None:
        if one.request.url.split("/", 3)[2] == own:
            one.continue_()
        else:
            watched.seen.append(f"request to {one.request.url}")
            one.abort()

    context.route(lambda url: not url.startswith(("data:", "blob:")) and f"//{own}/" not in url, route)
    context.on("page", lambda other: watched.seen.append(f"window {other.url}"))
    context.add_init_script(_LISTEN)

    def note(seen: str) -> None:
        watched.seen.append(seen)

    def refuse(dialog: Dialog) -> None:
        note(f"dialog {dialog.message}")
        dialog.dismiss()

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            note(f"console {message.text}")

    def connect(line: WebSocket) -> None:
        if f"//{own}/" not in line.url:
            note(f"socket {line.url}")

    page.on("websocket", connect)
    page.on("dialog", refuse)
    page.on("console", hear)
    return watched


def hostile_house(
    start_server: Callable[..., SimpleNamespace], folder: Path, payloads: Sequence[str], size: int
) -> SimpleNamespace:
    """Start a service on a hostile register; ``receipts`` are those of comments, by what was decided."""
    write_house(folder, payloads, size)
    texts = Texts([payload for payload in payloads if "\0" not in payload])
    return start_server(
        folder / "service",
        HEARING_REGISTRY=str(folder / "registry"),
        HEARING_DATASETS=str(folder / "datasets"),
        HEARING_OPERATOR_NAME=texts.packed(2000),
        HEARING_OPERATOR_CONTACT=texts.packed(2000),
    )


def send_comments(service: SimpleNamespace, payloads: Sequence[str], most: int) -> list[str]:
    """Send up to ``most`` comments, enough for every payload to stand in every field; return receipts."""
    storable = [payload for payload in payloads if "\0" not in payload]
    texts = {name: Texts(storable) for name in ("concern", "value_seen", "ask")}
    names = [payload for payload in storable if len(payload) <= 60 and not set(payload) & set("\n\t\r")]
    titles = [payload for payload in storable if len(payload) <= 110]
    receipts = []
    with _record(service) as (engine, key):
        for place in range(min(most, max(len(names), len(titles) // 5 + 1))):
            draft = Draft(
                draft_id=secrets.token_hex(16),
                hearing_id="hostile-1",
                system_id="hostile-1",
                system_version=1,
                concern=texts["concern"].packed(2000),
                value_seen=texts["value_seen"].packed(1000),
                ask=texts["ask"].packed(500),
                display_name=names[place % len(names)],
                consent=Consent.TEXT_AND_NAME,
                evidence=tuple(_link(titles[(5 * place + step) % len(titles)]) for step in range(5)),
            )
            if any(fault.field == "display_name" for fault in check_draft(draft)):
                # A name that is not one line, or that nobody could see, is refused.
                draft = replace(draft, display_name="A name")
            with writing(engine) as db:
                receipts.append(submit(db, PUBLIC, key, draft).code)
    return receipts


@contextmanager
def _record(service: SimpleNamespace) -> Iterator[tuple[Engine, bytes]]:
    engine = open_engine(f"sqlite:///{service.data / 'hearing.sqlite'}")
    try:
        yield engine, load_key(service.data / "keys" / "receipt.key", may_create=False)
    finally:
        engine.dispose()


def _link(title: str) -> Link:
    whole = marked(PAYLOADS.index(title), title)
    address = f"https://{HOST}/{title}"
    fits = not any(sign.isspace() or not sign.isprintable() for sign in address)
    return Link(address if fits else f"https://{HOST}/{quote(title)}", whole if len(whole) <= 120 else title)


def decide_on(service: SimpleNamespace, receipts: Sequence[str], payloads: Sequence[str]) -> str:
    """Publish the comments but for the last two, which are held and rejected with a hostile note.

    Returns a facilitator's session.
    """
    notes = Texts([payload for payload in payloads if "\0" not in payload])
    with _record(service) as (engine, key):
        with writing(engine) as db:
            token = invite(db, OPERATOR, email="facilitator@example.org", role=Role.FACILITATOR)
        member = accept_invitation(engine, token, email="", password=secrets.token_urlsafe(20))
        moves = [State.PUBLISHED] * (len(receipts) - 2) + [State.HELD, State.REJECTED]
        for receipt, to in zip(receipts, moves, strict=True):
            with reading(engine) as db:
                sent = comment_by_receipt(db, key, receipt)
            refused, seen = to is not State.PUBLISHED, State(sent.state)
            with writing(engine) as db:
                if to is seen is State.HELD:
                    # A rule has held it already, without a note.
                    seen = State.PUBLISHED
                    decide(db, member.actor, sent.comment_id, seen, seen_state=State.HELD)
                decide(
                    db,
                    member.actor,
                    sent.comment_id,
                    to,
                    seen_state=seen,
                    reason_id=str(Reason.ILLEGIBLE) if refused else "",
                    note=notes.packed(500) if refused else "",
                )
        with writing(engine) as db:
            return start_session(db, member)


def invite_publisher(service: SimpleNamespace, email: str, agency: str) -> str:
    """Return the path of an invitation for a publisher of an agency of that name."""
    with _record(service) as (engine, _), writing(engine) as db:
        return f"/invitation/{invite(db, OPERATOR, email=email, role=Role.PUBLISHER, agency=agency)}"
