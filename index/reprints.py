"""Whether two texts are one document printed twice. Pure; `index.works` finds the candidates.

A reprint has the body of the original under another heading and footer. Two notices of one template differ inside, or
in a number, a signature or an addressee; they are never joined, for a missed reprint costs a second alert and a wrong
join hides a document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from index.identity import doc_number
from index.numerals import fold
from index.records import Reading
from index.titles import Likeness, likeness

SHORTEST = 150
"""Folded characters below which a text is not compared but only found when it is equal."""

_PART = re.compile(r"[^。;!?¶]+[。;!?]?")
_NUMBER = re.compile("\x02[^\x03]*\x03")
_FURNITURE = re.compile(
    r"^[\[(【]?(?:发布|发文|成文|公开|更新|生成)?(?:时间|日期|来源|信息来源|文章来源|稿源|作者|编辑|责任编辑|责编|校对|审核|供稿|浏览|阅读"
    r"|点击|访问|字号|字体|打印|分享|关闭|索引号|发布机构|发文机关|发文字号|文号|主题分类|有效性|效力|标题|名称|扫一扫|附件|相关|上一篇"
    r"|下一篇|当前位置|首页|保护视力色|收藏|转载)"
    r"|(?:网站|网|客户端|公众号|日报|新华社)$|(?:责任编辑|浏览次数|阅读次数|点击次数|来源)[::]"
)
_DAY = re.compile("^\x02?\\d{4}\x03?[年\\-./]\x02?\\d{1,2}\x03?[月\\-./]\x02?\\d{1,2}\x03?日?(?:[\x02\x03\\d:]*)$")
_SIGNER = re.compile(r"(?:委|委员会|局|厅|部|办公室|办|政府|公司|院|署|中心|银行|会)$")
_ARTICLE = re.compile("^第\x02?\\d+\x03?条")
_WORDS = re.compile(r"\w{2,}")
_MARKED = re.compile("[\x02\x03]")
_LONGEST_RUN = 3000  # characters inside that are compared one by one; a longer run is another text anyway


class _Part(NamedTuple):
    """A stretch where two texts differ."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    place: str  # head, inside, tail


def is_reprint(a: Reading, b: Reading) -> bool:
    """Whether two readings are one text under different headings and footers."""
    titles = titles_allow(a, b)
    if titles == "other":
        return False
    one, two = _parts(a.text), _parts(b.text)
    size = min(sum(map(len, one)), sum(map(len, two)))
    if size < SHORTEST:
        return False
    common, differing = _compared(one, two)
    longer = max(sum(map(len, one)), sum(map(len, two)))
    enough = (0.97, 0.6) if titles == "unsure" else (0.85, 0.6)
    return common >= enough[0] * size and common >= enough[1] * longer and all(_harmless(x, size) for x in differing)


def titles_allow(a: Reading, b: Reading) -> Likeness:
    """What all but the text says: `other` where titles, 文号 or dates written on both sides are of two documents."""
    pairs = [(getattr(a, name), getattr(b, name)) for name in ("written", "effective", "lang")]
    pairs.append((doc_number(a.doc_number or ""), doc_number(b.doc_number or "")))
    conflict = any(one and two and one != two for one, two in pairs)
    return "other" if conflict else likeness(a.title, b.title)


def _parts(text: str) -> list[str]:
    """Sentences and lines, folded, without the furniture that a site puts around a text."""
    found = _PART.findall(fold(text.replace("\n", "¶")))
    return [part for part in found if not (len(part) < 60 and _FURNITURE.search(_MARKED.sub("", part)))]


def _compared(one: Sequence[str], two: Sequence[str]) -> tuple[int, list[_Part]]:
    """Characters in common, and where the two differ."""
    common, differing = 0, []
    for gap in _gaps(one, two):
        if isinstance(gap, int):
            common += gap
        else:
            differing.append(gap)
    return common, differing


def _gaps(one: Sequence[str], two: Sequence[str]) -> Iterator[int | _Part]:
    """Yield the length of each common run, and the runs between them."""
    start = (0, 0)
    for block in (*Indel.editops(one, two).as_matching_blocks(), None):
        if block is not None and block.size == 0:
            continue
        end = (block.a, block.b) if block else (len(one), len(two))
        if start != end:
            place = "head" if start == (0, 0) else "tail" if block is None else "inside"
            yield _Part(tuple(one[start[0] : end[0]]), tuple(two[start[1] : end[1]]), place)
        if block:
            yield sum(map(len, one[block.a : block.a + block.size]))
            start = (block.a + block.size, block.b + block.size)


def _harmless(part: _Part, size: int) -> bool:
    if part.place == "inside":
        return _is_slip("".join(part.before), "".join(part.after), size)
    if not (part.before and part.after):
        return not any(_ARTICLE.match(x) for x in (*part.before, *part.after))  # a heading, a footer, an annex
    return not any(_is_filled_in(x, y, part.place) for x in part.before for y in part.after)


def _is_slip(before: str, after: str, size: int) -> bool:
    """Whether a difference inside the text is a slip of the pen or of punctuation: no number, no word."""
    if Counter(_NUMBER.findall(before)) != Counter(_NUMBER.findall(after)):
        return False
    if max(len(before), len(after)) > _LONGEST_RUN:
        return False
    changed = 0
    for op in Indel.opcodes(before, after):
        if op.tag != "equal":
            gone, come = before[op.src_start : op.src_end], after[op.dest_start : op.dest_end]
            changed += sum(map(str.isalnum, gone + come))
    words = _replaced(before, after)
    return not words and changed <= max(4, size // 250)


def _replaced(before: str, after: str) -> bool:
    """Whether a word of two or more characters stands in the place of another."""
    ops = [op for op in Indel.opcodes(before, after) if op.tag != "equal"]
    gone = "".join(before[op.src_start : op.src_end] for op in ops)
    come = "".join(after[op.dest_start : op.dest_end] for op in ops)
    return bool(_WORDS.search(gone) and _WORDS.search(come))


def _is_filled_in(before: str, after: str, place: str) -> bool:
    """Whether two lines of heading or footer are one pattern filled in twice: other signer, date, number, addressee."""
    if before == after:
        return False
    if _DAY.match(before) and _DAY.match(after):
        return place == "tail"
    if place == "tail" and _is_signer(before) and _is_signer(after):
        return before not in after and after not in before
    if before.endswith(":") and after.endswith(":"):
        return True
    return len(before) >= 8 and fuzz.ratio(before, after) >= 60


def _is_signer(line: str) -> bool:
    return len(line) <= 30 and _SIGNER.search(line) is not None
