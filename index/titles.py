"""What a title says of identity: whether two documents are named alike, and what names a work is cited by."""

from __future__ import annotations

import re
from typing import Literal

from rapidfuzz import fuzz

from index.numerals import fold

Likeness = Literal["same", "other", "unsure"]

_NOTE = re.compile(
    r"[\[(【〔](?:转载|转发|转|图文|全文|原文|附全文|现行有效|已废止|已失效)[\])】〕]|^(?:转载|全文)[::丨|]"
)
_MARKS = re.compile(r"[《》〈〉「」『』\"'.,、:;!?·\-_|丨]+")
_INNER = re.compile(r"(?:^|印发|发布|公布|颁布|下达|出台|通过)《(.+)》(?=$|的|发布|公布|\()")
_NUMBER = re.compile("\x02([^\x03]*)\x03(?!部门|部委|家单位)")
_ACTS = (
    "解读", "答记者问", "问答", "图解", "读懂", "修改", "修订", "修正", "废止", "失效", "转发", "征求", "草案", "补充",
    "贯彻", "实施细则", "实施方案", "实施意见", "延长", "更正", "评论",
)  # fmt: skip
_SPEAKS_OF = re.compile(r"解读|答记者问|问答|图解|读懂|一图|新闻发布会|专家|评论")
_CLOSE = 60  # rapidfuzz ratio; titles less alike than this are written by different hands
_LEAST = 6


def core(title: str) -> str:
    """A title folded, without notes such as （转载） and punctuation; numbers stay marked as `fold` marks them."""
    return _MARKS.sub("", _NOTE.sub("", fold(title)))


def likeness(a: str, b: str) -> Likeness:
    """Whether two titles name one document.

    `other`: they differ in a number or in what is done (修改, 解读, 转发 …), or are one pattern filled in twice, as by
    two provinces. `unsure`: they have little in common, as the headline of a reprint and the formal title may.
    """
    one, two = core(a), core(b)
    if one == two or _issued_jointly(one, two):
        return "same"
    if _issued_apart(one, two):
        return "other"
    if _numbers(one) != _numbers(two) or any((act in one) != (act in two) for act in _ACTS):
        return "other" if fuzz.ratio(one, two) >= _CLOSE or _names(a) & _names(b) else "unsure"
    if min(len(one), len(two)) >= _LEAST and (one in two or two in one):
        return "same"
    if _names(a) & _names(b):
        return "same"
    return "other" if fuzz.ratio(one, two) >= _CLOSE else "unsure"


def _issued_jointly(one: str, two: str) -> bool:
    """Whether both say the same after 关于 under the names of central agencies: each joint issuer prints its own."""
    lead = [_FROM_ABOUT.match(title) for title in (one, two)]
    if not (lead[0] and lead[1]) or any(_PLACE.search(found[0]) for found in lead if found):
        return False
    return one[lead[0].end() :] == two[lead[1].end() :]


def _issued_apart(one: str, two: str) -> bool:
    """Whether both titles begin with an issuer, and not the same one."""
    issuers = [found[0] for found in (_FROM_ABOUT.match(one), _FROM_ABOUT.match(two)) if found]
    return len(issuers) == 2 and not (issuers[0].endswith(issuers[1]) or issuers[1].endswith(issuers[0]))


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(text))


def _names(title: str) -> set[str]:
    return {key for key in keys(title) if len(key) >= _LEAST}


def speaks_of_another(title: str) -> bool:
    """Whether a document explains another, so that the 文号 printed on its page is that other's."""
    return _SPEAKS_OF.search(title) is not None


_ABOUT = re.compile(r"关于(?:印发|发布|公布|颁布|下达)(.+?)(?:的(?:通知|公告|通告|令|决定|函|批复))?$")
_FROM_ABOUT = re.compile(r"^[\u4e00-\u9fff]{2,40}?(?=关于)")
_TAIL = re.compile(r"\([^()]{1,24}\)$")
_PLACE = re.compile(r"[省市县区州盟旗](?!场监管)")
_STATE = re.compile(r"^中华人民共和国")


def keys(title: str) -> frozenset[str]:
    """The folded names a title may be cited by: as a whole, without its issuer, and what it issues.

    国务院办公厅关于印发《数字政府建设方案（试行）》的通知 is cited as that, as 关于印发…的通知, and as 数字政府建设方案
    with or without （试行）.
    """
    whole = _NOTE.sub("", fold(title))
    if speaks_of_another(whole):
        return frozenset({f"t:{_bare(whole)}"})
    found = {whole, _FROM_ABOUT.sub("", whole)}
    if inner := _INNER.search(whole):
        found.add(inner[1])
    if issued := _ABOUT.search(whole):
        found.add(issued[1])
    found |= {_TAIL.sub("", name) for name in found}
    return frozenset(f"t:{name}" for name in (_bare(name) for name in found) if len(name) >= _LEAST)


def _bare(name: str) -> str:
    return _STATE.sub("", _MARKS.sub("", name))


def key(cited: str) -> str | None:
    """The key of a title as cited, without 《》; None where it is too short to name anything."""
    name = _bare(fold(cited))
    return f"t:{name}" if len(name) >= _LEAST - 2 else None
