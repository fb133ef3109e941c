"""The situations that must come out right, through the real crawler against a site on loopback."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.source import Source
from tests.attached import chinese_pdf
from tests.crawled import DOC, HOME, LIST, ROW, Reply, World, document, kinds, listing, source, world
from tests.notices import FILE, NOTICE, Answer, Situation
from tests.situations import SITUATIONS

__all__ = ["world"]
FILES = (FILE, f"{FILE}?t=1776729600", "./f.pdf", "./P020260421500000000009.pdf")


def answers(visit: Answer | tuple[Answer, ...]) -> tuple[Answer, ...]:
    return visit if isinstance(visit, tuple) else (visit,)


def watched(*, declared: bool) -> Source:
    """A listed document with a declared body, or the page itself with nothing declared."""
    return source() if declared else source(kind="page", urls=[DOC], list={}, detail={})


def file(text: str) -> Reply:
    return Reply(chinese_pdf([[(72, 700, text)]]), headers={"Content-Type": "application/pdf"})


def shown(change: dict[str, Any]) -> int:
    """Characters of the changed clauses, before and after together."""
    return sum(len(c["before"] or "") + len(c["after"] or "") for c in change["clauses"])


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "bare"])
@pytest.mark.parametrize(
    "situation",
    [
        pytest.param(s, id=s.name, marks=[pytest.mark.xfail(reason=s.unmet, strict=True)] if s.unmet else [])
        for s in SITUATIONS
    ],
)
def test_situation(world: World, situation: Situation, declared: bool) -> None:
    of = watched(declared=declared)
    world.site.put(LIST, listing(ROW))
    world.site.put(f"{HOME}/new/1.html", NOTICE.page())
    world.site.put(f"{HOME}/sso/login?back=1.html", document("统一身份认证平台"))
    for name in FILES:
        world.site.put(
            f"{LIST}{name[2:]}", file("附表一：各地每月配额" if name != FILES[-1] else "附表一：各地每季度配额")
        )
    world.site.put(DOC, situation.first)
    assert kinds(world.crawl(of)) == ["new"]
    allowed = situation.told if declared else situation.bare or situation.told
    versions = 1
    account = ""
    for visit, right in zip(situation.visits, allowed, strict=True):
        world.site.put(DOC, *answers(visit))
        told = world.crawl(of)
        assert " ".join(kinds(told)) in right.split("|")
        for event in told:
            versions += event["event"] in {"amended", "moved"}  # a document that moved has a version at its new place
            if event["event"] != "amended":
                continue
            account += json.dumps(event["change"], ensure_ascii=False)
            assert situation.longest is None or shown(event["change"]) <= situation.longest, event["change"]
            names = {f["field"]: f["after"] for f in event["change"]["fields"]}
            assert all(words in names.get(name, "") for name, words in situation.fields.items())
    assert [words for words in situation.shows if words not in account] == []
    assert world.archive.documents.counts()["versions"] == versions
