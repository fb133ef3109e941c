"""Units of what is counted and of what a price or quota is per."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

# canonical unit -> how it is written, in plain text (lower case, half width, simplified)
_COUNTED = {
    "token": r"(?:(?:input|output|cached|free|prompt|completion|llm|ai)\s+){0,2}tokens?|个?\s?(?:文本|输入|输出|推理"
    r"|免费)?\s?(?:tokens?|词元)",
    "request": r"(?:(?:api|http|inference|chat|model|free|premium|fast|successful"
    r"|concurrent-free)\s+){0,2}(?:requests?|calls?|queries|invocations?)|reqs?|rps|qps|rpm|rpd|qpm|qpd"
    r"|个?请求|[次笔](?:api)?(?:请求|调用|访问|查询|写入|读取)?(?!性|日|月|年|数|级)",
    "GB": r"gib|gb|gigabytes?|g(?:流量|内存|空间|存储|全国流量|通用流量|定向流量)|gbytes?|吉字节",
    "TB": r"tib|tb|terabytes?|t(?:存储|空间)",
    "PB": r"pib|pb",
    "MB": r"mib|mb|megabytes?|兆字节",
    "KB": r"kib|kb|kilobytes?",
    "Mbps": r"mbps|mbit/s|兆(?:宽带|带宽|比特/秒|bps)|m(?:宽带|带宽)",
    "Gbps": r"gbps|gbit/s|千兆(?:宽带|带宽)|g带宽",
    "MW": r"mw(?!h)|megawatts?|兆瓦(?!时|·|小)",
    "GW": r"gw(?!h)|gigawatts?|吉瓦(?!时|·|小)",
    "kW": r"kw(?!h|·h)|kilowatts?(?!-?\s?hours?)|千瓦(?!时|·时|小)",
    "EFLOPS": r"eflop/?s|exaflop/?s|eflops?|每秒百亿亿次(?:浮点运算)?|百亿亿次(?:/秒|每秒)?|e级?(?:智能|通用)?算力"
    r"|e(?=\(?fp(?:16|32|64|8))",
    "PFLOPS": r"pflop/?s|petaflop/?s|pflops?|p级?(?:智能|通用)?算力|p(?=\(?fp(?:16|32|64|8))|p(?=以上|的?(?:智能|通用"
    r"|国产|普惠|免费)?算力)",
    "card_hour": r"卡(?:·|\*)?(?:小时|时)|(?:gpu|card|accelerator|[ah][12]00|npu)(?:-|\s|·|\*)?(?:hours?|hrs?|小时"
    r"|时)|卡h",
    "core_hour": r"核(?:·|\*)?(?:小时|时)|(?:v?cpu|core)(?:-|\s|·)?(?:hours?|hrs?|小时|时)",
    "kWh": r"千瓦·?(?:小)?时|kwh|kw·h|kilowatt-?\s?hours?|度电?(?![的以之内外过])",
    "MWh": r"mwh|兆瓦·?时",
    "card": r"(?:张|块|片)[a-z0-9]{0,8}\s?(?:(?:gpu|npu|加速|显|算力|智能|计算)?卡|gpu|npu)|gpus?(?!-?\s?(?:hours?"
    r"|hrs?|小时|时))"
    r"|npus?|accelerators?|gpu卡",
    "AFP": r"afp",
    "credit": r"(?:个|点)?(?:credits?|积分|灵感值|算力点)|点数",
    "point": r"points?",
    "concurrent": r"(?:个|路)?并发(?:数|任务|请求|连接|会话)?|concurrent\s+(?:requests?|sessions?|connections?|users?"
    r"|tasks?|jobs?"
    r"|calls?)|路",
    "user": r"(?:个|名|位)?(?:用户|席位|成员|子账号)|users?|seats?|members?",
    "message": r"条?(?:短信|消息)|条(?!款|例|件|规|目)|messages?|sms|prompts?",
    "instance": r"(?:台|个)?(?:云服务器|实例|云主机|虚拟机)|台|instances?|virtual machines?|vms?",
    "minute": r"分钟|minutes?|mins?",
    "cabinet": r"(?:个|架)?标准?机架|racks?",
    "byte": r"字节|bytes?",
    "character": r"个?字符|characters?|chars?|字(?=[/。，,;；)]|$)",
    "image": r"张图(?:片|像)?|张|images?",
    "page": r"页|pages?",
}  # fmt: skip
_NOUNS = {
    "产品": "product", "设备": "device", "存储桶": "bucket", "bucket": "bucket", "桶": "bucket", "项目": "project",
    "project": "project", "文件": "file", "对象": "object", "规则": "rule", "集群": "cluster", "节点": "node",
    "域名": "domain", "证书": "certificate", "密钥": "key", "api key": "key", "apikey": "key", "账号": "account", "账户": "account",
    "子网": "subnet", "应用": "app", "函数": "function", "任务": "task", "作业": "job", "队列": "queue",
    "模型": "model", "知识库": "knowledge base", "文档": "document", "图片": "image", "数据表": "table", "表": "table", "数据库": "database",
    "连接": "connection", "会话": "session", "路由": "route", "快照": "snapshot", "镜像": "image", "策略": "policy",
    "角色": "role", "用户组": "group", "标签": "tag", "告警": "alert", "智能体": "agent", "agent": "agent",
    "号码": "number", "机器人": "robot", "接口": "interface", "ip": "ip", "弹性公网ip": "ip", "安全组": "security group", "vpc": "vpc",
    "分区": "partition", "topic": "topic", "主题": "topic", "字段": "field", "索引": "index", "logstore": "logstore",
    "命名空间": "namespace", "仓库": "repository", "服务": "service", "订阅": "subscription", "云盘": "disk", "磁盘": "disk",
    "监听": "listener", "网卡": "network interface", "版本": "version", "工作空间": "workspace", "空间": "workspace",
    "应用程序": "app", "shard": "shard", "流": "stream", "通道": "channel", "视频": "video", "席": "seat", "场景": "scene",
    "容器": "container", "副本": "replica", "分片": "shard", "核": "core", "vcpu": "vcpu",
}  # fmt: skip
_PER = {
    "million_tokens": r"(?:(?:1|一)\s?)?(?:百万|100万|1,?000,?000|million|mm|m)\s?个?(?:(?:text|audio|image|input"
    r"|output"
    r"|cached|prompt|completion|total|blended|输入|输出|/)\s?){0,3}(?:tokens?|词元)|(?:1\s?)?m(?:illion)?\s?tok(?:ens)?"
    r"|mtok|1m(?![a-z])",
    "thousand_tokens": r"(?:(?:1|一)\s?)?(?:千|1,?000|thousand|k)\s?个?(?:(?:text|audio|image|input|output|cached"
    r"|prompt"
    r"|completion|total|输入|输出)\s?){0,3}(?:tokens?|词元)|1k(?![a-z])|ktok",
    "ten_thousand_tokens": r"(?:(?:1|一)\s?)?万\s?个?(?:tokens?|词元)",
    "token": r"(?:(?:input|output|cached)\s)?tokens?|词元",
    "million_requests": r"(?:(?:1|一)\s?)?(?:百万|100万|1,?000,?000|million|m)\s?(?:次(?:调用|请求)?|(?:api\s"
    r"|http\s)?(?:requests?|calls?|invocations?|operations?|queries))",
    "ten_thousand_requests": r"(?:(?:1|一)\s?)?(?:万|10,000|10k|10000)\s?(?:次(?:调用|请求)?|requests?|calls?)",
    "thousand_requests": r"(?:(?:1|一)\s?)?(?:千|1,?000|thousand|k)\s?(?:次(?:调用|请求)?|(?:(?:api|search|put|get"
    r"|list|read"
    r"|write|web|http)\s)?(?:requests?|calls?|queries|searches|operations?))",
    "request": r"次(?:调用|请求)?(?![月年日])|笔|(?:api\s|http\s)?(?:requests?|calls?|query|queries|invocation)"
    r"|单(?!位|个|价|独|笔"
    r"|家|一|户|卡|台)|req(?![a-z])",
    "kWh": r"(?:kwh|kw·h|kw\.h|千瓦·?(?:小)?时|度(?:电)?|kilowatt-?\s?hour)",
    "MWh": r"(?:mwh|兆瓦·?时|megawatt-?\s?hour)",
    "card_hour": r"(?:卡|张卡?|[a-z]{0,4}\d{0,3}\s?gpu|gpu|npu|card|accelerator|[abh]\d00)(?:·|\*|-|\s)?(?:小时"
    r"|时(?![间段])"
    r"|hours?|hrs?|h(?![a-z]))",
    "core_hour": r"(?:核|v?cpu|core)(?:·|\*|-|\s)?(?:小时|时(?![间段])|hours?|hrs?|h(?![a-z]))",
    "GB_month": r"gi?b(?:-|·|\s)months?",
    "GB": r"gi?b(?![a-z])|g(?![a-z])|gigabytes?|吉字节",
    "TB": r"ti?b(?![a-z])|terabytes?",
    "MB": r"mi?b(?![a-z])|megabytes?",
    "month": r"个?月(?![份底初末])|(?:calendar |billing )?months?(?![a-z])|mon?th|mo(?![a-z])",
    "year": r"(?:年度?(?![底初末])|years?(?![a-z])|yr(?![a-z])|annum)",
    "day": r"(?:日|天|days?(?![a-z])|24 hours)",
    "hour": r"(?:个?小时|时(?![间段候])|hours?(?![a-z])|hrs?(?![a-z])|h(?![a-z0-9]))",
    "minute": r"(?:分钟?(?![时项级类])|minutes?(?![a-z])|mins?(?![a-z]))",
    "second": r"(?:秒钟?|seconds?(?![a-z])|secs?(?![a-z])|s(?![a-z]))",
    "week": r"(?:个?(?:周|星期)|weeks?(?![a-z])|wk)",
    "quarter": r"(?:季度?|quarters?(?![a-z]))",
    "Mbps": r"(?:mbps|mbit/s|兆)",
    "kW": r"(?:kw(?!h)|千瓦(?!·?时)|kva|千伏安)",
    "character": r"(?:(?:千|万|百万|1k|1m|million)\s?)?(?:个?字符|字(?![节段])|characters?|chars?)",
    "message": r"(?:条(?:短信|消息)?|messages?|sms)",
    "image": r"(?:张图?片?(?!卡)|幅|images?)",
    "page": r"(?:页|pages?)",
    "card": r"(?:(?:张|块|片)?(?:gpu|npu|算力|加速)?卡|gpu(?![a-z])|npu(?![a-z])|accelerator)",
    "core": r"(?:核|v?cpus?(?![a-z])|cores?(?![a-z]))",
    "PFLOPS": r"(?:pflops|p(?![a-z]))",
    "tonne": r"(?:公吨|吨|metric tons?|tonnes?|tons?|mt(?![a-z]))",
    "kg": r"(?:公斤|千克|kg|kilograms?)",
    "cubic_metre": r"(?:立方米|cubic met(?:er|re)s?|m3|m³)",
    "square_metre": r"(?:平方米|㎡|square met(?:er|re)s?)",
    "share": r"(?:股|shares?)",
    "user": r"(?:(?:个|名|位)?(?:用户|席位|席|成员|账号|账户|人|户)|(?:active |named |licensed )?(?:users?|seats?"
    r"|members?|persons?"
    r"|people|developers?|accounts?|licen[cs]es?)(?![a-z]))",
    "instance": r"(?:(?:台|个|套|项|路|件|份|枚|辆|家|次|只)?(?:实例|节点|号码|端口|ip|机架|机柜|云主机|服务器|设备"
    r"|域名|集群|模型|项目|企业|单位|通道|并发)|台|个|套|路"
    r"|项|份|件|机架|机柜|nodes?|instances?|hosts?|numbers?|machines?|clusters?|devices?|domains?|projects?|agents?"
    r"|models?"
    r"|apps?|keys?|servers?|vms?|resources?|organi[sz]ations?|ip(?:v4)? address(?:es)?|racks?|workspaces?|buckets?"
    r"|tenants?|teams?)",
}  # fmt: skip
_TIMES = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_RATES = {
    "qps": "second", "rps": "second", "tps": "second", "qpm": "minute", "rpm": "minute", "tpm": "minute", "cpm": "minute",
    "qpd": "day", "rpd": "day", "tpd": "day", "qph": "hour",
}  # fmt: skip
_TOKEN_RATES = {"tpm", "tpd"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit read at some place: its canonical name, what it is per by itself (QPS), and where its name ends."""

    name: str
    end: int
    per: str | None = None


