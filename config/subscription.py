"""Who is told what, when, and through which channel."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from config.declaration import Declaration, Language, Part, Severity, Tier, TimeZone, fault
from config.region import Region

_MAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$")
_VARIABLE = re.compile(r"^[A-Z][A-Z0-9_]*$")
_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


def _clock(value: object) -> object:
    """YAML 1.1 reads an unquoted 10:30 as the number 630."""
    if value is None or (isinstance(value, str) and _CLOCK.match(value)):
        return value
    raise fault(f"{value!r} is no time of day", 'write hours and minutes in quotes, for example at: "07:30"')


class Filter(Part):
    """Which alerts are told. Every key given must hold; a list holds where one of its members does."""

    triggers: tuple[str, ...] = Field(default=(), description="Ids of triggers.")
    searches: tuple[str, ...] = Field(
        default=(), description="Ids of saved searches; with triggers, either. Left out, no saved search is told."
    )
    scenarios: tuple[str, ...] = Field(default=(), description="Ids of scenarios.")
    tiers: tuple[Tier, ...] = Field(default=(), description="Tiers of sources.")
    regions: tuple[Region, ...] = Field(default=(), description="Regions; CN covers its divisions.")
    sources: tuple[str, ...] = Field(default=(), description="Ids of sources.")
    min_severity: Severity | None = Field(default=None, description="Least severity.")


class Subscription(Declaration):
    """One YAML file in `subscriptions/`."""

    title: str = Field(min_length=1, description="Name of the digest, shown in the subject.")
    to: tuple[str, ...] = Field(
        default=(),
        description="Mail addresses; addresses of webhooks; for apprise the environment variables that hold them.",
    )
    cadence: Literal["immediate", "daily", "weekly"] = Field(description="How often.")
    at: Annotated[str | None, BeforeValidator(_clock)] = Field(
        default=None, description='Time of day for daily and weekly, in quotes: "07:30".'
    )
    weekday: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = Field(
        default="mon", description="Day of a weekly digest."
    )
    timezone: TimeZone = Field(default="Asia/Shanghai", description="IANA zone of `at`, and of the dates shown.")
    language: Language = Field(default="en", description="Language of the interface texts and headlines.")
    filter: Filter = Field(default_factory=Filter, description="Which alerts; left out, all of them.")
    on_quiet_day: Literal["short", "skip"] = Field(default="short", description="A short note, or nothing.")
    channel: Literal["mail", "webhook", "file", "apprise"] = Field(
        default="mail", description="How it is delivered; apprise reaches WeCom, Feishu, DingTalk, Slack and others."
    )
    secrets_env: tuple[str, ...] = Field(
        default=(), max_length=2, description="Environment variables with webhook secrets; two during rotation."
    )
    enabled: bool = Field(default=True, description="Whether anything is delivered.")

    @model_validator(mode="after")
    def _deliverable(self) -> Subscription:
        if self.cadence != "immediate" and self.at is None:
            raise fault(f"is {self.cadence} but says no time", 'add `at: "07:30"`', "at")
        if self.channel != "file" and not self.to:
            raise fault(f"goes by {self.channel} to nobody", "add `to:` with at least one address", "to")
        for index, receiver in enumerate(self.to):
            _check_receiver(self.channel, receiver, index)
        return self


def is_mail_address(text: str) -> bool:
    """Whether a text has the form of a mail address that goes into a header as it stands."""
    return bool(_MAIL.match(text)) and ".." not in text


def _check_receiver(channel: str, receiver: str, index: int) -> None:
    if channel == "mail" and not is_mail_address(receiver):
        raise fault(f"{receiver!r} is no mail address", "write name@example.org", "to", index)
    if channel == "webhook" and (urlsplit(receiver).scheme not in {"http", "https"} or not urlsplit(receiver).hostname):
        raise fault(f"{receiver!r} is no webhook address", "write https://example.org/path", "to", index)
    if channel == "apprise" and not _VARIABLE.match(receiver):
        fix = "write the name of an environment variable that holds the Apprise address, for example WECOM_URL"
        raise fault(f"{_hidden(receiver)!r} is no name of a variable; such addresses hold secrets", fix, "to", index)


def _hidden(address: str) -> str:
    """An address without what may be its secret."""
    scheme, mark, _ = address.partition("://")
    return f"{scheme}{mark}…" if mark else address
