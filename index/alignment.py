"""Which clause of one text is which clause of another, though some were inserted, renumbered, moved or reworded.

Exact matches first (longest common subsequence of comparison keys), then moved clauses by exact key, then rewordings
by similarity. `opcodes` and `apply` give the same alignment as instructions that rebuild the later text exactly.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

from rapidfuzz import fuzz

from index.clauses import Clause, clauses, sentences
from index.matching import Pair, best, common, heaviest
from index.numerals import fold

MatchOp = Literal["equal", "replace", "insert", "delete", "move"]

_PAIR_CELLS = 900  # clause pairs; beyond, only clauses that share a phrase are compared
_PHRASE = 8  # characters
_COMMON = 12  # a phrase in more clauses than this tells nothing
_ALIKE, _ALIKE_NUMBERED, _ALIKE_ELSEWHERE = 50.0, 35.0, 75.0  # per cent of characters in common
_MOVABLE = 12  # characters; shorter clauses (其他。) recur and do not move


@dataclass(frozen=True, slots=True)
class Match:
    """Half-open index ranges: clauses `before` of one text are clauses `after` of the other."""

    op: MatchOp
    before: tuple[int, int]
    after: tuple[int, int]


def align(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[Match, ...]:
    """Match the clauses of two texts, each index of either side in exactly one match; in reading order of `after`.

    A clause that only got another number, or whose lines only break elsewhere, is equal. A run of clauses that moved
    together is one move.
    """
    table = _Table(before, after)
    for i, j in common(table.old, table.new):
        table.add("equal", (i, i + 1), (j, j + 1))
    gaps = [gap for gap in _gaps(table) if not _rewrapped(table, *gap)]
    _moved(table)
    _rows(table)
    for olds, news in gaps:
        _reworded(table, olds, news)
    _reworded_elsewhere(table)
    return _ordered(table)


def units(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """Give the clauses to compare: as they are, but sentence by sentence where the lines break differently."""
    anchors = list(common([c.body for c in before], [c.body for c in after]))
    olds: list[Clause] = []
    news: list[Clause] = []
    last = (-1, -1)
    for anchor in [*anchors, (len(before), len(after))]:
        left, right = before[last[0] + 1 : anchor[0]], after[last[1] + 1 : anchor[1]]
        split = _split(left, right) if left and right and len(left) + len(right) > 2 else None
        olds += split[0] if split else left
        news += split[1] if split else right
        olds += before[anchor[0] : anchor[0] + 1]
        news += after[anchor[1] : anchor[1] + 1]
        last = anchor
    return tuple(olds), tuple(news)


def _split(left: Sequence[Clause], right: Sequence[Clause]) -> tuple[list[Clause], list[Clause]] | None:
    """Cut facing clauses into sentences where a good part of the words then agree that did not agree before."""
    olds = [s for clause in left for s in sentences(clause)]
    news = [s for clause in right for s in sentences(clause)]
    shared = Counter(s.body for s in olds) & Counter(s.body for s in news)
    whole = Counter(c.body for c in left) & Counter(c.body for c in right)
    gained = sum(len(body) * n for body, n in (shared - whole).items())
    least = min(sum(len(c.body) for c in left), sum(len(c.body) for c in right))
    return (olds, news) if gained * (3 if len(left) == len(right) else 10) > least else None


class _Table:
    """What has been matched so far: for each index of either side its match."""

    def __init__(self, before: Sequence[Clause], after: Sequence[Clause]) -> None:
        self.before, self.after = before, after
        raw = {clause.body for clause in before} | {clause.body for clause in after}
        keys = {body: fold(body) for body in raw}
        self.old = [keys[clause.body] for clause in before]
        self.new = [keys[clause.body] for clause in after]
        self.left: dict[int, Match] = {}
        self.right: dict[int, Match] = {}

    def add(self, op: MatchOp, before: Pair, after: Pair) -> None:
        match = Match(op, before, after)
        self.left.update(dict.fromkeys(range(*before), match))
        self.right.update(dict.fromkeys(range(*after), match))

    def free(self, olds: Iterable[int], news: Iterable[int]) -> tuple[list[int], list[int]]:
        return [i for i in olds if i not in self.left], [j for j in news if j not in self.right]

    def everything(self) -> tuple[range, range]:
        return range(len(self.old)), range(len(self.new))


def _gaps(table: _Table) -> list[tuple[range, range]]:
    """Give the runs of unmatched clauses that face each other between equal ones."""
    anchors = sorted((m.before[0], m.after[0]) for m in table.left.values())
    bounds = [(-1, -1), *anchors, (len(table.old), len(table.new))]
    spans = ((range(a + 1, c), range(b + 1, d)) for (a, b), (c, d) in pairwise(bounds))
    return [(olds, news) for olds, news in spans if olds or news]


def _rewrapped(table: _Table, olds: range, news: range) -> bool:
    """Match as equal what only breaks its lines elsewhere."""
    if not olds or not news:
        return False
    before = "".join(table.before[i].text for i in olds)
    after = "".join(table.after[j].text for j in news)
    if fold(before) != fold(after):
        return False
    table.add("equal", (olds.start, olds.stop), (news.start, news.stop))
    return True


def _moved(table: _Table) -> None:
    left, right = table.free(*table.everything())
    places, went = defaultdict(list), []
    for i in reversed(left):
        places[table.old[i]].append(i)
    for j in right:
        if len(table.new[j]) >= _MOVABLE and places[table.new[j]]:
            i = places[table.new[j]].pop()
            table.add("move", (i, i + 1), (j, j + 1))
            went.append((i, j))
    for (i, j), step in product(went, (1, -1)):
        _along(table, i + step, j + step, step)


def _along(table: _Table, i: int, j: int, step: int) -> None:
    """Let the short clauses next to a moved one move with it."""
    while 0 <= i < len(table.old) and 0 <= j < len(table.new) and table.free([i], [j]) == ([i], [j]):
        if table.old[i] != table.new[j]:
            return
        table.add("move", (i, i + 1), (j, j + 1))
        i, j = i + step, j + step


def _rows(table: _Table) -> None:
    """Pair table rows by a first cell that names only them, wherever they stand."""
    left, right = table.free(*table.everything())
    names = [_named(table.before, left), _named(table.after, right)]
    for name, i in names[0].items():
        if (j := names[1].get(name)) is not None:
            table.add("replace", (i, i + 1), (j, j + 1))


def _named(side: Sequence[Clause], free: list[int]) -> dict[str, int]:
    firsts = [(fold(re.split(r"[|\t]", side[i].text.lstrip("| "))[0]), i) for i in free if side[i].level == "row"]
    counts = Counter(name for name, _ in firsts)
    return {name: i for name, i in firsts if counts[name] == 1 and re.search(r"[A-Za-z\u4e00-\u9fff]", name)}


def _reworded(table: _Table, olds: range, news: range) -> None:
    """Pair rewordings between two anchors, in order, the sum of similarities as large as can be."""
    left, right = table.free(olds, news)
    alone = len(left) == len(right) == 1
    pairs = product(left, right) if len(left) * len(right) <= _PAIR_CELLS else _sharing(table, left, right)
    scored = {(i, j): score for i, j in pairs if (score := _alike(table, i, j, alone=alone))}
    for i, j in heaviest(scored) if len(scored) <= _PAIR_CELLS else best(scored):
        table.add("replace", (i, i + 1), (j, j + 1))


def _alike(table: _Table, i: int, j: int, *, alone: bool) -> float:
    numbered = table.before[i].number != "" and table.before[i].number == table.after[j].number
    short = alone and max(len(table.old[i]), len(table.new[j])) < 40
    least = _ALIKE_NUMBERED if numbered or short else _ALIKE
    score = fuzz.ratio(table.old[i], table.new[j], score_cutoff=least)
    return score + 5 if score and numbered else score


def _sharing(table: _Table, left: list[int], right: list[int]) -> Iterator[Pair]:
    """Give the pairs that share a telling phrase; each clause is compared with few others however many there are."""
    phrases: dict[str, list[int]] = defaultdict(list)
    for j in right:
        for phrase in set(_phrases(table.new[j], 1)):
            phrases[phrase].append(j)
    for i in left:
        facing = (phrases[p] for p in _phrases(table.old[i], 3) if p in phrases)
        shared = Counter(j for places in facing if len(places) <= _COMMON for j in places)
        yield from ((i, j) for j, _ in shared.most_common(4))


def _phrases(key: str, step: int) -> list[str]:
    return [key[k : k + _PHRASE] for k in range(0, max(1, len(key) - _PHRASE + 1), step)]


def _reworded_elsewhere(table: _Table) -> None:
    """Pair clauses that moved and were reworded a little."""
    left, right = table.free(*table.everything())
    left = [i for i in left if len(table.old[i]) >= 2 * _MOVABLE]
    right = [j for j in right if len(table.new[j]) >= 2 * _MOVABLE]
    scored = {
        (i, j): score
        for i, j in _sharing(table, left, right)
        if (score := fuzz.ratio(table.old[i], table.new[j], score_cutoff=_ALIKE_ELSEWHERE))
    }
    for i, j in sorted(scored, key=lambda pair: (-scored[pair], pair)):
        if i not in table.left and j not in table.right:
            table.add("replace", (i, i + 1), (j, j + 1))


def _ordered(table: _Table) -> tuple[Match, ...]:
    """List all matches in the order of the later text, each deletion where its neighbours went."""
    placed = [((m.after[0], 1), m) for m in dict.fromkeys(table.right.values())]
    after = 0
    for i in range(len(table.old)):
        match = table.left.get(i)
        if match is None:
            placed.append(((after, 0), Match("delete", (i, i + 1), (after, after))))
        elif match.op != "move":
            after = match.after[1]
    _, right = table.free(*table.everything())
    placed += [((j, 1), Match("insert", (0, 0), (j, j + 1))) for j in right]
    return tuple(_runs(m for _, m in sorted(placed, key=lambda p: (p[0], p[1].before))))


def _runs(matches: Iterable[Match]) -> Iterator[Match]:
    """Join moves that went together."""
    last: Match | None = None
    for match in matches:
        if (
            last
            and last.op == match.op == "move"
            and (last.before[1], last.after[1]) == (match.before[0], match.after[0])
        ):
            last = Match("move", (last.before[0], match.before[1]), (last.after[0], match.after[1]))
            continue
        if last:
            yield last
        last = match
    if last:
        yield last


@dataclass(frozen=True, slots=True)
class Opcode:
    """Copy `before[start:stop]` (equal, move), leave it out (delete), or write `text` (replace, insert)."""

    op: MatchOp
    start: int
    stop: int
    text: str = ""


def opcodes(before: str, after: str) -> tuple[Opcode, ...]:
    """Give the instructions that turn one text into the other, clause by clause, in order of the later text."""
    olds, news = clauses(before), clauses(after)
    if not olds or not news:
        return (Opcode("equal" if before == after else "replace", 0, len(before), "" if before == after else after),)
    left, right = _segments(olds, len(before)), _segments(news, len(after))
    steps = []
    for match in align(olds, news):
        start, stop = (left[match.before[0]][0], left[match.before[1] - 1][1]) if _any(match.before) else (0, 0)
        text = after[right[match.after[0]][0] : right[match.after[1] - 1][1]] if _any(match.after) else ""
        same = match.op in {"equal", "move"} and before[start:stop] == text
        op: MatchOp = match.op if same or match.op in {"insert", "delete"} else "replace"
        steps.append(Opcode(op, start, stop, "" if same else text))
    return tuple(steps)


def apply(before: str, steps: Iterable[Opcode]) -> str:
    """Rebuild the later text from the earlier one and the instructions of `opcodes`."""
    return "".join(before[s.start : s.stop] if s.op in {"equal", "move"} else s.text for s in steps)


def _any(span: Pair) -> bool:
    return span[0] < span[1]


def _segments(parts: Sequence[Clause], length: int) -> list[Pair]:
    """Cut the whole text into one piece a clause: each with the white space after it, the first with any before."""
    starts = [0, *(clause.start for clause in parts[1:]), length]
    return list(pairwise(starts))