@cache
def _counted() -> re.Pattern[str]:
    groups = "|".join(f"(?P<u{i}>(?:{p}))" for i, p in enumerate(_COUNTED.values()))
    rates = "|".join(_RATES)
    nouns = "|".join(sorted(_NOUNS, key=len, reverse=True))
    classifier = r"(?:[个台条张份项款套家名组颗块枚座]\s?(?:(?![可能在每的或和与及为是用])[\u4e00-\u9fff]){0,6}?)?"
    return re.compile(rf"[\s-]{{0,2}}(?:(?P<rate>{rates})(?![a-z])|{classifier}(?P<noun>{nouns})(?![a-z])"
    rf"|(?:{groups})(?![a-z]))")


@cache
def _noun() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(_NOUNS, key=len, reverse=True))})(?![a-z])")


@cache
def _per() -> re.Pattern[str]:
    groups = "|".join(f"(?P<p{i}>{p})" for i, p in enumerate(_PER.values()))
    return re.compile(rf"(?:{groups})")


_JOIN = re.compile(r"\s?(?:/|·|\*|每|per\s|an?\s|each\s|every\s)\s?(?:an?\s|个)?", re.ASCII)
_LEAD = re.compile(
    r"\)?\s?(?:/|每(?!人次)|per[\s-]|an?\s|each\s|every\s|for\s(?:each|every|one|1)\s|for\s(?=(?:1\s?)?(?:million|m\s"
    r"|1m"
    r"|1k|thousand|1,000)))\s?(?:an?\s|each\s)?"
)


