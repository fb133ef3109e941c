"""Documents on their way with the files they link: what is asked for, what came, and what the files say.

Files are asked for as politely as pages: only on the source's own hosts, in the host's turn, by condition where they
are known. A file that cannot be had never changes a document: what was known of it stays, and it is asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, partial
from urllib.parse import unquote, urlsplit

from scrapy.http import Request

from config.source import Source
from crawlers import answers, asking
from crawlers.answers import Answer
from crawlers.blocks import looks_blocked
from crawlers.enclosed import Enclosed, joined, starts_as_page
from crawlers.faults import Fault, of_status
from crawlers.files import FileText, Limits, text_of
from crawlers.known import CONFIRM_AFTER, Known, is_full_due
from crawlers.remembering import answered, unanswered
from crawlers.terms import Terms
from index import identity
from index.blobs import Blobs, CorruptBlob
from index.records import Attachment, FetchState, Page, Reading, Version

LIMITS = Limits(text=1 << 20)
"""A file of more text than this (about 350,000 characters) is not compared."""
_REFUSALS = frozenset({412, 429, 521})
_KEPT = "the document is kept as it was known, and the next visits ask again"


@dataclass(slots=True)
class Parcel:
    """One document whose files are being fetched. `reading` None: its page is what it was at the last visit.

    `gone`: files that the document had, and that are missing at a second look too.
    """

    document: str
    answer: Answer
    reading: Reading | None
    before: Version | None
    attachments: tuple[Attachment, ...]
    waiting: set[str] = field(default_factory=set)
    came: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    pages: list[Page] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)
    states: list[FetchState] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        """Whether page or files are not what the version before had."""
        had = {a.url: a.sha256 for a in self.before.reading.attachments} if self.before else {}
        lost = any(had.get(url) for url in self.gone)
        return self.reading is not None or lost or any(had.get(url) != sha256 for url, sha256 in self.came.items())


class Parcels:
    """The files of one visit. Once the site refuses a file, no more files are asked for in this visit."""

    def __init__(self, source: Source, terms: Terms, known: Known, started: datetime) -> None:
        self._source, self._known, self._started = source, known, started
        self._clock, self._blobs, self._recheck = terms.clock, terms.archive.blobs, terms.recheck
        self._refused = False

    def requests(self, parcel: Parcel) -> Iterator[Request]:
        """The requests for the files of a document; a file that is the document itself has come already."""
        for attachment in parcel.attachments:
            url = attachment.url
            if url == parcel.answer.url:
                self._keep(parcel, parcel.answer)
            elif not self._refused and answers.is_own(asking.host_of(url), self._source):
                parcel.waiting.add(url)
                state = self._known.state(identity.document_id(url))
                full = is_full_due(state, self._started)
                yield asking.file_request(self._source, url, state, full=full)

    def take(self, parcel: Parcel, answer: Answer) -> Fault | None:
        """Note an answer; the fault where it is no file."""
        state = self._known.state(identity.document_id(answer.url))
        if answer.status == 304 and state and state.sha256:
            parcel.waiting.discard(answer.url)
            parcel.came[answer.url] = state.sha256
            parcel.states.append(self._fresh(answer, parcel, state))
            return None
        fault = _fault(answer, self._source)
        if fault is None and _is_file(answer):
            self._keep(parcel, answer)
            return None
        self._refused = self._refused or answer.status in _REFUSALS
        self.miss(parcel, answer.url, answer.status)
        return fault

    def miss(self, parcel: Parcel, url: str, status: int = 0) -> None:
        """Note that a file could not be had; what was known of it stays."""
        now = self._clock()
        state = self._known.state(identity.document_id(url))
        failed = unanswered(url, self._source.id, state, now)
        since = state.missing_since if state else None
        if status in {404, 410} and since and (self._recheck or now - since >= CONFIRM_AFTER):
            self._lose(parcel, url)
        status = 0 if status in {200, 304} else status
        parcel.states.append(replace(failed, document=parcel.document, status=status, missing_since=since or now))
        parcel.waiting.discard(url)

    def _lose(self, parcel: Parcel, url: str) -> None:
        """Take a file out of a document that had it, or has lost it before; one that never came is still to come."""
        file, before = identity.document_id(url), parcel.before
        had = {identity.document_id(a.url): a.sha256 for a in before.reading.attachments} if before else {file: None}
        if file not in had or had[file]:
            parcel.gone.add(url)

    def _keep(self, parcel: Parcel, answer: Answer) -> None:
        url, now = answer.url, self._clock()
        parcel.waiting.discard(url)
        parcel.came[url] = answer.sha256
        parcel.bodies[answer.sha256] = answer.body
        if url != parcel.answer.url:
            page = Page(url, self._source.id, now, answer.status, answer.headers, answer.body, answer.final_url)
            parcel.pages.append(page)
            parcel.states.append(self._fresh(answer, parcel, None))

    def _fresh(self, answer: Answer, parcel: Parcel, state: FetchState | None) -> FetchState:
        return answered(answer, self._source.id, parcel.document, self._clock(), state)

    def known_as(self, parcel: Parcel) -> dict[str, str]:
        """The sha256 of each file by address: as it came, or else as it was known, by address or by name."""
        named = {a.name: a.sha256 for a in parcel.before.reading.attachments} if parcel.before else {}
        found: dict[str, str] = {}
        for attachment in parcel.attachments:
            if attachment.url in parcel.gone:
                continue
            state = self._known.state(identity.document_id(attachment.url))
            before = (state.sha256 if state else None) or named.get(attachment.name)
            sha256 = parcel.came.get(attachment.url) or before
            if sha256:
                found[attachment.url] = sha256
        return found

    async def read(self, shas: Mapping[str, str], bodies: Mapping[str, bytes]) -> dict[str, Enclosed]:
        """What files say, by address. `shas`: their bytes by name; `bodies`: those that are not in the archive yet.

        Reading is done beside the loop. Files whose bytes are lost are left out. Raises OSError where the disk is full.
        """
        loop = asyncio.get_running_loop()
        found: dict[str, Enclosed] = {}
        for url, sha256 in shas.items():
            work = partial(_read, self._blobs, url, sha256, bodies.get(sha256))
            text = await loop.run_in_executor(_thread(), work)
            if text is not None:
                found[url] = Enclosed(sha256, text)
        return found


def reread(blobs: Blobs, page: Reading, before: Reading) -> Reading:
    """A stored page read again, completed by the stored files that the reading `before` had. Waits for the files.

    For `vedette replay`: without it a document with files would read as if these were gone.
    """
    had = {a.url: a.sha256 for a in before.attachments if a.sha256}
    said = ((url, sha256, _read(blobs, url, sha256, None)) for url, sha256 in had.items())
    return joined(page, {url: Enclosed(sha256, text) for url, sha256, text in said if text})


def _fault(answer: Answer, source: Source) -> Fault | None:
    """What is wrong with a file's answer. None too for a dead link, which is the publisher's slip and shown as such."""
    if answer.status in {404, 410}:
        return None
    fault = answers.sent_away(answer, source) or of_status(answer.status, answer.url)
    if fault is None and starts_as_page(answer.body):
        sign = looks_blocked(answer.body, answer.status)
        blocking = sign and sign not in {"soft 404", "redirect"}
        fault = Fault("blocked", f"{answer.url} shows a block page ({sign}) in place of a file") if blocking else None
    return Fault(fault.kind, f"the file {answer.url}: {fault.text}; {_KEPT}") if fault else None


def _is_file(answer: Answer) -> bool:
    return 200 <= answer.status < 300 and bool(answer.body.strip()) and not starts_as_page(answer.body)


@cache
def _thread() -> ThreadPoolExecutor:
    """The one thread that waits for the child process which reads files."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")


def _read(blobs: Blobs, url: str, sha256: str, body: bytes | None) -> FileText | None:
    """The text of one file; bytes that just came are put into the store here, where packing them stalls nobody."""
    try:
        if body is not None:
            blobs.put(body)
        content = blobs.get(sha256) if body is None else body
    except CorruptBlob:
        return None
    return text_of(content, unquote(urlsplit(url).path.rpartition("/")[2]), limits=LIMITS)
