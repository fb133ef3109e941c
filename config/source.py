"""A place to read: which addresses, how their pages are built, how often to ask, and what to expect.

Selectors are CSS, or XPath where they start with `/`, `./` or `(`; for JSON a dotted path (`data.rows`), where `$` is
the whole answer, a step through an array applies to each of its members and `*` steps through every value of an object.
Every selector may be left out: then the extractor finds rows, title, body, dates and attachments by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, JsonValue, model_validator

from config import patterns
from config.declaration import Declaration, Language, Part, Tier, TimeZone, fault
from config.duration import Duration
from config.hours import Hours
from config.region import Region

_HOST = re.compile(r"^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(c.isspace() for c in url):
        raise fault(f"{url!r} is no web address", "write it in full, for example https://www.nda.gov.cn/sjj/")
    return url


def _host(name: str) -> str:
    if not _HOST.match(name):
        raise fault(f"{name!r} is no host name", "write only the host, for example gss.mof.gov.cn or *.mof.gov.cn")
    return name


def _pattern(text: str) -> str:
    wrong = patterns.fault_of(text)
    if wrong:
        raise fault(f"the expression {wrong}", "write a Python regular expression, simplest as words with | between")
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Listing(Part):
    """How rows stand on a list page, or in a JSON answer, and how further pages are asked for."""

    fragment: str | None = Field(
        default=None, description="JSON path of HTML in the answer; the other selectors then read that HTML."
    )
    items: str | None = Field(default=None, description="One match for each row; for JSON the path of the array.")
    link: str | None = Field(default=None, description="Address (or id, see detail_url) of the document, in the row.")
    title: str | None = Field(default=None, description="Title of the document, in the row.")
    date: str | None = Field(default=None, description="Date printed beside the title, in the row.")
    date_format: Literal["epoch_ms", "epoch_s", "%Y%m%d%H%M%S"] | None = Field(
        default=None, description="Only for dates that cannot be read from their form alone."
    )
    include: Annotated[str, AfterValidator(_pattern)] | None = Field(
        default=None, description="Regular expression; only rows whose title or address it finds are followed."
    )
    next: str | None = Field(
        default=None, description="Address of further pages, relative to the first, with {n} for the number."
    )
    first: int = Field(default=1, ge=0, le=10, description="Number that page 2 bears in `next`: index_1 or index_2.")
    start: int = Field(default=1, ge=0, le=1, description="Number of page 1 where params, form or body hold {n}.")
    pages: int = Field(default=1, ge=1, le=50, description="How many list pages one visit reads, the first included.")


class Detail(Part):
    """Where things stand on a document's page."""

    body: str | None = Field(
        default=None, description="The readable text; the first match counts. On gov.cn an absolute XPath."
    )
    title: str | None = Field(default=None, description="Title of the document.")
    published: str | None = Field(default=None, description="Date of publication.")
    written: str | None = Field(default=None, description="Date of signing, 成文日期.")
    doc_number: str | None = Field(default=None, description="Number of the document, 发文字号.")
    index_number: str | None = Field(default=None, description="Index number in the disclosure catalogue, 索引号.")
    issuer: str | None = Field(default=None, description="Who issued the document, 发文机关.")
    attachments: str | None = Field(default=None, description="Links of attached files.")


class Revisit(Part):
    """How long and how often known documents are read again."""

    every: Duration = Field(description="Shortest time between two readings of one document, such as 1d.")
    for_days: int = Field(ge=1, le=3650, description="Days after first sight during which a document is read again.")


class Expect(Part):
    """What a healthy visit brings; less, or nothing for too long, is a problem that is reported."""

    items: tuple[int, int] = Field(
        description="Fewest and most rows of one visit, before include; for kind page, documents."
    )
    quiet_days: int | None = Field(default=None, ge=1, description="Days without anything new before it is reported.")

    @model_validator(mode="after")
    def _ordered(self) -> Expect:
        low, high = self.items
        if not 0 <= low <= high:
            raise fault(f"items {low} to {high} is no range", "write fewest then most, for example [10, 60]")
        return self


class Paging(Part):
    """The parts of one list request that hold the page number."""

    params: Mapping[str, str] = Field(description="Query parameters to add to the address.")
    form: Mapping[str, str] = Field(description="Form fields.")
    body: JsonValue = Field(description="JSON body.")


