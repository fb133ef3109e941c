"""What the fuzzers start from, our own texts, and how they turn it: cut, double, swap, and put hostile pieces in."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

MINUTES = float(os.environ.get("VEDETTE_FUZZ_MINUTES") or 0)
"""How long each fuzzer runs with ever other seeds; 0: the fixed examples of the test run."""

TEXTS = (
    "第一条 公共算力平台向注册单位提供每月免费配额1000万tokens，超出部分每百万tokens计费0.8元。\n"
    "第二条 折扣为八五折，2026年6月1日至2026年12月31日有效。\n（一）企业最高补贴50%，不超过人民币200万元；\n"
    "（二）个人每日500次调用。\n第三条 本办法自2026年6月1日起施行，有效期五年。\n国家数据局\n2026年4月18日",
    "关于印发《算力券管理办法》的通知\n国数科基〔2026〕12号\n各省、自治区、直辖市：\n一、总体要求\n1.发放算力券。\n"
    "型号\t输入价格\t输出价格\nQwen\t¥0.004/千tokens\t$0.012 per 1K tokens\nGLM-4\t12元/M\t每百万词元36元",
    "Article 1 The monthly free quota is 1,000,000 tokens per account; beyond it $0.60 per million tokens applies.\n"
    "Article 2 A 15% discount holds until June 30, 2026. Rate limit: 60 RPM, 100K TPM.",
)
BODY = "".join(f"<p>{line}</p>" for line in TEXTS[0].split("\n"))
PAGES = (
    f'<html><head><meta charset="utf-8"><title>算力办法_国家数据局</title><meta name="ArticleTitle" content="算力办法">'
    f'<meta name="PubDate" content="2026-04-18"></head><body><div class="nav">首页</div><h1>算力办法</h1>'
    f'<div class="TRS_Editor">{BODY}<table><tr><td>型号</td><td>价格</td></tr><tr><td>甲</td><td>1元</td></tr></table>'
    f'<p><a href="a.pdf">附件：配额表</a></p></div></body></html>',
    '<html><body><ul class="list">'
    + "".join(f'<li><a href="./{n}.html">算力的第{n}号通知</a><span>2026-04-{n:02}</span></li>' for n in range(1, 9))
    + "</ul></body></html>",
    "<html><script>var _CONFIG = {DETAIL: {}}; DETAIL: {\"content\":\"<p>甲</p>\",\"title\":\"乙\"}</script>"
    "<body><record><![CDATA[<li><a href='x.html'>办法</a>2026-01-01</li>]]></record><div hidden>x</div></body></html>",
)  # fmt: skip
ANSWERS = (
    '{"data":[{"url":"/1.html","title":"算力通知","date":"2026-04-18"},{"url":"/2.html","title":"<em>配额</em>"}]}',
    '{"content":"<p>第一条 制定本办法。</p>","name":"办法","time":1776470400000,"files":["/a.pdf"]}',
    'callback({"data":{"html":"<ul><li><a href=\'1.html\'>通知</a>2026-01-01</li></ul>","rows":[1,null,true,"x"]}})',
)
QUERIES = (
    '算力 "免费配额" -停用 trigger:pricing,quota since:2026-01-01',
    "来源：ndrc_tz 地区:CN-31 文号：沪经信〔2026〕12号 in:changes",
    '"price war" -"rate limit" lang:en before:2026-06 as-of:2026-03-01 severity:high 词元：价格',
)
SOURCE = """title: 通知
title_en: Notices
authority: example
tier: central
region: CN
kind: listing
urls: [https://www.example.gov.cn/tz/]
list: {items: "ul > li", link: ./a/@href, title: ./a/text(), date: ./span/text(), include: "算力|词元"}
detail: {body: .TRS_Editor}
every: 2h
hours: "22:00-06:00"
revisit: {every: 1d, for_days: 30}
expect: {items: [1, 60], quiet_days: 30}
impact_note: one small page every two hours
confidence: A
"""
SUBSCRIPTION = """title: Desk
to: [desk@example.org]
cadence: daily
at: "07:30"
language: zh
filter: {tiers: [central], regions: [CN-31], min_severity: high}
channel: mail
"""
DECLARATIONS = {"sources": SOURCE, "subscriptions": SUBSCRIPTION}

PIECES = (
    '<', '>', '</p>', '<p>', '<div>', '<script>', '</script>', '<!--', '-->', '<![CDATA[', ']]>', '&#xD800;',
    '&#27;[31m', '&#0;', '&#155;', '&amp;', '&', '"', "'", '\x00', '\x1b]8;;http://evil.example\x07', '\x9b31m',
    '\u202e', '\u2066', '\u200b', '\ufeff', '\ud800', '\U0001f600', '\r', '\n', '\t', '\u2028', '\x1d', '{', '}',
    '[', ']', '{{7*7}}', '${x}', '%s', '{0}', '\\ud800', '\\u001b[2J', ':', '：', '-', '–', ',', '、', "9" * 30,
    '1e999', '-0', 'NaN', '零', '一亿亿', '〇', '壹拾', '0.0000001', '元', '%', '％', '折', 'tokens', '百万',
    '万亿亿亿', '每', '/', './', '//', 'http://[x', 'javascript:x', '2026年13月45日', '9999-12-31', '0000年0月0日',
    '〔2026〕', '第一条', '第九百九十九条', '（一）', '1.', '一、', '|', '\\', '*', '&x', '!!python/object', '? ',
    '- ', '# ', 'null', '~', "=cmd|' /C calc'!A1", '@import', '(a+)+$',
)  # fmt: skip


def _piece(text: str, at: int) -> str:
    return text[at : at + 60]


@st.composite
def turned(draw: st.DrawFn, seeds: tuple[str, ...]) -> str:
    """A seed with up to eight places changed: cut away, doubled up to 300 times, moved, a piece or any text put in."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 8))):
        low = draw(st.integers(0, len(text)))
        high = min(len(text), low + draw(st.integers(0, 60)))
        part = text[low:high]
        text = text[:low] + draw(st.one_of(
            st.just(""),
            st.integers(2, 300).map(part.__mul__),
            st.sampled_from(PIECES).map(part.__add__),
            st.tuples(st.sampled_from(PIECES), st.integers(2, 300)).map(lambda pair: pair[0] * pair[1]),
            st.text(max_size=20),
            st.integers(0, max(0, len(text) - 1)).map(partial(_piece, text)),
        )) + text[high:]  # fmt: skip
    return text


def as_bytes(text: str) -> bytes:
    """The text as a careless site sends it."""
    return text.encode("utf-8", "surrogatepass")


def in_time(seconds: float, work: Callable[[], Any], about: object) -> Any:
    """What the work gives; fails where it costs more of the processor than it may."""
    begin = time.process_time()
    result = work()
    spent = time.process_time() - begin
    assert spent < seconds, f"{spent:.1f} s for {about!r:.2000}"
    return result


def fuzz(check: Callable[..., None], examples: int, **strategies: st.SearchStrategy[Any]) -> None:
    """Run a check on drawn values: the same `examples` each time, or for MINUTES with ever other seeds."""
    quiet = [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
        HealthCheck.filter_too_much,
    ]
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    fixed = hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=quiet,
        phases=phases,
        derandomize=True,
    )
    if not MINUTES:
        fixed(hypothesis.given(**strategies)(check))()
        return
    free = hypothesis.settings(fixed, derandomize=False)
    end, seed, count = time.monotonic() + 60 * MINUTES, time.time_ns(), 0
    while time.monotonic() < end:
        hypothesis.seed(seed + count)(free(hypothesis.given(**strategies)(_again(check))))()
        count += 1
    sys.stderr.write(f"{count * examples} examples, seeds from {seed}\n")


def _again(check: Callable[..., None]) -> Callable[..., None]:
    """A fresh function, since hypothesis keeps its state on the function that it wraps."""

    def again(**values: Any) -> None:
        check(**values)

    return again
