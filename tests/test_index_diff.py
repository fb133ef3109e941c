"""What a reader would call a change is shown with little around it, and nothing else is shown."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.attached import attachment_changes
from index.clauses import clauses
from index.diff import as_json, diff
from index.identity import content_digest
from index.metadata import status
from index.numerals import fold
from index.records import Attachment, AttachmentChange, ClauseChange, Diff, FieldChange, Reading
from index.spans import edits
from tests.legal import bodies, law

URL = "https://www.example.gov.cn/1.html"


def texts(before: str, after: str) -> Diff:
    return diff(Reading(URL, text=before), Reading(URL, text=after))


def shown(found: Diff) -> int:
    return sum(len(c.before or "") + len(c.after or "") for c in found.clauses)


LAW = """第一章 总则
第一条 为了规范算力券的发放和使用，制定本办法。
第二条 本办法所称算力券，是指由财政资金支持的凭证，按照第三条规定发放。
第三条 免费配额比例为95%，每户每月不超过百分之三十。
第四条 申请材料包括：
（一）营业执照；
（二）承诺书。
第五条 套餐价格39.9元/月，含1500万tokens，自2026年5月1日起施行。"""

LONG = "第九条 " + "算力服务提供者应当按照公布的标准提供服务，不得擅自变更服务内容，" * 22 + "免费额度为每月1000次。"


def test_one_digit_in_a_long_clause_shows_at_most_60_characters() -> None:
    assert len(LONG) > 700
    found = texts(LONG, LONG.replace("1000次", "1500次"))
    assert [c.op for c in found.clauses] == ["replace"]
    assert shown(found) <= 60
    assert "1000次" in (found.clauses[0].before or "")
    assert "1500次" in (found.clauses[0].after or "")
    assert found.chars_changed == 2
    assert found.fields == (FieldChange("第九条 免费额度", "1000次", "1500次"),)


def test_a_percentage_is_a_typed_field() -> None:
    found = texts(LAW, LAW.replace("95%", "92%"))
    assert found.clauses == (
        ClauseChange("replace", "第三条", "免费配额比例为95%，每户每月不超过…", "免费配额比例为92%，每户每月不超过…"),
    )
    assert found.fields == (FieldChange("第三条 免费配额比例", "95%", "92%"),)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("39.9元/月", "49.9元/月", FieldChange("第五条 套餐价格", "39.9元/月", "49.9元/月")),
        ("5月1日", "6月1日", FieldChange("第五条 施行日期", "2026年5月1日", "2026年6月1日")),
        ("1500万tokens", "1000万tokens", FieldChange("第五条 number", "1500万tokens", "1000万tokens")),
        ("百分之三十", "百分之二十", FieldChange("第三条 每户每月", "百分之三十", "百分之二十")),
    ],
)
def test_typed_fields(old: str, new: str, field: FieldChange) -> None:
    assert texts(LAW, LAW.replace(old, new)).fields == (field,)


def test_a_cited_doc_number_is_a_typed_field() -> None:
    before = "第六条 依照国办发〔2025〕12号文件执行。"
    found = texts(before, before.replace("12号", "21号"))
    assert [(f.before, f.after) for f in found.fields] == [("国办发〔2025〕12号", "国办发〔2025〕21号")]


def test_english_values() -> None:
    before = "Article 3 Quota\nThe free quota is 1,000 requests per day and the fee is USD 5 per month."
    found = texts(before, before.replace("1,000", "500").replace("USD 5", "USD 7"))
    assert [(f.field, f.before, f.after) for f in found.fields] == [
        ("Article 3 para 2 free quota", "1,000 requests per day", "500 requests per day"),
        ("Article 3 para 2 fee", "USD 5 per month", "USD 7 per month"),
    ]


def test_a_table_cell_is_named_by_row_and_column() -> None:
    before = "套餐 | 价格 | 额度\n畅享 | 39.9元 | 1500万\n轻享 | 9.9元 | 1000万"
    found = texts(before, before.replace("39.9", "49.9"))
    assert found.fields == (FieldChange("表1 第2行 畅享 价格", "39.9元", "49.9元"),)
    assert [c.locator for c in found.clauses] == ["表1 第2行"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("第三条 免", "第3条　免"),
        ("95%", "百分之九十五"),
        ("百分之三十", "３０％"),
        ("（一）营业执照", "(一)营业执照"),
        ("。\n", "。\n\n\n　　"),
        ("算力券", "算\u200b力 券"),
        ("2026年5月1日", "二〇二六年五月一日"),
        ("1500万", "15,000,000"),
        ("包括：\n（一）", "包括：（一）"),
    ],
)
def test_spelling_and_layout_are_no_change(old: str, new: str) -> None:
    assert old in LAW
    assert not texts(LAW, LAW.replace(old, new)).changed
    assert not texts(LAW.replace(old, new), LAW).changed


def test_an_inserted_article_is_one_insert_with_its_items() -> None:
    after = LAW.replace("第三条 免", "第三条 提供者应当公布：\n（一）价格；\n（二）额度。\n第四条 免")
    after = (
        after.replace("第四条 申", "第五条 申").replace("第五条 套", "第六条 套").replace("按照第三条", "按照第四条")
    )
    found = texts(LAW, after)
    assert found.clauses == (
        ClauseChange("insert", "第三条", None, "第三条 提供者应当公布：\n（一）价格；\n（二）额度。"),
    )
    assert found.chars_changed == len("第三条提供者应当公布：（一）价格；（二）额度。") + 1


def test_a_reference_that_follows_no_renumbering_is_a_change() -> None:
    found = texts(LAW, LAW.replace("按照第三条", "按照第四条"))
    assert [(c.op, c.locator) for c in found.clauses] == [("replace", "第二条")]


def test_a_reference_that_follows_beside_a_real_change_is_not_shown() -> None:
    after = LAW.replace("第三条 免", "第三条 提供者应当公布价格和额度的计算办法。\n第四条 免").replace(
        "第四条 申", "第五条 申"
    )
    after = after.replace("第五条 套", "第六条 套").replace("按照第三条规定发放", "按照第四条规定每年发放")
    found = texts(LAW, after)
    assert [(c.op, c.locator, c.after) for c in found.clauses] == [
        ("replace", "第二条", "…支持的凭证，按照第四条规定每年发放。"),
        ("insert", "第三条", "第三条 提供者应当公布价格和额度的计算办法。"),
    ]


def test_english_references_follow_too() -> None:
    before = (
        "Article 1 Scope of the terms\nArticle 2 Fees are set in Article 3 of these terms\n"
        "Article 3 Price list for tokens"
    )
    after = (
        "Article 1 Scope of the terms\nArticle 2 Personal data stay in the region\n"
        "Article 3 Fees are set in Article 4 of these terms\nArticle 4 Price list for tokens"
    )
    assert [(c.op, c.locator) for c in texts(before, after).clauses] == [("insert", "Article 2")]


def test_a_deleted_item() -> None:
    found = texts(LAW, LAW.replace("\n（二）承诺书。", ""))
    assert found.clauses == (ClauseChange("delete", "第四条第（二）项", "（二）承诺书。", None),)


def test_a_move_shows_both_places() -> None:
    lines = [
        f"第{n}条 {words}"
        for n, words in zip("一二三四", ["甲方应当公布年度用量计划。", "乙方负责监督检查工作。"] * 2, strict=True)
    ]
    lines[2:] = ["第三条 丙方承担数据出境安全评估。", "第四条 丁方每月结算一次费用。"]
    bodies_ = [line[4:] for line in lines]
    after = law([*bodies_[1:], bodies_[0]]).replace("　", " ")
    found = texts("\n".join(lines), after)
    assert [(c.op, c.locator) for c in found.clauses] == [("move", "第四条")]
    assert (found.clauses[0].before, found.clauses[0].after) == (lines[0], "第四条 " + bodies_[0])
    assert found.chars_changed == 0


def test_a_long_insertion_is_cut() -> None:
    found = texts(LAW, f"{LAW}\n第六条 {'规定内容' * 300}。")
    assert [c.op for c in found.clauses] == ["insert"]
    assert len(found.clauses[0].after or "") <= 400
    assert "…" in (found.clauses[0].after or "")
    assert found.chars_changed > 1200


def test_a_change_beside_other_line_breaks_is_shown_alone() -> None:
    before = "国家支持算力建设。地方负责落实。企业按月报告用量。\n居民凭积分申请服务。免费额度为每月100次。"
    after = before.replace("。地", "。\n地").replace("用量。\n", "用量。").replace("100次", "200次")
    found = texts(before, after)
    assert [c.op for c in found.clauses] == ["replace"]
    assert found.chars_changed == 2


WORDS = st.text(alphabet="算力券配额价格，。的 ab12%", max_size=60)


@given(WORDS, WORDS)
def test_putting_the_differing_spans_in_gives_the_other_wording(before: str, after: str) -> None:
    built, at = "", 0
    for span in edits(before, after):
        built += before[at : span.b0] + after[span.a0 : span.a1]
        at = span.b1
    assert fold(built + before[at:]) == fold(after)


@given(st.text())
def test_equal_texts_do_not_differ(text: str) -> None:
    assert texts(text, text) == Diff()


@given(bodies, st.data())
def test_white_space_noise_is_nothing(articles: list[str], data: st.DataObject) -> None:
    text = law(articles)
    noise = data.draw(st.lists(st.sampled_from(["", "", " ", "\u3000", "\u200b", "\xa0"]), min_size=7, max_size=7))
    noisy = "".join(char + noise[n % 7] for n, char in enumerate(text))
    assert not texts(text, noisy).changed
    assert not texts(text, text.replace("\n", "\n \n\n")).changed


@given(bodies, st.integers(2, 120))
def test_renumbering_alone_is_nothing(articles: list[str], first: int) -> None:
    assert not texts(law(articles), law(articles, first)).clauses


@given(bodies, st.data())
def test_an_insertion_with_renumbering_is_one_insert(articles: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(articles)))
    new = "新增的条文明确词元计费的单位和公布的时限，并自发布之日起执行。"
    found = texts(law(articles), law([*articles[:at], new, *articles[at:]]))
    assert [c.op for c in found.clauses] == ["insert"]
    assert new in (found.clauses[0].after or "")


@given(bodies, st.data())
def test_a_moved_article_is_one_move(articles: list[str], data: st.DataObject) -> None:
    i, j = data.draw(st.integers(0, len(articles) - 1)), data.draw(st.integers(0, len(articles) - 1))
    assume(i != j)
    after = articles.copy()
    after.insert(j, after.pop(i))
    assert [c.op for c in texts(law(articles), law(after)).clauses] == ["move"]


@given(bodies, bodies)
def test_no_difference_exactly_where_digests_agree(one: list[str], other: list[str]) -> None:
    before, after = Reading(URL, text=law(one)), Reading(URL, text=law(other))
    assert diff(before, after).changed == (content_digest(before) != content_digest(after))


@given(st.lists(st.text(max_size=20), max_size=8), st.lists(st.text(max_size=20), max_size=8))
def test_any_two_texts_can_be_compared(one: list[str], other: list[str]) -> None:
    found = texts("\n".join(one), "\n".join(other))
    assert all(len(side or "") <= 400 for c in found.clauses for side in (c.before, c.after))
    assert json.dumps(as_json(found, "amended"))


def test_as_json_has_the_documented_form() -> None:
    found = as_json(texts(LAW, LAW.replace("95%", "92%")), "amended")
    assert found == {
        "changed": True,
        "kind": "amended",
        "clauses": [
            {
                "op": "replace",
                "locator": "第三条",
                "before": "免费配额比例为95%，每户每月不超过…",
                "after": "免费配额比例为92%，每户每月不超过…",
            }
        ],
        "fields": [{"field": "第三条 免费配额比例", "before": "95%", "after": "92%"}],
        "attachments": [],
        "chars_changed": 2,
    }
    assert as_json(Diff(), None) == {
        "changed": False,
        "kind": None,
        "clauses": [],
        "fields": [],
        "attachments": [],
        "chars_changed": 0,
    }


def test_metadata_changes() -> None:
    before = Reading(
        URL, title="算力券管理办法", published=date(2026, 5, 1), doc_number="国办发〔2026〕12号", issuer="国务院办公厅"
    )
    after = replace(
        before,
        title="算力券管理办法（已废止）",
        effective=date(2026, 6, 1),
        comments_close=date(2026, 5, 30),
        doc_number="国办发〔2026〕13号",
    )
    assert diff(before, after).fields == (
        FieldChange("title", "算力券管理办法", "算力券管理办法（已废止）"),
        FieldChange("effective", None, "2026-06-01"),
        FieldChange("comments_close", None, "2026-05-30"),
        FieldChange("doc_number", "国办发〔2026〕12号", "国办发〔2026〕13号"),
        FieldChange("status", None, "已废止"),
    )
    same = replace(before, title="算力券\u3000管理办法", doc_number="国办发[2026]12号", issuer=" 国务院办公厅")
    assert not diff(before, same).changed


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("办法", "时效性：现行有效\n第一条 略。", "现行有效"),
        ("办法", "有效性 | 失效", "已失效"),
        ("办法【已修改】", "", "已修改"),
        ("办法", "本文件自2026年1月1日起废止。", "已废止"),
        ("关于废止一批规章的决定", "第一条 下列规章废止：", None),
        ("办法", "第三十条 本办法施行后，原办法同时废止。", None),
    ],
)
def test_status(title: str, text: str, expected: str | None) -> None:
    assert status(Reading(URL, title=title, text=text)) == expected


A, B, C = (Attachment(f"https://a.cn/{n}.pdf", f"附件{n}") for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ([A, B], [B, A], []),
        ([A], [replace(A, url="http://a.cn/1.pdf?t=123")], []),
        ([A], [], [AttachmentChange("delete", A.url, None)]),
        ([A], [A, B], [AttachmentChange("insert", None, B.url)]),
        ([A, B], [A, replace(B, url=C.url)], [AttachmentChange("replace", B.url, C.url)]),
        ([A, B], [replace(B, name="新名"), A], []),
        ([A, B], [A, C], [AttachmentChange("replace", B.url, C.url)]),
        ([A], [replace(A, sha256="1" * 64)], []),
        (
            [replace(A, sha256="0" * 64)],
            [replace(A, sha256="1" * 64)],
            [AttachmentChange("replace", f"{A.url} (sha256 {'0' * 12})", f"{A.url} (sha256 {'1' * 12})")],
        ),
    ],
)
def test_attachments(before: list[Attachment], after: list[Attachment], changes: list[AttachmentChange]) -> None:
    assert list(attachment_changes(before, after)) == changes


def test_a_long_document_is_compared_fast() -> None:
    rng = Random(1)
    words = [
        "算力",
        "配额",
        "价格",
        "数据",
        "出境",
        "居民",
        "积分",
        "应当",
        "公布",
        "不得",
        "转让",
        "部门",
        "监督",
        "结算",
        "申请",
        "提交",
    ]
    articles = ["".join(rng.choices(words, k=60)) + f"{n}次。" for n in range(320)]
    before = law(articles)
    assert len(before) > 39_000
    after = law([*articles[:5], "新增的条文明确词元计费的单位。", *articles[5:]]).replace("300次", "301次")
    best = min(_seconds(before, after) for _ in range(5))
    assert best < 0.25  # 0.03 s on a quiet machine; the bound leaves room for a busy one


def _seconds(before: str, after: str) -> float:
    started = time.perf_counter()
    assert len(texts(before, after).clauses) == 2
    return time.perf_counter() - started


@pytest.mark.shared
def test_a_digit_in_a_real_document_is_one_short_replacement(shared: Path) -> None:
    rng = Random(3)
    for row in (shared / "eval" / "tags-dev.jsonl").read_text("utf-8").splitlines()[::3]:
        text = json.loads(row)["text"]
        digits = [m.start() for m in re.finditer(r"\d", text)]
        numbers = [(c.start, c.start + c.lead) for c in clauses(text) if c.lead]
        for place in rng.sample(digits, min(4, len(digits))):
            if any(start <= place < end for start, end in numbers):
                continue
            found = texts(text, text[:place] + str(int(text[place]) % 9 + 1) + text[place + 1 :])
            assert [c.op for c in found.clauses] == ["replace"]
            assert shown(found) <= 60
