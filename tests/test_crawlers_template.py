"""The template of a site without selectors: what it learns, what it must never take."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.noise import Site, measure
from crawlers.reading import read
from crawlers.template import Look, Template, as_json, clean, from_json, learn, look, same_text

URL = "https://www.example.cn/notice/{}.html"
SHARED = "各省、自治区、直辖市数据管理部门："


def page(number: int, seed: int, lines: Sequence[str], today: str = "2026年5月16日 星期六") -> bytes:
    """A document among what its site prints anew on each fetch (`seed`)."""
    draw = random.Random(seed)
    hot = "".join(
        f"<li><a href='/h/{draw.randrange(10**6)}'>热点{draw.randrange(10**6)}号文件发布</a></li>" for _ in range(5)
    )
    text = "".join(f"<p>{line}</p>" for line in lines)
    title = f"关于第{number}批算力登记的通知"
    return (
        f"<title>{title}-某站</title><div class=top>今天是{today}</div><div class=menu>首页 栏目</div>"
        f"<div class=main><h1>{title}</h1><div class=info>发布时间：2026-04-{number % 28 + 1:02} 来源：某局</div>"
        f"<div class=text>{text}<p>本文已有 {draw.randrange(10**5)} 人阅读</p>"
        f"<p>分享码：{draw.getrandbits(40):x}</p></div></div>"
        f"<div class=side><h4>排行</h4><ul>{hot}</ul></div><div class=foot>在线 {draw.randrange(999)} 人</div>"
    ).encode()


def lines_of(number: int) -> list[str]:
    return [
        SHARED,
        f"一、第{number}批登记自即日起受理，期限为{number + 5}个工作日。",
        f"二、登记不收取费用，由第{number}处负责。",
    ]


def seen(number: int, seed: int) -> Look:
    return look(page(number, seed, lines_of(number)), URL.format(number), {})


@pytest.fixture(scope="module")
def template() -> Template:
    twice = [seen(n, 100 * n + k) for k in (1, 2) for n in range(4)]
    return learn([*twice, *(seen(n, 100 * n) for n in range(4, 10))])


def text(template: Template, number: int, fetched: bytes) -> list[str]:
    return read(fetched, URL.format(number), noise=template.noise).text.split("\n")


def test_only_the_document_is_read(template: Template) -> None:
    for number in range(20, 30):  # none of these was learnt from
        reading = read(page(number, number, lines_of(number)), URL.format(number), noise=template.noise)
        assert reading.text.split("\n") == lines_of(number)
        assert reading.title == f"关于第{number}批算力登记的通知"
        assert (reading.published and reading.published.day, reading.issuer) == (number % 28 + 1, "某局")


def test_a_paragraph_that_all_documents_share_stays(template: Template) -> None:
    assert text(template, 3, page(3, 5, lines_of(3)))[0] == SHARED
    assert SHARED in {block.text for block in clean(seen(3, 9), template.noise)}


def test_what_every_page_prints_goes_whatever_the_day(template: Template) -> None:
    left = {
        b.text for b in clean(look(page(3, 5, lines_of(3), "2026年12月1日 星期二"), URL.format(3), {}), template.noise)
    }
    assert not any(word in line for line in left for word in ("今天", "首页", "热点", "在线", "分享码", "阅读"))


PARAGRAPHS = st.text("算力配额登记应当按照规定办理0123456789.%，第条一二三", min_size=12, max_size=60).map(
    "甲{}。".format
)
SEEDS = st.integers(0, 10**6)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(PARAGRAPHS, min_size=2, max_size=20), seeds=st.tuples(SEEDS, SEEDS))
def test_extraction_is_stable_under_noise(template: Template, lines: list[str], seeds: tuple[int, int]) -> None:
    first, second = (page(50, seed, lines) for seed in seeds)
    assert text(template, 50, first) == text(template, 50, second)
    assert same_text(first, second, URL.format(50), {}, template.noise)


@settings(max_examples=40, deadline=None)
@given(at=st.integers(0, 2), seed=st.integers(0, 10**6), change=st.sampled_from(["digit", "insert", "delete"]))
def test_no_edit_is_taken_for_noise(template: Template, at: int, seed: int, change: str) -> None:
    lines = lines_of(15)
    if change == "digit":
        lines[1] = lines[1].replace("20个", "21个")
    elif change == "insert":
        lines.insert(at, "补充：2026年6月1日起施行。")
    else:
        del lines[at]
    before, after = page(15, 1, lines_of(15)), page(15, seed, lines)
    assert not same_text(before, after, URL.format(15), {}, template.noise)


def test_a_later_visit_teaches_nothing_by_itself(template: Template) -> None:
    edited = [line.replace("费用", "押金") for line in lines_of(3)]
    after = learn([look(page(3, 77, edited), URL.format(3), {})], template)
    assert (after.noise.paths, after.noise.masks, after.noise.texts) == (
        template.noise.paths,
        template.noise.masks,
        template.noise.texts,
    )


def test_half_an_answer_teaches_nothing() -> None:
    whole = [f"第{n}条 登记机构应当在{n}个工作日内办结，并向社会公布办理结果，接受监督。" for n in range(1, 30)]
    for cut in ([], whole[:3]):
        template = learn([look(page(1, 1, whole), URL.format(1), {}), look(page(1, 2, cut), URL.format(1), {})])
        assert text(template, 1, page(1, 3, whole))[: len(whole)] == whole
    blocked = look("<p>访问过于频繁，请稍后再试。</p>".encode(), URL.format(1), {})
    assert learn([look(page(1, 1, whole), URL.format(1), {}), blocked]).noise.version == ""


def test_few_documents_make_no_boilerplate() -> None:
    assert learn(seen(n, n) for n in range(4)).noise.shared == frozenset()


def test_a_template_survives_the_archive(template: Template) -> None:
    again = from_json(as_json(template))
    assert again == template
    assert again.noise.version == template.noise.version != ""
    assert Template().noise.version == ""


def test_a_hostile_site_tells_every_change_and_nothing_else() -> None:
    result = measure(80, 12)
    assert (result["false"], result["missed"]) == (0, 0)
    assert result["further_fetches"] < 60


def test_the_hostile_site_repeats_nothing_but_its_documents() -> None:
    site = Site(10)
    assert len({site.fetch(4) for _ in range(20)}) == 20
