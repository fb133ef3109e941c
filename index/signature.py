"""Near-duplicate signatures, to join reprints of one text that carry no 文号."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.numerals import fold

_SHINGLE = 6  # characters; Chinese words are two, so about a phrase
_HASHES = 128  # standard error of the estimate at most 0.044
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SEEDS = np.random.default_rng(20261122).integers(1, 2**63, size=(2, _HASHES), dtype=np.uint64)


def signature(text: str) -> bytes:
    """MinHash of the character shingles of a text, 512 bytes; white space and spelling of numerals do not matter."""
    shingles = _shingles(fold(text))
    lows = np.empty(_HASHES, dtype=np.uint32)
    for i in range(_HASHES):
        mixed = (shingles ^ _SEEDS[0, i]) * (_SEEDS[1, i] | np.uint64(1))
        lows[i] = np.uint32((mixed >> np.uint64(32)).min())
    return lows.tobytes()


def _shingles(text: str) -> NDArray[np.uint64]:
    codes = np.frombuffer(text.ljust(_SHINGLE).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - _SHINGLE + 1
    hashed = np.zeros(count, dtype=np.uint64)
    for i in range(_SHINGLE):
        hashed = (hashed ^ codes[i : i + count]) * _PRIME
        hashed ^= hashed >> np.uint64(29)
    return np.unique(hashed)


def similarity(a: bytes, b: bytes) -> float:
    """Estimated share of shingles two signed texts have in common (Jaccard), 0 to 1."""
    return float(np.mean(np.frombuffer(a, dtype=np.uint32) == np.frombuffer(b, dtype=np.uint32)))
