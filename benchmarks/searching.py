"""How fast search answers, how near it is to an exact one, what it holds: `python -m benchmarks.searching FOLDER`.

`--documents 1620 16200 162000` gives about 10,000, 100,000 and 1,000,000 passages (`benchmarks.generate`). Archives are
kept in FOLDER and used again. Each is measured in a process of its own: opening, 200 queries through the whole search
(embedding included) after 20 to warm up, the parts of it, then brute force over the same vectors and FTS5 alone over
the same words. Processor time stands beside the clock, since the clock also counts what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.generate import FIELDS, SEED, WORDS, fill, near

if TYPE_CHECKING:
    from psutil import Process

    from index.archive.archive import Archive
    from index.embedding import Encoder
    from index.vectors import VectorIndex

ASKED, WARM = 200, 20
_ADDED = 170
"""Documents added: about 1,000 passages."""

Times = list[tuple[float, float]]


def questions(count: int, seed: int = SEED) -> list[str]:
    """Questions as an analyst asks them, every other one in English."""
    rng = Random(f"questions {seed}")
    found = []
    for i in range(count):
        words, about = WORDS["en" if i % 2 else "zh"], rng.choice(FIELDS)
        one, two = rng.sample(words["fields"][about], 2)
        place = rng.choice(words["places"])
        if i % 2:
            forms = (
                f"what does {place} say on the {one}",
                f"{one} and {two} limits",
                f"new rules for the {one} in {place}",
            )
        else:
            forms = (f"{place}对{one}有什么规定", f"{one}和{two}的标准", f"{place}{one}从什么时候起调整")
        found.append(rng.choice(forms))
    return found


def measured(home: Path, documents: int, count: int) -> dict[str, Any]:
    """All figures of one archive; times in milliseconds as (median, 95th percentile) of clock and processor."""
    import psutil

    from config.glossary import load
    from index.archive.archive import Archive
    from index.embedding import open_encoder
    from index.search import Searcher
    from index.vectors import open_vectors

    process = psutil.Process()
    encoder = open_encoder(home.parent / "model")
    found: dict[str, Any] = {"documents": documents, "load": os.getloadavg()[0], "model_mb": _mb(process)}
    with Archive(home) as archive:
        found["first_open_s"] = _seconds(lambda: open_vectors(home / "vectors", archive.passages, encoder))
        found["open_s"] = _seconds(lambda: open_vectors(home / "vectors", archive.passages, encoder))
        index = open_vectors(home / "vectors", archive.passages, encoder)
        searcher = Searcher(archive.passages, encoder, index, load())
        found["passages"], asked = len(index), questions(WARM + count)
        found["first_query_s"] = _seconds(lambda: searcher.search(asked[0]))
        for question in asked[:WARM]:
            searcher.search(question)
        asked = asked[WARM:]
        found["query"] = _spread(asked, searcher.search)
        found["mb"] = _mb(process)
        print(json.dumps(found), file=sys.stderr, flush=True)
        found["embedding"] = _spread(asked, lambda text: encoder.encode_queries([text]))
        found |= _beside(archive, index, encoder, asked)
        print(json.dumps(found), file=sys.stderr, flush=True)
        found |= _added(home, documents, archive, encoder)
    return found


def _beside(archive: Archive, index: VectorIndex, encoder: Encoder, asked: Sequence[str]) -> dict[str, Any]:
    """Vectors alone, beside brute force over the same; words alone by FTS5, every word of the question counted."""
    from index import bigrams
    from index.lexis import language
    from index.vectors import _blocks, _placed

    langs = [language(text) for text in asked]
    raw = encoder.encode_queries(asked)
    places = [index.space.of_queries(raw[i : i + 1], lang)[0] for i, lang in enumerate(langs)]
    order = range(len(asked))
    found: dict[str, Any] = {"vectors": _spread(order, lambda i: index.search(places[i], 300))}
    ids = np.empty(len(index), np.int64)
    matrix = np.empty((len(index), encoder.dim), np.float32)
    at = 0
    for block in _blocks(archive.passages.embedded(encoder.id)):
        ids[at : at + len(block)] = [row[0] for row in block]
        matrix[at : at + len(block)] = _placed(index.space, block)
        at += len(block)

    def exact(i: int, limit: int = 300) -> list[int]:
        return _best(ids, matrix @ places[i], limit)

    def words(i: int) -> object:
        match = bigrams.match_any(bigrams.tokens(asked[i]))
        return archive.passages.lexical(match, ("zh", "zh-Hant") if langs[i] == "zh" else ("en",), 200)

    found["brute_force"] = _spread(order[:40], exact)
    found["plain_fts5"] = _spread(order[:40], words)
    right = [
        _best(ids, column, 300)
        for start in range(0, len(places), 20)
        for column in (matrix @ np.stack(places[start : start + 20]).T).T
    ]
    near_ones = [[i for i, _ in index.search(place, 300)] for place in places]
    for limit in (10, 300):
        shares = [len({*got[:limit]} & {*best[:limit]}) / limit for got, best in zip(near_ones, right, strict=True)]
        found[f"recall@{limit}"] = round(statistics.mean(shares), 3)
    return found


def _best(ids: NDArray[np.int64], scores: NDArray[np.float32], limit: int) -> list[int]:
    best = np.argpartition(-scores, limit)[:limit]
    return [int(one) for one in ids[best[np.argsort(-scores[best])]]]


def _added(home: Path, documents: int, archive: Archive, encoder: Encoder) -> dict[str, Any]:
    """Opening after `_ADDED` further documents, and the bytes that this wrote."""
    import pickle

    from index.vectors import open_vectors

    held = sum(1 for _ in archive.passages.current())
    if len(archive.documents.ids()) == documents:
        place = pickle.loads((home.parent / "near.pickle").read_bytes())
        fill(home, range(documents, documents + _ADDED), place, processes=1)
    before = {path: path.stat().st_mtime_ns for path in (home / "vectors").rglob("*") if path.is_file()}
    seconds = _seconds(lambda: open_vectors(home / "vectors", archive.passages, encoder))
    written = sum(
        path.stat().st_size
        for path in (home / "vectors").rglob("*")
        if path.is_file() and path.stat().st_mtime_ns != before.get(path)
    )
    return {"added": sum(1 for _ in archive.passages.current()) - held, "added_open_s": seconds, "added_bytes": written}


def _spread(over: Sequence[Any], work: Callable[[Any], object]) -> dict[str, tuple[float, float]]:
    times: Times = []
    for one in over:
        clock, used = time.perf_counter(), time.process_time()
        work(one)
        times.append((time.perf_counter() - clock, time.process_time() - used))
    clocks, useds = ([1000 * one for one in column] for column in zip(*times, strict=True))
    return {"clock": _middle_and_high(clocks), "processor": _middle_and_high(useds)}


def _middle_and_high(times: list[float]) -> tuple[float, float]:
    return round(statistics.median(times), 1), round(float(np.percentile(times, 95)), 1)


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Clock and processor seconds."""
    clock, used = time.perf_counter(), time.process_time()
    work()
    return round(time.perf_counter() - clock, 2), round(time.process_time() - used, 2)


def _mb(process: Process) -> int:
    return int(process.memory_info().rss / 1e6)


def _made(folder: Path, documents: int) -> Path:
    """The archive of so many documents, written where it is missing."""
    import pickle

    from index.embedding import open_encoder

    home, kept = folder / f"d{documents}", folder / "near.pickle"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(near(open_encoder(folder / "model"))))
    if not (home / "archive.db").exists():
        fill(home, range(documents), pickle.loads(kept.read_bytes()))
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, nargs="+", default=[1620, 16200])
    parser.add_argument("--questions", type=int, default=ASKED)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.folder / f"d{given.one}", given.one, given.questions)))
        return
    for documents in given.documents:
        _made(given.folder, documents)
        command = [sys.executable, "-m", "benchmarks.searching", str(given.folder), "--one", str(documents)]
        command += ["--questions", str(given.questions)]
        subprocess.run(command, check=True, env=os.environ | {"OMP_WAIT_POLICY": "passive"})


if __name__ == "__main__":
    main()
