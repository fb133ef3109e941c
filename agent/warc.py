"""Bytes as received as WARC 1.1 (ISO 28500), which archives, courts and tools of the trade read.

Bodies are kept after transfer decoding, so the headers that tell of an encoding are left out and the length is that of
the body. The same bytes received again are `revisit` records. The same archive gives the same file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any
from uuid import NAMESPACE_URL, uuid5

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from index.archive.archive import Archive

_UNDONE = {"content-encoding", "transfer-encoding", "content-length"}
_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def write_warc(archive: Archive, digests: Iterable[str], stream: IO[bytes]) -> int:
    """Write every receipt of some bytes, gzipped record by record, and return how many records there are.

    Raises CorruptBlob where bytes cannot be vouched for.
    """
    writer = WARCWriter(stream, gzip=True, warc_version="1.1")
    count = 0
    for digest in digests:
        for record in _records(writer, archive, digest):
            writer.write_record(record)
            count += 1
    return count


def _records(writer: WARCWriter, archive: Archive, digest: str) -> Iterator[ArcWarcRecord]:
    first: Mapping[str, Any] | None = None
    for row in archive.pages.received(digest):
        said = _said(row) | {"WARC-Payload-Digest": f"sha256:{digest}"}
        if first is None:
            first, body = row, archive.pages.body(digest)
            yield writer.create_warc_record(
                row["final_url"], "response", BytesIO(body), len(body), "", said, "", _headers(row, len(body))
            )
        else:
            again = {"WARC-Profile": _SAME, "WARC-Refers-To-Target-URI": first["final_url"]}
            again["WARC-Refers-To-Date"] = first["fetched_at"]
            yield writer.create_warc_record(
                row["final_url"], "revisit", warc_headers_dict=said | again, http_headers=_headers(row, 0)
            )


def _said(row: Mapping[str, Any]) -> dict[str, str]:
    name = uuid5(NAMESPACE_URL, f"{row['final_url']} {row['fetched_at']} {row['sha256']}")
    return {"WARC-Date": row["fetched_at"], "WARC-Record-ID": f"<urn:uuid:{name}>"}


def _headers(row: Mapping[str, Any], length: int) -> StatusAndHeaders:
    received = [(name, value) for name, value in json.loads(row["headers"]).items() if name not in _UNDONE]
    reason = HTTPStatus(row["status"]).phrase if row["status"] in HTTPStatus._value2member_map_ else ""
    return StatusAndHeaders(f"{row['status']} {reason}", [*received, ("content-length", str(length))], "HTTP/1.1")
