"""The role of a number: current, before, after, min or max, by the words around it (docs/facts.md)."""

from __future__ import annotations

import re

_FILL = r"(?:[^\d。;；\n、,，]|(?<=[a-z])\d){0,14}$"
_MAX_LEFT = re.compile(
    r"(?:最高|最多|最大|上限|不超过|不得超过|不能超过|不超出|不高于|不得高于|不大于|不多于|至多|限额|限购|封顶|最长"
    r"|限制为|限制在|限制:|限为|限制\s?\||不可超过|控制在|小于等于|≤|<=|up to|maximum|maximum"
    r"|(?<![a-z0-9.-])max\.?(?!\s?(?:plan|tier|is|costs?|subscri|users?|套餐|版|用户|档|会员|and|、|,|及))|at most"
    r"|no more than|not more than|not exceed|(?:must|may|can|should)(?: ?not|not) be (?:more|larger|greater) than"
    r"|capped? (?:at|of)|limit(?:ed|s)? (?:is|of|to|are)|limit:|less than|under|below|as many as|upper limit)"
    + _FILL
    + r"|(?:maximum|(?<![a-z0-9.-])max\.?(?!\s?(?:plan|tier|is|costs?|subscri|users?|套餐|版|用户|档|会员|and|、|,"
    r"|及))|upper limit)[a-z '()/-]{0,72}(?:(?<![a-z])is|:|(?<![a-z])of|\|)\s?[`*]{0,2}$|限制?\s?$|(?:not"
    r"|cannot) exceed [a-z ]{0,40}$"
)
_MIN_LEFT = re.compile(
    r"(?:不低于|不得低于|不少于|不得少于|不小于|至少|最低|最少|起步价|起售价|起价|低至|超过|突破|高于|大于|逾|≥|>="
    r"|起步|at least|minimum|(?<![a-z/])(?<!/\s)min\.?(?=\s\w|:)|starting (?:at|from)|starts? (?:at|from)"
    r"|no less than|not less than|more than|(?<![a-z])over|exceed(?:s|ing)?|as low as|as little as|priced from"
    r"|(?<![a-z])from)" + _FILL
)
_MAX_RIGHT = re.compile(
    r"\s?(?:以内|以下|及以下|封顶|为上限|为限|(?:\s[a-z]+){0,2}\s?max(?:imum)?\b|or less|or fewer|上限|的上限"
    r"|(?:\s[a-z]+)?\s?limit\b|的限额|之内)"
)
_MIN_RIGHT = re.compile(
    r"\s?(?:\([^)]{0,12}\)\s?)?(?:起(?!施行|实施|执行|步)|以上|及以上|or more|and above|and up|\+|or higher|minimum"
    r"|min\b|/月起|/年起|左右起)"
)
_AFTER_LEFT = re.compile(
    r"(?:(?:降|调|涨|升|增|减|提|改|变|调高|调低|调升|调降|下调|上调|调整|提高|提升|增加|降低|减少|扩容|扩大|增长"
    r"|恢复|下降|压缩|缩减|升级|翻倍)(?:至|到|为|成)|现价|现为|现在|现仅|现降|(?:上调|下调|提高|降低|上涨|下降|涨价"
    r"|降价)[^,，。;]{0,9}(?:至|到)|(?:reduc|rais|increas|lower|cut|drop|chang|adjust|ris|fall|hik|slash|doubl|expand"
    r"|updat)[a-z]* (?:\w+ ){0,4}?(?:to|from\b.{0,20}\bto)|(?<![a-z])cut to|fell to|rose to|now|goes to|down to|→|->"
    r"|=>)(?:约|每[^\d\s]{1,3}|\s|\*|:|：|[a-z$¥]|only ){0,12}$"
)
_BEFORE_LEFT = re.compile(
    r"(?:原价|原为|原本的?|原先|原来|原有?的?|此前|之前|由|从|由原来的?|划线价|previously|formerly|originally"
    r"|original price|(?<![a-z])was|were|(?<![a-z])before|down from|up from|instead of|from|old price|~~)(?:为|是|的"
    r"|约|:|：|\s|\*|每[^\d\s]{1,3}|of|[$¥]){0,8}$"
)
_CHANGE = re.compile(
    r"现(?:价|为|仅|降|只)|调整|调高|调低|调升|调降|加价|减价|提高|上调|下调|降低|降至|降到|降为|下降|提升|增至|增加"
    r"|涨|升至|升到|扩容|缩减|减至|减少|压缩|改为|变为|下调|reduc|rais|increas|lower|cut|drop|chang|adjust|doubl"
    r"|tripl|halv|hike|rose|fell|slash|boost|went|go(?:es|ing)? (?:up|down)|jump|expand|updat|mov(?:e|ed|ing) from|→"
    r"|->|=>"
)
_CHANGE_VERB = re.compile(
    r"reduc|rais|increas|lower|(?<![a-z])cut|drop|chang|doubl|halv|hike|rose|fell|slash|went (?:up|down)|jump"
)
_FROM_LEFT = re.compile(r"(?<![a-z])from (?:about |around )?$")
_TO_LEFT = re.compile(r"(?<!up )(?<!due )(?<!limited )(?<!according )(?<![a-z])to (?:just |only |about |around |a )?$")
_CHANGE_GAP = re.compile(
    r"调|提|降|涨|升|增|减|扩|缩|改|变|→|->|=>|(?<![a-z])to(?![a-z])|(?<![a-z])now|至|到|为|现|优惠价|折后"
)


