"""Texts of our own and the frame around them, for replicas of the sites that are declared.

A `Doc` is what a site publishes; renderers turn it into the pages of a platform, and the same `Doc` says what must be
read there, so that expectations never come from the reader under test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urljoin
from zlib import crc32

FIRST = date(2026, 6, 12)
SUBJECTS = (
    "算力资源配额登记",
    "智能算力券发放使用",
    "词元服务明码标价",
    "算力网络跨区域调度",
    "人工智能数据集流通",
    "算力中心绿色用能",
    "公共数据授权运营和算力保障",
)
LONG = "，以及各级主管部门、平台运营单位和登记单位在年度检查、信息报送、申诉处理各环节的责任分工安排"
"""Makes a title that lists cut."""


@dataclass(frozen=True)
class Doc:
    """One document of a replica: `url` in full, `href` as the list writes it, `day` as the list prints it.

    `written` may lie before `day`; `files` are (address as written, name).
    """

    url: str
    href: str
    title: str
    day: date
    written: date
    number: str
    lines: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    serial: int = 0


def docs(source: str, base: str, pattern: str, prefix: str = "算管发", count: int = 5) -> tuple[Doc, ...]:
    """What a source lists, newest first. `pattern` is the link with {ym}, {ymd}, {y}, {m}, {d}, {md}, {hex}, {n}."""
    seed = crc32(source.encode())
    made = []
    for turn in range(count):
        day = FIRST - timedelta(days=turn * 3)
        written = day - timedelta(days=2 if turn == 1 else 0)
        subject = SUBJECTS[(seed + turn) % len(SUBJECTS)]
        serial = 7_100_000 + seed % 1000 * 10 + turn
        href = pattern.format(
            ym=f"{written:%Y%m}",
            ymd=f"{written:%Y%m%d}",
            md=f"{written:%m%d}",
            y=written.year,
            m=written.month,
            d=written.day,
            mm=f"{written:%m}",
            dd=f"{written:%d}",
            n=serial,
            hex=f"{serial * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}",
        )
        title = (
            f"关于印发《{subject}管理办法》的通知",
            f"关于做好{subject}工作的通知",
            f"关于公布2026年第{turn}批{subject}名单的公告",
            f"关于{subject}有关事项的通知{LONG}",
            f"《{subject}管理办法》解读",
        )[turn % 5]
        number = f"{prefix}〔2026〕{seed % 80 + turn + 3}号"
        made.append(
            Doc(urljoin(base, href), href, title, day, written, number, body(subject, seed + turn), serial=serial)
        )
    return tuple(made)


def body(subject: str, seed: int) -> tuple[str, ...]:
    """The lines of a notice, different for each subject and seed."""
    return (
        "各有关单位：",
        f"为做好{subject}工作，规范平台运营行为，根据有关规定，现将有关事项通知如下。",
        f"一、{subject}实行年度登记制度，登记有效期为{seed % 24 + 6}个月，期满三十日前可以申请延续。",
        f"二、登记单位应当在每季度结束后{seed % 15 + 5}个工作日内，向主管部门报送使用情况。",
        f"三、公共平台每月向登记单位提供免费额度{seed % 900 + 100}万tokens，超出部分按照公布的价格计费。",
        "四、平台调整价格的，应当提前三十日公示，并说明调整理由和影响范围。",
    )


def with_files(doc: Doc, *files: tuple[str, str]) -> Doc:
    """The document with files attached."""
    return replace(doc, files=files)


def paragraphs(doc: Doc, *, number: bool = True) -> str:
    """The body as an editor leaves it: the number centred, indents of full-width spaces, the day at the right."""
    head = f'<p style="text-align:center">{doc.number}</p>' if number else ""
    text = "".join(f'<p style="text-indent: 2em;">　　{line}</p>' for line in doc.lines)
    return f'{head}{text}<p align="right">{signed(doc)}</p>'


def signed(doc: Doc) -> str:
    """The day under the text."""
    return f"{doc.written.year}年{doc.written.month}月{doc.written.day}日"


def lines(doc: Doc, *more: str, number: bool = True) -> list[str]:
    """The text that must be read where `paragraphs` stands."""
    return [*([doc.number] if number else []), *doc.lines, signed(doc), *more]


def tags(doc: Doc, published: str, site: str = "某某部门") -> str:
    """The national meta tags, one without a space before content, one over two lines, as these sites write them."""
    return (
        f'<meta name="SiteName" content="{site}"><meta name="SiteDomain" content="www.example.gov.cn"/>'
        '<meta name="SiteIDCode" content="bm00000000"/><meta name="ColumnName"content="通知公告">\n'
        f'<meta name="ArticleTitle"\n content="{doc.title}"/><meta name="PubDate" content="{published}"/>'
        f'<meta name="ContentSource" content="{site}"/>'
    )


NAV = (
    '<div class="header"><div class="logo"><a href="/"><img src="/logo.png" alt="首页"></a></div><ul class="nav">'
    '<li><a href="/xxgk/">信息公开</a></li><li><a href="/xwdt/">新闻动态</a></li><li><a href="/hdjl/">互动交流</a></li>'
    "</ul></div>"
)
FOOT = (
    '<div class="footer"><ul><li><a href="https://www.gov.cn/">中国政府网</a></li><li><a href="/wzdt/">'
    "网站地图</a></li></ul>"
    "<p>版权所有：某某部门　主办单位：某某部门办公厅　网站标识码bm00000000　京ICP备00000000号</p>"
    "<p>地址：某市某路1号　电话：010-00000000</p></div>"
)


def page(title: str, inner: str, *, head: str = "", script: str = "") -> bytes:
    """A whole HTML page."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{NAV}{inner}{FOOT}{script}</body></html>"
    ).encode()


def paging(total: int = 12, name: str = "index", suffix: str = "html") -> str:
    """The script with which TRS writes its page numbers."""
    return f'<div class="page"><script>createPageHTML({total}, 0, "{name}", "{suffix}");</script></div>'


def cut(title: str, length: int = 26) -> str:
    """A title as lists shorten it."""
    return title if len(title) <= length else f"{title[:length]}..."
