"""Opening a house: what is published on the first start, on the next ones, and what refuses to start."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select

from hearing_app.cli.staff import staff
from hearing_app.deployment import (
    Deployment,
    current,
    note_address,
    open_deployment,
    publish_register,
    served_address,
    use,
)
from hearing_app.errors import Damaged, Invalid
from hearing_app.hearings.hearing import Hearing, hearing_of, publish_hearing
from hearing_app.people.accounts import accept_invitation, invite
from hearing_app.people.permissions import COMPILATION, OPERATOR, Role
from hearing_app.people.second_factor import begin_second_factor
from hearing_app.record.ledger import events, faults, head
from hearing_app.record.versions import latest_version, latest_versions, versions_of
from hearing_app.registry.files import read_documents
from hearing_app.settings import Settings
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import document_version
from tests.shipped import HEARINGS, SYSTEMS

ROOT = Path(__file__).parents[1]
OPEN_HEARING = "demonstration-risk-scores"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A register and datasets of one's own to change, and nothing published yet."""
    for name in ("registry", "datasets"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return Settings(
        data=tmp_path / "deep" / "data", registry=tmp_path / "registry", datasets=tmp_path / "datasets"
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def ids(house: Deployment, kind: str) -> list[str]:
    with reading(house.engine) as db:
        return [version.document_id for version in latest_versions(db, kind)]


def test_the_first_start_publishes_every_file_once_as_the_compilation(settings: Settings) -> None:
    house = open_deployment(settings)
    systems = sorted(path.stem for path in settings.registry.glob("systems/*/*.yaml"))
    assert systems == SYSTEMS
    assert ids(house, "system") == systems
    assert ids(house, "hearing") == ["demonstration-predictive-policing", OPEN_HEARING]
    assert ids(house, "dataset") == sorted(path.name for path in settings.datasets.iterdir() if path.is_dir())
    with reading(house.engine) as db:
        published = list(events(db))
        actors = set(db.execute(select(document_version.c.actor)).scalars())
        assert faults(db) == []
    assert actors == {"compilation"}
    assert {event.actor for event in published} == {"compilation"}
    # Two keys are bound to the record first; then each document has an event of its own.
    documents = len(systems) + len(HEARINGS) + sum(path.is_dir() for path in settings.datasets.iterdir())
    assert len(published) == 2 + documents
    house.close()


def test_a_second_start_publishes_nothing_and_keeps_the_key(settings: Settings) -> None:
    first = open_deployment(settings)
    with reading(first.engine) as db:
        before = head(db)
    first.close()
    second = open_deployment(settings)
    with reading(second.engine) as db:
        assert head(db) == before
    assert second.key == first.key
    assert len(second.key) == 32
    second.close()


def test_a_changed_file_waits_for_someone_to_publish_it(settings: Settings) -> None:
    open_deployment(settings).close()
    edit(settings.registry / "systems/broward-county/compas.yaml", "name: ", "name: Changed ")
    house = open_deployment(settings)
    with reading(house.engine) as db:
        assert len(versions_of(db, "system", "compas")) == 1
    with writing(house.engine) as db:
        assert publish_register(db, OPERATOR, settings, note="A new name") == ["system:compas version 2"]
        assert publish_register(db, OPERATOR, settings, note="Again") == []
    with reading(house.engine) as db:
        history = versions_of(db, "system", "compas")
    assert [version.actor for version in history] == ["compilation", "operator"]
    assert history[1].note == "A new name"
    assert history[1].document["name"] == f"Changed {history[0].document['name']}"
    house.close()


def test_a_changed_release_of_counts_is_recorded(settings: Settings) -> None:
    house = open_deployment(settings)
    before = house.catalogue.dataset("compas-broward").version
    with reading(house.engine) as db:
        first = len(list(events(db)))
    house.close()
    manifest = settings.datasets / "compas-broward" / "dataset.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + "# looked at again\n", encoding="utf-8")
    house = open_deployment(settings)
    with reading(house.engine) as db:
        history = versions_of(db, "dataset", "compas-broward")
        assert len(list(events(db))) == first + 1
    assert [version.document["release"] for version in history] == [
        before,
        house.catalogue.dataset("compas-broward").version,
    ]
    assert history[0].document["release"] != history[1].document["release"]
    assert history[1].actor == "compilation"
    house.close()


def test_a_register_with_faults_refuses_to_start_and_names_every_fault(settings: Settings) -> None:
    edit(settings.registry / "systems/broward-county/compas.yaml", "name: ", "nmae: ")
    edit(settings.registry / "systems/china/gait-recognition.yaml", "summary: ", "summary: TODO ")
    edit(settings.registry / f"hearings/{OPEN_HEARING}.yaml", "- compas", "- compass")
    (settings.registry / "systems/china/notes.txt").write_text("Not an entry.")
    with pytest.raises(Invalid) as refused:
        open_deployment(settings)
    places = {(fault.file, fault.field) for fault in refused.value.faults}
    assert {
        ("systems/broward-county/compas.yaml", "name"),
        ("systems/broward-county/compas.yaml", "nmae"),
        ("systems/china/gait-recognition.yaml", "summary"),
        ("systems/china/notes.txt", ""),
        (f"hearings/{OPEN_HEARING}.yaml", "systems.0"),
    } <= places
    assert all(fault.problem and fault.repair for fault in refused.value.faults)
    assert f"Faults: {len(refused.value.faults)}" in str(refused.value)


def test_what_refused_to_start_starts_once_it_is_mended(settings: Settings) -> None:
    file = settings.registry / "systems/broward-county/compas.yaml"
    edit(file, "name: ", "nmae: ")
    with pytest.raises(Invalid):
        open_deployment(settings)
    edit(file, "nmae: ", "name: ")
    house = open_deployment(settings)
    assert len(ids(house, "system")) == len(SYSTEMS)
    house.close()


def test_counts_that_do_not_fit_their_manifest_refuse_every_start(settings: Settings) -> None:
    open_deployment(settings).close()
    counts = settings.datasets / "compas-broward" / "counts.csv"
    lines = counts.read_text(encoding="utf-8").splitlines(keepends=True)
    counts.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        open_deployment(settings)
    assert {fault.file for fault in refused.value.faults} <= {
        "compas-broward/counts.csv",
        "compas-broward/dataset.yaml",
    }


def test_a_register_of_ones_own_starts_without_the_compiled_entries(settings: Settings) -> None:
    for path in [*settings.registry.glob("systems/*"), *settings.registry.glob("hearings/*.yaml")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(settings.datasets)
    settings.datasets.mkdir()
    house = open_deployment(settings)
    assert ids(house, "system") == ids(house, "hearing") == ids(house, "dataset") == []
    house.close()


def test_a_damaged_record_refuses_to_start(settings: Settings) -> None:
    open_deployment(settings).close()
    file = settings.data / "hearing.sqlite"
    file.write_bytes(b"This is not a database. " * 400)
    with pytest.raises(Damaged, match="backup"):
        open_deployment(settings)
    assert file.read_bytes().startswith(b"This is not")


def test_a_window_in_days_is_kept_when_the_hearing_is_published_again(
    settings: Settings, engine: Engine
) -> None:
    file = settings.registry / f"hearings/{OPEN_HEARING}.yaml"
    long_ago = datetime.now(UTC) - timedelta(days=30)
    hearings = dict(read_documents(settings.registry, "hearings", Hearing)[0])
    with writing(engine) as db:
        publish_hearing(db, COMPILATION, hearings[f"hearings/{OPEN_HEARING}.yaml"], note="First", at=long_ago)
        opens, closes = hearing_of(db, OPEN_HEARING).window
        assert abs(opens - long_ago) < timedelta(minutes=1)

        # The file as it was says nothing new, thirty days later.
        new = publish_register(db, COMPILATION, settings, note="All files")
        assert not [line for line in new if OPEN_HEARING in line]

        edit(file, "title: ", "title: Renamed, ")
        edit(file, "open_for_days: 60", "open_for_days: 90")
        new = publish_register(db, OPERATOR, settings, note="Another title")
        assert new == [f"hearing:{OPEN_HEARING} version 2"]
        again = hearing_of(db, OPEN_HEARING)
        assert again.title.startswith("Renamed, ")
        assert again.window == (opens, closes)


def test_a_window_of_moments_can_be_moved(settings: Settings, engine: Engine) -> None:
    name = "demonstration-predictive-policing"
    with writing(engine) as db:
        publish_register(db, COMPILATION, settings, note="First")
        edit(settings.registry / f"hearings/{name}.yaml", "2026-10-01", "2026-10-02")
        new = publish_register(db, OPERATOR, settings, note="A day longer")
        assert new == [f"hearing:{name} version 2"]
        closes = hearing_of(db, name).window[1]
    assert (closes.month, closes.day, closes.hour) == (10, 2, 17)


def test_only_who_may_publish_can_publish_the_register(settings: Settings, engine: Engine) -> None:
    from hearing_app.errors import Forbidden
    from hearing_app.people.permissions import PUBLIC

    with pytest.raises(Forbidden), writing(engine) as db:
        publish_register(db, PUBLIC, settings, note="Mine now")
    with reading(engine) as db:
        assert db.execute(select(func.count()).select_from(document_version)).scalar_one() == 0


def test_the_process_uses_one_house(house: Deployment) -> None:
    use(house)
    assert current() is house
    with reading(current().engine) as db:
        assert latest_version(db, "system", "compas") is not None


def test_commands_learn_the_address_that_is_served(tmp_path: Path) -> None:
    set_up = Settings(data=tmp_path)
    assert served_address(set_up) == "http://localhost:8600"
    note_address(set_up.model_copy(update={"port": 8712}))
    assert (tmp_path / "address").read_text() == "http://localhost:8712\n"
    assert served_address(set_up) == "http://localhost:8712"
    public = set_up.model_copy(update={"public_url": "https://hearing.example.org"})
    assert served_address(public) == "https://hearing.example.org"
    (tmp_path / "address").write_text("\n")
    assert served_address(set_up) == "http://localhost:8600"


def test_with_second_factors_and_without_their_key_nothing_starts(
    settings: Settings,
) -> None:
    house = open_deployment(settings)
    key = settings.data / "keys" / "second-factor.key"
    assert key.read_bytes() == house.factor_key
    assert repr(house.factor_key) not in repr(house)
    assert repr(house.key) not in repr(house)
    with writing(house.engine) as db:
        token = invite(db, OPERATOR, email="fay@board.example", role=Role.FACILITATOR)
    fay = accept_invitation(house.engine, token, email="", password="four words and a comma, here")
    house.close()
    # Nobody has one yet, so another key is as good.
    key.unlink()
    house = open_deployment(settings)
    with writing(house.engine) as db:
        begin_second_factor(db, house.factor_key, fay, "a session")
    house.close()
    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(Damaged, match=r"second-factor\.key is missing") as caught:
        open_deployment(settings)
    assert "hearing staff forget-second-factors" in str(caught.value)
    assert not key.exists()
    key.write_bytes(kept)
    key.chmod(0o600)
    open_deployment(settings).close()
    # Lost for good: everybody sets up a new one.
    key.unlink()
    done = CliRunner().invoke(staff, ["forget-second-factors", "--yes"], obj=settings)
    assert (done.exit_code, done.stdout) == (
        0,
        "Removed: 1 second factor. Each person sets up a new one.\n",
    )
    open_deployment(settings).close()
