"""`hearing keys` and signing on the command line: the whole way, on two machines that share only files."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hearing_app.api import ROUTES
from hearing_app.cli import main
from hearing_app.deployment import open_deployment, use
from hearing_app.record.signatures import fingerprint_of, key_id_of, read_private_pem
from hearing_app.registry.signature_faults import faults
from hearing_app.registry.signed import signatures_of
from hearing_app.settings import Settings
from hearing_app.store.engine import reading
from tests.signers import RIVERTON, own_entry

ROOT = Path(__file__).parents[1]
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def run(tmp_path: Path, published_data: Path) -> Run:
    """Run a command on the machine of the record; ``input`` is what is typed."""
    data = shutil.copytree(published_data, tmp_path / "data")

    def invoke(*arguments: str | Path, input: str = "") -> Result:
        given = ("--data", data, "--registry", ROOT / "registry", "--datasets", ROOT / "datasets")
        result = CliRunner().invoke(main, [str(one) for one in (*given, *arguments)], input=input)
        assert "Traceback" not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def force(tmp_path: Path) -> Run:
    """Run a command on the agency's machine, which has no record."""

    def invoke(*arguments: str | Path, input: str = "") -> Result:
        given = ["--data", str(tmp_path / "nothing"), *(str(one) for one in arguments)]
        result = CliRunner().invoke(main, given, input=input)
        assert not (tmp_path / "nothing").exists()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def record_of(run: Run) -> str:
    name: str = json.loads(run("registry", "statement", "compas").stdout)["record"]
    return name


def new_key(force: Run, path: Path) -> str:
    """Make a key and return the fingerprint that was printed."""
    result = force("keys", "new", "--out", path)
    assert result.exit_code == 0, result.output
    return result.stdout.removeprefix("Fingerprint: ").strip()


def register(
    run: Run, force: Run, key: Path, *, fingerprint: str, more: tuple[str | Path, ...] = ()
) -> Result:
    asked = force("keys", "request", key, "--agency", RIVERTON, "--record", record_of(run), *more)
    assert asked.exit_code == 0, asked.output
    request = key.with_suffix(".request.json")
    request.write_text(asked.stdout)
    return run("keys", "register", request, "--fingerprint", fingerprint)


def entry_file(folder: Path, **changes: Any) -> Path:
    path = folder / "bus-lane-cameras.yaml"
    path.write_text(yaml.safe_dump(own_entry(**changes), allow_unicode=True), encoding="utf-8")
    return path


def test_the_whole_way_from_a_key_to_a_signed_second_version(tmp_path: Path, run: Run, force: Run) -> None:
    key = tmp_path / "force.pem"
    fingerprint = new_key(force, key)
    done = register(run, force, key, fingerprint=fingerprint)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{RIVERTON} signs with {fingerprint} from now on.\n"
    assert run("keys", "list").stdout == f"{RIVERTON}  in use  {fingerprint}\n"
    record = record_of(run)
    signed = tmp_path / "publication.json"
    made = force(
        *("registry", "sign", entry_file(tmp_path), "--key", key, "--record", record),
        *("--note", "Our first entry."),
    )
    assert made.exit_code == 0, made.output
    signed.write_text(made.stdout)
    published = run("registry", "publish", "--signed", signed)
    assert (published.exit_code, published.stdout) == (0, "system:bus-lane-cameras version 1\n")
    # The next version is signed against what the record said, in a file.
    state = tmp_path / "state.json"
    state.write_text(run("registry", "statement", "bus-lane-cameras").stdout)
    again = force(
        *("registry", "sign", entry_file(tmp_path, purpose="Another one."), "--key", key),
        *("--against", state, "--note", "Another purpose."),
    )
    signed.write_text(again.stdout)
    assert run("registry", "publish", "--signed", signed).stdout == "system:bus-lane-cameras version 2\n"
    replayed = tmp_path / "first.json"
    replayed.write_text(made.stdout)
    refused = run("registry", "publish", "--signed", replayed)
    assert refused.exit_code == 1
    assert "signed as version 1, and the next one is 3" in refused.stderr
    house = open_deployment(Settings(data=tmp_path / "data"))
    with reading(house.engine) as db:
        assert list(signatures_of(db, "system", "bus-lane-cameras")) == [1, 2]
        assert faults(db) == []
    house.close()


