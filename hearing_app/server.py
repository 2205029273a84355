"""One server, two doors: the Streamlit pages, and the routes of ``hearing_app.api``, in one process."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
import tomllib
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import streamlit as st
import uvicorn
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Match, Route
from starlette.types import ASGIApp
from streamlit import config

from hearing_app.api import ROUTES
from hearing_app.api.answers import on_hearing_error, on_http_error
from hearing_app.api.bundles import drop_outdated
from hearing_app.api.gate import READING, WRITING, Gate, Room
from hearing_app.api.guard import CompressedStatic, KnownAddresses, SecurityHeaders, shell_policy
from hearing_app.api.hosts import OwnHosts
from hearing_app.api.kept import KeptAnswers
from hearing_app.api.limits import LARGEST_HEAD, RequestLimits
from hearing_app.api.lines import TimedLine, TimedSocket, raise_file_limit
from hearing_app.api.provider import check_settings
from hearing_app.api.punctual import Punctual
from hearing_app.api.seats import Hall, Seats
from hearing_app.api.shell import shell
from hearing_app.api.stopped import Stopped
from hearing_app.api.traces import bound_logging
from hearing_app.condition import State, folder_findings
from hearing_app.deployment import Deployment, check_whole, current, note_address, open_deployment, use
from hearing_app.documents.pack import making
from hearing_app.errors import Damaged, HearingError
from hearing_app.hearings.agenda.lottery import keep_when_due
from hearing_app.hearings.moderation.lapses import keep_up
from hearing_app.people.accounts import invite_first_administrator
from hearing_app.people.throttle import forget
from hearing_app.record.ledger import size_of
from hearing_app.registry.register import register_of
from hearing_app.registry.similar import similar
from hearing_app.settings import PROJECT, SHIPPED, Settings
from hearing_app.store.engine import erase_freed_pages, erase_what_is_left, reading, why_stopped, writing
from hearing_app.voices.language import detect
from hearing_app.web.messages import passes
from hearing_app.web.pages import PAGES

log = logging.getLogger(__name__)
# A request that hangs may not keep a server from stopping.
GRACE_SECONDS = 5
ERASE_EVERY_SECONDS = 5
SIGN_EVERY_SECONDS = 5
FORGET_EVERY_SECONDS = 600
LAPSE_EVERY_SECONDS = 10
# Up to this many events the whole record is checked before the first page is served; a larger one at once
# afterwards.
CHECKED_FIRST = 5_000
# A check of a large record may take this part of the time at most.
_CHECKING_SHARE = 1 / 50
FRONT_END = Path(st.__file__).parent / "static"

# What a page sends: everything that is typed into it. The longest comment is a hundredth of that.
LARGEST_MESSAGE = 2 * 1024**2

# Safety does not hang on a file that is found only from some folders: these are set in code, always.
OPTIONS: dict[str, object] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    # It would write traces past the log, and so past what bounds it.
    "logger.enableRich": False,
    # A collection after each run takes 70 ms and grows with the sessions; see `_lifespan`.
    "runner.postScriptGC": False,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxMessageSize": 5,
    "server.maxUploadSize": 1,
    "server.maxWidgetStateSize": LARGEST_MESSAGE // 1024**2,
    "server.runOnSave": False,
}


def build(settings: Settings) -> ASGIApp:
    """Return the ASGI application; the deployment must be open (``deployment.use``).

    The security headers stand outermost, so that an answer to an error that nobody foresaw has them, too.
    """
    _configure()
    # Not told where the service begins, Streamlit's front end also asks for it below each page: two requests
    # for nothing, and two errors in the browser's console.
    begins = "<script>window.__streamlit = {BACKEND_BASE_URL: window.location.origin};"
    index = (FRONT_END / "index.html").read_text(encoding="utf-8").replace("<script>", begins, 1)
    paths = [page.path for page in PAGES]
    shells = [Route(page.path, shell(index, page.title)) for page in PAGES]
    reading_room = Room(READING)
    app = st.App(
        str(PROJECT / "hearing_app" / "web" / "app.py"),
        lifespan=_lifespan,
        routes=[*ROUTES, *shells],
        middleware=[
            Middleware(Stopped),
            Middleware(KnownAddresses, pages=[*paths, "/manifest.json"], is_route=_is_route),
            Middleware(CompressedStatic, folder=FRONT_END),
            Middleware(
                Seats,
                hall=Hall(settings.visitors, settings.visitors_of_one_network),
                pages=frozenset(paths),
                passes=passes,
            ),
            Middleware(Punctual),
            Middleware(KeptAnswers, is_busy=lambda: reading_room.waiting > 0),
            Middleware(Gate, reading=reading_room, writing=Room(WRITING)),
        ],
        exception_handlers={HearingError: on_hearing_error, HTTPException: on_http_error},
        on_script_error=_on_script_error,
    )
    own = OwnHosts(RequestLimits(app), names=settings.host_names, public_url=settings.public_url)
    return SecurityHeaders(own, pages=paths, policy=shell_policy(index), is_https=settings.is_https)


def run(settings: Settings) -> None:
    """Serve until told to stop. Raises ``HearingError`` when the port or the record cannot be used."""
    # uvicorn stops its work at a signal and then sends it to the process again: by default that would end it
    # on the spot, with the record still open.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _stop)
    bound_logging()
    TimedLine.most = raise_file_limit()
    check_settings(settings)
    deployment = open_deployment(settings)
    try:
        for finding in folder_findings(settings):
            if finding.state is not State.GOOD:
                log.warning("%s %s", finding.says, finding.do)
        _check_first(deployment)
        # Words that were withdrawn while somebody read leave the file now at the latest. The language model
        # takes a moment to load: it must not do so while the first comment holds the write lock.
        erase_freed_pages(deployment.engine)
        detect("A sentence that is long enough for the model to be asked about its language.")
        making.clear(settings.data)
        listening = _listen(settings)
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        use(replace(deployment, settings=settings))
        with writing(deployment.engine) as db:
            token = invite_first_administrator(db)
        # The access log would hold addresses of readers, and the links of invitations.
        configuration = uvicorn.Config(
            build(settings),
            access_log=False,
            # Its warnings are about requests that are none: anybody could fill the disk with them.
            log_level="error",
            http=TimedLine,
            ws=TimedSocket,
            # Above our own limit, which answers in words; what is larger still is not read to its end.
            h11_max_incomplete_event_size=2 * LARGEST_HEAD,
            ws_max_size=LARGEST_MESSAGE,
            # Who stands behind a proxy is told by it; without one, anybody could tell us anything.
            proxy_headers=bool(settings.public_url),
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        _Server(configuration, settings, token).run(sockets=[listening])
    finally:
        making.end(settings.data)
        deployment.close()


def _check_first(house: Deployment) -> None:
    """Refuse to serve a record that is damaged; a large one is checked while it is served."""
    if not _is_large(house) and check_whole(house):
        raise why_stopped(house.engine) or Damaged("The record is damaged.")


def _is_large(house: Deployment) -> bool:
    with reading(house.engine) as db:
        return size_of(db) > CHECKED_FIRST


def _stop(_signal: int, _frame: object) -> None:
    sys.exit(0)


class _Server(uvicorn.Server):
    """A server that says where it is once it answers."""

    def __init__(self, configuration: uvicorn.Config, settings: Settings, token: str | None) -> None:
        super().__init__(configuration)
        self.settings, self.token = settings, token

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address and, while there is no account, the first administrator's link."""
        await super().startup(sockets)
        if self.started:
            address = self.settings.address
            note_address(self.settings)
            lines = [f"Open {address}"]
            if self.token:
                lines.append(
                    "There is no staff account yet. This link creates the first administrator, once, within "
                    f"three days: {address}/invitation/{self.token}"
                )
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncGenerator[dict[str, object], None]:
    # What lives as long as the process is taken out of the collector's sight: with 10 sessions a page runs
    # five times faster.
    gc.collect()
    gc.freeze()
    duties = (_make_ready, _keep_erasing, _keep_checking, _keep_forgetting, _keep_signing, _keep_lapsing)
    tasks = [asyncio.create_task(keep()) for keep in duties]
    yield {}
    for task in tasks:
        task.cancel()
    # The last state is kept, too: what is cut off while the service stands still shows at the next start.
    await asyncio.to_thread(_sign)
    gc.unfreeze()


