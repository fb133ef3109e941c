"""Which replica each declared source has. `python -m tests.replica_sources` writes them to `tests/cases`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config import declarations
from config.source import Source
from crawlers import asking
from tests import replica_details as details
from tests import replica_lists as lists
from tests.replica_details import DetailOf
from tests.replica_lists import ListOf, simple
from tests.replicas import Doc, docs

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 6, 12, 4, 0, tzinfo=UTC)
TRS, UUID = "./{ym}/t{ymd}_{n}.html", "{hex}"


@dataclass(frozen=True)
class Replica:
    """`pattern`: links of the list. `listed`: what is expected of the rows where it is not as the list prints them."""

    rows: ListOf | None
    pattern: str = TRS
    detail: DetailOf | None = None
    prefix: str = "算管发"
    listed: Callable[[tuple[Doc, ...]], list[dict[str, Any]]] | None = None
    count: int = 5


def printed(rows: tuple[Doc, ...]) -> list[dict[str, Any]]:
    """The rows in full, in the order printed."""
    return [{"url": d.url, "title": d.title, "date": str(d.day)} for d in rows]


def undated(rows: tuple[Doc, ...]) -> list[dict[str, Any]]:
    """Rows of a list that prints no dates."""
    return [{"url": d.url, "title": d.title, "date": None} for d in rows]


def backwards(rows: tuple[Doc, ...]) -> list[dict[str, Any]]:
    """Rows in the opposite order."""
    return printed(tuple(reversed(rows)))


def pinned(rows: tuple[Doc, ...]) -> list[dict[str, Any]]:
    """The last row first."""
    return printed((rows[-1], *rows[:-1]))


def shortened(rows: tuple[Doc, ...]) -> list[dict[str, Any]]:
    """Rows whose titles the list cuts, with nothing to complete them."""
    return [row | {"title": lists.cut(row["title"])} for row in printed(rows)]


def broken(rows: tuple[Doc, ...]) -> list[dict[str, Any]]:
    """Rows whose titles have a line break, which is read as a space."""
    return [row | {"title": row["title"].replace("的", " 的", 1)} for row in printed(rows)]


GOV = "https://www.gov.cn/zhengce/zhengceku/{ym}/content_{n}.htm"
SPAN = '<li><a href="{href}" title="{title}" target="_blank">{title}</a><span>{day}</span></li>'
CUT = '<li><a href="{href}" title="{title}">{cut}</a><span>{day}</span></li>'
ART = "http://www.miit.gov.cn/zwgk/zcwj/wjfb/tz/art/{y}/art_{hex}.html"
MOF = "http://gss.mof.gov.cn/gzdt/zhengcefabu/{ym}/t{ymd}_{n}.htm"

TRS_BODY = details.boxed("div class=TRS_Editor", files=True)
NDRC = Replica(lists.ndrc, TRS, details.ndrc, "发改数据")
NDA = Replica(lists.nda, "/sjj/zwgk/zcfb/{md}/{ymd}1015009{n}_pc.html", details.nda, "国数政策")
CAC = Replica(lists.cac, "//www.cac.gov.cn/{y}-{mm}/{dd}/c_178{n}.htm", details.cac, "国信办发")
GOVCN = Replica(lists.govcn, GOV, details.govcn, "国办发")
MOBILE = Replica(lists.mobile, "5004505_873_2361_detail_{n}.json", details.mobile)
UNICOM = Replica(
    lists.unicom,
    "https://www.10010.com/mall/service/query/announcementquerydetail?id={n}",
    details.unicom,
    listed=backwards,
)
MIIT = Replica(lists.miit_search, ART, details.jpaas, "工信部信管")
NEA_LIST = simple(
    '<ul class="list01">', '<li><a href="{href}" target="_blank">{title}</a><span class="date">({day})</span></li>'
)
NEA = Replica(NEA_LIST, "../../{ymd}/{hex}/c.html", details.nea, "国能发科技")
MOF_LIST = simple('<ul class="liBox">', CUT, tail="<script>var countPage = 16;</script>")

REPLICAS: dict[str, Replica] = {
    **dict.fromkeys(("govcn_zuixin", "govcn_jiedu", "govcn_yaowen"), GOVCN),
    "govcn_lianbo": Replica(
        simple('<div class="infolist"><ul>', SPAN, "</ul></div>"),
        "../../lianbo/bumen/{ym}/content_{n}.htm",
        details.govcn,
        "国办函",
    ),
    "govcn_cwhy": Replica(
        simple('<div class="news_box">', '<h4><a href="{href}">{title}</a><span>{day}</span></h4>', "</div>"),
        "/yaowen/liebiao/{ym}/content_{n}.htm",
        details.govcn,
        "国办函",
    ),
    "govcn_english": Replica(
        simple("<ul>", '<li><h4><a href="{href}">{title}</a></h4></li>'),
        "//english.www.gov.cn/policies/latestreleases/{ym}/{dd}/content_WS{n}.html",
        listed=undated,
    ),
    "govcn_library": Replica(lists.library, GOV, details.govcn, "国办发", broken),
    "govcn_gjgzk": Replica(lists.rules_base, "https://www.gov.cn/zhengce/{y}-{mm}/{dd}/content_{n}.htm", details.govcn),
    "govcn_gongbao": Replica(
        None, "https://www.gov.cn/gongbao/{y}/issue_11/{ym}/content_{n}.html", details.govcn, "国令发"
    ),
    **dict.fromkeys(("ndrc_gg", "ndrc_tz", "ndrc_fzggwl", "ndrc_ghxwj", "ndrc_ghwb", "ndrc_news"), NDRC),
    "ndrc_wjk": Replica(
        simple(
            '<div class="zwxxkg-result"><table><tr><th>标题</th><th>日期</th></tr>',
            '<tr><td><a class="xxgk_list1" href="{href}" title="{title}">{title}</a></td><td>{day}</td></tr>',
            "</table></div>",
        ),
        "/web/iteminfo.jsp?id={n}",
        details.ndrc_directory,
        "发改办",
    ),
    **dict.fromkeys(("nda_zcfb", "nda_tzgg", "nda_zcjd", "nda_zjjd", "nda_other"), NDA),
    "miit_search_wjfb": MIIT,
    "miit_wjk": Replica(lists.miit_grouped, ART, details.jpaas, "工信部令"),
    "miit_column": Replica(
        lists.fragment(
            simple(
                '<div class="page-content"><ul>',
                '<li class="cf"><a href="{href}" title="{title}" target="_blank">{cut}</a><span class="fr">'
                "{day}</span></li>",
                "</ul></div>",
                tail="",
            )
        ),
        ART,
        details.jpaas,
        "工信厅",
    ),
    "miit_ca": Replica(None, "https://shca.miit.gov.cn/zwgk/tzgg/art/{y}/art_{hex}.html", details.jpaas, "沪通信管"),
    **dict.fromkeys(("cac", "cac_bg", "cac_zcfg", "cac_zf", "cac_zqyj"), CAC),
    "nea_policy": Replica(lists.nea_feed, "../{ymd}/{hex}/c.html", details.nea, "国能发科技"),
    "nea_news": Replica(NEA_LIST, "../{ymd}/{hex}/c.html", details.nea, "国能发科技"),
    "nea_sjzz": NEA,
    "nea_regional": Replica(
        simple(
            '<ul class="wrapper_item_con4_ul">', '<li><a href="{href}"><span>{cut}</span><span>{day}</span></a></li>'
        ),
        TRS,
        details.nea_regional,
        "湘能监",
        shortened,
    ),
    "mof_zcfb": Replica(simple('<ul class="xwbd_lianbolistfrcon">', CUT), MOF, details.mof, "财关税"),
    "mof_gss": Replica(MOF_LIST, "./{ym}/t{ymd}_{n}.htm", details.mof, "财关税"),
    "mof_regional": Replica(MOF_LIST, "./{ym}/t{ymd}_{n}.htm", details.mof, "财监"),
    "mofcom": Replica(
        lists.fragment(
            simple(
                '<ul class="txtList_01">',
                '<li><a href="{href}" title="{title}" target="_blank">{cut}</a><span>[{day}]</span></li>',
                tail="",
            )
        ),
        "/zwgk/zcfb/art/{y}/art_{hex}.html",
        details.boxed('div class="art-con" ergodic="article"', date="{day} 10:20"),
        "商贸函",
    ),
    "samr": Replica(
        lists.fragment(
            simple(
                '<div class="gts_contentLeftList01">',
                '<ul><li><a href="{href}" target="_blank">{title}</a></li><li class="gts_contentLeftList01time">'
                "{day}</li></ul>",
                "</div>",
                tail="",
            )
        ),
        "/zw/zfxxgk/fdzdgknr/fgs/art/{y}/art_{hex}.html",
        details.boxed('div class="Three_xilan_07"'),
        "国市监",
    ),
    "most": Replica(
        simple(
            '<ul class="info_list2">',
            '<li><a href="{href}" title="{title}">{cut}</a><span class="date">{day}</span></li>',
        ),
        TRS,
        details.boxed('div id="Zoom"'),
        "国科发",
    ),
    "moj_xzfg": Replica(
        None,
        "https://xzfg.moj.gov.cn/front/law/detail?LawID={n}",
        details.boxed('div id="content-text" class="reset-1"'),
    ),
    "nfra": Replica(None, "https://www.nfra.gov.cn/cbircweb/DocInfo/SelectByDocId?docId={n}", details.nfra, "金规"),
    "beijing": Replica(lists.beijing, TRS, details.boxed('div id="mainText"'), "京算发"),
    "beijing_zwfwj": Replica(
        simple('<div class="public_list_team"><ul>', SPAN, "</ul></div>"),
        TRS,
        details.boxed('div class="view"'),
        "京政数发",
    ),
    "shanghai": Replica(
        lists.shanghai,
        "/nw39220/{ymd}/{hex}.html",
        details.boxed('div class="Article_content" id="ivs_content"', tagged=False),
        "沪府规",
    ),
    "shanghai_data": Replica(lists.split_dates, "/gzdt/{ymd}/{hex}.html"),
    "gd_gkmlpt": Replica(
        lists.gkmlpt, "http://www.gd.gov.cn/gkmlpt/content/4/{n}/post_{n}.html", details.gkmlpt, "粤府办"
    ),
    "gd_gdii": Replica(
        lists.gkmlpt, "http://gdii.gd.gov.cn/gkmlpt/content/4/{n}/post_{n}.html", details.gkmlpt, "粤工信"
    ),
    "gd_gz": Replica(
        simple('<ul class="news_list">', SPAN),
        "https://www.gz.gov.cn/zwgk/fggw/sfbgtwj/content/post_{n}.html",
        details.gz,
        "穗府办规",
    ),
    "guizhou": Replica(simple('<div class="right-list-box"><ul>', SPAN, "</ul></div>"), TRS, TRS_BODY, "黔府发"),
    "guizhou_dsj": Replica(
        simple(
            '<div class="NewsList"><ul>',
            '<li><a href="{href}"><h1>{title}</h1></a><div class="listItem_infor"><span>{day}</span></div></li>',
            "</ul></div>",
        ),
        TRS,
        TRS_BODY,
        "黔数发",
    ),
    "chongqing": Replica(
        simple(
            '<table class="zcwjk-list">',
            '<tr class="zcwjk-list-c"><td><a href="{href}" target="_blank"><p class="tit">{title}</p><p class="info">'
            '<span>发文字号：{number}\u200b</span><span class="time">成文日期 ：{day}</span></p></a></td></tr>',
            "</table>",
        ),
        TRS,
        details.boxed('div class="trs_editor_view TRS_UEDITOR"'),
        "渝府办发",
    ),
    "chongqing_data": Replica(simple('<div class="tab-item"><ul>', SPAN, "</ul></div>"), TRS),
    "chongqing_fzggw": Replica(
        simple('<div class="gkm-cr"><ul>', SPAN, "</ul></div>"),
        "./zwgk/zfxxgkml/{ym}/t{ymd}_{n}.html",
        details.boxed('div class="trs_editor_view"'),
        "渝发改",
    ),
    "zhejiang": Replica(
        lists.recordset, "/art/{y}/{m}/{d}/art_1229_{n}.html", details.boxed('div id="zoom"'), "浙发改"
    ),
    "shandong": Replica(
        lists.recordset, "/art/{y}/{m}/{d}/art_103865_{n}.html", details.boxed('div id="zoom"'), "鲁工信"
    ),
    "jiangsu": Replica(lists.jpage, "/art/{y}/{m}/{d}/art_46143_{n}.html"),
    "neimenggu": Replica(
        simple(
            '<table id="table1"><tbody>',
            '<tr><td>1</td><td><a href="{href}">{title}</a></td><td>{number}</td><td>某局</td><td>\n{day}\n</td></tr>',
            "</tbody></table>",
        ),
        TRS,
    ),
    "gansu": Replica(
        simple(
            '<ul id="body">',
            '<li><div class="title"><a href="{href}" title="{title}" target="_blank">{cut}</a></div><div '
            'class="date">{day}</div></li>',
        ),
        "/gsszf/c100054/{ym}/{n}.shtml",
    ),
    "ningxia": Replica(simple('<ul class="nx-list">', SPAN), TRS, details.boxed('div class="view"'), "宁政发"),
    "sichuan": Replica(
        simple('<div class="newslist"><ul>', SPAN, "</ul></div>"),
        "/10462/13241/{y}/{m}/{d}/{hex}.shtml",
        details.boxed('div class="zfwjwzcontent"'),
        "川府发",
    ),
    "sichuan_fgw": Replica(
        simple(
            '<div class="biaobody"><ul>',
            '<li><div class="lie1">{n}</div><div class="lie2"><a href="{href}">{title}</a></div><div class="lie3">'
            "{number}</div>"
            '<div class="lie4">{day}</div></li>',
            "</ul></div>",
        ),
        "/sfgw/c106092/{y}/{m}/{d}/{hex}.shtml",
        details.boxed('div class="zfwjwzcontent"'),
        "川发改",
    ),
    "hebei": Replica(
        lists.hebei,
        "/columns/49f13cc2-db03-4d0c-b4fe-2f3f659d3b6e/{ym}/{dd}/{n}a3-db03-4d0c-b4fe-2f3f659d3b6e.html",
        listed=pinned,
    ),
    "tianjin": Replica(simple('<ul class="common-list">', SPAN), TRS),
    "jiangxi": Replica(
        lists.query_list, "https://sthjt.jiangxi.gov.cn/jxssthjt/col/col42150/content/content_{n}.html", prefix="赣环"
    ),
    "hubei": Replica(
        simple('<div class="list_block"><ul>', SPAN, "</ul></div>"),
        "./{ym}/t{ymd}_{n}.shtml",
        details.boxed('div class="content_block"', tagged=False),
        "鄂政办发",
    ),
    "mee": Replica(
        simple('<ul id="div">', '<li><span class="date">{day}</span><a href="{href}">{title}</a></li>'),
        "../../xxgk2018/xxgk/xxgk03/{ym}/t{ymd}_{n}.html",
        details.mee,
        "环办气候",
    ),
    "pbc": Replica(
        lists.pbc,
        "/tiaofasi/144941/3581332/{ymd}1459{n}/index.html",
        details.boxed('div id="zoom"', tagged=False),
        "银发",
    ),
    "csrc": Replica(lists.search_list, "//www.csrc.gov.cn/csrc/c101953/c{n}/content.shtml", details.csrc, "证监办发"),
    "cm_group": Replica(lists.mobile, "/aboutus/news/groupnews/index_detail_{n}.html"),
    **dict.fromkeys(("cm_notice", "cm_notice_anhui", "cm_notice_hunan", "cm_notice_jiangxi"), MOBILE),
    **dict.fromkeys(("cu_notice", "cu_notice_beijing", "cu_notice_guangdong", "cu_notice_shanghai"), UNICOM),
    "cu_group": Replica(lists.unicom_group, "/news/{ym}/{n}.html"),
    "ct_notice": Replica(lists.telecom, "https://www.189.cn/dqmh/notice/{n}.html"),
    "ct_group": Replica(
        simple(
            '<div class="news-list"><ul>',
            '<li><a href="{href}">{title}</a><span class="time">{day}</span></li>',
            "</ul></div>",
        ),
        "/ct/news/jtxw/{n}.html",
    ),
    "aliyun_notice": Replica(
        simple("<ul>", '<li class="notice-li"><a href="{href}">{title}</a><span class="y-right">{day}</span></li>'),
        "/notice/{n}",
        details.boxed('div id="se-knowledge"', tagged=False),
    ),
    "aliyun_price": Replica(
        None, "https://help.aliyun.com/zh/model-studio/model-pricing", details.price_page("更新时间：{day} 10:00:00")
    ),
    "tencent_notice": Replica(lists.tencent, "https://cloud.tencent.com/announce/detail/{n}"),
    "tencent_price": Replica(
        None,
        "https://cloud.tencent.com/document/product/1823/130055",
        details.price_page("最近更新时间：{day} 11:22:33"),
    ),
    "huawei_notice": Replica(lists.huawei, "https://www.huaweicloud.com/notice/{y}/{ymd}102030{n}.html"),
    "baidu_notice": Replica(
        simple("<div>", '<a href="{href}"><h3>{title}</h3><span>{day}</span></a>', "</div>"), "/news/news_{hex}"
    ),
    "baidu_price": Replica(None, "https://cloud.baidu.com/doc/qianfan/s/wmh4sv6ya", details.shell),
    "volc_docs": Replica(
        None,
        "https://www.volcengine.com/api/doc/getDocDetail?LibraryID=82379&DocumentID=1544106&type=online&lang=zh",
        details.volc,
    ),
}


def write(source: Source, replica: Replica) -> None:
    """Write the list and the first document of one replica."""
    first = next(asking.list_requests(source, NOW)).url
    published = docs(source.id, first, replica.pattern, replica.prefix, replica.count)
    if replica.rows:
        listed = (replica.listed or printed)(published)
        keep(
            source.id,
            "declared_list",
            replica.rows(published),
            {"url": first, "as": "list"},
            {"url": first, "items": listed},
        )
    if replica.detail:
        body, read = replica.detail(published[0])
        keep(source.id, "declared_document", body, {"url": published[0].url, "as": "document"}, read)


def keep(source: str, case: str, body: bytes, meta: dict[str, str], expected: dict[str, Any]) -> None:
    """Write one case."""
    folder = CASES / source / case
    folder.mkdir(parents=True, exist_ok=True)
    name = "page.json" if body.lstrip()[:1] in {b"{", b"["} else "page.html"
    (folder / name).write_bytes(body)
    for file, value in (("meta.json", meta), ("expected.json", expected)):
        (folder / file).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    declared = declarations.load().sources
    for source_id, made in REPLICAS.items():
        write(declared[source_id], made)
