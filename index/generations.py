"""Files that are whole or not there: a folder of numbered generations and one manifest that names the valid one.

A generation is written under a name of its own and never changed; then the manifest, with size and checksum of each
file, is replaced in one step. A reader therefore sees the old state or the new one, and notices a file that was
harmed. One writer at a time: `writing` waits for another process' turn.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MANIFEST, _LOCK = "manifest.json", "lock"
_FORMAT = 1
_AT_ONCE = 1 << 24


class Damaged(Exception):
    """What was written cannot be read, or is not what was written. Says what is wrong."""


def valid(folder: Path) -> Path | None:
    """The folder of the valid generation, all its files checked; None where nothing was ever written.

    Raises Damaged.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        place = folder / str(manifest["generation"])
        found = {name: _measured(place / name) for name in manifest["files"]}
        right = manifest["format"] == _FORMAT and found == {n: tuple(m) for n, m in manifest["files"].items()}
    except FileNotFoundError as error:
        if error.filename == str(folder / _MANIFEST):
            return None
        raise Damaged(f"{error.filename} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"{folder / _MANIFEST}: {error}") from error
    if not right:
        raise Damaged(f"{place}: files are not as they were written")
    return place


def named(folder: Path) -> Path | None:
    """The folder of the generation that the manifest names, unchecked; None where none can be read."""
    try:
        return folder / str(json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["generation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Let `fill` write the files of a new generation and make it the valid one; older ones are deleted.

    Call inside `writing`. A process that still has an older one open keeps it. Raises OSError where the disk is full;
    then the older generation stays valid.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="generation-", dir=folder))
    try:
        fill(place)
        files = {path.name: _measured(path) for path in sorted(place.iterdir())}
        text = json.dumps({"format": _FORMAT, "generation": place.name, "files": files}, indent=1)
        (place / _MANIFEST).write_text(text, encoding="utf-8")
        (place / _MANIFEST).replace(folder / _MANIFEST)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    _sweep(folder, place)
    return place


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Be the only writer of a folder; waits for its turn."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _measured(path: Path) -> tuple[int, int]:
    """Size and CRC-32 of a file."""
    size = crc = 0
    with path.open("rb") as file:
        while part := file.read(_AT_ONCE):
            size, crc = size + len(part), zlib.crc32(part, crc)
    return size, crc


def _sweep(folder: Path, stays: Path) -> None:
    for path in folder.iterdir():
        if path.name in {_MANIFEST, _LOCK, stays.name}:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
