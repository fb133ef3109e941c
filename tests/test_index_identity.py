"""Ids are hashes of meaning: the same thing has the same name however it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.identity import (
    alert_key,
    canonical_url,
    change_id,
    content_digest,
    doc_number,
    document_id,
    version_id,
    work_id,
)
from index.records import Attachment, Reading
from index.signature import signature, similarity

PAGE = "https://www.example.gov.cn/a/t20260508_1.html"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.gov.cn/zhengce/content/1.htm",
        "https://WWW.GOV.CN:443/zhengce/content/1.htm#top",
        "http://www.gov.cn:80/zhengce/./x/../content/1.htm?t=1716000000",
        "https://www.gov.cn/zhengce/content/1.htm?_=17&v=1.2&utm_source=x&spm=a.b",
        "https://www.gov.cn/zhengce/content/1.htm;jsessionid=0A1B",
        "https://www.gov.cn//zhengce/content/1.htm ",
    ],
)
def test_one_address_many_spellings(url: str) -> None:
    assert canonical_url(url) == "https://www.gov.cn/zhengce/content/1.htm"
    assert document_id(url) == document_id("https://www.gov.cn/zhengce/content/1.htm")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.cn/x?id=1", "https://a.cn/x?id=2"),
        ("https://a.cn/x?t=notice", "https://a.cn/x?t=price"),
        ("https://a.cn/X", "https://a.cn/x"),
        ("https://a.cn:8443/x", "https://a.cn/x"),
        ("https://a.cn/#/notice/1", "https://a.cn/#/notice/2"),
        ("https://a.cn/x/", "https://a.cn/x"),
        ("https://a.cn/%D6%D0", "https://a.cn/%B9%FA"),  # GBK, no UTF-8
        ("https://a.cn/?k=%D6%D0", "https://a.cn/?k=%B9%FA"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert document_id(one) != document_id(other)


def test_query_order_and_percent_encoding_do_not_matter() -> None:
    assert canonical_url("http://a.cn/中文?b=2&a=%E4%B8%AD") == canonical_url(
        "https://a.cn/%e4%b8%ad%E6%96%87?a=中&b=2"
    )


@given(st.text(max_size=80))
def test_canonical_form_is_canonical(tail: str) -> None:
    for url in (tail, f"https://a.cn/{tail}", f"http://{tail}"):
        once = canonical_url(url)
        assert canonical_url(once) == once
        assert len(document_id(url)) == 16


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("国办发〔2026〕12号", "国办发〔2026〕12号"),
        ("国办发［２０２６］12号", "国办发〔2026〕12号"),
        ("国办发（2026）12 号", "国办发〔2026〕12号"),
        ("国办发【2026】第012号", "国办发〔2026〕12号"),
        ("国办发﹝2026﹞12号", "国办发〔2026〕12号"),
        ("国办发《2026》12号", "国办发〔2026〕12号"),
        ("国办发〔2026〕\u200b12号\u3000", "国办发〔2026〕12号"),
        ("发文字号：发改数据〔2023〕1779号", "发改数据〔2023〕1779号"),
        ("关于印发办法的通知黔府办函〔2025〕38号", "黔府办函〔2025〕38号"),
        ("2026年第45号令", "2026年第45号令"),
        ("国家互联网信息办公室令第5号", "国家互联网信息办公室令第5号"),
        ("中华人民共和国国务院令\n第 809 号", "国务院令第809号"),
        ("令第24号", "令第24号"),
        ("第82号", "第82号"),
        ("第五十六号", "第56号"),
        ("主席令第一百五十一号", "主席令第151号"),
        ("2014年第1号", "2014年第1号"),
        ("商务部公告2026年第12号", "商务部公告2026年第12号"),
        ("", None),
        ("无", None),
        ("关于做好有关工作的通知", None),
    ],
)
def test_doc_numbers(written: str, number: str | None) -> None:
    assert doc_number(written) == number
    if number:
        assert doc_number(number) == number


@given(st.text(alphabet="国发改〔〕[]（）0123456789２６年第号令公告一十 ", max_size=30))
def test_doc_number_is_idempotent(text: str) -> None:
    number = doc_number(text)
    assert number is None or doc_number(number) == number


def test_a_reprint_is_the_same_work_whoever_prints_it() -> None:
    first = work_id("国务院办公厅", "国办发〔2026〕12号", "000014349/2026-00031", "https://www.gov.cn/a.htm")
    again = work_id("某省人民政府", "国办发[2026]12号", "11440106/2026-9", "https://www.gd.gov.cn/b.html")
    assert first == again == "cn/国办发/国办发〔2026〕12号"


@pytest.mark.parametrize(
    ("issuer", "number"),
    [
        ("国家互联网信息办公室", "令第5号"),
        ("国家网信办", "令第5号"),
        ("某市人民政府", "国家互联网信息办公室令第5号"),
        (None, "国家互联网信息办公室令第5号"),
    ],
)
def test_an_order_is_one_work_with_or_without_its_issuer_in_the_number(issuer: str | None, number: str) -> None:
    assert work_id(issuer, number, None, PAGE) == "cn/国家网信办/令第5号"


def test_bare_numbers_of_two_issuers_are_two_works() -> None:
    assert work_id("财政部", "第5号", None, PAGE) != work_id("商务部", "第5号", None, PAGE)


def test_joint_issuers_count_by_the_first() -> None:
    one = work_id("国家发展和改革委员会\u2002国家数据局", "2026年第45号令", None, PAGE)
    assert one == work_id("国家发展改革委", "2026年第45号令", None, "https://other.cn/x")


def test_without_a_number_the_index_number_counts_then_the_address() -> None:
    assert (
        work_id("某市数据局", None, "11440106007508528C/2024-00031", PAGE)
        == "cn/某市数据局/11440106007508528C-2024-00031"
    )
    assert work_id(None, "第5号", "X/1", PAGE) == f"cn/www.example.gov.cn/{document_id(PAGE)}"
    assert work_id(None, None, None, PAGE.replace("https", "http")) == work_id(None, None, None, f"{PAGE}?t=12")


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_page_has_a_work(issuer: str, number: str, index: str, url: str) -> None:
    assert work_id(issuer, number, index, url).count("/") == 2


def test_alert_key_is_the_documented_hash() -> None:
    assert alert_key("cn/a/b", "f" * 64, "quota", "3") == sha256(f"cn/a/b|{'f' * 64}|quota|3".encode()).hexdigest()


def test_version_and_change_ids_tell_their_parts_apart() -> None:
    ids = {
        version_id("d", 1, "x"),
        version_id("d", 2, "x"),
        version_id("d1", 1, "x"),
        change_id("d", "new", None, "v1"),
        change_id("d", "amended", "v1", "v2"),
        change_id("d", "withdrawn", "v2", None),
        change_id("d", "restored", None, "v2"),
    }
    assert len(ids) == 7
    assert all(len(i) == 16 for i in ids)


READING = Reading(
    PAGE,
    title="算力券管理办法",
    text="第十条 免费配额比例为92%。\n第十一条 本办法自公布之日起施行。",
    published=date(2026, 5, 8),
    attachments=(Attachment("https://a.cn/1.pdf"), Attachment("https://a.cn/2.pdf")),
)


@pytest.mark.parametrize(
    "same",
    [
        replace(READING, text="第10条　免费配额比例为百分之九十二。 第11条\u200b本办法自公布之日起施行。"),
        replace(READING, published=date(2026, 6, 1), written=date(2026, 5, 1)),
        replace(READING, attachments=(Attachment("https://a.cn/2.pdf?t=99"), Attachment("http://a.cn/1.pdf"))),
        replace(READING, url="https://other.cn/"),
    ],
)
def test_what_is_no_content_leaves_the_digest(same: Reading) -> None:
    assert content_digest(same) == content_digest(READING)


@pytest.mark.parametrize(
    "other",
    [
        replace(READING, text=READING.text.replace("92", "95")),
        replace(READING, title="算力券管理暂行办法"),
        replace(READING, attachments=READING.attachments[:1]),
        replace(READING, attachments=(replace(READING.attachments[0], sha256="0" * 64), READING.attachments[1])),
    ],
)
def test_what_is_content_changes_it(other: Reading) -> None:
    assert content_digest(other) != content_digest(READING)


def paragraphs(first: int, last: int) -> str:
    return "\n".join(
        f"第{n}条 各单位应当于每年{n % 12 + 1}月报送第{n * 7}号算力项目的使用情况和费用{n * 31}元。"
        for n in range(first, last)
    )


def test_reprints_are_alike_and_other_texts_are_not() -> None:
    text = paragraphs(1, 60)
    reprint = "来源：某市数据局\n" + text.replace("\n", "\n\u3000\u3000") + "\n责任编辑：某某"
    assert similarity(signature(text), signature(reprint)) > 0.9
    assert similarity(signature(text), signature(text.replace("第", "\u200b第"))) == 1
    other = "本市居民可以凭积分申请公租房，标准由区住房部门公布。" * 3
    assert similarity(signature(text), signature(other)) < 0.1


def test_similarity_estimates_the_shared_part() -> None:
    half = similarity(signature(paragraphs(1, 81)), signature(paragraphs(41, 121)))
    assert 0.2 < half < 0.7


@pytest.mark.parametrize("text", ["", "短", "\ud800", "a" * 10_000])
def test_any_text_can_be_signed(text: str) -> None:
    assert similarity(signature(text), signature(text)) == 1
