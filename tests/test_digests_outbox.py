"""The feed file: whole, in order and without repeats, wherever the last run stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digests.outbox import FeedFileProblem, write_feed
from index.archive.archive import Archive
from tests.telling import finding, tell


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    with Archive(tmp_path / "home") as made:
        yield made


def _ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


def _fill(archive: Archive, first: int, last: int) -> list[str]:
    return [alert.id for alert in tell(archive, [finding(f"d{n}") for n in range(first, last)])]


def test_appends_what_is_missing_and_nothing_twice(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "out/alerts.jsonl"
    first = _fill(archive, 0, 3)
    assert write_feed(archive, path) == 3
    assert write_feed(archive, path) == 0
    second = _fill(archive, 3, 5)
    assert write_feed(archive, path) == 2
    assert _ids(path) == first + second


def test_more_than_one_batch(archive: Archive, tmp_path: Path) -> None:
    ids = _fill(archive, 0, 1203)
    path = tmp_path / "alerts.jsonl"
    assert write_feed(archive, path) == 1203
    assert _ids(path) == ids


def test_any_truncation_is_made_whole(archive: Archive, tmp_path: Path) -> None:
    _fill(archive, 0, 4)
    path = tmp_path / "alerts.jsonl"
    write_feed(archive, path)
    whole = path.read_bytes()
    lengths = [0, 1, *(len(whole) * n // 23 for n in range(1, 23)), len(whole) - 1, len(whole)]
    for length in lengths:
        path.write_bytes(whole[:length])
        write_feed(archive, path)
        assert path.read_bytes() == whole, f"cut at {length} of {len(whole)}"


def test_empty_feed_and_empty_file(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    assert write_feed(archive, path) == 0
    path.write_bytes(b"")
    assert write_feed(archive, path) == 0


@pytest.mark.parametrize("line", [b"hello\n", b"{}\n", b'{"sequence":"x","id":"y"}\n', b"[]\n"])
def test_a_foreign_file_is_left_alone(archive: Archive, tmp_path: Path, line: bytes) -> None:
    _fill(archive, 0, 1)
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(line)
    with pytest.raises(FeedFileProblem, match=r"alerts\.jsonl.*move the file away"):
        write_feed(archive, path)
    assert path.read_bytes() == line


def test_the_file_of_another_archive_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Archive(tmp_path / "other") as other:
        _fill(other, 50, 52)
        write_feed(other, path)
    _fill(archive, 0, 5)
    with pytest.raises(FeedFileProblem, match="another archive"):
        write_feed(archive, path)


def test_a_full_disk_is_said_clearly_and_mended_by_the_next_run(archive: Archive, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    _fill(archive, 0, 2)
    path = tmp_path / "alerts.jsonl"
    path.symlink_to("/dev/full")
    with pytest.raises(FeedFileProblem, match="Make room"):
        write_feed(archive, path)
    path.unlink()
    assert write_feed(archive, path) == 2


WRITER = """
import sys
from pathlib import Path
from digests.outbox import write_feed
from index.archive.archive import Archive
with Archive(Path(sys.argv[1])) as archive:
    print("ready", flush=True)
    while True:
        write_feed(archive, Path(sys.argv[2]))
        Path(sys.argv[2]).unlink()
"""


@pytest.mark.sqlite
def test_killed_at_any_moment(archive: Archive, tmp_path: Path) -> None:
    """A writer that rewrites the file again and again is killed at many moments; one run makes the file whole."""
    ids = _fill(archive, 0, 400)
    path = tmp_path / "alerts.jsonl"
    for n in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(archive.home), str(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(0.003 * n)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        write_feed(archive, path)
        assert _ids(path) == ids
