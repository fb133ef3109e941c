"""The vector index over a real archive: kept up to date, rebuilt when damaged, nothing embedded twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from index import identity, segments, space, vectors
from index.archive.archive import Archive
from index.embedding import Vectors
from index.indexing import embed_missing, index_versions
from index.records import Reading, Version
from index.vectors import VectorIndex, open_vectors, passages_by_document

ROOT = Path(__file__).resolve().parent.parent


class Letters:
    """An encoder whose vectors are the counts of characters, turned at random: near in letters is near."""

    def __init__(self, revision: str = "1") -> None:
        self.id, self.dim, self.embedded = f"letters@{revision}", 32, 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return space.unit(np.stack([self._one(text) for text in texts]) if texts else np.empty((0, self.dim)))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return space.unit(np.stack([self._one(text) for text in texts]))

    def _one(self, text: str) -> Vectors:
        row = np.full(self.dim, 0.5, np.float32)
        for character in text:
            row[sha256(character.encode()).digest()[0] % self.dim] += 1
        return row


def version(key: str, text: str, number: int = 1, lang: str = "zh") -> Version:
    reading = Reading(url=f"https://example.org/{key}", title=f"关于{key}的通知", text=text, lang=lang)
    digest = identity.content_digest(reading)
    return Version(
        id=identity.version_id(key, number, digest),
        document=key,
        work=key,
        source="test",
        number=number,
        reading=reading,
        page_sha256="0" * 64,
        first_seen=datetime(2026, 5, 1, tzinfo=UTC),
        extractor="test/1",
    )


def keep(archive: Archive, kept: Version) -> Version:
    digest = identity.content_digest(kept.reading)
    with archive.transaction():
        archive.documents.add_version(kept, digest, digest)
    return kept


TEXTS = {"a": "算力配额管理办法，每月上限一千万。", "b": "词元套餐价格上调至每月四十元。", "c": "重要数据不得出境。"}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def encoder(archive: Archive) -> Letters:
    fresh = Letters()
    index_versions(archive, fresh, [keep(archive, version(key, text)) for key, text in TEXTS.items()])
    return fresh


def nearest(index: VectorIndex, encoder: Letters, text: str) -> str:
    query = index.space.of_passages(encoder.encode_passages([text]), ["zh"])[0]
    return index.documents[index.search(query, 1)[0][0]]


def test_each_text_is_nearest_to_itself(archive: Archive, encoder: Letters) -> None:
    index = open_vectors(archive.home / "vectors", archive.passages, encoder)
    assert len(index) == 3
    assert [nearest(index, encoder, f"关于{key}的通知\n{text}") for key, text in TEXTS.items()] == ["a", "b", "c"]


def test_nothing_is_embedded_twice(archive: Archive, encoder: Letters) -> None:
    before = encoder.embedded
    again = [version(key, text) for key, text in TEXTS.items()]
    assert index_versions(archive, encoder, again) == 0
    same_text = keep(archive, version("a", TEXTS["a"], number=2))
    assert index_versions(archive, encoder, [same_text]) == 0
    assert encoder.embedded == before


def test_a_new_version_takes_the_place_of_the_old(archive: Archive, encoder: Letters) -> None:
    open_vectors(archive.home / "vectors", archive.passages, encoder)
    index_versions(archive, encoder, [keep(archive, version("a", "水产养殖补贴申请指南。", number=2))])
    index = open_vectors(archive.home / "vectors", archive.passages, encoder)
    assert len(index) == 3
    assert set(index.documents) == index.ids
    assert nearest(index, encoder, "关于a的通知\n水产养殖补贴申请指南。") == "a"


def test_an_opened_index_equals_one_built_anew(archive: Archive, encoder: Letters) -> None:
    folder = archive.home / "vectors"
    open_vectors(folder, archive.passages, encoder)
    index_versions(archive, encoder, [keep(archive, version("d", "数据中心机柜租金表。"))])
    grown = open_vectors(folder, archive.passages, encoder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    built = open_vectors(folder, archive.passages, encoder)
    assert grown.ids == built.ids
    assert grown.documents == built.documents


FILES = ["index.faiss", "rows.npy", "space.npz", "documents.npz", "documents.txt", "manifest.json"]


def flipped(content: bytes) -> bytes:
    """The same with one bit other in the middle: what a disk does."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [lambda _: b"", lambda kept: b"not an index" + kept[:200], flipped, None])
