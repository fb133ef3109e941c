"""The query language of search: plain words, "phrases", -exclusions and filters such as `trigger:pricing`.

What analysts type, saved searches hold and links carry. `parse` reads it, `str` writes it back: parse(str(q)) == q.
Chinese names of filters, full-width colons and Chinese quotes are read as well. See docs/search.md for the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from config.filters import DATED, FILTERS, QueryProblem, called, name_of, nearest_name, read_date, read_value

LONGEST = 1000
"""Characters of a query that are accepted; whole texts are for `Searcher.similar`."""

_DOUBLE, _CLOSING = '"“”„＂', {"「": "」", "『": "』"}
_MARKS = _DOUBLE + "「」『』"
_COMMAS = ",，、"
_MINUS = "-－−"
_RUN = re.compile(r'[^\s"]+')
_TOKEN = re.compile(
    rf"(?P<minus>[{_MINUS}](?=[^\s]))?(?:(?P<name>[A-Za-z][A-Za-z_-]*|[\u4e00-\u9fff]{{1,4}})[:：](?=[^\s/]|/(?!/))"
    rf'(?P<values>(?:"[^"]*"|[{_COMMAS}]|[^\s"{_COMMAS}]+)+)|(?P<empty>[A-Za-z][A-Za-z_-]*|[\u4e00-\u9fff]{{1,4}})[:：](?=\s|$)'
    r'|"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))'
)
_PIECE = re.compile(rf'"([^"]*)"|([^\s"{_COMMAS}]+)')
_SIMPLE = re.compile(r"(?!/)[\w〔〕\[\]()（）./%*-]+")


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter as asked: the document has any of these values of `name`; `negated`: none of them."""

    name: str
    values: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        """The condition as typed."""
        return f"{'-' if self.negated else ''}{self.name}:{','.join(map(_quoted, self.values))}"