def test_what_is_printed_can_be_posted_as_it_is(tmp_path: Path, run: Run, force: Run) -> None:
    key = tmp_path / "force.pem"
    register(run, force, key, fingerprint=new_key(force, key))
    house = open_deployment(Settings(data=tmp_path / "data"))
    use(house)
    with TestClient(Starlette(routes=ROUTES)) as client:
        record = client.get("/api/v1/agencies").json()["record"]
        made = force(
            *("registry", "sign", entry_file(tmp_path), "--key", key, "--record", record, "--note", "First.")
        )
        path = "/api/v1/systems/bus-lane-cameras/versions"
        headers = {"content-type": "application/json"}
        assert client.post(path, content=made.stdout, headers=headers).status_code == 201
        # The answer of the interface is what the next one is signed against.
        state = tmp_path / "state.json"
        state.write_bytes(client.get(path).content)
        again = force(
            *("registry", "sign", entry_file(tmp_path, purpose="Another one."), "--key", key),
            *("--against", state, "--note", "Second."),
        )
        assert client.post(path, content=again.stdout, headers=headers).json()["version"] == 2
        given = force("keys", "give-up", key, "--agency", RIVERTON, "--record", record, "--reason", "Stolen.")
        revoked = client.post(
            f"/api/v1/agencies/{RIVERTON}/revocations", content=given.stdout, headers=headers
        )
        assert revoked.json()["state"] == "revoked"
    house.close()


