"""The alert as machines read it: a CloudEvents 1.0 event of type `org.vedette.alert.v1`, and its JSON Schema.

The contract is told in `docs/alerts.md`. Within v1 fields are only added, never renamed, removed or narrowed; consumers
ignore what they do not know. `schemas/alert/1.json` is generated from these models and frozen by a test.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

SCHEMA_ID = "urn:vedette:schema:alert:1"
DATA_POINTER = "#/$defs/AlertData"
"""Where in the schema file the schema of the event's `data` stands; CloudEvents `dataschema` is about `data` only."""

Severity = Literal["extreme", "severe", "moderate", "minor", "unknown"]
Urgency = Literal["immediate", "expected", "future", "past", "unknown"]
Certainty = Literal["observed", "likely", "possible", "unlikely", "unknown"]
MessageType = Literal["alert", "update", "cancel"]
Status = Literal["actual", "test", "exercise"]


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment.astimezone(UTC)


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


Moment = Annotated[
    datetime,
    AfterValidator(_utc),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware time in UTC, written with Z."""

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    """A piece of the event; unknown fields are kept, so that an old reader opens a newer event."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Trigger(_Part):
    """Why the alert was made."""

    id: str = Field(description="Id of the trigger.")
    version: str = Field(description="Changes whenever the trigger's declaration does.")
    category: str = Field(description="Family of the trigger: quota, pricing, residency; the id where none is given.")
    title: str = Field(description="Name in English.")
    title_zh: str = Field(description="Name in Chinese.")
    reason: str = Field(description="One sentence: what made it fire.")
    reason_zh: str = Field(description="The same in Chinese; empty where there is none.")
    score: float = Field(ge=0, le=1, description="Calibrated probability.")
    threshold: float = Field(ge=0, le=1, description="The score from which it fires.")
    direction: Literal["tighten", "loosen", "neutral"] = Field(
        description="tighten: harder, dearer or stricter for who uses compute or data."
    )
    scope: Literal["whole", "change"] = Field(description="Judged on the whole document or on the changed clauses.")
    matched_terms: list[str] = Field(description="Terms of the field found in the evidence.")


class ScenarioEffect(_Part):
    """What the change does to one scenario, by one of its indicators."""

    id: str = Field(description="Id of the scenario.")
    title: str = Field(description="Name in English.")
    title_zh: str = Field(description="Name in Chinese.")
    indicator: str = Field(description="Id of the indicator within the scenario.")
    effect: Literal["raises", "lowers", "confirms"] = Field(description="What it does to the scenario's pressure.")
    weight: float = Field(description="How much the indicator counts; 1 is an ordinary sign.")
    parameter: str | None = Field(description="Name of the engine's parameter; the same as `variable`.")
    variable: str | None = Field(description="The scenario's variable that it bears on, as declared.")
    value: float | str | None = Field(description="The new value, where the text states one.")
    unit: str | None = Field(description="Unit of `value`.")
    reason: str = Field(description="One sentence: which conditions held.")
    reason_zh: str = Field(description="The same in Chinese; empty where there is none.")


class Document(_Part):
    """What the alert is about: the work, and the expression (version and language) of it that was read."""

    work_id: str = Field(description="The same for all reprints: cn/issuer/文号.")
    expression_id: str = Field(description="Work, @, date first seen, #, language.")
    id: str = Field(description="Id of the document (one address of the work).")
    title: str = Field(description="Title as printed.")
    lang: str = Field(description="zh, zh-Hant or en.")
    issuer: str | None = Field(description="Who issued it, 发文机关.")
    doc_number: str | None = Field(description="文号, normalised.")
    index_number: str | None = Field(description="索引号.")
    instrument: str | None = Field(description="Kind of document: 通知, 办法, 意见, 公告, tariff, …")
    lifecycle: Literal["draft", "adopted", "in_force", "amended", "repealed", "unknown"] = Field(
        description="Where the document stands on its way."
    )
    published_on: date | None = Field(description="Printed date of publication; dates are calendar dates in China.")
    written_on: date | None = Field(description="成文日期.")
    effective_on: date | None = Field(description="施行日期.")
    expires_on: date | None = Field(description="Last day of validity.")
    comments_close_on: date | None = Field(description="Last day for comments on a draft.")
    first_seen_at: Moment = Field(description="When we first saw this version.")
    url: str = Field(description="Address it was read at.")


class Publisher(_Part):
    """Where it was read."""

    source_id: str = Field(description="Id of the source's declaration.")
    title: str = Field(description="Name of the source in its own language.")
    title_en: str = Field(description="Name of the source in English.")
    authority: str = Field(description="Short name of the publisher, such as ndrc.")
    tier: Literal["central", "provincial", "municipal", "carrier", "cloud"] = Field(description="Who publishes.")
    region: str = Field(description="ISO 3166-2, such as CN-31.")


class Clause(_Part):
    """One changed clause; for replace the differing spans with a little context."""

    op: Literal["insert", "delete", "replace", "move"] = Field(description="What happened to it.")
    locator: str = Field(description="Where it stands: 第三条, a heading, a table row.")
    before: str | None = Field(description="The old words; null for insert.")
    after: str | None = Field(description="The new words; null for delete.")


class FieldChange(_Part):
    """One changed metadata field."""

    field: str = Field(description="title, published, effective, …")
    before: str | None = Field(description="Old value.")
    after: str | None = Field(description="New value.")


class AttachmentChange(_Part):
    """An attachment added, removed or swapped."""

    op: Literal["insert", "delete", "replace"] = Field(description="What happened to it.")
    before: str | None = Field(description="Old address.")
    after: str | None = Field(description="New address.")


class Quantity(_Part):
    """A number of the text before and after: a price, a quota, a share."""

    metric: str = Field(description="price, quota, subsidy, discount, …")
    item: str | None = Field(description="What is priced or rationed, as the text names it.")
    before: str | None = Field(description="Decimal number as text; null where nothing was stated before.")
    after: str | None = Field(description="Decimal number as text; null where nothing is stated any more.")
    unit: str | None = Field(description="CNY, token, PFLOPS, %, …")
    per: str | None = Field(description="What it is paid or granted for: month, million_tokens, …")
    percent: float | None = Field(description="Change in per cent of `before`.")
    quantity: str | None = Field(description="The allowance that a price buys, as a decimal number.")
    quantity_unit: str | None = Field(description="Unit of `quantity`.")


class Change(_Part):
    """What happened to the document."""

    id: str = Field(description="Id of the change in the archive.")
    kind: Literal["new", "amended", "moved", "withdrawn", "restored"] = Field(description="What kind of change.")
    silent: bool = Field(description="The text changed and no date of the page did.")
    from_version: str | None = Field(description="Id of the version before; null for a new document.")
    to_version: str | None = Field(description="Id of the version after; null for a withdrawn document.")
    from_sha256: Hex | None = Field(description="Bytes of the page before, as received.")
    to_sha256: Hex | None = Field(description="Bytes of the page after, as received.")
    chars_changed: int = Field(description="Characters inserted and deleted in the text.")
    clauses: list[Clause] = Field(description="Changed clauses, in the order of the text.")
    fields: list[FieldChange] = Field(description="Changed metadata.")
    attachments: list[AttachmentChange] = Field(description="Changed attachments.")
    quantities: list[Quantity] = Field(description="Numbers of the text, before and after.")


class Evidence(_Part):
    """A literal piece of the version's text: `text[start:end] == quote`."""

    quote: str = Field(description="The words.")
    start: int = Field(description="First character in the version's text.")
    end: int = Field(description="Character after the last.")


class Provenance(_Part):
    """How we know: down to the bytes as received and the versions of everything that judged them."""

    source_id: str = Field(description="Id of the source's declaration.")
    retrieved_at: Moment = Field(description="When the page was fetched.")
    http_status: int = Field(description="Status of the answer.")
    snapshot: str = Field(description="sha256: and 64 hex digits of the page as received, its name in the archive.")
    page_url: str = Field(description="Address that was asked for.")
    spider: str | None = Field(description="Kind of spider that read it.")
    extractor: str | None = Field(description="Version of our extractor.")
    pipeline: str = Field(description="Version of Vedette.")
    model: str = Field(description="Encoder and head that judged.")
    config_sha256: str = Field(description="Names the declarations in force.")


class Links(_Part):
    """Addresses of this installation; null where it has no public address."""

    self: str | None = Field(description="This event.")
    diff: str | None = Field(description="Both versions side by side.")
    archive: str | None = Field(description="The page as received.")
    original: str = Field(description="The publisher's page.")
    show: str = Field(description="Command that walks from the alert to the bytes.")


class Grounds(_Part):
    """Why severity, urgency and certainty are what they are, one sentence each."""

    severity: str = Field(description="Why this severity.")
    urgency: str = Field(description="Why this urgency.")
    certainty: str = Field(description="Why this certainty.")


class AlertData(_Part):
    """The `data` of the event."""

    alert_key: Hex = Field(description="sha256 of work, to-version, trigger and trigger version.")
    revision: int = Field(ge=1, description="1, and one more for each correction.")
    message_type: MessageType = Field(description="update and cancel speak of the events in `references`.")
    status: Status = Field(description="Act on actual only; test and exercise are drills.")
    references: list[str] = Field(description="Ids of the events that this one updates or cancels.")
    severity: Severity = Field(description="How grave, in the words of CAP 1.2.")
    urgency: Urgency = Field(description="How soon it takes effect, in the words of CAP 1.2.")
    certainty: Certainty = Field(description="How sure, in the words of CAP 1.2.")
    grounds: Grounds = Field(description="Why they are what they are, one sentence each.")
    headline: str = Field(description="In the language of the document.")
    headlines: dict[str, str] = Field(description="By language, made from facts, never translated: zh, en.")
    summary: str = Field(description="One or two sentences.")
    lang: str = Field(description="Language of the document: zh, zh-Hant or en.")
    trigger: Trigger = Field(description="Why the alert was made.")
    scenarios: list[ScenarioEffect] = Field(description="What the change does to scenarios, one for each indicator.")
    document: Document = Field(description="The work, and the version of it that was read.")
    publisher: Publisher = Field(description="Where it was read.")
    change: Change = Field(description="What happened to the document.")
    evidence: list[Evidence] = Field(description="Literal pieces of the text that made the trigger fire.")
    series_id: str = Field(description="One story, many events: the work and the trigger.")
    duplicates: list[str] = Field(description="Other addresses of the same work.")
    provenance: Provenance = Field(description="How we know, down to the bytes.")
    links: Links = Field(description="Where to read on.")
    truncated: bool = Field(description="Something was shortened to keep the data under 20 kB; see `links`.")


class AlertEvent(_Part):
    """A CloudEvents 1.0 event in JSON."""

    specversion: Literal["1.0"] = Field(default="1.0", description="Version of CloudEvents.")
    id: str = Field(pattern=r"^[0-9]{12}-[0-9a-f]{8}$", description="Place in the feed and head of the alert key.")
    source: str = Field(description="urn:vedette: and the name of the installation.")
    type: Literal["org.vedette.alert.v1"] = Field(
        default="org.vedette.alert.v1", description="Kind of event and its major version."
    )
    time: Moment = Field(description="When the alert was made.")
    subject: str = Field(description="The work.")
    datacontenttype: Literal["application/json"] = Field(default="application/json", description="Form of `data`.")
    dataschema: str = Field(description="Schema of `data`.")
    sequence: str = Field(pattern=r"^[0-9]{12}$", description="Place in the feed; text order is feed order.")
    severity: Severity = Field(description="As in `data`, for routing.")
    triggerid: str = Field(description="Id of the trigger, for routing.")
    data: AlertData = Field(description="The alert.")


def schema() -> dict[str, Any]:
    """The JSON Schema 2020-12 of the event, made from the models."""
    made = AlertEvent.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return head | made | {"title": "Vedette alert, version 1"}


def schema_text() -> str:
    """The schema as the shipped file holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def shipped_schema() -> dict[str, Any]:
    """The schema of the package's `digests/schemas/alert/1.json`, as served under `/schemas/alert/1.json`."""
    loaded: dict[str, Any] = json.loads((files("digests") / "schemas/alert/1.json").read_text("utf-8"))
    return loaded