@dataclass(frozen=True, slots=True)
class Query:
    """A question put to the archive. All parts must hold; of one filter's values, any.

    `words` rank by meaning and by words; `phrases` must stand in the text or title, `excluded` (words or phrases) must
    not. `since` and `before` bound the day of publication, in changes the day seen (from `since` on, earlier than
    `before`). `as_of`: the archive as it stood at the end of that day in China. `within` changes: only what was
    inserted or replaced.
    """

    words: str = ""
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Condition, ...] = ()
    since: date | None = None
    before: date | None = None
    as_of: date | None = None
    within: Literal["documents", "changes"] = "documents"

    def __str__(self) -> str:
        """The query as typed, in one fixed order."""
        dates = [f"{name}:{day.isoformat()}" for name, day in self._dates() if day]
        inside = ["in:changes"] if self.within == "changes" else []
        quoted = [f'"{phrase}"' for phrase in self.phrases]
        without = [f'-"{text}"' for text in self.excluded]
        parts = [self.words, *quoted, *without, *map(str, self.filters), *dates, *inside]
        return " ".join(part for part in parts if part)

    def _dates(self) -> Iterator[tuple[str, date | None]]:
        yield from (("since", self.since), ("before", self.before), ("as-of", self.as_of))

    @property
    def text(self) -> str:
        """What is ranked by: words and phrases."""
        return " ".join(part for part in (self.words, *self.phrases) if part)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked at all."""
        return self == Query()

    def narrowed(self, name: str, *values: str) -> Query:
        """The query with one more filter, as when a facet is clicked; asked already, it stays. Raises QueryProblem."""
        more = parse(str(Condition(called(name), values)))
        kept = tuple(one for one in more.filters if one not in self.filters)
        dates = {key: getattr(more, key) for key in ("since", "before", "as_of") if getattr(more, key)}
        return replace(self, filters=self.filters + kept, **dates)

    def widened(self, name: str) -> Query:
        """The query without any filter of that name. Raises QueryProblem where there is no such filter."""
        known = called(name)
        return replace(
            self,
            filters=tuple(one for one in self.filters if one.name != known),
            since=None if known == "since" else self.since,
            before=None if known == "before" else self.before,
            as_of=None if known == "as-of" else self.as_of,
            within="documents" if known == "in" else self.within,
        )


def parse(text: str) -> Query:
    """Read a query. Quotes that are never closed are read as spaces, and so is all that cannot be printed.

    Raises QueryProblem, and nothing else: an unknown filter (with the nearest known one), a value that the filter does
    not take, a day given twice, a text of more than LONGEST characters.
    """
    if len(text) > LONGEST:
        fix = "ask in fewer words, or look for documents like one in the archive with --like DOCUMENT"
        raise QueryProblem(f"the query has {len(text)} characters, {LONGEST} are read", fix, LONGEST)
    reading = _Reading()
    paired, at = _paired(text), 0
    while found := _TOKEN.search(paired, at):
        at = reading.take(found)
    return reading.query()


class _Reading:
    """What the tokens so far have brought."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._phrases: dict[str, None] = {}
        self._excluded: dict[str, None] = {}
        self._filters: dict[Condition, None] = {}
        self._dates: dict[str, date] = {}
        self._within: Literal["documents", "changes"] = "documents"

    def query(self) -> Query:
        return Query(
            " ".join(self._words),
            tuple(self._phrases),
            tuple(self._excluded),
            tuple(self._filters),
            within=self._within,
            **self._dates,
        )

    def take(self, found: re.Match[str]) -> int:
        """Take up one token; where the next may begin."""
        if found["name"] and self._is_filter(found["name"], found.start("name")):
            self._take_filter(found)
        elif found["empty"] and name_of(found["empty"]):
            fix = f"write for example {FILTERS[called(found['empty'])].example}"
            raise QueryProblem(f"the filter {found['empty']!r} has no value", fix, found.start("empty"))
        elif found["phrase"] is not None:
            self._take_text(found["phrase"], self._excluded if found["minus"] else self._phrases)
        else:
            return self._take_word(found)
        return found.end()

    def _take_word(self, found: re.Match[str]) -> int:
        """A run without space or quote, whatever the token took it for."""
        run = _RUN.match(found.string, found.start())
        word = run.group() if run else ""
        if found["minus"]:
            self._take_text(word.lstrip(_MINUS), self._excluded)
        elif word.strip(_MINUS):
            self._words.append(word)
        return found.start() + len(word)

    @staticmethod
    def _is_filter(name: str, position: int) -> bool:
        """A name in Latin letters must be known; any Chinese word may stand before a colon but a near miss."""
        if name_of(name):
            return True
        near = nearest_name(name)
        if not name.isascii() and not near:
            return False
        raise QueryProblem(
            f"there is no filter {name!r}",
            f"did you mean {near}:? Put words with a colon in quotes"
            if near
            else f"known are {', '.join(FILTERS)}; put words with a colon in quotes",
            position,
        )

    @staticmethod
    def _take_text(text: str, into: dict[str, None]) -> None:
        if any(char.isalnum() for char in text):
            into[" ".join(text.replace('"', " ").split())] = None

    def _take_filter(self, found: re.Match[str]) -> None:
        name, at = called(found["name"]), found.start("name")
        pieces = [(quoted or bare).strip() for quoted, bare in _PIECE.findall(found["values"])]
        values = [piece for piece in pieces if piece]
        if not values:
            raise QueryProblem(f"the filter {name!r} has no value", f"write for example {FILTERS[name].example}", at)
        if name in DATED or name == "in":
            self._take_single(found["name"], name, values, at, negated=bool(found["minus"]))
            return
        read = dict.fromkeys(read_value(name, value, at) for value in values)
        self._filters[Condition(name, tuple(read), bool(found["minus"]))] = None

    def _take_single(self, typed: str, name: str, values: list[str], at: int, *, negated: bool) -> None:
        if negated or len(values) > 1:
            raise QueryProblem(f"{typed!r} takes one value and no minus", f"write {FILTERS[name].example}", at)
        if name == "in":
            within = read_value(name, values[0], at)
            self._within = "changes" if within == "changes" else "documents"
            return
        key = name.replace("-", "_")
        if key in self._dates:
            raise QueryProblem(f"{typed!r} is given twice", "keep one of them", at)
        self._dates[key] = read_date(typed, values[0], at)


def _paired(text: str) -> str:
    """The text with every pair of quotes as `"`, none inside; other quotes and unprintable characters as spaces."""
    out = [char if char.isprintable() else " " for char in text]
    at = 0
    while at < len(out):
        if out[at] not in _MARKS:
            at += 1
            continue
        end = _end(out, at)
        if end is None:
            out[at] = " "
            at += 1
            continue
        inner = (" " if char in _MARKS else char for char in out[at + 1 : end])
        out[at : end + 1] = ['"', *inner, '"']
        at = end + 1
    return "".join(out)


def _end(out: list[str], at: int) -> int | None:
    """Where the quote opened at a place ends."""
    closing = _DOUBLE if out[at] in _DOUBLE else _CLOSING.get(out[at], "")
    return next((i for i in range(at + 1, len(out)) if out[i] in closing), None) if closing else None


def _quoted(value: str) -> str:
    return value if _SIMPLE.fullmatch(value) else f'"{value}"'
