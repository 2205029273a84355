"""A provider of sign-in on the loopback that can be told to lie."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "hearing", "the client's secret, which is long enough"
# A secret that a careless provider shows to everybody.
SHOWN: dict[str, str | list[str]] = {
    "kty": "oct",
    "kid": "two",
    "k": base64.urlsafe_b64encode(b"s" * 32).rstrip(b"=").decode(),
}
Change = Callable[[dict[str, Any]], dict[str, Any]]


class Provider:
    """It keeps what it was asked, checks PKCE and the client's secret, and gives each code once."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.described: Change = lambda document: document
        self.claims: Change = lambda claims: claims
        self.signed: Callable[[dict[str, Any]], str] = self.sign
        self.token: Change = lambda answer: answer
        self.asked: list[str] = []
        self.ways: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        # It looks this often, in seconds, whether it is to stop: half a second would be most of a test.
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def let_in(self, way: str, subject: str, **more: str) -> str:
        """Do as if this person had signed in at the address ``way``; return the path they come back to."""
        asked = dict(parse_qsl(urlsplit(way).query))
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked | {"sub": subject}
        back = urlsplit(asked["redirect_uri"]).path
        return f"{back}?{urlencode({'code': code, 'state': asked['state']} | more)}"

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."

    def signed_by_another(self, claims: dict[str, Any]) -> str:
        other = RSAKey.generate_key(2048, {"kid": "one"})
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, other)

    def signed_with_the_secret(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))

    def signed_with_what_it_shows(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "HS256", "kid": "two"}, claims, OctKey.import_key(SHOWN))

    def description(self) -> dict[str, Any]:
        return self.described(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
        )

    def exchange(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(sent.get("code", ""), None)
        self.ways.append(authorization.partition(" ")[0] or "in the body")
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        name, secret = name or sent.get("client_id", ""), secret or sent.get("client_secret", "")
        verifier = sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != sent.get("redirect_uri")
            or (name, secret) != (CLIENT, SECRET)
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": asked["sub"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "email": "ada@board.example",
        }
        answer = {"access_token": "a", "token_type": "Bearer", "id_token": self.signed(self.claims(claims))}
        return 200, self.token(answer)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                if self.path == "/.well-known/openid-configuration":
                    self.answer(200, provider.description())
                elif self.path == "/keys":
                    self.answer(200, {"keys": [provider.key.as_dict(private=False), SHOWN]})
                else:
                    self.answer(404, {})

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                sent = {name: values[0] for name, values in parse_qs(body).items()}
                self.answer(*provider.exchange(sent, self.headers.get("authorization", "")))

            def answer(self, status: int, document: dict[str, Any]) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