_OTHER = re.compile(r"(?:[\d,]+\s)?(?:[a-z]+\s)?([a-z]{3,20})(?![a-z])")


def unit_at(plain: str, at: int) -> Unit | None:
    """The unit that follows a number ending at `at`, such as ` tokens`, `QPS`, `个产品`."""
    match = _counted().match(plain, at)
    if match is None or match.end() == at:
        return None
    if match["rate"]:
        return Unit("token" if match["rate"] in _TOKEN_RATES else "request", match.end(), _RATES[match["rate"]])
    if noun := match["noun"]:
        end = match.end()
        while longer := _noun().match(plain, end):
            noun, end = longer.group(), longer.end()
        return Unit(_NOUNS[noun], end)
    return Unit(list(_COUNTED)[_index(match, "u")], match.end())


def per_at(plain: str, at: int) -> Unit | None:
    """What a price or rate ending at `at` is per: `/月`, ` per user per month`, `/百万 tokens`, `a month`."""
    lead = _LEAD.match(plain, at)
    if lead is None:
        return None
    if unit := _chain(plain, lead.end()):
        return unit
    other = _OTHER.match(plain, lead.end()) if lead.group().strip() in ("per", "each") else None
    return Unit(other[1], other.end()) if other else None


def per_before(plain: str) -> str | None:
    """What a number is per by the words before it (每月, 每百万 tokens, per GB, 月费); the nearest wins."""
    best: str | None = None
    end = 0
    for match in _BEFORE.finditer(plain):
        if match.start() < end:
            continue
        if match["word"]:
            best = next(unit for unit, words in _WORDS.items() if match["word"] in words)
        elif unit := _chain(plain, match.end()):
            best, end = unit.name, unit.end
    return best


