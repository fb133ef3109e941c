from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.dates import dates_in, han_number, in_url, instant, printed, without_year

HAN = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-28-21:50:00", date(2026, 9, 28)),
        ("2026.09.08", date(2026, 9, 8)),
        ("2026/9/8", date(2026, 9, 8)),
        ("(2026-09-16)", date(2026, 9, 16)),
        ("[\n\t\t2025-01-14 ]", date(2025, 1, 14)),
        ("2019年12月20日 14:00", date(2019, 12, 20)),
        ("二〇二六年三月十五日", date(2026, 3, 15)),
        ("二○一九年十二月三十一日", date(2019, 12, 31)),
        ("二О二六年二月廿八日", date(2026, 2, 28)),
        ("20260928235959", date(2026, 9, 28)),
        ("20260928", date(2026, 9, 28)),
        ("15 2026-09", date(2026, 9, 15)),
        ("Updated: June 12, 2026 07:30", date(2026, 6, 12)),
        ("12 Sept. 2026", date(2026, 9, 12)),
        ("2026-09-30T23:30:00Z", date(2026, 10, 1)),
        ("1790697600", date(2026, 9, 30)),
        ("1790697600000", date(2026, 9, 30)),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("1234-01-01", None),
        ("第20260928123号", None),
        ("电话 010-82345678", None),
        ("", None),
    ],
)
def test_reads_printed_dates(text: str, expected: date | None) -> None:
    assert printed(text) == expected


@given(st.dates(date(1949, 10, 1), date(2099, 12, 31)))
def test_every_form_of_one_day_reads_alike(day: date) -> None:
    year = "".join(HAN[int(c)] for c in str(day.year))
    numeral = {n: _numeral(n) for n in (day.month, day.day)}
    forms = [
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"发布于 {day:%Y%m%d} 。",
        *([f"{year}年{numeral[day.month]}月{numeral[day.day]}日"] if str(day.year)[0] in "12" else []),
    ]
    assert {printed(form) for form in forms} == {day}


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones else "")


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    for start, end, day in dates_in(text):
        assert text[start:end]
        assert 1949 <= day.year <= 2100
    printed(text)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.ndrc.gov.cn/xxgk/202607/t20260731_1406815.html", date(2026, 7, 31)),
        ("https://www.nea.gov.cn/20260916/dbc37cd08438465f98d539873064d4fe/c.html", date(2026, 9, 16)),
        ("https://www.cac.gov.cn/2019-12/20/c_1578375159509309.htm", date(2019, 12, 20)),
        ("https://x.zj.gov.cn/art/2016/3/4/art_1_2.html", date(2016, 3, 4)),
        ("https://www.nda.gov.cn/sjj/zwgk/0601/20260601123456789_pc.html", date(2026, 6, 1)),
        ("https://www.gz.gov.cn/content/post_10640507.html", None),
        ("https://www.gov.cn/zhengce/202609/content_7082302.htm", None),
    ],
)
def test_reads_the_day_in_an_address(url: str, expected: date | None) -> None:
    assert in_url(url) == expected


def test_numerals_of_order_numbers() -> None:
    assert [han_number(t) for t in ("五十六", "一百五十一", "十", "二〇", "四百九十二", "廿一", "两", "甲")] == [
        56, 151, 10, 20, 492, 21, 2, None,
    ]  # fmt: skip


def test_instants_fall_on_the_day_in_china() -> None:
    assert instant(1790697599) == date(2026, 9, 29)
    assert instant(1790697600) == date(2026, 9, 30)
    assert instant(-1) is None


def test_a_day_without_year_lies_near_the_announcement() -> None:
    assert without_year("请于4月15日前反馈", date(2026, 3, 20)) == date(2026, 4, 15)
    assert without_year("请于1月10日前反馈", date(2026, 12, 20)) == date(2027, 1, 10)
    assert without_year("请于1月10日前反馈", None) is None
