"""What stands before every request: only known addresses, security headers, compressed static files."""

from __future__ import annotations

import base64
import gzip
import mimetypes
import re
from collections.abc import Callable, Collection, MutableMapping
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

import brotli
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearing_app.api.answers import nothing_here, problem_answer

# Of Streamlit's own addresses these three are needed; its metrics name functions and count visitors, its
# upload address takes files from anyone on any page, and nothing here needs the others.
STREAMLIT_PATHS = frozenset({"/_stcore/health", "/_stcore/host-config", "/_stcore/stream"})
_COMPRESSIBLE = re.compile(r"\.(js|css|html|json|svg|txt|wasm|map)$")
# No browser names its encodings at greater length; a pattern over 60 kB held the whole process for minutes.
_LONGEST_ACCEPTED = 1000
_PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)

SANDBOX = "sandbox"
"""What an answer says as its policy to be shut off from everything else of this service."""


def shell_policy(index: str) -> str:
    """Return the content policy of the app's pages; it names the shell's one inline script by its hash."""
    scripts = re.findall(r"<script>(.*?)</script>", index, flags=re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class KnownAddresses:
    """Answers 404 to every path that is not ours: Streamlit alone would answer 200 to anything."""

    def __init__(self, app: ASGIApp, pages: Collection[str], is_route: Callable[[str, str], bool]) -> None:
        self.app, self.pages, self.is_route = app, frozenset(pages), is_route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass known addresses on, refuse the others."""
        if scope["type"] == "lifespan" or self._is_known(scope["path"], scope.get("method", "GET")):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await problem_answer(Request(scope, receive), nothing_here())(scope, receive, send)

    def _is_known(self, path: str, method: str) -> bool:
        return (
            path in self.pages
            or path in STREAMLIT_PATHS
            or path.startswith("/static/")
            or self.is_route(path, method)
        )


class SecurityHeaders:
    """Adds the headers that tell a browser what a page may do: nothing but what it needs."""

    def __init__(self, app: ASGIApp, pages: Collection[str], policy: str, *, is_https: bool) -> None:
        self.app, self.pages, self.policy = app, frozenset(pages), policy
        self.always = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        }
        if is_https:
            self.always["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every HTTP answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_page = scope["path"] in self.pages

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                # At a page's address there may be a plain one, while there is no place for more readers.
                is_plain = not is_page or message["status"] == HTTPStatus.SERVICE_UNAVAILABLE
                policy = _PLAIN_POLICY if is_plain else self.policy
                headers = MutableHeaders(scope=message)
                for name, value in self.always.items():
                    headers[name] = value
                # A file that somebody sent is nobody's page: no rights at all, even if it is opened.
                alone = headers.get("Content-Security-Policy") == SANDBOX
                headers["Content-Security-Policy"] = f"{policy}; {SANDBOX}" if alone else policy
            await send(message)

        await self.app(scope, receive, with_headers)


class CompressedStatic:
    """Serves the front end's files compressed: 9.3 MB as they are, a third of that to a phone.

    The names of the files hold a hash of their content, so they may be kept for a year.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app = app
        # Only what is there at start can be asked for: no path leads anywhere else.
        self.files = {
            f"/{path.relative_to(folder).as_posix()}": path
            for path in (folder / "static").rglob("*")
            if path.is_file()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a static file; pass everything else on."""
        if scope["type"] != "http" or not scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        path = self.files.get(scope["path"])
        if path is None or scope["method"] not in {"GET", "HEAD"}:
            await problem_answer(Request(scope, receive), nothing_here())(scope, receive, send)
            return
        answer = await run_in_threadpool(_file_answer, path, Headers(scope=scope).get("accept-encoding", ""))
        await answer(scope, receive, send)


def _file_answer(path: Path, accepted: str) -> Response:
    encodings = _wanted(accepted)
    encoding = next((one for one in ("br", "gzip") if one in encodings), "")
    if not _COMPRESSIBLE.search(path.name):
        encoding = ""
    headers: MutableMapping[str, str] = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    if encoding:
        headers["Content-Encoding"] = encoding
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Response(_content(path, encoding), media_type=kind, headers=dict(headers))


def _wanted(accepted: str) -> set[str]:
    """Return the encodings that a browser takes: "gzip;q=0.5" is wanted, "gzip; q=0" is refused."""
    wanted = set()
    for part in accepted[:_LONGEST_ACCEPTED].split(","):
        name, _, weight = part.partition(";")
        refused = weight.replace(" ", "").lower().startswith("q=0") and not weight.strip(" q=0.Q")
        if name.strip() and not refused:
            wanted.add(name.strip().lower())
    return wanted


@lru_cache(maxsize=1024)
def _content(path: Path, encoding: str) -> bytes:
    plain = path.read_bytes()
    # Brotli 5 gives nearly the size of the highest level in a fiftieth of the time; done once a file.
    packed: dict[str, Callable[[], Any]] = {
        "br": lambda: brotli.compress(plain, quality=5),
        "gzip": lambda: gzip.compress(plain, 6),
    }
    return bytes(packed[encoding]()) if encoding else plain
