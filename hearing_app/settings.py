"""What an operator can set: every value, its default and its meaning, read once at start."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from socket import gethostname
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from hearing_app.secret_files import read_secret

PROJECT = Path(__file__).resolve().parent.parent
# An installed wheel carries inside the package what stands beside it in the repository (setup.py).
_INSIDE = PROJECT / "hearing_app" / "shipped"
SHIPPED = _INSIDE if _INSIDE.is_dir() else PROJECT
Networks = tuple[IPv4Network | IPv6Network, ...]


class Settings(BaseSettings):
    """Settings of one service. Each can be given as an environment variable, ``HEARING_<NAME>``.

    A secret is a ``SecretStr``, which prints as asterisks, and can be given in a file instead, whose
    permissions are checked: ``HEARING_<NAME>_FILE``. Errors do not quote what was given.
    """

    model_config = SettingsConfigDict(
        env_prefix="HEARING_", frozen=True, extra="forbid", hide_input_in_errors=True
    )

    data: Path = Field(Path("data"), description="Folder of the database and the keys. Back this up.")
    registry: Path = Field(SHIPPED / "registry", description="Folder of the register that is published.")
    datasets: Path = Field(SHIPPED / "datasets", description="Folder of the published counts.")
    database_url: SecretStr = Field(
        SecretStr(""), description="SQLAlchemy URL of the record; empty means SQLite in `data`."
    )
    database_url_file: Path | None = Field(None, description="File with that URL, readable by you alone.")
    checkpoints: Path | None = Field(
        None, description="File of kept checkpoints; empty means in `data`. Better on another disk."
    )
    host: str = Field("127.0.0.1", description="Address on which the server listens.")
    port: int = Field(8600, ge=0, le=65535, description="Port; 0 takes any free one.")
    public_url: str = Field("", description="Address that readers use, when a proxy stands in front.")
    require_second_factor: bool | None = Field(
        None, description="Whether staff needs a second factor; unset, it does where readers come over TLS."
    )
    oidc_issuer: str = Field("", description="Address of the OpenID Connect provider where staff sign in.")
    oidc_name: str = Field("", description="What staff calls that provider, as its button says it.")
    oidc_client_id: str = Field("", description="The name under which the provider knows this service.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The secret that goes with it.")
    oidc_client_secret_file: Path | None = Field(
        None, description="File with that secret, readable by you alone."
    )
    check_minutes: float = Field(
        5, gt=0, description="Minutes between checks of the whole record while it is served."
    )
    backup_days: int = Field(
        35, ge=1, le=400, description="Longest time for which a backup is kept; pages promise it to authors."
    )
    retention: dict[str, int] = Field(
        {}, description='Other periods than those of `hearing retention run`, in days: {"rejected": 90}.'
    )
    operator_name: str = Field("", description="Who runs this service, as the About page says it.")
    operator_contact: str = Field("", description="How to reach who runs it: an address, telephone or page.")
    comments_in_ten_minutes: int = Field(10, ge=1, description="Comments that one network may send so soon.")
    comments_a_day: int = Field(40, ge=1, description="Comments that one network may send in a day (UTC).")
    trusted_networks: str = Field(
        "", description="Networks of a library or town hall, such as 203.0.113.7, 2001:db8::/48."
    )
    trusted_times: int = Field(20, ge=1, description="How many times as much these may send and open.")
    visitors: int = Field(200, ge=1, description="App pages open at once; who comes later waits in a queue.")
    visitors_of_one_network: int = Field(30, ge=1, description="Of these, at most so many of one network.")
    also_called: str = Field("", description="Further host names of this service, separated by commas.")
    query_seconds: float = Field(10, gt=0, description="After so long a reader's question is broken off.")

    @field_validator(
        "database_url_file",
        "checkpoints",
        "oidc_client_secret_file",
        "require_second_factor",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url_file")
    @classmethod
    def _one_url(cls, value: Path | None, others: ValidationInfo) -> Path | None:
        url = others.data.get("database_url")
        if value and url and url.get_secret_value():
            raise PydanticCustomError("said_twice", "HEARING_DATABASE_URL is set as well")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_address = False
        if value and not is_address:
            raise PydanticCustomError("no_address", "This is no address such as https://hearing.example.org")
        return value

    @field_validator("trusted_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            _networks_in(value)
        except ValueError:
            raise PydanticCustomError(
                "no_network", "Each is an address, or one with a length, such as 203.0.113.0/24"
            ) from None
        return value

    @property
    def trusted(self) -> Networks:
        """The networks behind which many people are."""
        return _networks_in(self.trusted_networks)

    @property
    def host_names(self) -> frozenset[str]:
        """The names, in small letters, by which a browser may ask for this service; addresses always may.

        Behind a public address these are its host and this machine itself; on a trial also the name that
        this machine calls itself by, which asks nobody else. A page of another site cannot then reach the
        service through a name of its own.
        """
        public = urlsplit(self.public_url).hostname
        names = {public} if public else {self.host, gethostname(), f"{gethostname()}.local"}
        further = {name.strip() for name in self.also_called.split(",")}
        return frozenset(name.lower() for name in {"localhost", *names, *further} if name)

    @field_validator("oidc_issuer")
    @classmethod
    def _safe_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        # Unencrypted, whoever stands between us and the provider could sign anybody in.
        if value and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and here))):
            raise PydanticCustomError("issuer", "This is not an address with https://")
        return value

    @field_validator("oidc_client_secret_file")
    @classmethod
    def _one_secret(cls, value: Path | None, others: ValidationInfo) -> Path | None:
        secret = others.data.get("oidc_client_secret")
        if value and secret and secret.get_secret_value():
            raise PydanticCustomError("said_twice", "HEARING_OIDC_CLIENT_SECRET is set as well")
        return value

    @property
    def needs_second_factor(self) -> bool:
        """Whether members of staff with a password must have a second factor, too."""
        return self.is_https if self.require_second_factor is None else self.require_second_factor

    @property
    def oidc_label(self) -> str:
        """What the button for signing in at the provider calls it; "" where there is none."""
        return (self.oidc_name or urlsplit(self.oidc_issuer).hostname or "") if self.oidc_issuer else ""

    @property
    def oidc_secret(self) -> str:
        """The client's secret, which may be empty: for the provider's client alone.

        Raises ``Damaged`` when its file cannot be read, or by too many.
        """
        if self.oidc_client_secret_file:
            return read_secret(self.oidc_client_secret_file)
        return self.oidc_client_secret.get_secret_value()

    @property
    def names_a_database(self) -> bool:
        """Whether the record lies in a database of its own, and not in the data folder."""
        return bool(self.database_url.get_secret_value() or self.database_url_file)

    @property
    def record_url(self) -> str:
        """The database's URL, which may hold a password: for ``open_engine`` alone.

        Raises ``Damaged`` when its file cannot be read, or by too many.
        """
        if self.database_url_file:
            return read_secret(self.database_url_file)
        return self.database_url.get_secret_value() or f"sqlite:///{(self.data / 'hearing.sqlite').resolve()}"

    @property
    def checkpoints_file(self) -> Path:
        """The file in which the record's checkpoints are kept, outside its database."""
        return self.checkpoints or self.data / "checkpoints.jsonl"

    @property
    def address(self) -> str:
        """The address that readers type, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        name = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{name}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether readers come over TLS, so that cookies may be marked Secure."""
        return self.address.lower().startswith("https://")


def _networks_in(text: str) -> Networks:
    """Return the networks that a text names; raise ``ValueError`` for what is none."""
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
