"""Pages that say no while the status says yes: captchas, script challenges, rate limits, logins, stubs, soft 404s.

Such a page is a problem to be shown to a person, never content and never "no news"; nothing here tries to get past one.
Signs as recorded for these sites: 瑞数 (412 with a `$_ts` script), 加速乐 (521 with `__jsl_clearance`), redirect stubs
of 300-400 bytes, home pages with status 200. A complete page that merely carries the `$_ts` script (saved: Gansu) is no
block, so every sign but the explicit ones also asks that the page hold little text.
"""

from __future__ import annotations

import re

from crawlers.reading.decoding import decode

_UNSEEN = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (("<script", "</script"), ("<style", "</style"), ("<!--", "-->"))
)
_TAG = re.compile(r"<[^<>]*>")
_LOOKED_AT = 400_000
_LITTLE, _NOTICE, _STUB = 600, 300, 80
_ARTICLE = re.compile(
    r"name=[\"']?(?:ArticleTitle|PubDate|firstpublishedtime)\b|UCAP-CONTENT|TRS_Editor", re.IGNORECASE
)
_STATUSES = {
    401: "login",
    403: "refused",
    407: "login",
    412: "challenge",
    418: "refused",
    429: "rate limit",
    521: "challenge",
}
_REFUSALS = (
    (
        "rate limit",
        r"(?:访问|请求|操作)(?:过于|太过|太)频繁|访问次数(?:过多|超限)|too many requests|rate limit",
    ),
    (
        "captcha",
        r"(?:请输入|输入|滑动|拖动|图形|点击完成|安全)验证|验证码|captcha|人机验证"
        r"|verify you are (?:a )?human|geetest",
    ),
    (
        "refused",
        r"访问(?:被|已被)?(?:拒绝|禁止|阻断|拦截)|非法(?:访问|请求)|网站防火墙|web应用防火墙"
        r"|您的?(?:访问|请求|IP)[^。<]{0,20}(?:被|已)[^。<]{0,8}(?:拦截|阻断|禁止|限制|封)"
        r"|access denied|request (?:has been )?blocked|forbidden",
    ),
    ("login", r"(?:请先|重新)登录|登录超时|统一身份认证|(?:用户|账号|帐号)登录|sign in to continue|please log ?in"),
    (
        "soft 404",
        r"(?:页面|网页|文件|内容|信息|文章)(?:不存在|已被?删除|未找到|找不到|走丢|已下线)|404|not found"
        r"|您?访问的(?:页面|内容)[^。<]{0,12}(?:不存在|删除|找不到)",
    ),
)
_REFUSAL = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _REFUSALS)
_RUISHU = re.compile(r"\$_ts\s*=|\$_ts\[|r=['\"]?m['\"]?[^>]*>\s*<script")
_JSL = re.compile(r"__jsl_clearance|__jsluid")
_MOVES = re.compile(
    r"(?:window|document|self|top|parent)?\.?location(?:\.href)?\s*=|location\.(?:replace|assign|reload)\s*\(|http-equiv=[\"']?refresh",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"document\.cookie\s*=", re.IGNORECASE)
_TO_LOGIN = re.compile(r"(?:location[^;]{0,80}|url=)[^;]{0,200}(?:login|signin|passport|sso|cas/)", re.IGNORECASE)


def looks_blocked(page: bytes | str, status: int) -> str | None:
    """Name what a page is instead of content, or None where it may be content.

    One of: challenge, captcha, rate limit, refused, login, redirect, soft 404. `page` is the body (bytes are decoded
    without headers), `status` the HTTP status. Linear in the size of the page; JSON answers are judged by their
    status and size like pages.
    """
    text = page if isinstance(page, str) else decode(page[:_LOOKED_AT], {})
    text = text[:_LOOKED_AT]
    shown = _shown(text)
    named = _STATUSES.get(status)
    if named == "challenge" or (len(shown) < _LITTLE and (_JSL.search(text) or _RUISHU.search(text))):
        return "challenge"
    if len(shown) < _NOTICE and not _ARTICLE.search(text):
        return _refusal(text, shown) or named
    return named


def _refusal(text: str, shown: str) -> str | None:
    moves = _MOVES.search(text)
    if moves and len(shown) < _STUB:
        if _TO_LOGIN.search(text):
            return "login"
        return "challenge" if _COOKIE.search(text) else "redirect"
    said = f"{shown} {_title(text)}"
    return next((name for name, pattern in _REFUSAL if pattern.search(said)), None)


def _title(text: str) -> str:
    start = text.lower().find("<title")
    return text[start : start + 200].split("</", 1)[0] if start >= 0 else ""


def _shown(text: str) -> str:
    for start, end in _UNSEEN:
        text = _cut_out(text, start, end)
    return re.sub(r"\s+", " ", _TAG.sub(" ", text)).strip()


def _cut_out(text: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    """The text without what stands between two marks; what is never closed goes to the end."""
    kept, at = [], 0
    while begin := start.search(text, at):
        kept.append(text[at : begin.start()])
        close = end.search(text, begin.end())
        at = close.end() if close else len(text)
    return " ".join([*kept, text[at:]])
