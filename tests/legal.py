"""Legal texts made up for tests: articles with bodies that differ, numbered in order."""

from __future__ import annotations

from collections.abc import Sequence

import cn2an
from hypothesis import strategies as st

_WORDS = [
    "算力服务提供者",
    "应当",
    "公布",
    "免费配额",
    "套餐价格",
    "国家数据局",
    "会同",
    "有关部门",
    "制定",
    "管理办法",
    "居民",
    "积分",
    "不得",
    "转让",
    "每月",
    "结算",
    "申请人",
    "提交",
    "证明材料",
    "县级以上",
    "人民政府",
    "负责",
    "监督检查",
    "数据出境",
    "安全评估",
    "词元",
    "用量",
    "信息公开",
    "年度计划",
]

bodies = st.lists(
    st.lists(st.sampled_from(_WORDS), min_size=6, max_size=24).map(lambda words: "".join(words) + "。"),
    min_size=3,
    max_size=14,
    unique=True,
)


def article(number: int, body: str) -> str:
    """One article with its number in Chinese numerals."""
    return f"第{cn2an.an2cn(str(number))}条　{body}"


def law(texts: Sequence[str], first: int = 1) -> str:
    """Articles numbered from `first`, one a line."""
    return "\n".join(article(first + i, body) for i, body in enumerate(texts))
