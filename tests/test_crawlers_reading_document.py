"""What `read` does with pages as bytes: charsets, broken markup, hostile input, selectors, dates and lists."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.reading import Selectors, as_json, read, selectors_of
from crawlers.reading.lines import lines_of
from crawlers.reading.tree import tree

URL = "https://www.example.gov.cn/zwgk/202606/t20260612_1.html"
TEXT = "<p>　　为规范算力配额登记，制定本办法。</p><p>　　第二条　登记机构应当及时公布结果，接受社会监督。</p>"
EXPECTED = "为规范算力配额登记，制定本办法。\n第二条 登记机构应当及时公布结果，接受社会监督。"


def page(body: str, head: str = "<title>算力登记办法</title>") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


CHARSETS = [
    ("utf-8", "", {}),
    ("utf-8", "", {"content-type": "text/html; charset=gbk"}),
    ("utf-8", '<meta charset="gb2312">', {}),
    ("utf-8-sig", "", {"content-type": "text/html; charset=iso-8859-1"}),
    ("gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', {}),
    ("gb18030", '<meta charset="utf-8">', {}),
    ("gb18030", "", {"content-type": "text/html; charset=GBK"}),
    ("gb18030", "", {}),
    ("utf-16", "", {}),
    ("utf-16-le", "", {}),
]


@pytest.mark.parametrize(("encoding", "label", "headers"), CHARSETS)
def test_charsets_that_are_missing_or_wrong(encoding: str, label: str, headers: dict[str, str]) -> None:
    source = page(f"<div id=zoom>{TEXT}<p>喆镕㙍：gb2312 没有的字。</p></div>", label + "<title>算力登记办法</title>")
    reading = read(source.encode(encoding), URL, headers=headers)
    assert reading.text == f"{EXPECTED}\n喆镕㙍：gb2312 没有的字。"
    assert reading.title == "算力登记办法"


def test_traditional_chinese_in_big5() -> None:
    source = page(
        "<div id=zoom><p>國務院關於發展數據產業的若干意見，現予公布。</p></div>",
        "<meta charset=big5><title>意見</title>",
    )
    reading = read(source.encode("big5"), URL)
    assert (reading.text, reading.lang) == ("國務院關於發展數據產業的若干意見，現予公布。", "zh-Hant")


def test_a_page_cut_inside_a_character() -> None:
    assert EXPECTED[:20] in read(page(f"<div id=zoom>{TEXT}").encode()[:-15], URL).text


def test_text_after_a_closed_root_is_read() -> None:
    source = (
        "<html><head><title>算力登记办法</title></head><body><p>导航</p></body></html>"
        f"<div id='UCAP-CONTENT'>{TEXT}</div></body></html>"
    )
    assert read(source.encode(), URL).text == EXPECTED


def test_markup_too_deep_for_lxml_is_repaired() -> None:
    deep = "".join(f"<font><span>第{n}条　登记机构应当依法办理。<p>" for n in range(1, 301))
    source = page(f"<div class=TRS_Editor>{deep}</div>")
    root = tree(source)
    assert root is not None
    lines = read(source.encode(), URL).text.split("\n")
    assert lines[0] == "第1条 登记机构应当依法办理。"
    assert lines[-1] == "第300条 登记机构应当依法办理。"


HOSTILE = {
    "nothing": b"",
    "white space": b" \r\n\t",
    "comment": b"<!-- only -->",
    "nul bytes": b"\0" * 5000,
    "pdf": b"%PDF-1.7\n1 0 obj",
    "random bytes": bytes(range(256)) * 400,
    "open brackets": b"<" * 50_000,
    "200,000 levels": b"<div>" * 200_000,
    "long attribute list": b"<a " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">",
    "no closing record": b"<record>" * 50_000,
    "no closing script": b"<script>" * 50_000,
    "broken json": b"_CONFIG DETAIL: " + b'{"a":' * 50_000,
    "white space sea": b"<p>" + b" " * 1_000_000,
    "dates without links": page("<ul>" + "<li>2026-01-01</li>" * 5_000 + "</ul><a href=x>标题标题标题</a>").encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read_in_time_without_error(name: str) -> None:
    begin = time.process_time()
    reading = read(HOSTILE[name], URL)
    assert time.process_time() - begin < 5
    assert reading.items == ()
    assert reading.attachments == ()


def test_a_binary_file_has_no_text() -> None:
    assert [read(HOSTILE[n], URL).text for n in ("nothing", "nul bytes", "pdf", "random bytes")] == [""] * 4


def test_time_grows_with_size_and_no_faster() -> None:
    def cost(paragraphs: int) -> float:
        source = page(f"<div id=zoom>{TEXT * paragraphs}</div>").encode()
        begin = time.process_time()
        read(source, URL)
        return time.process_time() - begin

    cost(10)
    assert cost(16_000) < 16 * max(cost(2_000), 0.05)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400) | st.text(alphabet="<>/=\"' abdivptrlh!-&;\0年月日〔〕2026年", max_size=400).map(str.encode)
)
def test_any_bytes_are_taken(body: bytes) -> None:
    as_json(read(b"<html><body>" + body, URL))


def test_selectors_find_what_they_name() -> None:
    source = page(
        "<h1>栏目</h1><div class=t>办法全称</div><i id=d>2026年6月1日</i><b class=n>算登发[2026] 3号</b><u>登记总局</u>"
        f"<div class=x>{TEXT}<p class=ad>广告</p></div><div class=y><a href='a.pdf'>附件</a></div>"
        "<a href='b.pdf'>手册</a>"
    )
    wanted = Selectors(
        body="//div[@class='x']", title=".t", published="#d::text", doc_number=".n", issuer="u", attachments=".y",
        remove=(".ad",),
    )  # fmt: skip
    reading = read(source.encode(), URL, selectors=wanted)
    assert reading.text == EXPECTED
    assert (reading.title, reading.published, reading.doc_number) == ("办法全称", date(2026, 6, 1), "算登发〔2026〕3号")
    assert reading.issuer == "登记总局"
    assert [a.url for a in reading.attachments] == ["https://www.example.gov.cn/zwgk/202606/a.pdf"]


def test_row_selectors_take_the_first_link_of_a_row() -> None:
    row = (
        "<li><a href='./t1.html' title='关于算力的通知'>关于算…</a><div><a href='jd.html'>解读</a></div>"
        "<span>2026/06/0{}</span></li>"
    )
    source = page(f"<ul class=u>{row.format(1)}<li class=empty></li>{row.replace('t1', 't2').format(2)}</ul>")
    wanted = Selectors(
        items="ul.u > li:not(.empty)", link="./a[1]/@href", row_title="./a[1]/@title", date="./span/text()"
    )
    items = read(source.encode(), "https://x.gov.cn/tz/", selectors=wanted).items
    assert [(i.url, i.title, i.date) for i in items] == [
        ("https://x.gov.cn/tz/t1.html", "关于算力的通知", date(2026, 6, 1)),
        ("https://x.gov.cn/tz/t2.html", "关于算力的通知", date(2026, 6, 2)),
    ]


def test_a_row_whose_declared_date_is_none_keeps_the_one_printed() -> None:
    rows = "".join(
        f"<li><a href='{n}.html'>关于算力的通知</a><span>京发〔2026〕{n}号</span><b>2026-06-0{n}</b></li>"
        for n in (1, 2)
    )
    items = read(page(f"<ul>{rows}</ul>").encode(), URL, selectors=Selectors(items="li", date="b.time, span")).items
    assert [i.date for i in items] == [date(2026, 6, 1), date(2026, 6, 2)]


def test_the_date_of_a_row_is_the_one_that_stands_alone() -> None:
    row = (
        "<li><a href='{n}.html'><h4>2025年5月1日起施行的算力办法</h4><p>会议于2026年1月1日召开，强调…</p>"
        "<i>2026-06-0{n}</i></a></li>"
    )
    items = read(page("<ul>" + row.format(n=1) + row.format(n=2) + "</ul>").encode(), URL).items
    assert [(i.title, i.date) for i in items] == [
        ("2025年5月1日起施行的算力办法", date(2026, 6, 1)),
        ("2025年5月1日起施行的算力办法", date(2026, 6, 2)),
    ]


def test_rows_without_dates_are_found_by_their_addresses() -> None:
    rows = "".join(f"<p><a href='/gongbao/2026/content_{n}.htm'>国务院关于算力的决定之{n}</a></p>" for n in range(6))
    items = read(page(f"<div><a href='/a/'>首页</a></div><div>{rows}</div>").encode(), URL).items
    assert [i.date for i in items] == [None] * 6
    assert items[0].url == "https://www.example.gov.cn/gongbao/2026/content_0.htm"


def test_a_declared_body_loses_its_heading_and_keeps_its_files() -> None:
    heading = "<h1>算力登记办法</h1><div>发布日期：2026-06-12 浏览次数：-</div>"
    source = page(f"<div class=c>{heading}{TEXT}<a href=1.pdf>表</a></div><div class=att><a href=2.xls>表</a></div>")
    reading = read(source.encode(), URL, selectors=Selectors(body=".c", attachments=".att a"))
    assert reading.text == f"{EXPECTED}\n表"
    assert reading.published == date(2026, 6, 12)
    assert [a.url[-5:] for a in reading.attachments] == ["2.xls", "1.pdf"]


def test_a_selector_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"div\[\["):
        read(page(TEXT).encode(), URL, selectors=Selectors(body="div[["))


def test_shipped_sources_have_selectors_that_compile() -> None:
    from config.source import Source

    source = Source.model_construct(id="x", list=Source.model_fields["list"].get_default(call_default_factory=True),
                                    detail=Source.model_fields["detail"].get_default(call_default_factory=True),
                                    remove=(".share",), detail_url=None)  # fmt: skip
    assert selectors_of(source) == Selectors(remove=(".share",))


def test_the_time_of_generation_is_no_date_of_publication() -> None:
    head = (
        '<title>办法</title><meta name="PubDate" content="2026-06-20 11:22">'
        '<meta name="Maketime" content="2026-06-20 11:22:33">'
    )
    assert read(page(f"<div id=zoom>{TEXT}</div>", head).encode(), "https://x.gov.cn/a.html").published is None
    shown = page(f"<div>发布时间：2016年3月4日</div><div id=zoom>{TEXT}</div>", head)
    assert read(shown.encode(), "https://x.gov.cn/a.html").published == date(2016, 3, 4)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("本办法自2026年7月1日起施行。", "effective", date(2026, 7, 1)),
        ("《办法》已经审议通过，现予公布，自2026年8月1日起施行。", "effective", date(2026, 8, 1)),
        ("本通知自发布之日起施行。", "effective", date(2026, 6, 12)),
        ("本办法自2026年7月1日起施行，有效期5年。", "expires", date(2031, 6, 30)),
        ("本办法有效期至2028年12月31日。", "expires", date(2028, 12, 31)),
        ("意见反馈截止时间为2026年7月12日。", "comments_close", date(2026, 7, 12)),
        ("请于2026年7月10日前将意见反馈至邮箱。", "comments_close", date(2026, 7, 10)),
        ("征求意见时间为2026年6月12日至2026年7月11日。", "comments_close", date(2026, 7, 11)),
        ("有关单位和个人请于7月5日前提出修改意见。", "comments_close", date(2026, 7, 5)),
        ("会议于2026年7月10日前召开。", "comments_close", None),
        ("某某登记总局\n二〇二六年六月五日", "written", date(2026, 6, 5)),
    ],
)
def test_dates_that_a_text_states(text: str, field: str, expected: date | None) -> None:
    body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    reading = read(page(f"<div id=zoom>{TEXT}{body}</div>").encode(), URL)
    assert getattr(reading, field) == expected


def test_tables_keep_their_rows_and_layout_tables_do_not() -> None:
    data = (
        "<tr><th>模型</th><th>价格</th></tr><tr><td><p>标准</p></td><td><p>4</p><p>元</p></td></tr>"
        "<tr><td></td><td>x</td></tr>"
    )
    root = tree(f"<table>{data}</table><table><tr><td><p>甲</p><p>乙</p></td></tr></table>")
    assert root is not None
    assert [line.text for line in lines_of(root)] == ["模型\t价格", "标准\t4 元", "\tx", "甲", "乙"]


def test_related_documents_beside_a_text_are_no_list() -> None:
    related = "".join(f"<li><a href='/r{n}.html'>相关解读文章第{n}篇</a> 2026-06-1{n}</li>" for n in range(5))
    reading = read(page(f"<div id=zoom>{TEXT * 8}</div><div class=side><ul>{related}</ul></div>").encode(), URL)
    assert reading.items == ()
    assert reading.text.startswith(EXPECTED)


def test_links_are_completed() -> None:
    links = (
        *("//a.gov.cn/1.htm", "./202606/2.htm", "../../jd/3.htm", " /4 5.htm#top ", "http://b.gov.cn/6.htm"),
        *("javascript:void(0)", "http://[bad"),
    )
    rows = "".join(f"<li><a href='{h}'>关于算力配额的通知</a><span>2026-06-12</span></li>" for h in links)
    items = read(page(f"<ul>{rows}</ul>").encode(), "https://x.gov.cn/zw/tz/").items
    assert [i.url for i in items] == [
        "https://a.gov.cn/1.htm", "https://x.gov.cn/zw/tz/202606/2.htm", "https://x.gov.cn/jd/3.htm",
        "https://x.gov.cn/4%205.htm", "http://b.gov.cn/6.htm",
    ]  # fmt: skip
