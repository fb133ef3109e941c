"""The vector index over a real archive: kept up to date, rebuilt when damaged, nothing embedded twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from index import identity, space
from index.archive.archive import Archive
from index.embedding import Vectors
from index.indexing import embed_missing, index_versions
from index.records import Reading, Version
from index.vectors import VectorIndex, open_vectors


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


@pytest.mark.parametrize("name", ["index.faiss", "space.npz"])
@pytest.mark.parametrize("harm", [b"", b"not an index", None])
def test_a_damaged_file_is_rebuilt(archive: Archive, encoder: Letters, name: str, harm: bytes | None) -> None:
    folder = archive.home / "vectors"
    open_vectors(folder, archive.passages, encoder)
    path = next(folder.rglob(name))
    if harm is None:
        path.unlink()
    else:
        path.write_bytes(harm + path.read_bytes()[:200])
    index = open_vectors(folder, archive.passages, encoder)
    assert len(index) == 3
    assert nearest(index, encoder, "关于c的通知\n" + TEXTS["c"]) == "c"


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
