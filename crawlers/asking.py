"""The requests of a source, for its list pages and its documents, as its declaration says. Pure: nothing is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from scrapy.http import Request

from config.patterns import LONGEST
from config.source import Source
from index.records import FetchState, Row

LIST_PRIORITY, FILE_PRIORITY, NEW_PRIORITY, KNOWN_PRIORITY = 20, 15, 10, 0


def list_requests(source: Source, now: datetime) -> Iterator[Request]:
    """The requests for the list pages of one visit; `meta["page"]` counts from 1."""
    for address in source.addresses(now):
        for page in range(1, _pages(source) + 1):
            yield _list_request(source, address, page)


def _pages(source: Source) -> int:
    """How many pages there are to ask for: one where nothing in the declaration tells pages apart."""
    varies = source.list.next or source.request(1) != source.request(2)
    return source.list.pages if varies else 1


def _list_request(source: Source, address: str, page: int) -> Request:
    if page > 1 and source.list.next:
        number = str(source.list.first + page - 2)
        address = urljoin(address, source.list.next.replace("{n}", number))
    paging = source.request(page)
    body = b""
    headers = dict(source.headers)
    if paging.form:
        body = urlencode(paging.form).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    elif paging.body is not None:
        body = json.dumps(paging.body, ensure_ascii=False).encode()
        headers.setdefault("Content-Type", "application/json")
    return Request(
        with_params(address, paging.params),
        method=source.method,
        headers=headers,
        body=body,
        priority=LIST_PRIORITY,
        dont_filter=True,
        meta={"page": page},
    )


def with_params(address: str, params: Mapping[str, str]) -> str:
    """An address with query parameters added."""
    if not params:
        return address
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(params)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def conditions(state: FetchState) -> dict[str, str]:
    """The headers that ask for an answer only if something has changed since `state`."""
    marks = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified} if state.sha256 else {}
    return {name: value for name, value in marks.items() if value}


def host_of(url: str) -> str:
    """The host of an address; empty where it is none that could be asked."""
    try:
        parts = urlsplit(url)
        return "" if parts.port == 0 else parts.hostname or ""
    except ValueError:  # such as http://[x or http://host:port
        return ""


def is_wanted(row: Row, source: Source) -> bool:
    """Whether the source follows such a row (`list.include` finds something in its title or address)."""
    pattern = source.list.include
    return not pattern or any(re.search(pattern, text[:LONGEST]) for text in (row.title, row.url))


def document_request(source: Source, url: str, state: FetchState | None, *, full: bool, priority: int) -> Request:
    """The request for one document; conditional where its last answer gave a mark to compare, unless `full`."""
    headers = dict(source.headers)
    if state and not full:
        headers |= conditions(state)
    address, body = url, b""
    if source.detail_method == "POST":
        parts = urlsplit(url)
        body = urlencode(parse_qsl(parts.query, keep_blank_values=True)).encode()
        address = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return Request(
        address,
        method=source.detail_method,
        headers=headers,
        body=body,
        priority=priority,
        dont_filter=True,
        meta={"document": url},
    )


def file_request(source: Source, url: str, state: FetchState | None, *, full: bool) -> Request:
    """The request for a file that a document links; conditional as `document_request`."""
    headers = dict(source.headers)
    if state and not full:
        headers |= conditions(state)
    return Request(url, headers=headers, priority=FILE_PRIORITY, dont_filter=True, meta={"document": url})
