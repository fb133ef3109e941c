"""The hash tree of RFC 9162 (Certificate Transparency), sections 2.1.1 and 2.1.3: one root vouches for a whole log.

Leaves and nodes are hashed apart (0x00 and 0x01 in front), so that no node passes for a leaf.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

WIDTH = 32
"""Bytes of a hash."""


def leaf(record: bytes) -> bytes:
    """The hash of one record."""
    return sha256(b"\x00" + record).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash above two others."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that adding a leaf needs: how many there are, and the roots of the full subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def add(self, hashed: bytes) -> Frontier:
        """The frontier with one more leaf."""
        peaks, filled = [*self.peaks, hashed], self.size + 1
        while filled % 2 == 0:
            right = peaks.pop()
            peaks.append(node(peaks.pop(), right))
            filled //= 2
        return Frontier(self.size + 1, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root of all leaves; of none, the hash of nothing."""
        if not self.peaks:
            return sha256(b"").digest()
        top = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            top = node(peak, top)
        return top


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The hashes that lead from the leaf at `place` (from 0) to the root of `leaves`, lowest first.

    Raises IndexError where there is no such leaf. Takes time in the number of leaves.
    """
    if not 0 <= place < len(leaves):
        raise IndexError(f"no leaf {place} in a log of {len(leaves)}")
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if place < split:
        return [*path(leaves[:split], place), root(leaves[split:])]
    return [*path(leaves[split:], place - split), root(leaves[:split])]


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of leaves."""
    frontier = Frontier()
    for hashed in leaves:
        frontier = frontier.add(hashed)
    return frontier.root


def root_from(hashed: bytes, place: int, size: int, way: Sequence[bytes]) -> bytes | None:
    """The root that a leaf at `place` of `size` and its path lead to; None where the path has not the right length."""
    index, last = place, size - 1
    for step in way:
        if last == 0:
            return None
        if index % 2 or index == last:
            hashed = node(step, hashed)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            hashed = node(hashed, step)
        index, last = index // 2, last // 2
    return hashed if last == 0 else None
