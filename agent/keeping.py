"""Backups, restoring, and giving up old bytes: what keeps a home over the years."""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from agent.version import VERSION
from index.archive.archive import Archive

_MANIFEST = "backup.json"
_ALSO = ("out", "model/head")
"""Folders of a home that nothing else could make again."""


class BackupProblem(Exception):
    """A backup cannot be written, read or laid down. Says what to do."""


def backup(archive: Archive, target: Path, now: datetime) -> int:
    """Write the whole home as one tar file while the agent runs on; how many blobs it holds.

    The database is copied as of one moment and the blobs it names after it: bytes are on the disk before a row names
    them. The file appears under its name when it is whole. Raises BackupProblem where it cannot be written.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, tarfile.open(beside, "w") as tar:
            copy = archive.copy(Path(folder) / "archive.db")
            with Archive(copy.parent) as still:
                count = _fill(tar, still, archive, now)
            tar.add(copy, "archive.db")
            for name in _ALSO:
                if (place := archive.home / name).exists():
                    tar.add(place, name)
        beside.replace(target)
    except OSError as error:
        raise BackupProblem(f"{target}: {error}. Is the folder there and writable, and is there room?") from error
    finally:
        beside.unlink(missing_ok=True)
    return count


def _fill(tar: tarfile.TarFile, still: Archive, archive: Archive, now: datetime) -> int:
    frontier = still.log.frontier()
    head = {"version": VERSION, "made_at": now.isoformat(), "log_size": frontier.size, "log_root": frontier.root.hex()}
    _add(tar, _MANIFEST, json.dumps(head, indent=1).encode(), now)
    count = 0
    for digest in still.integrity.snapshots():
        packed = archive.blobs.packed(digest)
        if packed is not None:  # what is missing is named by `verify`, and no reason to have no backup
            _add(tar, f"blobs/{digest[:2]}/{digest[2:]}.gz", packed, now)
            count += 1
    return count


def _add(tar: tarfile.TarFile, name: str, content: bytes, now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(content), int(now.timestamp())
    tar.addfile(entry, BytesIO(content))


def restore(source: Path, home: Path) -> dict[str, str]:
    """Lay a backup down as a new home and return what it says of itself: version, made_at, log_size, log_root.

    Only plain tar is read, as `backup` writes it: a compressed file could grow without end. Raises BackupProblem where
    `home` already holds an archive or the file is no whole backup; nothing is then changed.
    """
    if (home / "archive.db").exists():
        raise BackupProblem(f"{home}: holds an archive already; name a new --home, or move it away")
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=home.parent) as folder, tarfile.open(source, "r:") as tar:
            tar.extractall(folder, filter="data")
            said: dict[str, str] = json.loads((Path(folder) / _MANIFEST).read_text(encoding="utf-8"))
            if not (Path(folder) / "archive.db").exists():
                raise BackupProblem(f"{source}: holds no archive.db; it is not a whole backup")
            shutil.copytree(folder, home, dirs_exist_ok=True, copy_function=shutil.move)
    except (OSError, tarfile.TarError, ValueError) as error:
        raise BackupProblem(f"{source}: {error}; it is no whole backup made by `vedette backup`") from error
    return said


def release(archive: Archive, keep: timedelta, now: datetime) -> int:
    """Give up bytes older than `keep` that no newest version, file or alert rests on; how many.

    Noted in the archive first: a crash in between leaves bytes too many, never a hash without its reason.
    """
    digests = archive.retention.stale(now - keep)
    for batch in _batches(digests):
        with archive.transaction():
            archive.retention.release(batch, now)
        for digest in batch:
            archive.blobs.forget(digest)
    return len(digests)


def _batches(digests: list[str], size: int = 500) -> Iterator[list[str]]:
    yield from (digests[at : at + size] for at in range(0, len(digests), size))
