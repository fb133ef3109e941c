from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.numbers import at_head, in_title, normal, stated


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "［］", "()", "（）", "【】", "﹝﹞", "<>"])
@given(year=st.integers(1990, 2099), number=st.integers(1, 99999))
def test_brackets_have_one_form(brackets: str, year: int, number: int) -> None:
    written = f"穗府办规 {brackets[0]}{year}{brackets[1]}\u200b{number} 号"
    assert normal(written) == f"穗府办规〔{year}〕{number}号"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("国发﹝2026﹞５号", "国发〔2026〕5号"),
        ("国家互联网信息办公室令　第五号", "国家互联网信息办公室令第5号"),
        ("市政府令（第179号）", "市政府令第179号"),
        ("2026年第45号令", "2026年第45号令"),
        ("〔2025〕第2号", "〔2025〕第2号"),
        ("发改办投资〔2026〕88号\u200b\u200d", "发改办投资〔2026〕88号"),
        ("无", None),
        ("-", None),
        ("", None),
    ],
)
def test_normal_form(written: str, expected: str | None) -> None:
    assert normal(written) == stated(written) == expected


@given(st.text(max_size=80))
def test_normal_form_is_stable(text: str) -> None:
    once = normal(text)
    assert once is None or normal(once) == once


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("《招标投标领域信用管理暂行办法》 2026年第44号令", "2026年第44号令"),
        ("关于印发目录的通知(发改办投资〔2026〕88号)", "发改办投资〔2026〕88号"),
        ("承装（修、试）电力设施许可证管理办法（发改委第36号令）", "发改委第36号令"),
        ("中华人民共和国国务院令（第746号）", "中华人民共和国国务院令第746号"),
        ("中华人民共和国国务院令 第四百九十二号", "中华人民共和国国务院令第492号"),
        ("工业和信息化部公告2026年第3号", "工业和信息化部公告2026年第3号"),
        ("关于转发《关于加强管理的通知（国发〔2015〕52号）》的通知", None),
        ("关于贯彻国发〔2015〕52号文件的通知", None),
        ("2025年度工作热点13问", None),
    ],
)
def test_number_in_a_title(title: str, expected: str | None) -> None:
    assert in_title(title) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["国家互联网信息办公室令", "第5号", "《规定》已经审议通过。"], "国家互联网信息办公室令第5号"),
        (["中华人民共和国国务院令", "第 797 号"], "中华人民共和国国务院令第797号"),
        (["（2021年7月27日中华人民共和国国务院令第746号公布）", "第一章"], "中华人民共和国国务院令第746号"),
        (["某办公厅关于印发办法的通知", "穗府办规〔2022〕13号", "各区："], "穗府办规〔2022〕13号"),
        (["（国能发〔2026〕9号）", "各省："], "国能发〔2026〕9号"),
        (["根据《意见》（国发〔2015〕52号）精神，制定本办法。" * 4, "国发〔2015〕52号"], None),
        (["各单位：", "按照国发〔2015〕52号文件要求执行。"], None),
        (["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "国发〔2015〕52号"], None),
        ([], None),
    ],
)
def test_number_at_the_head(lines: list[str], expected: str | None) -> None:
    assert at_head(lines) == expected


def test_a_bare_number_completes_the_title_of_an_order() -> None:
    assert (
        at_head(["第四百九十二号", "《条例》已经通过。"], "中华人民共和国国务院令") == "中华人民共和国国务院令第492号"
    )
