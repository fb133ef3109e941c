"""The archive's promises: all or nothing, nothing twice, total order, and clear words when it cannot go on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.archive.archive import Archive, ArchiveProblem
from index.archive.passages import Indexed
from index.blobs import CorruptBlob, FileBlobs
from index.ingest import Visit, record
from index.records import Delivery, FetchState, Page, Problem, Reading, Run

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


def test_blobs_keep_what_they_were_given(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    digest = blobs.put(b"\x00bytes" * 1000)
    assert blobs.put(b"\x00bytes" * 1000) == digest
    assert blobs.get(digest) == b"\x00bytes" * 1000
    assert [path.name for path in tmp_path.rglob("*.gz")] == [f"{digest[2:]}.gz"]


def test_a_damaged_blob_is_named(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    digest = blobs.put(b"what was received")
    blobs.path(digest).write_bytes(b"\x1f\x8b broken")
    with pytest.raises(CorruptBlob, match=digest[2:]):
        blobs.get(digest)
    with pytest.raises(CorruptBlob, match="backup"):
        blobs.get("0" * 64)


def test_a_failed_transaction_leaves_nothing(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.transaction():
        archive.health.add_run(Run("ndrc_tz", NOW))
        raise RuntimeError
    assert archive.health.last_run("ndrc_tz") is None


def test_the_feed_counts_up_and_takes_a_key_once(archive: Archive) -> None:
    made = []
    for key in ("a", "b", "a", "c"):
        with archive.transaction():
            made.append(archive.feed.add(key, "change", "quota", "work", NOW, lambda n: {"id": f"{n:012d}"}))
    assert [alert and alert.seq for alert in made] == [1, 2, None, 3]
    assert [alert.key for alert in archive.feed.after(1)] == ["b", "c"]
    assert archive.feed.last_seq() == 3


def test_a_place_of_a_rolled_back_alert_is_taken_again(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.transaction():
        archive.feed.add("a", "change", "quota", "work", NOW, lambda n: {"id": str(n)})
        raise RuntimeError
    with archive.transaction():
        alert = archive.feed.add("b", "change", "quota", "work", NOW, lambda n: {"id": str(n)})
    assert alert is not None and alert.seq == 1


def test_a_problem_is_opened_once_and_closed_by_recovery(archive: Archive) -> None:
    problem = Problem("ndrc_tz", "blocked", "访问过于频繁", "https://www.ndrc.gov.cn/", NOW)
    assert [archive.health.open(problem) for _ in range(3)] == [True, False, False]
    closed = archive.health.close("ndrc_tz", problem.url, NOW + timedelta(hours=2))
    assert [one.kind for one in closed] == ["blocked"]
    assert archive.health.problems() == []
    assert archive.health.open(problem)
    assert len(archive.health.problems_between(NOW, NOW + timedelta(days=1))) == 2


def test_what_is_remembered_of_an_address(archive: Archive) -> None:
    state = FetchState("https://a.gov.cn/1", "s", "doc", '"e"', None, None, 200, NOW, NOW)
    archive.pages.remember([state])
    assert archive.pages.fetch_state(state.url) == state
    assert archive.pages.fetch_state("https://a.gov.cn/2") is None


def test_deliveries_wait_for_their_time(archive: Archive) -> None:
    later = NOW + timedelta(minutes=5)
    delivery = Delivery("k", "board", "board-2026-05-08", "mail", "a@example.org", "pending", 0, later, None)
    archive.ledger.queue([delivery, delivery])
    assert archive.ledger.due(NOW) == []
    assert archive.ledger.due(later) == [delivery]


def test_search_words_of_old_versions_are_no_longer_current(archive: Archive) -> None:
    url = "https://www.nda.gov.cn/1.html"
    for number, text in enumerate(("旧的配额", "新的配额")):
        page = Page(url, "nda", NOW + timedelta(days=number), 200, {}, text.encode(), url)
        change = record(archive, page, Reading(url=url, title="通知", text=text), Visit("nda", "1"))
        assert change is not None and change.after is not None
        version = archive.documents.version(change.after)
        assert version is not None
        archive.passages.add(version, [Indexed(0, 4, f"sha{number}", "配额")])
    found = archive.passages.lexical('"配额"', ["zh"], 10)
    passages = archive.passages.get([identity for identity, _ in found])
    assert [passage.text for passage in passages.values()] == ["新的配额"]


@pytest.mark.sqlite
def test_a_newer_archive_is_refused(tmp_path: Path) -> None:
    Archive(tmp_path).close()
    with sqlite3.connect(tmp_path / "archive.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('vedette', '9999_x', '2027')"
        )
    db.close()
    with pytest.raises(ArchiveProblem, match="newer Vedette"):
        Archive(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveProblem, match="file"):
        Archive(tmp_path / "file")


def test_a_second_writer_waits_and_then_says_so(tmp_path: Path) -> None:
    with Archive(tmp_path) as first, Archive(tmp_path, busy_ms=100) as second:
        with first.transaction():
            first.judgements.done("x", ["y"], NOW)
            with pytest.raises(ArchiveProblem, match="database is locked"), second.transaction():
                pass
        with second.transaction():
            second.judgements.done("x", ["z"], NOW)


@pytest.mark.sqlite
def test_without_psycopg_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("psycopg", "index.archive.postgres"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ArchiveProblem, match=r"pip install 'vedette\[postgres\]'"):
        Archive(tmp_path, url="postgresql://vedette@localhost/none")


FULL_DISK = """
import sys, resource, signal, datetime
sys.dont_write_bytecode = True  # Python would keep a module's bytecode cut off at the limit
from pathlib import Path
from index.archive.archive import Archive, ArchiveProblem
from index.ingest import Visit, record
from index.records import Page, Reading
now = datetime.datetime(2026, 5, 8, tzinfo=datetime.UTC)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
archive = Archive(Path(sys.argv[1]))
def put(n, size):
    url = f"https://a.gov.cn/{n}"
    record(archive, Page(url, "s", now, 200, {}, f"{n}".encode(), url), Reading(url=url, title=f"{n}", text="".join(
        chr(0x4e00 + (n * 7919 + k * 104729) % 20000) for k in range(size))), Visit("s", "1"))
put(1, 50)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    for n in range(2, 400):
        put(n, 20_000)
except (ArchiveProblem, OSError) as error:
    print("refused:", error)
print(archive.documents.counts()["versions"] >= 1, archive.documents.latest is not None)
"""


@pytest.mark.sqlite
def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands in for the full disk: a write fails in the middle of a run."""
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert "refused:" in done.stdout, done.stderr
    assert str(tmp_path) in done.stdout
    with Archive(tmp_path) as archive:
        first = archive.documents.document("https://a.gov.cn/1")
        assert first is not None
        latest = archive.documents.latest(first["id"])
        assert latest is not None and latest.reading.title == "1"
        checked = archive._db.execute("PRAGMA integrity_check").fetchone()
        assert checked == ("ok",)
