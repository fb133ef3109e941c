"""Lists as each platform writes them: HTML, JSON, HTML in JSON, XML record sets in a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.replicas import Doc, cut, page, paging

Docs = tuple[Doc, ...]
ListOf = Callable[[Docs], bytes]

READING = (
    '<li><a href="../../jd/jd/202606/t20260613_{n}.html" title="有关负责同志答记者问">'
    "有关负责同志就《办法》答记者问</a></li>"
)


def as_json(value: object) -> bytes:
    """JSON as these sites send it: UTF-8, not escaped."""
    return json.dumps(value, ensure_ascii=False).encode()


def simple(open_: str, row: str, close: str = "</ul>", title: str = "通知公告", tail: str | None = None) -> ListOf:
    """A list of rows from templates; {href}, {title}, {cut}, {day}, {number}, {n}, {slash}, {dot} are filled in."""

    def made(rows: Docs) -> bytes:
        inner = "".join(
            row.format(
                href=d.href,
                title=d.title,
                cut=cut(d.title),
                day=d.day,
                slash=f"{d.day:%Y/%m/%d}",
                dot=f"{d.day:%Y.%m.%d}",
                year=d.day.year,
                dd=f"{d.day:%d}",
                ym=f"{d.day:%Y-%m}",
                number=d.number,
                n=d.serial,
            )
            for d in rows
        )
        return page(title, open_ + inner + close + (paging() if tail is None else tail))

    return made


def ndrc(rows: Docs) -> bytes:
    """NDRC: a box of readings inside some rows, empty rows as spacers."""
    items = []
    for turn, d in enumerate(rows):
        readings = READING.format(n=d.serial) if turn % 2 else ""
        items.append(
            f'<li><a href="{d.href}" target="_blank" title="{d.title}">{d.title}</a><script>var jdFlag=0;</script>'
            f'<div class="popbox"><h3>相关解读</h3><ul>{readings}</ul></div><span>{d.day:%Y/%m/%d}</span></li>'
        )
        if turn == 2:
            items.append('<li class="empty"></li>')
    return page("通知", f'<div class="list"><ul class="u-list">{"".join(items)}</ul></div>{paging()}')


def nda(rows: Docs) -> bytes:
    """NDA: dates with dots, readings in a box, the number of rows in a script."""
    items = "".join(
        f'<li><a href="{d.href}" title="{d.title}">{d.title}</a><span>{d.day:%Y.%m.%d}</span>'
        f'<div class="popbox"><ul><li><a href="/sjj/zwgk/zcjd/0613/20260613{d.serial}_pc.html">解读一</a></li>'
        "</ul></div></li>"
        for d in rows
    )
    script = "<script>var totalData = 46; var showData = 15;</script>"
    return page("政策发布", f'<ul class="u-list">{items}</ul>{script}')


def govcn(rows: Docs) -> bytes:
    """The rolling feeds of www.gov.cn."""
    return as_json([{"TITLE": d.title, "SUB_TITLE": "", "URL": d.href, "DOCRELPUBTIME": str(d.day)} for d in rows])


def cac(rows: Docs) -> bytes:
    """POST /cms/JsonList."""
    listed = [{"topic": d.title, "infourl": d.href, "pubtime": f"{d.day} 14:00:00", "source": "本网"} for d in rows]
    return as_json({"totalRec": 111, "pageNo": 1, "list": listed})


def nea_feed(rows: Docs) -> bytes:
    """ds_<hex>.json: showTitle holds markup."""
    listed = [
        {
            "showTitle": f"<a target='_blank'>{d.title}</a>",
            "title": d.title,
            "publishTime": f"{d.day} 16:00:00",
            "publishUrl": d.href,
        }
        for d in rows
    ]
    return as_json({"categoryName": "最新文件", "datasource": listed})


def fragment(inner: ListOf) -> ListOf:
    """A JPAAS answer: the rows are HTML in data.html."""

    def made(rows: Docs) -> bytes:
        markup = inner(rows).decode().partition("<body>")[2].partition("</body>")[0]
        return as_json({"success": True, "code": "200", "data": {"html": markup}})

    return made


def miit_search(rows: Docs) -> bytes:
    """The search interface of MIIT."""
    found = [
        {
            "title": f"<em>{d.title[:4]}</em>{d.title[4:]}" if n == 0 else d.title,
            "url": d.href,
            "jsearch_date": str(d.day),
            "filenumbername": d.number,
            "publishgroupname": "信息通信管理局",
            "columnname": "通知",
        }
        for n, d in enumerate(rows)
    ]
    return as_json({"success": True, "data": {"searchResult": {"total": 90, "dataResults": {"data": found}}}})


def miit_grouped(rows: Docs) -> bytes:
    """The library of MIIT: each row is the first of a group."""
    groups = [
        {"groupData": [{"data": {"title": d.title, "url": d.href, "jsearch_date": str(d.day)}}], "groupcount": 1}
        for d in rows
    ]
    return as_json({"data": {"searchResult": {"dataResults": groups}}})


def gkmlpt(rows: Docs) -> bytes:
    """gkmlpt: dates as seconds; `updated` is moved by bulk re-saves."""
    listed = [
        {
            "id": d.serial,
            "title": d.title,
            "url": d.href,
            "identifier": f"11440000000000000A/2026-{d.serial % 10000:05d}",
            "document_number": d.number,
            "display_publish_time": _epoch(d) // 1000,
            "updated": 1_782_000_000,
            "is_abolished": 0,
            "is_expired": 0,
        }
        for d in rows
    ]
    return as_json({"classify": {"id": 5}, "total": 400, "articles": listed})


def _epoch(doc: Doc) -> int:
    """Milliseconds of ten o'clock in China on the printed day."""
    at = datetime(doc.day.year, doc.day.month, doc.day.day, tzinfo=UTC) + timedelta(hours=2)
    return int(at.timestamp()) * 1000