class Source(Declaration):
    """One YAML file in `sources/`: a place to read."""

    title: str = Field(min_length=1, description="Name of publisher and list, in the publisher's language.")
    title_en: str = Field(min_length=1, description="The same in English.")
    authority: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Short name of the publisher, such as ndrc.")
    tier: Tier = Field(description="Who publishes: central, provincial, municipal, carrier or cloud.")
    region: Region = Field(description="Where it applies: CN, or a division such as CN-31.")
    language: Language = Field(default="zh", description="Main language of the documents.")
    kind: Literal["feed", "listing", "api", "page"] = Field(
        description="feed: one JSON, RSS or Atom list; listing: HTML list; api: paged JSON; page: watch these pages."
    )
    urls: tuple[WebAddress, ...] = Field(
        min_length=1, description="Addresses to start from; {yyyy} and {mm} stand for the present year and month."
    )
    method: Literal["GET", "POST"] = Field(default="GET", description="HTTP method of the list requests.")
    headers: Mapping[str, str] = Field(default_factory=dict, description="Extra request headers the site needs.")
    params: Mapping[str, str] = Field(
        default_factory=dict, description="Query parameters added to the address; {n} is the page number."
    )
    form: Mapping[str, str] = Field(default_factory=dict, description="Form fields of a POST; {n} is the page number.")
    body: JsonValue = Field(default=None, description="JSON body of a POST; {n} in any text is the page number.")
    list: Listing = Field(default_factory=Listing, description="How rows stand in the list.")
    detail_url: WebAddress | None = Field(
        default=None, description="Template of the document's address with row fields in braces, such as {announceId}."
    )
    detail_method: Literal["GET", "POST"] = Field(
        default="GET", description="POST: the query of the document's address is sent as form fields."
    )
    detail: Detail = Field(default_factory=Detail, description="Where things stand on a document's page.")
    remove: tuple[str, ...] = Field(default=(), description="Selectors of parts that are never content.")
    allowed_hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = Field(
        default=(), description="Other hosts the list may link to; *.mof.gov.cn covers every host below it."
    )
    legacy_tls: bool = Field(default=False, description="The host needs legacy TLS renegotiation; still verified.")
    every: Duration | None = Field(default=None, description="Time between visits, such as 2h; or give cron.")
    cron: str | None = Field(default=None, description="Five cron fields in the source's time zone; or give every.")
    timezone: TimeZone = Field(
        default="Asia/Shanghai", description="IANA zone of cron, of hours and of dates without one."
    )
    hours: Hours | None = Field(
        default=None, description='Hours in which the site may be read, such as "22:00-06:00"; left out, all day.'
    )
    delay: float = Field(
        default=5, ge=0, le=600, description="Seconds between requests to one host; 0 only on a site of one's own."
    )
    connections: int = Field(
        default=1, ge=1, le=64, description="Connections to one host at once; more than 1 only on a site of one's own."
    )
    enabled: bool = Field(default=True, description="Whether the schedule visits it.")
    missing: str | None = Field(default=None, description="What is unknown or forbidden; required while not enabled.")
    revisit: Revisit | None = Field(default=None, description="Reading known documents again; left out, not done.")
    expect: Expect = Field(description="What a healthy visit brings.")
    robots: Literal["obey", "ignore"] = Field(
        default="obey", description="ignore only where the operator owns the site."
    )
    impact_note: str = Field(
        min_length=10, description="Load on the site and why it does no harm (网络数据安全管理条例 Art. 18)."
    )
    confidence: Literal["A", "B", "C"] = Field(
        description="How well the structure is known: A run on a saved page, B from crawler code, C address only."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Source:
        if (self.every is None) == (self.cron is None):
            raise fault("needs either every or cron", 'write one of them: `every: 2h` or `cron: "0 7 * * *"`', "every")
        if not self.enabled and not self.missing:
            raise fault(
                "is not enabled and does not say why", "add `missing:` with what is unknown or forbidden", "enabled"
            )
        if self.method == "GET" and (self.form or self.body is not None):
            raise fault("has a form or body with method GET", "write `method: POST`", "method")
        if self.form and self.body is not None:
            raise fault("has both form and body", "keep `form:` for form fields or `body:` for JSON", "body")
        return self

    @model_validator(mode="after")
    def _templates_vary(self) -> Source:
        numbered = "{n}" in json.dumps([dict(self.params), dict(self.form), self.body])
        if self.list.next is not None and "{n}" not in self.list.next:
            raise fault("has no place for the number", "write {n} in it, for example index_{n}.html", "list", "next")
        if self.list.pages > 1 and self.list.next is None and not numbered:
            raise fault("nothing tells pages apart", "add list.next, or {n} in params, form or body", "list", "pages")
        if self.detail_url is not None and not re.search(r"\{\w+\}", self.detail_url):
            raise fault("is the same for every row", "name a field of the row in braces, such as {id}", "detail_url")
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts that may be asked: those of `urls` and `detail_url`, and `allowed_hosts` (some start with `*.`)."""
        addresses = (*self.urls, *((self.detail_url,) if self.detail_url else ()))
        own = {urlsplit(url).hostname or "" for url in addresses}
        return frozenset({host.lower() for host in own if host} | set(self.allowed_hosts))

    def opens(self, now: datetime) -> datetime:
        """When the source may be read next: `now` (aware), or the beginning of its hours."""
        return self.hours.opens(now, self.timezone) if self.hours else now

    def addresses(self, now: datetime) -> tuple[str, ...]:
        """`urls` with {yyyy} and {mm} filled in from `now` (aware) as the source's own calendar reads."""
        local = now.astimezone(ZoneInfo(self.timezone))
        return tuple(url.replace("{yyyy}", f"{local:%Y}").replace("{mm}", f"{local:%m}") for url in self.urls)

    def request(self, page: int) -> Paging:
        """Fill {n} into `params`, `form` and `body` for list page `page`, counting from 1."""
        number = str(page - 1 + self.list.start)
        params = {key: value.replace("{n}", number) for key, value in self.params.items()}
        form = {key: value.replace("{n}", number) for key, value in self.form.items()}
        return Paging(params=params, form=form, body=_numbered(self.body, number))


def _numbered(value: JsonValue, number: str) -> JsonValue:
    if isinstance(value, str):
        return value.replace("{n}", number)
    if isinstance(value, dict):
        return {key: _numbered(inner, number) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbered(inner, number) for inner in value]
    return value
