"""The pages of the archive as WARC 1.1, the format of web archives (ISO 28500).

Each page as received is a response, with the request as far as it is known (method and address) and a metadata record
that names source and document. Bytes are stored as they were after transfer decoding: headers that spoke of the coding
or its length are kept as `X-Archive-Orig-…`. The same bytes again, and a 304, are revisit records. Ids and dates
come from the archive, so that the same archive gives the same file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from warcio.recordbuilder import RecordBuilder
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from agent.version import VERSION
from index.archive.archive import Archive
from index.archive.exports import Chosen
from index.blobs import CorruptBlob
from index.identity import document_id

_SPACE = UUID("6b1f5f0e-6f0c-4c8e-9a57-0d6f0f1f6b3a")
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SAME_BYTES = RecordBuilder.REVISIT_PROFILE_1_1
_CODED = {"content-encoding", "transfer-encoding", "content-length"}

Row = Mapping[str, Any]


@dataclass(slots=True)
class Written:
    """What was written: records by kind, and the addresses whose bytes could not be read."""

    responses: int = 0
    revisits: int = 0
    missing: list[str] = field(default_factory=list)


def as_warc(archive: Archive, path: Path, chosen: Chosen) -> Written:
    """Write a compressed WARC file. A page whose bytes are gone or damaged is passed over and named."""
    done = Written()
    beside = path.with_name(f".{path.name}.part")
    with beside.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
        _head(writer, path.name)
        for row in archive.exports.receipts(chosen):
            _receipt(archive, writer, row, chosen, done)
        for row in archive.exports.unchanged(chosen):
            known = _first(archive, row["sha256"], chosen)
            if known and known["url"] not in done.missing:
                writer.write_record(_not_modified(writer, row, known))
                done.revisits += 1
    beside.replace(path)
    return done


def _head(writer: WARCWriter, name: str) -> None:
    text = f"software: {VERSION}\r\nformat: WARC File Format 1.1\r\nisPartOf: {name}\r\n".encode()
    headers = {"WARC-Record-ID": _id("warcinfo", name), "WARC-Date": "1970-01-01T00:00:00Z", "WARC-Filename": name}
    writer.write_record(writer.create_warc_record("", "warcinfo", BytesIO(text), len(text), warc_headers_dict=headers))


def _receipt(archive: Archive, writer: WARCWriter, row: Row, chosen: Chosen, done: Written) -> None:
    first = _first(archive, row["sha256"], chosen)
    again = first is not None and first["id"] != row["id"]
    try:
        record = _again(writer, row, first) if first and again else _response(writer, row, _body(archive, row))
    except CorruptBlob:
        done.missing.append(row["url"])
        return
    for part in (record, _request(writer, row), _metadata(writer, row)):
        writer.write_record(part)
    done.responses += not again
    done.revisits += again


def _body(archive: Archive, row: Row) -> bytes:
    return archive.pages.body(row["sha256"])


def _first(archive: Archive, digest: str, chosen: Chosen) -> Row | None:
    """The receipt of these bytes that comes first among those chosen."""
    since = chosen.since.astimezone(UTC).isoformat() if chosen.since else ""
    rows = archive.pages.received(digest)
    fit = (row for row in rows if chosen.source in {None, row["source"]} and row["fetched_at"] >= since[:19])
    return next(fit, None)


def _response(writer: WARCWriter, row: Row, body: bytes) -> ArcWarcRecord:
    headers = _headers("response", row) | {"WARC-Payload-Digest": f"sha256:{row['sha256']}"}
    http = _http(row, len(body))
    return writer.create_warc_record(
        row["final_url"], "response", BytesIO(body), len(body), http_headers=http, warc_headers_dict=headers
    )


def _again(writer: WARCWriter, row: Row, known: Row) -> ArcWarcRecord:
    """The same bytes as before: no body, but where it stands."""
    headers = _headers("response", row) | _refers(_SAME_BYTES, known, row["sha256"])
    return writer.create_warc_record(
        row["final_url"], "revisit", http_headers=_http(row, row["size"]), warc_headers_dict=headers
    )


def _not_modified(writer: WARCWriter, row: Row, known: Row) -> ArcWarcRecord:
    kept = [("ETag", row["etag"]), ("Last-Modified", row["last_modified"])]
    http = StatusAndHeaders("304 Not Modified", [pair for pair in kept if pair[1]], protocol="HTTP/1.1")
    headers = {"WARC-Record-ID": _id("304", row["url"], row["checked_at"]), "WARC-Date": row["checked_at"]}
    headers |= _refers(_NOT_MODIFIED, known, row["sha256"])
    return writer.create_warc_record(row["url"], "revisit", http_headers=http, warc_headers_dict=headers)


def _refers(profile: str, known: Row, digest: str) -> dict[str, str]:
    return {
        "WARC-Profile": profile,
        "WARC-Refers-To": _id("response", known["id"]),
        "WARC-Refers-To-Target-URI": known["final_url"],
        "WARC-Refers-To-Date": known["fetched_at"],
        "WARC-Payload-Digest": f"sha256:{digest}",
    }


def _request(writer: WARCWriter, row: Row) -> ArcWarcRecord:
    parts = urlsplit(row["final_url"])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    http = StatusAndHeaders(f"GET {target} HTTP/1.1", [("Host", parts.netloc)], is_http_request=True)
    headers = _headers("request", row) | {"WARC-Concurrent-To": _id("response", row["id"])}
    return writer.create_warc_record(row["final_url"], "request", http_headers=http, warc_headers_dict=headers)


def _metadata(writer: WARCWriter, row: Row) -> ArcWarcRecord:
    about = {"source": row["source"], "document": document_id(row["url"]), "asked-for": row["url"]}
    text = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in about.items()).encode()
    headers = _headers("metadata", row) | {"WARC-Concurrent-To": _id("response", row["id"])}
    return writer.create_warc_record(row["final_url"], "metadata", BytesIO(text), len(text), warc_headers_dict=headers)


def _headers(kind: str, row: Row) -> dict[str, str]:
    return {"WARC-Record-ID": _id(kind, row["id"]), "WARC-Date": row["fetched_at"]}


def _id(*parts: object) -> str:
    return f"<urn:uuid:{uuid5(_SPACE, ' '.join(map(str, parts)))}>"


def _http(row: Row, length: int) -> StatusAndHeaders:
    return StatusAndHeaders(
        _status(row["status"]), [*_fields(row["headers"]), ("Content-Length", str(length))], protocol="HTTP/1.1"
    )


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return f"{code} Unknown"


def _fields(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        yield (f"X-Archive-Orig-{name}" if name.lower() in _CODED else name), _one_line(value)


def _one_line(value: str) -> str:
    return " ".join(value.split())
