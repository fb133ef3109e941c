"""Exports read back by other programs' own libraries: csv, json, warcio, an XML parser, Datasette."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from agent.cli import vedette
from agent.exporting import cell
from config.declarations import load
from index import ingest
from index.archive.archive import Archive
from index.records import Fact, FetchState, Page, Quote, Reading, Tag

ROOT = Path(__file__).resolve().parent.parent
DAY = datetime(2026, 5, 1, 8, tzinfo=UTC)
PRICES = "https://example.org/prices.html"
SOURCES = ("nda_other", "shanghai")
TEXTS = (
    "第一条 词元套餐每月39.9元，含1500万词元。\n第二条 本通知自2026年6月1日起施行。",
    "第一条 词元套餐每月49.9元，含1500万词元。\n第二条 本通知自2026年6月1日起施行。",
)
PARENT = "第一条 各地应当建立算力券制度。\n第二条 本办法自2026年6月1日起施行。"
CHILD = "为贯彻落实《算力券管理办法》（国发〔2026〕3号），制定本细则。\n第一条 每家企业每月不超过3万卡时。"


def page(url: str, source: str, at: datetime, text: str, **headers: str) -> Page:
    sent = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip", "x-note": "一\r\n二"} | headers
    return Page(url, source, at, 200, sent, f"<html><body>{text}</body></html>".encode(), url)


def put(archive: Archive, url: str, source: str, at: datetime, reading: Reading) -> Page:
    got = page(url, source, at, reading.text)
    ingest.record(archive, got, replace(reading, url=url), ingest.Visit(source, "test/1"))
    return got


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    with Archive(home) as archive:
        prices = [Reading("", "=1+2 词元价格公告", text, published=date(2026, 5, 1)) for text in TEXTS]
        put(archive, PRICES, SOURCES[0], DAY, prices[0])
        got = put(archive, PRICES, SOURCES[0], DAY + timedelta(days=9), prices[1])
        with archive.transaction():  # the same bytes once more, and a 304
            archive.pages.add(replace(got, fetched_at=DAY + timedelta(days=10)))
            state = FetchState(PRICES, SOURCES[0], None, '"e1"', None, got.sha256, 304, DAY + timedelta(days=11))
            archive.pages.remember([state])
        parent = Reading("", "国务院关于印发《算力券管理办法》的通知", PARENT, doc_number="国发〔2026〕3号")
        put(archive, "https://example.org/act.html", SOURCES[0], DAY, parent)
        child = Reading("", "上海市算力券管理办法实施细则", CHILD, published=date(2026, 5, 20))
        put(archive, "https://example.org/child.html", SOURCES[1], DAY + timedelta(days=19), child)
        judge(archive)
    return home


def judge(archive: Archive) -> None:
    """A tag, a number and an alert on the new price."""
    document = archive.documents.document(PRICES)
    assert document is not None
    change = archive.documents.changes_of(document["id"])[-1]
    quote = Quote("词元套餐每月49.9元", 4, 15)
    with archive.transaction():
        archive.judgements.add_tags([Tag(change.id, "pricing", "1", "m", 0.93, True, "tighten", (quote,))])
        values = {"amount": "49.9", "currency": "CNY", "per": "month"}
        archive.judgements.add_facts(str(change.after), [Fact("price", values, 4, 15)])
        archive.feed.add("key", change.id, "pricing", change.work, change.at, lambda seq: {"id": f"a{seq}", "data": {}})


def export(home: Path, folder: Path, *given: str) -> str:
    done = CliRunner().invoke(vedette, ["--home", str(home), "export", str(folder), *given], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_json_lines_hold_the_whole_archive(home: Path, tmp_path: Path) -> None:
    export(home, out := tmp_path / "out")
    counts = {path.stem: len(lines(path)) for path in out.iterdir()}
    assert counts == {"documents": 3, "versions": 4, "changes": 4, "tags": 1, "facts": 1, "alerts": 1}
    versions = lines(out / "versions.jsonl")
    assert [row["text"] for row in versions][:2] == list(TEXTS)
    change = lines(out / "changes.jsonl")[1]
    assert change["kind"] == "amended" and change["baseline"] is False
    assert "49.9" in change["diff"]["clauses"][0]["after"]
    (tag,), (fact,), (alert,) = (lines(out / f"{name}.jsonl") for name in ("tags", "facts", "alerts"))
    assert tag["fires"] is True and tag["evidence"][0]["quote"] == "词元套餐每月49.9元"
    assert fact["quote"] == TEXTS[1][4:15] and fact["values"]["amount"] == "49.9"
    assert alert["event"]["id"] == alert["id"]


def test_what_is_chosen(home: Path, tmp_path: Path) -> None:
    def titles(*given: str) -> list[str]:
        export(home, tmp_path / "out", *given)
        return [row["title"] for row in lines(tmp_path / "out" / "versions.jsonl")]

    assert titles("--source", SOURCES[1]) == ["上海市算力券管理办法实施细则"]
    assert titles("--since", "2026-05-10") == ["=1+2 词元价格公告", "上海市算力券管理办法实施细则"]
    assert titles("--document", PRICES) == ["=1+2 词元价格公告"] * 2
    assert titles("--since", "2027-01-01") == []
    done = CliRunner().invoke(vedette, ["--home", str(home), "export", str(tmp_path), "--document", "nowhere"])
    assert done.exit_code == 2 and "nowhere" in done.stderr


def test_no_csv_cell_starts_a_formula(home: Path, tmp_path: Path) -> None:
    export(home, out := tmp_path / "out", "--format", "csv")
    raw = (out / "documents.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0]["title"] == "'=1+2 词元价格公告"
    assert [row["text"] for row in csv.DictReader((out / "versions.csv").open(encoding="utf-8-sig", newline=""))][
        :2
    ] == (list(TEXTS))
    assert json.loads(next(csv.DictReader((out / "facts.csv").open(encoding="utf-8-sig", newline="")))["values"])


@given(st.text(max_size=20))
def test_a_cell_can_be_taken_back(text: str) -> None:
    written = cell(text)
    assert isinstance(written, str)
    clean = text.encode("utf-8", "replace").decode("utf-8")
    assert (written[1:] if written.startswith("'") else written) == clean
    assert not written or written[0] not in "=+-@\t\r\n＝＋－＠"


def test_the_same_archive_gives_the_same_bytes(home: Path, tmp_path: Path) -> None:
    every = [part for name in ("jsonl", "csv", "warc", "opml", "datasette") for part in ("--format", name)]
    digests = []
    for name in ("one", "two"):
        export(home, tmp_path / name, *every)
        digests.append(
            {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / name).iterdir()}
        )
    assert digests[0] == digests[1]
    assert len(digests[0]) == 6 + 6 + 1 + 1 + 2


def test_warcio_reads_the_pages(home: Path, tmp_path: Path) -> None:
    assert "3 responses" not in export(home, tmp_path, "--format", "warc")
    path = tmp_path / "pages.warc.gz"
    found: list[tuple[str, dict[str, str], bytes]] = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            found.append((record.rec_type, dict(record.rec_headers.headers), record.content_stream().read()))
            if record.rec_type == "response":
                assert record.http_headers.get_header("x-archive-orig-content-encoding") == "gzip"
                assert record.http_headers.get_header("content-length") == str(len(found[-1][2]))
    kinds = [kind for kind, _, _ in found]
    assert kinds[0] == "warcinfo"
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "warcinfo": 1, "response": 4, "request": 5, "metadata": 5, "revisit": 2,
    }  # fmt: skip
    responses = {head["WARC-Record-ID"]: (head, body) for kind, head, body in found if kind == "response"}
    for head, body in responses.values():
        assert head["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    same, unchanged = (head for kind, head, _ in found if kind == "revisit")
    assert same["WARC-Profile"].endswith("identical-payload-digest")
    assert unchanged["WARC-Profile"].endswith("server-not-modified")
    for head in (same, unchanged):
        first = responses[head["WARC-Refers-To"]][0]
        assert (head["WARC-Refers-To-Target-URI"], head["WARC-Refers-To-Date"]) == (PRICES, first["WARC-Date"])
    assert TEXTS[1].encode() in responses[same["WARC-Refers-To"]][1]
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, text=True
    )
    assert checked.returncode == 0 and "digest pass" in checked.stdout


def test_pages_whose_bytes_are_gone_are_named(home: Path, tmp_path: Path) -> None:
    with Archive(home) as archive:
        row = next(archive.exports.receipts())
        digest = row["sha256"]
        next((home / "blobs").rglob(f"{digest[2:]}*")).unlink()
    done = CliRunner().invoke(vedette, ["--home", str(home), "export", str(tmp_path), "--format", "warc"])
    assert done.exit_code == 1 and f"the bytes of {row['url']}" in done.stderr
    assert "3 responses" in done.stdout


def test_the_sources_as_opml(home: Path, tmp_path: Path) -> None:
    export(home, tmp_path, "--format", "opml")
    outlines = list(ElementTree.parse(tmp_path / "sources.opml").iter("outline"))
    urls = {url for one in outlines if (url := one.get("xmlUrl") or one.get("url"))}
    declared = load(None).sources.values()
    assert urls == {url for source in declared for url in source.urls}
    feeds = {one.get("xmlUrl") for one in outlines if one.get("type") == "rss"}
    assert feeds == {url for source in declared if source.kind == "feed" for url in source.urls}
    export(home, tmp_path, "--format", "opml", "--source", SOURCES[1])
    few = [one for one in ElementTree.parse(tmp_path / "sources.opml").iter("outline") if one.get("type")]
    assert len(few) == len(load(None).sources[SOURCES[1]].urls)


async def ask(folder: Path, path: str) -> Any:
    from datasette.app import Datasette  # type: ignore[import-untyped] # no hints published

    served = Datasette(
        [str(folder / "vedette.db")], metadata=yaml.safe_load((folder / "metadata.yml").read_text("utf-8"))
    )
    answer = await served.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json() if path.split("?", maxsplit=1)[0].endswith(".json") else answer.text


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore::ResourceWarning"
)
async def test_datasette_opens_the_copy(home: Path, tmp_path: Path) -> None:
    export(home, tmp_path, "--format", "datasette")
    tables = (await ask(tmp_path, "/vedette.json"))["tables"]
    shown = {table["name"] for table in tables if not table["hidden"]}
    assert shown == {
        "sources", "documents", "versions", "changes", "clauses", "tags", "facts", "alerts", "citations",
    }  # fmt: skip
    texts = await ask(tmp_path, "/vedette/versions.json?_shape=array&_sort=first_seen")
    assert {row["text"] for row in texts} == {*TEXTS, PARENT, CHILD}
    prices = await ask(tmp_path, "/vedette/token_prices_changed.json?_shape=array")
    assert [(row["publisher"], row["direction"]) for row in prices] == [
        (load(None).sources[SOURCES[0]].title, "tighten")
    ]
    assert "49.9" in prices[0]["after"] and "39.9" in prices[0]["before"]
    stated = await ask(tmp_path, "/vedette/token_prices.json?_shape=array")
    assert [(row["amount"], row["currency"]) for row in stated] == [("49.9", "CNY")]
    carried = await ask(tmp_path, "/vedette/who_implements.json?_shape=array&name=算力券管理办法")
    assert [(row["region"], row["title"]) for row in carried] == [("CN-31", "上海市算力券管理办法实施细则")]
    found = await ask(tmp_path, "/vedette/search_texts.json?_shape=array&words=每月49.9")
    assert len(found) == 1 and "[每月49.9]" in found[0]["found"]
    page = await ask(tmp_path, "/vedette/documents")
    assert "Number of the document (文号)" in page


def test_every_column_that_metadata_tells_of_is_there(home: Path, tmp_path: Path) -> None:
    import sqlite3

    export(home, tmp_path, "--format", "datasette")
    told = yaml.safe_load((tmp_path / "metadata.yml").read_text("utf-8"))["databases"]["vedette"]
    with sqlite3.connect(tmp_path / "vedette.db") as db:
        for name, table in told["tables"].items():
            columns = {row[1] for row in db.execute(f"PRAGMA table_info('{name}')")}
            shared = {"versions"} if name == "versions" else set()  # versions takes over the words of documents
            assert columns and columns >= table.get("columns", {}).keys() - shared - {"state"}, name
        for query in told["queries"].values():
            db.execute(query["sql"], {"name": "x", "words": "xyz"}).fetchall()
    db.close()


def test_memory_stays_flat(tmp_path: Path) -> None:
    from benchmarks.generate import fill

    peaks = []
    for number in (500, 1500):
        home = tmp_path / str(number)
        fill(home, range(number), processes=1)
        with Archive(home) as archive:
            tracemalloc.start()
            assert sum(1 for _ in archive.exports.rows("versions")) == number
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def recipes() -> Iterator[Any]:
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    for number, (kind, code) in enumerate(re.findall(r"```(sh|python)\n(.*?)```", text, re.S)):
        yield pytest.param(kind, code, id=f"{number}-{kind}")


def test_the_recipes_of_the_page_run(home: Path, tmp_path: Path) -> None:
    env = os.environ | {"VEDETTE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    told = []
    for recipe in recipes():
        kind, code = recipe.values
        command = [sys.executable, "-c", code] if kind == "python" else ["sh", "-ec", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, timeout=60)
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
        told.append(done.stdout)
    assert len(told) >= 6 and all(told)