def test_a_private_key_is_its_owners_alone_and_never_replaced(tmp_path: Path, force: Run) -> None:
    key = tmp_path / "force.pem"
    fingerprint = new_key(force, key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    public = read_private_pem(before).public_key().public_bytes_raw()
    assert fingerprint == fingerprint_of(key_id_of(public))
    again = force("keys", "new", "--out", key)
    assert again.exit_code == 1
    assert "already" in again.stderr
    assert key.read_bytes() == before
    assert force("keys", "fingerprint", key).stdout == f"Fingerprint: {fingerprint}\n"
    # What is printed never holds the key.
    assert "PRIVATE" not in again.output


def test_others_may_not_read_the_key(tmp_path: Path, run: Run, force: Run) -> None:
    key = tmp_path / "force.pem"
    new_key(force, key)
    key.chmod(0o644)
    refused = force("keys", "request", key, "--agency", RIVERTON, "--record", "hearing-record-0")
    assert refused.exit_code == 1
    assert "chmod 600" in refused.stderr


def test_a_passphrase_is_asked_for(tmp_path: Path, force: Run) -> None:
    key = tmp_path / "force.pem"
    made = force("keys", "new", "--out", key, "--passphrase", input="four words\nfour words\n")
    assert made.exit_code == 0, made.output
    assert b"ENCRYPTED" in key.read_bytes()
    assert "four words" not in made.output
    right = force("keys", "fingerprint", key, input="four words\n")
    assert right.stdout == made.stdout
    wrong = force("keys", "fingerprint", key, input="five words\n")
    assert wrong.exit_code == 1
    assert "the passphrase is wrong" in wrong.stderr


def test_another_fingerprint_registers_nothing(tmp_path: Path, run: Run, force: Run) -> None:
    key, other = tmp_path / "force.pem", tmp_path / "other.pem"
    new_key(force, key)
    refused = register(run, force, key, fingerprint=new_key(force, other))
    assert refused.exit_code == 1
    assert "not that of the key in this request" in refused.stderr
    assert run("keys", "list").stdout == "No key was registered yet.\n"


def test_rotating_loss_and_revoking(tmp_path: Path, run: Run, force: Run) -> None:
    first, second, third = (tmp_path / f"{name}.pem" for name in ("first", "second", "third"))
    prints = [new_key(force, path) for path in (first, second, third)]
    register(run, force, first, fingerprint=prints[0])
    assert register(run, force, second, fingerprint=prints[1], more=("--replaces", first)).exit_code == 0
    lost = register(run, force, third, fingerprint=prints[2])
    assert lost.exit_code == 1
    assert "has a key in use, and that key has not signed this request" in lost.stderr
    request = third.with_suffix(".request.json")
    done = run("keys", "register", request, "--fingerprint", prints[2], "--old-key-is-lost")
    assert done.exit_code == 0, done.output
    revoked = run("keys", "revoke", prints[1], "--reason", "It turned up.", "--from", "2026-01-01T00:00:00Z")
    assert revoked.exit_code == 0, revoked.output
    listed = json.loads(run("keys", "list", "--format", "json").stdout)["keys"]
    assert [(one["state"], one["key_id"]) for one in listed] == [
        ("replaced", prints[0].replace(" ", "")),
        ("revoked", prints[1].replace(" ", "")),
        ("in use", prints[2].replace(" ", "")),
    ]


def test_an_unsigned_file_in_the_agencys_name_is_refused(tmp_path: Path, run: Run, force: Run) -> None:
    key = tmp_path / "force.pem"
    register(run, force, key, fingerprint=new_key(force, key))
    registry = tmp_path / "registry"
    for folder in (f"systems/{RIVERTON}", "hearings"):
        (registry / folder).mkdir(parents=True)
    entry_file(registry / "systems" / RIVERTON)
    refused = CliRunner().invoke(
        main, ["--data", str(tmp_path / "data"), "--registry", str(registry), "registry", "publish"]
    )
    assert refused.exit_code == 1
    assert "it is not signed" in refused.stderr
    assert run("registry", "export", "--out", tmp_path / "out").exit_code == 0
    assert not (tmp_path / "out" / "systems" / RIVERTON).exists()


@pytest.mark.parametrize("content", ["{}", "nothing", "[]", ""])
def test_files_of_another_form_are_refused(tmp_path: Path, run: Run, content: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    for command in (("registry", "publish", "--signed", file), ("keys", "fingerprint", file)):
        refused = run(*command)
        assert refused.exit_code == 1
        assert "file.json cannot be used" in refused.stderr


def test_nothing_is_signed_that_would_be_refused_as_not_the_agencys_own_words(
    tmp_path: Path, run: Run, force: Run
) -> None:
    """Signing and publishing say the same of it, in the same words."""
    key = tmp_path / "force.pem"
    register(run, force, key, fingerprint=new_key(force, key))
    sign = ("registry", "sign", "--key", key, "--record", "hearing-record-0")
    by_others = {**own_entry()["compiled"], "by": "independent_compilation"}
    refused = force(*sign, entry_file(tmp_path, compiled=by_others), "--note", "First.")
    assert (refused.exit_code, refused.stdout) == (1, "")
    for words in (
        "An agency signs what it wrote itself.",
        "Others are said to have written this. Write “deployer” here.",
        "Nothing was signed.",
    ):
        assert words in refused.stderr
    hidden = force(*sign, entry_file(tmp_path), "--note", "First\u202e.")
    assert (hidden.exit_code, hidden.stdout) == (1, "")
    assert "The note holds a character that readers cannot see." in hidden.stderr
    assert force(*sign, entry_file(tmp_path), "--note", "First.").exit_code == 0


def test_who_signs_is_told_what_publishing_will_refuse(tmp_path: Path, run: Run, force: Run) -> None:
    key = tmp_path / "force.pem"
    register(run, force, key, fingerprint=new_key(force, key))
    record = json.loads(run("registry", "statement", "bus-lane-cameras").stdout)["record"]
    sign = ("registry", "sign", "--key", key, "--record", record, "--note", "First.")
    sound = force(*sign, entry_file(tmp_path))
    assert (sound.exit_code, sound.stderr) == (0, "")
    ahead = {**own_entry()["compiled"], "as_of": "2999-01-01"}
    signed = force(*sign, entry_file(tmp_path, compiled=ahead))
    assert signed.exit_code == 0
    assert "Publishing will refuse this: " in signed.stderr
    assert "1 January 2999 is still to come." in signed.stderr
    # It can be handed in all the same, and is refused in the same words.
    file = tmp_path / "signed.json"
    file.write_text(signed.stdout)
    refused = run("registry", "publish", "--signed", file)
    assert refused.exit_code == 1
    assert "1 January 2999 is still to come." in refused.stderr


def test_nothing_is_signed_that_has_faults_or_no_place(tmp_path: Path, force: Run) -> None:
    key = tmp_path / "force.pem"
    new_key(force, key)
    sign = ("registry", "sign", "--key", key, "--note", "First.")
    entry = entry_file(tmp_path)
    no_record = force(*sign, entry)
    assert no_record.exit_code == 1
    assert "record" in no_record.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(entry.read_text().replace("Bus lane cameras", "TODO"))
    assert "TODO" in force(*sign, wrong, "--record", "hearing-record-0").stderr
    for state in ("[]", "{}", '{"record": "r", "versions": [{"version": "x"}]}'):
        (tmp_path / "state.json").write_text(state)
        refused = force(*sign, entry, "--against", tmp_path / "state.json")
        assert (refused.exit_code, refused.stdout) == (1, "")
