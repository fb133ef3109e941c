"""The command line as people and scripts meet it: help, exit codes, messages, the batch forms."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ENV = {**os.environ, "PYTHONWARNINGS": "default"}


def vedette(*args: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    place = ["--home", str(home)] if home else []
    command = [sys.executable, "-c", "from agent.cli import main; main()", *place, *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=170, env=ENV)


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, agent.cli as c, click;"
        "g = c.vedette; ctx = click.Context(g); g.get_help(ctx);"
        "print(sorted(set(sys.modules) & {'torch', 'faiss', 'scrapy', 'sklearn', 'sentence_transformers'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
    shown = vedette("--help").stdout
    for name in ("check", "crawl", "classify", "alert", "digest", "deliver", "once", "run", "demo", "search", "show"):
        assert f"  {name} " in shown


def test_help_is_quick() -> None:
    """The bar is 0.6 s on a quiet machine; timings never fail a test, so this only reports."""
    started = time.perf_counter()
    assert vedette("--help").returncode == 0
    sys.stdout.write(f"vedette --help: {time.perf_counter() - started:.2f} s")


def test_check_of_the_shipped_declarations() -> None:
    done = vedette("check")
    assert (done.returncode, "no fault" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: [", "sources/x.yml:"),
        ("title: 源\nkund: feed\n", "kund"),
        ("", "sources/x.yml"),
    ],
)
def test_a_broken_declaration_is_named_with_file_key_and_fix(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "x.yml").write_text(text, encoding="utf-8")
    done = vedette("--config", str(tmp_path), "check")
    assert done.returncode == 2
    assert told in done.stdout and "Fix:" in done.stdout
    crawl = vedette("--config", str(tmp_path), "crawl", home=tmp_path / "home")
    assert crawl.returncode == 2 and "Traceback" not in crawl.stderr


def test_an_unknown_source_is_a_usage_fault(tmp_path: Path) -> None:
    done = vedette("crawl", "no_such_source", home=tmp_path)
    assert done.returncode == 2 and "no_such_source" in done.stderr


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = vedette("sources", home=tmp_path / "file")
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr and "Traceback" not in done.stderr


def test_a_bad_setting_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from agent.cli import main; main()", "sources"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**ENV, "VEDETTE_SMTP_PORT": "many"},
    )
    assert done.returncode == 2 and "VEDETTE_SMTP_PORT" in done.stderr


def test_facts_in_batch_keeps_order_and_tells_bad_lines(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        json.dumps({"id": "a", "text": "套餐39.9元/月，含1500万词元。"}, ensure_ascii=False),
        "{broken",
        json.dumps({"id": "b"}),
        "",
        json.dumps({"id": "c", "text": "Nothing to count here."}),
    ]
    source.write_text("\n".join(lines), encoding="utf-8")
    done = vedette("facts", "--input", str(source), "--output", str(target))
    assert done.returncode == 1
    assert f"{source}:2" in done.stderr and f"{source}:3" in done.stderr and "text" in done.stderr
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["a", "c"]
    (price,) = rows[0]["facts"]
    assert (price["amount"], price["per"], price["quantity"]) == ("39.9", "month", "15000000")
    assert rows[1]["facts"] == []


def test_extract_prints_the_fields_of_the_design(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<html><head><meta charset=gbk><title>通知</title></head><body><h1>关于算力券的通知</h1>"
        "<p>发布日期：2026年5月8日</p><div><p>一、每家企业每月不超过3万卡时。</p>"
        "<p>二、自2026年7月1日起施行，请遵照执行，不得突破本通知确定的上限，违者收回。</p></div></body></html>",
        encoding="gbk",
    )
    done = vedette("extract", str(page), "--url", "https://example.gov.cn/1.html")
    got = json.loads(done.stdout)
    assert set(got) == {
        "url", "title", "published", "written", "issuer", "doc_number", "index_number", "lang", "text", "attachments",
        "items",
    }  # fmt: skip
    assert got["title"] == "关于算力券的通知" and got["published"] == "2026-05-08"
    assert "3万卡时" in got["text"]


def test_diff_of_two_texts(tmp_path: Path) -> None:
    before, after = tmp_path / "before.txt", tmp_path / "after.txt"
    before.write_text("第一条 总则。\n第二条 免费额度比例不低于5%。", encoding="utf-8")
    after.write_text("第一条 总则。\n第二条 免费额度比例不低于2%。", encoding="utf-8")
    page = tmp_path / "side.html"
    done = vedette("diff", str(before), str(after), "--html", str(page))
    got = json.loads(done.stdout)
    assert got["changed"] and got["kind"] == "amended"
    (clause,) = got["clauses"]
    assert clause["locator"] == "第二条" and "2%" in clause["after"]
    assert "<del>" in page.read_text(encoding="utf-8")
    same = json.loads(vedette("diff", str(before), str(before)).stdout)
    assert same["changed"] is False and same["clauses"] == []


def test_show_of_something_unknown(tmp_path: Path) -> None:
    done = vedette("show", "国办发〔2026〕1号", home=tmp_path)
    assert done.returncode == 1 and "国办发〔2026〕1号" in done.stderr
