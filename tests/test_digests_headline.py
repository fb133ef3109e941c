"""Headlines from facts: publishers, units, places, directions and terms as each reader says them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.declaration import DeclarationError
from config.declarations import load
from digests import locator, terms
from digests.compose import event
from digests.finding import Number
from digests.headline import headline, publisher
from digests.words import words
from index.records import ClauseChange, Diff, Quote, Reading
from tests.telling import CONTEXT, NDRC, finding


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("NDRC notices", "NDRC"),
        ("NDRC normative documents", "NDRC"),
        ("China Telecom, group news", "China Telecom"),
        ("State Council news, with executive meetings", "State Council news"),
        ("Shanghai data bureau", "Shanghai data bureau"),
        ("国家发展改革委 通知", "国家发展改革委"),
        ("中国移动 北京公司 公告", "中国移动 北京公司"),
        ("中国联通 湖南公告", "中国联通 湖南"),
        ("notices", "notices"),
    ],
)
def test_the_publisher_without_the_section(source: str, shown: str) -> None:
    assert publisher(source) == shown


def test_every_declared_source_has_a_publisher() -> None:
    for one in load().sources.values():
        assert publisher(one.title) and publisher(one.title_en), one.id


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("第四条", "article 4"),
        ("第二十一条第三款", "article 21 paragraph 3"),
        ("附件 第2段", "annex paragraph 2"),
        ("附件1 第三章", "annex 1 chapter 3"),
        ("表1 第3行", "table 1 row 3"),
        ("总则 第一条", ""),
    ],
)
def test_places(chinese: str, english: str) -> None:
    assert locator.in_english(chinese) == english


def test_terms_are_the_longest_in_order_and_have_one_english_name() -> None:
    title = "关于就智能算力服务数据出境问题答记者问"
    assert terms.terms(title) == ("智能算力", "数据出境", "答记者问")
    assert terms.in_english(title) == "AI compute, data export, questions and answers"
    assert terms.in_english("关于做好春耕工作的通知") == ""
    assert all(english.isascii() and not chinese.isascii() for chinese, english in terms.glossary().items())


def _told(title: str, **given: object) -> tuple[str, str]:
    reading = Reading(url="https://e.cn/1", title=title, text="甲" * 40, doc_number=given.pop("doc_number", None))  # type: ignore[arg-type]  # a test's own values
    one = finding(reading=reading, trigger="quota", quantities=(), origin=NDRC, instrument="通知")
    one = replace(one, before=None, change=replace(one.change, kind="new", before=None), **given)  # type: ignore[arg-type]  # as above
    return headline(one, words("en")), headline(one, words("zh"))


def test_a_new_document_says_what_it_is_about() -> None:
    english, chinese = _told("关于印发《人工智能与能源双向赋能行动方案》的通知", doc_number="发改能源〔2026〕466号")
    assert english == "[Quota and allocation tighter] NDRC: new notice on AI, energy (发改能源〔2026〕466号)"
    assert chinese.endswith("国家发展改革委：发布《人工智能与能源双向赋能行动方案》")


def test_a_title_inside_a_title_has_single_marks() -> None:
    assert _told("关于修改《算力管理办法》的决定")[1].endswith("发布《关于修改〈算力管理办法〉的决定》")
    assert _told("《算力管理办法》")[1].endswith("发布《算力管理办法》")


def test_an_amendment_names_its_place_in_the_reader_s_language() -> None:
    plain = finding(quantities=())
    one = replace(plain, change=replace(plain.change, diff=Diff((ClauseChange("replace", "第四条", "a", "b"),))))
    assert headline(one, words("en")).endswith("amended (article 4)")
    assert headline(one, words("zh")).endswith("（第四条）")


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (Number("price", "29", "36", "CNY", "month", 24.1, "）"), "price CNY 29 → 36 a month (+24%)", "价格每月"),
        (Number("price", "2.4", "3.2", "CNY", None, 33.3, "旗舰版 输入"), "input price CNY 2.4 → 3.2", "旗舰版 输入"),
        (Number("quota", "1200", "600", "request", "minute", -50.0), "quota 1,200 → 600 requests a minute", "→ 600次"),
        (Number("subsidy", None, "50000000", "CNY"), "subsidy CNY 50M", "补贴 5000万元"),
        (Number("percent", "5", "2", "percent", None, None, "免费算力额度比例"), "compute allowance share 5%", "免费"),
    ],
)  # fmt: skip
def test_numbers(number: Number, english: str, chinese: str) -> None:
    one = finding(quantities=(number,))
    assert english in headline(one, words("en"))
    assert chinese in headline(one, words("zh"))
    assert "）每" not in headline(one, words("zh"))


@pytest.mark.parametrize(
    ("trigger", "en", "zh"),
    [("pricing", "dearer", "趋贵"), ("quota", "tighter", "收紧"), ("residency", "stricter", "趋严")],
)
def test_each_family_has_its_own_word_for_a_direction(trigger: str, en: str, zh: str) -> None:
    plain = finding(trigger=trigger, quantities=())
    one = replace(plain, trigger=replace(plain.trigger, category=trigger))
    assert f" {en}] " in headline(one, words("en"))
    assert f"·{zh}】" in headline(one, words("zh"))


def test_an_alert_without_a_summary_gets_one_from_its_facts() -> None:
    plain = finding(summary="")
    quote = Quote("1500万词元包每月49.9元", 5, 18)
    one = replace(plain, tag=replace(plain.tag, evidence=(quote,)), trigger=replace(plain.trigger, matched_terms=()))
    data = event(1, one, CONTEXT)["data"]
    assert data["summary"] == "修改、已通过、发布 2026-05-19、施行 2026-06-01。“1500万词元包每月49.9元”"
    assert data["trigger"]["matched_terms"] == ["词元包"]


def test_a_language_that_there_is_not_is_named_with_those_there_are(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "subscriptions"
    folder.mkdir()
    (folder / "mine.yml").write_text("title: Mine\nchannel: file\ncadence: immediate\nlanguage: fr\n")
    with pytest.raises(DeclarationError) as caught:
        load(folder.parent)
    said = str(caught.value)
    assert "mine.yml" in said and all(one in said for one in ("language", "zh", "zh-Hant", "en"))
