"""Pairing the members of two sequences by their keys or by scores, without crossings."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rapidfuzz.distance import LCSseq

Pair = tuple[int, int]
_Chain = tuple[Pair, Any] | None

_LCS_CELLS = 50_000_000  # pairs; beyond, unique keys anchor the alignment (patience)


def common(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Pair equal keys in order: the ends first, the middle by LCS, or by unique keys where that would be too large."""
    limit = min(len(old), len(new))
    head = next((i for i in range(limit) if old[i] != new[i]), limit)
    tail = next((i for i in range(limit - head) if old[-1 - i] != new[-1 - i]), limit - head)
    yield from ((i, i) for i in range(head))
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    middle = _longest(left, right) if len(left) * len(right) <= _LCS_CELLS else _patience(left, right)
    yield from ((head + i, head + j) for i, j in middle)
    yield from ((len(old) - tail + i, len(new) - tail + i) for i in range(tail))


def _longest(left: Sequence[str], right: Sequence[str]) -> Iterator[Pair]:
    if left and right:
        for op in LCSseq.opcodes(left, right):
            if op.tag == "equal":
                yield from zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end), strict=True)


def _patience(left: Sequence[str], right: Sequence[str]) -> Iterator[Pair]:
    """Pair keys that are unique on both sides, in order, and what equals around them."""
    counts, others = Counter(left), Counter(right)
    place = {key: j for j, key in enumerate(right)}
    unique = [(i, place[k]) for i, k in enumerate(left) if counts[k] == 1 and others[k] == 1]
    i = j = 0
    for a, b in [*rising(unique), (len(left), len(right))]:
        while i < a and j < b and left[i] == right[j]:
            yield i, j
            i, j = i + 1, j + 1
        back = 0
        while a - back > i and b - back > j and left[a - back - 1] == right[b - back - 1]:
            back += 1
        yield from ((a - back + k, b - back + k) for k in range(back))
        if a < len(left):
            yield a, b
        i, j = a + 1, b + 1


def rising(pairs: list[Pair]) -> list[Pair]:
    """Choose the longest run of pairs, given by rising first index, whose second index rises too."""
    tops: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(tops, j)
        previous.append(ends[at - 1] if at else -1)
        tops[at : at + 1] = [j]
        ends[at : at + 1] = [n]
    chosen, n = [], ends[-1] if ends else -1
    while n >= 0:
        chosen.append(pairs[n])
        n = previous[n]
    return chosen[::-1]


def heaviest(scored: dict[Pair, float]) -> list[Pair]:
    """Choose pairs that cross nowhere with the largest sum of scores."""
    tops: dict[int, tuple[float, _Chain]] = {}  # by last index on the right: the best chain that ends there
    for i, row in groupby(sorted(scored), key=lambda pair: pair[0]):
        grown = {}
        for _, j in row:
            total, chain = max((top for b, top in tops.items() if b < j), key=lambda top: top[0], default=(0.0, None))
            grown[j] = (total + scored[i, j], ((i, j), chain))
        for j, top in grown.items():
            tops[j] = max(tops.get(j, (0.0, None)), top, key=lambda top: top[0])
    chain = max(tops.values(), key=lambda top: top[0], default=(0.0, None))[1]
    chosen = []
    while chain:
        chosen.append(chain[0])
        chain = chain[1]
    return chosen[::-1]


def best(scored: dict[Pair, float]) -> list[Pair]:
    """Choose pairs greedily by score, each index once, then the longest run that crosses nowhere."""
    lefts: set[int] = set()
    rights: set[int] = set()
    chosen = []
    for i, j in sorted(scored, key=lambda pair: (-scored[pair], pair)):
        if i not in lefts and j not in rights:
            lefts.add(i)
            rights.add(j)
            chosen.append((i, j))
    return rising(sorted(chosen))
