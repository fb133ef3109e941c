"""Documents that move, and documents that others repeal: what a crawl tells, archives and remembers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from index.identity import document_id
from tests.crawled import (
    DOC,
    HOME,
    HOST,
    LIST,
    ROW,
    SENTENCES,
    TITLE,
    Reply,
    World,
    again,
    document,
    kinds,
    listing,
    source,
    start,
    swapped,
    world,
)

__all__ = ["world"]

NEW = f"{HOME}/xxgk/2026/1.html"
FRONT = b"<html><body><div class='top'>" + "首页 新闻 公开 服务 互动".encode() + b"</div></body></html>"


def led(status: int, to: str = NEW) -> Reply:
    return Reply(status=status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 308])
@pytest.mark.parametrize("bare", [False, True], ids=["declared", "bare"])
def test_a_permanent_redirect_is_one_move_and_the_archive_follows(world: World, status: int, bare: bool) -> None:
    changes: dict[str, Any] = {"detail": {}, "list": {}} if bare else {}
    of = start(world, **changes)
    world.site.put(NEW, document(TITLE))
    (moved,) = again(world, of, led(status))
    assert (moved["event"], moved["url"], moved["document"]) == ("moved", NEW, document_id(NEW))
    assert moved["change"]["fields"] == [{"field": "url", "before": DOC, "after": NEW}]
    for _ in range(3):
        assert world.crawl(of) == []
    there = world.archive.documents.latest(document_id(NEW))
    before = world.archive.documents.latest(document_id(DOC))
    assert there is not None and before is not None
    assert there.work == before.work
    old = world.archive.documents.document(DOC)  # the old address is remembered
    assert old is not None and old["state"] == "withdrawn"
    assert [row["url"] for row in world.archive.documents.addresses(there.work)] == [DOC, NEW]


def test_after_a_move_the_new_address_is_read_and_the_old_one_hardly(world: World) -> None:
    of = start(world)
    world.site.put(NEW, document(TITLE))
    again(world, of, led(301))
    world.site.asked.clear()
    for _ in range(5):
        assert world.crawl(of) == []
    assert world.site.paths().count("/tz/1.html") == 0
    assert world.site.paths().count("/xxgk/2026/1.html") == 5
    world.site.put(NEW, document(TITLE, swapped("1000万", "500万")))
    (told,) = world.crawl(of)
    assert (told["event"], told["url"]) == ("amended", NEW)


def test_a_move_with_an_edit_is_both(world: World) -> None:
    of = start(world)
    world.site.put(NEW, document(TITLE, swapped("1000万", "500万")))
    told = again(world, of, led(301))
    assert kinds(told) == ["moved", "amended"]
    assert "500万" in str(told[1]["change"]["clauses"])


def test_a_move_to_another_of_the_sources_own_hosts(world: World) -> None:
    there = "https://zcs.example.gov.cn/1.html"
    of = start(world, allowed_hosts=["zcs.example.gov.cn"])
    world.site.put(there, document(TITLE))
    (moved,) = again(world, of, led(301, there))
    assert (moved["event"], moved["url"]) == ("moved", there)


def test_the_target_of_a_move_that_says_304_is_read_all_the_same(world: World) -> None:
    of = start(world, Reply(document(TITLE), headers={"ETag": '"a"'}))
    world.site.put(NEW, Reply(document(TITLE), headers={"ETag": '"a"'}))  # one file behind both addresses
    assert kinds(again(world, of, led(301))) == ["moved"]
    assert world.crawl(of) == []


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_is_no_move(world: World, status: int) -> None:
    of = start(world)
    world.site.put(NEW, document(TITLE))
    assert again(world, of, led(status)) == []
    assert again(world, of, document(TITLE)) == []
    world.site.put(NEW, document(TITLE, swapped("1000万", "500万")))
    (told,) = again(world, of, led(status))
    assert (told["event"], told["url"]) == ("amended", DOC)


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_to_another_text_is_a_problem_and_no_change(world: World, status: int) -> None:
    other = document("关于表彰先进集体的决定", tuple(f"授予第{n}车间先进集体称号，颁发奖状。" for n in range(9)))
    of = start(world)
    world.site.put(NEW, other)
    (problem,) = again(world, of, led(status))
    assert problem["problem"] == "http"
    assert NEW in problem["message"] and DOC in problem["message"]
    assert kinds(again(world, of, document(TITLE))) == ["recovered http"]
    assert world.archive.documents.counts()["versions"] == 1


@pytest.mark.parametrize(
    ("to", "page", "told"),
    [
        (f"{HOME}/sso/login?back=1", document("统一身份认证平台"), "problem blocked"),
        ("https://passport.example.com/login", document("登录"), "problem blocked"),
        ("https://elsewhere.example.com/1.html", document(TITLE), "problem http"),
        (f"{HOME}/", FRONT, ""),
        (f"{HOME}/404.html", FRONT, ""),
    ],
)
@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_that_leads_away_never_moves(world: World, to: str, page: bytes, told: str, status: int) -> None:
    of = start(world)
    world.site.put(to, page)
    assert " ".join(kinds(again(world, of, led(status, to)))) == told  # home is as good as 404: a second look decides
    assert world.archive.documents.state(document_id(DOC)) == "live"
    assert kinds(again(world, of, document(TITLE))) == ([told.replace("problem", "recovered")] if told else [])


@pytest.mark.parametrize("bare", [False, True], ids=["declared", "bare"])
def test_a_document_that_was_always_redirected_does_not_move_and_is_asked_once_a_visit(
    world: World, bare: bool
) -> None:
    changes: dict[str, Any] = {"detail": {}, "list": {}} if bare else {}
    of = source(**changes)
    world.site.put(LIST, listing(ROW))
    world.site.put(DOC, led(301))
    world.site.put(NEW, Reply(document(TITLE), headers={"ETag": '"a"'}))
    assert kinds(world.crawl(of)) == ["new"]
    for counter in (1, 2, 3, 4):
        world.site.asked.clear()
        assert world.crawl(of, recheck=counter == 4) == []
    assert world.site.paths().count("/tz/1.html") == 1


# Ends by notice

OLD = ("./old.html", "机房能耗管理规定", "2026-04-17")
NUMBERED = "（工信发〔2010〕5号）"


def site_with_a_rule(world: World) -> Any:
    world.site.put(LIST, listing(OLD))
    world.site.put(f"{LIST}old.html", document(OLD[1], ("工信发〔2010〕5号", *SENTENCES[:5])))
    of = source()
    assert kinds(world.crawl(of)) == ["new"]
    return of


def test_a_notice_that_repeals_a_rule_is_told_as_its_withdrawal(world: World) -> None:
    of = site_with_a_rule(world)
    notice = ("./notice.html", "关于废止部分规范性文件的公告", "2026-04-20")
    text = ("经研究，决定废止下列规范性文件，自公布之日起停止执行：", f"1.《{OLD[1]}》{NUMBERED}")
    world.site.put(LIST, listing(notice, OLD))
    world.site.put(f"{LIST}notice.html", document(notice[1], text))
    told = world.crawl(of)
    assert kinds(told) == ["new", "withdrawn"]
    end = told[1]
    assert (end["url"], end["document"], end["title"]) == (f"{LIST}old.html", document_id(f"{LIST}old.html"), OLD[1])
    assert (world.runs[0].new, world.runs[0].amended) == (1, 0)
    assert world.crawl(of, recheck=True) == []


def test_a_repeal_for_a_later_day_is_told_on_that_day(world: World) -> None:
    of = site_with_a_rule(world)
    new = ("./new.html", "机房能耗管理办法", "2026-04-20")
    last = f"第七条 本办法自2026年4月24日起施行，《{OLD[1]}》{NUMBERED}同时废止。"
    world.site.put(LIST, listing(new, OLD))
    world.site.put(f"{LIST}new.html", document(new[1], (*SENTENCES[:6], last)))
    assert kinds(world.crawl(of)) == ["new"]  # on the 22nd
    assert world.crawl(of) == []
    (end,) = world.crawl(of)
    assert (end["event"], end["url"]) == ("withdrawn", f"{LIST}old.html")
    assert world.crawl(of, after=timedelta(hours=1)) == []
    assert HOST in end["url"]
