"""Whether a page was rebuilt, so that its text cannot be told from what stands around it: then nothing is compared.

With a declared body, that it has vanished tells; without, that the page is built of other boxes than before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from config.source import Source
from crawlers import answers
from crawlers.answers import Answer
from crawlers.enclosed import page_part
from crawlers.faults import Fault
from crawlers.reading.decoding import decode
from crawlers.reading.tree import tree
from index import identity
from index.archive.archive import Archive
from index.blobs import CorruptBlob
from index.records import Reading, Version

_BOXES = ("body", "div", "section", "article", "main", "header", "footer", "nav", "aside", "form", "table", "ul")
_DIGITS = re.compile(r"\d+")
_NAMED = re.compile(rb"(?:class|id)\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_FEW, _NEARLY = 3, 0.5
SAME_FRAME = 0.3
"""Share of named boxes in common from which two pages count as built alike."""


class Frames:
    """Looks at the frames of the documents of one visit."""

    def __init__(self, archive: Archive, source: Source) -> None:
        self._pages, self._templates = archive.pages, archive.templates
        self._body = source.detail.body
        self._found: set[bool] = set()
        self._sample = ""

    def fault(self, before: Version | None, reading: Reading, answer: Answer) -> Fault | None:
        """The fault of a known document's page that was rebuilt. New ones are judged together by `never_found`."""
        if not reading.text or answers.is_json(answer):
            return None
        if before is None:
            self._look(answer)
            return None
        if self._is_cut_off(before, reading, answer):
            return answers.cut_off(answer)
        rebuilt = self._has_lost(self._body, before, answer) if self._body else self._differs(before, reading, answer)
        what = f"the body that detail.body ({self._body}) names" if self._body else "the frame it had"
        text = (
            f"{answer.url} no longer has {what}: the page was rebuilt. Until detail.body names its text, "
            "changes of this document are not seen"
        )
        return Fault("redesigned", text) if rebuilt else None

    def _look(self, answer: Answer) -> None:
        """Look for the declared body on a new document, until one has it."""
        if self._body and True not in self._found:
            self._found.add(answers.has_body(answer.body, answer.headers, self._body))
            self._sample = answer.url

    def never_found(self) -> Fault | None:
        """The fault of a body selector that matched on none of the new documents."""
        if self._found != {False}:
            return None
        text = (
            f"detail.body ({self._body}) matched on no new document, such as {self._sample}: "
            "the texts were found without it; mend the selector"
        )
        return Fault("redesigned", text)

    def _is_cut_off(self, before: Version, reading: Reading, answer: Answer) -> bool:
        """Whether a page lacks both the end and a part of what it had."""
        less = len(reading.text) < len(before.reading.text) or len(reading.attachments) < len(
            before.reading.attachments
        )
        return less and not answers.has_end(answer.body) and answers.has_end(self._stored(before))

    def _has_lost(self, selector: str, before: Version, answer: Answer) -> bool:
        if answers.has_body(answer.body, answer.headers, selector):
            return False
        return answers.has_body(self._stored(before), {}, selector)

    def _stored(self, version: Version) -> bytes:
        """The page of an older version; empty where the blob is damaged, which `vedette verify` tells."""
        sha256 = self._templates.page_of(version.id, version.document) or version.page_sha256
        try:
            return self._pages.body(sha256)
        except CorruptBlob:
            return b""

    def _differs(self, before: Version, reading: Reading, answer: Answer) -> bool:
        if page_part(before.reading.text, reading.text):
            return False
        if not before.reading.attachments and identity.content_digest(before.reading) == identity.content_digest(
            reading
        ):
            return False
        return is_rebuilt(self._stored(before), answer.body, answer.headers)


def is_rebuilt(before: bytes, after: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the second page is built of other boxes than the first. Pages that name few boxes never are."""
    old, new = frame(before, {}), frame(after, headers)
    if len(old) < _FEW or len(new) < _FEW:
        return False
    return len(old & new) / len(old | new) < SAME_FRAME


def is_reframed(before: bytes, after: bytes, headers: Mapping[str, str]) -> bool:
    """As `is_rebuilt`, after a cheap look that leaves out pages with nearly the same names in them."""
    old, new = ({_DIGITS.sub("", name.decode("latin-1")) for name in _NAMED.findall(page)} for page in (before, after))
    return len(old & new) < _NEARLY * len(old | new) and is_rebuilt(before, after, headers)


def frame(page: bytes, headers: Mapping[str, str]) -> frozenset[str]:
    """The ids and classes of a page's boxes, numbers in them left out."""
    return frozenset(_DIGITS.sub("", mark) for mark in _marks(page, headers))


def _marks(page: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    root = tree(decode(page, headers))
    if root is None:
        return
    for box in root.iter(*_BOXES):
        if box.get("id"):
            yield f"{box.tag}#{box.get('id')}"
        for name in (box.get("class") or "").split():
            yield f"{box.tag}.{name}"
