"""Names that climb: in backups, in links to files, in what is exported and proved. Nothing lands outside its folder."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.cli import vedette
from agent.keeping import BackupProblem, backup, restore
from index.archive.archive import Archive
from tests.crawled import HOME, LIST, ROW, World, document, kinds, listing, source, world

__all__ = ["world"]

NOW = datetime(2026, 4, 20, tzinfo=UTC)
HOSTILE = "../../../../tmp/vedette-evil.pdf"


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    body = b"owned" if kind == tarfile.REGTYPE else b""
    entry.size = len(body)
    return entry, body


EVIL: dict[str, Callable[[], list[tuple[tarfile.TarInfo, bytes]]]] = {
    "climbs": lambda: [member("../owned")],
    "climbs from within": lambda: [member("blobs/../../owned")],
    "a link out": lambda: [member("out", tarfile.SYMTYPE, ".."), member("out/owned")],
    "an absolute link": lambda: [member("out", tarfile.SYMTYPE, "/etc"), member("out/owned")],
    "a hard link out": lambda: [member("out", tarfile.LNKTYPE, "../../etc/passwd")],
    "a device": lambda: [member("out", tarfile.CHRTYPE)],
}


def whole(folder: Path) -> Path:
    """A backup as we write it."""
    target = folder / "good.tar"
    with Archive(folder / "first") as archive:
        backup(archive, target, NOW)
    return target


@pytest.mark.parametrize("name", EVIL)
def test_a_backup_that_climbs_is_refused_whole(tmp_path: Path, name: str) -> None:
    target = whole(tmp_path)
    with tarfile.open(target, "a") as tar:
        for entry, body in EVIL[name]():
            tar.addfile(entry, io.BytesIO(body))
    with pytest.raises(BackupProblem):
        restore(target, tmp_path / "deep" / "home")
    assert not list(tmp_path.rglob("owned")) and not (tmp_path / "deep" / "home").exists()


def test_an_absolute_name_in_a_backup_lands_inside(tmp_path: Path) -> None:
    target, outside = whole(tmp_path), tmp_path / "owned"
    with tarfile.open(target, "a") as tar:
        entry, body = member(str(outside))
        tar.addfile(entry, io.BytesIO(body))
    restore(target, tmp_path / "home")
    assert not outside.exists(), "tar's own rule: the leading slash goes"


@pytest.mark.parametrize("body", [b"", b"no tar"])
def test_what_is_no_backup_is_told(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(body)
    with pytest.raises(BackupProblem):
        restore(tmp_path / "x.tar", tmp_path / "home")


def test_names_of_files_in_pages_name_no_file_of_ours(world: World, tmp_path: Path) -> None:
    """Crawled, exported as everything, proved: every path is ours, and below its folder."""
    home = world.archive.home
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as made:
        made.writestr(HOSTILE.replace(".pdf", ".txt"), "算力配额表")
    tail = (
        f'<div class="TRS_Editor"><a href="/{HOSTILE}" title="{HOSTILE}">{HOSTILE}</a>'
        '<a href="/x/..%2f..%2fevil.zip">..\\..\\evil.zip</a></div>'
    )
    world.site.put(LIST, listing(ROW))
    world.site.put(f"{LIST}1.html", document(ROW[1], tail=tail).replace(b'</div><div class="TRS_Editor">', b""))
    for name in ("/tmp/vedette-evil.pdf", "/x/..%2f..%2fevil.zip"):
        world.site.put(f"{HOME}{name}", zipped.getvalue())
    assert "new" in kinds(world.crawl(source()))
    assert any("evil" in path for path in world.site.paths()), "the files were asked for"
    (document_id,) = world.archive.documents.ids()
    run = CliRunner()
    for args in (["export", str(tmp_path / "o")], ["prove", document_id, "--output", str(tmp_path / "p.zip")]):
        done = run.invoke(vedette, ["--home", str(home), *args])
        assert done.exit_code == 0, done.output
    for path in [*home.rglob("*"), *(tmp_path / "o").rglob("*")]:
        assert "evil" not in path.name, path
    with zipfile.ZipFile(tmp_path / "p.zip") as bundle:
        names = bundle.namelist()
    assert names and not [n for n in names if n.startswith("/") or ".." in n.split("/") or "\\" in n]
    assert not Path("/tmp/vedette-evil.pdf").exists() and not Path("/tmp/vedette-evil.txt").exists()
    rows = (tmp_path / "o" / "versions.jsonl").read_text("utf-8").splitlines()
    assert rows and all(json.loads(row) for row in rows)
