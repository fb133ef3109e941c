"""Labels in front of or above bare numbers that say what is counted: RPM, 并发数, 实例个数上限, number of buckets."""

from __future__ import annotations

import re

from classify.facts.per import per_before
from classify.facts.units import NOUNS, RATES, TOKEN_RATES

_LABEL = re.compile(
    r"(?<![a-z])(?P<rate>qps|rps|qpm|rpm|tpm|qpd|rpd|tpd|tps|cpm|qph)(?![a-z])|(?P<concurrent>并发(?:请求|任务|连接"
    r"|会话)?(?:数|量)?|concurrency|concurrent requests)|(?P<token>(?:token|词元)(?:消耗|处理)?(?:数(?:量)?|量|限额"
    r"|上限)?|number of tokens|tokens per)"
    r"|请求(?:次数|数)|调用(?:次数|频率|频次)|访问频率|请求频率|number of (?:times|requests|calls)|requests per"
)
_MORE_NOUNS = {"字符": "character", "用户": "user", "实例": "instance", "成员": "user"}
_COUNT_LABEL = re.compile(
    rf"({'|'.join(sorted((*NOUNS, *_MORE_NOUNS), key=len, reverse=True))})\s?(?:的)?(?:总|最大)?(?:个数|数量|数目"
    rf"|条数|总数|数|上限|配额)"
)
_NUMBER_OF = re.compile(r"number of (?:[a-z]+ ){0,2}?([a-z]{3,20})s(?![a-z])")
_MAX_OF = re.compile(
    r"(?:^|\|\s?|[-*]\s)max(?:imum|\.)?\s(?:[a-z]+ ){0,2}?([a-z]{3,20})s(?: per [a-z ]{2,30})?\s?(?:[:|]|is|$)"
)


def rate_label(label: str) -> tuple[str, str] | None:
    """(unit, per) of a label such as RPM, TPM, QPS, 并发数, in front of or above bare numbers; the nearest wins."""
    matches = list(_LABEL.finditer(label))
    if not matches:
        return None
    match = matches[-1]
    if rate := match["rate"]:
        return ("token" if rate in TOKEN_RATES else "request"), RATES[rate]
    if match["concurrent"]:
        return "concurrent", "none"
    return ("token" if match["token"] else "request"), per_before(label) or "none"


def limited_noun(label: str) -> str | None:
    """The unit that a label such as `实例个数上限`, `字符数`, `Maximum number of buckets` counts in bare numbers."""
    if match := _COUNT_LABEL.search(label):
        return NOUNS.get(match[1]) or _MORE_NOUNS[match[1]]
    match = _NUMBER_OF.search(label) or _MAX_OF.search(label)
    return match[1] if match else None
