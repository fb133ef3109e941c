"""Tagging: a new document end to end, one seen before, cost by length, and the encoder beside plain use of its library.

`python -m benchmarks.tagging [--documents 20]`. Texts are put together from our own sentences, each document from
others, so that no clause was seen before. Wall time on a shared machine says what others left of it; processor time of
this process on one thread is what an idle core would take, and stands beside it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from classify.examples import own
from classify.features import clauses
from classify.head import load_head
from classify.triggers import Tagger
from config.declarations import load
from index.embedding import SentenceEncoder, open_encoder

_SIZE = 3_000
_LENGTHS = (5_000, 10_000, 20_000, 40_000, 80_000)


def text(size: int, seed: int) -> str:
    """A document of `size` characters of Chinese sentences, numbered so that none is like another document's."""
    chance = random.Random(seed)
    material = [e.text for e in own() if e.text > "\u2e80"]
    made: list[str] = []
    while sum(map(len, made)) < size:
        made.append(f"第{chance.randrange(10_000)}条　{chance.choice(material)}")
    return "\n".join(made)[:size]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor seconds."""
    wall, spent = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - spent


def told(name: str, times: Sequence[tuple[float, float]]) -> None:
    """One row of a table: median and 95th percentile of wall and processor seconds."""
    columns = [sorted(column) for column in zip(*times, strict=True)]
    cells = [f"{median(c):.3f} | {c[min(int(len(c) * 0.95), len(c) - 1)]:.3f}" for c in columns]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def plain(folder: Path, dtype: str) -> Any:  # noqa: ANN401  # untyped library
    """The model as sentence-transformers loads it, in one dtype."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return model.to(getattr(torch, dtype))


def compare(encoder: SentenceEncoder, folder: Path, repeats: int) -> None:
    """Clauses of four documents through our encoder and through the library alone, in turn."""
    texts = [p.text for n in range(4) for p in clauses("", text(_SIZE, 9_000 + n))]
    ways: dict[str, Callable[[], object]] = {"ours": partial(encoder.encode_passages, sorted(texts, key=len))}
    for dtype in ("bfloat16", "float32"):
        ways[f"library, {dtype}"] = partial(plain(folder, dtype).encode_document, texts, show_progress_bar=False)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(repeats + 1):
        for name, way in ways.items():
            times[name].append(timed(way))
    for name, each in times.items():
        told(f"{len(texts)} clauses: {name}", each[1:])


def main() -> None:
    """Print the table of benchmarks/README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    with TemporaryDirectory() as place:
        encoder = open_encoder(Path(place))
        tagger = Tagger(load_head(), encoder, list(load().triggers.values()))
        for warm in range(3):
            tagger.tag("", text(_SIZE, 5_000 + warm))
        print("| what | wall median | p95 | processor median | p95 |\n| --- | --- | --- | --- | --- |")
        texts = [text(_SIZE, n) for n in range(given.documents)]
        told("new text of 3,000 characters", [timed(partial(tagger.tag, "通知", t)) for t in texts])
        told("the same again", [timed(partial(tagger.tag, "通知", t)) for t in texts])
        for size in _LENGTHS:
            told(f"new text of {size:,} characters", [timed(partial(tagger.tag, "", text(size, size)))])
        compare(encoder, Path(place) / "e5-small", given.repeats)


if __name__ == "__main__":
    main()
