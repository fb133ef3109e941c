"""Bytes as received, kept under their own sha256, compressed, never rewritten.

gzip rather than something denser: any machine can read it in twenty years with no library of ours.
"""

from __future__ import annotations

import gzip
import os
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Protocol


class CorruptBlob(Exception):
    """A stored blob is missing, unreadable or no longer has the sha256 that names it."""


class Blobs(Protocol):
    """Bytes under their hex sha256, never rewritten."""

    def put(self, content: bytes) -> str:
        """Store bytes once and return their hex sha256. Raises OSError where there is no room."""

    def get(self, digest: str) -> bytes:
        """The bytes of a hex sha256. Raises CorruptBlob where they cannot be vouched for."""

    def packed(self, digest: str) -> bytes | None:
        """The bytes gzipped, as they lie; None where they are not there."""

    def forget(self, digest: str) -> None:
        """Remove bytes for good; unknown ones are ignored."""

    def where(self, digest: str) -> str:
        """Where a person finds the bytes."""


class FileBlobs:
    """Content-addressed files below one folder: `ab/cdef….gz`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the blob named by a hex sha256 lies, whether it exists or not."""
        return self.folder / digest[:2] / f"{digest[2:]}.gz"

    def put(self, content: bytes) -> str:
        """Store bytes once and return their hex sha256.

        Written beside its place and renamed, so a crash leaves no half blob.

        Raises OSError where the disk is full; nothing already stored is touched.
        """
        digest = sha256(content).hexdigest()
        place = f"{self.folder}/{digest[:2]}/{digest[2:]}.gz"
        if os.path.exists(place):
            return digest
        beside = f"{place}.{os.getpid()}"
        try:
            _write(beside, gzip.compress(content, compresslevel=5, mtime=0))
            os.replace(beside, place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes named by a hex sha256. Raises CorruptBlob where they cannot be vouched for."""
        place = self.path(digest)
        try:
            content = gzip.decompress(place.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise CorruptBlob(f"{place}: {error}; restore it from a backup, or fetch the page again") from error
        if sha256(content).hexdigest() != digest:
            raise CorruptBlob(f"{place}: content no longer has the sha256 of its name; restore it from a backup")
        return content

    def packed(self, digest: str) -> bytes | None:
        """As `Blobs.packed`."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, digest: str) -> None:
        """As `Blobs.forget`."""
        self.path(digest).unlink(missing_ok=True)

    def where(self, digest: str) -> str:
        """The path of the file."""
        return str(self.path(digest))


def _write(path: str, content: bytes) -> None:
    """Write a file, making its folder where it is the first."""
    try:
        Path(path).write_bytes(content)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
