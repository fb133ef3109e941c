"""The answers of the API that put records together: documents, works, facts, diffs, books."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from agent.api.models import (
    AddressRecord,
    Answer,
    AttachedFile,
    Citation,
    CitedBy,
    Differences,
    DocumentEvent,
    FactRecord,
    Paged,
    ReceiptRecord,
    ReminderRecord,
    Sha,
    State,
    Text,
    VersionHead,
    WorkRecord,
)
from classify.calm import Verdict
from digests.alert import Moment


class ListedDocument(Answer):
    """A document in a list, with what its newest version says of itself."""

    id: str = Field(description="Id of the document.")
    url: Text = Field(description="Its address.")
    source: str = Field(description="Id of the source.")
    work: str = Field(description="Id of the work.")
    state: State = Field(description="Whether it can still be read there.")
    first_seen: Moment = Field(description="When it was first seen.")
    version: str = Field(description="Id of the newest version.")
    number: int = Field(ge=1, description="Its number; how many versions there are.")
    title: Text = Field(description="Title as printed.")
    lang: str = Field(description="zh, zh-Hant or en.")
    published: date | None = Field(description="Printed date of publication.")
    effective: date | None = Field(description="施行日期.")
    issuer: Text | None = Field(description="发文机关.")
    doc_number: Text | None = Field(description="文号.")
    index_number: Text | None = Field(description="索引号.")


class Documents(Paged):
    """Documents, the one seen last first."""

    items: list[ListedDocument] = Field(description="At most `limit` documents.")


class DocumentDossier(Answer):
    """All that the archive knows of one document, but for texts."""

    document: str = Field(description="Id of the document.")
    url: Text = Field(description="Its address.")
    source: str = Field(description="Id of the source.")
    state: State = Field(description="Whether it can still be read there.")
    first_seen: Moment = Field(description="When it was first seen.")
    latest: VersionHead = Field(description="The newest version.")
    versions: int = Field(ge=1, description="How many versions there are; read them at …/versions.")
    work: WorkRecord = Field(description="The work that it is one address of.")
    events: list[DocumentEvent] = Field(description="Its changes, oldest first.")
    facts: list[FactRecord] = Field(description="The numbers of the newest version, in the order of the text.")
    attachments: list[AttachedFile] = Field(description="The files that the newest version links.")
    reprints: list[AddressRecord] = Field(description="The other addresses of the work.")
    cites: list[Citation] = Field(description="What the newest version names.")
    citing: list[CitedBy] = Field(description="What names this work: cites, implements or repeals it.")
    reminders: list[ReminderRecord] = Field(description="Dates that came near, oldest first.")


class Versions(Paged):
    """The versions of a document, newest first."""

    items: list[VersionHead] = Field(description="At most `limit` versions.")


class FullVersion(Answer):
    """A version with its text, its numbers, and each receipt of the bytes it was read from."""

    version: VersionHead = Field(description="What it says of itself.")
    text: Text = Field(description="One block (paragraph, heading, table row) a line.")
    facts: list[FactRecord] = Field(description="Its numbers, in the order of the text.")
    receipts: list[ReceiptRecord] = Field(description="Each time that exactly these bytes came, oldest first.")


class VersionDiff(Answer):
    """What differs between two versions of a document."""

    document: str = Field(description="Id of the document.")
    before: VersionHead = Field(description="The earlier version.")
    after: VersionHead = Field(description="The later version.")
    changed: bool = Field(description="Whether anything differs.")
    diff: Differences = Field(description="What differs.")


class Receipts(Answer):
    """How a snapshot came to us."""

    sha256: Sha = Field(description="Names the bytes.")
    receipts: list[ReceiptRecord] = Field(description="Each time that exactly these bytes came, oldest first.")


class WorkAnswer(Answer):
    """A work with its addresses and what names it."""

    work: WorkRecord = Field(description="The work.")
    addresses: list[AddressRecord] = Field(description="All its addresses, first publisher first.")
    citing: list[CitedBy] = Field(description="What cites, implements or repeals it.")


class ListedFact(Answer):
    """A number with the document whose newest version states it."""

    fact: FactRecord = Field(description="The number.")
    quote: Text = Field(description="The words that state it.")
    document: str = Field(description="Id of the document.")
    version: str = Field(description="Id of the version.")
    source: str = Field(description="Id of the source.")
    title: Text = Field(description="Title of the document.")
    url: Text = Field(description="Its address.")
    published: date | None = Field(description="Printed date of publication.")


class Facts(Paged):
    """Numbers of newest versions, the version read last first."""

    items: list[ListedFact] = Field(description="At most `limit` numbers.")


class PriceEntry(Answer):
    """What one version says of one number."""

    on: date = Field(description="From which day it holds.")
    dated: Literal["effective", "published", "first_seen"] = Field(description="What tells the day.")
    amount: str = Field(description="Decimal number.")
    unit: str = Field(description="A currency or a counted unit.")
    per: str | None = Field(description="month, million_tokens, …")
    quantity: str | None = Field(description="What it buys.")
    quantity_unit: str | None = Field(description="Unit of `quantity`.")
    unit_price: str | None = Field(description="Price of a million tokens; null where it cannot be computed.")
    stated: bool = Field(description="False for the old value of a change that the text tells.")
    document: str = Field(description="Id of the document.")
    version: str = Field(description="Id of the version.")
    title: Text = Field(description="Title of the document.")
    url: Text = Field(description="Its address.")
    seen: Moment = Field(description="When it was seen.")


class PriceMove(Answer):
    """A change of a series."""

    on: date = Field(description="From which day it holds.")
    before: str = Field(description="Price of a million tokens where there is one, else the amount.")
    after: str = Field(description="The same after.")
    percent: str | None = Field(description="Change in per cent; null where it was 0 before.")


class PriceSeries(Answer):
    """One number of one provider over time."""

    no: int = Field(ge=1, description="Place in this book.")
    provider: str = Field(description="Authority of the source.")
    region: str = Field(description="ISO 3166-2.")
    item: Text = Field(description="What is priced or allowed.")
    volatility: float | None = Field(description="Standard deviation of ln(after / before); null under two moves.")
    ended: date | None = Field(description="The day its document was taken down.")
    entries: list[PriceEntry] = Field(description="Oldest first.")
    moves: list[PriceMove] = Field(description="Its changes, oldest first.")


class Calmness(Answer):
    """How lively a book is: changes and their median size, in the window up to `day` and in the one before."""

    day: date = Field(description="The last day of the window.")
    changes: int = Field(ge=0, description="Changes in the window.")
    median: float | None = Field(description="Their median absolute size in per cent.")
    changes_before: int = Field(ge=0, description="Changes in the window before.")
    median_before: float | None = Field(description="Their median absolute size in per cent.")
    announced: int = Field(ge=0, description="Changes that hold from a later day.")
    begins: date | None = Field(description="The first day of the archive.")
    covered: bool = Field(description="The archive covers both windows.")
    verdict: Verdict = Field(description="unknown where the archive is too young.")


class BookAnswer(Answer):
    """The book of prices or quotas as it stood on a day."""

    kind: Literal["pricing", "quota"] = Field(description="Which book.")
    day: date = Field(description="The day.")
    answer: str = Field(description="One line on how lively it is.")
    boring: Calmness = Field(description="What the line is made of.")
    volatility: float | None = Field(description="Of all series together.")
    series: list[PriceSeries] = Field(description="By provider, region and item.")
