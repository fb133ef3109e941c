"""What the tests of the pages look at: the archive of `tests.desks` with a hostile notice, trouble and runs in it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bs4 import BeautifulSoup

from config.declarations import Declarations
from index.archive.archive import Archive
from index.identity import document_id
from index.records import Problem, Reading, Run
from tests.desks import PLAN, Desk, filled, put
from tests.priced import START, Notice, tell

NOW = START + timedelta(days=40)
PLAN_ID = document_id(PLAN.url)
HOSTILE = Reading(
    url="https://www.ndrc.example.cn/hostile.html",
    title='<script>alert("title")</script>\u202e"><img src=x onerror=alert(1)>' + "长" * 5_000,
    text="<script>alert('text')</script>\n第一条 {{ 7*7 }} ${7*7} \u2066隐藏\u2069",
    issuer="javascript:alert(1)",
)
HOSTILE_ID = document_id(HOSTILE.url)
LATE = Notice("ct_group", "cut", "畅享版每月44.9元，含1500万词元。", 39, {"pricing": 0.9}, "loosen")


def looked_at(home: Path, declared: Declarations) -> Archive:
    """The archive; close it after use."""
    archive = filled(home, declared)
    put(archive, HOSTILE, "ndrc_tz", 35)
    tell(archive, declared, LATE)
    at = NOW - timedelta(hours=2)
    archive.health.add_run(Run("ct_group", at, at + timedelta(seconds=9), requests=12, bytes=2048, listed=10, new=1))
    archive.health.add_run(Run("ndrc_tz", at, at + timedelta(seconds=3), requests=2, bytes=512, problems=1))
    archive.health.open(Problem("ndrc_tz", "redesigned", "0 of 20 rows, <b>20</b> before", PLAN.url, at))
    return archive


def soup(at: Desk, path: str, status: int = 200, **headers: str) -> BeautifulSoup:
    """A page as parsed; it must have this status and be HTML."""
    code, given, body = at.ask(path, **headers)
    assert code == status, (path, code, body[:300])
    assert given["content-type"] == "text/html; charset=utf-8"
    return BeautifulSoup(body, "lxml")


def said(page: BeautifulSoup) -> str:
    """All text of a page's main part, white space collapsed."""
    main = page.find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())