_FROM_GAP = re.compile(r"(?:up|down|instead of|compared with)(?: from)?\s?(?:[a-z]{2}\s?)?[$¥€£]?$")
_ARROW = re.compile(r"→|->|=>")
_OLD = re.compile(r"原|此前|was|~~|formerly|previously|down from|up from|instead")
_UP_TO = re.compile(r"(?:最高|最多|最大|上限)[^,，。;\d]{0,8}(?:至|到)\s?$")
_FROM_RIGHT = re.compile(r"\s?起(?!施行|实施|执行|步)")
_OPENED = re.compile(r"(?:由|从|自|from|原价|原来?|was|原为|此前的?|between|~~)[^\d。;；\n]{0,14}$")
_RANGED = re.compile(r"rang|between|不等")
_RANGE_GAP = re.compile(r"\s?\*{0,2}\s?(?:/月)?\s?(?:-|~|—{1,2}|至|到|to)\s?\*{0,2}\s?(?:us|hk)?[$¥€£]?\s?")


def role_of(left: str, right: str) -> str:
    """The role that the words directly before and after a number give it; `current` where they give none."""
    near, right = left[-100:], right[:20]
    if _is_before(left, right):
        return "before"
    if _UP_TO.search(near):
        return "max"
    if _FROM_RIGHT.match(right):
        return "min"
    if _AFTER_LEFT.search(near) or (_TO_LEFT.search(near) and _CHANGE_VERB.search(near)):
        return "after"
    return _bound(near, right)


def _is_before(left: str, right: str) -> bool:
    if _FROM_LEFT.search(left[-12:]) and _CHANGE_VERB.search(left[-90:]):
        return True
    return bool(_BEFORE_LEFT.search(left[-100:]) and (_CHANGE.search(right) or _OLD.search(left[-14:])))


def _bound(left: str, right: str) -> str:
    if _MAX_LEFT.search(left):
        return "max"
    if _MIN_RIGHT.match(right):
        return "min"
    if _MAX_RIGHT.match(right):
        return "max"
    return "min" if _MIN_LEFT.search(left) else "current"


def pair_roles(left: str, gap: str, right: str) -> tuple[str, str] | None:
    """Roles of two like numbers with `gap` between: (before, after) of a change, (min, max) of a range, or None.

    A range has only a range mark in the gap (`至`, `-`, `to`); a change has a verb of change around, or an arrow.
    """
    tail = left[-40:]
    if _ARROW.search(gap):
        return "before", "after"
    if len(gap) <= 24 and _FROM_GAP.search(gap):
        return "after", "before"
    changing = len(gap) <= 40 and _CHANGE_GAP.search(gap) and _CHANGE.search(tail + gap + right[:16])
    if changing and _OPENED.search(tail) and not _RANGED.search(tail + right[:12]):
        return "before", "after"
    if _RANGE_GAP.fullmatch(gap) or (tail.endswith("between ") and re.fullmatch(r"\s?and\s?[$¥€£]?", gap)):
        return "min", "max"
    return None
