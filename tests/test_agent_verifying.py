"""`vedette verify`: a living archive is clean, and every row touched from outside is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli import vedette
from agent.verifying import verify
from digests.outbox import write_feed
from index.archive.archive import Archive
from index.ingest import Visit, record
from index.records import Page, Reading

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
URL = "https://www.nda.gov.cn/1.html"
VECTORS = (
    "INSERT INTO vectors (model, sha, vector) SELECT 'm', CAST(place AS TEXT), leaf FROM log UNION ALL"
    " SELECT 'm', id, text FROM versions WHERE number = 1"
)


def put(archive: Archive, text: str, day: int, url: str = URL) -> str:
    """One version of a document; its change's id."""
    page = Page(url, "nda", NOW + timedelta(days=day), 200, {"content-type": "text/html"}, text.encode(), url)
    change = record(archive, page, Reading(url=url, title="通知", text=text), Visit("nda", "1"))
    assert change is not None
    return change.id


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive with two documents, four versions, and two alerts in feed and file."""
    with Archive(tmp_path / "home") as archive:
        for day, text in enumerate(("每月配额一百卡时。", "每月配额八十卡时。", "每月配额六十卡时。")):
            change = put(archive, text, day)
        put(archive, "数据出境安全评估申报指南（第三版）自七月一日起施行。", 3, "https://www.cac.gov.cn/2.htm")
        for key in ("a", "b"):
            with archive.transaction():
                archive.feed.add(key, change, "quota", "w", NOW, lambda n: {"id": f"{n:012d}", "sequence": f"{n:012d}"})
        feed(archive.home).parent.mkdir()
        write_feed(archive, feed(archive.home))
    return tmp_path / "home"


def feed(home: Path) -> Path:
    return home / "out" / "alerts.jsonl"


def faults(home: Path) -> list[tuple[str, str]]:
    with Archive(home) as archive:
        return [(fault.where, fault.what) for fault in verify(archive, feed(home))]


def outside(home: Path, *statements: str) -> None:
    """What someone with another program does to the rows."""
    with Archive(home) as archive, archive.transaction():
        for statement in statements:
            archive._db.execute(statement)


def test_an_archive_that_nobody_touched_is_clean(home: Path) -> None:
    assert faults(home) == []


@pytest.mark.parametrize(
    ("statement", "where", "what"),
    [
        ("UPDATE versions SET title = '通告' WHERE number = 2", "versions", "altered"),
        ("UPDATE versions SET published = '2020-01-01' WHERE number = 1", "versions", "altered"),
        ("UPDATE versions SET text = (SELECT max(text) FROM versions)", "versions", "altered"),
        ("UPDATE pages SET fetched_at = '2020-01-01T00:00:00.000000Z' WHERE id = 1", "pages 1", "altered"),
        ("UPDATE pages SET headers = '{}' WHERE id = 2", "pages 2", "altered"),
        ("UPDATE changes SET kind = 'new' WHERE kind = 'amended'", "changes", "altered"),
        ("""UPDATE alerts SET event = '{"id":"000000000001"}' WHERE seq = 1""", "alerts 000000000001", "altered"),
        ("DELETE FROM alerts WHERE seq = 2", "alerts 000000000002", "removed"),
        ("DELETE FROM changes WHERE seq = 2", "changes", "removed"),
        ("DELETE FROM pages WHERE id = 1", "pages 1", "removed"),
        ("INSERT INTO alerts SELECT 9, 'x', 'y', change, trigger, work, at, event FROM alerts LIMIT 1", "alerts x", ""),
        ("DELETE FROM log WHERE place = 2", "log 2", "missing"),
        ("UPDATE log SET leaf = (SELECT leaf FROM log WHERE place = 0) WHERE place = 3", "log_state", "root"),
        (VECTORS, "vectors m", "bytes"),
        ("UPDATE documents SET latest = 'none'", "documents.latest none", "names a row"),
    ],
)  # fmt: skip
def test_what_was_touched_is_named(home: Path, statement: str, where: str, what: str) -> None:
    outside(home, statement)
    found = faults(home)
    assert any(place.startswith(where) and what in said for place, said in found), found


def test_a_row_changed_together_with_its_leaf_is_betrayed_by_the_root(home: Path) -> None:
    """Whoever also computes the leaf anew cannot change the root that a mail told."""
    with Archive(home) as archive:
        head = archive.log.tell(NOW)
    outside(
        home,
        "DELETE FROM alerts WHERE seq = 2",
        "DELETE FROM log WHERE kind = 'alert' AND subject = '000000000002'",
        "UPDATE log_state SET size = size - 1",
        "DELETE FROM heads",
    )
    with Archive(home) as archive:
        said = [fault.what for fault in verify(archive, feed(home), (head,))]
    assert any(f"a root was told of {head.size} entries" in what for what in said), said


@pytest.mark.sqlite
def test_bytes_and_feed_file_are_compared(home: Path) -> None:
    blob = next((home / "blobs").rglob("*.gz"))
    blob.write_bytes(b"other")
    lines = feed(home).read_text(encoding="utf-8").splitlines(keepends=True)
    feed(home).write_text(lines[0] + lines[1].replace("000000000002", "000000000007"), encoding="utf-8")
    found = dict(faults(home))
    assert any(where == f"blobs {blob.parent.name}{blob.name.removesuffix('.gz')}" for where in found)
    assert found[f"{feed(home)}:2"].startswith("is not the event of this place")


def test_a_feed_file_that_is_behind_or_cut_short_is_no_fault(home: Path) -> None:
    whole = feed(home).read_bytes()
    for length in range(0, len(whole), 7):
        feed(home).write_bytes(whole[:length])
        assert faults(home) == []


@pytest.mark.sqlite
def test_an_archive_from_before_the_log_is_taken_up_and_then_guarded(home: Path) -> None:
    outside(
        home,
        *(f"DROP TABLE {table}" for table in ("log", "log_state", "heads", "released")),
        "DELETE FROM _sqlite_migrations WHERE name = '0020_log'",
    )
    assert faults(home) == []
    with Archive(home) as archive:
        assert archive.log.frontier().size == 4 + 4 + 4 + 2
    outside(home, "UPDATE versions SET title = '通告' WHERE number = 2")
    assert [where.split()[0] for where, _ in faults(home)] == ["versions"]


def test_the_command_says_so_and_exits_with_one(home: Path) -> None:
    clean = CliRunner().invoke(vedette, ["--home", str(home), "verify"])
    assert clean.exit_code == 0 and clean.stdout == "" and "no faults; log of 14 entries, root " in clean.stderr
    outside(home, "DELETE FROM alerts WHERE seq = 2")
    broken = CliRunner().invoke(vedette, ["--home", str(home), "verify", "--json"])
    assert broken.exit_code == 1
    assert {json.loads(line)["where"] for line in broken.stdout.splitlines()} == {
        "alerts 000000000002",
        f"{feed(home)}:2",
    }
    wrong = CliRunner().invoke(vedette, ["--home", str(home), "verify", "--root", "12"])
    assert wrong.exit_code == 2 and "SIZE:HEX" in wrong.stderr


def test_writing_goes_on_while_it_reads(home: Path) -> None:
    with Archive(home) as archive, Archive(home) as writer:
        found = verify(archive, feed(home), progress=lambda part: _write(writer, part))
        assert list(found) == []
    assert faults(home) == []


def _write(writer: Archive, part: str) -> None:
    if part == "rows against the log":
        put(writer, "每月配额五十卡时。", 9)
