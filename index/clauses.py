"""A text as the clauses a lawyer would cite: 第三条第二款第（一）项, 二、（三）, Article 3(a), 表1 第3行, 附件2, 落款.

The text comes as one block (heading, paragraph, table row) a line. Each block is one clause; an article that starts in
the middle of a line starts a clause of its own, and blocks too long to read are cut at the ends of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from index.markers import LIST_RANK, Level, Mark, continues, mark

_LONG = 1500  # characters; longer blocks are cut into groups of sentences, so that comparing stays linear
_INNER_ARTICLE = re.compile(
    r"(?<=[。；）》”])\s*(?=第[一二三四五六七八九十百千零〇]{1,7}条(?!第|规定|的|、|和|至|或|所|中(?!华|国|央|共)|款|项|之|以|，|及|与|）|。))"
)
_SENTENCE = re.compile(r".{1,1200}?(?:[。！？；!?]+[”’」』）]?|\.(?=\s)|\Z)|.{1,1200}", re.DOTALL)
_ROW = re.compile(r"\S?.*?(?: \| |\t|^\| | \|$)")
_DATE = (
    r"[12][\d０-９]{3}\s*年\s*[\d０-９]{1,2}\s*月\s*[\d０-９]{1,2}\s*日"
    r"|[一二三四五六七八九零〇○0]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_SIGNED = re.compile(rf"(?:{_DATE})(?:印发)?$")
_ISSUER = re.compile(r"[\u4e00-\u9fff\s　、]{2,40}(?:部|委|局|署|厅|室|院|会|府|办|公司|组|中心|行)$")
_CJK = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Clause:
    """One block and its place. `text == source[start:end]`; `number` is its own label, "" where it has none.

    `path` are the labels of the divisions it stands in, outermost first, with its own label last.
    """

    locator: str
    level: Level
    number: str
    text: str
    start: int
    end: int
    path: tuple[str, ...] = ()
    lead: int = 0

    @property
    def body(self) -> str:
        """The words without the clause's own number, so that renumbering alone leaves it as it was."""
        return self.text[self.lead :]


def clauses(text: str) -> tuple[Clause, ...]:
    """Split a text into clauses in order; white space between them belongs to none. Linear in the text's length."""
    outline = _Outline(han=len(_CJK.findall(text[:4000])) * 5 > len(text[:4000]))
    drafts = [outline.add(start, block) for start, block in _blocks(text)]
    _sign(drafts)
    return tuple(d.clause(outline) for d in drafts)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in text.split("\n"):
        at = offset
        for piece in _pieces(line):
            words = piece.strip()
            if words:
                yield at + piece.index(words), words
            at += len(piece)
        offset += len(line) + 1


def _pieces(line: str) -> Iterator[str]:
    inner = _INNER_ARTICLE.finditer(line) if line.find("第", 1) > 0 else ()
    cuts = [0, *(m.end() for m in inner), len(line)]
    for start, end in pairwise(cuts):
        yield from [line[start:end]] if end - start <= _LONG else _sentence_groups(line[start:end])


def _sentence_groups(block: str) -> Iterator[str]:
    """Cut a very long block after sentences, the cut depending on the words and not on the place."""
    for found in _SENTENCE.finditer(block):
        yield found[0]


def sentences(clause: Clause) -> tuple[Clause, ...]:
    """Cut one clause into its sentences, each with the clause's locator and only the first with its number."""
    parts: list[Clause] = []
    at = clause.start
    for piece in _sentence_groups(clause.text):
        words = piece.strip()
        start = at + piece.index(words) if words else at
        first = not parts
        if words:
            parts.append(
                Clause(
                    clause.locator,
                    clause.level,
                    clause.number if first else "",
                    words,
                    start,
                    start + len(words),
                    clause.path,
                    clause.lead if first and clause.lead <= len(words) else 0,
                )
            )
        at += len(piece)
    return tuple(parts)


@dataclass(slots=True)
class _Draft:
    start: int
    text: str
    level: Level
    mark: Mark | None
    nodes: tuple[Mark, ...]
    article: int
    paragraph: int
    row: tuple[int, int] | None = None

    def clause(self, outline: _Outline) -> Clause:
        number = self.mark.label if self.mark else ""
        path = tuple(node.label for node in self.nodes)
        end = self.start + len(self.text)
        lead = self.mark.end if self.mark else 0
        return Clause(outline.locator(self), self.level, number, self.text, self.start, end, path, lead)