def library(rows: Docs) -> bytes:
    """The policy library: epoch milliseconds, titles with <br/> and <em>, the caller's address echoed."""
    listed = [
        {
            "id": str(d.serial),
            "title": d.title.replace("的", "<br/>的", 1),
            "url": d.href,
            "pubtime": _epoch(d),
            "pcode": d.number,
        }
        for d in rows
    ]
    return as_json({"code": 200, "searchVO": {"totalCount": 5, "listVO": listed}, "paramsVO": {"ip": "198.51.100.7"}})


def rules_base(rows: Docs) -> bytes:
    """The answer of the rules database."""
    listed = [{"title_no_tag": d.title, "url": d.href, "time": str(d.day)} for d in rows]
    return as_json({"result": {"data": {"middle": {"list": listed}}}})


def mobile(rows: Docs) -> bytes:
    """10086.cn: cData.list."""
    listed = [
        {"noticeTitle": d.title, "publishTime": f"{d.day} 10:20:00", "detail_href": d.href, "noticeId": d.serial}
        for d in rows
    ]
    return as_json({"retCode": "000000", "cData": {"total": 120, "list": listed}})


def unicom(rows: Docs) -> bytes:
    """10010.com: rows are not in order of their dates."""
    listed = [{"id": str(d.serial), "title": d.title, "publishTime": f"{d.day} 09:00:00"} for d in reversed(rows)]
    return as_json({"code": "0000", "total": 31, "result": listed})


def unicom_group(rows: Docs) -> bytes:
    """chinaunicom.com.cn: one array a month."""
    return as_json([{"title": d.title, "url": d.href, "publishTime": str(d.day), "id": d.serial} for d in rows])


def telecom(rows: Docs) -> bytes:
    """189.cn: fourteen digits as date."""
    listed = [{"title": d.title, "link": d.href, "liveStartTime": f"{d.day:%Y%m%d}093000"} for d in rows]
    return as_json(
        {"code": 0, "data": [{"floorId": 1, "floorItems": listed[:2]}, {"floorId": 2, "floorItems": listed[2:]}]}
    )


def tencent(rows: Docs) -> bytes:
    """cloud.tencent.com/announce/ajax."""
    listed = [{"announceId": d.serial, "title": d.title, "addTime": f"{d.day} 11:00:00"} for d in rows]
    return as_json({"code": 0, "msg": "ok", "data": {"total": 25, "rows": listed}})


def huawei(rows: Docs) -> bytes:
    """portal.huaweicloud.com."""
    listed = [{"contentTitle": d.title, "url": d.href, "contentTime": f"{d.day} 18:00:00"} for d in rows]
    return as_json({"code": 200, "total": 33, "data": listed})


def recordset(rows: Docs) -> bytes:
    """JCMS: rows in a record set that a script pages through."""
    records = "".join(
        f'<record><![CDATA[<li class="clearfix"><a class="bt-left" href="{d.href}" title="{d.title}" target="_blank">'
        f'{cut(d.title)}</a><span class="bt-right">{d.day}</span></li>]]></record>'
        for d in rows
    )
    data = f"<datastore><nextgroup></nextgroup><recordset>{records}</recordset></datastore>"
    return page("通知公告", f'<div id="1229"><script type="text/xml">{data}</script></div>')