def limited_noun(label: str) -> str | None:
    """The unit that a label such as `实例个数上限`, `字符数`, `Maximum number of buckets` counts in bare numbers."""
    if match := _COUNT_LABEL.search(label):
        return _NOUNS.get(match[1]) or {"字符": "character", "用户": "user", "实例": "instance", "成员": "user", "次": "request"}.get(match[1])
    match = _NUMBER_OF.search(label) or _MAX_OF.search(label)
    return match[1] if match else None


def joint_per(named: str | None, before: str | None) -> str | None:
    """`包月 280 元/台` is per month, `每小时 3 元/卡` per card_hour: the words before complete a noun after."""
    if named in ("card", "core") and before == "hour":
        return f"{named}_hour"
    return before if named in ("instance", "user", "card", "core", "kW", "Mbps") and before in _TIMES else named


def rate_label(label: str) -> tuple[str, str] | None:
    """(unit, per) of a label such as RPM, TPM, QPS, 并发数, in front of or above bare numbers."""
    for match in _LABEL.finditer(label):
        if rate := match["rate"]:
            return ("token" if rate in _TOKEN_RATES else "request"), _RATES[rate]
        if match["concurrent"]:
            return "concurrent", "none"
        return ("token" if match["token"] else "request"), per_before(label) or "none"
    return None


