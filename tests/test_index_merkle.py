"""The hash tree: known roots of RFC 9162's shape, and paths that lead to the root and nowhere else."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.merkle import Frontier, leaf, node, paths, root, root_from

LEAVES = [leaf(str(number).encode()) for number in range(40)]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word: split at the largest power of two below the size."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(40))
def test_the_root_is_that_of_the_standard(size: int) -> None:
    assert root(LEAVES[:size]) == by_definition(LEAVES[:size])


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf(LEAVES[0] + LEAVES[1]) != node(LEAVES[0], LEAVES[1])


@given(st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_a_path_leads_to_the_root(case: tuple[int, int]) -> None:
    size, place = case
    way = paths(LEAVES[:size], [place])[place]
    assert root_from(LEAVES[place], place, size, way) == root(LEAVES[:size])
    assert root_from(leaf(b"another"), place, size, way) != root(LEAVES[:size])
    assert root_from(LEAVES[place], place, size, [*way, b"\x00" * 32]) != root(LEAVES[:size])


def test_there_is_no_path_to_what_is_not_there() -> None:
    with pytest.raises(IndexError, match="no leaf 3 in a log of 3"):
        paths(LEAVES[:3], [0, 3])


def test_a_frontier_needs_only_its_peaks() -> None:
    frontier = Frontier()
    for hashed in LEAVES:
        frontier = frontier.add(hashed)
    assert len(frontier.peaks) == len(LEAVES).bit_count()
    assert frontier.root == by_definition(LEAVES)
