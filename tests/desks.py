"""An archive with a bit of everything that the analyst's desk shows, a server over it, and tokens; texts our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from agent.judge import encoder
from agent.tokens import Scope, make
from config.declarations import Declarations
from config.settings import Settings
from index.altering import index_changes
from index.archive.archive import Archive
from index.indexing import index_versions
from index.ingest import Visit, record
from index.records import Attachment, Change, Page, Reading
from tests.priced import START, told
from tests.served import Client

PLAN = Reading(
    url="https://www.ndrc.example.cn/plan.html",
    title="关于印发《算力配额管理办法（试行）》的通知",
    text="现将《算力配额管理办法（试行）》印发给你们，请认真贯彻执行。\n"
    "第一条 公共算力平台向注册单位提供每月免费配额1000万tokens。\n第二条 本办法自2026年6月1日起施行。",
    issuer="国家发展改革委",
    doc_number="发改数据〔2026〕12号",
    attachments=(Attachment("https://www.ndrc.example.cn/annex.pdf", "附件"),),
)
CARRIED = Reading(
    url="https://www.hunan.example.cn/1.html",
    title="湖南省算力配额管理实施细则",
    text="第一条 根据《算力配额管理办法（试行）》（发改数据〔2026〕12号），结合本省实际，制定本细则。",
    issuer="湖南省人民政府办公厅",
    doc_number="湘政办发〔2026〕3号",
)
ENGLISH = Reading(
    url="https://english.example.cn/a.html",
    title="Data centres report their computing quotas",
    text="Public computing platforms publish each quarter how much of their computing quota was used.",
    lang="en",
)
HEADERS = {"content-type": "text/html; charset=gb18030", "server": "nginx"}


def put(archive: Archive, reading: Reading, source: str, day: int, body: bytes | None = None) -> Change:
    """Read a page into the archive on a day of the story."""
    bytes_ = body or f"<p>{reading.title}</p>{reading.text}".encode("gb18030")
    page = Page(reading.url, source, START + timedelta(days=day), 200, HEADERS, bytes_, reading.url)
    change = record(archive, page, reading, Visit(source, "1"))
    assert change is not None
    return change


def filled(home: Path, declared: Declarations) -> Archive:
    """Prices and quotas, a plan with a second version, its copy and what carries it out, and an English text."""
    archive = told(home, declared)
    put(archive, PLAN, "ndrc_tz", 30)
    put(archive, replace(PLAN, url="https://www.gov.example.cn/copy.html"), "govcn_zuixin", 31)
    put(archive, CARRIED, "guizhou_dsj", 32)
    put(archive, replace(PLAN, text=PLAN.text.replace("1000万", "800万")), "ndrc_tz", 33)
    put(archive, ENGLISH, "govcn_zuixin", 34)
    return archive


def embedded(archive: Archive) -> None:
    """Make the archive searchable with the bundled model."""
    versions = [v for name in archive.documents.ids() for v in archive.documents.versions(name)]
    model = encoder(Settings(home=archive.home))
    index_versions(archive, model, versions)
    index_changes(archive, model, START)


def token(archive: Archive, name: str, *scopes: Scope, days: int | None = None) -> str:
    """A token made at the story's start; with `days` it expires so long after."""
    secret = make(archive, name, scopes, START, START + timedelta(days=days) if days else None)
    assert secret is not None
    return secret


class Desk(Client):
    """A client of the API, with a token where one is given."""

    secret: str | None = None

    def get(self, path: str, status: int = 200, **query: Any) -> dict[str, Any]:
        """The JSON of an answer that has this status."""
        given = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        code, headers, body = self.ask(f"{path}?{urlencode(query, doseq=True)}" if query else path, **given)
        assert code == status, (path, code, body[:500])
        kind = "application/json" if status < 400 else "application/problem+json"
        assert headers["content-type"] == kind, headers
        found: dict[str, Any] = json.loads(body)
        return found

    def send(self, path: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of a POST."""
        given = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        code, _, answer = self.ask(
            path, "POST", json.dumps(body), **{"Content-Type": "application/json"} | given | headers
        )
        return code, json.loads(answer)


@contextmanager
def desk(home: Path, declared: Declarations, **given: Any) -> Iterator[Desk]:
    """A server over an archive."""
    made = Desk(home, declared, **given)
    try:
        yield made
    finally:
        made.close()
