"""What a page says about its document outside the text: meta tags, metadata tables, the line below the title.

The national set of meta tags (ArticleTitle, PubDate, ContentSource …) is used by most sites, gov.cn has its own. Labels
(索引号, 发文字号 …) stand in tables, lists and spans of any shape, so they are read from lines of text. The time when a
page was generated (Maketime, HtmlGenerateTime, 页面生成时间) is never a date of the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from crawlers.reading.dates import printed
from crawlers.reading.lines import MARK, Line, clean

_LABELS = {
    "title": ("标题", "名称", "题名", "信息名称", "文件名称", "文件标题"),
    "issuer": ("发文机关", "发布机构", "发布机关", "发文单位", "制定机关", "公开主体", "发布单位", "发文机构",
               "信息公开主体", "责任部门", "颁布机关", "公布机关", "发布部门", "制发机关", "发文部门", "公开责任部门"),
    "source": ("来源", "信息来源", "文章来源", "稿件来源", "文件来源", "供稿", "发布来源"),
    "doc_number": ("文号", "发文字号", "发文文号", "文件编号", "文件号", "公文文号", "发文号", "文件文号", "法规文号"),
    "index_number": ("索引号", "索取号", "信息索引号", "索引号/文号"),
    "published": ("发布日期", "发布时间", "发表时间", "公开日期", "发表日期", "公开时间", "信息公开日期", "上传时间",
                  "发文时间", "发稿时间"),
    "loosely_published": ("更新时间", "最近更新时间", "时间", "日期"),
    "written": ("成文日期", "成文时间", "发文日期", "印发日期", "生成日期", "签署日期", "制定日期"),
    "promulgated": ("公布日期", "颁布日期", "公布时间", "颁布时间"),
    "effective": ("实施日期", "施行日期", "生效日期", "生效时间", "实施时间", "施行时间", "开始实施日期"),
    "expires": ("失效日期", "废止日期", "失效时间", "有效期至", "有效期截止", "废止时间"),
    "status": ("文件状态", "效力状态", "时效性", "有效性", "效力", "是否有效"),
    "other": (
        "分类", "主题分类", "公文种类", "主题词", "关键词", "浏览次数", "点击数",
        "统一编号", "体裁分类", "组配分类", "公开方式", "浏览量", "阅读次数", "字体", "字号", "字体大小",
        "浏览字号", "分享到", "分享", "编辑", "责任编辑", "作者", "访问次数", "点击率",
        "信息类别", "内容分类", "公开类别", "登记号", "公开范围", "服务对象", "文种", "体裁", "载体类型",
        "记录形式", "公开时限", "语种", "打印", "主题", "内容概述", "公开程序", "点击量", "阅读量",
        "栏目", "审核", "摘要",
    ),
}  # fmt: skip
_FIELD = {label: name for name, labels in _LABELS.items() for label in labels}
_SPACED = {re.sub(r"\s", "", label): label for label in _FIELD}
_ALTERNATIVES = "|".join(r"\s*".join(label) for label in sorted(_FIELD, key=len, reverse=True))
_LABEL = re.compile(rf"(?:^|(?<=[\s\t【\[(（|｜]))({_ALTERNATIVES})\s*[】\])）]?\s*[:：]")
_BARE_LABEL = re.compile(rf"^[【\[]?\s*({_ALTERNATIVES})\s*[】\]]?\s*[:：]?$")
_LONGEST_LABEL = 2 * max(map(len, _FIELD)) + 8  # with a blank between its characters, brackets and a colon
_DATE_TAGS = (
    "pubdate",
    "firstpublishedtime",
    "publishdate",
    "article:published_time",
    "publishtime",
    "og:pubdate",
    "weibo:article:create_at",
    "bytedance:published_time",
    "pubtime",
    "dc.date",
    "date",
)
_GENERATED = frozenset({"maketime", "htmlgeneratetime", "pagetime", "createhtmltime"})
_OWN_SITE = frozenset(
    {
        "本网",
        "本站",
        "本网站",
        "本站原创",
        "原创",
        "本网讯",
        "本单位",
        "网站",
        "未知",
        "本局",
        "互联网",
        "网络",
        "其他",
        "无",
    }
)
_ISSUER_CHARS = 200
_TOOLS = re.compile(r"\s*(?:[【\[]|字体|字号|大\s+中\s+小|打印|浏览|分享|阅读|点击)")
_ANYTHING = re.compile(r".").search
_DATE_FIELDS = ("published", "loosely_published", "written", "effective", "expires", "promulgated")
_FITS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(_DATE_FIELDS, printed),
    **dict.fromkeys(("issuer", "source"), re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]|[A-Za-z]{4}").search),
    "status": re.compile(r"^(?:[是否]|\S{0,4}(?:有效|无效|失效|废止|修改|修订))$").search,
    **dict.fromkeys(("doc_number", "index_number"), re.compile(r"\d").search),
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """Field names (see `_LABELS`) and meta tag names (lower case) with their printed values; first one wins."""

    labels: Mapping[str, str]
    tags: Mapping[str, str]

    @property
    def published(self) -> date | None:
        """Printed date of publication, else that of the meta tags unless it is the time the page was generated."""
        shown = printed(self.labels.get("published", ""))
        if shown:
            return shown
        for name in _DATE_TAGS:
            value = self.tags.get(name, "")
            if printed(value) and not self._is_generated(value):
                return printed(value)
        return printed(self.labels.get("loosely_published", "")) or printed(self.labels.get("promulgated", ""))

    def _is_generated(self, value: str) -> bool:
        digits = re.sub(r"\D", "", value)[:12]
        made = [self.tags.get(n, "") for n in (*_GENERATED, "others")]
        return len(digits) == 12 and any(digits == re.sub(r"\D", "", m)[:12] for m in made)

    @property
    def issuer(self) -> str | None:
        """Who issued the document as the page's metadata says, else the source it names, else the site."""
        values = (
            self.labels.get("issuer"),
            self.labels.get("source"),
            self.tags.get("contentsource"),
            self.tags.get("sitename"),
        )
        for value in values:
            name = _TOOLS.split(clean(value), maxsplit=1)[0].strip("：:,，;； |｜")
            if 1 < len(name) <= _ISSUER_CHARS and name not in _OWN_SITE:
                return name
        return None


