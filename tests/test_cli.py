"""The command line: what each command prints, its exit status, and refusals in one paragraph."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
import yaml
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hearing_app import __version__
from hearing_app.api import ROUTES
from hearing_app.cli import main
from hearing_app.deployment import Deployment
from hearing_app.documents.exports import COLUMNS
from hearing_app.hearings.comments.comment import submit
from hearing_app.hearings.comments.draft import Draft
from hearing_app.people.accounts import accept_invitation, open_invitation
from hearing_app.people.permissions import PUBLIC, Role
from hearing_app.people.staff import open_reset
from hearing_app.record.checkpoint import Signer
from hearing_app.record.ledger import Head
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from tests.shipped import HEARINGS, SYSTEMS

ROOT = Path(__file__).parents[1]
DATASETS = ", ".join(sorted(path.name for path in (ROOT / "datasets").iterdir() if path.is_dir()))
# Each document that is published at the first start, and three more, one comment among them.
EVENTS = len(SYSTEMS) + len(HEARINGS) + len(DATASETS.split(", ")) + 3
OPEN_HEARING = "demonstration-risk-scores"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on the data folder of this test; its registry and datasets unless others are given."""

    def invoke(
        *arguments: str, registry: Path = ROOT / "registry", datasets: Path = ROOT / "datasets"
    ) -> Result:
        given = ("--data", str(tmp_path / "data"), "--registry", str(registry), "--datasets", str(datasets))
        result = CliRunner().invoke(main, [*given, *arguments])
        assert "Traceback" not in result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "registry", tmp_path / "registry")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own, from another folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEARING_")}
    return subprocess.run(
        [sys.executable, "-c", "from hearing_app.cli import main; main()", *arguments],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def send(house: Deployment, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "draft_id": os.urandom(16).hex(),
        "hearing_id": OPEN_HEARING,
        "system_id": "compas",
        "system_version": 1,
        "concern": "=1+1 is how this comment begins, to see what becomes of it.",
    }
    with writing(house.engine) as db:
        return submit(db, PUBLIC, house.key, Draft(**(fields | changes))).comment_id


def commands(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


EVERY = list(commands(main))


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) for path, _ in EVERY])
def test_every_command_and_option_explains_itself(
    path: tuple[str, ...], command: click.Command, run: Run
) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert command.help
    assert command.help.splitlines()[0] in " ".join(result.stdout.split())
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.opts[0] in result.stdout
            explained = option.help or isinstance(option.type, click.Choice)
            assert explained, f"{' '.join(path)} {option.opts[0]} is not explained"


def test_the_commands_of_the_contract_are_there(run: Run) -> None:
    names = {" ".join(path) for path, _ in EVERY}
    assert {
        "serve",
        "registry check",
        "registry lint",
        "registry publish",
        "registry export",
        "datasets check",
        "metrics",
        "comments export",
        "staff add",
        "record verify",
    } <= names
    assert run("--version").stdout.strip().endswith(__version__)


@pytest.fixture
def api(house: Deployment) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=ROUTES)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ((), ""),
        (("--by", "race"), "by=race"),
        (("--by", "race,sex", "--threshold", "8"), "by=race,sex&threshold=8"),
        (
            (
                "--by",
                "race",
                "--where",
                "sex=Female",
                "--where",
                "age_cat=25 - 45",
                "--reference",
                "race=Hispanic",
            ),
            "by=race&where=sex:Female&where=age_cat:25 - 45&reference=race:Hispanic",
        ),
        (("--by", "race", "--where", "sex:Male"), "by=race&where=sex:Male"),
    ],
)
def test_metrics_are_the_same_object_as_the_interface_gives(
    run: Run, api: TestClient, arguments: tuple[str, ...], query: str
) -> None:
    result = run("metrics", "compas-broward", *arguments, "--format", "json")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    found = json.loads(result.stdout)
    answer = api.get(f"/api/v1/datasets/compas-broward/metrics?{query}")
    assert found == answer.json()
    assert list(found) == [
        "dataset",
        "version",
        "by",
        "threshold",
        "where",
        "reference",
        "overall",
        "groups",
        "disparity",
    ]


