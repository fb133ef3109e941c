"""Reprints join, two notices of one template never do: on made texts, and on real ones with real kinds of noise."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.archive.archive import Archive
from index.ingest import Visit, record
from index.numerals import fold
from index.records import Change, Page, Reading
from index.reprints import is_reprint
from index.signature import bands, signature
from index.titles import likeness
from index.works import describe_older

NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
BODY = "各省、自治区、直辖市数据管理部门：\n" + "\n".join(
    f"第{n}条 算力设施运营单位应当在{n % 12 + 1}月底前报送第{n}类资源的使用情况，"
    f"利用率低于{n + 20}%的应当说明原因，{word}。"
    for n, word in enumerate(
        ("并提出整改措施", "不得虚报瞒报", "由主管部门汇总", "按照规定公开", "纳入年度考核") * 5, 1
    )
)
ORIGINAL = Reading(
    url="https://www.nda.gov.cn/a.html", title="关于规范算力设施报送工作的通知", text=BODY, issuer="国家数据局"
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "home") as opened:
        yield opened


def put(archive: Archive, reading: Reading, source: str = "s") -> Change:
    page = Page(reading.url, source, NOW, 200, {}, f"{reading.url} {reading.text}".encode(), reading.url)
    change = record(archive, page, reading, Visit(source, "1"))
    assert change is not None
    return change


def framed(text: str) -> str:
    return f"首页 > 政务公开\n索引号：1144/2024-00031\n发布日期：2026-05-12\n{text}\n责任编辑：张三\n扫一扫在手机打开"


@pytest.mark.parametrize(
    "reprint",
    [
        replace(ORIGINAL, text=framed(BODY)),
        replace(ORIGINAL, text=framed(BODY), title="（转载）关于规范算力设施报送工作的通知"),
        replace(ORIGINAL, text=framed(BODY), title="国家数据局：关于规范算力设施报送工作的通知"),
        replace(ORIGINAL, text=framed(BODY), title="国家规范算力设施报送 明年底前全覆盖"),
        replace(ORIGINAL, text=BODY.replace("第10条", "第十条").replace("，", ",") + "\n附件：\n相关文章"),
    ],
)
def test_a_reprint_under_another_heading_joins_its_original(archive: Archive, reprint: Reading) -> None:
    first = put(archive, ORIGINAL, "nda_zcfb")
    second = put(archive, replace(reprint, url="https://sjj.gz.gov.cn/post_1.html", issuer="广州市"), "gz_sjj")
    assert (second.work, second.repost) == (first.work, True)
    work = archive.documents.work(first.work)
    assert work is not None and work["first_source"] == "nda_zcfb"


SIGNED = BODY + "\n杭州市数据资源管理局\n2026年3月5日"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (ORIGINAL, replace(ORIGINAL, text=BODY.replace("低于30%", "低于35%"))),
        (ORIGINAL, replace(ORIGINAL, text=BODY.replace("由主管部门汇总", "由行业协会汇总"))),
        (ORIGINAL, replace(ORIGINAL, text=BODY + "\n第26条 算力券每张抵扣100元。")),
        (ORIGINAL, replace(ORIGINAL, title="关于修改《关于规范算力设施报送工作的通知》的决定")),
        (ORIGINAL, replace(ORIGINAL, title="《关于规范算力设施报送工作的通知》解读")),
        (replace(ORIGINAL, title="2025年算力券申领公告"), replace(ORIGINAL, title="2026年算力券申领公告")),
        (replace(ORIGINAL, title="浙江省算力券办法"), replace(ORIGINAL, title="广东省算力券办法")),
        (
            replace(ORIGINAL, title="浙江省关于印发《算力券办法》的通知"),
            replace(ORIGINAL, title="广东省关于印发《算力券办法》的通知"),
        ),
        (replace(ORIGINAL, doc_number="国数〔2026〕1号"), replace(ORIGINAL, doc_number="国数〔2026〕2号")),
        (replace(ORIGINAL, written=date(2026, 1, 5)), replace(ORIGINAL, written=date(2026, 2, 5))),
        (replace(ORIGINAL, text=SIGNED), replace(ORIGINAL, text=SIGNED.replace("杭州", "宁波"))),
        (replace(ORIGINAL, text=SIGNED), replace(ORIGINAL, text=SIGNED.replace("3月5日", "4月7日"))),
    ],
)
def test_two_documents_of_one_template_stay_two(archive: Archive, one: Reading, two: Reading) -> None:
    first = put(archive, one)
    second = put(archive, replace(two, url="https://www.example.gov.cn/2.html"))
    assert first.work != second.work
    assert not second.repost


def test_documents_that_are_only_a_link_to_a_file_do_not_join(archive: Archive) -> None:
    stub = replace(ORIGINAL, text="详见附件。", title="关于公布第三批算力券名单的公告")
    first = put(archive, stub)
    assert put(archive, replace(stub, url="https://b.gov.cn/1", title="关于表彰先进单位的决定")).work != first.work
    assert put(archive, replace(stub, url="https://b.gov.cn/2")).work == first.work


def test_the_number_finds_the_work_that_a_reprint_without_one_began(archive: Archive) -> None:
    reprint = put(archive, replace(ORIGINAL, url="https://sjj.gz.gov.cn/post_1.html"))
    original = put(archive, replace(ORIGINAL, doc_number="国数资源〔2026〕18号"))
    assert original.work == reprint.work
    scan = Reading(url="https://c.gov.cn/3", title="见附件", text="扫描件", doc_number="国数资源[2026]18号")
    assert put(archive, scan).work == reprint.work


def test_an_announcement_number_without_a_year_comes_back_every_year(archive: Archive) -> None:
    first = replace(ORIGINAL, title="关于2025年检修的公告", doc_number="第5号", text="全国机组检修安排如下。")
    second = replace(first, url="https://a.cn/2", title="关于迎峰度夏的公告", text="各单位做好保供。")
    assert put(archive, first).work != put(archive, second).work


def test_one_long_text_under_the_names_of_its_joint_issuers_is_one_work(archive: Archive) -> None:
    first = put(archive, replace(ORIGINAL, title="国家发展改革委 国家数据局关于规范报送的通知"))
    joint = replace(ORIGINAL, title="工业和信息化部等部门关于规范报送的通知", url="https://miit.gov.cn/1")
    assert put(archive, joint).work == first.work
    assert (
        put(archive, replace(joint, title="工业和信息化部关于废止规范报送的通知", url="https://b.cn")).work
        != first.work
    )


def test_an_archive_from_before_is_described_once(archive: Archive) -> None:
    first = put(archive, ORIGINAL)
    for table in ("names", "citations", "signatures", "bands"):
        archive._db.execute(f"DELETE FROM {table}")
    assert (describe_older(archive), describe_older(archive)) == (1, 0)
    again = put(archive, replace(ORIGINAL, text=framed(BODY), url="https://b.gov.cn/1"))
    assert again.work == first.work


def test_an_explanation_is_a_work_of_its_own_whatever_number_its_page_shows(archive: Archive) -> None:
    numbered = replace(ORIGINAL, doc_number="国数资源〔2026〕18号")
    first = put(archive, numbered)
    explained = replace(numbered, url="https://a.cn/2", title="《规范算力设施报送》政策解读", text="一图读懂。" * 9)
    assert put(archive, explained).work != first.work


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("国务院关于印发《X数字政府方案》的通知", "X数字政府方案", "same"),
        ("八部门联合印发《数据出境管理办法》", "数据出境管理办法", "same"),
        ("数据出境管理办法（征求意见稿）", "数据出境管理办法", "other"),
        ("2026年3月份汽柴油价格", "2026年4月份汽柴油价格", "other"),
        ("关于公布第一批名单的通知", "关于公布第二批名单的通知", "other"),
        ("某市发布新政", "住房公积金提取规定", "unsure"),
    ],
)
def test_titles(one: str, two: str, expected: str) -> None:
    assert likeness(one, two) == likeness(two, one) == expected


HEADS = (
    "发布时间：2025-03-12 来源：某区数据局 浏览次数：231\n",
    "首页 > 政务公开 > 通知公告\n索引号：11440/2025-00012\n发布日期：2025年3月12日\n",
    "【转载】来源：国家数据局网站\n字号：大 中 小\n打印\n",
    "",
)
FEET = (
    "\n责任编辑：张三\n扫一扫在手机打开当前页",
    "\n附件：\n相关文章\n上一篇：关于公布名单的通知\n下一篇：没有了\n主办：某区人民政府 备案号：粤ICP备05000001号",
    "\n来源：新华社",
    "\n本网转载以上内容仅供参考。",
)


def reprinted(text: str, chance: random.Random) -> str:
    """Another frame, other line breaks between the same paragraphs."""
    spaced = re.sub(r"\n+", lambda _: chance.choice(["\n", "\n\n", "\n\u3000\u3000"]), text)
    return chance.choice(HEADS) + spaced + chance.choice(FEET)


def one_number_else(text: str) -> str | None:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return None
    middle = numbers[len(numbers) // 2]
    return f"{text[: middle.start()]}{int(middle[0]) + 1}{text[middle.end() :]}"


@pytest.mark.shared
def test_real_texts_join_their_reprints_and_nothing_else(shared: Path) -> None:
    chance = random.Random(3)
    lines = (shared / "eval" / "tags-dev.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    real = [Reading(url=d["url"], title=d["title"], text=d["text"]) for d in documents if len(fold(d["text"])) >= 200]
    joined = other_number = two_cities = 0
    for reading in real:
        reprint = replace(reading, text=reprinted(reading.text, chance), title=f"（转载）{reading.title}")
        near = set(bands(signature(reading.text))) & set(bands(signature(reprint.text)))
        joined += bool(near) and is_reprint(reading, reprint)
        changed = one_number_else(reading.text)
        other_number += bool(changed) and is_reprint(reading, replace(reading, text=reprinted(changed or "", chance)))
        cities = [
            f"{reading.text}\n{city}发展和改革委员会\n2025年3月{day}日" for city, day in (("杭州市", 5), ("宁波市", 9))
        ]
        two_cities += is_reprint(replace(reading, text=cities[0]), replace(reading, text=cities[1]))
    assert len(real) > 250
    assert joined >= 0.99 * len(real)
    assert (other_number, two_cities) == (0, 0)