def jpage(rows: Docs) -> bytes:
    """dataproxy.jsp: the record set alone."""
    records = "".join(
        f'<record><![CDATA[<li><a href="{d.href}" title="{d.title}">{d.title}</a><span>{d.day}</span></li>]]></record>'
        for d in rows
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><datastore><totalrecord>60</totalrecord><recordset>"
        f"{records}</recordset></datastore>"
    ).encode()


def search_list(rows: Docs) -> bytes:
    """searchList (CSRC): addresses without a scheme, two dates of which the epoch is eight hours off."""
    listed = [
        {
            "manuscriptId": str(d.serial),
            "title": d.title,
            "url": d.href,
            "publishedTime": _epoch(d) - 28_800_000,
            "publishedTimeStr": f"{d.day} 10:00:00",
            "content": d.lines[0],
        }
        for d in rows
    ]
    return as_json({"data": {"page": 1, "rows": 18, "total": len(rows), "results": listed}})


def query_list(rows: Docs) -> bytes:
    """queryList (Jiangxi): addresses are JSON in a text field, so that the id makes them; titles are padded."""
    listed = [
        {
            "source": {
                "id": str(d.serial),
                "title": f"  {d.title} ",
                "pubDate": f"{d.day} 10:00:00",
                "urls": json.dumps({"pc": d.href.removeprefix("https://sthjt.jiangxi.gov.cn")}),
            }
        }
        for d in rows
    ]
    return as_json({"data": {"page": 1, "rows": 15, "total": len(rows), "results": listed}})


def pbc(rows: Docs) -> bytes:
    """pbc.gov.cn: one cell a row, the link in a font, long titles cut but whole in @title."""
    cells = "".join(
        f'<tr><td height="22" align="left"><font class="newslist_style" style="margin-right:10px;"><a href="{d.href}" '
        f'onclick="void(0)" target="_blank" title="{d.title}" istitle="true">{cut(d.title)}</a></font>'
        f'<span class="hui12">{d.day}</span></td></tr>'
        for d in rows
    )
    return page("规范性文件", f'<div id="r_con" class="column"><table><tbody>{cells}</tbody></table></div>')


def beijing(rows: Docs) -> bytes:
    """beijing.gov.cn: decoys among the rows."""
    items = "".join(
        (
            f'<li><a href="{d.href}" title="{d.title}">{d.title}</a><span>{d.number}</span><b class="u_time">'
            f"{d.day}</b></li>"
        )
        + (
            f'<li><i class="flag"></i><a href="./202606/t20260601_{n}.html">北京市算力补贴信息第{n}期</a><b '
            f'class="u_time">{d.day}</b></li>'
        )
        for n, d in enumerate(rows)
    )
    return page("市政府文件", f'<ul class="default_news">{items}</ul>{paging(3, "index")}')


def shanghai(rows: Docs) -> bytes:
    """shanghai.gov.cn: an old copy of each row in a comment."""
    items = "".join(
        f'<!-- <li><a href="{d.href}?old" title="{d.title}（旧）">{d.title}</a><span class="time">{d.day}</span>'
        f"</li> -->"
        f'<li><a href="{d.href}" title="{d.title}" target="_blank">{cut(d.title)}</a><span class="time">'
        f"{d.day}</span></li>"
        for d in rows
    )
    return page("沪府文件", f'<ul class="uli14 nowrapli">{items}</ul><script>var totalPage = 4;</script>')


def hebei(rows: Docs) -> bytes:
    """hebei.gov.cn: an old row stands pinned before the others."""
    ordered = (rows[-1], *rows[:-1])
    items = "".join(
        f'<li><a istitle="true" href="{d.href}" title="{d.title}">{d.title}</a><span>{d.day}</span></li>'
        for d in ordered
    )
    links = '<li><a href="https://www.mnr.gov.cn/">自然资源部门户网站</a></li>'
    return page("栏目", f'<div class="news"><ul>{items}</ul></div><div class="links"><ul>{links}</ul></div>')


def split_dates(rows: Docs) -> bytes:
    """sdb.sh.gov.cn: day and month in two nodes."""
    items = "".join(
        f'<div class="news-item"><div class="date"><div class="date-day">{d.day:%d}</div><div class="date-month">'
        f"{d.day:%Y-%m}"
        f'</div></div><a class="news-content" href="{d.href}"><h3 class="news-title">{d.title}</h3><p>摘要</p></a>'
        f"</div>"
        for d in rows
    )
    return page("工作动态", f'<div class="news-list">{items}</div>')
