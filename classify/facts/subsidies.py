"""Subsidies: money and percentages that are granted (补贴, 奖励, 算力券, grant, voucher)."""

from __future__ import annotations

import re

from classify.facts.measures import Context, Measure

_GRANT = re.compile(
    r"补贴|补助|奖励|资助|奖补|扶持|(?:算力|模型|语料|数据|创新|服务|消费|代金|词元|token|电费|优惠|抵扣|现金|云)券"
    r"|抵扣|贴息|补偿|津贴|奖金|支持资金|资金支持|给予.{0,24}(?:支持"
    r"|返还)|免除|"
    r"subsid|(?<![a-z])grants?(?![a-z])|voucher|rebate|incentive|reward|stipend|reimburse"
)
_STRONG = re.compile(r"补贴|补助|奖励|资助|奖补|扶持|券|抵扣|贴息|给予|subsid|grant|voucher|rebate|reward|reimburse")
# What a condition or a base of reckoning looks like, next to the number.
_BASE_MONEY = re.compile(
    r"(?:营业?(?:业务)?收入|营收|销售(?:额|收入)|产值|投资(?:额|总额|规模)?|投入|注册资本|实缴|估值|融资(?:额)?|利润"
    r"|税收|纳税|合同(?:金额|额|总额)?|交易额|费用|支出|采购额|设备"
    r"|资产|消费|购买|成交额|收入)"
    r"[^,，。;；、]{0,10}$"
)
_CONDITION_RIGHT = re.compile(r"\s?(?:\([^)]{0,10}\))?\s?(?:以上|及以上|以下|的(?:企业|单位|项目|机构|部分|主体)"
    r"|(?:以上|以下|及以上).{0,4}的"
    r"|元?(?:以上|以下)?的?部分)[^,，。;；]{0,14}(?:的|企业|项目|单位|机构|主体|部分|[,，])")
_CONDITION_LEFT = re.compile(r"(?:达到?|超过|高于|大于|满|不低于|累计|年|占比?|比重|增长|增幅|提高|增速|利率"
    r"|比例达到?|完成)[^,，。;；、%元]{0,10}$")
_PERCENT_NOT = re.compile(
    r"(?:同比|增长|增速|增幅|占比?|比重|占.{0,10}|利率|覆盖率|达到?|提高|提升|下降|降低|上升|增加|国产化率|使用率"
    r"|利用率|完成率|比例(?:不低于|达到?|超过)|税率|满意度|股权|持股|"
    r"decreased[^.]{0,24}|grew|growth|rose|increase[sd]?|decreas\w+|from about|accounts? for|by"
    r"|share)[^,，。;；、%\d]{0,12}$"
)
_TOTAL = re.compile(r"(?:总投资|投资|收入|营收|利润|产值|累计(?:发放|兑现|拨付|补贴|为.{0,10}节省)|已(?:发放|兑现"
    r"|拨付|累计)|撬动|带动|拉动|节省|节约|consum"
    r"|received.{0,20}funding)[^,，。;；]{0,14}$")


_REST = re.compile(r"^(?:(?:/[^\d,，、]{1,3})?[、,，和及或与]\s?(?:最高)?[\d.]+[万亿]{0,2}元?%?(?:/[^\d,，、给]{1,3})?){1,8}")
_SHARE = re.compile(r"(?:按|费用?|价|金额|额|收入|成本|合同|投入|支出|投资|租金|利息|部分|比例"
    r"|标准)[^,，;；。%]{0,10}(?:的|为|不超过|最高|,)\s?$")


def subsidy(m: Measure, c: Context) -> dict[str, str] | None:
    """The values of a subsidy but for the role, or None: `amount` and `currency`, or `percent`."""
    right = after_list(c.right)
    near = c.left[-90:] + "□" + right[:30]
    if not _GRANT.search(near) or (m.sort == "percent" and not _granted_percent(m, c)):
        return None
    if (_TOTAL.search(c.left[-24:]) and not re.search(
        r"不超过|最高|上限|封顶"
        r"|不低于", c.left[-8:]) and not (m.sort == "percent" and _SHARE.search(c.left))) or re.search(
        r"percentage of|decreased|grew|rose", c.left):
        return None
    if re.search(r"获得?[^,，。]{0,30}$|=\s?$", c.left) and re.match(r"\s?(?:美元)?\s?资助", c.right):
        return None
    if m.sort == "money":
        return {"currency": m.unit} if _granted_money(m, c) else None
    return {}


def after_list(right: str) -> str:
    """The words after a list of like amounts: `、50万元、80万元奖励` gives `奖励`."""
    return _REST.sub("", right)


def _granted_money(m: Measure, c: Context) -> bool:
    clause_left = re.split(r"[,，、]", c.left)[-1]
    clause_right = re.split(r"[,，]", after_list(c.right), maxsplit=1)[0]
    near = clause_left[-34:] + "□" + clause_right[:16]
    if re.search("[a-z]{4}", c.left[-20:] + c.right[:20]):
        return bool(_STRONG.search(c.left[-90:] + "□" + c.right[:34]))
    granted = _STRONG.search(near) or re.search(r"(?:最高|不超过|上限|封顶|每家|分别|按)[^,，]{0,12}$", clause_left)
    if _BASE_MONEY.search(clause_left) and not re.search(
        r"(?:最高|给予|补贴|补助|奖励|申领|兑现|申请|限额|抵扣)[^,，、]{0,8}$|券金额[^,，、]{0,8}$", clause_left):
        return False
    if _CONDITION_RIGHT.match(c.right) and not re.search(r"补贴|补助|奖励|券|给予", clause_left[-12:]):
        return False
    if m.per in ("million_tokens", "thousand_tokens", "kWh", "GB", "card_hour") and not re.search(r"补|奖|subsid"
        r"|rebate", near):
        return False
    return bool(granted)


def _granted_percent(m: Measure, c: Context) -> bool:
    if _CONDITION_RIGHT.match(c.right) and not re.search(r"给予|补贴|补助|奖励|按", c.left[-10:]):
        return False
    if re.search("[a-z]{4}", c.left[-12:]) and not re.search(
        r"subsid|rebate|voucher|reimburse|grants? (?:of|cover)|incentive", c.left[-60:] + c.right[:30]):
        return False
    if re.match(r"\s?(?:of (?:the )?(?:total|market)|year|以上的?(?:企业|项目))", c.right):
        return False
    if _SHARE.search(c.left[-24:]) and re.search(r"按|给予|奖励|补贴|补助|资助|券", c.left[-40:] + c.right[:24]):
        return True
    return not _PERCENT_NOT.search(c.left[-24:]) or bool(re.search(
    r"(?:补贴|补助|奖励|资助|抵扣|支持)(?:(?:比例|标准|率|力度)[^,，。]{0,8}|最?高?达|最高)$", c.left[-20:]))
