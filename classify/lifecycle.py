"""Where a rule stands between draft and repeal, told from what the document prints and from the day."""

from __future__ import annotations

import re
from datetime import date

from config.declaration import ChangeKind, Lifecycle, Tier
from index.records import Reading

_HEAD = 400
"""Characters of the text, beside the title, in which a document says that it asks for comments."""
_REPEALED = re.compile(r"废止|廢止|宣布失效|停止执行|repeal|rescind|revoked|no longer in force", re.IGNORECASE)
_DRAFT = re.compile(
    r"征求意见稿|公开征求|征集意见|意见征集|草案|送审稿|讨论稿|徵求意見"
    r"|\bdraft\b|consultation|call for comments|proposed rule",
    re.IGNORECASE,
)
_AMENDING = re.compile(r"关于修改|修改.{0,30}的决定|修正案|amending|amendment", re.IGNORECASE)
_AT_ONCE = re.compile(
    r"自(?:发布|印发|公布|颁布|签发|下发|本公告发布|通知印发)之日起\d{0,3}(?:施行|实施|执行|生效)"
    r"|即日起(?:施行|实施|执行|生效|正式)|takes? effect immediately|effective immediately",
    re.IGNORECASE,
)
_ISSUED = re.compile(
    r"印发|发布|公布|通知|通告|公告|决定|命令|令$|令第|条例|办法|规定|细则|意见|方案|规划|批复|复函|措施|标准|目录"
    r"|notice|announcement|regulation|measures|rules|order\b|circular|\bact\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"会议|会见|讲话|调研|解读|答记者问|问答|一图|图解|吹风会|meeting|speech|interview|explained", re.IGNORECASE
)
_SOLD = ("carrier", "cloud")


def lifecycle(reading: Reading, kind: ChangeKind, tier: Tier, today: date) -> Lifecycle:
    """The state of the document on `today` (Asia/Shanghai).

    In this order: withdrawn, repealed or expired; draft by its title, its head or an open comment period; by its
    effective date; an offer of a carrier or cloud vendor without a later date is in force; so is a rule that says so;
    amending by its title; adopted where the title is that of an issued document. News, speeches and explanations of
    rules are `unknown`: they state no rule themselves.
    """
    title = reading.title
    if kind == "withdrawn" or _REPEALED.search(title) or (reading.expires and reading.expires < today):
        return "repealed"
    if _asks(reading):
        return "draft"
    if reading.effective:
        return "in_force" if reading.effective <= today else "adopted"
    if tier in _SOLD:
        return "in_force"
    return "unknown" if _TALK.search(title) else _undated(reading)


def _asks(reading: Reading) -> bool:
    """Whether the document asks for comments; an effective date says that it no longer does."""
    if _DRAFT.search(reading.title):
        return True
    return not reading.effective and bool(reading.comments_close or _DRAFT.search(reading.text[:_HEAD]))


def _undated(reading: Reading) -> Lifecycle:
    if _AT_ONCE.search(reading.text):
        return "in_force"
    if _AMENDING.search(reading.title):
        return "amended"
    return "adopted" if reading.doc_number or _ISSUED.search(reading.title) else "unknown"
