"""Signing in at an OpenID Connect provider: authorization code with PKCE (S256), state and nonce.

What is asked for is ``openid`` alone, and of the answer only the issuer, the subject and the time of sign-in
there are used. What a sign-in needs until the browser comes back (state, nonce, code verifier, and what for)
lies in a cookie of ten minutes that only we can read. This is the one place from which the service calls
another host: the provider that is set, and the addresses that its own description names.
"""

from __future__ import annotations

import hmac
import json
import logging
import re
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.starlette_client import OAuth
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hearing_app.api.answers import page_answer
from hearing_app.api.confirm import signed_in, way_on
from hearing_app.api.cookies import check_form, session_token
from hearing_app.api.forms import read_form
from hearing_app.api.sign_in import begin
from hearing_app.deployment import current
from hearing_app.documents.render import render
from hearing_app.errors import Forbidden, HearingError, Invalid
from hearing_app.people.accounts import address_for, open_invitation
from hearing_app.people.cookie import provider_cookie
from hearing_app.people.outside import RETURNS_WITHIN, accept_at_provider, account_of_identity, use_return
from hearing_app.people.sessions import FRESH, confirm_session
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing

log = logging.getLogger(__name__)

# Signatures that the provider alone can make: not "none", and no secret that this service has as well.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
BY_FORM = "client_secret_post"
"""How a service says who it is to a provider that does not read it from a header (RFC 6749, 2.3.1)."""
WAITS_SECONDS = 10
LEEWAY_SECONDS = 60
_RETURN = "/sign-in/provider/return"
_NONCE_BYTES = 12


class ProviderFailed(HearingError):
    """The provider of sign-in cannot be reached, or its answer cannot be trusted."""

    status = 502
    title = "Signing in at the provider did not work"


def check_settings(settings: Settings) -> None:
    """Refuse to start with a provider of which too little is said, or with a secret that others can read."""
    if settings.oidc_issuer and not settings.oidc_client_id:
        raise Invalid(
            "A provider of sign-in is set, and not the name under which it knows this service.",
            kept="The service did not start.",
            next_step="Set HEARING_OIDC_CLIENT_ID, or unset HEARING_OIDC_ISSUER.",
        )
    _ = settings.oidc_secret


async def sign_in(request: Request) -> Response:
    """Go to the provider in order to sign in."""
    return await _go(request, "sign-in", await read_form(request))


async def accept(request: Request) -> Response:
    """Go to the provider in order to accept an invitation there."""
    form = await read_form(request)
    token = request.path_params["token"]

    def address() -> str:
        with reading(current().engine) as db:
            return address_for(open_invitation(db, token), form.get("email", ""))

    email = await run_in_threadpool(address)
    return await _go(request, "accept", form, token=token, email=email)


async def confirm(request: Request) -> Response:
    """Go to the provider in order to show again that it is you."""
    form = await read_form(request)
    return await _go(request, "confirm", form, fresh=True, on=way_on(form.get("next", "")))


async def come_back(request: Request) -> Response:
    """Take what the provider sends back, once, and do what the reader went there for."""
    if not current().settings.oidc_issuer:
        raise _no_provider()
    kept = _unsealed(request)
    answer: Response
    try:
        if not kept or not hmac.compare_digest(
            str(kept["state"]).encode(), request.query_params.get("state", "").encode()
        ):
            log.warning("refused: a return from the provider that did not begin in this browser")
            raise Forbidden(
                "This return from the provider did not begin in this browser, or took too long.",
                kept="You are not signed in by it.",
                next_step="Begin again with signing in.",
            )
        await run_in_threadpool(_use, str(kept["state"]))
        claims = await _claims(request, kept)
        answer = await run_in_threadpool(_done, request, kept, claims)
    except HearingError as error:
        answer = page_answer(error.title, render("provider_problem", problem=error), status=error.status)
    settings = current().settings
    answer.delete_cookie(
        provider_cookie(settings.is_https), path="/", secure=settings.is_https, httponly=True, samesite="lax"
    )
    return answer


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, secret: str) -> Any:
    """Return the client of a provider; it reads the provider's description once, when it is first needed."""
    return OAuth().register(
        "provider",
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=client_id,
        client_secret=secret or None,
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": WAITS_SECONDS},
    )


async def _provider(settings: Settings) -> Any:
    """Return the client once its provider's description was read and found to be the one that is set."""
    client = _client(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_secret)
    described = await client.load_server_metadata()
    if str(described["issuer"]).rstrip("/") != settings.oidc_issuer.rstrip("/"):
        raise ValueError("the description is another provider's")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if urlsplit(described[name]).scheme != urlsplit(settings.oidc_issuer).scheme:
            raise ValueError("an address of the provider is not encrypted")
    offered = described.get("id_token_signing_alg_values_supported", ALGORITHMS)
    allowed = [name for name in offered if name in ALGORITHMS]
    # The library takes what stands here, and an empty list for "any".
    described["id_token_signing_alg_values_supported"] = allowed or ["RS256"]
    ways = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if settings.oidc_secret and "client_secret_basic" not in ways and BY_FORM in ways:
        client.client_kwargs["token_endpoint_auth_method"] = BY_FORM
    return client


