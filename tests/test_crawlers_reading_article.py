"""Short articles among more links than text: the text is read, whatever the boxes around it."""

from __future__ import annotations

from itertools import product

import pytest

from crawlers.reading import read
from crawlers.reading.article import is_info

URL = "https://cloud.example.com/announce/detail/2405"
TITLES = {"zh": "关于部分机型库存调整的公告", "en": "Price change of the small model"}
BODIES = {
    "zh": [
        ["新功能即日起上线。"],
        ["本通知自发布之日起执行"],
        ["5月17日，公司在通信日活动上发布词元套餐。", "套餐内词元当月有效，不可结转。"],
        ["百炼按模型计费。", "模型\t输入\t输出", "旗舰版\t2.4\t9.6"],
        ["模型\t输入\t输出", "旗舰版\t2.4\t9.6"],
    ],
    "en": [
        ["Prices of the small model rise by ten percent from June."],
        ["Prices per million tokens.", "Model\tInput\tOutput", "Large\t2.4\t9.6"],
    ],
}
INFOS = {
    "zh": [
        "<div><span>发布时间：2026-05-16</span> <span>来源：某云</span> <span>浏览：507</span></div>",
        "<p>2026-05-16 10:00:00 来源：某云 阅读 143 次</p>",
        "<div>发布时间：2026-05-16</div><div>浏览量 507</div>",
        "<div><span>2026-05-16</span><span>507 阅读</span></div>",
    ],
    "en": ["<div>Published: 2026-05-16 | Source: Cloud | Views: 507</div>", "<p>May 16, 2026 &middot; 3 min read</p>"],
}
LABELS = {
    "zh": ["推荐阅读", "相关阅读", "相关新闻", "热点", "猜你喜欢", "上一篇/下一篇"],
    "en": ["Related articles", "Read next", "You may also like"],
}
OTHERS = {
    "zh": ["公司召开一季度经营分析会，部署下一阶段工作", "关于控制台改版的公告", "公司发布2025年可持续发展报告",
           "算力积分上线 1元兑换25万积分", "关于做好防汛抗旱工作的通知", "关于审核时间调整的公告"],
    "en": ["A new region opens, with lower prices", "Console redesign announced for all users", "Report published",
           "Logs can be searched in the console", "Database upgrade in May", "How review times change"],
}  # fmt: skip


def body(lines: list[str]) -> str:
    rows = [line.split("\t") for line in lines if "\t" in line]
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    return "".join(f"<p>{line}</p>" for line in lines if "\t" not in line) + f"<table>{cells}</table>"


def box(label: str, titles: list[str], shape: str) -> str:
    links = [f"<a href='/announce/detail/{n}'>{title}</a>" for n, title in enumerate(titles, 2300)]
    if shape == "list":
        rows = "".join(f"<li>{a}<span>2026-04-10</span></li>" for a in links)
        return f"<div class=b7><h3>{label}</h3><ul>{rows}</ul></div>"
    if shape == "flat":
        return f"<h3>{label}</h3>" + "".join(f"<p>{a}</p>" for a in links)
    if shape == "cards":
        cards = (
            f"<div><a href='/announce/detail/{t}'><h4>{t}</h4><p>{t}，具体安排如下。</p></a></div>" for t in titles
        )
        return f"<div class=b7><div>{label}</div>{''.join(cards)}</div>"
    return f"<dl><dt>{label}</dt>{''.join(f'<dd>{a}</dd>' for a in links)}</dl>"


def page(lang: str, article: str, aside: str, place: str) -> bytes:
    whole = {
        "after": f"<div class=m1>{article}</div>{aside}",
        "inside": f"<div class=m1>{article}{aside}</div>",
        "before": f"{aside}<div class=m1>{article}</div>",
        "flat": article + aside,
    }[place]
    head = f"<meta charset=utf-8><title>{TITLES[lang]}-Cloud</title>"
    top = "<div class=top><a href=/>首页</a> | <a href=/n/>新闻中心</a></div>"
    foot = "<div class=f9>Copyright Cloud 版权所有</div>"
    return f"<html><head>{head}</head><body>{top}{whole}{foot}</body></html>".encode()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("shape", ["list", "flat", "cards", "definitions"])
@pytest.mark.parametrize("place", ["after", "inside", "before", "flat"])
def test_a_short_article_wins_over_boxes_of_links(lang: str, shape: str, place: str) -> None:
    for lines, info, label, count in product(BODIES[lang], INFOS[lang], LABELS[lang], (3, 6)):
        article = f"<h1>{TITLES[lang]}</h1>{info}<div class=c3>{body(lines)}</div>"
        reading = read(page(lang, article, box(label, OTHERS[lang][:count], shape), place), URL)
        assert (reading.title, reading.text.split("\n"), reading.items) == (TITLES[lang], lines, ()), (label, info)
        assert reading.published is not None


def test_a_page_without_date_or_source() -> None:
    article = f"<h1>{TITLES['zh']}</h1><p>百炼按调用的词元计费。</p>"
    assert (
        read(page("zh", article, box("推荐阅读", OTHERS["zh"], "list"), "inside"), URL).text == "百炼按调用的词元计费。"
    )


def test_a_list_headed_like_a_box_stays_a_list() -> None:
    rows = "".join(f"<li><a href='/announce/detail/{n}'>{t}</a><span>2026-04-{n - 2290}</span></li>"
                   for n, t in enumerate(OTHERS["zh"], 2300))  # fmt: skip
    source = f"<title>最新公告-某云</title><h2>最新公告</h2><ul>{rows}</ul>"
    assert [row.title for row in read(source.encode(), URL).items] == OTHERS["zh"]


def test_files_in_a_box_of_links_stay_attached() -> None:
    article = f"<h1>{TITLES['zh']}</h1>{INFOS['zh'][0]}<p>现将名单印发给你们。</p>"
    links = "<p><a href='/f/1.pdf'>附件1：名单</a></p><p><a href='/f/2.xlsx'>附件2：汇总表</a></p>"
    files = f"<div><h3>相关链接</h3>{links}</div>"
    assert [a.url[-6:] for a in read(page("zh", article, files, "inside"), URL).attachments] == ["/1.pdf", "2.xlsx"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发布时间：2026-05-16 来源：某云 浏览：507", True),
        ("2026-05-16 10:00", True),
        ("阅读 143 次", True),
        ("By Anna Li | Updated May 16, 2026", True),
        ("自2026年5月16日起执行。", False),
        ("阅读并遵守下列规定", False),
        ("每日浏览20次的用户可以申请。", False),
        ("价格", False),
    ],
)
def test_lines_of_date_source_and_readers(text: str, expected: bool) -> None:
    assert is_info(text) is expected
