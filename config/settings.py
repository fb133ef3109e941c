"""What the operator sets for one installation: environment variables with the prefix VEDETTE_, secrets among them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.declaration import DeclarationError, TimeZone, fault

PREFIX = "VEDETTE_"
_LAST_PORT = 65535


def _networks(value: object) -> object:
    """`127.0.0.0/8,10.0.0.0/8` as networks."""
    if not isinstance(value, str):
        return value
    try:
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise fault(str(error), "write networks with commas between, for example 127.0.0.0/8,10.1.0.0/16") from error


def _listen(value: object) -> object:
    """`127.0.0.1:8787`, `[::1]:8787`; port 0 takes any free one."""
    host, colon, port = str(value).rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) <= _LAST_PORT):
        raise fault(f"{value!r} is no HOST:PORT", "write for example 127.0.0.1:8787 or [::1]:8787")
    return value


def _database(value: object) -> object:
    """`postgresql://user:password@host:5432/name`; what is wrong is said without the password."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not text.startswith(("postgresql://", "postgres://")):
        raise fault("this is no PostgreSQL URL", "write postgresql://USER:PASSWORD@HOST:5432/DATABASE")
    return value


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]


class Settings(BaseSettings):
    """Every setting, read from VEDETTE_<NAME>; arguments given in code win over the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    home: Path = Field(default=Path("data"), description="Folder of archive, vectors, model and out.")
    database_url: Annotated[SecretStr, BeforeValidator(_database)] | None = Field(
        default=None,
        description="postgresql://USER:PASSWORD@HOST/DATABASE that holds the archive instead of HOME; docs/scale.md.",
    )
    config: Path | None = Field(
        default=None, description="Folder whose sources/, triggers/ … overlay the shipped ones."
    )
    model: str = Field(default="bundled", description="Encoder: bundled, or a sentence-transformers name or folder.")
    mirror: str | None = Field(
        default=None, description="Sends every request for https://HOST/PATH to MIRROR/HOST/PATH."
    )
    allow_networks: Networks = Field(
        default=(), description="Private networks that crawler and webhooks may reach, with commas between."
    )
    user_agent: str = Field(
        default_factory=lambda: f"Vedette/{version('vedette')} (policy monitor; +https://example.org/vedette)",
        description="Says honestly who asks and how to reach them; set your own address.",
    )
    smtp_host: str | None = Field(default=None, description="Mail relay; without it digests are only written to out/.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the relay.")
    smtp_user: str | None = Field(default=None, description="Login at the relay.")
    smtp_password: SecretStr | None = Field(default=None, description="Password at the relay.")
    smtp_starttls: bool = Field(default=True, description="Upgrade to TLS after connecting, or give up.")
    smtp_tls: bool = Field(default=False, description="TLS from the first byte (port 465); wins over STARTTLS.")
    smtp_from: str = Field(default="vedette@localhost", description="Sender address of digests.")
    alert_backfill_days: int = Field(
        default=7, ge=0, le=3650, description="A first crawl alerts only what is at most this many days old."
    )
    deployment: str = Field(
        default="vedette", pattern=r"^[A-Za-z0-9._-]+$", description="Name of this installation in the feed's `source`."
    )
    public_url: str | None = Field(default=None, description="Address under which `vedette run` is reached, for links.")
    listen: Annotated[str, BeforeValidator(_listen)] = Field(
        default="127.0.0.1:8787",
        description="HOST:PORT of the HTTP API of `vedette run`; anything but loopback needs VEDETTE_TOKEN.",
    )
    token: SecretStr | None = Field(
        default=None, min_length=16, description="Bearer token that reads the API; at least 16 characters."
    )
    retention_days: int = Field(
        default=400, ge=400, le=36500, description="How far back the pull feed reaches; the archive keeps everything."
    )
    keep_bytes_days: int | None = Field(
        default=None,
        ge=30,
        le=36500,
        description="Give up bytes older than this that no newest version, file or alert rests on; unset: never.",
    )
    disk_floor_mb: int = Field(
        default=500, ge=0, description="Free disk below which /readyz says that this agent is not ready, in MB."
    )
    log: Literal["text", "json"] = Field(default="text", description="Form of the log on standard error.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="From which level on `vedette run` logs; batch commands log warnings unless set."
    )
    lease_seconds: int = Field(
        default=45, ge=2, le=600, description="After how long without a sign of a worker others take over its work."
    )
    timezone: TimeZone = Field(default="Asia/Shanghai", description="IANA zone of the schedule and of printed times.")


def read(**given: object) -> Settings:
    """Read the settings of this process; `given` wins over the environment, None in `given` means not given.

    Raises DeclarationError naming the first variable that is wrong.
    """
    try:
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise _as_declaration_error(error.errors(include_url=False)[0]) from error


def _as_declaration_error(detail: Mapping[str, Any]) -> DeclarationError:
    name = str(detail["loc"][0]) if detail["loc"] else ""
    field = Settings.model_fields.get(name)
    about = (field.description or "") if field else f"known are {', '.join(Settings.model_fields)}"
    fix = detail.get("ctx", {}).get("fix") or about
    return DeclarationError("environment", 0, PREFIX + name.upper(), str(detail["msg"]), fix)