async def _go(
    request: Request, purpose: str, form: dict[str, str], *, fresh: bool = False, **kept: str
) -> Response:
    """Answer with a page that leads to the provider, and keep in a cookie what is needed afterwards.

    A page, no redirect: after a form was sent, our content policy lets the browser go to nobody else.
    """
    settings = current().settings
    if not settings.oidc_issuer:
        raise _no_provider()
    await run_in_threadpool(check_form, request, form.get("form", ""))
    more: dict[str, Any] = {"prompt": "login", "max_age": 0} if fresh else {}
    try:
        client = await _provider(settings)
        begun = await client.create_authorization_url(settings.address + _RETURN, **more)
    except HearingError:
        raise
    except Exception as error:
        raise _failed("asked", error) from error
    way = str(begun["url"])
    answer = page_answer("On to the provider", render("provider_on", way=way, provider=settings.oidc_label))
    answer.headers["Refresh"] = f"0; url={way}"
    proofs = {name: str(begun[name]) for name in ("state", "nonce", "code_verifier")}
    answer.set_cookie(
        provider_cookie(settings.is_https),
        _sealed(kept | proofs | {"for": purpose}),
        max_age=int(RETURNS_WITHIN.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return answer


async def _claims(request: Request, kept: dict[str, Any]) -> dict[str, Any]:
    """Exchange the code and return the claims of the ID token, after every one that matters was checked."""
    settings = current().settings
    if "error" in request.query_params:
        log.warning("refused: the provider let nobody in")
        raise Forbidden(
            "The provider did not let you in.",
            kept="You are not signed in here.",
            next_step="Begin again, or ask those who run the provider.",
        )
    try:
        client = await _provider(settings)
        issuer = client.server_metadata["issuer"]
        if request.query_params.get("iss", issuer) != issuer:
            raise ValueError("the answer names another provider")
        token = await client.fetch_access_token(
            code=request.query_params.get("code", ""),
            redirect_uri=settings.address + _RETURN,
            code_verifier=kept["code_verifier"],
        )
        claims = await client.parse_id_token(
            token,
            nonce=kept["nonce"],
            claims_options={
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": settings.oidc_client_id},
                "sub": {"essential": True},
            },
            leeway=LEEWAY_SECONDS,
        )
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise ValueError("the person has no name that can be kept")
        return dict(claims)
    except Exception as error:
        # Whatever a strange answer breaks in the library, the reader gets a page and the log gets its kind.
        raise _failed("believed", error) from error


def _use(state: str) -> None:
    with writing(current().engine) as db:
        use_return(db, state)


def _done(request: Request, kept: dict[str, Any], claims: dict[str, Any]) -> Response:
    """Do what the reader went to the provider for, as the person that the provider knows."""
    house = current()
    issuer, subject = claims["iss"], claims["sub"]
    if kept["for"] == "accept":
        member = accept_at_provider(
            house.engine, kept["token"], issuer=issuer, subject=subject, email=kept["email"]
        )
    else:
        with reading(house.engine) as db:
            member = account_of_identity(db, issuer, subject)
    when = _signed_in_at(claims)
    if kept["for"] != "confirm":
        return begin(request, member, at_provider=True, confirmed_at=when)
    found = signed_in(request)
    if found is None or found.account.account_id != member.account_id or when is None:
        log.warning("refused: %s did not confirm at the provider", member.actor.name)
        raise Forbidden(
            "The provider did not say that you, who are signed in here, signed in there just now.",
            kept="Nothing was confirmed.",
            next_step="Try again, and sign in at the provider when it asks you.",
        )
    with writing(house.engine) as db:
        confirm_session(db, session_token(request), at=when)
    return RedirectResponse(way_on(kept["on"]), status_code=303)


def _signed_in_at(claims: dict[str, Any]) -> datetime | None:
    """Return when the person signed in at the provider, if it says so and it is not long ago."""
    now, said = datetime.now(UTC), claims.get("auth_time")
    if not isinstance(said, (int, float)) or not now.timestamp() - FRESH.total_seconds() < said:
        return None
    # Clocks differ by seconds; a time far ahead of ours is none.
    when = datetime.fromtimestamp(min(said, now.timestamp()), UTC)
    return when if said <= (now + timedelta(seconds=LEEWAY_SECONDS)).timestamp() else None


def _sealed(kept: dict[str, Any]) -> str:
    until = (datetime.now(UTC) + RETURNS_WITHIN).timestamp()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text = json.dumps(kept | {"until": until}).encode()
    return (nonce + AESGCM(_key()).encrypt(nonce, text, None)).hex()


def _unsealed(request: Request) -> dict[str, Any]:
    """Return what the cookie keeps, or nothing when it is not ours or too old."""
    try:
        sealed = bytes.fromhex(request.cookies.get(provider_cookie(current().settings.is_https), ""))
        kept = json.loads(AESGCM(_key()).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None))
    except (InvalidTag, ValueError):
        return {}
    return dict(kept) if kept["until"] > datetime.now(UTC).timestamp() else {}


def _key() -> bytes:
    return hmac.new(current().key, b"sign-in at the provider", sha256).digest()


def _failed(how: str, error: Exception) -> ProviderFailed:
    # Its text may quote what the provider sent, so only its kind is logged, and the standard's word for it.
    said = str(getattr(error, "error", ""))
    reason = f" {said}" if re.fullmatch(r"[a-z_]{1,40}", said) else ""
    log.warning("refused: the provider of sign-in could not be %s (%s%s)", how, type(error).__name__, reason)
    return ProviderFailed(
        f"The provider of sign-in could not be {how}.",
        kept="You are not signed in by it.",
        next_step="Please try again in a few minutes. If it happens again, tell those who run this service.",
    )


def _no_provider() -> HearingError:
    return HearingError("No provider of sign-in is set up here.", kept="", next_step="Sign in another way.")