def test_a_damaged_file_is_rebuilt_and_said(
    archive: Archive,
    encoder: Letters,
    caplog: pytest.LogCaptureFixture,
    name: str,
    harm: Callable[[bytes], bytes] | None,
) -> None:
    folder = archive.home / "vectors"
    open_vectors(folder, archive.passages, encoder)
    path = next(folder.rglob(name))
    if harm is None:
        path.unlink()
    else:
        path.write_bytes(harm(path.read_bytes()))
    index = open_vectors(folder, archive.passages, encoder)
    assert len(index) == 3
    assert nearest(index, encoder, "关于c的通知\n" + TEXTS["c"]) == "c"
    # without a manifest nothing says that there ever was an index
    assert ("made anew" in caplog.text) is (name != "manifest.json" or harm is not None)
    caplog.clear()
    assert len(open_vectors(folder, archive.passages, encoder)) == 3
    assert not caplog.text


def test_the_index_of_another_model_in_its_folder_is_not_taken(archive: Archive, encoder: Letters) -> None:
    """Two ids that differ in characters no file name has share a folder."""
    folder = archive.home / "vectors"
    open_vectors(folder, archive.passages, encoder)
    next(folder.iterdir()).rename(folder / "letters@2")
    other = Letters("2")
    embed_missing(archive, other, [version(key, text) for key, text in TEXTS.items()])
    assert open_vectors(folder, archive.passages, other).space.model == "letters@2"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inverted lists and new generations from a few passages on."""
    monkeypatch.setattr(segments, "_EXACT", 200)
    monkeypatch.setattr(vectors, "_PENDING", 40)


def crowd(archive: Archive, encoder: Letters, documents: range) -> None:
    found = [keep(archive, version(f"n{i}", notice(i))) for i in documents]
    index_versions(archive, encoder, found)


def notice(i: int) -> str:
    """A text of its own letters."""
    return "".join(chr(0x4E00 + (i * 7919 + k * k * 31 + i * k * 13) % 3000) for k in range(40)) + "。"


@pytest.mark.usefixtures("small")
def test_a_large_archive_finds_nearly_what_an_exact_search_finds(archive: Archive) -> None:
    encoder = Letters()
    crowd(archive, encoder, range(1200))
    index = open_vectors(archive.home / "vectors", archive.passages, encoder)
    texts = [f"关于n{i}的通知\n{notice(i)}" for i in range(0, 1200, 30)]
    queries = index.space.of_passages(encoder.encode_passages(texts), ["zh"] * len(texts))
    rows = [(i, lang, v) for i, _, lang, _, v in archive.passages.embedded(encoder.id)]
    raw = np.stack([np.frombuffer(v, np.float16) for *_, v in rows]).astype(np.float32)
    exact = queries @ index.space.of_passages(raw, [lang for _, lang, _ in rows]).T
    shares = []
    for query, likeness in zip(queries, exact, strict=True):
        best = {rows[k][0] for k in np.argsort(-likeness)[:10]}
        shares.append(len(best & {i for i, _ in index.search(query, 10)}) / 10)
    # 16 of some 30 lists are looked into, and counts of letters drawn at random have hardly any clusters
    assert np.mean(shares) > 0.7
    assert index.documents[index.search(queries[3], 1)[0][0]] == "n90"


@pytest.mark.usefixtures("small")
def test_among_few_of_many_the_search_is_exact(archive: Archive) -> None:
    encoder = Letters()
    crowd(archive, encoder, range(600))
    index = open_vectors(archive.home / "vectors", archive.passages, encoder)
    query = index.space.of_passages(encoder.encode_passages([notice(5)]), ["zh"])[0]
    some = passages_by_document(index.documents, {f"n{i}" for i in range(0, 600, 50)})
    found = index.search(query, 12, among=some)
    assert [i for i, _ in found] == sorted(some.tolist(), key=lambda i: -index.likeness(query, [i])[i])


@pytest.mark.usefixtures("small")
def test_a_few_new_documents_write_nothing_and_many_a_generation(archive: Archive) -> None:
    folder, encoder = archive.home / "vectors", Letters()
    crowd(archive, encoder, range(300))
    open_vectors(folder, archive.passages, encoder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    crowd(archive, encoder, range(300, 330))
    assert len(open_vectors(folder, archive.passages, encoder)) == 330
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and path.name != "lock"}
    assert after == {path: at for path, at in before.items() if path.name != "lock"}
    crowd(archive, encoder, range(330, 350))
    index = open_vectors(folder, archive.passages, encoder)
    assert (len(index), index.pending) == (350, 0)
    assert nearest(index, encoder, f"关于n345的通知\n{notice(345)}") == "n345"
    assert len(list(folder.rglob("index.faiss"))) == 1


@pytest.mark.usefixtures("small")
def test_where_another_process_wrote_meanwhile_its_files_stay(archive: Archive) -> None:
    folder, encoder = archive.home / "vectors", Letters()
    crowd(archive, encoder, range(300))
    one, two = (open_vectors(folder, archive.passages, encoder) for _ in range(2))
    place = next(folder.iterdir())
    for index in (one, two):
        index.add([10_001], encoder.encode_passages([notice(900)]), ["zh"])
        index.save(place)
    assert (one.pending, two.pending) == (0, 1)
    query = one.space.of_passages(encoder.encode_passages([notice(900)]), ["zh"])[0]
    assert one.search(query, 5)[0][0] == two.search(query, 5)[0][0]
    restored = VectorIndex.restored(place, 32)
    assert restored is not None
    assert restored.ids == one.ids == two.ids


OPEN = """
import sys
from pathlib import Path
from index import vectors
from index.archive.archive import Archive
from tests.test_index_vectors import Letters
vectors._PENDING = 5
with Archive(Path(sys.argv[1])) as archive:
    index = vectors.open_vectors(archive.home / "vectors", archive.passages, Letters())
    print(len(index), len(set(index.documents.values())))
