"""Which work a document belongs to: by 文号, by equal text, by nearly equal text; and what it is cited by."""

from __future__ import annotations

import re
from functools import lru_cache

from index import identity
from index.archive.archive import Archive
from index.citations import citations, number_key, own_keys
from index.identity import folded
from index.records import Reading, Version
from index.reprints import SHORTEST, is_reprint, titles_allow
from index.signature import bands, signature_of_folded, similarity
from index.titles import likeness, speaks_of_another

_ALIKE = 0.45  # estimated share of shingles; a reprint with a heading half as long as its text has 0.6
_LOOKED_AT = 3
_LONG_ENOUGH = 80  # characters from which an equal text needs no equal title
_YEARED = re.compile(r"[12]\d{3}")  # 第5号 of a 公告 comes back every year; orders (令) are counted on


def work_of(archive: Archive, reading: Reading, text_digest: str) -> str:
    """The work a new document belongs to; a work of its own where nothing known is the same.

    文号 first: whatever carries it is that work. Then an equal text, then a reprint (`index.reprints`), unless titles,
    文号 or dates say that there are two.
    """
    number = _own_number(archive, reading)
    index_number = None if speaks_of_another(reading.title) else reading.index_number
    named = identity.work_id(reading.issuer, number, index_number, reading.url)
    return (
        (_numbered(archive, named, number, reading.issuer) if number else None)
        or _with_text(archive, reading, text_digest)
        or _reprinted(archive, reading)
        or named
    )


def _own_number(archive: Archive, reading: Reading) -> str | None:
    """The 文号 by which a document is named: not that of what it explains, nor one that is used again each year."""
    number = reading.doc_number
    if number is None or speaks_of_another(reading.title):
        return None
    if _YEARED.search(number) or "令" in number:
        return number
    known = archive.documents.work(identity.work_id(reading.issuer, number, None, reading.url))
    return number if known is None or likeness(known["title"], reading.title) == "same" else None


def _numbered(archive: Archive, named: str, number: str, issuer: str | None) -> str | None:
    if archive.documents.work(named):
        return named
    key = number_key(number, issuer)
    works = archive.kinship.named(key) if key else []
    return works[0] if len(works) == 1 else None


def _with_text(archive: Archive, reading: Reading, text_digest: str) -> str | None:
    if not reading.text.strip():
        return None
    found = archive.documents.with_text(text_digest)
    return next((known.work for known in found if _allowed(known.reading, reading)), None)


def _allowed(known: Reading, reading: Reading) -> bool:
    """Whether two documents of one text are one: the shorter the text, the more their titles must agree."""
    titles = titles_allow(known, reading)
    return titles == "same" or (titles == "unsure" and len(reading.text) >= _LONG_ENOUGH)


def _reprinted(archive: Archive, reading: Reading) -> str | None:
    signed, stands_in = _signed(reading.text)
    alike = [(similarity(signed, other), row) for row, other in archive.kinship.near(stands_in)] if signed else []
    for share, row in sorted(alike, reverse=True)[:_LOOKED_AT]:
        if share >= _ALIKE:
            known = archive.kinship.signed_version(row)
            if is_reprint(known.reading, reading):
                return known.work
    return None


@lru_cache(maxsize=1)
def _signed(text: str) -> tuple[bytes, tuple[int, ...]]:
    """Signature and bands of a text, none of a short one; asked for twice in a row, to find and to keep."""
    plain = folded(text)
    if len(plain) < SHORTEST:
        return b"", ()
    signed = signature_of_folded(plain)
    return signed, bands(signed)


def describe(archive: Archive, version: Version) -> None:
    """Keep what other documents find a version by, and what it cites. Doing it again changes nothing."""
    reading = version.reading
    archive.kinship.add_names(version.work, own_keys(reading))
    archive.kinship.add_citations(version.id, citations(reading))
    signed, stands_in = _signed(reading.text)
    if signed:
        archive.kinship.sign(version.id, signed, stands_in)


def describe_older(archive: Archive) -> int:
    """Describe what was archived before names and citations were kept; returns how many versions that were."""
    count = 0
    for key in archive.kinship.undescribed():
        with archive.transaction():
            if version := archive.documents.version(key):
                describe(archive, version)
                count += 1
    return count
