"""Settings: defaults, environment, and the addresses that follow from them."""

from __future__ import annotations

import pprint
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from hearing_app.errors import Damaged
from hearing_app.settings import PROJECT, Settings

PASSWORD = "correct-horse-battery-staple"
URL = f"postgresql://hearing:{PASSWORD}@localhost/hearing"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HEARING_{name.upper()}", raising=False)


def test_without_anything_set_the_service_is_for_this_computer_alone() -> None:
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.address == "http://localhost:8600"
    assert not settings.is_https
    assert settings.registry == PROJECT / "registry"
    assert (settings.registry / "systems").is_dir()
    assert (settings.datasets / "compas-broward" / "counts.csv").is_file()


def test_the_record_lies_in_the_data_folder_unless_a_database_is_named(tmp_path: Path) -> None:
    assert Settings(data=tmp_path / "d").record_url == f"sqlite:///{tmp_path}/d/hearing.sqlite"
    assert Settings(data=Path("d")).record_url == f"sqlite:///{Path.cwd()}/d/hearing.sqlite"
    named = Settings(data=tmp_path, database_url="postgresql+psycopg://db/hearing")
    assert named.record_url == "postgresql+psycopg://db/hearing"
    assert named.names_a_database
    assert not Settings(data=tmp_path).names_a_database


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "::1"])  # noqa: S104 - not bound
def test_addresses_that_nobody_types_become_localhost(host: str) -> None:
    assert Settings(host=host, port=8700).address == "http://localhost:8700"


def test_another_host_stands_in_the_address() -> None:
    assert Settings(host="10.0.0.7", port=80).address == "http://10.0.0.7:80"


def test_the_public_address_wins_and_decides_on_secure_cookies() -> None:
    settings = Settings(public_url="https://hearing.example.org/", port=8700)
    assert settings.address == "https://hearing.example.org"
    assert settings.is_https
    assert not Settings(public_url="http://hearing.example.org").is_https


def test_every_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARING_DATA", "/srv/hearing")
    monkeypatch.setenv("HEARING_PORT", "9000")
    monkeypatch.setenv("HEARING_OPERATOR_NAME", "City of Riverton")
    settings = Settings()
    assert (settings.data, settings.port) == (Path("/srv/hearing"), 9000)
    assert settings.operator_name == "City of Riverton"


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("HEARING_PORT", port)
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_settings_do_not_change_and_know_no_other_names() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]  # what is tried here
    with pytest.raises(ValidationError, match="colour"):
        Settings(colour="red")  # type: ignore[call-arg]  # what is tried here


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_url_can_lie_in_a_file_that_the_service_alone_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "database-url"
    file.write_text(f"{URL}\n")
    file.chmod(0o600)
    monkeypatch.setenv("HEARING_DATABASE_URL_FILE", str(file))
    settings = Settings()
    assert settings.record_url == URL
    assert settings.names_a_database
    file.chmod(0o640)
    with pytest.raises(Damaged, match="chmod 600") as refusal:
        _ = settings.record_url
    assert PASSWORD not in str(refusal.value)
    monkeypatch.setenv("HEARING_DATABASE_URL_FILE", "")
    assert Settings().record_url.startswith("sqlite:")


def test_two_urls_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="is set as well"):
        Settings(database_url=URL, database_url_file=tmp_path / "url")


def test_no_way_of_printing_settings_prints_a_secret() -> None:
    settings = Settings(database_url=URL)
    assert settings.record_url == URL
    for printed in (
        repr(settings),
        str(settings),
        str(settings.model_dump()),
        settings.model_dump_json(),
        repr(list(settings)),
        pprint.pformat(settings),
    ):
        assert PASSWORD not in printed
        assert "****" in printed


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_errors_about_settings_do_not_quote_what_was_given(name: str) -> None:
    """A password that lands in the wrong variable is not printed either."""
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate({name: {"not": [PASSWORD]}})
    assert PASSWORD not in str(refusal.value)
    assert name in str(refusal.value)


def test_a_setting_that_looks_like_a_secret_is_one() -> None:
    """Whoever adds a password, token, key or secret gives it a type that does not print."""
    secret = re.compile(r"(password|token|secret|_key|database_url)$")
    kinds = {name: str(field.annotation) for name, field in Settings.model_fields.items()}
    assert {name for name, kind in kinds.items() if secret.search(name) and "SecretStr" not in kind} == set()
    assert "SecretStr" in kinds["database_url"]


@pytest.mark.parametrize(
    "address", ["http://id.example.org", "ftp://id.example.org", "id.example.org", "https://", "file:///x"]
)
def test_a_provider_is_asked_over_tls_alone(address: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        Settings(oidc_issuer=address)


def test_a_provider_is_called_as_the_operator_says_or_by_its_host() -> None:
    assert Settings().oidc_label == ""
    assert Settings(oidc_name="City login").oidc_label == ""
    found = Settings(oidc_issuer="https://id.example.org/realms/city")
    assert found.oidc_label == "id.example.org"
    named = Settings(oidc_issuer="http://localhost:9400", oidc_name="City login")
    assert named.oidc_label == "City login"


def test_the_clients_secret_is_said_once_and_printed_never(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="HEARING_OIDC_CLIENT_SECRET is set as well"):
        Settings(oidc_client_secret=PASSWORD, oidc_client_secret_file=tmp_path / "secret")
    settings = Settings(oidc_client_secret=PASSWORD)
    assert settings.oidc_secret == PASSWORD
    assert PASSWORD not in repr(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("url", "said", "needed"),
    [
        ("", "", False),
        ("https://h.example", "", True),
        ("https://h.example", "false", False),
        ("", "true", True),
    ],
)
def test_a_second_factor_is_needed_over_tls_unless_it_is_said_otherwise(
    monkeypatch: pytest.MonkeyPatch, url: str, said: str, needed: bool
) -> None:
    monkeypatch.setenv("HEARING_PUBLIC_URL", url)
    monkeypatch.setenv("HEARING_REQUIRE_SECOND_FACTOR", said)
    assert Settings().needs_second_factor is needed


@pytest.mark.parametrize(
    "value", ["http://[", "hearing.example.org", "https://", "ftp://x.example", "https://x:99999"]
)
def test_a_public_address_is_one(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HEARING_PUBLIC_URL", value)
    with pytest.raises(ValidationError, match="no address such as"):
        Settings()