"""


def test_processes_that_open_at_once_leave_a_whole_index(archive: Archive) -> None:
    encoder = Letters()
    for stop in (40, 120):  # first nothing is there, then there is something to add
        crowd(archive, encoder, range(stop - 40, stop))
        command = [sys.executable, "-c", OPEN, str(archive.home)]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(4)]
        held = len(archive.documents.ids())
        assert {one.communicate(timeout=60)[0] for one in started} == {f"{held} {held}\n"}
    folder = archive.home / "vectors" / "letters@1"
    restored = VectorIndex.restored(folder, 32)
    assert restored is not None
    assert sum(path.is_dir() for path in folder.iterdir()) == 1


class Changes(RuleBasedStateMachine):
    """An index after any adding, removing, saving and restoring holds what a dictionary would."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        means = {lang: np.zeros(8, np.float32) for lang in space.LANGUAGES}
        self.index = VectorIndex(space.Space("m", 1, means, means), 8)
        self.held: dict[int, Vectors] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(ids=st.sets(st.integers(1, 60), min_size=1, max_size=20), seed=st.integers(0, 99))
    def add(self, ids: set[int], seed: int) -> None:
        new = sorted(ids - self.held.keys())
        drawn = space.unit(np.random.default_rng(seed).normal(size=(len(new), 8)))
        self.index.add(new, drawn, ["zh"] * len(new))
        self.index.documents.add(np.asarray(new, np.int64), [f"d{i % 7}" for i in new])
        self.held |= dict(zip(new, drawn, strict=True))

    @rule(ids=st.sets(st.integers(1, 60), max_size=30))
    def remove(self, ids: set[int]) -> None:
        self.index.remove(ids)
        self.index.documents.remove(np.asarray(sorted(ids), np.int64))
        self.held = {i: v for i, v in self.held.items() if i not in ids}

    @rule()
    def save(self) -> None:
        self.index.save(self.folder)
        self.saved = dict(self.held)

    @precondition(lambda self: hasattr(self, "saved"))
    @rule()
    def restore(self) -> None:
        restored = VectorIndex.restored(self.folder, 8)
        assert restored is not None
        self.index, self.held = restored, dict(self.saved)

    @invariant()
    def holds_the_same(self) -> None:
        assert self.index.ids == self.held.keys() == set(self.index.documents)
        assert len(self.index) == len(self.held)
        query = space.unit(np.arange(1, 9, dtype=np.float32))
        right = {i: float(v @ query) for i, v in self.held.items()}
        assert self.index.likeness(query, sorted(self.held)) == pytest.approx(right, abs=1e-5)
        found = self.index.search(query, 5)
        assert [s for _, s in found] == pytest.approx(sorted(right.values(), reverse=True)[:5], abs=1e-5)
        assert {i for i, _ in self.index.search(query, 60, among=range(1, 30))} == {i for i in right if i < 30}
        seven = {i for i in right if i % 7 == 3}
        assert set(passages_by_document(self.index.documents, {"d3", "unknown"}).tolist()) == seven


