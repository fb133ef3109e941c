"""Where two wordings of one clause differ, and how to show it with little around it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

from index.numerals import INVISIBLE, NUMBER, TYPOGRAPHY, number_text

_TOKEN = re.compile(rf"{NUMBER.pattern}|(?P<word>[A-Za-z]+)|(?P<char>.)", re.DOTALL)
_WHOLE = re.compile(
    r"[0-9A-Za-z.,][0-9A-Za-z%]|[百千]分|分之|[零〇一二三四五六七八九十百千万亿之][零〇一二三四五六七八九十百千万亿]"
)
_JOINT = re.compile(
    r"[^\u4e00-\u9fff。；、《》“”\n]|[零〇一二三四五六七八九十百千万亿两兩幺壹贰叁肆伍陆柒捌玖拾佰仟萬億分之点]"
)
_SHOWN = 60  # characters of before and after together, where the change itself is short
_CONTEXT = (3, 8, 14)  # characters on either side: least of one change, least of several, most
_LONGEST = 400  # characters of any one wording shown
_LARGEST = 60_000_000  # token pairs beyond which the middle is shown as one change


@dataclass(frozen=True, slots=True)
class Edit:
    """`before[b0:b1]` became `after[a0:a1]`; either may be empty."""

    b0: int
    b1: int
    a0: int
    a1: int


@dataclass(frozen=True, slots=True)
class _Token:
    key: str
    start: int
    end: int


def edits(before: str, after: str) -> tuple[Edit, ...]:
    """Give the differing spans of two wordings in order, numbers and words whole, spelling variants left out."""
    head, tail = _ends(before, after)
    old = _tokens(before, head, len(before) - tail)
    new = _tokens(after, head, len(after) - tail)
    if len(old) * len(new) > _LARGEST:
        return (Edit(head, len(before) - tail, head, len(after) - tail),)
    found = []
    for op in Levenshtein.opcodes([t.key for t in old], [t.key for t in new]):
        if op.tag != "equal":
            found.append((op.src_start, op.src_end, op.dest_start, op.dest_end))
    return tuple(
        Edit(*_stretch(old, b0, b1, len(before) - tail), *_stretch(new, a0, a1, len(after) - tail))
        for b0, b1, a0, a1 in _joined(found)
    )


def _ends(before: str, after: str) -> tuple[int, int]:
    """Count the characters that agree at the head and at the tail, less any that belong to a number or word beyond."""
    limit = min(len(before), len(after))
    head = next((i for i in range(limit) if before[i] != after[i]), limit)
    while head and _JOINT.match(before[head - 1]):
        head -= 1
    limit -= head
    tail = next((i for i in range(limit) if before[-1 - i] != after[-1 - i]), limit)
    while tail and _JOINT.match(before[-tail]):
        tail -= 1
    return head, tail


def _joined(found: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Join changes with next to nothing equal between them, which would read as a scatter of characters."""
    joined: list[tuple[int, int, int, int]] = []
    for edit in found:
        if joined:
            last = joined[-1]
            gap = edit[0] - last[1]
            size = min(max(last[1] - last[0], last[3] - last[2]), max(edit[1] - edit[0], edit[3] - edit[2]))
            if gap == 0 or (gap <= 2 and size > gap):
                joined[-1] = (last[0], edit[1], last[2], edit[3])
                continue
        joined.append(edit)
    return joined


def _stretch(tokens: list[_Token], first: int, last: int, length: int) -> tuple[int, int]:
    if first < last:
        return tokens[first].start, tokens[last - 1].end
    at = tokens[first].start if first < len(tokens) else length
    return at, at


def _tokens(text: str, begin: int, stop: int) -> list[_Token]:
    flat, places = _flat(text, begin, stop)
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(flat):
        key = found[0] if found["word"] or found["char"] else number_text(found)
        start, end = found.span()
        if key is None:  # 三五, 万一: no number, so its characters count one by one
            tokens.extend(_Token(flat[i], places[i], places[i] + 1) for i in range(start, end))
        else:
            kind = "" if found["word"] or found["char"] else "#"
            tokens.append(_Token(kind + key, places[start], places[end - 1] + 1))
    return tokens


def _flat(text: str, begin: int, stop: int) -> tuple[str, list[int]]:
    """Give `text[begin:stop]` as `numerals.fold` sees it, and for each character the place it came from."""
    chars: list[str] = []
    places: list[int] = []
    for i in range(begin, stop):
        char = text[i]
        plain = char if char.isascii() or "\u4e00" <= char <= "\u9fff" else unicodedata.normalize("NFKC", char)
        for c in plain:
            if not INVISIBLE.match(c):
                chars.append(c)
                places.append(i)
    return "".join(chars).translate(TYPOGRAPHY), places


def size(before: str, after: str, changes: tuple[Edit, ...]) -> int:
    """Count the inserted and deleted characters."""
    return sum(Indel.distance(before[e.b0 : e.b1], after[e.a0 : e.a1]) for e in changes)


def excerpts(before: str, after: str, changes: tuple[Edit, ...]) -> tuple[str, str]:
    """Show two wordings by their differing spans with a little context, … for what is left out, at most 400 each."""
    if not changes:
        return cut(before), cut(after)
    removed = sum(e.b1 - e.b0 for e in changes)
    added = sum(e.a1 - e.a0 for e in changes)
    if removed > 0.6 * len(before) and added > 0.6 * len(after):
        return cut(before), cut(after)
    least, most = _CONTEXT[len(changes) > 1], _CONTEXT[2]
    around = max(least, min(most, (_SHOWN - removed - added - 4) // (4 * len(changes))))
    old = _windows(before, [(e.b0, e.b1) for e in changes], around)
    new = _windows(after, [(e.a0, e.a1) for e in changes], around)
    return cut(old), cut(new)


def _windows(text: str, spans: list[tuple[int, int]], around: int) -> str:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        window = (_inward(text, max(0, start - around), start), _inward(text, min(len(text), end + around), end))
        if merged and window[0] <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], window[1])
        else:
            merged.append(window)
    shown = "…".join(text[a:b] for a, b in merged)
    return f"{'…' if merged[0][0] else ''}{shown}{'…' if merged[-1][1] < len(text) else ''}"


def _inward(text: str, edge: int, limit: int) -> int:
    """Move an edge towards the change as far as it would cut a number or word in two."""
    step = 1 if edge < limit else -1
    while edge != limit and 0 < edge < len(text) and _WHOLE.match(text[edge - 1 : edge + 1]):
        edge += step
    return edge


def cut(text: str, longest: int = _LONGEST) -> str:
    """Leave out the middle of a long text, keeping the larger part of its head."""
    if len(text) <= longest:
        return text
    tail = longest // 4
    return f"{text[: longest - tail - 1]}…{text[len(text) - tail :]}"
