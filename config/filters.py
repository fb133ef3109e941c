"""The filters of the query language: their names in both languages, and what values each takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches

from config.region import REGIONS


class QueryProblem(ValueError):
    """A query that cannot be read: what is wrong, what to write instead, and where (characters from 0; None: nowhere).

    It is told to whoever asked (exit code 2, HTTP 400) and is no fault of the program.
    """

    def __init__(self, message: str, fix: str, position: int | None = None) -> None:
        super().__init__(message, fix, position)
        self.message, self.fix, self.position = message, fix, position

    def __str__(self) -> str:
        """The problem in one line."""
        place = "" if self.position is None else f" (at character {self.position + 1})"
        return f"{self.message}{place}: {self.fix}"


@dataclass(frozen=True, slots=True)
class FilterKind:
    """One filter: other names, an example, what it says, and for a closed set its values with their other spellings."""

    aliases: tuple[str, ...]
    example: str
    about: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


FILTERS: Mapping[str, FilterKind] = {
    "trigger": FilterKind(("触发", "触发器"), "trigger:pricing", "a change of it fired this trigger"),
    "tier": FilterKind(
        ("层级",),
        "tier:carrier",
        "tier of the source",
        {
            "central": ("中央", "国家"),
            "provincial": ("省级", "省"),
            "municipal": ("市级", "市"),
            "carrier": ("运营商",),
            "cloud": ("云", "云厂商"),
        },
    ),
    "region": FilterKind(
        ("地区",),
        "region:CN-31",
        "region of the source, with all that lies in it",
        REGIONS,
    ),
    "source": FilterKind(("来源",), "source:ndrc_tz", "id of the source"),
    "authority": FilterKind(("机构", "发文机关"), "authority:ndrc", "authority of the source"),
    "doc": FilterKind(("文号",), "doc:国发〔2026〕", "文号 or index number, whole or its beginning"),
    "kind": FilterKind(
        ("类型",),
        "kind:amended",
        "it has a change of this kind",
        {
            "new": ("新增", "新发"),
            "amended": ("修改", "修订"),
            "moved": ("迁移",),
            "withdrawn": ("撤下", "撤回"),
            "restored": ("恢复",),
        },
    ),
    "lang": FilterKind(
        ("语言",),
        "lang:zh",
        "language of the text; zh covers traditional characters too",
        {"zh": ("中文",), "zh-Hant": ("繁体", "繁體"), "en": ("英文", "英语")},
    ),
    "state": FilterKind(
        ("状态",), "state:live", "whether it is still at its address", {"live": ("在线",), "withdrawn": ("撤下",)}
    ),
    "since": FilterKind(("自", "from"), "since:2026-05-01", "published on that day or later"),
    "before": FilterKind(("until", "至"), "before:2026-06-01", "published before that day; until: and 至: include it"),
    "as-of": FilterKind(
        ("as_of", "asof", "截至"), "as-of:2026-05-09", "the archive as it stood at the end of that day"
    ),
    "in": FilterKind(
        ("范围",),
        "in:changes",
        "only what changes inserted or replaced",
        {"documents": ("文件", "document"), "changes": ("改动", "修改", "change")},
    ),
}
DATED = frozenset({"since", "before", "as-of"})
_INCLUSIVE = frozenset({"until", "至"})
_BY_NAME = {spelled: name for name, kind in FILTERS.items() for spelled in (name, *kind.aliases)}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def name_of(typed: str) -> str | None:
    """The filter's own name for any of its names, upper or lower case; None where there is none."""
    return _BY_NAME.get(typed.lower())


def called(typed: str) -> str:
    """As `name_of`. Raises QueryProblem where there is none."""
    name = name_of(typed)
    if name is None:
        raise QueryProblem(f"there is no filter {typed!r}", suggestion(typed, FILTERS))
    return name


def nearest_name(typed: str) -> str | None:
    """The name of a filter that is most like what was typed: of Chinese names one with a character in common."""
    cutoff = 0.6 if typed.isascii() else 0.5
    known = [name for name in _BY_NAME if name.isascii() == typed.isascii() and len(name) > 1]
    return next(iter(get_close_matches(typed.lower(), known, n=1, cutoff=cutoff)), None)


def suggestion(typed: str, known: Iterable[str], many: int = 12) -> str:
    """What to write instead: the nearest known word, else the known ones."""
    names = sorted(known)
    if close := get_close_matches(typed.lower(), names, n=1, cutoff=0.6):
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(names[:many])}" + (" …" if len(names) > many else "")


def read_value(name: str, typed: str, position: int | None = None) -> str:
    """A value as the archive spells it. Raises QueryProblem where a filter with a closed set does not take it."""
    closed = FILTERS[name].values
    if not closed:
        return typed
    spelled = {other.lower(): value for value, names in closed.items() for other in (value, *names)}
    found = spelled.get(unicodedata.normalize("NFKC", typed).lower())
    if found is None:
        raise QueryProblem(f"{name}: takes no {typed!r}", suggestion(typed, closed), position)
    return found


def read_date(typed: str, value: str, position: int | None = None) -> date:
    """The day of 2026-05-01, 2026/5/1, 20260501, 2026年5月1日; of a month or year its first day.

    For `until` and 至, the day after the last one meant. Raises QueryProblem.
    """
    text = unicodedata.normalize("NFKC", value)
    found = _PLAIN_DATE.fullmatch(text) or _DATE.fullmatch(text)
    year, month, day = found.groups() if found else (None, None, None)
    try:
        first = date(int(year or 0), int(month or 1), int(day or 1))
        return _after(first, month, day) if typed.lower() in _INCLUSIVE else first
    except (ValueError, OverflowError):
        fix = "write year, month and day, for example 2026-05-01"
        raise QueryProblem(f"{typed}: {value!r} is no date", fix, position) from None


def _after(first: date, month: str | None, day: str | None) -> date:
    """The first day after a day, month or year."""
    if day:
        return first + timedelta(days=1)
    if month:
        return date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date(first.year + 1, 1, 1)
