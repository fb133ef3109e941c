"""Where a document stands on its way: draft, adopted, in force, repealed. By its title, its dates and the day."""

from __future__ import annotations

import re
from datetime import date

from config.declaration import Lifecycle
from index.records import ChangeKind, Reading

_HEAD = 400
"""Characters of the text, beside the title, in which a document says what it is."""
_DRAFT = re.compile(
    r"征求意见稿|公开征求.{0,12}意见|草案|送审稿|意见反馈截止|徵求意見|consultation|\bdraft\b|call for comments", re.I
)
_REPEALED = re.compile(r"(?:予以|决定)废止|宣布失效|停止执行|廢止|\brepeal(?:ed|s)?\b|no longer in force", re.I)
_INSTRUMENT = re.compile(
    r"通知|办法|意见|规定|条例|细则|方案|规划|公告|决定|令$|目录|标准|通告|批复|notice|measures|regulation|rules|order\b|act\b",
    re.I,
)
_AT_ONCE = re.compile(
    r"自(?:发布|印发|公布|颁布|即)日?之?日?起(?:施行|执行|实施|生效)|即日起|effective immediately", re.I
)
_SOLD = ("carrier", "cloud")


def lifecycle(reading: Reading, kind: ChangeKind, tier: str, today: date) -> Lifecycle:
    """The state of a document on a day (in China).

    Repealed: withdrawn, expired, or a title that says so. Draft: title or head ask for comments. Adopted: takes effect
    later, or is a rule that names no day. In force: its day has come, or it says at once; so do offers of carriers and
    cloud vendors that name no later day. Anything else, such as news, is unknown.
    """
    head = f"{reading.title}\n{reading.text[:_HEAD]}"
    if kind == "withdrawn" or _REPEALED.search(reading.title) or (reading.expires and reading.expires < today):
        return "repealed"
    if reading.comments_close or _DRAFT.search(head):
        return "draft"
    if reading.effective:
        return "in_force" if reading.effective <= today else "adopted"
    if _AT_ONCE.search(reading.text) or tier in _SOLD:
        return "in_force"
    return "adopted" if _INSTRUMENT.search(reading.title) else "unknown"
