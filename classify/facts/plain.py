"""A text with the differences that carry no meaning folded away, character for character, so offsets stay exact."""

from __future__ import annotations

_TRADITIONAL = (
    "萬億兩個單價費額調為優補貼獎請號發佈區條時鐘務國達過於幣臺歐鎊圓間試後從開帳賬儲規則應項證週總線詞點"
    "標準額預計劃選擇減讓漲層級檔戶課稅罰資營業僅獲贈語萬費實內網頻寬傳輸據檔贊購買訂閱繳納還進萬訊廢執"
    "效業協會報審閉辦關於續約滿張臺顆併並處無際種類電氣機結產廠車歲齡職勞薪募債權損灣"
)
_SIMPLIFIED = (
    "万亿两个单价费额调为优补贴奖请号发布区条时钟务国达过于币台欧镑圆间试后从开账账储规则应项证周总线词点"
    "标准额预计划选择减让涨层级档户课税罚资营业仅获赠语万费实内网频宽传输据档赞购买订阅缴纳还进万讯废执"
    "效业协会报审闭办关于续约满张台颗并并处无际种类电气机结产厂车岁龄职劳薪募债权损湾"
)
_PUNCTUATION = {
    "　": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": " ", "¥": "¥", "￥": "¥", "–": "-", "−": "-",
    "‑": "-", "‐": "-", "〜": "~", "～": "~", "∼": "~", "∕": "/", "⁄": "/", "•": "·", "∙": "·", "⋅": "·", "・": "·",
    "×": "x", "‧": "点", "﹪": "%", "┃": "|", "│": "|", "’": "'", "→": "→",
}  # fmt: skip
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_KEEP = "，"  # a full-width comma never groups digits
_TABLE = str.maketrans(
    {k: v for k, v in _FULL_WIDTH.items() if k not in _KEEP}
    | dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
    | _PUNCTUATION
    | {c: c.lower() for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    | {chr(c): chr(c - 0xFEE0).lower() for c in range(0xFF21, 0xFF3B)}
)


def plain(text: str) -> str:
    """`text` in half width, lower case (ASCII letters only) and simplified key characters; same length as `text`."""
    return text.translate(_TABLE)
