"""The hash tree of RFC 9162 (Certificate Transparency), sections 2.1.1 and 2.1.3: one root vouches for a whole log.

Leaves and nodes are hashed apart (0x00 and 0x01 in front), so that no node passes for a leaf.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def paths(leaves: Sequence[bytes], places: Collection[int]) -> dict[int, list[bytes]]:
    """For some leaves (`places`, from 0) the hashes that lead from each to the root of `leaves`, lowest first.

    Raises IndexError where there is no such leaf. Takes time in the number of leaves, whatever the number of places.
    """
    if wrong := [place for place in places if not 0 <= place < len(leaves)]:
        raise IndexError(f"no leaf {wrong[0]} in a log of {len(leaves)}")
    ways: dict[int, list[bytes]] = {place: [] for place in places}
    level, height = list(leaves), 0
    while len(level) > 1:
        for place, way in ways.items():
            beside = place >> height ^ 1
            if beside < len(level):
                way.append(level[beside])
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [node(left, right) for left, right in pairs] + (level[-1:] if len(level) % 2 else [])
        height += 1
    return ways


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
