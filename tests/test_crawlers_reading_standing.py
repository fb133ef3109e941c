"""What a page says beside the text about the force of its document, and pages that did not come whole."""

from __future__ import annotations

import json

import pytest

from crawlers.answers import Answer, document_in, has_end
from crawlers.faults import Fault
from crawlers.reading import Selectors, read
from index.identity import content_digest
from index.metadata import declared_end, status
from index.records import Reading
from tests.crawled import source
from tests.notices import CLAUSES, NOTICE

URL = "https://www.example.gov.cn/tz/1.html"
TABLE = '<table class="classify"><tr><td>{}：</td><td>{}</td></tr></table>'
BODY = Selectors(body=".TRS_Editor")


def shown(before: str = "", after: str = "") -> Reading:
    return read(NOTICE.html(before=before, after=after).encode(), URL, selectors=BODY)


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("文件状态", "失效", "已失效"),
        ("时效性", "已废止", "已废止"),
        ("效力状态", "全文废止", "已废止"),
        ("是否有效", "否", "已失效"),
        ("文件状态", "部分失效", "部分失效"),
        ("文件状态", "有效", None),
        ("时效性", "现行有效", None),
        ("是否有效", "是", None),
    ],
)
def test_a_status_in_the_table_is_told_where_it_is_an_end(label: str, value: str, expected: str | None) -> None:
    reading = shown(before=TABLE.format(label, value))
    if expected is None:
        assert reading.text == shown().text
    else:
        assert reading.text.split("\n")[0].startswith("文件状态：")
        assert reading.text.split("\n", 1)[1] == shown().text
    assert status(reading) == expected


@pytest.mark.parametrize(
    "note",
    [
        "（本文件已于2026年5月1日废止）",
        "【已废止】",
        "注：该文件已被《公共算力平台配额管理办法（2027年版）》（算管发〔2027〕3号）废止。",
        "本通知自2026年5月1日起废止。",
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_note_outside_the_body_is_told(note: str, place: str) -> None:
    reading = shown(**{place: f'<p class="tip">{note}</p>'})
    assert reading.text.split("\n")[0] == note
    assert status(reading) == "已废止"
    assert reading.doc_number == shown().doc_number


@pytest.mark.parametrize(
    "other",
    [
        "本文件将于2027年1月1日废止",
        "关于废止部分规范性文件的决定",
        "原办法同时废止。",
        '<a href="/2.html">【已废止】</a>',
        "本办法有效期五年，期满废止",
        "上一篇：配额登记办法（已废止）",
    ],
)
def test_what_speaks_of_others_or_of_a_day_to_come_is_no_end(other: str) -> None:
    assert shown(before=f'<p class="tip">{other}</p>').text == shown().text
    assert declared_end(other) is None


@pytest.mark.parametrize(("field", "expected"), [("is_abolished", "已废止"), ("is_expired", "已失效"), ("x", None)])
def test_the_embedded_document_of_gkmlpt_says_that_it_ended(field: str, expected: str | None) -> None:
    content = "".join(f"<p>{clause}</p>" for clause in CLAUSES)
    detail = json.dumps({"title": NOTICE.title, "content": content, "is_abolished": 0, "is_expired": 0, field: 1})
    page = f"<html><head><title>{NOTICE.title}</title></head><body><script>window._CONFIG = {{DETAIL: {detail}}}"
    reading = read(f"{page}</script><div id='app'></div></body></html>".encode(), URL)
    assert CLAUSES[0] in reading.text
    assert status(reading) == expected


@pytest.mark.parametrize("brackets", ["[]", "()", "（）", "【】", "﹝﹞", "［］"])
def test_the_brackets_of_a_number_are_one_in_text_and_digest(brackets: str) -> None:
    other = NOTICE.but(number=f"算管发{brackets[0]}2026{brackets[1]}12号").page()
    assert content_digest(read(other, URL, selectors=BODY)) == content_digest(shown())


def answered(page: bytes) -> Reading | object:
    return document_in(Answer(URL, URL, 200, {"content-type": "text/html"}, page), BODY, source())


def test_a_page_that_ends_inside_a_tag_did_not_come_whole() -> None:
    page = NOTICE.page()
    at = page.index(b"<p>", len(page) // 2)
    for end in (at + 1, at + 2):
        found = answered(page[:end])
        assert isinstance(found, Fault)
        assert found.kind == "http"
    assert isinstance(answered(page), Reading)
    assert isinstance(answered(page.replace(b"</body></html>", b"<!-- 12 < 13")), Reading)


def test_the_end_of_a_page_may_have_scripts_after_it() -> None:
    assert has_end(NOTICE.page() + b"<script>track()</script>\n")
    assert not has_end(NOTICE.page()[:-20])
    assert not has_end(b"</html>" + b"x" * 5000)


def test_control_characters_given_by_number_are_left_out() -> None:
    page = NOTICE.html(before="<p>a&#31;&#x1;&#xFFFE;b</p><p style='display:none'>x</p>&#8;").encode()
    assert read(page, URL).title == NOTICE.title