def test_metrics_hold_the_published_figures(run: Run) -> None:
    found = json.loads(run("metrics", "compas-broward", "--by", "race", "--format", "json").stdout)
    black = next(one for one in found["groups"] if one["group"] == {"race": "African-American"})
    assert black["counts"] == {"n": 3696, "tp": 1369, "fp": 805, "tn": 990, "fn": 532}
    rate = black["metrics"]["false_positive_rate"]
    assert rate["value"] == 805 / 1795
    assert rate["n"] == 1795
    assert found["reference"] == {"race": "Caucasian"}


def test_metrics_as_csv_are_the_interfaces_file(run: Run, api: TestClient) -> None:
    result = run("metrics", "compas-broward", "--by", "race", "--format", "csv")
    answer = api.get("/api/v1/datasets/compas-broward/metrics?by=race&format=csv")
    assert result.stdout_bytes == answer.content
    rows = list(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline="")))
    assert {row["part"] for row in rows} == {"overall", "group"}


def test_metrics_as_a_table_are_for_people(run: Run) -> None:
    text = run("metrics", "compas-broward", "--by", "race").stdout
    assert "False positive rate" in text
    assert "44.8\u00a0%" in text
    assert "Note: " in text


def test_what_does_not_fit_is_refused_with_every_fault(run: Run) -> None:
    result = run("metrics", "compas-broward", "--by", "colour", "--threshold", "99", "--where", "sex")
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "The selection does not fit the dataset."
    assert [line.strip().split(":")[0] for line in lines[1:]] == ["by", "threshold", "where"]
    assert all(line.startswith("  ") for line in lines[1:])


def test_an_unknown_dataset_is_a_paragraph(run: Run, tmp_path: Path) -> None:
    result = run("metrics", "unknown")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"There is no dataset called “unknown”. The datasets are: {DATASETS}.\n"
    none = run("metrics", "unknown", datasets=tmp_path / "nowhere")
    assert "The datasets are: none." in none.stderr


def test_a_register_without_faults_is_fit_to_publish(run: Run) -> None:
    result = run("registry", "check")
    advice, sound = result.stdout.splitlines()
    assert (result.exit_code, sound) == (0, f"{len(SYSTEMS)} entries are fit to publish.")
    assert advice.endswith(" pieces of advice, which keep nothing back: hearing registry lint")


@pytest.fixture
def faulty(registry: Path) -> Path:
    """A register with five faults in three files."""
    edit(registry / "systems/broward-county/compas.yaml", "name: ", "nmae: ")
    edit(registry / "systems/china/gait-recognition.yaml", "summary: ", "summary: TODO ")
    edit(registry / "systems/china/gait-recognition.yaml", "is_police_system: true", "is_police_system: yes")
    edit(registry / f"hearings/{OPEN_HEARING}.yaml", "- compas", "- compass")
    return registry


def test_every_fault_is_named_with_file_field_and_repair(run: Run, faulty: Path, tmp_path: Path) -> None:
    result = run("registry", "check", registry=faulty)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    for place in (
        "systems/broward-county/compas.yaml: name: This field is missing. Add it.",
        "systems/broward-county/compas.yaml: nmae: There is no such field. Check the spelling",
        "systems/china/gait-recognition.yaml: summary: It still holds the placeholder “TODO”. Write",
        "systems/china/gait-recognition.yaml: is_police_system: This must be true or false. Write",
        f"hearings/{OPEN_HEARING}.yaml: systems.0: There is no system “compass” in the register. Use one of",
    ):
        assert len([line for line in lines if line.startswith(place)]) == 1, place
    assert lines[-1] == ("1 fault." if len(lines) == 2 else f"{len(lines) - 1} faults.")
    assert not (tmp_path / "data").exists()


