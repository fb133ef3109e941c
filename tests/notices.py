"""One notice as a site shows it, with everything around the text that moves without the text changing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.crawled import Reply

TITLE = "公共算力平台配额管理办法"
LONG = (
    "第五条 平台运营单位应当按照下列要求提供服务：保持登记、分配、调度、计量、结算各环节记录完整，"
    "记录保存期限不少于三年；"
    "对登记单位提出的调度申请，应当在收到之日起三个工作日内作出答复，不能答复的应当说明理由并告知延长的期限，"
    "延长期限不超过两个工作日；"
    "对同一登记单位在同一区域内提出的多项申请，可以合并办理，合并办理的时限自收到最后一项申请之日起计算；"
    "平台应当公布每一区域可供调度的算力规模、已分配规模、剩余规模和预计恢复时间，公布内容每日更新；"
    "因设备检修、电力供应、自然灾害等原因需要暂停服务的，应当提前五日公告，紧急情况下应当立即公告并同时报告主管部门；"
    "暂停服务期间不计入登记单位的使用时长，已经预付的费用按照实际暂停的时间退还或者顺延；"
    "登记单位对计量结果有异议的，可以自收到账单之日起三十日内提出复核，平台应当在十五日内完成复核并书面告知结果；"
    "复核期间不得停止向登记单位提供已经登记的配额，也不得以复核为由提高其后续使用的价格；"
    "平台不得要求登记单位购买与配额无关的服务，不得以任何名义收取押金、保证金，不得限制登记单位向其他平台提出申请；"
    "平台应当对登记单位提交的材料保密，未经书面同意不得向第三方提供，依法应当提供的，提供后五日内告知登记单位；"
    "平台应当设置专门的联系渠道，受理登记单位的咨询、投诉和建议，一般事项即时答复，"
    "复杂事项在七个工作日内答复，并按季度公布受理情况；"
    "平台变更服务条款的，应当在生效前三十日公布变更前后的对照文本，登记单位不同意变更的，"
    "可以在生效前终止服务并取回剩余费用；"
    "平台年度服务可用率不低于99.5%，低于该标准的，按照每低0.1个百分点减收当月费用1%的方式补偿登记单位。"
)
CLAUSES = (
    "第一条 为规范算力资源配额管理，保障公共算力平台稳定运行，制定本办法。",
    "第二条 公共算力平台向注册单位提供每月免费配额1000万tokens，超出部分按照平台公布的价格计费。",
    "第三条 各地算力主管部门应当于每季度末公布配额使用情况，接受社会监督。",
    "第四条 注册单位连续三个月未使用配额的，平台可以收回其配额并重新分配。",
    LONG,
    "第六条 注册单位的数据应当存放在其所在地的算力中心，跨地区调度须经双方主管部门同意。",
    "第七条 平台运营单位应当建立配额申诉机制，自收到申诉之日起十个工作日内答复。",
    "第八条 各地可以根据实际情况制定实施细则，报主管部门备案后施行。",
    "第九条 违反本办法规定的，由主管部门责令改正，拒不改正的暂停其配额使用资格。",
    "第十条 本办法由主管部门负责解释，自2026年6月1日起施行，有效期五年。",
)
TABLE = (("地区", "每月配额（万卡时）"), ("东部", "1200"), ("中部", "900"), ("西部", "3400"))
FILE = "./P020260418500000000001.pdf"


@dataclass(frozen=True)
class Notice:
    """What the page holds. `text` and `table` are the document; the rest is what stands around it."""

    title: str = TITLE
    text: tuple[str, ...] = CLAUSES
    table: tuple[tuple[str, ...], ...] = TABLE
    file: str = FILE
    number: str = "算管发〔2026〕12号"
    published: str = "2026-04-18 10:00"
    generated: str = "2026-04-18 10:00:12"
    views: int = 1024
    editor: str = "王某"
    related: tuple[str, ...] = ("关于开展算力券申领工作的通知", "算力券申领常见问题解答")
    token: str = "5f1c"
    image: str = "./W020260418.png"
    nav: tuple[str, ...] = ("首页", "机构", "新闻", "政务公开", "政务服务", "互动交流")
    share: str = "微信 微博"
    hidden: str = "公共算力平台配额管理办法摘要"
    foot: str = "网站标识码bm00000000　京ICP备00000000号"
    bust: str = ""
    box: str = '<div class="TRS_Editor">'
    paragraph: str = "<p>{}</p>"
    charset: str = "utf-8"
    banner: str = ""

    def but(self, **changes: object) -> Notice:
        """The same notice with some things changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # checked by dataclasses at run time

    def said(self, old: str, new: str) -> Notice:
        """The same notice with other words in its text."""
        assert any(old in clause for clause in self.text)
        return self.but(text=tuple(clause.replace(old, new) for clause in self.text))

    @property
    def body(self) -> str:
        """The inside of the body element's box."""
        rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in self.table)
        file = f'<p>附件：<a href="{self.file}">配额表</a></p>' if self.file else ""
        number = f'<p align="center">{self.number}</p>' if self.number else ""
        text = "".join(self.paragraph.format(clause) for clause in self.text)
        return f'{number}{text}<table>{rows}</table><p><img src="{self.image}"></p>{file}'

    @property
    def head(self) -> str:
        """Title, tags, and the marks of the machine that made the page."""
        return (
            f'<html><head><meta charset="{self.charset}"><title>{self.title}-某某部门</title>'
            f'<meta name="ArticleTitle" content="{self.title}"><meta name="PubDate" content="{self.published}">'
            f'<meta name="others" content="页面生成时间 {self.generated}"><meta name="Maketime" '
            f'content="{self.generated}">'
            f'<link rel="stylesheet" href="/css/main.css{self.bust}"></head><body>'
            f'<script>window._CONFIG = {{ CSRF: "{self.token}" }};</script>{self.banner}'
        )

    @property
    def tail(self) -> str:
        """What stands below the text."""
        related = "".join(
            f'<li><a href="./t{n}.html{self.bust}">{name}</a></li>' for n, name in enumerate(self.related)
        )
        return (
            f'<div class="bbnr" style="display:none">{self.hidden}</div><div class="editor">'
            f"责任编辑：{self.editor}</div>"
            f'<div class="share">分享到：{self.share}</div><div class="related"><h3>相关阅读</h3><ul>{related}</ul>'
            f"</div>"
            f'<div class="footer"><p>主办单位：某某部门　{self.foot}</p></div></body></html>'
        )

    def html(self, before: str = "", after: str = "") -> str:
        """The page; `before` and `after` stand around the box of the text."""
        links = "".join(f'<li><a href="/c{n}/{self.bust}">{name}</a></li>' for n, name in enumerate(self.nav))
        close = f"</{self.box[1:].partition(' ')[0].rstrip('>')}>"
        return (
            f'{self.head}<div class="header"><ul class="nav">{links}</ul></div><div class="article"><h1>'
            f"{self.title}</h1>"
            f'<div class="info">发布时间：{self.published[:10]}　来源：某某部门　浏览次数：<span class="hits">'
            f"{self.views}</span></div>"
            f"{before}{self.box}{self.body}{close}{after}</div>{self.tail}"
        )

    def page(self, encoding: str = "utf-8") -> bytes:
        """The bytes of the page."""
        return self.html().encode(encoding)


NOTICE = Notice()
Answer = bytes | int | Reply
QUIET = ("",)
_A = NOTICE.page()


@dataclass(frozen=True)
class Situation:
    """`first`: the page as first read. `visits`: what each later look meets, `told`: what our crawler tells then.

    Told is written as event, or event and problem; several that are all right are joined by |, nothing is empty.
    `shows`: words that the account of the change must hold. `longest`: characters that before and after of the changed
    clauses may have together. `bare`: what is told without selectors, where that differs. `unmet`: why ours fails it.
    """

    name: str
    visits: tuple[Answer | tuple[Answer, ...], ...]
    told: tuple[str, ...] = QUIET
    first: Answer = _A
    shows: tuple[str, ...] = ()
    longest: int | None = None
    bare: tuple[str, ...] | None = None
    fields: dict[str, str] = field(default_factory=dict)
    unmet: str = ""


def doubled(second: str) -> bytes:
    """The text for large screens, and another copy for small ones."""
    return NOTICE.html(after=f'<div class="mobile pchide"><div class="TRS_Editor">{second}</div></div>').encode()