async def _make_ready() -> None:
    """Read the register into memory before the first reader asks for it: 5,000 entries take some seconds."""
    try:
        await asyncio.to_thread(_read_register, current())
    except Exception:
        log.exception("the register could not be read ahead; whoever asks for it first waits for it")


def _read_register(house: Deployment) -> None:
    with reading(house.engine) as db:
        register = register_of(db)
    for one in register.ordered[:1]:
        similar(register, one.id)


async def _keep_erasing() -> None:
    """Erase withdrawn words that a reader kept from being erased when their author took them back."""
    while True:
        await asyncio.sleep(ERASE_EVERY_SECONDS)
        try:
            await asyncio.to_thread(erase_what_is_left, current().engine)
            await asyncio.to_thread(drop_outdated)
            await asyncio.to_thread(making.drop_outdated, current().engine)
        except Exception:
            log.exception("withdrawn words could not be erased yet; the next try follows")


async def _keep_forgetting() -> None:
    """Delete what was counted on a day that is over, and its salt, when nobody comes who would do it."""
    while True:
        try:
            await asyncio.to_thread(_forget, current())
        except Exception:
            log.exception("what was counted could not be deleted yet; the next try follows")
        await asyncio.sleep(FORGET_EVERY_SECONDS)


def _forget(house: Deployment) -> None:
    with writing(house.engine) as db:
        is_left = forget(db)
    if is_left:
        erase_freed_pages(house.engine)