def test_faults_as_json_are_one_object(run: Run, faulty: Path) -> None:
    result = run("registry", "check", "--format", "json", registry=faulty)
    assert (result.exit_code, result.stderr) == (1, "")
    found = json.loads(result.stdout)
    assert set(found) == {"faults", "differences", "advice"}
    assert len(found["faults"]) >= 5
    assert all(set(fault) == {"file", "field", "problem", "repair"} for fault in found["faults"])
    sound = run("registry", "check", "--format", "json")
    said = json.loads(sound.stdout)
    assert (sound.exit_code, said["faults"], said["differences"]) == (0, [], [])
    assert all(set(fault) == {"file", "field", "problem", "repair"} for fault in said["advice"])


def test_faults_stop_a_publication(run: Run, house: Deployment, faulty: Path) -> None:
    result = run("registry", "publish", registry=faulty)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Nothing was published: the files have faults.")
    assert "compas.yaml: nmae:" in result.stderr


def test_a_file_that_says_something_new_is_named_and_published(
    run: Run, house: Deployment, registry: Path
) -> None:
    edit(registry / "systems/broward-county/compas.yaml", "name: ", "name: Renamed ")
    checked = run("registry", "check", registry=registry)
    assert checked.exit_code == 0
    assert "systems/broward-county/compas.yaml: The file differs from version 1" in checked.stdout
    published = run("registry", "publish", "--note", "A name", registry=registry)
    assert (published.exit_code, published.stdout) == (0, "system:compas version 2\n")
    again = run("registry", "publish", registry=registry)
    assert again.stdout == "Nothing new: the files say what is published.\n"
    assert "differs" not in run("registry", "check", registry=registry).stdout


def test_what_is_exported_is_a_register_that_says_the_same(
    run: Run, house: Deployment, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = run("registry", "export", "--out", str(out))
    assert result.exit_code == 0
    assert result.stdout == f"{len(SYSTEMS)} entries and {len(HEARINGS)} hearings written to {out}.\n"
    checked = run("registry", "check", "--format", "json", registry=out)
    said = json.loads(checked.stdout)
    assert (checked.exit_code, said["faults"], said["differences"]) == (0, [], [])
    files = {path.relative_to(out).as_posix() for path in out.rglob("*.yaml")}
    shipped = {path.relative_to(ROOT / "registry").as_posix() for path in (ROOT / "registry").rglob("*.yaml")}
    assert files == shipped
    published = run("registry", "publish", registry=out)
    assert published.stdout == "Nothing new: the files say what is published.\n"


def test_an_exported_hearing_keeps_its_window(run: Run, house: Deployment, tmp_path: Path) -> None:
    run("registry", "export", "--out", str(tmp_path / "out"))
    written = yaml.safe_load((tmp_path / f"out/hearings/{OPEN_HEARING}.yaml").read_text(encoding="utf-8"))
    assert "open_for_days" not in written
    assert written["opens_at"] < written["closes_at"]


def test_the_schemas_are_written_beside_the_register(run: Run, registry: Path) -> None:
    shutil.rmtree(registry / "schema")
    result = run("registry", "schema", registry=registry)
    assert result.exit_code == 0
    written = sorted(path.name for path in (registry / "schema").glob("*.json"))
    assert written == ["hearing.json", "rule.json", "system.json", "unregistered.json"]
    assert sorted(Path(line).name for line in result.stdout.splitlines()) == written


def test_datasets_that_fit_are_counted(run: Run) -> None:
    result = run("datasets", "check")
    assert (result.exit_code, result.stdout) == (0, "7 datasets fit their manifests.\n")


def test_datasets_with_faults_are_named(run: Run, tmp_path: Path) -> None:
    datasets = shutil.copytree(ROOT / "datasets", tmp_path / "datasets")
    counts = datasets / "compas-broward/counts.csv"
    counts.write_text(counts.read_text().replace("\n", "\nnonsense\n", 1))
    result = run("datasets", "check", datasets=datasets)
    assert result.exit_code == 1
    assert "compas-broward/counts.csv" in result.stdout
    assert result.stdout.splitlines()[-1].endswith((" fault.", " faults."))
    as_json = run("datasets", "check", "--format", "json", datasets=datasets)
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["faults"]
    missing = run("datasets", "check", datasets=tmp_path / "nowhere")
    assert missing.exit_code == 1
    assert "There is no such folder." in missing.stdout


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_comments_are_exported_to_a_file_and_to_standard_output(
    run: Run, house: Deployment, tmp_path: Path, form: str
) -> None:
    sent = [send(house), send(house, consent="facilitators_only", stance="oppose")]
    out = tmp_path / f"comments.{form}"
    result = run("comments", "export", OPEN_HEARING, "--format", form, "--out", str(out))
    assert result.exit_code == 0
    assert result.stdout == f"2 comments written to {out}.\n"
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
    content = out.read_bytes()
    if form == "xlsx":
        rows = list(openpyxl.load_workbook(io.BytesIO(content))["Comments"].iter_rows(values_only=True))
        assert rows[0] == COLUMNS
        found = [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]
    else:
        assert run("comments", "export", OPEN_HEARING, "--format", form).stdout_bytes == content
        text = content.decode("utf-8-sig")
        found = (
            [json.loads(line) for line in text.splitlines()]
            if form == "jsonl"
            else list(csv.DictReader(io.StringIO(text, newline="")))
        )
    assert [row["comment_id"] for row in found] == sent
    assert [row["stance"] for row in found] == ["no_view", "oppose"]
    assert str(found[0]["concern"]).startswith("'=1+1" if form == "csv" else "=1+1")


def test_an_export_of_an_unknown_hearing_leaves_no_file(run: Run, house: Deployment, tmp_path: Path) -> None:
    out = tmp_path / "comments.csv"
    result = run("comments", "export", "unknown", "--format", "csv", "--out", str(out))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no hearing “unknown”." in result.stderr
    assert not out.exists()


def test_a_folder_that_is_not_there_is_a_paragraph(run: Run, house: Deployment, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "comments.csv"
    result = run("comments", "export", OPEN_HEARING, "--format", "csv", "--out", str(out))
    assert result.exit_code == 1
    assert result.stderr.startswith("A file or folder cannot be used (")
    assert "No such file or directory" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("record", "verify"), ("comments", "export", "x", "--format", "csv")])
