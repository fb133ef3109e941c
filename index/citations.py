"""What other documents a text names, by 《title》 or 文号, and what it does to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from index import titles
from index.identity import doc_number, work_id
from index.numerals import squeeze
from index.records import Reading
from index.relations import Citation, CitationKind

_TITLED = re.compile(r"《([^《》\n]{2,120}(?:《[^《》\n]{1,80}》[^《》\n]{0,60})?)》")
_OPEN, _CLOSE = r"[〔\[(【（［﹝]", r"[〕\])】）］﹞]"
_NUMBER = rf"{_OPEN}\s?[12]\d{{3}}\s?年?\s?{_CLOSE}\s?第?\s?\d{{1,5}}\s?号"
_ORDER = rf"(?:令|公告|通告)\s?{_OPEN}?(?:[12]\d{{3}}\s?年?\s?{_CLOSE}?)?\s?第?\s?\d{{1,5}}\s?号"
_NUMBERED = re.compile(rf"{_NUMBER}|{_ORDER}")  # from its rarest sign on; who numbers it is read backwards from there
_NUMBERER = re.compile(r"[\u4e00-\u9fff]{1,20}\s?$")
_LEADING = re.compile(
    r".*(?:中华人民共和国|根据|依据|按照|依照|和(?!国)|与|及|见|由|经|按|以|即|原|的|对|将|至|等|为|是|在|日|发布|公布|颁布)"
)
_LONGEST_CODE = 14
HEAD = 800
"""Characters in which a text says on what ground it was made."""
_LETTERHEAD = 300  # characters in which a number that stands free is the document's own

_CARRIES_OUT = re.compile(r"实施细则|实施方案|实施办法|实施意见|实施条例|若干措施|行动方案|工作方案|贯彻|落实|转发")
_GROUND = re.compile(r"(?:根据|依据|按照|贯彻|落实|执行|遵照|依照|转发|将)[^。；，,\n]{0,40}$")
_MADE = re.compile(r"^[^。；\n]{0,200}(?:制定|提出|结合|印发|转发|现就|如下|为指导)")
_APPLIED = re.compile(r"^等?(?:的?(?:有关|相关)?(?:规定|要求|标准))?(?:执行|办理|计算|处理|核定)")
_DRAWN_UP = re.compile(r"(?:起草|制定|编制|修订)了?$|现将$")

_END = r"(?:废止|失效|停止执行|不再执行|停止施行)"
_ENDS = re.compile(rf"{_END}(?!日期|时间|记录|[\]】〕])")
_NO_END = re.compile(
    rf"(?:未|不|可|应当|需要|被|已|修改、|修改或者?|修改和|清理|解释、|期满|届满)后?(?:予以|宣布|自行|自动)?{_END}"
    rf"|{_END}(?:的|后|前|或者?修改|情形|程序)"
)
_LONGEST_SENTENCE = 600
_LIST_TITLE = re.compile(
    rf"(?:{_END}|宣布失效)[^》]{{0,30}}(?:决定|公告|通知|通告|目录|命令|令|公布)|(?:公布|宣布).*{_END}"
)
_KEPT = re.compile(r"修改|修订|修正|保留|继续有效|继续执行|重新公布|重新发布")
_PART = re.compile(r"^[^《》，,、。；]{0,4}?(?:第[\d一二三四五六七八九十百]+[条款章项]|中的?|附件|部分|有关规定)")
_BASIS = re.compile(r"(?:根据|依据|按照|依照|按|遵照|为(?:贯彻|落实|执行))[^，,。；\n]{0,60}$")
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_IN_BRACKETS = re.compile(rf"{_OPEN}[^（）()]{{0,40}}号{_CLOSE}")


class _Found(NamedTuple):
    key: str
    start: int
    end: int


def citations(reading: Reading) -> tuple[Citation, ...]:
    """The documents that a text names, in its order, itself left out; one title with its 文号 behind it gives two.

    A name in the title of the document that its text does not hold is not given: offsets are of the text.
    """
    own = own_keys(reading)
    endings = _endings(reading)
    found: list[Citation] = []
    for one in _all(reading.text):
        quote = reading.text[one.start : one.end]
        if one.key in own or _is_own(reading, one):
            continue
        follows = found and one.key.startswith("n:") and 0 <= one.start - found[-1].end <= 2
        kind = found[-1].kind if follows else _kind(reading, one, endings)
        found.append(Citation(one.key, kind, quote, one.start, one.end))
    return tuple(found)


def _is_own(reading: Reading, found: _Found) -> bool:
    """Whether the words around say that the named one is this document."""
    before = reading.text[max(0, found.start - 6) : found.start]
    if found.key.startswith("t:"):
        return _DRAWN_UP.search(before) is not None and "转发" not in reading.title
    return not reading.doc_number and found.start < _LETTERHEAD and not before.endswith(("（", "(", "《", "》"))


def own_keys(reading: Reading) -> frozenset[str]:
    """The keys by which other texts may cite this document: its title in its forms, and its 文号."""
    own = "" if titles.speaks_of_another(reading.title) else reading.doc_number or ""
    number = number_key(own, reading.issuer) if own else None
    return titles.keys(reading.title) | ({number} if number else frozenset())


def number_key(text: str, issuer: str | None = None) -> str | None:
    """The key of a 文号 as written; None where there is none, or it is bare and no issuer is known."""
    number = doc_number(text)
    key = work_id(issuer, number, None, "") if number else ""
    return f"n:{key.removeprefix('cn/')}" if key and not key.startswith("cn/unknown/") else None


def _all(text: str) -> Iterator[_Found]:
    found = [*_titled(text), *_numbered(text)]
    return iter(sorted(found, key=lambda one: one.start))


def _titled(text: str) -> Iterator[_Found]:
    for match in _TITLED.finditer(text):
        key = titles.key(match[1])
        if key:
            yield _Found(key, match.start(), match.end())


def _numbered(text: str) -> Iterator[_Found]:
    for match in _NUMBERED.finditer(text):
        code = _NUMBERER.search(text[max(0, match.start() - 21) : match.start()])
        if code is None:
            continue
        lead = _LEADING.match(code[0])
        start = match.start() - len(code[0]) + (lead.end() if lead else 0)
        key = number_key(text[start : match.end()])
        if key and len(key.partition("/")[0]) <= _LONGEST_CODE + 2:
            yield _Found(key, start, match.end())


def _kind(reading: Reading, found: _Found, endings: tuple[tuple[int, int], ...]) -> CitationKind:
    if any(start <= found.start < end for start, end in endings) and not _spared(reading.text, found):
        return "repeals"
    return "implements" if _implements(reading, found) else "cites"


def _implements(reading: Reading, found: _Found) -> bool:
    """Whether the text carries the named one out: its head gives it as the ground, or its title says it carries out."""
    if found.start >= HEAD:
        return False
    text = reading.text
    begins = max(text.rfind(mark, 0, found.start) for mark in "。；\n") + 1
    before = _TITLED.sub("", _IN_BRACKETS.sub("", text[begins : found.start]))
    grounded = _GROUND.search(before) is not None
    after = _TITLED.sub("", text[found.end : found.end + 300])
    if not grounded or _APPLIED.match(after):
        return False
    return _MADE.match(after) is not None or _CARRIES_OUT.search(reading.title) is not None


def _spared(text: str, found: _Found) -> bool:
    """Whether only a part of the named document ends, or it is the ground on which another does."""
    before, after = text[max(0, found.start - 80) : found.start], text[found.end : found.end + 40]
    after = _IN_BRACKETS.sub("", after, count=1) if after[:1] in "（(〔[" else after
    return bool(_BASIS.search(before) or _PART.match(after))


def _endings(reading: Reading) -> tuple[tuple[int, int], ...]:
    """The stretches of a text that declare documents at an end: sentences, and lists below a heading that does."""
    if not _ENDS.search(reading.text):
        return ()
    listed = _LIST_TITLE.search(squeeze(reading.title)) is not None
    spans: list[tuple[int, int]] = []
    open_list = False
    for line in re.finditer(r"[^\n]+", reading.text):
        ends = _ENDS.search(line[0]) is not None
        if ends or (_KEPT.search(line[0]) and "《" not in line[0]):
            open_list = ends and _opens_list(line[0], listed)
        if open_list and not ends:
            spans.append(line.span())
        elif ends:
            spans += [(line.start() + s.start(), line.start() + s.end()) for s in _ending_sentences(line[0])]
    return tuple(spans)


def _opens_list(line: str, listed: bool) -> bool:
    flat = squeeze(line)
    heading = listed and len(flat) <= 60 and not _KEPT.search(flat)
    return flat.endswith((":", "如下")) or heading


def _ending_sentences(line: str) -> Iterator[re.Match[str]]:
    for sentence in _SENTENCE.finditer(line):
        said = _TITLED.sub("", sentence[0])
        if len(sentence[0]) <= _LONGEST_SENTENCE and _ENDS.search(said) and not _NO_END.search(said):
            yield sentence
