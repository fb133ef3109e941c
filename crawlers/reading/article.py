"""Short articles: a heading, a line of date and source, a paragraph or a table, and more links around it than text.

Amount of text cannot tell such a text from the boxes of links beside it; its heading, which the browser title repeats,
can. Boxes headed 推荐阅读, 相关新闻, Read next and the like are taken out before a text is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from crawlers.reading.attachments import is_file
from crawlers.reading.dates import DATE
from crawlers.reading.lines import Line, Written, clean
from crawlers.reading.titles import browser_title

_LABEL = re.compile(
    r"(?:(?:推荐|相关|延伸|热门|热点|精彩|更多|最新|往期|编辑|今日|本周|为您|为你|猜你)?"
    r"(?:阅读|新闻|文章|推荐|稿件|报道|资讯|公告|动态|话题|排行|排行榜|热点|热文|回顾|喜欢|内容|关注|产品|标签|链接)"
    r"|热点|热门|您?可能(?:还|也)?(?:感兴趣|喜欢)的?(?:内容|文章)?|(?:看过|读过)[^，。]{0,8}的人还(?:看|读)了?"
    r"|上一篇\s*[/|、]?\s*下一篇)"
    r"|(?:related|recommended|popular|trending|latest|more|further|top|most read|also)"
    r"(?: (?:articles?|posts?|news|stories|reading|topics?|content|documents?|links?|from .{1,30}|for you|now))?"
    r"|read (?:next|more|also)|up next|what to read next|you (?:may|might) (?:also )?(?:like|be interested in)"
    r"|most read|see also",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"阅读|新闻|文章|推荐|稿件|公告|动态|内容|产品|链接|回顾|资讯|报道|标签|more|top|latest|also", re.IGNORECASE
)
_INFO = re.compile(
    r"(?:发布|发表|更新|公布|发文)?(?:日期|时间)\s*[:：]|(?:信息|文章|稿件)?来源\s*[:：]\s*[^\s|｜。，]{0,30}"
    r"|(?:作者|责任编辑|编辑|发布人)\s*[:：]\s*\S{0,12}"
    r"|(?:浏览|阅读|点击|访问)(?:量|次数|数)?\s*[:：]?\s*[（(]?\d[\d,.]*\s*[万w+]?\s*次?[)）]?"
    r"|\d[\d,.]*\s*[万w+]?\s*次?(?:阅读|浏览|点击|访问|人(?:看过|浏览|阅读))"
    r"|字体\s*[:：]?|字号\s*[:：]?|[【\[]?(?:打印|关闭|收藏|分享|大|中|小|纠错)[\]】]?(?=\s|$)|\d{1,2}:\d{2}(?::\d{2})?"
    r"|(?:published|posted|updated|last (?:updated|modified)|date)(?: (?:on|at))?\s*:?"
    r"|(?:source|author|by|from)\s*:?\s+[\w .&-]{1,40}"
    r"|(?:page )?(?:views?|reads?|hits)\s*:?\s*\d[\d,.]*k?|\d[\d,.]*k? (?:views?|reads?|hits|comments?)"
    r"|\d+[- ]min(?:ute)?s?(?: read)?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s|｜·•,，;；:：/\-—()（）【】\[\]]+")
# A counter of readers in the next span, set apart by style alone.
_GLUED = re.compile(r"((?:19|20)\d{2}([-/.])\d{2}\2\d{2})(?=\d)")
_NO_LABELS = frozenset({"a", "html", "body", "head", "title"})
_SENTENCE = re.compile(r"[。；！？]|[.;!?](?:\s|$)|，")
_FOOT = re.compile(
    r"^(?:copyright\b|©|\(c\) ?\d{4}|版权所有|.{0,30}ICP备|all rights reserved)|版权所有$", re.IGNORECASE
)
_LONGEST_INFO, _LONGEST_LABEL = 150, 30
_MOST_CHILDREN = 2
_SIDE, _LINKS = 12, 2
_NEAR, _UP = 3, 6


class Head(NamedTuple):
    """Where an article begins: its heading and the smallest element that holds heading and text.

    `dated`: a line of date, source or readers stands below the heading, as on no list.
    """

    heading: HtmlElement
    box: HtmlElement
    dated: bool


def is_info(text: str) -> bool:
    """Whether a line is nothing but dates, source, counters of readers and tools: what stands below a heading."""
    text = unglued(text)
    if len(text) > _LONGEST_INFO or not (_INFO.search(text) or DATE.search(text)):
        return False
    rest = DATE.sub("", text)
    return not _BETWEEN.sub("", _INFO.sub("", rest))


def unglued(text: str) -> str:
    """The text with a blank between a date and the digits of a counter that follow it at once."""
    return _GLUED.sub(r"\1 ", text)


def is_foot(text: str) -> bool:
    """Whether a line is the copyright line of a page."""
    return len(text) < _LONGEST_INFO and bool(_FOOT.search(text))


def head_of(root: HtmlElement, written: Written | None = None) -> Head | None:
    """The head of the article on a page; None where no heading repeats the browser title or no text follows it.

    `written`: the lines of the page, where they are at hand.
    """
    heading = _heading(root)
    if heading is None:
        return None
    written = written or Written(root)
    title = clean(_text(heading))
    for box in list(heading.iterancestors())[:_UP]:
        after = _after(written.within(box), title)
        dated = any(is_info(line.text) for line in after[:_NEAR])
        first = next((line for line in after if not is_info(line.text) and not is_foot(line.text)), None)
        if first:
            is_text = not _is_linked(first) and (dated or _SENTENCE.search(first.text))
            return Head(heading, box, dated) if is_text else None
        if box.tag == "body":
            return None
    return None


def _heading(root: HtmlElement) -> HtmlElement | None:
    browser = _flat(browser_title(root))
    fitting = (h for h in root.iter("h1", "h2", "h3") if 4 <= len(_flat(_text(h))) <= 300)
    found = [h for h in fitting if _flat(_text(h)) in browser and h.getparent().tag != "a"]
    return max(found, key=lambda h: len(_flat(_text(h))), default=None)


def _after(lines: list[Line], title: str) -> list[Line]:
    at = next((n for n, line in enumerate(lines) if line.text == title), None)
    return lines[at + 1 :] if at is not None else []


def _is_linked(line: Line) -> bool:
    return line.linked > len(line.text) // 2 or bool(_label(line.text))


def related_boxes(root: HtmlElement, head: Head) -> list[HtmlElement]:
    """The elements that make up boxes of links to other documents, and the labels of these boxes."""
    found: list[HtmlElement] = []
    inside: set[HtmlElement] = set()
    for element in root.iter(etree.Element):
        children = len(element)
        if children > _MOST_CHILDREN or element.tag in _NO_LABELS:
            continue
        text = _inner(element) if children else element.text
        if not text or not _is_short_label(text) or element in inside or element is head.heading:
            continue
        pieces = _pieces(element, head)
        found += pieces
        inside.update(e for piece in pieces for e in piece.iter())
    return [e for e in found if not any(is_file(a.get("href") or "") for a in e.iter("a"))]


def _inner(element: HtmlElement) -> str:
    """As `_text`, quicker for a list item with nothing but a link."""
    child = element[0]
    if len(element) == 1 and not (element.text or len(child) or child.tail) and isinstance(child.tag, str):
        return child.text or ""
    return _text(element)


def _is_short_label(text: str) -> bool:
    if len(text) > _LONGEST_LABEL:
        text = clean(text)
    return len(text) <= _LONGEST_LABEL and _label(text)


@lru_cache(maxsize=4096)
def _label(text: str) -> bool:
    text = clean(text).strip(" :：>»…[]【】")
    return bool(text and _LABEL.fullmatch(text) and not _ALONE.fullmatch(text))


def _pieces(label: HtmlElement, head: Head) -> list[HtmlElement]:
    """The box that a label heads, else the label and the links that follow it."""
    above = set(head.heading.iterancestors())
    box: HtmlElement | None = None
    for node in label.iterancestors():
        if node in above or not _begins_with(node, label):
            break
        box = node
        if sum(1 for _ in node.iter("a")) >= _LINKS:
            return [box]
    start = box if box is not None else label
    run = list(_run(start.itersiblings()))
    return [start, *run] if run or box is not None else []


def _begins_with(node: HtmlElement, label: HtmlElement) -> bool:
    return clean(_text(node)).startswith(clean(_text(label)))


def _run(siblings: Iterable[HtmlElement]) -> Iterable[HtmlElement]:
    """The siblings that hold little besides links and dates, up to the first that holds more."""
    for element in siblings:
        if not isinstance(element.tag, str):
            continue
        text = clean(_text(element))
        if text and not _is_links(element, text):
            return
        yield element


def _is_links(element: HtmlElement, text: str) -> bool:
    anchors = [element] if element.tag == "a" else list(element.iter("a"))
    linked = sum(len(clean(_text(a))) for a in anchors)
    return linked > 0 and len(DATE.sub("", text)) - linked <= _SIDE


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext())


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", text)