def test_a_folder_without_a_record_is_not_taken_for_an_empty_one(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    result = run(*command)
    assert result.exit_code == 1
    assert "There is no record in" in result.stderr
    assert not (tmp_path / "data").exists()


def test_staff_is_invited_with_a_link_that_works(run: Run, house: Deployment) -> None:
    result = run("staff", "add", "fay@board.example", "--role", "facilitator")
    assert result.exit_code == 0
    address, _, token = result.stdout.strip().rpartition("/invitation/")
    assert address == "http://localhost:8600"
    with reading(house.engine) as db:
        invited = open_invitation(db, token)
    assert (invited.email, invited.role) == ("fay@board.example", Role.FACILITATOR)


def test_the_link_has_the_address_that_is_served(
    run: Run, house: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (house.settings.data / "address").write_text("http://localhost:8712\n")
    link = run("staff", "add", "fay@board.example", "--role", "auditor").stdout
    assert link.startswith("http://localhost:8712/invitation/")
    monkeypatch.setenv("HEARING_PUBLIC_URL", "https://hearing.example.org/")
    link = run("staff", "add", "fay@board.example", "--role", "auditor").stdout
    assert link.startswith("https://hearing.example.org/invitation/")


def test_a_publisher_is_invited_for_an_agency_of_the_register(run: Run, house: Deployment) -> None:
    publisher = ("staff", "add", "fay@board.example", "--role", "publisher", "--agency")
    for said in ("no such thing", "metropolitan"):
        refused = run(*publisher, said)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "--new-agency" in refused.stderr
    assert run("staff", "invitations").stdout == "0 open invitations.\n"
    token = run(*publisher, "Metropolitan Police Service").stdout.strip().rpartition("/")[-1]
    with reading(house.engine) as db:
        assert open_invitation(db, token).agency == "metropolitan-police"


def test_an_invitation_that_does_not_fit_names_every_fault(run: Run, house: Deployment) -> None:
    result = run("staff", "add", "nobody", "--role", "publisher")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "email: This is not an e-mail address." in result.stderr
    assert "agency: A publisher speaks for one agency." in result.stderr
    assert run("staff", "add", "a@b.example", "--role", "operator").exit_code == 2


def test_accounts_are_listed_disabled_enabled_and_changed(run: Run, house: Deployment) -> None:
    assert run("staff", "list").stdout == "0 accounts.\n"
    token = run("staff", "add", "fay@board.example", "--role", "facilitator").stdout.strip().rsplit("/")[-1]
    accept_invitation(house.engine, token, email="", password="four words and a comma, here")
    assert run("staff", "list").stdout == "fay@board.example: facilitator, password\n1 account.\n"
    assert run("staff", "disable", "FAY@board.example").exit_code == 0
    assert run("staff", "list").stdout.startswith("fay@board.example: facilitator, password, disabled\n")
    assert run("staff", "enable", "fay@board.example").exit_code == 0
    publisher = ("staff", "change", "fay@board.example", "--role", "publisher", "--agency")
    refused = run(*publisher, "metropoliton-police")
    assert refused.exit_code == 1
    assert "no entry about an agency “metropoliton-police”" in refused.stderr
    assert "metropolitan-police (Metropolitan Police Service)" in refused.stderr
    assert run("staff", "list").stdout.startswith("fay@board.example: facilitator, password\n")
    for said, more, meant in (
        ("Metropolitan Police Service", (), "metropolitan-police"),
        ("riverton-police", ("--new-agency",), "riverton-police"),
    ):
        assert run(*publisher, said, *more).exit_code == 0
        assert run("staff", "list").stdout.startswith(f"fay@board.example: publisher of {meant}, password\n")
    for command in ("disable", "enable", "reset"):
        missed = run("staff", command, "nobody@board.example")
        assert (missed.exit_code, missed.stdout) == (1, "")
        assert "There is no account for nobody@board.example." in missed.stderr


@pytest.mark.parametrize("removes", [True, False])
def test_a_reset_link_is_printed(run: Run, house: Deployment, removes: bool) -> None:
    token = run("staff", "add", "fay@board.example", "--role", "facilitator").stdout.strip().rsplit("/")[-1]
    accept_invitation(house.engine, token, email="", password="four words and a comma, here")
    option = ["--second-factor"] if removes else []
    printed = run("staff", "reset", "fay@board.example", *option).stdout.strip()
    address, _, reset = printed.rpartition("/reset/")
    assert address == "http://localhost:8600"
    with reading(house.engine) as db:
        assert open_reset(db, reset).removes_second_factor is removes


def test_a_sound_record_verifies(run: Run, house: Deployment) -> None:
    send(house)
    result = run("record", "verify")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{EVENTS} events: every hash and every row of the record fits. Root ")
    as_json = json.loads(run("record", "verify", "--format", "json").stdout)
    assert (as_json["size"], as_json["faults"]) == (EVENTS, [])
    assert result.stdout.split()[-1] == as_json["root"]


def test_the_record_as_a_file_verifies_alone_and_with_a_kept_checkpoint(
    run: Run, house: Deployment, tmp_path: Path
) -> None:
    kept, bundle = tmp_path / "kept.txt", tmp_path / "record.jsonl"
    kept.write_text(run("record", "checkpoint").stdout, encoding="utf-8")
    send(house)
    assert run("record", "bundle", "--out", str(bundle)).stdout == f"{EVENTS} events written to {bundle}.\n"
    result = run("record", "verify", str(bundle), "--checkpoint", str(kept))
    assert result.exit_code == 0
    assert "the bundle holds together" in result.stdout
    assert house.signer.public_key.hex() in result.stdout
    assert run("record", "verify", "--checkpoint", str(kept)).exit_code == 0
    bundle.write_bytes(bundle.read_bytes().replace(b'"actor":"public"', b'"actor":"nobody"'))
    result = run("record", "verify", str(bundle), "--format", "json")
    assert result.exit_code == 1
    assert "is not the one whose hash stands beside it" in json.loads(result.stdout)["faults"][0]


def test_a_checkpoint_of_another_record_is_refused(run: Run, house: Deployment, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(Signer.of(bytes(32)).checkpoint(Head(3, bytes(32))), encoding="utf-8")
    result = run("record", "verify", "--checkpoint", str(kept))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "This checkpoint does not hold." in result.stderr


def test_a_record_whose_end_was_cut_off_is_not_opened(run: Run, house: Deployment) -> None:
    send(house)
    house.keep_checkpoint()
    house.engine.dispose()
    file = sqlite3.connect(house.settings.data / "hearing.sqlite")
    with file:
        for table in ("ledger_content", "ledger_private", "ledger"):
            file.execute(f"DELETE FROM {table} WHERE seq = {EVENTS - 1}")
        file.execute("DELETE FROM comment")
    file.close()
    result = run("record", "verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        f"A checkpoint names {EVENTS} events; the record has {EVENTS - 1}: its end is missing."
        in result.stderr
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ledger SET actor = 'somebody' WHERE seq = 3", "Event 3 was changed after it was written."),
        ("UPDATE ledger SET at = '2020-01-01 00:00:00.000000' WHERE seq = 4", "Event 4 was changed"),
        ("UPDATE ledger_content SET content = '{}' WHERE seq = 5", "The words of event 5 are not those"),
        ("DELETE FROM ledger WHERE seq = 6", "Events 6 to 6 are missing."),
    ],
)
def test_a_changed_row_is_found(run: Run, house: Deployment, statement: str, said: str) -> None:
    file = sqlite3.connect(house.settings.data / "hearing.sqlite")
    with file:
        file.execute(statement)
    file.close()
    result = run("record", "verify")
    assert result.exit_code == 1
    assert said in result.stdout
    as_json = run("record", "verify", "--format", "json")
    assert as_json.exit_code == 1
    assert any(said in fault for fault in json.loads(as_json.stdout)["faults"])


def test_a_damaged_record_is_a_paragraph(run: Run, house: Deployment) -> None:
    house.engine.dispose()
    (house.settings.data / "hearing.sqlite").write_bytes(b"This is not a database. " * 400)
    result = run("record", "verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Restore the newest backup" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("name", "value"), [("PORT", "http"), ("PORT", "99999"), ("PORT", "")])
def test_settings_that_do_not_fit_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"HEARING_{name}", value)
    result = run("datasets", "check")
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0] == "The settings cannot be used."
    assert lines[1].startswith(f"  HEARING_{name}: ")


