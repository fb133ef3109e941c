"""Text of a page to a tree that holds what a reader sees.

lxml reads; three things are put right before it does, each seen on a real site. gov.cn, its 2007 gazette pages and
xzfg.moj.gov.cn print a `</html>` before the content: everything after it would hang on a second root that relative
queries do not search. Old column pages keep their rows in an XML record set inside a script. Pages pasted from Word
leave hundreds of `<font>` open: beyond 256 levels lxml gives up and returns almost nothing, so BeautifulSoup, which
has no such limit, first takes the inline wrappers out.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup
from lxml import etree, html
from lxml.html import HtmlElement

from crawlers.reading.markdown import to_html

_CLOSING = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_RECORD = "<record>"
_CONTROL = re.compile(  # characters that XML forbids, by number
    r"&#(?:0*(?:[0-8]|1[1245-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]));?(?![0-9a-f])", re.IGNORECASE
)
_LONGEST_TAG = 20_000
_LONG_TAG = re.compile(rf"<(\w+)[^<>]{{{_LONGEST_TAG},}}>")
_ELEMENTS = etree.ElementDefaultClassLookup(element=HtmlElement)  # lxml's own choice by tag costs more than the parsing
_NEVER = ("script", "style", "noscript", "template", "svg", "textarea", "select", "button", "canvas", "map")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_INLINE = ("font", "span", "b", "strong", "i", "em", "u", "o:p", "st1:chsdate", "center", "big", "small", "ins", "tt")
_MOST = 0.6
_REPAIR_TAGS, _REPAIR_CHARS = 30_000, 4_000_000
_TAG = re.compile(r"<[^<>]{0,2000}>")


def tree(source: str) -> HtmlElement | None:
    """The root of a page, without comments, scripts and hidden parts; None where there is no markup to read."""
    if not source.strip():
        return None
    text = _with_records(_CLOSING.sub(" ", source))
    if "&#" in text:
        text = _CONTROL.sub("", text)
    if max(map(len, text.split("<"))) > _LONGEST_TAG:
        text = _LONG_TAG.sub(r"<\1>", text)
    root, deep = _parsed(text)
    if deep and len(text) <= _REPAIR_CHARS and text.count("<") <= _REPAIR_TAGS:
        root, deep = _parsed(_flattened(text))
    if deep:
        root, _ = _parsed(_bare(text))
    if root is None:
        return None
    etree.strip_elements(root, *_NEVER, with_tail=False)
    return root


def fragment(markup: str) -> HtmlElement | None:
    """The tree of a piece of HTML that came inside JSON, without scripts and hidden parts.

    Plain text and Markdown become HTML first. A charset it declares is ignored (nfra.gov.cn's is false).
    """
    if not markup.strip():
        return None
    if "<" not in markup:
        markup = to_html(markup)
    root = tree(f"<html><body>{markup}</body></html>")
    if root is not None:
        drop_hidden(root)
    return root


def drop_hidden(root: HtmlElement) -> None:
    """Take out what a browser does not show: `display:none`, `hidden`. The copy of a text on gz.gov.cn is such.

    A hidden part that is most of the page stays: gkmlpt pages hide all of theirs until a script has run.
    """
    hidden = [e for e in root.iter(etree.Element) if e.keys() and _is_hidden(e)]
    whole = _size(root) if hidden else 0
    for element in hidden:
        if element.tag not in {"html", "body"} and _size(element) < _MOST * whole:
            remove(element)


def _is_hidden(element: HtmlElement) -> bool:
    style = element.get("style")
    return bool(style and _HIDDEN.search(style)) or element.get("hidden") is not None


def _size(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def remove(element: HtmlElement) -> None:
    """Take an element out of its tree and leave the text after it where it was."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
        element.tail = None
    parent.remove(element)


def _parsed(text: str) -> tuple[HtmlElement | None, bool]:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments or white space
        return None, False
    return root, any("Excessive depth" in e.message for e in parser.error_log.filter_from_errors())


def _with_records(text: str) -> str:
    """Rows of a record set (`<script type="text/xml">`, dataproxy.jsp) as an ordinary list at the end of the page."""
    if _RECORD not in text:
        return text
    pieces = (piece.split("</record", 1)[0] for piece in text.split(_RECORD)[1:])
    rows = [p.strip().removeprefix("<![CDATA[").removesuffix("]]>") for p in pieces]
    return f"{text}<ul class='recordset'>{''.join(r for r in rows if '<' in r)}</ul>"


def _flattened(text: str) -> str:
    """The page without inline wrappers; as it was where the parser refuses it (`<![DATA`)."""
    try:
        soup = BeautifulSoup(text, "html.parser")
    except ParserRejectedMarkup:
        return text
    for element in soup.find_all(_INLINE):
        element.unwrap()
    return soup.decode()


def _bare(text: str) -> str:
    """The words of a page, a paragraph for each piece between tags: what is left to read where nothing parses it."""
    pieces = (piece.strip() for piece in _TAG.sub("\n", text).split("\n"))
    return "<p>" + "</p><p>".join(p for p in pieces if p and "<" not in p)