@dataclass(slots=True)
class _Outline:
    """Where the next line stands: the open divisions, and how many paragraphs each article has had so far."""

    han: bool
    stack: list[Mark] = field(default_factory=list)
    paragraphs: dict[int, int] = field(default_factory=dict)
    article: int = 0
    blocks: int = 0
    tables: int = 0
    rows: int = 0

    def add(self, start: int, text: str) -> _Draft:
        if _ROW.match(text[:400]):
            return self._row(start, text)
        self.rows = 0
        found = mark(text)
        if found and continues(found, self._sibling(found)):
            self._open(found)
        else:
            found = None
        self._count(found)
        level: Level = found.level if found else "paragraph" if self._in_article() else "text"
        if found and level == "item" and not self._in_article():
            level = "heading"
        return _Draft(start, text, level, found, tuple(self.stack), self.article, self._paragraph())

    def _row(self, start: int, text: str) -> _Draft:
        self.tables += not self.rows
        self.rows += 1
        place = (self.tables, self.rows)
        return _Draft(start, text, "row", None, tuple(self.stack), self.article, self._paragraph(), place)

    def _sibling(self, found: Mark) -> Mark | None:
        return next((node for node in reversed(self.stack) if node.style == found.style), None)

    def _open(self, found: Mark) -> None:
        """Close what the new division ends: everything of its rank and below, or down to the list it continues."""
        styles = [node.style for node in self.stack]
        if found.rank < LIST_RANK:
            while self.stack and self.stack[-1].rank >= found.rank:
                self.stack.pop()
        elif found.style in styles:
            del self.stack[len(styles) - 1 - styles[::-1].index(found.style) :]
        self.stack.append(found)

    def _count(self, found: Mark | None) -> None:
        """Count 款: an article's own line and each unnumbered line in it; a list belongs to the 款 before it."""
        if found is None and self._in_article():
            while self.stack[-1].level == "item":
                self.stack.pop()
            self.paragraphs[self.article] += 1
        elif found and found.level == "article":
            self.article += 1
            self.paragraphs[self.article] = 1
        if found and found.level != "item":
            self.blocks = 1
        elif found is None or not self._in_article():
            self.blocks = 1 if found else self.blocks + 1

    def _in_article(self) -> bool:
        return any(node.level == "article" for node in self.stack)

    def _paragraph(self) -> int:
        return self.paragraphs.get(self.article, 0) if self._in_article() else self.blocks

    def locator(self, draft: _Draft) -> str:
        if draft.row:
            table, row = draft.row
            return f"表{table} 第{row}行" if self.han else f"table {table} row {row}"
        if draft.level == "signature":
            return "落款" if self.han else "signature"
        article = next((i for i, node in enumerate(draft.nodes) if node.level == "article"), None)
        if article is None:
            return self._heading(draft)
        return self._article(draft, article)

    def _article(self, draft: _Draft, at: int) -> str:
        annex = "".join(f"{_bare(node)} " for node in draft.nodes[:at] if node.level == "attachment")
        own, below = _bare(draft.nodes[at]), draft.nodes[at + 1 :]
        several = self.paragraphs[draft.article] > 1
        if not own.startswith("第"):
            place = f" para {draft.paragraph}" if several and draft.level == "paragraph" else ""
            return f"{annex}{own}{place}{''.join(map(_english_item, below))}"
        place = f"第{_han(draft.paragraph)}款" if several else ""
        items = "".join(f"第{_bare(n).rstrip('.．、')}{'目' if depth else '项'}" for depth, n in enumerate(below))
        return f"{annex}{own}{place}{items}"

    def _heading(self, draft: _Draft) -> str:
        nodes = [n for i, n in enumerate(draft.nodes) if not _covered(draft.nodes, i)]
        listed = nodes and nodes[0].label == "附件" and _FIRST_ATTACHMENT.match(draft.text)
        if nodes and nodes[0].label == "附件" and (listed or len(nodes) > 1):
            return f"附件{1 if listed else _bare(nodes[-1]).rstrip('.．、')}"
        joined = "".join(f"{_bare(node)} " if node.level == "attachment" else _bare(node) for node in nodes)
        if draft.mark:
            return joined.strip()
        place = f"第{draft.paragraph}段" if self.han else f"para {draft.paragraph}"
        gap = " " if re.search(r"[0-9]$", joined) else ""
        return f"{joined}{gap}{place}" if self.han or not joined else f"{joined.strip()} {place}"


_FIRST_ATTACHMENT = re.compile(r"附\s*件\s*[：:]\s*1[.．、]")


def _english_item(node: Mark) -> str:
    return f" {node.label}" if node.style.startswith("dotted") else f"({node.label.strip('.()（）．、')})"


def _covered(nodes: tuple[Mark, ...], i: int) -> bool:
    """Whether a dotted number below already tells this one (1.2.3 tells 1.2)."""
    return nodes[i].style.startswith("dotted") and any(n.style.startswith("dotted") for n in nodes[i + 1 :])


def _bare(node: Mark) -> str:
    return node.label.rstrip("：:") if node.rank < LIST_RANK else node.label


def _han(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if number < 10 or tens > 9:
        return digits[number] if number < 10 else str(number)
    return f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}"


def _sign(drafts: list[_Draft]) -> None:
    """Mark the signature block: a line that is only a date, and the issuers on the lines before it."""
    for i, draft in enumerate(drafts):
        if draft.mark or len(draft.text) > 40 or not _SIGNED.fullmatch(draft.text):
            continue
        draft.level = "signature"
        for above in drafts[max(0, i - 8) : i][::-1]:
            if above.mark or above.row or not _ISSUER.fullmatch(above.text):
                break
            above.level = "signature"
