"""Units of what is counted: tokens, requests, bytes, computing power, and the things that limits are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_COUNTED = {
    "token": r"(?:(?:input|output|cached|free|prompt|completion|llm|ai)\s+){0,2}tokens?|个?\s?(?:文本|输入|输出|推理"
        r"|免费)?\s?(?:tokens?|词元)",
    "request": r"(?:(?:api|http|inference|chat|model|free|premium|fast|successful"
        r"|concurrent-free)\s+){0,2}(?:requests?|calls?|queries|invocations?)|reqs?|rps|qps|rpm|rpd|qpm|qpd|个?请求"
        r"|[次笔](?:api)?(?:请求|调用|访问|查询|写入|读取)?(?!性|日|月|年|数|级)",
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
        r"|hrs?|小时|时))|npus?|accelerators?|gpu卡",
    "AFP": r"afp",
    "credit": r"(?:个|点)?(?:credits?|积分|灵感值|算力点)|点数",
    "point": r"points?",
    "concurrent": r"(?:个|路)?并发(?:数|任务|请求|连接|会话)?|concurrent\s+(?:requests?|sessions?|connections?|users?"
        r"|tasks?|jobs?|calls?)|路",
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

# what limits are about, in Chinese pages -> the English noun
NOUNS = {
    "产品": "product", "设备": "device", "存储桶": "bucket", "bucket": "bucket", "桶": "bucket", "项目": "project",
    "project": "project", "文件": "file", "对象": "object", "规则": "rule", "集群": "cluster", "节点": "node",
    "域名": "domain", "证书": "certificate", "密钥": "key", "api key": "key", "apikey": "key", "账号": "account",
    "账户": "account", "子网": "subnet", "应用": "app", "函数": "function", "任务": "task", "作业": "job",
    "队列": "queue", "模型": "model", "知识库": "knowledge base", "文档": "document", "图片": "image",
    "数据表": "table", "仪表盘": "dashboard", "图表": "chart", "消费组": "consumer group", "机器组": "machine group",
    "服务器": "server", "数据库": "database", "连接": "connection", "会话": "session", "路由": "route",
    "快照": "snapshot", "镜像": "image", "策略": "policy", "角色": "role", "用户组": "group", "标签": "tag",
    "告警": "alert", "智能体": "agent", "agent": "agent", "号码": "number", "机器人": "robot", "接口": "interface",
    "ip": "ip", "弹性公网ip": "ip", "安全组": "security group", "vpc": "vpc", "分区": "partition", "topic": "topic",
    "主题": "topic", "字段": "field", "索引": "index", "logstore": "logstore", "命名空间": "namespace",
    "仓库": "repository", "服务": "service", "订阅": "subscription", "云盘": "disk", "磁盘": "disk",
    "监听": "listener", "网卡": "network interface", "版本": "version", "工作空间": "workspace", "空间": "workspace",
    "应用程序": "app", "shard": "shard", "流": "stream", "通道": "channel", "视频": "video", "席": "seat",
    "场景": "scene", "容器": "container", "副本": "replica", "分片": "shard", "核": "core", "vcpu": "vcpu",
}  # fmt: skip
RATES = {
    "qps": "second", "rps": "second", "tps": "second", "qpm": "minute", "rpm": "minute", "tpm": "minute",
    "cpm": "minute", "qpd": "day", "rpd": "day", "tpd": "day", "qph": "hour",
}  # fmt: skip
TOKEN_RATES = {"tpm", "tpd"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit read at some place: its canonical name, what it is per by itself (QPS), and where its name ends."""

    name: str
    end: int
    per: str | None = None


def unit_at(plain: str, at: int) -> Unit | None:
    """The unit that follows a number ending at `at`, such as ` tokens`, `QPS`, `个产品`."""
    match = _counted().match(plain, at)
    if match is None or match.end() == at:
        return None
    if match["rate"]:
        return Unit("token" if match["rate"] in TOKEN_RATES else "request", match.end(), RATES[match["rate"]])
    if noun := match["noun"]:
        end = match.end()
        while longer := _noun().match(plain, end):
            noun, end = longer.group(), longer.end()
        return Unit(NOUNS[noun], end)
    return Unit(list(_COUNTED)[group_index(match, "u")], match.end())


@cache
def _counted() -> re.Pattern[str]:
    groups = "|".join(f"(?P<u{i}>(?:{p}))" for i, p in enumerate(_COUNTED.values()))
    rates = "|".join(RATES)
    nouns = "|".join(sorted(NOUNS, key=len, reverse=True))
    classifier = r"(?:[个台条张份项款套家名组颗块枚座]\s?(?:可用|(?![可能在每的或和与及为是用])[\u4e00-\u9fff]){0,6}?)?"
    return re.compile(
        rf"[\s-]{{0,2}}(?:(?P<rate>{rates})(?![a-z])|{classifier}(?P<noun>{nouns})(?![a-z])|(?:{groups})(?![a-z]))"
    )


@cache
def _noun() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(NOUNS, key=len, reverse=True))})(?![a-z])")


def group_index(match: re.Match[str], prefix: str) -> int:
    """The number in the name of the group that matched: `u12` is 12."""
    name = match.lastgroup
    if name is None or not name.startswith(prefix):
        raise AssertionError(f"no unit group in {match.group()!r}")
    return int(name[len(prefix) :])