def test_a_process_prints_one_object_and_nothing_else(tmp_path: Path) -> None:
    done = process("metrics", "compas-broward", "--by", "race", "--format", "json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["dataset"] == "compas-broward"
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_refuses_exits_with_1_and_a_paragraph(tmp_path: Path) -> None:
    done = process("metrics", "unknown", "--format", "json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no dataset called “unknown”.")
    assert "Traceback" not in done.stderr
    broken = process(
        "--registry", str(tmp_path / "none"), "registry", "check", "--format", "json", cwd=tmp_path
    )
    assert (broken.returncode, broken.stderr) == (1, "")
    assert json.loads(broken.stdout)["faults"]


def test_a_data_folder_that_cannot_be_made_is_a_paragraph(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = process(
        "--data",
        str(tmp_path / "file" / "data"),
        "staff",
        "add",
        "a@b.example",
        "--role",
        "auditor",
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("A file or folder cannot be used")


def test_a_register_is_written_in_utf_8_wherever_it_runs(house: Deployment, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = process(
        "--data",
        str(house.settings.data),
        "registry",
        "export",
        "--out",
        str(out),
        cwd=tmp_path,
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = (out / "systems/skelleftea-municipality/skelleftea-school-face-recognition.yaml").read_bytes()
    assert "Skellefteå" in text.decode("utf-8")


def test_a_checkpoint_as_it_is_copied_from_a_page_is_taken_and_a_part_is_named(
    run: Run, house: Deployment, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    whole = run("record", "checkpoint").stdout
    kept.write_text(f"  {whole.strip()}", encoding="utf-8")
    assert run("record", "verify", "--checkpoint", str(kept)).exit_code == 0
    kept.write_text("\n".join(whole.splitlines()[:3]), encoding="utf-8")
    result = run("record", "verify", "--checkpoint", str(kept))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "is not a whole checkpoint. The record was not judged by it." in result.stderr
