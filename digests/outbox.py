"""The feed as a file: every event of the archive's feed appended once to `alerts.jsonl`, in feed order.

The archive is the truth and the file its copy: kill the process between any two bytes, and the next run makes the copy
whole. Nothing that was written is ever rewritten, but a last line cut short.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO

from digests.lock import held
from index.archive.archive import Archive, ArchiveProblem

_BATCH = 500
_TAIL = 1 << 16


class FeedFileProblem(ArchiveProblem):
    """`alerts.jsonl` holds something that is not our feed, or cannot be written. Says what to do."""


def write_feed(archive: Archive, path: Path) -> int:
    """Append the events that `path` lacks and return how many; running it again appends nothing.

    Each line is one event as compact UTF-8 JSON, on the disk when this returns. Raises FeedFileProblem where the file's
    last line is no event of this archive or the disk refuses.
    """
    try:
        with held(path.with_name(f".{path.name}.lock"), wait=True), path.open("a+b") as file:
            return _append(archive, file, _last_seq(archive, file, path))
    except OSError as error:
        raise FeedFileProblem(
            f"{path}: {error.strerror or error}. Make room or set permissions; the next run appends what is missing"
        ) from error


def _append(archive: Archive, file: BinaryIO, seq: int) -> int:
    written = 0
    while alerts := archive.feed.after(seq, _BATCH):
        file.write(b"".join(_line(alert.event) for alert in alerts))
        written += len(alerts)
        seq = alerts[-1].seq
    if written:
        file.flush()
        os.fsync(file.fileno())
    return written


def _line(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _last_seq(archive: Archive, file: BinaryIO, path: Path) -> int:
    """The place of the last whole line; a line cut short is cut off first."""
    last = _last_line(file)
    if last is None:
        return 0
    try:
        event = json.loads(last)
        seq, identity = int(event["sequence"]), event["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise FeedFileProblem(
            f"{path}: the last line is no event ({error}); move the file away and run again"
        ) from error
    known = archive.feed.alert(identity)
    if known is None or known.seq != seq:
        raise FeedFileProblem(
            f"{path}: ends with event {identity} of another archive; move the file away and run again"
        )
    return seq


def _last_line(file: BinaryIO) -> bytes | None:
    """The last whole line; what follows the last line break is truncated."""
    end = file.seek(0, os.SEEK_END)
    tail, start = b"", end
    while start and tail.count(b"\n") < 2:
        start = max(0, start - _TAIL)
        file.seek(start)
        tail = file.read(end - start)
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        file.truncate(start + len(whole))
    file.seek(0, os.SEEK_END)
    return whole.splitlines()[-1] if whole else None
