"""The records of the archive as the API spells them; read from `index.records` and `agent.dossier` by their names.

Times are UTC with Z, dates are calendar dates in China, offsets count Unicode characters of a version's text.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from digests.alert import Moment
from index.records import Cause, ChangeKind, ClauseOp, Direction
from index.relations import CitationKind, DateRole


def _writable(value: object) -> object:
    """Lone surrogates, as some sites' JSON brings them, cannot be written in UTF-8; each becomes one question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_writable)]
"""What a page says, unchanged but for lone surrogates, so that offsets stay."""
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
State = Literal["live", "withdrawn"]


class Answer(BaseModel):
    """A piece of an answer; within v1 fields are only added."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Paged(Answer):
    """A page of a list."""

    next: str | None = Field(description="What to give as `cursor` for the next page; null at the end.")


class ProblemDetails(BaseModel):
    """A fault (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(default="about:blank", description="Kind of problem; about:blank: the status says it.")
    title: str = Field(description="The kind of fault.")
    status: int = Field(description="HTTP status.")
    detail: str | None = Field(default=None, description="What is wrong and what to do.")


class Quoted(Answer):
    """A literal piece of the version's text: `text[start:end] == quote`."""

    quote: Text = Field(description="The words.")
    start: int = Field(ge=0, description="First character.")
    end: int = Field(ge=0, description="Character after the last.")


class ChangedClause(Answer):
    """One changed clause; for replace the differing spans with a little context."""

    op: ClauseOp = Field(description="What happened to it.")
    locator: Text = Field(description="Where it stands: 第三条, a heading, a table row.")
    before: Text | None = Field(description="The old words; null for insert.")
    after: Text | None = Field(description="The new words; null for delete.")


class ChangedField(Answer):
    """One changed metadata field."""

    field: str = Field(description="title, published, effective, …")
    before: Text | None = Field(description="Old value.")
    after: Text | None = Field(description="New value.")


class ChangedAttachment(Answer):
    """An attachment added, removed or swapped."""

    op: Literal["insert", "delete", "replace"] = Field(description="What happened to it.")
    before: Text | None = Field(description="Old address.")
    after: Text | None = Field(description="New address.")


class Differences(Answer):
    """What differs between two versions."""

    clauses: list[ChangedClause] = Field(description="Changed clauses, in the order of the text.")
    fields: list[ChangedField] = Field(description="Changed metadata.")
    attachments: list[ChangedAttachment] = Field(description="Changed attachments.")
    chars_changed: int = Field(ge=0, description="Characters inserted and deleted in the text.")


class ChangeRecord(Answer):
    """An event of one document."""

    id: str = Field(description="Id of the change.")
    kind: ChangeKind = Field(description="What happened.")
    cause: Cause = Field(description="source: the publisher; tooling: our own extractor reads differently.")
    document: str = Field(description="Id of the document.")
    work: str = Field(description="Id of the work.")
    source: str = Field(description="Id of the source.")
    at: Moment = Field(description="When it was seen.")
    before: str | None = Field(description="Id of the version before.")
    after: str | None = Field(description="Id of the version after.")
    baseline: bool = Field(description="Found by a first crawl and too old to be news.")
    silent: bool = Field(description="The text changed and no date of the page did.")
    repost: bool = Field(description="A further address of a work already known.")
    diff: Differences = Field(description="What differs from the version before; empty for a new document.")


class TagRecord(Answer):
    """The judgement of one trigger on one change."""

    trigger: str = Field(description="Id of the trigger.")
    trigger_version: str = Field(description="Changes whenever the trigger's declaration does.")
    model: str = Field(description="Encoder and head that judged.")
    score: float = Field(ge=0, le=1, description="Calibrated probability.")
    fires: bool = Field(description="The score reaches the trigger's threshold.")
    direction: Direction = Field(description="tighten: harder, dearer or stricter for who uses compute or data.")
    scope: Literal["whole", "change"] = Field(description="Judged on the whole document or on the changed clauses.")
    evidence: list[Quoted] = Field(description="The words that speak for it.")


class AlertLink(Answer):
    """An alert of the feed; read all of it at /v1/alerts/{id}."""

    id: str = Field(description="Id of the event.")
    trigger: str = Field(description="Id of the trigger.")
    at: Moment = Field(description="When it was made.")
    severity: str = Field(validation_alias=AliasPath("event", "severity"), description="How grave.")
    headline: Text = Field(validation_alias=AliasPath("event", "data", "headlines", "en"), description="In English.")
    headline_zh: Text = Field(validation_alias=AliasPath("event", "data", "headlines", "zh"), description="In Chinese.")


class ListedChange(Answer):
    """A change in a list."""

    change: ChangeRecord = Field(description="The change.")
    title: Text = Field(description="Title of the newer version.")
    url: Text = Field(description="Address of the document.")
    lang: str = Field(description="zh, zh-Hant or en.")
    severity: str | None = Field(description="The gravest of its alerts; null where there is none.")
    tags: list[TagRecord] = Field(description="The tags that fired.")
    alerts: list[AlertLink] = Field(description="The alerts it gave rise to.")


class Changes(Paged):
    """What changed, newest first."""

    items: list[ListedChange] = Field(description="At most `limit` changes.")


class DocumentEvent(Answer):
    """A change with all that was judged of it."""

    change: ChangeRecord = Field(description="The change.")
    tags: list[TagRecord] = Field(description="One tag for each trigger, fired or not; none before it was judged.")
    alerts: list[AlertLink] = Field(description="The alerts it gave rise to.")


class FactRecord(Answer):
    """A number of a text with its meaning; keys of `values` as in docs/facts.md."""

    kind: str = Field(description="price, quota, subsidy, discount, date or doc_number.")
    values: dict[str, Text] = Field(description="amount, currency, per, item, quantity, …, all as text.")
    start: int = Field(ge=0, description="First character in the version's text.")
    end: int = Field(ge=0, description="Character after the last.")


class ReceiptRecord(Answer):
    """One time that exactly these bytes came."""

    url: Text = Field(description="Address asked for.")
    final_url: Text = Field(description="Where redirects ended.")
    source: str = Field(description="Id of the source.")
    fetched_at: Moment = Field(description="When.")
    status: int = Field(description="HTTP status of the answer.")
    size: int = Field(ge=0, description="Bytes of the body.")
    headers: dict[str, Text] = Field(description="Headers of the answer, names in lower case.")


class AttachedFile(Answer):
    """A file that a version links."""

    url: Text = Field(description="Address.")
    name: Text = Field(description="Words of the link.")
    sha256: str | None = Field(description="Its bytes in the archive (/v1/snapshots/{sha256}); null until fetched.")


def _read(name: str) -> Any:  # noqa: ANN401 - pydantic's own field type
    return AliasPath("reading", name)


class VersionHead(Answer):
    """A version without its text."""

    id: str = Field(description="Id of the version.")
    number: int = Field(ge=1, description="Counts from 1.")
    previous: str | None = Field(description="Id of the version before.")
    first_seen: Moment = Field(description="When this text was first seen.")
    source: str = Field(description="Id of the source where it was read.")
    extractor: str = Field(description="Version of our extractor.")
    snapshot: Sha = Field(validation_alias="page_sha256", description="sha256 of the page as received.")
    title: Text = Field(validation_alias=_read("title"), description="Title as printed.")
    lang: str = Field(validation_alias=_read("lang"), description="zh, zh-Hant or en.")
    published: date | None = Field(validation_alias=_read("published"), description="Printed date of publication.")
    written: date | None = Field(validation_alias=_read("written"), description="成文日期.")
    effective: date | None = Field(validation_alias=_read("effective"), description="施行日期.")
    expires: date | None = Field(validation_alias=_read("expires"), description="Last day of validity.")
    comments_close: date | None = Field(validation_alias=_read("comments_close"), description="Last day for comments.")
    issuer: Text | None = Field(validation_alias=_read("issuer"), description="发文机关.")
    doc_number: Text | None = Field(validation_alias=_read("doc_number"), description="文号, normalised.")
    index_number: Text | None = Field(validation_alias=_read("index_number"), description="索引号.")
    attachments: list[AttachedFile] = Field(validation_alias=_read("attachments"), description="Files that it links.")


class Citation(Answer):
    """Another work named in the newest version."""

    kind: CitationKind = Field(description="cites, implements or repeals.")
    quote: Text = Field(description="The words that name it.")
    start: int = Field(ge=0, description="First character.")
    end: int = Field(ge=0, description="Character after the last.")
    works: list[WorkRecord] = Field(description="The works it may mean: none, one where certain, or several.")


class CitedBy(Answer):
    """A document whose newest version names this work."""

    kind: CitationKind = Field(description="cites, implements or repeals.")
    document: str = Field(description="Id of the document.")
    work: str = Field(description="Id of its work.")
    source: str = Field(description="Id of its source.")
    url: Text = Field(description="Its address.")
    title: Text = Field(description="Its title.")
    published: date | None = Field(description="Printed date of publication.")
    quote: Text = Field(description="The words that name the work.")
    certain: bool = Field(description="No other work may be meant.")


class WorkRecord(Answer):
    """A work: what several addresses have in common."""

    id: str = Field(description="cn/issuer/文号, or host and document.")
    title: Text = Field(description="Title at its first publisher.")
    first_source: str = Field(description="Id of the first publisher's source.")
    first_url: Text = Field(description="Its first address.")
    first_seen: Moment = Field(description="When it was first seen.")
    repealed: Moment | None = Field(description="When its end was told; null while it stands.")


class AddressRecord(Answer):
    """One address of a work."""

    document: str = Field(description="Id of the document at this address.")
    url: Text = Field(description="The address.")
    source: str = Field(description="Id of the source.")
    first_seen: Moment = Field(description="When it was first seen.")
    state: State = Field(description="Whether it can still be read there.")


class ReminderRecord(Answer):
    """A date of the work that came near."""

    role: DateRole = Field(description="What happens on the day.")
    day: date = Field(description="The day.")
    lead: int = Field(description="Days before it that the reminder was made.")
    at: Moment = Field(description="When it was made.")


Citation.model_rebuild()
