"""The log: every page, version, change and alert leaves one leaf, and nothing ever leaves the log.

A leaf is the hash of the row's record: its columns as canonical JSON, long texts as their sha256. A row altered,
removed or slipped in from outside no longer agrees with its leaf, and a log altered as well no longer agrees with the
roots that were told to others (`heads`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from sqlite_utils import Database

from index.archive import rows
from index.merkle import WIDTH, Frontier, leaf, paths

Kind = Literal["page", "version", "change", "alert", "release"]
ORDER: tuple[tuple[Kind, str], ...] = (
    ("page", "SELECT * FROM pages ORDER BY id"),
    ("version", "SELECT * FROM versions ORDER BY rowid"),
    ("change", "SELECT * FROM changes ORDER BY seq"),
    ("alert", "SELECT * FROM alerts ORDER BY seq"),
)
"""What is taken up from an archive older than the log, in this order."""
TABLES: Mapping[Kind, str] = {"page": "pages", "version": "versions", "change": "changes", "alert": "alerts"}
_LONG = ("text", "diff", "event")


class Head(NamedTuple):
    """The root of the first `size` leaves, in hex, and when it was told."""

    size: int
    root: str
    at: datetime


class Entry(NamedTuple):
    """One entry of the log as a proof needs it: `record` is the text that was hashed, `path` leads from it to the root.

    `long` holds the texts of which the record has only the sha256, by their column.
    """

    place: int
    record: str
    path: tuple[bytes, ...]
    long: Mapping[str, str]


def record(kind: Kind, row: Mapping[str, Any], before: bytes | None = None) -> bytes:
    """What is hashed of a row: its columns by name, long ones as `<name>_sha256`.

    `before` is the leaf of the version before, which a version's record holds as `previous_leaf`.
    """
    held = {name: value for name, value in row.items() if name not in _LONG}
    for name, text in long_texts(row).items():
        held[f"{name}_sha256"] = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if kind == "version":
        held["previous_leaf"] = before.hex() if before else None
    return json.dumps({"kind": kind} | held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def long_texts(row: Mapping[str, Any]) -> dict[str, str]:
    """The long columns of a row as texts."""
    found = {name: row[name] for name in _LONG if name in row}
    return {name: rows.unpack(held) if isinstance(held, bytes) else str(held) for name, held in found.items()}


class Log:
    """The shelf of leaves, in order of their places from 0."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def append(self, kind: Kind, subject: str, row: Mapping[str, Any]) -> None:
        """Log a row just written; call inside the transaction that wrote it."""
        before = self.leaf("version", row["previous"]) if kind == "version" and row["previous"] else None
        self._add([(kind, subject, leaf(record(kind, row, before)))])

    def _add(self, leaves: list[tuple[Kind, str, bytes]]) -> None:
        frontier = self.frontier()
        for kind, subject, hashed in leaves:
            sql = "INSERT INTO log (place, kind, subject, leaf) VALUES (?, ?, ?, ?)"
            self._db.execute(sql, [frontier.size, kind, subject, hashed])
            frontier = frontier.add(hashed)
        self._db.execute(
            "UPDATE log_state SET size = ?, peaks = ? WHERE id = 1", [frontier.size, b"".join(frontier.peaks)]
        )

    def frontier(self) -> Frontier:
        """Where the log stands."""
        size, held = self._db.execute("SELECT size, peaks FROM log_state WHERE id = 1").fetchone()
        peaks = bytes(held)
        return Frontier(size, tuple(peaks[at : at + WIDTH] for at in range(0, len(peaks), WIDTH)))

    def leaf(self, kind: Kind, subject: str) -> bytes | None:
        """The leaf of a row, or None where it was never logged."""
        found = self._db.execute("SELECT leaf FROM log WHERE subject = ? AND kind = ?", [subject, kind]).fetchone()
        return bytes(found[0]) if found else None

    def place(self, kind: Kind, subject: str) -> int | None:
        """Where a row's leaf stands."""
        found = self._db.execute("SELECT place FROM log WHERE subject = ? AND kind = ?", [subject, kind]).fetchone()
        return int(found[0]) if found else None

    def entries(self, wanted: Sequence[tuple[Kind, str]]) -> Iterator[Entry]:
        """The entries of some rows, in the order of the log; rows that were never logged are left out.

        Takes time in the size of the log.
        """
        placed = {place: one for one in dict.fromkeys(wanted) if (place := self.place(*one)) is not None}
        ways = paths(list(self.leaves()), placed) if placed else {}
        for place, (kind, name) in sorted(placed.items()):
            row = next(iter(self._db.query(f"SELECT * FROM {TABLES[kind]} WHERE id = ?", [name])))
            before = self.leaf("version", row["previous"]) if kind == "version" and row["previous"] else None
            spelled = record(kind, row, before).decode("utf-8", "surrogatepass")
            yield Entry(place, spelled, tuple(ways[place]), long_texts(row))

    def leaves(self) -> Iterator[bytes]:
        """All leaves in order."""
        return (bytes(row[0]) for row in self._db.execute("SELECT leaf FROM log ORDER BY place"))

    def tell(self, at: datetime) -> Head:
        """Note the present root as told, so that it can be checked later, and return it."""
        frontier = self.frontier()
        head = Head(frontier.size, frontier.root.hex(), at)
        rows.insert(self._db, "heads", {"size": head.size, "root": head.root, "at": rows.stamp(at)})
        return head

    def heads(self) -> list[Head]:
        """The roots told, smallest log first."""
        found = self._db.query("SELECT size, root, at FROM heads ORDER BY size")
        return [Head(row["size"], row["root"], rows.moment(row["at"])) for row in found]

    def adopt(self) -> int:
        """Log what an archive from before the log holds; how many rows. Call inside a transaction."""
        if self.frontier().size:
            return 0
        leaves: dict[str, bytes] = {}
        found: list[tuple[Kind, str, bytes]] = []
        for kind, sql in ORDER:
            for row in self._db.query(sql):
                hashed = leaf(record(kind, row, leaves.get(row.get("previous") or "")))
                if kind == "version":
                    leaves[row["id"]] = hashed
                found.append((kind, subject(kind, row), hashed))
        self._add(found)
        return len(found)


def subject(kind: Kind, row: Mapping[str, Any]) -> str:
    """What a row is called in the log: its id."""
    return str(row["sha256" if kind == "release" else "id"])
