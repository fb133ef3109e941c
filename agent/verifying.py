"""Whether a home still holds what was written: archive, log, bytes, vectors, and the feed as a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from index.archive.archive import Archive
from index.archive.integrity import Fault
from index.archive.log import Head
from index.blobs import CorruptBlob

Progress = Callable[[str], None]
_BATCH = 500


def verify(
    archive: Archive, feed: Path, told: tuple[Head, ...] = (), progress: Progress | None = None
) -> Iterator[Fault]:
    """Every fault found, part by part; `progress` hears the name of each part before it begins.

    `told`: roots of the log that somebody kept outside, such as from a mail. Reads everything, of one moment, and
    writes nothing; the agent may run meanwhile.
    """
    length = feed.stat().st_size if feed.exists() else 0  # before the moment: the file follows the feed
    held = archive.integrity
    parts: tuple[tuple[str, Callable[[], Iterator[Fault]]], ...] = (
        ("database file", held.file),
        ("log", lambda: held.log(told)),
        ("rows against the log", held.rows),
        ("references", held.references),
        ("vectors", held.vectors),
        ("bytes as received", lambda: _bytes(archive)),
        ("feed file", lambda: _feed(archive, feed, length)),
    )
    with archive.moment():
        for name, faults in parts:
            if progress:
                progress(name)
            yield from faults()


def _bytes(archive: Archive) -> Iterator[Fault]:
    for digest in archive.integrity.snapshots():
        try:
            archive.blobs.get(digest)
        except CorruptBlob as error:
            yield Fault(f"blobs {digest}", str(error))


def _feed(archive: Archive, path: Path, length: int) -> Iterator[Fault]:
    """`alerts.jsonl` against the feed: each whole line is the event of its place, none is skipped."""
    for number, (line, event) in enumerate(zip_longest(_lines(path, length), _events(archive)), 1):
        if line is None:
            return  # not written yet
        if event is None or _read(line) != event:
            yield Fault(f"{path}:{number}", "is not the event of this place in the feed; move the file away to have"
                        " it written again")  # fmt: skip
            return


def _lines(path: Path, length: int) -> Iterator[bytes]:
    """The whole lines among the first bytes; one cut short by a crash is mended by the next write."""
    if length:
        with path.open("rb") as lines:
            for line in lines:
                length -= len(line)
                if length >= 0 and line.endswith(b"\n"):
                    yield line


def _events(archive: Archive) -> Iterator[object]:
    seq = 0
    while alerts := archive.feed.after(seq, _BATCH):
        yield from (alert.event for alert in alerts)
        seq = alerts[-1].seq


def _read(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None
