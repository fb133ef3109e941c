"""What a text says about its own time: when it was signed, takes effect, lapses, and until when comments are taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crawlers.reading.dates import DATE, dates_in, day, han_number, printed, without_year

_D = rf"(?:{re.sub(r'[(][?]P<[a-z]+>', '(?:', DATE.pattern)})"
_I = re.IGNORECASE
_IN_FORCE = re.compile(rf"(?:自|从|于)\s*({_D})\s*(?:起)?\s*(?:正式)?(?:施行|实施|执行|生效|试行)", _I)
_OWN_FORCE = re.compile(
    rf"(?:本[\u4e00-\u9fff（）]{{1,12}}|现予[\u4e00-\u9fff]{{2}}，)[^。]{{0,40}}?(?:自|从)\s*({_D})\s*(?:起)?\s*(?:正式)?(?:施行|实施|执行|生效|试行)",
    _I,
)
_FROM_NOW = re.compile(r"本[\u4e00-\u9fff（）]{1,12}自(?:公布|发布|印发|颁布)之日起(?:施行|实施|执行|生效|试行)")
_UNTIL = re.compile(rf"(?:有效期|实施期限|执行期限|施行期限|有效期限)[^。]{{0,30}}?(?:至|到)\s*({_D})", _I)
_YEARS = re.compile(r"有效期(?:限)?(?:为|是|：|:)?\s*(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*年")
_EN_FORCE = re.compile(
    rf"(?:take|takes|took|taking|comes?|enters?)\s+(?:into\s+)?(?:effect|force)\s+(?:on|from)\s+({_D})", _I
)
_DEADLINE = (
    re.compile(
        rf"(?:意见反馈|反馈意见|征求意见|意见征集|征集|公开征求意见|反馈|公示)(?:的)?(?:截止)?(?:时间|日期|期限|期)?[^。]{{0,30}}?(?:截止|截至|至|为)[^。]{{0,16}}?({_D})",
        _I,
    ),
    re.compile(
        rf"(?:于|在|请于|截至)\s*({_D})\s*(?:\d{{1,2}}[:：]\d{{2}}|\d{{1,2}}时|[上下]午)?\s*(?:前|之前|以前|24时)[^。]{{0,60}}?(?:意见|反馈|建议)",
        _I,
    ),
    re.compile(rf"(?:意见|建议)[^。]{{0,40}}?(?:于|至|截止)[^。]{{0,12}}?({_D})", _I),
    re.compile(rf"comments?[^.]{{0,80}}?(?:by|before|until|no later than)\s+({_D})", _I),
)
_SHORT_DEADLINE = re.compile(
    r"(?:于|至|截止)[^。\d]{0,10}(\d{1,2}\s*月\s*\d{1,2}\s*日)\s*(?:前|之前|以前)?[^。]{0,40}(?:意见|反馈|建议)"
)
_ASKS = re.compile(
    r"征求意见|意见反馈|反馈意见|公开征求|征集意见|征求.{0,30}意见|意见的?建议|提出[^。]{0,10}意见|comments?", _I
)
_SIGNED = re.compile(rf"^[^。；]{{0,40}}?({_D})\s*$", _I)
_FORCE = ("施行", "实施", "执行", "生效", "试行")
_TAIL_LINES, _SIGNATURE_CHARS = 25, 60


@dataclass(frozen=True, slots=True)
class Terms:
    """Dates of a document that its metadata or its text states."""

    written: date | None = None
    effective: date | None = None
    expires: date | None = None
    comments_close: date | None = None


def terms_of(lines: Sequence[str], labels: Mapping[str, str], published: date | None) -> Terms:
    """Read them, metadata first. A lapse given in years counts from the day of effect; its last day is one day short.

    `自发布之日起施行` is the day of publication. A deadline without year lies within nine months after publication.
    """
    text = "\n".join(lines)
    written = printed(labels.get("written", "")) or printed(labels.get("promulgated", "")) or _signed(lines)
    effective = printed(labels.get("effective", "")) or (
        _effective(text, published or written) if any(word in text for word in _FORCE) else _first_english(text)
    )
    expires = printed(labels.get("expires", "")) or _first(_UNTIL, text) or _after_years(text, effective or published)
    return Terms(written, effective, expires, _deadline(lines, text, published or written))


def _first(pattern: re.Pattern[str], text: str) -> date | None:
    match = pattern.search(text)
    return printed(match[1]) if match else None


def _effective(text: str, announced: date | None) -> date | None:
    own = _first(_OWN_FORCE, text)
    if own:
        return own
    if _FROM_NOW.search(text):
        return announced
    stated = [printed(m[1]) for m in _IN_FORCE.finditer(text)]
    return stated[-1] if stated else _first_english(text)


def _first_english(text: str) -> date | None:
    plain = text.lower()  # quicker than the pattern on a text that has neither word
    return _first(_EN_FORCE, text) if "effect" in plain or "force" in plain else None


def _after_years(text: str, start: date | None) -> date | None:
    match = _YEARS.search(text)
    years = han_number(match[1]) if match else None
    if not start or not years:
        return None
    end = day(start.year + years, start.month, start.day) or day(start.year + years, 3, 1)
    return end - timedelta(days=1) if end else None


def _deadline(lines: Sequence[str], text: str, announced: date | None) -> date | None:
    if not ("意见" in text or "公开征求" in text or "comment" in text.lower()):
        return None
    for line in lines:
        if not _ASKS.search(line):
            continue
        for pattern in _DEADLINE:
            match = pattern.search(line)
            if match:
                until = re.match(rf"\s*(?:至|到|—|－|-|~)\s*({_D})", line[match.end(1) :], _I)
                return printed(until[1]) if until else printed(match[1])
        short = _SHORT_DEADLINE.search(line)
        if short:
            return without_year(short[1], announced)
    return None


def _signed(lines: Sequence[str]) -> date | None:
    """The date under the signature: a short line near the end, or near the head of an order, that ends in a date."""
    for line in [*reversed(lines[-_TAIL_LINES:])]:
        last = line.rstrip()[-1:]
        if not (last == "日" or last.isdigit()):
            continue
        if len(line) <= _SIGNATURE_CHARS and "印发" not in line and _SIGNED.match(line):
            found = [d for _, _, d in dates_in(line)]
            if found:
                return found[-1]
    return None
