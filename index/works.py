"""Which work a document belongs to: by 文号, by equal text, by nearly equal text; and what it is cited by."""

from __future__ import annotations

from functools import lru_cache

from index import identity
from index.archive.archive import Archive
from index.citations import citations, number_key, own_keys
from index.identity import folded
from index.records import Reading, Version
from index.reprints import SHORTEST, is_reprint, titles_allow
from index.signature import bands, signature_of_folded, similarity
from index.titles import speaks_of_another

_ALIKE = 0.45  # estimated share of shingles; a reprint with a heading half as long as its text has 0.6
_LOOKED_AT = 3
_LONG_ENOUGH = 80  # folded characters from which an equal text needs no equal title


def work_of(archive: Archive, reading: Reading, text_digest: str) -> str:
    """The work a new document belongs to; a work of its own where nothing known is the same.

    文号 first: whatever carries it is that work. Then an equal text, then a reprint (`index.reprints`), unless titles,
    文号 or dates say that there are two.
    """
    if speaks_of_another(reading.title):
        number = index_number = None  # the numbers on the page of an explanation are those of what it explains
    else:
        number, index_number = reading.doc_number, reading.index_number
    named = identity.work_id(reading.issuer, number, index_number, reading.url)
    return (
        (_numbered(archive, named, number, reading.issuer) if number else None)
        or _with_text(archive, reading, text_digest)
        or _reprinted(archive, reading)
        or named
    )


def _numbered(archive: Archive, named: str, number: str, issuer: str | None) -> str | None:
    if archive.documents.work(named):
        return named
    key = number_key(number, issuer)
    works = archive.kinship.named(key) if key else []
    return works[0] if len(works) == 1 else None


def _with_text(archive: Archive, reading: Reading, text_digest: str) -> str | None:
    if not reading.text.strip():
        return None
    long = len(reading.text) >= _LONG_ENOUGH
    for known in archive.documents.with_text(text_digest):
        titles = titles_allow(known.reading, reading)
        if titles == "same" or (long and titles == "unsure"):
            return known.work
    return None


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
