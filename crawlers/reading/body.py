"""Where on a page the text of the document stands, when no selector says so.

First the containers that the content systems of these sites use (generic knowledge of platforms, not of one site), then
structure: walk from the page down to the element that still holds most of the running text. Running text is what reads
like sentences and stands in no link; menus, footers and tables of links hardly count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from crawlers.reading.article import is_foot, is_info
from crawlers.reading.lines import Line, Written, clean

_CONTAINERS = (
    "ucap-content ucapcontent bodylabel con_con zoomcon js_content ivs_content",
    "trs_editor trs_ueditor trs_editor_view my_doccontent wrapper_detail_text detailcontent content_article"
    " info_cont maintext vsb_content se-knowledge zfwjwzcontent content-text article-content article_con"
    " articlecontent article_content art-con news_content newscontent article-content-body pages_content",
    "zoom zoomcontent fontzoom reset-1 zt_xilan_07 three_xilan_07 ccontent zwgkdetail detailcon newsmain text-content"
    " artibody contentbody printcontent textbox",
    "article article-box detail wrapper_detail_con pages_content_con conttxt nr_content bt_content content_main"
    " content-main con_text main-txt view view-content xl-content xxgk-content",
)
_RANK = {name: rank for rank, names in enumerate(_CONTAINERS) for name in names.split()}
_SURE = 3  # names from this rank on also hold titles and date lines
_SENTENCE = re.compile(r"[，。；：！？、,.;]")
_FOOTER = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|主办单位|承办单位|技术支持|网站地图|建议使用|浏览器|Copyright|扫一扫|当前位置|所在位置",
    re.IGNORECASE,
)
_HEAVY = ("p", "div", "td", "section", "article", "span", "font", "li", "main", "body", "tr", "table", "tbody", "form")
_INNER = 0.6
_PROSE = ("p", "table", "blockquote", "ol", "h2", "h3", "h4", "center", "pre")
_ENOUGH, _TWIN, _DOMINANT = 40, 200, 0.72
_LITTLE = 400
_META_LINE = re.compile(
    r"(?:发布日期|发布时间|发表时间|日期|时间|来源|浏览次数|浏览量|阅读次数|点击数|点击量|字体|字体大小|字号|分享到|分享|索引号|发文字号|发文机关"
    r"|主题分类|公文种类|成文日期|当前位置|所在位置)\s*[:：]|[【\[]\s*(?:打印|字体|字号|大|关闭|分享)|^(?:打印|分享|关闭|收藏)(?:\s|$)"
)
_TAIL = re.compile(
    r"^(?:[\[【(（]?(?:责任编辑|责编|编辑|供稿|审核|初审|终审)\s*[:：]"
    r"|扫一扫|扫码|用手机打开|[\[【]?(?:打印|关闭|返回顶部|关闭窗口|打印本页|关闭本页|关闭页面)[\]】]?(?:\s|$)|分享到|上一篇|下一篇|上一条|下一条"
    r"|网站纠错|我要纠错|版权所有|浏览次数|主办单位|网站标识码)"
)
_RELATED = re.compile(
    r"^[\[【]?(?:相关附件|(?:相关)?(?:政策|文字|图文|图片|音频|视频|媒体|专家|部门|一图|权威|数字|动漫)?(?:解读(?:文件|材料)?|读懂|图解|链接|新闻|文章|稿件|文件|报道|阅读|政策|信息"
    r"|推荐|原文链接|政策原文))[\]】]?(?:[一二三四五\d]+)?\s*[:：]?"
)
_URL = re.compile(r"https?://\S+")


class Found(NamedTuple):
    """The element of the text; `known`: a container that holds nothing but the text, as against a guess."""

    element: HtmlElement
    known: bool


def find_body(root: HtmlElement, written: Written, article: HtmlElement | None = None) -> Found | None:
    """The element that holds the document's text; None where the page has no running text.

    `written`: the lines of the page. `article`: what the heading of the page stands in with the text, trusted where
    there is little text to weigh.
    """
    known, rank = _known(root)
    if known is not None:
        return Found(known, rank < _SURE)
    body = root.find("body")
    guess = _densest(body if body is not None else root)
    if article is not None and (guess is None or _weight(written.within(guess)) < _LITTLE):
        return Found(article, False)
    return Found(guess, False) if guess is not None else None


def _weight(lines: list[Line]) -> int:
    return sum(running_text(line.text) for line in lines if line.linked < len(line.text) // 2)


def running_text(text: str) -> int:
    """How many characters of a text read like sentences."""
    flat = clean(text)
    if len(flat) < 8 or _FOOTER.search(flat):
        return 0
    return len(flat) if _SENTENCE.search(flat) or len(flat) > 24 else len(flat) // 8


def _known(root: HtmlElement) -> tuple[HtmlElement | None, int]:
    """The container of the best rank; of several the fullest, of nested ones the inner unless it lacks much."""
    best: HtmlElement | None = None
    best_rank, best_size = len(_CONTAINERS), 0
    for element in root.iter(etree.Element):
        rank = _rank(element)
        if rank > best_rank or rank == len(_CONTAINERS):
            continue
        size = _unlinked(element)
        inner = best is not None and size > _INNER * best_size and best in element.iterancestors()
        if size and (rank < best_rank or inner or size > best_size * 1.2):
            best, best_rank, best_size = element, rank, size
    return best, best_rank


def _rank(element: HtmlElement) -> int:
    if element.tag == "ucapcontent":
        return 0
    return _rank_of(f"{element.get('id') or ''} {element.get('class') or ''}") if element.keys() else len(_CONTAINERS)


@lru_cache(maxsize=8192)
def _rank_of(marks: str) -> int:
    return min((_RANK.get(m, len(_CONTAINERS)) for m in marks.lower().split()), default=len(_CONTAINERS))


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
    while (child := _next(node, weight)) is not None:
        node = child
    return _widened(node, weight)


def _next(node: HtmlElement, weight: Mapping[HtmlElement, int]) -> HtmlElement | None:
    """The child that holds most of the text, or the first of two that print the same text (desktop and mobile)."""
    children = sorted((c for c in node if c.tag in _HEAVY), key=lambda c: -weight.get(c, 0))
    if not children or (children[0].tag in {"p", "span", "font", "li"} and not len(children[0])):
        return None
    if weight[children[0]] >= _DOMINANT * weight[node]:
        return children[0]
    twins = [c for c in children[1:] if weight[c] == weight[children[0]] >= _TWIN]
    return children[0] if twins and clean(_text(twins[0])) == clean(_text(children[0])) else None


def _widened(node: HtmlElement, weight: Mapping[HtmlElement, int]) -> HtmlElement:
    """The element above as well, while all it adds are paragraphs and tables: a signature, an annex, a distribution."""
    parent = node.getparent()
    while parent is not None and parent.tag not in {"body", "html", "tr", "table", "tbody"}:
        others = [c for c in parent if c is not node and isinstance(c.tag, str) and clean(_text(c))]
        if not others or not all(_is_prose(c) for c in others):
            return node
        node, parent = parent, parent.getparent()
    return node


def _is_prose(element: HtmlElement) -> bool:
    plain = element.tag == "div" and not {"id", "class"} & set(element.attrib) and next(element.iter("a"), None) is None
    return (plain or element.tag in _PROSE) and not _META_LINE.search(clean(_text(element)))


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext())


def trimmed(lines: list[Line]) -> list[Line]:
    """Lines of a body without what stands below a text: share bars, editors' names, links to readings of it.

    A body that is nothing but such a link (seen on hunb.nea.gov.cn) is kept.
    """
    end = len(lines)
    while end and _is_tail(lines, end - 1):
        end -= 1
    return _without_readings(lines[:end]) or lines


def is_container(element: HtmlElement) -> bool:
    """Whether an element is by its name a container that holds nothing but a text."""
    return _rank(element) < _SURE


def heading_end(lines: list[Line], browser_title: str, *, declared: bool = False) -> int:
    """How many of the first lines of a guessed body are title, date, source and tools rather than text.

    In a `declared` body a title counts as such only where a line of date or tools follows it.
    """
    end = 0
    for number, line in enumerate(lines[:15]):
        if (
            (len(line.text) < 150 and _META_LINE.search(line.text))
            or (number == end and (_repeats(line.text, browser_title) or line.linked > len(line.text) // 2))
            or (number == end and is_info(line.text))
        ):
            end = number + 1
        elif len(line.text) > 120:
            break
    if declared and not any(_META_LINE.search(line.text) for line in lines[:end]):
        return 0
    return end


def _repeats(text: str, title: str) -> bool:
    return len(text) >= 4 and text.replace(" ", "") in title.replace(" ", "")


def _is_tail(lines: list[Line], number: int) -> bool:
    line = lines[number]
    if (len(line.text) < 80 and _TAIL.match(line.text)) or is_foot(line.text):
        return True
    label = _RELATED.match(line.text)
    if label is not None:
        rest = line.text[label.end() :]
        return not rest.strip() or bool(_URL.search(rest)) or line.linked >= len(rest.strip()) > 0
    if line.linked >= len(line.text) * 0.9 and number:
        above = _RELATED.match(lines[number - 1].text)
        label_only = above is not None and above.end() >= len(lines[number - 1].text) - 1
        return label_only and "附件" not in lines[number - 1].text
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
