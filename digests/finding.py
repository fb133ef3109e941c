"""What the alert stage hands over: everything an alert says, as plain frozen values.

`classify` and `digests` never import each other; the agent builds findings from what classify judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from digests.alert import Certainty, MessageType, Severity, Status, Urgency
from index.records import Change, Tag, Version

Tier = Literal["central", "provincial", "municipal", "carrier", "cloud"]
Lifecycle = Literal["draft", "adopted", "in_force", "amended", "repealed", "unknown"]


@dataclass(frozen=True, slots=True)
class Fired:
    """The trigger that fired; score, direction and evidence stand in the finding's tag."""

    id: str
    version: str
    title: str
    title_zh: str
    threshold: float
    reason: str
    reason_zh: str = ""
    category: str = ""
    matched_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What the change does to one scenario, by one indicator."""

    scenario: str
    title: str
    title_zh: str
    indicator: str
    effect: Literal["raises", "lowers", "confirms"]
    weight: float
    reason: str
    reason_zh: str = ""
    variable: str | None = None
    value: float | str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity before and after; `before` and `after` are decimal numbers as text, `percent` the change.

    Terms as in facts: metric is the fact's kind, unit its currency or unit. `quantity` and `quantity_unit`: the
    allowance that a price buys.
    """

    metric: str
    before: str | None
    after: str | None
    unit: str | None = None
    per: str | None = None
    percent: float | None = None
    item: str | None = None
    quantity: str | None = None
    quantity_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """How grave, how soon, how sure, each with its reason in one sentence."""

    severity: Severity
    urgency: Urgency
    certainty: Certainty
    severity_reason: str = ""
    urgency_reason: str = ""
    certainty_reason: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The source the change was read from; `spider` is its kind."""

    id: str
    title: str
    title_en: str
    authority: str
    tier: Tier
    region: str
    spider: str | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """The request that brought the page; `sha256` names the bytes as received."""

    url: str
    retrieved_at: datetime
    http_status: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything one alert says. `key` is `index.identity.alert_key`; at least one of `before`, `after` is there.

    `headlines` by language (zh, en); a language left out is made from the facts by `digests.headline`. `addresses` are
    all addresses of the work. `config` names the declarations in force. `references` are ids of earlier events that an
    update or a cancellation speaks of.
    """

    key: str
    at: datetime
    change: Change
    before: Version | None
    after: Version | None
    tag: Tag
    trigger: Fired
    rating: Rating
    origin: Origin
    fetch: Fetch
    config: str
    lifecycle: Lifecycle = "unknown"
    instrument: str | None = None
    effects: tuple[Effect, ...] = ()
    quantities: tuple[Number, ...] = ()
    headlines: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    addresses: tuple[str, ...] = ()
    message_type: MessageType = "alert"
    references: tuple[str, ...] = ()
    revision: int = 1

    @property
    def version(self) -> Version:
        """The version that the alert is about: the new one, or the last one of what was withdrawn."""
        version = self.after or self.before
        if version is None:
            raise ValueError(f"finding {self.key} has neither a version before nor one after")
        return version


@dataclass(frozen=True, slots=True)
class Context:
    """What is the same for all events of an installation. `pipeline` is the version of Vedette."""

    deployment: str
    pipeline: str
    public_url: str | None = None
    status: Status = "actual"