async def _keep_lapsing() -> None:
    """Publish what was held for longer than it may be, when nobody comes who would do it."""
    while True:
        try:
            await asyncio.to_thread(keep_up, current().engine)
        except Exception:
            log.exception("holds that are over could not end yet; the next try follows")
        await asyncio.sleep(LAPSE_EVERY_SECONDS)


async def _keep_signing() -> None:
    """Keep the checkpoint of each new state outside the database, soon after it came about."""
    while True:
        await asyncio.sleep(SIGN_EVERY_SECONDS)
        await asyncio.to_thread(_sign)


def _sign() -> None:
    try:
        current().keep_checkpoint()
        # What lotteries need by the clock stands in the checkpoint that follows.
        keep_when_due(current().engine)
    except Exception:
        log.exception("the checkpoint could not be kept; the next try follows")


async def _keep_checking() -> None:
    """Check the whole record again and again; what is found stops the service, and ends this."""
    pause = 0.0 if await asyncio.to_thread(_is_large, current()) else current().settings.check_minutes * 60
    while why_stopped(current().engine) is None:
        await asyncio.sleep(pause)
        began = monotonic()
        try:
            await asyncio.to_thread(check_whole, current())
        except Exception:
            log.exception("the record could not be checked; the next try follows")
        pause = max(current().settings.check_minutes * 60, (monotonic() - began) / _CHECKING_SHARE)


def _configure() -> None:
    """Set the theme from the project's file, wherever the server was started from, and every safe option."""
    file = SHIPPED / ".streamlit" / "config.toml"
    if file.is_file():
        for name, value in _options(tomllib.loads(file.read_text(encoding="utf-8"))):
            config.set_option(name, value)
    for name, value in OPTIONS.items():
        config.set_option(name, value)


def _options(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _options(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Only on sockets that say they are TCP does asyncio send small parts at once: else the body of an answer
    # waits for up to 40 ms, until the reader has acknowledged its head.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        # Two sockets can be bound to one port as long as neither listens.
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise HearingError(
            f"The server cannot listen on {settings.host} port {settings.port} ({error.strerror}).",
            next_step="Stop what runs there, or choose another port: make run PORT=8700",
        ) from error
    return listening


def _is_route(path: str, method: str) -> bool:
    scope = {"type": "http", "path": path, "method": method}
    matches = {route.matches(scope)[0] for route in ROUTES}
    # Whoever asks to read what only takes something would get Streamlit's shell, as for any other path.
    return Match.FULL in matches or (Match.PARTIAL in matches and method not in {"GET", "HEAD"})


def _on_script_error(error: Exception) -> bool:
    """Log what went wrong with its trace, and tell the reader in one sentence, without it."""
    if isinstance(error, HearingError):
        st.error(str(error))
        return True
    log.error("a page failed", exc_info=error)
    st.error(
        "Something went wrong on our side. Nothing was changed. Please load the page again; if it happens "
        "again, tell the people who run this service."
    )
    return True
