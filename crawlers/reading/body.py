"""Where on a page the text of the document stands, when no selector says so.

First the containers that the content systems of these sites use (generic knowledge of platforms, not of one site), then
structure: walk from the page down to the element that still holds most of the running text. Running text is what reads
like sentences and stands in no link; menus, footers and tables of links hardly count.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from crawlers.reading.lines import Line, clean

_CONTAINERS = (
    "ucap-content ucapcontent bodylabel con_con zoomcon js_content ivs_content",
    "trs_editor trs_ueditor trs_editor_view my_doccontent wrapper_detail_text detailcontent content_article"
    " info_cont maintext vsb_content se-knowledge zfwjwzcontent content-text article-content article_con"
    " articlecontent article_content art-con news_content newscontent article-content-body pages_content"
    " view-content xl-content xxgk-content",
    "zoom zoomcontent fontzoom reset-1 zt_xilan_07 three_xilan_07 ccontent wrapper_detail_con pages_content_con"
    " zwgkdetail detailcon newsmain textbox text-content article-box artibody contentbody printcontent detail"
    " article conttxt nr_content bt_content content_main content-main con_text main-txt view",
)
_RANK = {name: rank for rank, names in enumerate(_CONTAINERS) for name in names.split()}
_SENTENCE = re.compile(r"[，。；：！？、,.;]")
_FOOTER = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|主办单位|承办单位|技术支持|网站地图|建议使用|浏览器|Copyright|扫一扫|当前位置|所在位置",
    re.IGNORECASE,
)
_HEAVY = ("p", "div", "td", "section", "article", "span", "font", "li", "main", "body", "tr", "table", "tbody", "form")
_ENOUGH, _DOMINANT = 40, 0.72
_META_LINE = re.compile(
    r"发布日期|发布时间|发表时间|来源[:：]|浏览次数|浏览量|字体|字号|打印|分享到|索引号|发文字号|当前位置|所在位置|点击数|阅读次数"
    r"|^\s*[\[【(（]?\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?[\]】)）]?\s*$"
)
_TAIL = re.compile(
    r"^(?:[\[【(（]?(?:责任编辑|责编|编辑|供稿|审核|初审|终审)\s*[:：]"
    r"|扫一扫|扫码|用手机打开|[\[【]?(?:打印|关闭|返回顶部|关闭窗口|打印本页|关闭本页|关闭页面)[\]】]?(?:\s|$)|分享到|上一篇|下一篇|上一条|下一条"
    r"|网站纠错|我要纠错|版权所有|浏览次数|主办单位|网站标识码)"
)
_RELATED = re.compile(
    r"^[\[【]?(?:相关)?(?:政策|文字|图文|图片|音频|视频|媒体|专家|部门|一图|权威|数字|动漫)?(?:解读|读懂|图解|链接|新闻|附件|文章|稿件|文件|报道|阅读|政策|信息"
    r"|推荐|原文链接|政策原文)[\]】]?(?:[一二三四五\d]+)?\s*[:：]?"
)
_URL = re.compile(r"https?://\S+")


class Found(NamedTuple):
    """The element of the text; `known`: a container that holds nothing but the text, as against a guess."""

    element: HtmlElement
    known: bool


def find_body(root: HtmlElement) -> Found | None:
    """The element that holds the document's text; None where the page has no running text."""
    known = _known(root)
    if known is not None:
        return Found(known, True)
    body = root.find("body")
    guess = _densest(body if body is not None else root)
    return Found(guess, False) if guess is not None else None


def running_text(text: str) -> int:
    """How many characters of a text read like sentences."""
    flat = clean(text)
    if len(flat) < 8 or _FOOTER.search(flat):
        return 0
    return len(flat) if _SENTENCE.search(flat) or len(flat) > 24 else len(flat) // 8


def _known(root: HtmlElement) -> HtmlElement | None:
    best: HtmlElement | None = None
    best_rank, best_size = len(_CONTAINERS), 0
    for element in root.iter(etree.Element):
        rank = _rank(element)
        if rank > best_rank or rank == len(_CONTAINERS):
            continue
        size = _unlinked(element)
        if size and (rank < best_rank or size > best_size * 1.2):
            best, best_rank, best_size = element, rank, size
    return best


def _rank(element: HtmlElement) -> int:
    if element.tag in {"ucapcontent"}:
        return 0
    marks = f"{element.get('id') or ''} {element.get('class') or ''}".lower().split()
    return min((_RANK.get(m, len(_CONTAINERS)) for m in marks), default=len(_CONTAINERS))


def _unlinked(element: HtmlElement) -> int:
    linked = sum(len(clean("".join(a.itertext()))) for a in element.iter("a"))
    return max(0, len(clean("".join(element.itertext()))) - linked // 2)


def _densest(body: HtmlElement) -> HtmlElement | None:
    weight: dict[HtmlElement, int] = {}
    for element in reversed(list(body.iter(etree.Element))):  # children before parents
        if element.tag == "a":
            weight[element] = 0
        else:
            own = running_text(element.text or "") + sum(running_text(c.tail or "") for c in element)
            weight[element] = own + sum(weight.get(c, 0) for c in element)
    total = weight.get(body, 0)
    if total < _ENOUGH:
        return None
    node = body
    while True:
        children = [c for c in node if weight.get(c, 0) >= _DOMINANT * weight[node] and c.tag in _HEAVY]
        if not children or children[0].tag in {"p", "span", "font", "li"} and not len(children[0]):
            return node
        node = children[0]


def trimmed(lines: list[Line], title: str, *, located: bool) -> list[Line]:
    """Lines without what stands around a text: title and date line above it (only where the container was guessed,
    `located` False), share bars, editor's names and links to readings below it.
    """
    start = 0 if located else _start(lines, title)
    end = len(lines)
    while end > start and _is_tail(lines, end - 1):
        end -= 1
    return _without_readings(lines[start:end])


def _start(lines: list[Line], title: str) -> int:
    """After the last line of date, source and tools near the top, else after the title if it comes first."""
    start = 0
    for number, line in enumerate(lines[:15]):
        if len(line.text) < 150 and _META_LINE.search(line.text):
            start = number + 1
        elif number == start and (line.text == title or line.linked > len(line.text) // 2):
            start = number + 1
        elif len(line.text) > 120:
            break
    return start


def _is_tail(lines: list[Line], number: int) -> bool:
    line = lines[number]
    if len(line.text) < 80 and _TAIL.match(line.text):
        return True
    label = _RELATED.match(line.text)
    if label:
        rest = line.text[label.end() :]
        return not rest.strip() or bool(_URL.search(rest)) or line.linked >= len(rest.strip()) > 0
    if line.linked >= len(line.text) * 0.9 and number:
        above = _RELATED.match(lines[number - 1].text)
        return bool(above) and "附件" not in lines[number - 1].text and above.end() >= len(lines[number - 1].text) - 1
    return False


def _without_readings(lines: list[Line]) -> list[Line]:
    """Drop a heading 政策解读： with the links below it; nea.gov.cn prints such inside the body."""
    kept: list[Line] = []
    dropping = False
    for line in lines:
        label = re.match(r"^(?:相关|政策)?解读\s*[:：]$", line.text)
        dropping = bool(label) or (dropping and line.linked >= len(line.text) * 0.9)
        if not dropping:
            kept.append(line)
    return kept
