"""Subsidies: money and percentages that are granted (补贴, 奖励, 算力券, grant, voucher)."""

from __future__ import annotations

import re

from classify.facts.measures import Context, Measure

_GRANT = re.compile(
    r"补贴|补助|奖励|资助|奖补|扶持|(?<![证债入])券(?!商|公司)|抵扣|贴息|补偿|津贴|奖金|支持资金|资金支持"
    r"|给予.{0,24}(?:支持|返还)|免除|subsid|(?<![a-z])grants?(?![a-z])|voucher|rebate|incentive|reward|stipend"
    r"|reimburse"
)
_STRONG = re.compile(r"补贴|补助|奖励|资助|奖补|扶持|券|抵扣|贴息|给予|subsid|grant|voucher|rebate|reward|reimburse")
# What a condition or a base of reckoning looks like, next to the number.
_BASE_MONEY = re.compile(
    r"(?:营业?(?:业务)?收入|营收|销售(?:额|收入)|产值|投资(?:额|总额|规模)?|投入|注册资本|实缴|估值|融资(?:额)?|利润"
    r"|税收|纳税|合同(?:金额|额|总额)?|交易额|费用|支出|采购额|设备|资产|消费|购买|成交额|收入)[^,，。;；、]{0,10}$"
)
_CONDITION_RIGHT = re.compile(
    r"\s?(?:\([^)]{0,10}\))?\s?(?:以上|及以上|以下|的(?:企业|单位|项目|机构|部分|主体)|(?:以上|以下|及以上).{0,4}的"
    r"|元?(?:以上|以下)?的?部分)[^,，。;；]{0,14}(?:的|企业|项目|单位|机构|主体|部分|[,，])"
)
_CONDITION_LEFT = re.compile(
    r"(?:达到?|超过|高于|大于|满|不低于|累计|年|占比?|比重|增长|增幅|提高|增速|利率|比例达到?"
    r"|完成)[^,，。;；、%元]{0,10}$"
)
_PERCENT_NOT = re.compile(
    r"(?:同比|增长|增速|增幅|占比?|比重|占.{0,10}|利率|覆盖率|达到?|提高|提升|下降|降低|上升|增加|国产化率|使用率"
    r"|利用率|完成率|比例(?:不低于|达到?|超过)|税率|满意度|股权|持股|decreased[^.]{0,24}|grew|growth|rose"
    r"|increase[sd]?|decreas\w+|from about|accounts? for|by|share)[^,，。;；、%\d]{0,12}$"
)
_TOTAL = re.compile(
    r"(?:总投资|投资|收入|营收|利润|产值|累计(?:发放|兑现|拨付|补贴|为.{0,10}节省)|已(?:发放|兑现|拨付|累计)|撬动"
    r"|带动|拉动|节省|节约|consum|received.{0,20}funding)[^,，。;；]{0,14}$"
)

_REST = re.compile(
    r"^(?:(?:/[^\d,，、]{1,3})?[、,，和及或与]\s?(?:最高)?[\d.]+[万亿]{0,2}元?%?(?:/[^\d,，、给]{1,3})?){1,8}"
)
_SHARE = re.compile(
    r"(?:按|费用?|价|金额|额|收入|成本|合同|投入|支出|投资|租金|利息|部分|比例|标准)[^,，;；。%]{0,10}(?:的|为|不超过"
    r"|最高|,)\s?$"
)
_SHARED = re.compile(r"按|给予|奖励|补贴|补助|资助|券")
_BOUNDED = re.compile(r"不超过|最高|上限|封顶|不低于")
_TOLD = re.compile(r"percentage of|decreased|grew|rose")
_FUNDED_LEFT, _FUNDED_RIGHT = re.compile(r"获得?[^,，。]{0,60}$|=\s?$"), re.compile(r"\s?(?:美元)?\s?资助")
_GRANT_VERB = re.compile(r"(?:最高|给予|补贴|补助|奖励|申领|兑现|申请|限额|抵扣|券金额)[^,，、]{0,8}$")
_GRANT_LEFT = re.compile(r"(?:最高|不超过|上限|封顶|每家|分别|按)[^,，]{0,12}$")
_GRANT_NEAR = re.compile(r"补贴|补助|奖励|券|给予")
_USED_PERS = {"million_tokens", "thousand_tokens", "kWh", "GB", "card_hour"}
_ENGLISH = re.compile(r"[a-z]{4}")
_ENGLISH_SHARE = re.compile(r"subsid|rebate|voucher|reimburse|grants? (?:of|cover)|incentive")
_OF_TOTAL = re.compile(r"\s?(?:of (?:the )?(?:total|market)|year|以上的?(?:企业|项目))")
_RATE_LEFT = re.compile(r"(?:补贴|补助|奖励|资助|抵扣|支持)(?:(?:比例|标准|率|力度)[^,，。]{0,8}|最?高?达|最高)$")


def subsidy(m: Measure, c: Context) -> dict[str, str] | None:
    """The values of a subsidy but for the role, or None: `currency` for money, nothing more for a percentage."""
    if not _GRANT.search(c.left[-90:] + "□" + after_list(c.right)[:30]) or _reported(m, c):
        return None
    if m.sort == "percent":
        return {} if _granted_percent(c) else None
    return {"currency": m.unit} if _granted_money(m, c) else None


def after_list(right: str) -> str:
    """The words after a list of like amounts: `、50万元、80万元奖励` gives `奖励`."""
    return _REST.sub("", right)


def _reported(m: Measure, c: Context) -> bool:
    """Totals of what was paid, invested or earned, and money that somebody was given."""
    share = m.sort == "percent" and _SHARE.search(c.left)
    total = _TOTAL.search(c.left[-24:]) and not _BOUNDED.search(c.left[-8:]) and not share
    funded = _FUNDED_LEFT.search(c.left) and _FUNDED_RIGHT.match(c.right)
    return bool(total or funded or _TOLD.search(c.left))


def _granted_money(m: Measure, c: Context) -> bool:
    if _ENGLISH.search(c.left[-20:] + c.right[:20]):
        return bool(_STRONG.search(c.left[-90:] + "□" + c.right[:34]))
    left = re.split(r"[,，、]", c.left)[-1]
    near = left[-34:] + "□" + re.split(r"[,，]", after_list(c.right), maxsplit=1)[0][:16]
    base = _BASE_MONEY.search(left) and not _GRANT_VERB.search(left)
    condition = _CONDITION_RIGHT.match(c.right) and not _GRANT_NEAR.search(left[-12:])
    unit_price = m.per in _USED_PERS and not re.search(r"补|奖|subsid|rebate", near)
    return bool(not (base or condition or unit_price) and (_STRONG.search(near) or _GRANT_LEFT.search(left)))


def _granted_percent(c: Context) -> bool:
    if _CONDITION_RIGHT.match(c.right) and not re.search(r"给予|补贴|补助|奖励|按", c.left[-10:]):
        return False
    if _ENGLISH.search(c.left[-12:]) and not _ENGLISH_SHARE.search(c.left[-60:] + c.right[:30]):
        return False
    if _SHARE.search(c.left[-24:]) and _SHARED.search(c.left[-40:] + c.right[:24]):
        return True
    excluded = _OF_TOTAL.match(c.right) or _PERCENT_NOT.search(c.left[-24:])
    return not excluded or bool(_RATE_LEFT.search(c.left[-20:]))
