"""What may happen to one page between two looks at it, and what a watcher should tell.

`tests/test_situations.py` runs the table through our crawler, `benchmarks/situations.py` the same through other
programs. A visit is what the site answers, in order where it is asked more than once; the last answer stays.
"""

from __future__ import annotations

from tests.crawled import Reply
from tests.notices import LONG, NOTICE, Situation
from tests.situations_edited import EDITS
from tests.situations_quiet import NOISE

A = NOTICE.page()
CUT = "problem redesigned|problem empty|problem http|problem encoding"


def wrapped(body: str) -> bytes:
    """A short page of somebody else's words."""
    return f'<html><head><meta charset="utf-8"><title>提示</title></head><body>{body}</body></html>'.encode()


BLOCK = wrapped("<p>访问过于频繁，请稍后再试</p>")
CAPTCHA = wrapped('<form><p>为了您的访问安全，请输入验证码</p><img src="/captcha.jpg"><input name="code"></form>')
RUISHU = wrapped(
    '<script r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={};$_ts.nsd=1;</script><script src="/4hP44ZykCTt5P.js"></script>'
)
STUB = b'<html><head></head><body><script>window.location.href="https://www.example.gov.cn/"</script></body></html>'
SOFT_404 = wrapped("<div class='err'><h1>404</h1><p>您访问的页面不存在或已被删除</p><a href='/'>返回首页</a></div>")
UPKEEP = wrapped("<h1>系统维护中</h1><p>网站正在升级维护，预计今日18时恢复，给您带来不便敬请谅解。</p>")
REBUILT = (
    NOTICE.but(box='<article class="x-main__text">')
    .html()
    .replace('class="article"', 'class="x-wrap"')
    .replace('class="header"', 'class="x-top"')
    .replace('class="footer"', 'class="x-foot"')
    .encode()
)
EMPTY = NOTICE.html().replace(NOTICE.body, "").encode()
HOME = NOTICE.html().replace(NOTICE.body, "").replace('class="TRS_Editor"', 'class="home"').encode()
LOGIN = Reply(status=302, headers={"Location": "/sso/login?back=1.html"})

TROUBLE = (
    Situation(
        "rebuilt with the same text, then the old frame again",
        (REBUILT, A),
        ("problem redesigned", "recovered redesigned"),
        bare=("|problem redesigned", "|recovered redesigned"),
    ),
    Situation("soft block with status 200, then back", (BLOCK, A), ("problem blocked", "recovered blocked")),
    Situation("a captcha page with status 200, then back", (CAPTCHA, A), ("problem blocked", "recovered blocked")),
    Situation("a script challenge with status 200, then back", (RUISHU, A), ("problem blocked", "recovered blocked")),
    Situation(
        "412 with a script challenge, then back", (Reply(RUISHU, 412), A), ("problem blocked", "recovered blocked")
    ),
    Situation("403, then back", (403, A), ("problem blocked", "recovered blocked")),
    Situation(
        "429 with Retry-After, then back",
        (Reply(b"", 429, {"Retry-After": "3600"}), A),
        ("problem blocked", "recovered blocked"),
    ),
    Situation("one 503, asked again", ((503, A),), ("",)),
    Situation("503 for a day, then back", (503, A), ("problem http", "recovered http")),
    Situation("404 once, then back", (404, A), ("", "")),
    Situation("404 for good", (404, 404, 404), ("", "withdrawn", "")),
    Situation("410 for good, then back", (410, 410, A), ("", "withdrawn", "restored")),
    Situation("a soft 404 of 300 bytes for good", (SOFT_404, SOFT_404), ("", "withdrawn")),
    Situation("a stub that redirects by script, then back", (STUB, A), ("problem blocked", "recovered blocked")),
    Situation("a redirect to a login page, then back", (LOGIN, A), ("problem blocked", "recovered blocked")),
    Situation(
        "the main block empty, then back",
        (EMPTY, A),
        ("problem empty|problem redesigned", "recovered empty|recovered redesigned"),
    ),
    Situation("an empty answer with status 200, then back", (b"", A), ("problem empty", "recovered empty")),
    Situation(
        "a page of upkeep with status 200, then back",
        (UPKEEP, A),
        ("problem redesigned|problem empty|problem blocked", "recovered redesigned|recovered empty|recovered blocked"),
    ),
    Situation(
        "the front page in place of the document, then back",
        (HOME, A),
        ("problem redesigned|problem empty", "recovered redesigned|recovered empty"),
    ),
    Situation(
        "the page cut off in the middle, then back",
        (A[: len(A) // 2], A),
        (CUT, CUT.replace("problem", "recovered")),
    ),
    Situation(
        "moved for good to another address of the site",
        (Reply(status=301, headers={"Location": "/new/1.html"}),),
        ("|moved",),
    ),
)
"""The site is in trouble, or the document is gone; nothing was edited."""

SITUATIONS = (*NOISE, *EDITS, *TROUBLE)
assert len(LONG) > 600
