"""Pages that say no while the status says yes: captchas, script challenges, rate limits, logins, stubs, soft 404s.

Such a page is a problem to be shown to a person, never content and never "no news"; nothing here tries to get past one.
Signs as recorded for these sites: 瑞数 (412 with a `$_ts` script), 加速乐 (521 with `__jsl_clearance`), redirect stubs
of 300-400 bytes, home pages with status 200. A complete page that merely carries the `$_ts` script (saved: Gansu) is no
block, so every sign but the explicit ones also asks that the page hold little text. Nor is a notice that warns its
readers never to tell a 验证码: words count only where the page asks for something (a form, a script, an image) or says
nothing else. JSON is judged by its own words for failure, not by the text it carries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from crawlers.reading.article import head_of
from crawlers.reading.decoding import decode
from crawlers.reading.tree import tree

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
        r"(?:请输入|输入|滑动|拖动|图形|点击完成|安全|访问)验证|验证码|captcha|人机验证"
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
        r"(?:页面|网页|文件|内容|信息|文章)(?:不存在|已被?删除|未找到|找不到|走丢|已下线)|not found"
        r"|(?<![\d.])404(?![\d.]|\s*[元万亿个件人次名家%％])"
        r"|您?访问的(?:页面|内容)[^。<]{0,12}(?:不存在|删除|找不到)",
    ),
)
_REFUSAL = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _REFUSALS)
_CLAUSE = re.compile(r"[。！？；，、,.!?;:：\s]+")
_WARNING = re.compile(r"(?:不要|不得|不会|切勿|请勿|勿|谨防|防止|避免|泄露|透露|告知|索要|骗取|提供|发送)")
_PLEA = re.compile(
    r"请?稍[后候]|再试|重试|刷新|返回|访问|管理员|联系|客服|请求|系统|操作|安全|点击|换一|看不清|提交|确定|首页|错误|浏览器"
    r"|\b(?:nginx|openresty|tengine|ip|id|security|access|error|again|continue|human|robot|browser|check)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a\b.*?</a", re.IGNORECASE | re.DOTALL)
_ABOUT_ALL = frozenset({"captcha", "login", "rate limit"})
_REST, _SHORT = 60, 20
_MESSAGES = frozenset(
    {"message", "msg", "error", "errmsg", "errormsg", "retmsg", "resultmsg", "info", "desc", "errors"}
)
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
    without headers), `status` the HTTP status. Linear in the size of the page; JSON answers are judged by their status
    and by what they give as their message, if they give little else.
    """
    text = page if isinstance(page, str) else decode(page[:_LOOKED_AT], {})
    text = text[:_LOOKED_AT]
    named = _STATUSES.get(status)
    if text.lstrip()[:1] in {"{", "["}:
        return named or _named(" ".join(_complaints(text)))
    shown = _shown(text)
    if named == "challenge" or (len(shown) < _LITTLE and (_JSL.search(text) or _RUISHU.search(text))):
        return "challenge"
    if len(shown) < _NOTICE and not _ARTICLE.search(text):
        return _refusal(text, shown) or named
    return named


def _complaints(text: str) -> Iterator[str]:
    """The messages of a JSON answer that holds little else."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return
    strings = list(_strings(answer))
    if sum(len(value) for key, value in strings if key not in _MESSAGES) <= _REST:
        yield from (value for key, value in strings if key in _MESSAGES)


def _strings(answer: object) -> Iterator[tuple[str, str]]:
    """Every string of a JSON value with the lower-case key it stands under."""
    stack: list[tuple[str, object]] = [("", answer)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            stack += [(key, inner) for inner in value]
        elif isinstance(value, dict):
            stack += [(str(name).lower(), inner) for name, inner in value.items()]


def _named(said: str) -> str | None:
    return next((name for name, pattern in _REFUSAL if pattern.search(said)), None)


def _refusal(text: str, shown: str) -> str | None:
    moves = _MOVES.search(text)
    if moves and len(shown) < _STUB:
        if _TO_LOGIN.search(text):
            return "login"
        return "challenge" if _COOKIE.search(text) else "redirect"
    title = _title(text)
    clauses = [clause for clause in _CLAUSE.split(shown) if not _warns(clause)]
    name = _named(" ".join([*clauses, title]))
    if name in _ABOUT_ALL and _rest(_shown(_LINK.sub(" ", text)), title) > _REST:
        return None
    return None if name is None or _is_article(text) else name


def _warns(clause: str) -> bool:
    """Whether a clause tells its readers what not to do with a 验证码."""
    return "验证码" in clause and bool(_WARNING.search(clause))


def _rest(shown: str, title: str) -> int:
    """How many characters a page shows that belong to no refusal."""
    clauses = [clause for clause in _CLAUSE.split(shown) if clause not in title]
    ours = (clause for clause in clauses if _named(clause) or (len(clause) <= _SHORT and _PLEA.search(clause)))
    return sum(map(len, clauses)) - sum(map(len, ours))


def _is_article(text: str) -> bool:
    root = tree(text)
    head = head_of(root) if root is not None else None
    return head is not None and head.dated


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
