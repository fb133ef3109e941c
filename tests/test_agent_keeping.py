"""Backups of a living home, restoring, and bytes given up without breaking the log."""

from __future__ import annotations

import tarfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli import vedette
from agent.keeping import BackupProblem, backup, release, restore
from agent.verifying import verify
from index.archive.archive import Archive
from index.blobs import CorruptBlob
from index.ingest import Visit, record
from index.records import Page, Reading

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)


def put(archive: Archive, number: int, text: str, day: int = 0) -> str:
    """One reading of a document; the sha256 of its page."""
    url = f"https://www.nda.gov.cn/{number}.html"
    page = Page(url, "nda", NOW + timedelta(days=day), 200, {}, text.encode(), url)
    record(archive, page, Reading(url=url, title=f"通知{number}", text=text), Visit("nda", "1"))
    return page.sha256


def clean(home: Path) -> list[str]:
    with Archive(home) as archive:
        return [str(fault) for fault in verify(archive, home / "out" / "alerts.jsonl")]


def test_a_backup_while_another_thread_writes_is_whole(tmp_path: Path) -> None:
    home, stop = tmp_path / "home", threading.Event()

    def write() -> None:
        with Archive(home) as writer:
            for number in range(100, 5_000):
                if stop.is_set():
                    return
                put(writer, number, f"第{number}号通知正文。")

    with Archive(home) as archive:
        for number in range(50):
            put(archive, number, f"每月配额{number}卡时。")
        writing = threading.Thread(target=write)
        writing.start()
        for turn in range(5):
            backup(archive, tmp_path / f"{turn}.tar", NOW)
        stop.set()
        writing.join()
        behind = archive.documents.counts()["documents"]
    sizes = []
    for turn in range(5):
        said = restore(tmp_path / f"{turn}.tar", tmp_path / f"again{turn}")
        assert clean(tmp_path / f"again{turn}") == []
        with Archive(tmp_path / f"again{turn}") as archive:
            assert str(archive.log.frontier().size) == str(said["log_size"])
            assert archive.log.frontier().root.hex() == said["log_root"]
            sizes.append(archive.documents.counts()["documents"])
    assert 50 <= sizes[0] <= sizes[-1] <= behind


def test_the_commands_take_a_home_there_and_back(tmp_path: Path) -> None:
    home, there = tmp_path / "home", tmp_path / "new"
    with Archive(home) as archive:
        digest = put(archive, 1, "每月配额一百卡时。")
    (home / "out").mkdir()
    (home / "out" / "note.txt").write_text("kept")
    made = CliRunner().invoke(vedette, ["--home", str(home), "backup", str(tmp_path / "b.tar")])
    assert made.exit_code == 0 and "1 snapshots" in made.stdout, made.output
    laid = CliRunner().invoke(vedette, ["--home", str(there), "restore", str(tmp_path / "b.tar")])
    assert laid.exit_code == 0 and "1 documents" in laid.stdout and "0 faults" in laid.stdout, laid.output
    assert (there / "out" / "note.txt").read_text() == "kept"
    with Archive(there) as archive:
        assert archive.pages.body(digest) == "每月配额一百卡时。".encode()
    again = CliRunner().invoke(vedette, ["--home", str(there), "restore", str(tmp_path / "b.tar")])
    assert again.exit_code == 1 and "holds an archive already" in again.stderr


def test_a_broken_backup_changes_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path / "home") as archive:
        put(archive, 1, "一")
        backup(archive, tmp_path / "b.tar", NOW)
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "half.tar").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "no.tar").write_bytes(b"no tar at all")
    for name in ("half.tar", "no.tar"):
        with pytest.raises(BackupProblem, match=name):
            restore(tmp_path / name, tmp_path / "new")
        assert not (tmp_path / "new").exists()


def test_a_backup_cannot_write_outside_its_home(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        tar.add(tmp_path / "evil", "../escaped")
    with pytest.raises(BackupProblem, match=r"b\.tar"):
        restore(tmp_path / "b.tar", tmp_path / "new")
    assert not (tmp_path / "escaped").exists()


def test_old_bytes_go_and_the_log_still_vouches(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Archive(home) as archive:
        old, told, new = (put(archive, 1, f"每月配额{n}卡时。", day) for day, n in enumerate(("一百", "八十", "六十")))
        change = archive.documents.changes_of(archive.documents.ids()[0])[-1]
        with archive.transaction():
            archive.feed.add("k", change.id, "quota", change.work, NOW, lambda n: {"id": f"{n:012d}"})
        late = NOW + timedelta(days=400)
        assert release(archive, timedelta(days=500), late) == 0
        assert release(archive, timedelta(days=30), late) == 1
        assert release(archive, timedelta(days=30), late) == 0
        assert archive.pages.body(told) and archive.pages.body(new)
        with pytest.raises(CorruptBlob, match="given up on 2027-06-12"):
            archive.pages.body(old)
        assert archive.blobs.packed(old) is None
    assert clean(home) == []
