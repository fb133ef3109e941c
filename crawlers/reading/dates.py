"""Calendar dates as Chinese publishers print them, and what a text says about when it begins and ends.

Every date is a calendar date in China; instants (epoch numbers, ISO stamps with an offset) are turned into the day they
fall on in Asia/Shanghai, which has no summer time. Forms seen: see `printed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from re import Match

CHINA = timezone(timedelta(hours=8))
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_HAN = "〇○零ＯO0oО一二三四五六七八九十廿卅百两"
_HAN_DIGITS = {
    **dict.fromkeys("〇○零ＯOoО", 0), "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9,
}  # fmt: skip
_HAN_TENS = {"十": 10, "廿": 20, "卅": 30, "百": 100}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "|".join(f"{m}[a-z]*\\.?" for m in _MONTHS)
_HAN_YEAR = r"[二一][〇○零ＯOoО0一二三四五六七八九]{3}"
DATE = re.compile(
    r"(?<!\d)(?:"
    r"(?P<y>(?:19|20)\d{2})\s*(?:[-/.．—–－]|年)\s*(?P<m>\d{1,2})\s*(?:[-/.．—–－]|月)\s*(?P<d>\d{1,2})(?!\d)\s*日?"
    rf"|(?P<hy>{_HAN_YEAR})\s*年\s*(?P<hm>[{_HAN}]{{1,3}})\s*月\s*(?P<hd>[{_HAN}]{{1,3}})\s*日"
    r"|(?P<cy>(?:19|20)\d{2})(?P<cm>[01]\d)(?P<cd>[0-3]\d)(?:[0-2]\d[0-5]\d(?:[0-5]\d(?:\d{3})?)?)?(?!\d)"
    rf"|(?P<em>{_MONTH})\s+(?P<ed>\d{{1,2}}),?\s+(?P<ey>(?:19|20)\d{{2}})(?!\d)"
    rf"|(?P<fd>\d{{1,2}})\s+(?P<fm>{_MONTH})\s+(?P<fy>(?:19|20)\d{{2}})(?!\d)"
    r")",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})")
_EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})日?\s+((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})(?!\d)")
_MONTH_DAY = re.compile(r"(?<![\d年])(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_URL_DATE = re.compile(
    r"(?:/|t|_)((?:19|20)\d{2})[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?=\d{6}|[_/.-]|$)"
    r"|/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/"
)


def han_number(text: str) -> int | None:
    """A number below 1000 in Chinese numerals: 五十六 -> 56, 一百五十一 -> 151, 二〇 -> 20. None where it is none."""
    if text.isdecimal():
        return int(text)
    if not text or any(c not in _HAN_DIGITS and c not in _HAN_TENS for c in text):
        return None
    if not any(c in _HAN_TENS for c in text):
        return int("".join(str(_HAN_DIGITS[c]) for c in text))
    total = digit = 0
    for c in text:
        if c in _HAN_DIGITS:
            digit = _HAN_DIGITS[c]
        else:
            unit = _HAN_TENS[c]
            total += unit if unit in {20, 30} else (digit or 1) * unit
            digit = 0
    return total + digit


def day(year: int, month: int, number: int) -> date | None:
    """The date, or None where the calendar has no such day or the year is not of this and the last century."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _of(match: Match[str]) -> date | None:
    found = match.groupdict()
    if found["hy"]:
        year = int("".join(str(_HAN_DIGITS.get(c, c)) for c in found["hy"]))
        month, number = han_number(found["hm"]), han_number(found["hd"])
        return day(year, month, number) if month and number else None
    for y, m, d in (("y", "m", "d"), ("cy", "cm", "cd")):
        if found[y]:
            return day(int(found[y]), int(found[m]), int(found[d]))
    y, m, d = ("ey", "em", "ed") if found["ey"] else ("fy", "fm", "fd")
    return day(int(found[y]), _MONTHS.index(found[m][:3].lower()) + 1, int(found[d]))


def dates_in(text: str) -> Iterator[tuple[int, int, date]]:
    """Start, end and value of each full date in a text, in order."""
    for match in DATE.finditer(text):
        value = _of(match)
        if value:
            yield match.start(), match.end(), value


def printed(text: str) -> date | None:
    """The first date of a short text: a cell, a list row, a meta tag, a JSON value.

    Reads 2026-09-28, 2026/09/28, 2026.09.28, [2026-09-28], 2026年9月28日, 二〇二六年九月二十八日, 20260928235959,
    `28 2026-09` (day and month in two nodes), September 28, 2026, ISO stamps with an offset, epoch seconds or
    milliseconds.
    """
    text = text.strip()
    if _EPOCH.match(text) and not text.startswith(("19", "20")):
        return instant(int(text))
    stamp = _OFFSET.search(text)
    if stamp:
        return datetime.fromisoformat(stamp[0]).astimezone(CHINA).date()
    first = next(dates_in(text), None)
    if first:
        return first[2]
    split = _DAY_FIRST.search(text)
    return day(int(split[2]), int(split[3]), int(split[1])) if split else None


def instant(number: float) -> date | None:
    """The day in China of an epoch number, in seconds or in milliseconds."""
    seconds = number / 1000 if number > 1e11 else number
    if not 0 < seconds < 4.2e9:
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).date()


def in_url(url: str) -> date | None:
    """The day an address carries: t20260928_1.html, /20260928/x/c.html, /2026-09/28/c_1.htm, /art/2026/9/28/."""
    match = _URL_DATE.search(url)
    if not match:
        return None
    year, month, number = (g for g in match.groups() if g)
    return day(int(year), int(month), int(number))


def without_year(text: str, near: date | None) -> date | None:
    """The first 4月15日 of a text in the year of `near`, or in the next one where it lies more than 90 days before."""
    match = _MONTH_DAY.search(text)
    if not match or not near:
        return None
    found = day(near.year, int(match[1]), int(match[2]))
    if found and (near - found).days > 90:
        return day(near.year + 1, int(match[1]), int(match[2]))
    return found
