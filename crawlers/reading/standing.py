"""Whether a page says, beside the text, that its document is no longer in force: a field of its table, or a note.

Only what ended is told: that a document is valid is the rule, and a page that adds it says nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from crawlers.reading.lines import MARK, Line
from index.metadata import declared_end

_VALUE = re.compile(r"(?:已经|已|被)*(?:全文)?(废止|失效|修改|部分失效)")
_NO = frozenset({"否", "无效"})
_ABOVE, _BELOW, _LONGEST = 12, 6, 120


def standing(stated: Iterable[str | None], above: Sequence[Line], below: Sequence[Line]) -> str | None:
    """The line that tells of the end: the field as 文件状态：…, else the note as printed; None where nothing ended.

    `stated`: values of a field for the status; `above`, `below`: the lines before and after the body, nearest those of
    the document. A note stands alone on a line and in no link, and speaks of this document (本文件…).
    """
    for value in stated:
        found = _VALUE.fullmatch(value.strip()) if value else None
        if value and (found or value.strip() in _NO):
            word = found[1] if found else "失效"
            return f"文件状态：{'已修改' if word == '修改' else word}"
    near = [*reversed(above[-_ABOVE:]), *below[:_BELOW]]
    notes = (line.text for line in near if not line.linked and len(line.text) <= _LONGEST and line.text != MARK)
    return next((text for text in notes if declared_end(text)), None)