_LABEL = re.compile(
    r"(?<![a-z])(?P<rate>qps|rps|qpm|rpm|tpm|qpd|rpd|tpd|tps|cpm|qph)(?![a-z])|(?P<concurrent>并发(?:数|量)?"
    r"|concurrency"
    r"|concurrent requests)"
    r"|(?P<token>token数(?:量)?|number of tokens|tokens per)|请求(?:次数|数)|调用(?:次数|频率|频次)|访问频率|请求频率"
    r"|number of (?:times"
    r"|requests|calls)|requests per"
)
_COUNT_LABEL = re.compile(
    rf"({'|'.join(sorted((*_NOUNS, '字符', '用户', '实例', '成员'), key=len, reverse=True))})\s?(?:的)?(?:总"
    rf"|最大)?(?:个数|数量|数目|条数"
    rf"|总数|数|上限|配额)"
)
_NUMBER_OF = re.compile(r"number of (?:[a-z]+ ){0,2}?([a-z]{3,20})s(?![a-z])")
_MAX_OF = re.compile(r"(?:^|\|\s?|[-*]\s)max(?:imum"
    r"|\.)?\s(?:[a-z]+ ){0,2}?([a-z]{3,20})s(?: per [a-z ]{2,30})?\s?(?:[:|]|is|$)")
_WORDS = {
    "month": ("包月", "月费", "月价", "月租", "月付", "月卡", "月套餐", "单月", "首月", "次月", "按月", "monthly", "月度", "月额度", "月基本费", "月使用费"),
    "year": ("包年", "年费", "年价", "年付", "年租", "年卡", "按年", "annual", "yearly", "annually", "年度", "全年"),
    "day": ("单日", "日均", "daily", "当日", "日租", "日限额"),
    "hour": ("hourly", "按小时"),
}
_BEFORE = re.compile(
    r"包年包月|(?:每(?:一|1)?(?!家|套|台|人|次)|(?<![a-z])per[\s-](?:each\s)?|元/|\$/|¥/|usd/|cny/|rmb/|/(?=kwh|gb|月"
    r"|百万|千|1m"
    r"|mtok))\s?|(?P<word>"
    + "|".join(w for words in _WORDS.values() for w in words)
    + ")"
)


def _chain(plain: str, at: int) -> Unit | None:
    names: list[str] = []
    end = at
    while len(names) < 3 and (match := _per().match(plain, at)):
        names.append(list(_PER)[_index(match, "p")])
        end = match.end()
        join = _JOIN.match(plain, end)
        if join is None:
            break
        at = join.end()
    return Unit(_combined(names), end) if names else None


def _combined(names: list[str]) -> str:
    """One `per` of a chain: GB and month is GB, card and hour is card_hour, seat and month is month (docs/facts.md)."""
    for unit in ("million_tokens", "thousand_tokens", "kWh", "MWh", "GB", "TB", "card_hour", "core_hour"):
        if unit in names:
            return unit
    if "GB_month" in names:
        return "GB"
    for noun in ("card", "core"):
        if noun in names and "hour" in names:
            return f"{noun}_hour"
    return next((n for n in names if n in _TIMES), names[0])


def _index(match: re.Match[str], prefix: str) -> int:
    name = match.lastgroup
    if name is None or not name.startswith(prefix):
        raise AssertionError(f"no unit group in {match.group()!r}")
    return int(name[len(prefix) :])
