"""Situations in which nothing happened to the document: whatever moves on its page, nothing is told."""

from __future__ import annotations

from tests.crawled import Reply
from tests.notices import NOTICE, Situation, doubled

A = NOTICE.page()
YEARS = NOTICE.said("有效期五年", "有效期三年")
TODAY = '<div class="now">今天是2026年4月{}日　北京 {}</div>'
OTHER = tuple(f"栏目{n}" for n in range(9))

NOISE = (
    Situation("only white space between tags", (A.replace(b"<p>", b"<p>\n\n    ").replace(b"</p>", b"\t</p>\r\n"),)),
    Situation(
        "only markup: other tags, styles, spans",
        (NOTICE.but(paragraph='<p style="text-indent:2em"><span lang="EN-US">{}</span></p>').page(),),
    ),
    Situation("paragraphs broken with <br> instead", (NOTICE.but(paragraph="{}<br/>").page(),)),
    Situation("zero-width characters strewn in", (A.replace("，".encode(), "，\u200b".encode()),)),
    Situation("no-break spaces for spaces", (NOTICE.but(paragraph="<p>&nbsp;&nbsp;{}</p>").page(),)),
    Situation("full-width digits become ASCII", (NOTICE.page(),), first=NOTICE.said("1000万", "１０００万").page()),
    Situation(
        "half-width brackets and commas become full-width",
        (NOTICE.said("每月免费配额1000万tokens，", "每月免费配额（1000万tokens），").page(),),
        first=NOTICE.said("每月免费配额1000万tokens，", "每月免费配额(1000万tokens),").page(),
    ),
    Situation("第十条 becomes 第10条", (NOTICE.said("第十条 ", "第10条 ").page(),)),
    Situation("from GBK to UTF-8, same text", (A,), first=NOTICE.but(charset="gbk").page("gbk")),
    Situation("from UTF-8 to GBK named only in <meta>", (NOTICE.but(charset="gb2312").page("gb18030"),)),
    Situation(
        "a new ETag for the same body", (Reply(A, headers={"ETag": '"b"'}),), first=Reply(A, headers={"ETag": '"a"'})
    ),
    Situation(
        "a new Last-Modified for the same body",
        (Reply(A, headers={"Last-Modified": "Tue, 21 Apr 2026 00:00:00 GMT"}),),
        first=Reply(A, headers={"Last-Modified": "Mon, 20 Apr 2026 00:00:00 GMT"}),
    ),
    Situation("the view counter moves", (NOTICE.but(views=1311).page(), NOTICE.but(views=20_000).page()), ("", "")),
    Situation("the time of generation moves", (NOTICE.but(generated="2026-04-21 03:00:07").page(),)),
    Situation(
        "PubDate is the time of generation and moves daily",
        (NOTICE.but(published="2026-04-21 03:00").page(), NOTICE.but(published="2026-04-22 03:00").page()),
        ("", ""),
    ),
    Situation("a CSRF token differs in each answer", (NOTICE.but(token="9b2e").page(),)),
    Situation("?t= cache busters in links", (NOTICE.but(bust="?t=1776729600").page(),)),
    Situation(
        "?t= cache buster in the attachment's link",
        (NOTICE.but(file="./P020260418500000000001.pdf?t=1776729600").page(),),
    ),
    Situation(
        "http:// links become https://",
        (NOTICE.but(file="https://www.example.gov.cn/tz/f.pdf").page(),),
        first=NOTICE.but(file="http://www.example.gov.cn/tz/f.pdf").page(),
    ),
    Situation("the responsible editor changes", (NOTICE.but(editor="李某某").page(),)),
    Situation(
        "related posts change",
        (NOTICE.but(related=("算力券发放进度通报", "配额登记操作指南", "平台停机检修公告")).page(),),
    ),
    Situation("the share widget changes", (NOTICE.but(share="微信 微博 QQ空间 扫一扫在手机打开当前页").page(),)),
    Situation(
        "the hidden plain copy changes", (NOTICE.but(hidden="公共算力平台配额管理办法全文（无障碍版）已更新").page(),)
    ),
    Situation("the menu changes", (NOTICE.but(nav=OTHER).page(),)),
    Situation(
        "the footer changes",
        (NOTICE.but(foot="网站标识码bm99999999　京公网安备11000000000000号　技术支持：某信息中心").page(),),
    ),
    Situation(
        "a cookie banner appears",
        (
            NOTICE.but(
                banner='<div id="cookie-banner">本网站使用Cookie以改善您的浏览体验，'
                "继续浏览即表示您同意我们的隐私政策。"
                "</div>"
            ).page(),
        ),
    ),
    Situation(
        "links to the articles before and after appear",
        (
            NOTICE.html(
                after='<div class="prevnext">上一篇：<a href="./1.html">算力券发放通知</a> 下一篇：<a href="./3.html">'
                "配额登记公告</a></div>"
            ).encode(),
        ),
    ),
    Situation("only an image changes", (NOTICE.but(image="./W020260421.png").page(),)),
    Situation(
        "the copy for small screens changes, the text does not", (doubled(YEARS.body),), first=doubled(NOTICE.body)
    ),
    Situation(
        "the number's 〔〕 become []",
        (NOTICE.but(number="算管发[2026]12号").page(),),
    ),
    Situation(
        "signs of time and weather change",
        (NOTICE.html(before=TODAY.format(21, "多云")).encode(),),
        first=NOTICE.html(before=TODAY.format(20, "晴")).encode(),
    ),
    Situation(
        "a date in Chinese numerals becomes Arabic",
        (A,),
        first=NOTICE.said("2026年6月1日", "二〇二六年六月一日").page(),
    ),
)
"""Nothing happened to the document."""
