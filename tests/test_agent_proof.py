"""A bundle proves a document to whoever has only Python, and betrays every byte that was changed in it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from agent.cli import vedette
from index.archive.archive import Archive
from index.ingest import Visit, record
from index.records import Page, Reading

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
URL = "https://www.nda.gov.cn/1.html"


def put(archive: Archive, url: str, text: str, day: int) -> None:
    headers = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip", "etag": f'"{day}"'}
    page = Page(url, "nda", NOW + timedelta(days=day), 200, headers, f"<p>{text}</p>".encode(), url)
    change = record(archive, page, Reading(url=url, title="<b>通知</b>", text=text), Visit("nda", "1"))
    if change and change.kind == "amended":
        with archive.transaction():
            archive.feed.add(str(day), change.id, "quota", change.work, NOW, lambda n: {"id": f"{n:012d}", "d": "🀄"})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Archive(tmp_path / "home") as archive:
        for number in range(9):
            put(archive, f"https://www.cac.gov.cn/{number}.htm", f"第{number}号公告", 0)
        for day, text in enumerate(("每月配额一百卡时。", "每月配额八十卡时。", "每月配额一百卡时。")):
            put(archive, URL, text, day)
        for number in range(9, 14):
            put(archive, f"https://www.cac.gov.cn/{number}.htm", f"第{number}号公告", 0)
    return tmp_path / "home"


@pytest.fixture
def bundle(home: Path, tmp_path: Path) -> Path:
    made = CliRunner().invoke(vedette, ["--home", str(home), "prove", URL, "--output", str(tmp_path / "p.zip")])
    assert made.exit_code == 0, made.output
    with zipfile.ZipFile(tmp_path / "p.zip") as zipped:
        zipped.extractall(tmp_path / "p")
    return next((tmp_path / "p").iterdir())


def check(bundle: Path, *given: str) -> subprocess.CompletedProcess[str]:
    """Run the checker as a stranger would: no packages, another folder."""
    command = [sys.executable, "-I", "-S", str(bundle / "check.py"), *given]
    return subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60)


def test_a_stranger_checks_it(bundle: Path, home: Path) -> None:
    done = check(bundle)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ok: 11 entries, 2 snapshots, log ")
    with Archive(home) as archive:
        frontier = archive.log.frontier()
    assert check(bundle, f"{frontier.size}:{frontier.root.hex()}").returncode == 0
    other = check(bundle, f"{frontier.size}:{'0' * 64}")
    assert other.returncode == 1 and "another root" in other.stderr


def edit(bundle: Path, change: Callable[[dict[str, object]], None]) -> None:
    proof = json.loads((bundle / "proof.json").read_text("utf-8"))
    change(proof)
    (bundle / "proof.json").write_text(json.dumps(proof), encoding="utf-8")


def test_every_entry_is_checked(bundle: Path) -> None:
    kept = (bundle / "proof.json").read_text("utf-8")
    count = len(json.loads(kept)["entries"])
    for number in range(count):
        for what in ("record", "path", "place", "long"):
            entry = json.loads(kept)["entries"][number]
            if what == "long" and not entry["long"]:
                continue

            def spoil(proof: dict[str, object], number: int = number, what: str = what) -> None:
                entry = proof["entries"][number]  # type: ignore[index]  # JSON of ours
                entry[what] = {
                    "record": entry["record"].replace("2026", "2025"),
                    "path": ["00" * 32, *entry["path"][1:]],
                    "place": entry["place"] + 1,
                    "long": dict.fromkeys(entry["long"], "another"),
                }[what]

            edit(bundle, spoil)
            done = check(bundle)
            assert done.returncode == 1 and "is not what was logged" in done.stderr, (number, what, done)
            (bundle / "proof.json").write_text(kept, encoding="utf-8")
    assert check(bundle).returncode == 0


def test_missing_bytes_are_noticed(bundle: Path) -> None:
    (bundle / "pages.warc.gz").write_bytes(
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    )
    done = check(bundle)
    assert done.returncode == 1 and "is not what was logged" in done.stderr


def test_warcio_reads_the_bytes_and_their_headers(bundle: Path) -> None:
    with (bundle / "pages.warc.gz").open("rb") as stream:
        found = [
            (one.rec_type, one.rec_headers, one.http_headers, one.content_stream().read())
            for one in ArchiveIterator(stream)
        ]
    pages = [one for one in found if one[0] in ("response", "revisit")]
    assert sorted(kind for kind, *_ in pages) == ["response", "response", "revisit"]
    for kind, said, headers, body in pages:
        assert said.get_header("WARC-Target-URI") == URL
        assert said.get_header("WARC-Date").startswith("2026-05-")
        assert headers.get_header("etag") and not headers.get_header("content-encoding")
        assert kind == "revisit" or body.decode().startswith("<p>每月配额")


def test_the_page_shows_what_is_proved_and_runs_nothing(bundle: Path) -> None:
    html = (bundle / "page.html").read_text("utf-8")
    assert "&lt;b&gt;通知&lt;/b&gt;" in html and "<b>" not in html and "<script" not in html
    assert "Version 3" in html and "<ins>" in html and "每月配额一百卡时。" in html


def test_an_unknown_document_is_named(home: Path) -> None:
    done = CliRunner().invoke(vedette, ["--home", str(home), "prove", "no-such"])
    assert done.exit_code == 1 and "no-such" in done.stderr
