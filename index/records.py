"""The records that flow through Vedette: frozen values, each naming the one before it.

`Page -> Version -> Change -> Tag, Fact -> Alert -> Delivery`. Times are aware and in UTC; dates are calendar dates in
China (Asia/Shanghai), as printed by the publisher. Ids are hashes of meaning (see `index.identity`), so every stage
may run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

ChangeKind = Literal["new", "amended", "moved", "withdrawn", "restored"]
Cause = Literal["source", "tooling"]
ClauseOp = Literal["insert", "delete", "replace", "move"]
Direction = Literal["tighten", "loosen", "neutral"]
ProblemKind = Literal[
    "blocked", "redesigned", "empty", "http", "timeout", "dns", "encoding", "oversize", "robots", "silent", "storage"
]
DeliveryStatus = Literal["pending", "sent", "failed", "dead"]


@dataclass(frozen=True, slots=True)
class Page:
    """What one request brought: the bytes as received, after transfer decoding and before any reading.

    `headers` have lower-case names. `url` is the address asked for, `final_url` where redirects ended.
    """

    url: str
    source: str
    fetched_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
    final_url: str

    @property
    def sha256(self) -> str:
        """Hex digest of the body; its name in the blob store."""
        return sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a document links; `sha256` once its bytes have been fetched."""

    url: str
    name: str = ""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One document named on a list page, or in a feed."""

    url: str
    title: str
    date: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the extractor reads on one page: a document (`text`), a list (`items`), or neither.

    `text` holds one block (paragraph, heading, table row) a line. `lang` is zh, zh-Hant or en. `doc_number` is the
    normalised 文号 (brackets 〔〕, ASCII digits, no spaces), `index_number` the 索引号. `written` is 成文日期,
    `effective` 施行日期.
    """

    url: str
    title: str = ""
    text: str = ""
    lang: str = "zh"
    published: date | None = None
    written: date | None = None
    effective: date | None = None
    expires: date | None = None
    comments_close: date | None = None
    issuer: str | None = None
    doc_number: str | None = None
    index_number: str | None = None
    attachments: tuple[Attachment, ...] = ()
    items: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One state of one document. `previous` is the id of the version before it; `number` counts from 1."""

    id: str
    document: str
    work: str
    source: str
    number: int
    reading: Reading
    page_sha256: str
    first_seen: datetime
    extractor: str
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One changed clause. For `replace`, the differing spans with a little context; for `move`, `before` is the old
    locator's text and `after` the new one's.
    """

    op: ClauseOp
    locator: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed metadata field or typed value: title, published, effective, a price, a percentage, a 文号 …"""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AttachmentChange:
    """An attachment added, removed or swapped (same name or place, other bytes or address)."""

    op: Literal["insert", "delete", "replace"]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two readings. `chars_changed` counts inserted and deleted characters of the text."""

    clauses: tuple[ClauseChange, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    attachments: tuple[AttachmentChange, ...] = ()
    chars_changed: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return bool(self.clauses or self.fields or self.attachments)


@dataclass(frozen=True, slots=True)
class Change:
    """An event of one document. `baseline`: found by a first crawl and older than the backfill window, never alerted.

    `silent`: the text changed and no date of the page did. `repost`: a further address of a work already known.
    `cause` tooling: our own extractor changed, never alerted.
    """

    id: str
    kind: ChangeKind
    cause: Cause
    document: str
    work: str
    source: str
    at: datetime
    before: str | None
    after: str | None
    baseline: bool = False
    silent: bool = False
    repost: bool = False
    diff: Diff = field(default_factory=Diff)


@dataclass(frozen=True, slots=True)
class Quote:
    """A literal piece of a text: `text[start:end] == quote`."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """The judgement of one trigger on one change. `score` is a calibrated probability.

    `scope`: judged on the whole document or on the changed clauses. `model` names encoder and head.
    """

    change: str
    trigger: str
    trigger_version: str
    model: str
    score: float
    fires: bool
    direction: Direction
    evidence: tuple[Quote, ...] = ()
    scope: Literal["whole", "change"] = "whole"


@dataclass(frozen=True, slots=True)
class Fact:
    """A number with its meaning, found at `start:end`. `values` has the keys of the fact's kind, all text.

    Kinds price, quota, subsidy, discount, date, doc_number; keys amount, currency, per, item, quantity,
    quantity_unit, unit, percent, percent_off, value, role (see `docs/facts.md`).
    """

    kind: str
    values: Mapping[str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alert:
    """One event of the feed as delivered. `seq` is the place in the feed, `key` names the meaning, `event` the JSON."""

    seq: int
    id: str
    key: str
    change: str
    trigger: str
    at: datetime
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the outside world did to a source; open until `closed_at`."""

    source: str
    kind: ProblemKind
    message: str
    url: str
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One crawl of one source, counted."""

    source: str
    started_at: datetime
    ended_at: datetime | None = None
    requests: int = 0
    bytes: int = 0
    listed: int = 0
    new: int = 0
    amended: int = 0
    unchanged: int = 0
    problems: int = 0


@dataclass(frozen=True, slots=True)
class FetchState:
    """What is remembered of an address between visits, for conditional requests and revisits.

    `checked_at`: last asked; `read_at`: when its bytes last came, so that a 304 is not believed for ever. `status`: of
    the last answer, 0 where there was none or none that could be used.
    """

    url: str
    source: str
    document: str | None
    etag: str | None
    last_modified: str | None
    sha256: str | None
    status: int
    checked_at: datetime
    missing_since: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told to one receiver: a row of the ledger. `key` names subscription, issue and receiver."""

    key: str
    subscription: str
    issue: str
    channel: str
    receiver: str
    status: DeliveryStatus
    attempts: int
    next_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A searchable piece of a version: `text[start:end]` of its reading, embedded and indexed."""

    id: int
    version: str
    document: str
    start: int
    end: int
    text: str
