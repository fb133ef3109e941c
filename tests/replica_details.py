"""Documents as each platform writes them, each with what must be read there."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urljoin

from tests.replica_lists import as_json
from tests.replicas import FOOT, NAV, Doc, lines, page, paragraphs, tags, with_files

Detail = tuple[bytes, dict[str, Any]]
DetailOf = Callable[[Doc], Detail]


def expected(doc: Doc, *more: str, number: bool = True, **changes: object) -> dict[str, Any]:
    """What must be read of a document. `more`: lines below the day."""
    return {
        "url": doc.url,
        "title": doc.title,
        "published": str(doc.day),
        "doc_number": doc.number if number else None,
        "attachments": sorted(urljoin(doc.url, href) for href, _ in doc.files),
        "text": lines(doc, *more, number=number),
    } | changes


def boxed(box: str, *, date: str = "{day} 10:00", tagged: bool = True, files: bool = False) -> DetailOf:
    """The national meta tags, and the text in a box of the given tag and attributes."""

    def made(doc: Doc) -> Detail:
        stamp = date.format(day=doc.day, slash=f"{doc.day:%Y/%m/%d}", dot=f"{doc.day:%Y.%m.%d}")
        below, more = "", []
        if files:
            href = f"./P0{doc.written:%Y%m%d}5000000{doc.serial}.pdf"
            doc = with_files(doc, (href, "登记表"))
            below, more = f'<p>　　附件：<a href="{href}" oldsrc="/protect/P1.pdf">登记表</a></p>', ["附件：登记表"]
        head = tags(doc, stamp) if tagged else ""
        inner = (
            f'<h1>{doc.title}</h1><div class="info">发布时间：{doc.day}　来源：某某部门　字号：[大 中 小]</div>'
            f"<{box}>{paragraphs(doc)}{below}</{box.split(maxsplit=1)[0]}>"
            '<div class="share">分享到：<a href="#">微信</a></div>'
        )
        return page(doc.title, inner, head=head), expected(doc, *more)

    return made


def govcn(doc: Doc) -> Detail:
    """www.gov.cn: a stray </html>, the text twice, a table of metadata, its own meta tags."""
    head = (
        f'<meta name="firstpublishedtime" content="{doc.day}-17:00:00"><meta name="lastmodifiedtime" '
        f'content="{doc.day}-18:30:11">'
        f'<meta name="manuscriptId" content="{doc.serial}"><meta name="others" content="页面生成时间 {doc.day} '
        f'18:30:12">'
    )
    table = (
        '<div class="policyLibraryOverview_header"><table><tr><td>标&nbsp;&nbsp;题：</td>'
        f"<td>{doc.title}</td><td>发文机关：</td><td>国务院办公厅</td></tr><tr><td>发文字号：</td><td>{doc.number}</td>"
        f"<td>成文日期：</td><td>{doc.written:%Y年%m月%d日}</td></tr></table></div>"
    )
    text = paragraphs(doc)
    body = (
        f'{NAV}</html>\n<div class="wrap"><div class="share-title">{doc.title}</div>{table}'
        f'<div class="pages_content mhide" id="UCAP-CONTENT"><div class="trs_editor_view TRS_UEDITOR">{text}</div>'
        f"</div>"
        f'<div class="pages_content pages_contentm pchide"><div class="trs_editor_view">{text}</div></div></div>'
        f'<div class="editor">责任编辑：某某</div>{FOOT}'
    )
    html = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{doc.title}_中国政府网</title>{head}</head>'
        f"<body>{body}</body></html>"
    )
    return html.encode(), expected(doc)


def ndrc(doc: Doc) -> Detail:
    """NDRC: class without quotes, a file in the text and one in the box of attachments."""
    inline, apart = f"./P0{doc.written:%Y%m%d}1.pdf", f"./P0{doc.written:%Y%m%d}2.xlsx"
    doc = with_files(doc, (apart, "分省配额表"))
    inner = (
        f'<div class="article"><div class="article_title">{doc.title}</div><div class="article_info">'
        f"发布时间：{doc.day:%Y/%m/%d}"
        '<span>来源：数据司</span><div class="share">[ <a href="javascript:;">打印</a> ]</div></div>'
        f'<div class="article_con article_con_notitle"><div class=TRS_Editor>{paragraphs(doc)}'
        f'<p>　　附件：<a href="{inline}">登记表</a></p></div></div>'
        f'<div class="attachment"><h4>附件下载</h4><a href="{apart}">分省配额表</a></div></div>'
        '<div class="xgjd">相关解读 <a href="../../jd/jd/202606/t20260612_1.html">一图读懂</a></div>'
    )
    html = page(f"{doc.title}-国家发展和改革委员会", inner, head=tags(doc, f"{doc.day:%Y/%m/%d} 10:00:00"))
    both = [urljoin(doc.url, inline), urljoin(doc.url, apart)]
    return html, expected(doc, "附件：登记表", attachments=both)


def nda(doc: Doc) -> Detail:
    """NDA: PubDate with dots, files in a list of their own."""
    doc = with_files(
        doc, (f"/sjj/files/202606/{doc.serial}.wps", "流程图"), (f"/sjj/files/202606/{doc.serial}.ofd", "样表")
    )
    files = "".join(f'<li><a href="{href}">{name}</a></li>' for href, name in doc.files)
    inner = (
        f'<h1>{doc.title}</h1><div class="info">发布时间：{doc.day:%Y.%m.%d}　来源：国家数据局　字号：[大 中 小]</div>'
        f'<div class="article">{paragraphs(doc)}</div><div class="filelist"><ul>{files}</ul></div>'
    )
    return page(f"{doc.title}-国家数据局", inner, head=tags(doc, f"{doc.day:%Y.%m.%d}")), expected(doc)


def jpaas(doc: Doc) -> Detail:
    """MIIT: #con_con, an attachment of the file manager, a table."""
    href = f"/cms_files/filemanager/1/attach/202606/{doc.serial}.doc"
    doc = with_files(doc, (href, "附件：申请表.doc"))
    table = (
        "<table><tr><th>地区</th><th>配额（万卡时）</th></tr><tr><td><p>东部</p></td><td><p>1200</p></td></tr></table>"
    )
    inner = (
        f'<div class="ctop"><h1 id="con_title">{doc.title}</h1><div class="cinfo"><span id="con_time">'
        f"发布时间：{doc.day} 09:30"
        f'</span><span>来源：信息通信管理局</span></div></div><div id="con_con" class="ccontent">'
        f"{paragraphs(doc)}{table}"
        f'<p><a href="{href}">附件：申请表.doc</a></p></div><div class="share">分享到：微信</div>'
    )
    html = page(doc.title, inner, head=tags(doc, f"{doc.day} 09:30"))
    return html, expected(doc, "地区\t配额（万卡时）", "东部\t1200", "附件：申请表.doc")


