"""Records to rows and back: the one place that knows how a value is spelled in a column."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from index.records import (
    Alert,
    Attachment,
    AttachmentChange,
    Change,
    ClauseChange,
    Delivery,
    Diff,
    Fact,
    FetchState,
    FieldChange,
    Problem,
    Quote,
    Reading,
    Run,
    Tag,
    Version,
)

Row = Mapping[str, Any]
DATES = ("published", "written", "effective", "expires", "comments_close")


def stamp(moment: datetime) -> str:
    """An aware time as ISO 8601 UTC text with microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The aware UTC time that `stamp` wrote."""
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    """As `moment`, for a column that may be null."""
    return None if text is None else datetime.fromisoformat(text)


def pack(text: str) -> bytes:
    """A text as a zlib blob."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack(blob: bytes) -> str:
    """The text that `pack` packed."""
    return zlib.decompress(blob).decode("utf-8", "surrogatepass")


def dump(value: object) -> str:
    """JSON text, Chinese kept readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def version_row(version: Version, digest: str, text_digest: str) -> dict[str, Any]:
    """A version as its row of `versions`."""
    reading = version.reading
    row: dict[str, Any] = {
        "id": version.id,
        "document": version.document,
        "work": version.work,
        "source": version.source,
        "number": version.number,
        "previous": version.previous,
        "page_sha256": version.page_sha256,
        "first_seen": stamp(version.first_seen),
        "extractor": version.extractor,
        "digest": digest,
        "text_digest": text_digest,
        "url": reading.url,
        "title": reading.title,
        "text": pack(reading.text),
        "lang": reading.lang,
        "issuer": reading.issuer,
        "doc_number": reading.doc_number,
        "index_number": reading.index_number,
        "attachments": dump([asdict(x) for x in reading.attachments]),
    }
    return row | {name: getattr(reading, name) and getattr(reading, name).isoformat() for name in DATES}


def whole(db: Database) -> AbstractContextManager[Any]:
    """All statements inside, or none; inside a transaction, that one says so."""
    return nullcontext() if db.conn.in_transaction else db.atomic()


def insert(db: Database, table: str, row: Row) -> bool:
    """Insert a row, or leave the one that is there; whether it was new.

    For fixed columns, where sqlite-utils' look at types costs most.
    """
    return db.execute(_insert(table, tuple(row)), list(row.values())).rowcount == 1


def insert_numbered(db: Database, table: str, row: Row) -> int:
    """Insert a row of a table that numbers its rows by `id`, and return its number. Call inside a transaction."""
    names = ", ".join(f'"{name}"' for name in row)
    sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))}) RETURNING id"
    return int(db.execute(sql, list(row.values())).fetchone()[0])


@lru_cache(maxsize=64)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def version(row: Row) -> Version:
    """A row of `versions` as a version."""
    reading = Reading(
        url=row["url"],
        title=row["title"],
        text=unpack(row["text"]),
        lang=row["lang"],
        issuer=row["issuer"],
        doc_number=row["doc_number"],
        index_number=row["index_number"],
        attachments=tuple(Attachment(**x) for x in json.loads(row["attachments"])),
        published=_date(row["published"]),
        written=_date(row["written"]),
        effective=_date(row["effective"]),
        expires=_date(row["expires"]),
        comments_close=_date(row["comments_close"]),
    )
    return Version(
        id=row["id"],
        document=row["document"],
        work=row["work"],
        source=row["source"],
        number=row["number"],
        reading=reading,
        page_sha256=row["page_sha256"],
        first_seen=moment(row["first_seen"]),
        extractor=row["extractor"],
        previous=row["previous"],
    )


def change_row(change: Change) -> dict[str, Any]:
    """A change as its row of `changes`."""
    return {
        "id": change.id,
        "kind": change.kind,
        "cause": change.cause,
        "document": change.document,
        "work": change.work,
        "source": change.source,
        "at": stamp(change.at),
        "before": change.before,
        "after": change.after,
        "baseline": int(change.baseline),
        "silent": int(change.silent),
        "repost": int(change.repost),
        "diff": dump(asdict(change.diff)),
    }


def change(row: Row) -> Change:
    """A row of `changes` as a change."""
    spelled = json.loads(row["diff"])
    diff = Diff(
        clauses=tuple(ClauseChange(**x) for x in spelled["clauses"]),
        fields=tuple(FieldChange(**x) for x in spelled["fields"]),
        attachments=tuple(AttachmentChange(**x) for x in spelled["attachments"]),
        chars_changed=spelled["chars_changed"],
    )
    return Change(
        id=row["id"],
        kind=row["kind"],
        cause=row["cause"],
        document=row["document"],
        work=row["work"],
        source=row["source"],
        at=moment(row["at"]),
        before=row["before"],
        after=row["after"],
        baseline=bool(row["baseline"]),
        silent=bool(row["silent"]),
        repost=bool(row["repost"]),
        diff=diff,
    )


def tag_row(tag: Tag) -> dict[str, Any]:
    """A tag as its row of `tags`."""
    return asdict(tag) | {"fires": int(tag.fires), "evidence": dump([asdict(x) for x in tag.evidence])}


def tag(row: Row) -> Tag:
    """A row of `tags` as a tag."""
    return Tag(
        **{
            name: row[name] for name in ("change", "trigger", "trigger_version", "model", "score", "direction", "scope")
        },
        fires=bool(row["fires"]),
        evidence=tuple(Quote(**x) for x in json.loads(row["evidence"])),
    )


def fact(row: Row) -> Fact:
    """A row of `facts` as a fact."""
    return Fact(kind=row["kind"], values=json.loads(row["values"]), start=row["start"], end=row["end"])


def alert(row: Row) -> Alert:
    """A row of `alerts` as an alert."""
    names = ("seq", "id", "key", "change", "trigger")
    return Alert(**{name: row[name] for name in names}, at=moment(row["at"]), event=json.loads(row["event"]))


def fetch_state(row: Row) -> FetchState:
    """A row of `fetches`."""
    times = {name: maybe_moment(row[name]) for name in ("missing_since", "read_at")}
    return FetchState(**{**row, **times, "checked_at": moment(row["checked_at"])})


def problem(row: Row) -> Problem:
    """A row of `problems`."""
    return Problem(
        **{name: row[name] for name in ("source", "kind", "url", "message")},
        opened_at=moment(row["opened_at"]),
        closed_at=maybe_moment(row["closed_at"]),
    )


def run(row: Row) -> Run:
    """A row of `runs`."""
    counts = ("source", "requests", "bytes", "listed", "new", "amended", "unchanged", "problems")
    start, end = moment(row["started_at"]), maybe_moment(row["ended_at"])
    return Run(**{name: row[name] for name in counts}, started_at=start, ended_at=end)


def delivery(row: Row) -> Delivery:
    """A row of `deliveries`."""
    names = ("key", "subscription", "issue", "channel", "receiver", "status", "attempts", "last_error")
    return Delivery(**{name: row[name] for name in names}, next_at=maybe_moment(row["next_at"]))
