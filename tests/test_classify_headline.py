# ruff: noqa: E501, PLR0917 (Chinese text counts two columns a character; a case has nine values)
"""Headlines in both languages: from paired facts, from a stated change, and from the title when no number is paired."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.facts import facts
from classify.headline import headline
from index.records import ChangeKind, Direction

TITLE = "关于词元套餐资费的通知"


def line(
    lang: str, before: str, after: str, trigger: str = "pricing", direction: Direction = "neutral", kind: ChangeKind = "amended",
    title: str = TITLE, publisher: str = "中国电信", publisher_en: str | None = "China Telecom",
) -> str:  # fmt: skip
    return headline(
        lang, publisher=publisher, publisher_en=publisher_en, title=title, trigger=trigger, direction=direction,
        before_facts=facts(before, "zh"), after_facts=facts(after, "zh"), change_kind=kind,
    )  # fmt: skip


PAIRED = [
    ("pricing", "每月39.9元，含1500万词元。", "每月49.9元，含1500万词元。",
     "[pricing up] China Telecom: 15M-token plan CNY 39.9 -> 49.9 a month (+25%)",
     "[价格上调] 中国电信：1500万词元套餐 39.9元/月 → 49.9元/月（+25%）"),
    ("pricing", "", "套餐由39.9元/月调整为49.9元/月，含1500万词元。",
     "[pricing up] China Telecom: 15M-token plan CNY 39.9 -> 49.9 a month (+25%)",
     "[价格上调] 中国电信：1500万词元套餐 39.9元/月 → 49.9元/月（+25%）"),
    ("quota", "入门版9.9元/月，含1000万词元。", "入门版9.9元/月，含800万词元。",
     "[quota cut] China Telecom: CNY 9.9 a month plan 10M -> 8M tokens (-20%)",
     "[配额收紧] 中国电信：9.9元/月套餐 1000万词元 → 800万词元（-20%）"),
    ("quota", "每日请求配额1000次。", "每日请求配额20000次。",
     "[quota raised] China Telecom: quota 1000 -> 20K requests a day (+1900%)",
     "[配额放宽] 中国电信：配额 1000次请求/天 → 2万次请求/天（+1900%）"),
    ("pricing", "单家企业每年最高200万元补贴。", "单家企业每年最高300万元补贴。",
     "[subsidy up] China Telecom: subsidy CNY 2M -> 3M (+50%)",
     "[补贴上调] 中国电信：补贴 200万元 → 300万元（+50%）"),
    ("pricing", "首购享8折。", "首购享9折。",
     "[discount down] China Telecom: discount 20% -> 10%",
     "[优惠减少] 中国电信：优惠幅度 20% → 10%"),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "before", "after", "en", "zh"), PAIRED)
def test_numbers_before_and_after_lead(trigger: str, before: str, after: str, en: str, zh: str) -> None:
    assert line("en", before, after, trigger) == en
    assert line("zh", before, after, trigger) == zh
    assert line("zh-Hant", before, after, trigger) == zh


def test_the_numbers_decide_the_word_against_the_classifier() -> None:
    assert line("en", "每月20元。", "每月10元。", direction="tighten").startswith("[pricing down] ")


def test_several_changes_are_counted_and_the_largest_told() -> None:
    before = "轻享版9.9元/月；畅享版39.9元/月。"
    after = "轻享版10.9元/月；畅享版59.9元/月。"
    assert line("en", before, after) == "[pricing up] China Telecom: 畅享版 CNY 39.9 -> 59.9 a month (+50%) and 1 more"
    assert line("zh", before, after) == "[价格上调] 中国电信：畅享版 39.9元/月 → 59.9元/月（+50%）等2项"


FALLBACK = [
    ("pricing", "tighten", "个人版9.9元/月，旗舰版299.9元/月。",
     "[pricing up] China Telecom: 《关于词元套餐资费的通知》 (CNY 9.9 to 299.9 a month)",
     "[价格上调] 中国电信：《关于词元套餐资费的通知》（9.9元至299.9元/月）"),
    ("pricing", "neutral", "每月39.9元，含1500万词元。",
     "[pricing] China Telecom: 《关于词元套餐资费的通知》 (CNY 39.9 a month for 15M tokens)",
     "[价格] 中国电信：《关于词元套餐资费的通知》（39.9元/月，1500万词元）"),
    ("pricing", "loosen", "对购买算力的企业给予最高200万元补贴。",
     "[pricing down] China Telecom: 《关于词元套餐资费的通知》 (subsidy up to CNY 2M)",
     "[价格下调] 中国电信：《关于词元套餐资费的通知》（补贴最高200万元）"),
    ("residency", "tighten", "本办法自2026年7月1日起施行。",
     "[data rules tightened] China Telecom: 《关于词元套餐资费的通知》 (effective 2026-07-01)",
     "[数据规则收紧] 中国电信：《关于词元套餐资费的通知》（2026-07-01起施行）"),
    ("quota", "loosen", "没有数字。",
     "[quota raised] China Telecom: 《关于词元套餐资费的通知》",
     "[配额放宽] 中国电信：《关于词元套餐资费的通知》"),
    ("chip_supply", "tighten", "",
     "[chip_supply tightened] China Telecom: 《关于词元套餐资费的通知》",
     "[chip_supply收紧] 中国电信：《关于词元套餐资费的通知》"),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "direction", "text", "en", "zh"), FALLBACK)
def test_without_a_pair_the_title_stands_untranslated(
    trigger: str, direction: Direction, text: str, en: str, zh: str
) -> None:
    assert line("en", "", text, trigger, direction, "new") == en
    assert line("zh", "", text, trigger, direction, "new") == zh


def test_a_withdrawn_document_names_what_it_held() -> None:
    assert (
        line("en", "每月39.9元。", "", kind="withdrawn")
        == "[pricing withdrawn] China Telecom: 《关于词元套餐资费的通知》 (CNY 39.9 a month)"
    )
    assert (
        line("zh", "每月39.9元。", "", kind="withdrawn")
        == "[价格撤回] 中国电信：《关于词元套餐资费的通知》（39.9元/月）"
    )


def test_a_publisher_without_english_name_keeps_its_own() -> None:
    assert line("en", "", "", kind="new", publisher="贵州省数据局", publisher_en=None).startswith(
        "[pricing] 贵州省数据局: "
    )


def test_control_and_direction_marks_of_a_title_do_not_pass() -> None:
    made = line("zh", "", "", kind="new", title="通知\r\nBcc: a@b\x1b[31m\u202e红\u200b《办法》")
    assert made == "[价格] 中国电信：《通知 Bcc: a@b [31m 红 《办法》"
    assert line("zh", "", "", kind="new", title="《办法》") == "[价格] 中国电信：《办法》"


@given(
    st.sampled_from(["en", "zh"]), st.text(max_size=200), st.text(max_size=60), st.sampled_from(["pricing", "quota", "residency"]),
    st.sampled_from(["new", "amended", "withdrawn", "restored", "moved"]), st.sampled_from(["每月9.9元。", "限额60次/分钟。", ""]),
    st.sampled_from(["每月12元。", "限额30次/分钟。", "补贴30%，最高5万元。"]),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_one_line_of_bounded_length(
    lang: str, title: str, who: str, trigger: str, kind: ChangeKind, before: str, after: str
) -> None:
    made = line(lang, before, after, trigger, "neutral", kind, title, who, who)
    assert made.startswith("[")
    assert made.isprintable() or not title.isprintable() or not who.isprintable()
    assert "\n" not in made
    assert "\x1b" not in made
    assert len(made) < 260