def cac(doc: Doc) -> Detail:
    """CAC: upper-case tags, ids and addresses without quotes, times over several lines, no national tags."""
    href = f"//www.cac.gov.cn/rootimages/uploadimg/{doc.serial}.docx"
    doc = with_files(doc, (href, "征求意见稿"))
    inner = (
        f'<div class="main-title"><h1 class="title">\n{doc.title}\n</h1><div class="info clearfix"><span '
        f'id="pubtime">\n'
        f'{doc.day:%Y年%m月%d日} 14:00\n</span><span id="source">来源：\n 中国网信网\n</span><a id="print" '
        f'href="javascript:window.print()">【打印】</a></div></div><div class="main-content"><DIV id=BodyLabel>'
        f"{paragraphs(doc)}"
        f"<p>　　附件：<a href={href} target=_blank>征求意见稿</a></p></DIV></div>"
    )
    return page(f"{doc.title}_中央网络安全和信息化委员会办公室", inner), expected(doc, "附件：征求意见稿")


def nea(doc: Doc) -> Detail:
    """NEA: the text in a span in a cell, ids that repeat."""
    inner = (
        f'<div class="titles" id="title">{doc.title}</div><div class="times" id="title">'
        f"发布时间：{doc.day}　来源：国家能源局　大 中 小</div>"
        f'<div class="article-content"><table><tr><td class="detail"><span id="detailContent">'
        f"{paragraphs(doc)}</span></td></tr>"
        "</table></div>"
    )
    return page(f"{doc.title}-国家能源局网站", inner, head=tags(doc, f"{doc.day} 16:00:00")), expected(doc)


