"""The MCP server as a child process, asked by the SDK's own client: answers to cite and to check."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra vedette[mcp] is not installed")

from mcp import Client, StdioServerParameters

from config.declarations import load
from index.archive.archive import Archive
from index.identity import document_id
from tests.desks import PLAN, embedded, filled

COMMAND = [sys.executable, "-c", "from agent.cli import main; main()"]
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "search": ("search", {"query": "free computing quota for registered units", "limit": 3}),
    "filter": ("search", {"query": "trigger:pricing", "sort": "date"}),
    "unreadable": ("search", {"query": "tigger:pricing"}),
    "document": ("get_document", {"key": "发改数据〔2026〕12号"}),
    "piece": ("get_document", {"key": document_id(PLAN.url), "version": 1, "start": 10, "length": 5}),
    "no version": ("get_document", {"key": document_id(PLAN.url), "version": 9}),
    "nothing": ("get_document", {"key": "nothing"}),
    "changes": ("list_changes", {"trigger": "pricing", "limit": 2}),
    "no trigger": ("list_changes", {"trigger": "weather"}),
    "alerts": ("list_alerts", {"limit": 1}),
    "severe": ("list_alerts", {"severity": "extreme"}),
    "too many": ("list_alerts", {"limit": 1000}),
}


def tables(archive: Archive) -> dict[str, int]:
    counts = archive.documents.counts()
    return counts | {"alerts": archive.feed.last_seq(), "feedback": len(archive.feedback.all())}


async def ask(home: Path) -> tuple[Any, dict[str, Any]]:
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp"), "OMP_NUM_THREADS": "1"}
    server = StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], "--home", str(home), "mcp"], env=env)
    async with Client(server) as client:
        tools = await client.list_tools()
        answers = {name: await client.call_tool(*call) for name, call in CALLS.items()}
        answers["next changes"] = await client.call_tool(
            "list_changes", CALLS["changes"][1] | {"before": answers["changes"].structured_content["next"]}
        )
        answers["next alerts"] = await client.call_tool(
            "list_alerts", {"limit": 1, "before": answers["alerts"].structured_content["next"]}
        )
    return tools, answers


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with filled(tmp_path_factory.mktemp("mcp"), load()) as opened:
        embedded(opened)
        yield opened


@pytest.fixture(scope="module")
def asked(archive: Archive) -> tuple[Any, dict[str, Any]]:
    """All answers of one session, asked once."""
    before = tables(archive)
    found = asyncio.run(ask(archive.home))
    assert tables(archive) == before
    return found


def said(asked: tuple[Any, dict[str, Any]], name: str) -> dict[str, Any]:
    answer = asked[1][name]
    assert not answer.is_error, answer.content
    found: dict[str, Any] = answer.structured_content
    return found


def test_four_tools_that_say_they_only_read(asked: tuple[Any, dict[str, Any]]) -> None:
    tools = {tool.name: tool for tool in asked[0].tools}
    assert set(tools) == {"search", "get_document", "list_changes", "list_alerts"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint and not tool.annotations.destructive_hint
        assert tool.output_schema and len(tool.description) > 80
        assert all("description" in one for one in tool.input_schema["properties"].values()), tool.name


def test_an_english_question_finds_the_chinese_clause_with_its_proof(
    asked: tuple[Any, dict[str, Any]], archive: Archive
) -> None:
    hits = said(asked, "search")["hits"]
    cite = next(one["cite"] for one in hits if one["cite"]["title"] == PLAN.title)
    version = archive.documents.version(cite["version"])
    assert version is not None and cite["url"] == version.reading.url
    assert cite["snapshot"] == f"sha256:{version.page_sha256}"
    assert sha256(archive.pages.body(version.page_sha256)).hexdigest() == version.page_sha256
    assert any("免费配额" in quote["quote"] for quote in cite["quotes"])
    for quote in cite["quotes"]:
        assert version.reading.text[quote["start"] : quote["end"]] == quote["quote"]
    assert {one["cite"]["document"] for one in said(asked, "filter")["hits"]} == {"plans", "rise"}


def test_a_document_is_read_by_its_number_and_piece_by_piece(asked: tuple[Any, dict[str, Any]]) -> None:
    whole, piece = said(asked, "document"), said(asked, "piece")
    assert (whole["number"], whole["versions"], whole["doc_number"]) == (2, 2, "发改数据〔2026〕12号")
    assert "800万" in whole["text"] and whole["length"] == len(whole["text"])
    assert [event["kind"] for event in whole["events"]] == ["new", "amended"]
    assert "800万" in whole["events"][1]["diff"]["clauses"][0]["after"]
    assert len(whole["cited_by"]) == 1 and "implements" in whole["cited_by"][0] and len(whole["reprints"]) == 1
    assert piece["text"] == PLAN.text[10:15] and (piece["start"], piece["number"]) == (10, 1)


def test_changes_and_alerts_go_on(asked: tuple[Any, dict[str, Any]], archive: Archive) -> None:
    names = [one["cite"]["document"] for name in ("changes", "next changes") for one in said(asked, name)["changes"]]
    assert names == ["rise", "plans", "plans"] and said(asked, "next changes")["next"] is None
    assert all(one["cite"]["quotes"] and one["severity"] for one in said(asked, "changes")["changes"])
    first, second = said(asked, "alerts")["alerts"][0], said(asked, "next alerts")["alerts"][0]
    told = archive.feed.after(0)
    assert [first["id"], second["id"]] == [told[-1].id, told[-2].id]
    assert first["headline"] == told[-1].event["data"]["headlines"]["en"]
    assert first["cite"]["snapshot"].startswith("sha256:") and first["cite"]["quotes"]
    assert said(asked, "severe") == {"alerts": [], "next": None}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("unreadable", "did you mean trigger"),
        ("nothing", "search finds documents"),
        ("no version", "versions 1 to 2"),
        ("no trigger", "known are pricing, quota, residency"),
        ("too many", "less than or equal to 50"),
    ],
)
def test_faults_tell_the_assistant_what_to_do(asked: tuple[Any, dict[str, Any]], name: str, says: str) -> None:
    answer = asked[1][name]
    assert answer.is_error and says in answer.content[0].text


def test_without_an_archive_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--home", str(tmp_path / "none"), "mcp"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and "no archive in" in done.stderr and not (tmp_path / "none").exists()
