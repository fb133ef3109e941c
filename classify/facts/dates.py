"""Full calendar dates and what they stand for: published, effective, deadline, expires or event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from classify.facts.numbers import han_value
from index.records import Fact

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_MONTH = (
    "(?P<{}>january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_DATE = re.compile(
    r"(?P<roc>民国\s?)(?P<ry>\d{2,3})\s?年\s?(?P<rm>\d{1,2})\s?月\s?(?P<rd>\d{1,2})\s?日|(?<!\d)(?P<zy>(?:19"
    r"|20)\d\d)\s?年\s?(?P<zm>\d{1,2})\s?月\s?(?P<zd>\d{1,2})\s?[日号]"
    r"|(?<!\d)(?P<ty>1[01]\d)\s?年\s?(?P<tm>\d{1,2})\s?月\s?(?P<td>\d{1,2})\s?日"
    r"|(?P<hy>[一二][一二三四五六七八九〇零○o0]{3})\s?年\s?(?P<hm>[一二三四五六七八九十元]{1,2})\s?月\s?(?P<hd>[一二三四五六七八九十廿卅]{1,3})\s?日|(?<![\d.\-/])(?P<iy>(?:19|20)\d\d)(?P<sep>[-/.])(?P<im>\d{1,2})(?P=sep)(?P<id>\d{1,2})(?![\d]|[-/.]\d)"
    rf"|(?<!\d)(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?(?:\sof)?\s{_MONTH.format('em')}\.?,?\s(?P<ey>(?:19|20)\d\d)(?!\d)"
    rf"|(?<![a-z]){_MONTH.format('am')}\.?\s(?P<ad>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<ay>(?:19|20)\d\d)(?!\d)"
)
_STOP = re.compile(r"[。；;\n]|\.(?=\s[a-z]|\s*$)")
_RIGHT = (
    ("expires", r"^[^。,，]{0,6}(?:废止|失效|到期|止$|停止执行)"),
    ("effective", r"^\s?(?:\d{1,2}[:时点]\d{0,2}分?)?\s?(?:零时|凌晨)?\s?(?:\([^)]{0,10}\))?\s?(?:起|开始|之日起)"),
    ("deadline", r"^\s?(?:\([^)]{0,10}\))?\s?(?:\d{1,2}[:：时点](?:\d\d)?分?)?\s?(?:之?前|以前|截止|止|为止)"),
    ("effective", r"^[^。]{0,12}(?:施行|实施|执行|生效|下线|停服|停售|停止|上调|下调|调整|正式收费|开始收费)"),
    ("published", r"^[^。]{0,40}?(?:公布|发布|印发|颁布|公告|签署|公开|下发|发文|发出)"),
)
_LEFT = (
    ("expires", r"(?:有效期(?:限)?(?:延长|截止)?(?:至|到|为)?|有效至|持续(?:到|至)|延续至|优惠至|失效日期|废止日期"
        r"|有效期限|valid (?:until|through|to)|expir(?:es?|y|ing|ation)(?: date)?(?: on)?|到期(?:日"
        r"|时间))[:：\s至]{0,3}$"),
    ("deadline", r"(?:截止(?:日期|时间|到|至|日)?|截至|deadline(?: is| of)?|due(?: date)?(?: by| on)?|no later than"
        r"|not later than|(?<![a-z])by|before|until|until the|submitted by|close[sd]? on|closing date"
        r"|comments? (?:due|close)|最迟|至迟|最晚|延长至|延期至|报名时间.{0,20}至)(?:为|是|[:：\s]){0,3}(?:midnight "
        r"|11:59 p\.?m\.? |end of day )?(?:on )?$"),
    ("effective", r"(?:(?:施行|实施|生效|执行|起始|开始|上线|调价|调整|停服|下线)(?:日期|时间|日)?(?:为|是)?"
        r"|effective(?: date)?(?: as)?(?: of| from| on)?|takes? effect(?: on| from)?|took effect on|(?:comes?|came"
        r"|enter(?:s|ed)?|go(?:es)?) into (?:force|effect)(?: on| from)?|in force (?:from|on|since)|starting(?: from"
        r"| on)?|beginning(?: on)?|as of|with effect from|(?<![a-z])from|onwards? from|自|从|将(?:于|在)"
        r"|拟于)[:：\s|]{0,3}$"),
    ("published", r"(?:(?:发布|公布|印发|成文|生成|公开|发文|颁布|公告|落款|签署|签发|更新|发稿|制定|出台)(?:日期"
        r"|时间|日|于)?(?:为|是)?|日期|时间|(?:published|released|issued|announced|posted|updated|signed|dated"
        r"|promulgated|unveiled|launched|introduced|last (?:updated|modified))(?: date)?(?: on| at)?|date"
        r"|来源.{0,16})[:：\s|]{0,3}$"),
)  # fmt: skip
_SENTENCE = (
    ("effective", r"will be (?:withdrawn|retired|discontinued|removed|deprecated|available|revised|raised|increased"
        r"|reduced|charged|applied)|will (?:take effect|end|change|increase|apply|rise|start|begin)|to take effect"
        r"|停止服务|下线|停售|施行|生效"),
    ("published", r"announced|published|released|issued|unveiled|launched|(?<!已)发布|公布|印发|公告|颁布"),
)  # fmt: skip
_EVENT = re.compile(r"通过|修订|修正|召开|举行|举办|会议|adopted|passed|held|approved|meeting|took place|批准")
_SIGNED_LEFT = re.compile(r"(?:委员会|办公室|政府|办公厅|部|局|厅|银行|委|署)\s*$")
_SIGNED_RIGHT = re.compile(r"\s*(?:$|\n|目|第一|附件|\()")
_BRACKET_RIGHT = re.compile(r"\s?(?:[)）]|[^。，,()（）\n]{2,30}(?:办公室|部|局|委员会|政府|厅|委)\s?[)）])")
_UNTIL = re.compile(r"[^\n]{0,3}(?:零时|24时|\d\d:\d\d)?\s?(?:至|到|-|~|—{1,2}|through|to|until)\s?")
_CALL = re.compile(r"申报|报名|征求|意见|反馈|提交|受理|申请|comment|submi|apply|applicat|consult|feedback")
_CALL_LEFT = re.compile(r"申请|申报|报名|征求|意见|提交|受理")
_OPENS = re.compile(r"\s?(?:\d{1,2}[:时点]\d{0,2})?\s?(?:至|到|-|~|—{1,2}|to|through|until)\s?(?:$|\d{1,2}月)")
_CLOSES = re.compile(r"\s?(?:止|为止|前|之前)")
_RUNS_UNTIL = re.compile(r"(?<![a-z])until (?:the )?$")
_AS_OF_LEFT, _AS_OF_RIGHT = re.compile(r"截至\s?$"), re.compile(r"[,，](?!逾期|过期)")
_SHIFTS = (("zy", "zm", "zd", 0), ("ry", "rm", "rd", 1911), ("ty", "tm", "td", 1911), ("iy", "im", "id", 0))


def dates(text: str, plain: str) -> Iterator[Fact]:
    """Facts of kind date for all full dates; years of the Republic of China (民國115年, or 115年 alone) converted."""
    found = [(m, day) for m in _DATE.finditer(plain) if (day := _value(m))]
    for i, (match, day) in enumerate(found):
        low = found[i - 1][0].end() if i else 0
        high = found[i + 1][0].start() if i + 1 < len(found) else len(plain)
        role = _role(plain, match, low, high)
        yield Fact("date", {"value": day.isoformat(), "role": role}, match.start(), match.end())


def _value(match: re.Match[str]) -> date | None:
    g = match.groupdict()
    for y, m, d, shift in _SHIFTS:
        if g[y]:
            return _date(int(g[y]) + shift, int(g[m]), int(g[d]))
    if g["hy"]:
        year, month = han_value(re.sub("[○o0]", "〇", g["hy"])), han_value(g["hm"].replace("元", "一"))
        day = han_value(g["hd"].replace("廿", "二十").replace("卅", "三十"))
        return _date(int(year), int(month), int(day)) if year and month and day else None
    month_name, day_text, year_text = (g["em"], g["ed"], g["ey"]) if g["em"] else (g["am"], g["ad"], g["ay"])
    return _date(int(year_text), _MONTHS[month_name[:3]], int(day_text))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _role(plain: str, match: re.Match[str], low: int, high: int) -> str:
    left = plain[max(low, match.start() - 60) : match.start()]
    right = plain[match.end() : min(high, match.end() + 70)]
    if _signed(left, right):
        return "published"
    before = _STOP.split(left)[-1]
    after = _STOP.split(right, maxsplit=1)[0]
    if low and _UNTIL.fullmatch(plain[low : match.start()][-12:]):
        return "deadline" if _CALL.search(plain[max(0, low - 60) : low] + after) else "expires"
    return _by_words(before, after)


def _signed(left: str, right: str) -> bool:
    """A date under a document, behind its issuer, in brackets under its title, or alone on a line."""
    if left.rstrip(" ").endswith("(") and _BRACKET_RIGHT.match(right):
        return True
    if _SIGNED_LEFT.search(left) and _SIGNED_RIGHT.match(right):
        return True
    line_left, line_right = left.rpartition("\n")[2], right.partition("\n")[0]
    return not line_right.strip(" \t|>)") and not line_left.strip(" \t|#>-(*")


def _by_words(before: str, after: str) -> str:
    if _OPENS.match(after):
        return "effective"
    if _CLOSES.match(after) and _CALL_LEFT.search(before[-24:]):
        return "deadline"
    if _AS_OF_LEFT.search(before) and _AS_OF_RIGHT.match(after):
        return "event"
    if _RUNS_UNTIL.search(before):
        return "deadline" if _CALL.search(before) else "expires"
    role = _left_role(before, _LEFT[:1]) or _right_role(after) or _left_role(before, _LEFT[1:])
    if role is None and (_EVENT.search(after[:30]) or _EVENT.search(before[-30:])):
        return "event"
    return role or next((name for name, words in _SENTENCE if re.search(words, before + after)), "event")


def _left_role(before: str, rules: Sequence[tuple[str, str]]) -> str | None:
    return next((role for role, words in rules if re.search(words, before)), None)


def _right_role(after: str) -> str | None:
    for role, words in _RIGHT:
        match = re.search(words, after)
        if match and not (role in ("published", "effective") and match.end() > 8 and _EVENT.search(match.group())):
            return role
    return None