def nea_regional(doc: Doc) -> Detail:
    """The regional offices: wrapper_deatil is how they write it."""
    href = f"./P0{doc.written:%Y%m%d}611500.pdf"
    doc = with_files(doc, (href, "细则.pdf"))
    inner = (
        f'<div class="wrapper_deatil"><div class="wrapper_deatil_title">\n {doc.title}\n</div><div '
        f'class="wrapper_menu clearfix">'
        f'<div class="wrapper_deatil_date fl"><span>\n{doc.day} 16:04\n</span><span>来源：\n '
        f"国家能源局某某监管办公室\n</span></div>"
        '<div class="wrapper_deatil_font fl"><span>字体：</span><a href="#">小</a><a href="#">大</a></div></div>'
        f'<div class="wrapper_detail_text"><div class="view TRS_UEDITOR">{paragraphs(doc)}<p><img src="icon_pdf.gif">'
        f'<a appendix="true" href="{href}" title="细则.pdf">细则.pdf</a></p></div></div>'
        '<div class="xlewm mhide">扫一扫在手机打开当前页</div></div>'
    )
    return page(f"{doc.title}-国家能源局某某监管办公室", inner), expected(doc, "细则.pdf")


def mof(doc: Doc) -> Detail:
    """MOF: the text three boxes deep."""
    href = f"./P0{doc.written:%Y%m%d}900.xlsx"
    doc = with_files(doc, (href, "附件.xlsx"))
    inner = (
        f'<div class="mainbox"><h2 class="title_con">{doc.title}</h2><div class="docreltime">'
        f"发布日期：{doc.day:%Y年%m月%d日}</div>"
        f'<div class="my_conboxzw"><div class="my_doccontent"><div class="TRS_Editor">{paragraphs(doc)}'
        f'<p>附件：<a href="{href}">附件.xlsx</a></p></div></div></div></div>'
    )
    return page(doc.title, inner, head=tags(doc, f"{doc.day} 11:00")), expected(doc, "附件：附件.xlsx")


def gz(doc: Doc) -> Detail:
    """Guangzhou: a hidden copy, a counter, two files of one name."""
    hrefs = tuple((f"https://www.gz.gov.cn/attachment/7/7/7{n}/{doc.serial}.xls", "附表.xls") for n in (1, 2))
    doc = with_files(doc, *hrefs)
    links = "".join(f'<li><a href="{href}">{name}</a></li>' for href, name in hrefs)
    inner = (
        f'<h1>{doc.title}</h1><div class="info">发布日期：{doc.day}　浏览次数：<span '
        f'id="NFCMS-POST-VISIT-{doc.serial}">-</span></div>'
        f'<div class="info_cont" id="zoomcon">{paragraphs(doc)}</div><ul id="ul_xgfj">{links}</ul>'
        f'<div class="bbnr" style="display:none">{"".join(doc.lines)}</div>'
    )
    return page(f"{doc.title} - 广州市人民政府门户网站", inner, head=tags(doc, f"{doc.day} 10:02:33")), expected(doc)


def gkmlpt(doc: Doc) -> Detail:
    """gkmlpt: a table of metadata, the text in #zoomcon, a script with a CSRF token."""
    cells = (
        ("索引号", f"11440000000000000A/2026-{doc.serial % 10000:05d}"),
        ("分类", ""),
        ("发布机构", "某市算力管理局"),
        ("成文日期", str(doc.written)),
        ("文号", doc.number),
        ("发布日期", str(doc.day)),
    )
    table = "".join(f'<tr><td class="first">\n {a}：\n</td><td><span>{b}</span></td></tr>' for a, b in cells)
    inner = (
        f'<div class="content-box"><div class="classify"><table>{table}</table></div><div class="content"><h1 '
        f'class="title">{doc.title}</h1>'
        f'<div class="date-row">发布日期：{doc.day}&nbsp;浏览次数：<span id="post-visit">-</span></div>'
        f'<div class="article-content" id="zoomcon">{paragraphs(doc)}</div></div></div>'
    )
    script = f"<script>window._CONFIG = {{ isMobile: true, CSRF: 'c{doc.serial}', SID: '2' }};</script>"
    return page(doc.title, inner, head=tags(doc, f"{doc.day} 10:02"), script=script), expected(doc)


def ndrc_directory(doc: Doc) -> Detail:
    """zfxxgk.ndrc.gov.cn."""
    href = f"/web/fileread.jsp?id={doc.serial}"
    doc = with_files(doc, (f"/upload/{doc.serial}.pdf", "附件.pdf"))
    inner = (
        f'<div class="zwgkdetail"><h1>{doc.title}</h1>{paragraphs(doc)}</div><table class="enclosure"><tr><td>'
        f'<a class="xxgk_list1" href="{doc.files[0][0]}">附件.pdf</a></td></tr></table><a href="{href}">阅读全文</a>'
    )
    return page(doc.title, inner, head=tags(doc, f"{doc.day} 10:00")), expected(doc, text=[doc.title, *lines(doc)])


