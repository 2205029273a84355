"""`hearing keys`: keys with which agencies sign; most of it runs on the agency's own machine."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ValidationError

from hearing_app.cli.parts import require_record
from hearing_app.deployment import open_deployment
from hearing_app.errors import Conflict, Invalid
from hearing_app.people.permissions import OPERATOR
from hearing_app.record.signatures import (
    KeyRequest,
    Revocation,
    SignedKeyRequest,
    SignedRevocation,
    fingerprint_of,
    is_encrypted,
    key_id_of,
    private_pem,
    read_fingerprint,
    read_private_pem,
    read_public_pem,
    sign,
)
from hearing_app.registry.agencies import MOMENT, all_keys, register_key, revoke_key
from hearing_app.registry.faults import faults_of
from hearing_app.secret_files import read_private
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
SINCE = click.DateTime([MOMENT])
M = TypeVar("M", bound=BaseModel)
_NOTHING_SIGNED = "Nothing was signed."


@click.group()
def keys() -> None:
    """Keys with which agencies sign what they publish."""


@keys.command("new")
@click.option("--out", type=NEW_FILE, required=True, help="File for the private key; never one that exists.")
@click.option("--passphrase", "wants_passphrase", is_flag=True, help="Ask for a passphrase that protects it.")
def keys_new(out: Path, wants_passphrase: bool) -> None:
    """Make a private key on this machine, and print its fingerprint. Keep the file: nobody else has it."""
    passphrase = (
        click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
        if wants_passphrase
        else ""
    )
    made = Ed25519PrivateKey.generate()
    try:
        # Readable by its owner from the first byte on, and never in the place of another key.
        opened = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(f"There is a file {out} already.", next_step="Name another one.") from None
    with os.fdopen(opened, "wb") as file:
        file.write(private_pem(made, passphrase))
        file.flush()
        os.fsync(file.fileno())
    click.echo(f"Fingerprint: {fingerprint_of(key_id_of(made.public_key().public_bytes_raw()))}")


@keys.command("fingerprint")
@click.argument("file", type=FILE)
def keys_fingerprint(file: Path) -> None:
    """Print the fingerprint of a private key, a public key or a request."""
    click.echo(f"Fingerprint: {fingerprint_of(key_id_of(_public_key_in(file)))}")


@keys.command("request")
@click.argument("key", type=FILE)
@click.option("--agency", required=True, help="The agency's id, as its entries name it.")
@click.option("--record", required=True, help="The record's name, as its page of keys gives it.")
@click.option("--replaces", type=FILE, help="The private key that was used until now; it signs, too.")
def keys_request(key: Path, agency: str, record: str, replaces: Path | None) -> None:
    """Print the request to register KEY, signed. Send it to the people who run the record."""
    new, old = read_key(key), read_key(replaces) if replaces else None
    statement = made(
        KeyRequest,
        record=record,
        agency=agency,
        public_key=new.public_key().public_bytes_raw().hex(),
        replaces=key_id_of(old.public_key().public_bytes_raw()) if old else "",
    )
    request = SignedKeyRequest(
        statement=statement,
        signature=sign(new, statement),
        signature_of_replaced=sign(old, statement) if old else "",
    )
    click.echo(request.model_dump_json(indent=1))


@keys.command("register")
@click.argument("request", type=FILE)
@click.option("--fingerprint", required=True, help="As the agency told it you over another channel, whole.")
@click.option(
    "--old-key-is-lost",
    is_flag=True,
    help="Replace the present key although it did not sign the request. The record shows it.",
)
@click.pass_obj
def keys_register(settings: Settings, request: Path, fingerprint: str, old_key_is_lost: bool) -> None:
    """Register the key of a REQUEST, after comparing its fingerprint over another channel."""
    asked = read_json(request, SignedKeyRequest)
    require_record(settings)
    house = open_deployment(settings)
    with writing(house.engine) as db:
        key = register_key(db, OPERATOR, asked, fingerprint=fingerprint, old_key_is_lost=old_key_is_lost)
    house.close()
    click.echo(f"{key.agency} signs with {fingerprint_of(key.key_id)} from now on.")


@keys.command("revoke")
@click.argument("fingerprint")
@click.option("--reason", required=True, help="One sentence; it stands in public.")
@click.option("--from", "since", type=SINCE, help="Not to be trusted from then on; without it, from now on.")
@click.pass_obj
def keys_revoke(settings: Settings, fingerprint: str, reason: str, since: datetime | None) -> None:
    """Revoke the key with this FINGERPRINT, at once."""
    require_record(settings)
    house = open_deployment(settings)
    from_then = since.replace(tzinfo=UTC) if since else None
    with writing(house.engine) as db:
        key = revoke_key(db, OPERATOR, read_fingerprint(fingerprint), reason=reason, untrusted_from=from_then)
    house.close()
    click.echo(f"Nothing that {key.agency} signs with this key is taken from now on.")


@keys.command("give-up")
@click.argument("key", type=FILE)
@click.option("--agency", required=True, help="The agency's id.")
@click.option("--record", required=True, help="The record's name, as its page of keys gives it.")
@click.option("--reason", required=True, help="One sentence; it stands in public.")
@click.option("--from", "since", type=SINCE, help="Not to be trusted from then on; without it, from now on.")
def keys_give_up(key: Path, agency: str, record: str, reason: str, since: datetime | None) -> None:
    """Print the agency's own word that KEY is not to be trusted, signed with it. Send it to the record."""
    private_key = read_key(key)
    statement = made(
        Revocation,
        record=record,
        agency=agency,
        key_id=key_id_of(private_key.public_key().public_bytes_raw()),
        untrusted_from=(since or datetime.now(UTC)).strftime(MOMENT),
        reason=reason,
    )
    given = SignedRevocation(statement=statement, signature=sign(private_key, statement))
    click.echo(given.model_dump_json(indent=1))


@keys.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def keys_list(settings: Settings, form: str) -> None:
    """List every key that was ever registered, and what became of it."""
    require_record(settings)
    house = open_deployment(settings)
    with reading(house.engine) as db:
        found = all_keys(db)
    house.close()
    if form == "json":
        listed = [{"agency": key.agency, "key_id": key.key_id, "state": key.state} for key in found]
        click.echo(json.dumps({"keys": listed}))
    else:
        lines = [f"{key.agency}  {key.state}  {fingerprint_of(key.key_id)}" for key in found]
        click.echo("\n".join(lines) or "No key was registered yet.")


def read_key(file: Path) -> Ed25519PrivateKey:
    """Return the private key in a file, after asking for its passphrase where it has one."""
    pem = read_private(file, kept=_NOTHING_SIGNED)
    passphrase = click.prompt(f"Passphrase of {file}", hide_input=True, err=True) if is_encrypted(pem) else ""
    return read_private_pem(pem, passphrase)


def read_json(file: Path, model: type[M]) -> M:
    """Return what a JSON file says; raise ``Invalid`` with every fault of its form."""
    try:
        return model.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise Invalid(f"The file {file} cannot be used.", faults_of(error, str(file))) from None


def made(model: type[M], **fields: object) -> M:
    """Return a statement of what was given on the command line."""
    try:
        return model(**fields)
    except ValidationError as error:
        raise Invalid("This cannot be signed.", faults_of(error), kept=_NOTHING_SIGNED) from None


def _public_key_in(file: Path) -> bytes:
    content = file.read_bytes()
    if b"PUBLIC KEY" in content:
        return read_public_pem(content)
    if b"PRIVATE KEY" in content:
        return read_key(file).public_key().public_bytes_raw()
    return bytes.fromhex(read_json(file, SignedKeyRequest).statement.public_key)
