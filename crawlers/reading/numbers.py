"""文号, the number of an official document: its normal form, and where a page gives its own rather than another's.

A number deep in a text nearly always belongs to a cited document, so only the metadata, the title and the head of the
body are asked (field notes: 发文字号 is often empty although the text begins with one).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawlers.reading.dates import han_number

_INVISIBLE = re.compile(r"[\s\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_OPEN, _SHUT = "〔\\[［（(【﹝﹙<〈", "〕\\]］）)】﹞﹚>〉"
_YEAR = rf"[{_OPEN}](?P<year>(?:19|20)\d{{2}})年?[{_SHUT}]"
_BRACKETED = re.compile(rf"(?P<head>[^\d{_OPEN}{_SHUT}]*?){_YEAR}(?P<tail>(?:第?\d{{1,5}}号?)?)")
_HAN_ORDER = re.compile(r"第([〇○零一二三四五六七八九十百]{1,7})号")
_NAME = r"[\u4e00-\u9fffA-Za-z·、（）()]"
_SERIES = rf"{_NAME}{{1,40}}?{_YEAR}第?\d{{1,5}}号"
_ORDER = (
    rf"(?:{_NAME}{{0,60}}(?:令|公告|通告|通知|公报)[（(]?(?:(?:19|20)\d{{2}}年?)?第\d{{1,5}}号[）)]?"
    rf"|{_NAME}{{0,60}}(?:公告|通告)?(?:19|20)\d{{2}}年第\d{{1,5}}号(?:令|公告|通告)?|第\d{{1,5}}号令)"
)
_WHOLE = re.compile(rf"^[（(【]?(?:文号|发文字号|文件编号)?[:：]?((?:{_SERIES})|(?:{_ORDER}))[）)】]?$")
_ISSUING = re.compile(r"^\S{2,60}(?:令|公告|通告)$")
_BARE = re.compile(rf"^[（(]?((?:{_YEAR}|(?:19|20)\d{{2}}年)?第\d{{1,5}}号(?:令|公告)?)[）)]?$")
_PROMULGATED = re.compile(
    r"^[（(](?:19|20)\d{2}年\d{1,2}月\d{1,2}日(?:由|经|以)?"
    r"((?:[\u4e00-\u9fff、]{0,40}(?:令|公告)第?\d{1,5}号)|(?:[\u4e00-\u9fff、]{1,30}"
    + _YEAR.replace("?P<year>", "?:")
    + r"\d{1,5}号))(?:公布|发布|公告|印发|颁布|修订|修正|令)?"
)
_IN_TITLE = (
    re.compile(r"^([\u4e00-\u9fff、]{2,60}(?:令|公告|通告)[（(](?:(?:19|20)\d{2}年?)?第\d{1,5}号[）)])"),
    re.compile(rf"[（(]((?:{_SERIES}))[）)]?$"),
    re.compile(r"[（(]([\u4e00-\u9fff]{0,40}(?:令|公告)?(?:(?:19|20)\d{2}年)?第\d{1,5}号(?:令|公告)?)[）)]$"),
    re.compile(r"(?:^|[》\s])((?:19|20)\d{2}年第\d{1,5}号(?:令|公告))$"),
    re.compile(r"^([\u4e00-\u9fff、]{2,60}(?:令|公告|通告)(?:(?:19|20)\d{2}年)?第\d{1,5}号)"),
    re.compile(r"^([\u4e00-\u9fff、]{2,60}(?:公告|通告)?(?:19|20)\d{2}年第\d{1,5}号(?:令|公告|通告)?)$"),
    re.compile(rf"^(?!关于)({_SERIES})(?=《|关于|$)"),
)
_QUOTED = re.compile(r"《[^《》]*》")
_HEAD_LINES, _HEAD_LINE_CHARS = 12, 90
_NONE = re.compile(r"^(?:无|暂无|没有|-+|—+|/|\\|N/?A|null|none)?$", re.IGNORECASE)


def squeezed(text: str) -> str:
    """The text without white space and invisible characters, digits in ASCII."""
    return _INVISIBLE.sub("", text).translate(_WIDE)


def normal(text: str) -> str | None:
    """A document number in normal form: 〔2026〕 brackets, ASCII digits, no spaces, 第五十六号 as 第56号."""
    flat = squeezed(text).strip("。；;，,:：")
    flat = _HAN_ORDER.sub(lambda m: f"第{han_number(m[1]) or m[1]}号", flat)
    flat = _BRACKETED.sub(lambda m: f"{m['head']}〔{m['year']}〕{m['tail']}", flat)
    flat = re.sub(r"(令|公告|通告)[（(](.*第\d+号)[）)]$", r"\1\2", flat)
    return None if _NONE.match(flat) or not re.search(r"\d", flat) else flat


def stated(value: str | None) -> str | None:
    """The number a metadata field gives, or None where the field is empty or says that there is none."""
    if not value or len(value) > 120:
        return None
    flat = normal(value)
    return flat if flat and re.search(r"号|[〔］]|\d{4}", flat) else None


def in_title(title: str) -> str | None:
    """The document's own number where the title ends or begins with it; numbers inside 《》 belong to others."""
    flat = squeezed(_HAN_ORDER.sub(lambda m: f"第{han_number(m[1]) or m[1]}号", _QUOTED.sub("《》", title)))
    for pattern in _IN_TITLE:
        match = pattern.search(flat)
        if match:
            return normal(match[1])
    return None


def at_head(lines: Sequence[str], title: str = "") -> str | None:
    """The number that stands alone near the beginning of a body, on one line or on two (…令 / 第5号).

    The first of the two may be the title.
    """
    before = squeezed(title)
    for line in lines[:_HEAD_LINES]:
        flat = squeezed(line)
        flat = _HAN_ORDER.sub(lambda m: f"第{han_number(m[1]) or m[1]}号", flat)
        promulgated = _PROMULGATED.match(flat)
        if promulgated:
            return normal(promulgated[1])
        if len(flat) > _HEAD_LINE_CHARS:
            return None
        bare = _BARE.match(flat)
        if bare:
            return normal((before if _ISSUING.match(before) else "") + bare[1])
        whole = _WHOLE.match(flat)
        if whole:
            return normal(whole[1])
        before = flat or before
    return None
