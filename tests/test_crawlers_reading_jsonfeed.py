"""Answers of feeds and APIs, in the shapes of the sources named, with text of our own."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading import Selectors, read, read_json
from crawlers.reading.jsonfeed import at_path
from index.records import Reading

API = "https://www.example.cn/api/list"


def answer(value: Any, wanted: Selectors, url: str = API) -> Reading:
    return read_json(json.dumps(value, ensure_ascii=False).encode(), url, selectors=wanted)


def test_govcn_feed() -> None:
    feed = [
        {
            "TITLE": "国务院关于算力的意见",
            "SUB_TITLE": "",
            "URL": "https://www.gov.cn/zhengce/content/1.htm",
            "DOCRELPUBTIME": "2026-06-12",
        }
    ]
    row = answer(feed, Selectors(items="$[*]", link="URL", row_title="TITLE", date="DOCRELPUBTIME")).items[0]
    assert (row.url, row.title, row.date) == (
        "https://www.gov.cn/zhengce/content/1.htm",
        "国务院关于算力的意见",
        date(2026, 6, 12),
    )


def test_search_library_with_markup_and_epoch_dates() -> None:
    first = {"title": "关于<em>算力</em>配额<br/>的通知", "url": "http://x/1.htm", "pubtime": 1790697600000}
    second = {"title": "条例&amp;解读", "url": "http://x/2.htm", "pubtime": 1790697599000}
    rows = {"searchVO": {"catMap": {"gongwen": {"listVO": [first]}, "gongbao": {"listVO": [second]}}}}
    wanted = Selectors(
        items="$.searchVO.catMap.*.listVO[*]", link="url", row_title="title", date="pubtime", date_format="epoch_ms"
    )
    assert [(i.title, i.date) for i in answer(rows, wanted).items] == [
        ("关于算力配额 的通知", date(2026, 9, 30)),
        ("条例&解读", date(2026, 9, 29)),
    ]


def test_links_made_from_row_fields() -> None:
    rows = {
        "code": 0,
        "data": {
            "rows": [{"announceId": 2416, "title": "模型调价公告", "addTime": "2026-06-12 10:00:00"}, {"title": "无号"}]
        },
    }
    wanted = Selectors(
        items="$.data.rows[*]", detail_url="https://cloud.example.com/announce/detail/{announceId}", date="addTime"
    )
    items = answer(rows, wanted).items
    assert [i.url for i in items] == ["https://cloud.example.com/announce/detail/2416"]


def test_nested_arrays_compact_stamps_and_usual_names() -> None:
    rows = {
        "data": [
            {"floorItems": [{"title": "公告一", "link": "/a", "liveStartTime": "20260612093000"}]},
            {"floorItems": []},
            {},
        ]
    }
    item = answer(rows, Selectors(items="data.floorItems")).items[0]
    assert (item.url, item.title, item.date) == ("https://www.example.cn/a", "公告一", date(2026, 6, 12))


@pytest.mark.parametrize("items", [None, "li.cf"])
def test_rows_in_html_inside_json(items: str | None) -> None:
    rows = "".join(
        f'<li class="cf"><a href="/art/2026/art_{n}.html" title="关于第{n}批算力目录的公告">关于第…</a>'
        f'<span class="fr">2026-06-0{n}</span>'
        for n in (3, 2)
    )
    found = answer(
        {"data": {"html": f"<div><ul>{rows}</ul></div>"}}, Selectors(fragment="data.html", items=items)
    ).items
    assert [(i.url, i.title, i.date) for i in found] == [
        ("https://www.example.cn/art/2026/art_3.html", "关于第3批算力目录的公告", date(2026, 6, 3)),
        ("https://www.example.cn/art/2026/art_2.html", "关于第2批算力目录的公告", date(2026, 6, 2)),
    ]


def test_a_document_in_json() -> None:
    text = '<meta charset=gb2312><p>编号：1</p><p>自2026年7月1日起执行。</p><p><a href="/u/a.pdf">资费表</a></p>'
    title = "关于调整<b>词元包</b>资费的公告"
    detail = {"cData": {"content": {"text": text}, "noticeTitle": title, "publishTime": "1781222400"}}
    wanted = Selectors(body="$.cData.content.text", title="cData.noticeTitle", published="cData.publishTime")
    reading = answer(detail, wanted, "https://www.example.cn/d/1.json")
    assert reading.text == "编号：1\n自2026年7月1日起执行。\n资费表"
    assert (reading.title, reading.published, reading.effective) == (
        "关于调整 词元包 资费的公告",
        date(2026, 6, 12),
        date(2026, 7, 1),
    )
    assert [a.url for a in reading.attachments] == ["https://www.example.cn/u/a.pdf"]


def test_markdown_is_read_by_paragraph_and_row() -> None:
    text = "# 计费\n\n| 模型 | 价格 |\n| --- | ---: |\n| a & b | **4** |\n\n详见 [说明](/doc/1.pdf)。\n- 按月结算"
    reading = answer({"Result": {"MDContent": text}}, Selectors(body="Result.MDContent"))
    assert reading.text.split("\n") == ["计费", "模型\t价格", "a & b\t4", "详见 说明。", "按月结算"]
    assert [a.url for a in reading.attachments] == [urljoin(API, "/doc/1.pdf")]


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"[1, 2", b"null", b'"x"', b"{}", b"[" * 5000, b'{"a": 1}', b"%PDF-1.4"]
)
def test_other_answers_are_empty(body: bytes) -> None:
    assert read_json(body, API, selectors=Selectors(items="data.rows")) == Reading(url=API)


def test_jsonp_is_read() -> None:
    body = 'callback({"list":[{"title":"公告标题","url":"/1.html"}]});'.encode()
    assert len(read_json(body, API, selectors=Selectors(items="list")).items) == 1


ANSWERS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda s: st.lists(s, max_size=3) | st.dictionaries(st.sampled_from("ab"), s),
    max_leaves=20,
)


@given(ANSWERS, st.lists(st.sampled_from(["a", "b", "*", "[*]", "[0]"]), max_size=4).map(".".join))
def test_paths_lead_somewhere_or_nowhere(value: Any, path: str) -> None:
    assert isinstance(list(at_path(value, path)), list)


def test_one_set_of_selectors_reads_lists_and_documents() -> None:
    wanted = Selectors(items="result", title="tNoticeDto.title", body="tNoticeDto.noticeDetails")
    listed = answer({"result": [{"id": 7, "title": "资费公告", "url": "/7"}]}, wanted)
    detail = answer({"tNoticeDto": {"title": "资费公告", "noticeDetails": "<p>下调词元单价。</p>"}}, wanted)
    assert ([i.title for i in listed.items], listed.text) == (["资费公告"], "")
    assert (detail.items, detail.text) == ((), "下调词元单价。")


@pytest.mark.parametrize("items", ["$", "$[*]", "data[*]", "searchVO.catMap.*.listVO", "data.rows"])
def test_json_paths_find_nothing_on_html_documents(items: str) -> None:
    page = "<html><title>通知</title><div id=zoom><p>经研究，同意你省登记方案。</p></div></html>".encode()
    assert read(page, API, selectors=Selectors(items=items)).text == "经研究，同意你省登记方案。"


def test_read_takes_json_where_selectors_say_how() -> None:
    body = '[{"TITLE": "通知", "URL": "https://a.gov.cn/1.htm"}]'.encode()
    assert [i.url for i in read(body, API, selectors=Selectors(items="$")).items] == ["https://a.gov.cn/1.htm"]
