"""Numbers as documents write them, and the key that two texts share when they say the same."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.numerals import chinese_number, fold, squeeze

SPACES = st.sampled_from(["", " ", "\u3000", "\xa0", "\u2002", "\u200b", "\ufeff", "\n", "\t"])


@given(st.integers(min_value=1, max_value=10**13))
def test_reads_every_numeral_that_cn2an_writes(number: int) -> None:
    assert chinese_number(cn2an.an2cn(str(number))) == number


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("二〇二六", 2026),
        ("两千零二十六", 2026),
        ("百", 100),
        ("一万二千亿", 12000 * 10**8),
        ("壹佰贰拾叁", 123),
        ("十", 10),
        ("三五", None),
        ("万一万一", None),
        ("十百", None),
    ],
)
def test_reads_numerals(numeral: str, value: int | None) -> None:
    assert chinese_number(numeral) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第十条", "第10条"),
        ("第１０条", "第10条"),
        ("百分之九十二", "92%"),
        ("百分之九十二点五", "92.5％"),
        ("千分之三", "3‰"),
        ("1,000元", "1000 元"),
        ("１，０００元", "1000元"),
        ("10万元", "100000元"),
        ("1.5亿", "15000万"),
        ("二〇二六年五月八日", "2026年5月8日"),
        ("二○二六年", "2026年"),
        ("（一）", "(一)"),
        ("“算力”", '"算力"'),
        ("国办发﹝2026﹞1号", "国办发〔2026〕1号"),
        ("文\u200b件", "文件"),
    ],
)
def test_two_spellings_share_a_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三五年", "三十五年"),
        ("95%", "92%"),
        ("3、5", "35"),
        ("第十条", "第十一条"),
        ("92%", "92"),
        ("10万", "10亿"),
        ("a", "A"),
    ],
)
def test_two_meanings_do_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(), st.lists(SPACES, min_size=8, max_size=8))
def test_white_space_never_matters(text: str, spaces: list[str]) -> None:
    noisy = "".join(char + spaces[i % 8] for i, char in enumerate(text))
    if not any("\u0300" <= c <= "\u036f" or c in "\u3099\u309a" for c in text):
        assert squeeze(squeeze(text)) == squeeze(noisy) or squeeze(text) != squeeze(squeeze(text))
    assert fold(squeeze(text)) == fold(squeeze(text) + "\u200b ")


@given(st.text(alphabet="零〇一二三四五六七八九十百千万亿点分之第条章0123456789.,%‰（）、，。 券", max_size=60))
def test_the_key_of_any_numeral_soup_ignores_spaces(text: str) -> None:
    assert fold(text) == fold("\u3000".join(text))