def mobile(doc: Doc) -> Detail:
    """10086.cn: the text is HTML in JSON; the title stands in the list only."""
    answer = {"retCode": "000000", "cData": {"content": {"id": doc.serial, "text": paragraphs(doc, number=False)}}}
    return as_json(answer), expected(doc, number=False, title="", published=None)


def unicom(doc: Doc) -> Detail:
    """10010.com: the answer to a POST."""
    dto = {"title": doc.title, "noticeTime": f"{doc.day} 09:00:00", "noticeDetails": paragraphs(doc, number=False)}
    return as_json({"code": "0000", "tNoticeDto": dto}), expected(doc, number=False)


def nfra(doc: Doc) -> Detail:
    """nfra.gov.cn: an inner charset that is false."""
    clob = f'<html><head><meta charset="gb2312"></head><body>{paragraphs(doc)}</body></html>'
    return as_json({"rptCode": 200, "data": {"docClob": clob, "docTitle": doc.title}}), expected(
        doc, title="", published=None
    )


def volc(doc: Doc) -> Detail:
    """volcengine.com: Markdown in JSON."""
    text = (
        "# 计费说明\n\n调用模型服务按实际消耗的词元数量后付费。\n\n| 模型 | 输入（元/百万 tokens） |\n| --- | "
        "--- |\n| 标准版 | 0.8 |\n| 轻量版 | 0.3 |\n"
    )
    read = [
        "计费说明",
        "调用模型服务按实际消耗的词元数量后付费。",
        "模型\t输入（元/百万 tokens）",
        "标准版\t0.8",
        "轻量版\t0.3",
    ]
    answer = {"ResponseMetadata": {"Action": "getDocDetail"}, "Result": {"Title": "模型价格", "MDContent": text}}
    return as_json(answer), expected(doc, title="模型价格", published=None, doc_number=None, text=read)


def price_page(updated: str) -> DetailOf:
    """A price document: tables under a heading."""

    def made(doc: Doc) -> Detail:
        rows = (
            ("模型", "输入（元/千 tokens）", "输出（元/千 tokens）"),
            ("旗舰版", "0.0024", "0.0096"),
            ("轻量版", "0.0003", "0.0006"),
        )
        table = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        inner = (
            f'<div class="markdown-body"><h1>模型价格</h1><p>{updated.format(day=doc.day)}</p><p>'
            f"调用模型服务按实际消耗的词元数量后付费，不足一千的按一千计算。</p>"
            f"<table><tbody>{table}</tbody></table><p>资源包自购买之日起12个月内有效，到期后未用完的部分不予退还。</p>"
            f"</div>"
        )
        read = [
            "调用模型服务按实际消耗的词元数量后付费，不足一千的按一千计算。",
            *("\t".join(row) for row in rows),
            "资源包自购买之日起12个月内有效，到期后未用完的部分不予退还。",
        ]
        return page("模型价格-文档中心", inner), expected(
            doc, title="模型价格", published=str(doc.day), doc_number=None, text=read
        )

    return made


def csrc(doc: Doc) -> Detail:
    """CSRC: PubDate is the time the page was made, so the page tells no day and the list must."""
    inner = (
        f'<div class="content"><h2>{doc.title}</h2><div class="detail-news">{paragraphs(doc)}</div></div>'
        '<div class="share">分享到：<a href="#">微信</a></div>'
    )
    return page(doc.title, inner, head=tags(doc, "2026-06-20 08:15:09")), expected(doc, published=None)


def mee(doc: Doc) -> Detail:
    """MEE, disclosure pages: what the catalogue says in a box above the text, a file linked in it."""
    href = f"./W0{doc.written:%Y%m%d}5000000{doc.serial}.pdf"
    doc = with_files(doc, (href, "核算方法"))
    inner = (
        f'<div class="content_top_box"><h1>{doc.title}</h1><div><span>发布机关</span>生态环境部办公厅</div>'
        f"<div><span>生成日期</span>{doc.day}</div><div><span>文号</span>{doc.number}</div></div>"
        f'<div class="content_body_box">{paragraphs(doc)}<p>　　附件：<a href="{href}">核算方法</a></p></div>'
    )
    return page(doc.title, inner, head=tags(doc, f"{doc.day} 10:35:00")), expected(doc, "附件：核算方法")


def shell(doc: Doc) -> Detail:
    """An application shell: navigation and scripts, no text."""
    html = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>百度智能云文档</title></head><body><div '
        'id="root"></div><script src="/static/app.js"></script></body></html>'
    )
    return html.encode(), {"url": doc.url, "fault": "empty"}
