"""What an operator can set: every value, its default and its meaning, read once at start."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Settings of one service. Each can be given as an environment variable, ``HEARING_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="HEARING_", frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="Folder of the database and the keys. Back this up.")
    registry: Path = Field(PROJECT / "registry", description="Folder of the register that is published.")
    datasets: Path = Field(PROJECT / "datasets", description="Folder of the published counts.")
    database_url: str = Field("", description="SQLAlchemy URL of the record; empty means SQLite in `data`.")
    host: str = Field("127.0.0.1", description="Address on which the server listens.")
    port: int = Field(8600, ge=0, le=65535, description="Port; 0 takes any free one.")
    public_url: str = Field("", description="Address that readers use, when a proxy stands in front.")
    operator_name: str = Field("", description="Who runs this service, as the About page says it.")
    operator_contact: str = Field("", description="How to reach who runs it: an address, telephone or page.")

    @property
    def record_url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{(self.data / 'hearing.sqlite').resolve()}"

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
        return urlsplit(self.address).scheme == "https"
