"""Writes an archive of made-up documents: `python -m benchmarks.generate HOME --documents 200000 [--vectors]`.

Document i of a seed is always the same. Lengths spread as on real sites (median 1,100 characters, some 20 times that);
four of five documents are Chinese; about five passages each. Rows go in by the block, with versions, changes, tags,
passages and words as `vedette` would write them; pages have no bytes behind them, so nothing can be read again.

`--vectors` embeds some thousand passages by the bundled model. Every passage gets a vector near that of one of the same
field and language: mixed with two others of its language and a little noise, so that the cloud has the clusters, the
narrow cone and the uneven density of real ones, which random vectors lack.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import yaml

from index import identity
from index.archive import rows
from index.archive.archive import Archive
from index.embedding import Encoder, Vectors
from index.indexing import pieces
from index.records import Change, Reading, Version

SEED = 1
TRIGGERS = {"compute": "quota", "pricing": "pricing", "residency": "residency"}
WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("vocabulary.yml").read_text("utf-8"))
FIELDS: tuple[str, ...] = tuple(WORDS["zh"]["fields"])
_START = datetime(2024, 1, 1, tzinfo=UTC)
_BLOCK = 1000


def field_of(i: int) -> str:
    """The field of policy that document i is about."""
    return FIELDS[(i * 7919) % len(FIELDS)]


def document(i: int, seed: int = SEED) -> Reading:
    """Document i of a seed."""
    rng = Random(f"{seed}:{i}")
    lang = "en" if rng.random() < 0.2 else "zh"
    write = _Writer(rng, lang, field_of(i))
    day = date(2020, 1, 1) + timedelta(days=rng.randrange(2300))
    title = write.title()
    wanted = min(22_000, int(rng.lognormvariate(7.0, 0.85) * (1 if lang == "zh" else 2.6)))
    return Reading(
        url=f"https://source{i % 97}.example/{day:%Y%m}/t{i}.html",
        title=title,
        text="\n".join(write.paragraphs(wanted)),
        lang=lang,
        published=day,
        doc_number=f"示政发〔{day.year}〕{i}号" if lang == "zh" and i % 3 == 0 else None,
    )


class _Writer:
    """Sentences of one field in one language."""

    def __init__(self, rng: Random, lang: str, about: str) -> None:
        self._rng, self._zh, self._words = rng, lang == "zh", WORDS[lang]
        self._nouns = self._words["fields"][about]
        self._others = self._words["fields"][FIELDS[rng.randrange(len(FIELDS))]]
        # few things, many times: a document keeps to its own
        self._own = [self._nouns[rng.randrange(len(self._nouns))] for _ in range(4)]
        self._company, self._place = self._name(), self._pick(self._words["places"])
        self._slots: dict[str, Callable[[], str]] = {
            "n": lambda: self._pick(self._own if rng.random() < 0.7 else self._nouns),
            "o": lambda: self._pick(self._others),
            "v": lambda: self._pick(self._words["verbs"]),
            "p": lambda: self._place if rng.random() < 0.8 else self._pick(self._words["places"]),
            "a": lambda: self._pick(self._words["authorities"]),
            "c": lambda: self._company if rng.random() < 0.7 else self._name(),
            "k": lambda: f"示{self._place}发〔{rng.randrange(2015, 2027)}〕{rng.randrange(1, 900)}号",
            "d": self._day,
            "x": lambda: str(int(rng.lognormvariate(4, 2)) + 1),
        }

    def title(self) -> str:
        noun, kind = self._own[0], self._pick(self._words["kinds"])
        if self._zh:
            issued, act = self._place + self._pick(self._words["authorities"]), self._pick(self._words["verbs"])
            return f"{issued}关于{act}{noun}的{kind}"
        return f"{kind} of {self._place} on the {noun} and the {self._own[1]}"

    def paragraphs(self, wanted: int) -> Iterator[str]:
        written, number = 0, 1
        while written < wanted:
            lead = f"第{number}条 " if self._zh else f"Article {number}. "
            text = lead + (" " * (not self._zh)).join(self._sentence() for _ in range(self._rng.randrange(1, 5)))
            written, number = written + len(text), number + 1
            yield text

    def _sentence(self) -> str:
        parts = _templates(self._zh)[int(self._rng.random() * len(_templates(self._zh)))]
        return "".join(self._slots[part]() if slot else part for slot, part in parts)

    def _day(self) -> str:
        year, month, day = self._rng.randrange(2020, 2028), self._rng.randrange(1, 13), self._rng.randrange(1, 29)
        return f"{year}年{month}月{day}日" if self._zh else f"{year}-{month:02}-{day:02}"

    def _name(self) -> str:
        made = "".join(self._pick(self._words["syllables"]) for _ in range(3))
        return (made if self._zh else f"{made.title()} ") + self._pick(self._words["companies"])

    def _pick(self, among: Sequence[str]) -> str:
        return among[int(self._rng.random() * len(among))]


@cache
def _templates(zh: bool) -> list[list[tuple[bool, str]]]:
    sentences = WORDS["zh" if zh else "en"]["sentences"]
    cut = [sentence.replace("{", "\0{").replace("}", "}\0").split("\0") for sentence in sentences]
    return [[(part.startswith("{"), part.strip("{}")) for part in parts if part] for parts in cut]


@dataclass(frozen=True, slots=True)
class Near:
    """Where vectors of passages lie: real ones of each (language, field), to be varied."""

    model: str
    real: dict[tuple[str, str], Vectors] = field(default_factory=dict)

    def vector(self, sha: str, lang: str, about: str) -> bytes:
        """The vector (float16 bytes) of the passage with this sha; the same each time."""
        rng = np.random.default_rng(int(sha[:16], 16))
        own, other = self.real[lang, about], self.real[lang, FIELDS[rng.integers(len(FIELDS))]]
        first, second, third = own[rng.integers(len(own))], own[rng.integers(len(own))], other[rng.integers(len(other))]
        a, b = rng.uniform(0, 0.45), rng.uniform(0, 0.15)
        mixed = (1 - a - b) * first + a * second + b * third + rng.normal(0, 0.006, len(first))
        return np.asarray(mixed / np.linalg.norm(mixed), np.float16).tobytes()


def near(encoder: Encoder, each: int = 150) -> Near:
    """Embed `each` passages of every field and language (1 to 2 minutes on two cores for 150)."""
    texts: dict[tuple[str, str], list[str]] = {(lang, about): [] for lang in ("zh", "en") for about in FIELDS}
    i = 10**9  # documents that no archive of ours holds
    while any(len(found) < each for found in texts.values()):
        reading, i = document(i), i + 1
        found = texts[reading.lang, field_of(i - 1)]
        if len(found) < each:
            found.extend(text for _, _, text in pieces(_version(i, reading)))
    return Near(encoder.id, {key: encoder.encode_passages(found[:each]) for key, found in texts.items()})


def _version(i: int, reading: Reading) -> Version:
    content, _ = digests = identity.digests(reading)
    key = identity.document_id(reading.url)
    seen = _START + timedelta(seconds=i * 61)
    return Version(
        id=identity.version_id(key, 1, content),
        document=key,
        work=f"url/{key}",
        source=f"source{i % 97}",
        number=1,
        reading=reading,
        page_sha256=sha256(digests[1].encode()).hexdigest(),
        first_seen=seen,
        extractor="generated/1",
    )


Rows = dict[str, list[tuple[Any, ...]]]


def block(start: int, stop: int, seed: int, place: Near | None) -> Rows:
    """The rows of documents `start` to `stop`, by table; those of passages carry their tokens at the end."""
    found: Rows = {name: [] for name in _INSERT}
    for i in range(start, stop):
        version = _version(i, document(i, seed))
        digests = identity.digests(version.reading)
        row = rows.version_row(version, *digests)
        seen, url = row["first_seen"], version.reading.url
        found["works"].append((version.work, version.reading.title, version.source, url, seen))
        found["documents"].append((version.document, url, version.source, version.work, seen, "live", version.id))
        found["versions"].append(tuple(row.get(name) for name in _VERSION))
        change = _change(version)
        found["changes"].append(tuple(rows.change_row(change).values()))
        found["tags"].extend(_tags(change.id, i))
        for piece, sha, _ in pieces(version):
            spelled = (version.id, version.document, version.reading.lang, piece.start, piece.end, sha)
            found["passages"].append((*spelled, piece.tokens))
            if place:
                found["vectors"].append((place.model, sha, place.vector(sha, version.reading.lang, field_of(i))))
    return found


def _change(version: Version) -> Change:
    identifier = identity.change_id(version.document, "new", None, version.id)
    document, work, source, at = version.document, version.work, version.source, version.first_seen
    return Change(identifier, "new", "source", document, work, source, at, None, version.id)


def _tags(change: str, i: int) -> Iterator[tuple[Any, ...]]:
    for name, trigger in TRIGGERS.items():
        fires = field_of(i) == name and i % 4 > 0
        yield change, trigger, "1", "generated", 0.9 if fires else 0.02, int(fires), "neutral", "[]", "whole"


_VERSION = (
    *("id", "document", "work", "source", "number", "previous", "page_sha256", "first_seen", "extractor", "digest"),
    *("text_digest", "url", "title", "text", "lang", "published", "written", "effective", "expires", "comments_close"),
    *("issuer", "doc_number", "index_number", "attachments"),
)
_INSERT = {
    "works": "INSERT OR IGNORE INTO works VALUES (?,?,?,?,?)",
    "documents": "INSERT OR IGNORE INTO documents VALUES (?,?,?,?,?,?,?)",
    "versions": f"INSERT OR IGNORE INTO versions ({','.join(_VERSION)}) VALUES ({','.join('?' * len(_VERSION))})",
    "changes": "INSERT OR IGNORE INTO changes (id, kind, cause, document, work, source, at, before, after, baseline,"
    " silent, repost, diff) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "tags": "INSERT OR IGNORE INTO tags VALUES (?,?,?,?,?,?,?,?,?)",
    "passages": 'INSERT INTO passages (id, version, document, lang, start, "end", sha) VALUES (?,?,?,?,?,?,?)',
    "vectors": "INSERT OR IGNORE INTO vectors VALUES (?,?,?)",
}


def fill(home: Path, documents: range, place: Near | None = None, seed: int = SEED, processes: int = 2) -> int:
    """Write these documents to the archive of a home, made where it is missing; return how many passages it has now."""
    Archive(home).close()
    starts = range(documents.start, documents.stop, _BLOCK)
    tasks = [(start, min(start + _BLOCK, documents.stop), seed, place) for start in starts]
    with sqlite3.connect(home / "archive.db", isolation_level=None) as db:
        db.execute("PRAGMA synchronous = OFF")
        if processes == 1:
            for task in tasks:
                _write(db, block(*task))
        else:
            with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                for found in _in_order(pool, tasks, processes + 1):
                    _write(db, found)
        count = int(db.execute("SELECT count(*) FROM passages").fetchone()[0])
    db.close()
    return count


def _in_order(pool: ProcessPoolExecutor, tasks: list[Any], ahead: int) -> Iterator[Rows]:
    """The blocks in order; at most `ahead` lie in memory."""
    waiting = [pool.submit(block, *task) for task in tasks[:ahead]]
    for task in [*tasks[ahead:], *[None] * len(waiting)]:
        yield waiting.pop(0).result()
        if task:
            waiting.append(pool.submit(block, *task))


def _write(db: sqlite3.Connection, found: Rows) -> None:
    db.execute("BEGIN IMMEDIATE")
    first = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM passages").fetchone()[0])
    tokens = [(first + n, row[-1]) for n, row in enumerate(found["passages"])]
    found["passages"] = [(first + n, *row[:-1]) for n, row in enumerate(found["passages"])]
    for name, sql in _INSERT.items():
        db.executemany(sql, found[name])
    db.executemany("INSERT INTO passages_fts (rowid, tokens) VALUES (?, ?)", tokens)
    db.execute("COMMIT")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--vectors", action="store_true")
    given = parser.parse_args()
    place = None
    if given.vectors:
        from index.embedding import open_encoder

        place = near(open_encoder(given.home / "model"))
    began = time.perf_counter()
    passages = fill(given.home, range(given.documents), place, given.seed)
    print(f"{given.documents} documents, {passages} passages in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
