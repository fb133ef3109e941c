from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.blocks import looks_blocked

RUISHU = (
    '<html><head><meta content="abc" r="m"><script r="m">$_ts=window["$_ts"];if(!$_ts)$_ts={};$_ts.nsd=1;</script>'
    "</head><body></body></html>"
)
BLOCKS = [
    (RUISHU, 412, "challenge"),
    (RUISHU, 200, "challenge"),
    (
        '<script>document.cookie="__jsl_clearance_s=1|abc;path=/";location.href=location.pathname</script>',
        521,
        "challenge",
    ),
    (
        '<script>document.cookie="__jsl_clearance_s=1|abc;path=/";location.href=location.pathname</script>',
        200,
        "challenge",
    ),
    ("<script>document.cookie='C3VK=ab';location.reload()</script>", 200, "challenge"),
    ("<html><body><h1>访问过于频繁</h1><p>请稍后再试</p></body></html>", 200, "rate limit"),
    ("<html><title>安全验证</title><body>请输入验证码后继续访问<img src=/c.png></body></html>", 200, "captcha"),
    ("<html><body>您的请求可能存在威胁，已被拦截！</body></html>", 200, "refused"),
    ("<html><head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>", 200, "refused"),
    ("<html><head><title>403 Forbidden</title></head><body>nginx</body></html>", 403, "refused"),
    ("", 429, "rate limit"),
    ("<script>window.location.href='/sso/login?from=/a'</script>", 200, "login"),
    ("<html><body>登录超时，请重新登录</body></html>", 200, "login"),
    ('<script>window.location.href="https://www.gov.cn";</script>', 200, "redirect"),
    ('<html><head><meta http-equiv="refresh" content="0;url=/index.html"></head></html>', 200, "redirect"),
    ("<html><title>404</title><body>您访问的页面不存在或已删除</body></html>", 200, "soft 404"),
    (
        "<title>访问验证</title><p>您的访问过于频繁，请输入验证码后继续访问。</p><form><input name=captcha></form>",
        200,
        "rate limit",
    ),
    ("<title>安全验证</title><p>看不清？换一张</p><form><input name=code placeholder=验证码></form>", 200, "captcha"),
    ('{"code": 429, "msg": "访问过于频繁，请稍后再试", "data": null}', 200, "rate limit"),
    ('{"success": false, "error": {"message": "请先登录"}}', 200, "login"),
]
WARNING = "近期出现冒充客服的诈骗电话，请客户不要泄露验证码。"
NOTICE = "<h1>关于{0}的公告</h1><p>发布时间：2026-05-16 浏览：507</p><p>{1}</p>"


@pytest.mark.parametrize(("page", "status", "name"), BLOCKS)
def test_blocks_are_named(page: str, status: int, name: str) -> None:
    assert looks_blocked(page.encode(), status) == looks_blocked(page, status) == name


ARTICLE = (
    "<html><title>网络安全验证码管理办法</title><body>"
    + "<p>第一条　网站应当提供验证码，防止访问过于频繁；页面不存在的，应当说明。</p>" * 40
)


@pytest.mark.parametrize(
    "page",
    [
        ARTICLE,
        ARTICLE + RUISHU,
        "<script>var a=1;" * 100 + "</script>" + ARTICLE + "<script>location.href='/m'</script>",
        "<html><title>通知</title><body><p>经研究，同意你省登记方案。</p></body></html>",
        "",
        '{"code":0,"data":[]}',
        '<meta name="ArticleTitle" content="关于申报的通知"><p>请先登录，输入验证码；访问被拒绝的，请联系。</p>',
        "<html><title>通知</title><body><p>请登录国家平台申报，逾期不再受理。</p></body></html>",
        f'{{"cData": {{"content": {{"title": "提醒", "text": "<p>{WARNING}</p>"}}}}}}',
        '{"msg": "ok", "data": {"text": "登录时请输入验证码；访问过于频繁的，系统将在十分钟内拒绝该账号的请求。"}}',
        '{"msg": "短信验证码接口", "data": {"text": "' + "本接口按次计费，价格单位为元。" * 5 + '"}}',
        f"<title>提醒</title><form><input name=q></form><p>{WARNING}</p>",
        "<title>关于登录方式的公告-某云</title>"
        + NOTICE.format("登录方式", "登录控制台时请输入验证码，访问过于频繁的账号将被限制。"),
        "<title>产品价格</title><p>轻享版月费404元，含短信验证码100条，适用于个人开发者和小微企业，超出部分按量计费，"
        "每条0.05元，自2026年6月1日起执行，已订购用户在到期前资费不变，到期后按新的标准执行。</p>",
    ],
)
def test_content_is_no_block(page: str) -> None:
    assert looks_blocked(page.encode(), 200) is None


def test_titles_in_other_charsets_are_understood() -> None:
    assert looks_blocked("<meta charset=gbk><body>访问过于频繁</body>".encode("gbk"), 200) == "rate limit"


def test_unclosed_marks_do_not_hang() -> None:
    assert looks_blocked(b"<script>" * 100_000, 200) is None
    assert looks_blocked(b"<!--" * 200_000, 200) is None


@pytest.mark.shared
def test_no_saved_page_is_a_block(shared: Path) -> None:
    pages = sorted((shared / "sites" / "html").glob("*.html"))
    assert len(pages) > 20
    assert {p.name: looks_blocked(p.read_bytes(), 200) for p in pages if looks_blocked(p.read_bytes(), 200)} == {}