TestChanges = Changes.TestCase
TestChanges.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def test_another_model_has_vectors_of_its_own(archive: Archive, encoder: Letters) -> None:
    folder = archive.home / "vectors"
    open_vectors(folder, archive.passages, encoder)
    other = Letters("2")
    assert len(open_vectors(folder, archive.passages, other)) == 0
    embed_missing(archive, other, [version(key, text) for key, text in TEXTS.items()])
    assert len(open_vectors(folder, archive.passages, other)) == 3
    assert len(open_vectors(folder, archive.passages, encoder)) == 3


def test_an_empty_archive_has_an_index_that_finds_nothing(archive: Archive) -> None:
    index = open_vectors(archive.home / "vectors", archive.passages, Letters())
    query = index.space.of_queries(Letters().encode_queries(["算力"]), "zh")[0]
    assert index.search(query, 10) == []
    assert index.likeness(query, []) == {}


def test_search_among_some(archive: Archive, encoder: Letters) -> None:
    index = open_vectors(archive.home / "vectors", archive.passages, encoder)
    only = {i for i, document in index.documents.items() if document == "b"}
    query = index.space.of_queries(encoder.encode_queries([TEXTS["a"]]), "zh")[0]
    assert {i for i, _ in index.search(query, 10, among=only)} == only
    assert index.search(query, 10, among=[]) == []


def test_centring_takes_the_language_out() -> None:
    rng = np.random.default_rng(0)
    meaning = rng.normal(size=(200, 16))
    shift = {"zh": rng.normal(size=16) * 20, "en": rng.normal(size=16) * 20}
    rows = [(lang, np.asarray(m + shift[lang], np.float32)) for m in meaning for lang in shift]
    about = {lang: np.asarray(place, np.float32) for lang, place in shift.items()}
    fitted = space.fit("m", rows, space.Reference(about, about))
    langs = [lang for lang, _ in rows]
    centred = fitted.of_passages(np.stack([v for _, v in rows]), langs)
    likeness = centred[0::2] @ centred[1::2].T  # each Chinese row with each English one
    assert (likeness.argmax(axis=1) == np.arange(200)).mean() > 0.95


def test_a_language_with_one_document_is_not_centred_to_nothing() -> None:
    near = {lang: np.ones(4, np.float32) for lang in space.LANGUAGES}
    fitted = space.fit("m", [("en", np.array([1, 0, 0, 0], np.float32))], space.Reference(near, near))
    assert np.linalg.norm(fitted.of_passages(np.array([[1, 0, 0, 0]], np.float32), ["en"])) == pytest.approx(1)