def meta_tags(root: HtmlElement) -> dict[str, str]:
    """Content of the meta tags by lower-case name; the first non-empty one of a name (some sites print two sets)."""
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or "").strip().lower()
        value = clean(tag.get("content") or tag.get("others"))
        if not name and tag.get("others"):
            name, value = "others", clean(tag.get("others"))
        if name and value and not found.get(name):
            found[name] = value
    return found


def labelled(lines: Iterable[Line]) -> dict[str, str]:
    """Values of the known labels in lines of text; a label with nothing behind it takes the next cell or line."""
    found: dict[str, str] = {}
    waiting = ""
    for line in lines:
        for cell in line.text.split("\t") if line.text != MARK else ():
            waiting = _read_cell(cell, waiting, found)
    return found


def _read_cell(cell: str, waiting: str, found: dict[str, str]) -> str:
    """Enter what a cell says; the field whose value the next cell may bring, or an empty string."""
    bare = _BARE_LABEL.match(cell) if len(cell) <= _LONGEST_LABEL else None
    if bare:
        return _field(bare[1])
    marks = list(_LABEL.finditer(cell)) if ":" in cell or "：" in cell else []
    if not marks:
        if waiting and cell:
            _enter(found, waiting, cell)
            return ""
        return waiting if not cell else ""
    ends = [m.start() for m in marks[1:]] + [len(cell)]
    name = ""
    for mark, end in zip(marks, ends, strict=True):
        name, value = _field(mark[1]), cell[mark.end() : end].strip(" |｜【[(（")
        _enter(found, name, value)
    return "" if cell[marks[-1].end() :].strip() else name


def _enter(found: dict[str, str], name: str, value: str) -> None:
    if value and _FITS.get(name, _ANYTHING)(value):
        found.setdefault(name, value)


def _field(label: str) -> str:
    return _FIELD[_SPACED[re.sub(r"\s", "", label)]]
