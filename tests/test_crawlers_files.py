"""Each kind of attached file, read by the child process: blocks a line, table rows joined, kind told by the content."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime

import docx
import openpyxl
import pypdf
import pytest
import xlwt
from docx.oxml import parse_xml

from crawlers.files import FileText, Reader
from tests.attached import chinese_pdf, gbk_packed, ofd, packed, pdf, stream, word97

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ORDER = [(200.0, 760.0, "算力互联互通管理办法"), (106.0, 700.0, "第一条　电价每千瓦时0.45元。")]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def test_pdf_in_chinese_is_read_paragraph_by_paragraph_without_page_numbers(reader: Reader) -> None:
    first = [
        (200.0, 760.0, "算力互联互通管理办法"),
        (106.0, 700.0, "第一条　为规范算力服务，根据有关法律法规和国务院有关规定，"),
        (74.0, 676.0, "制定本办法。"),
        (106.0, 652.0, "第二条　在中华人民共和国境内提供算力服务以及跨省调度算力，"),
        (290.0, 30.0, "— 1 —"),
    ]
    second = [(74.0, 760.0, "适用本办法。"), (106.0, 736.0, "第三条　电价每千瓦时0.45元。"), (290.0, 30.0, "— 2 —")]
    assert reader.text_of(chinese_pdf([first, second]), "附件.pdf") == FileText(
        "算力互联互通管理办法\n第一条 为规范算力服务，根据有关法律法规和国务院有关规定，制定本办法。\n"
        "第二条 在中华人民共和国境内提供算力服务以及跨省调度算力，适用本办法。\n第三条 电价每千瓦时0.45元。",
        "pdf",
        None,
        2,
    )


def test_pdf_that_only_shows_an_image_is_a_scan_even_with_page_numbers(reader: Reader) -> None:
    image = stream(
        b"\0", entries=b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    drawn = b"q 595 0 0 842 0 0 cm /Im1 Do Q"
    bare = pdf([drawn], b"/XObject<</Im1 3 0 R>>", [image])
    numbered = pdf(
        [drawn + b" BT /F1 9 Tf 290 30 Td (1) Tj ET"], b"/XObject<</Im1 3 0 R>>/Font<</F1 4 0 R>>", [image, font]
    )
    found = reader.text_of(bare, "扫描件.pdf")
    assert (found.kind, found.flag, found.count, found.text) == ("pdf", "scan", 1, "")
    assert reader.text_of(numbered, "扫描件.pdf").flag == "scan"


@pytest.mark.parametrize(("password", "flag"), [("secret", "encrypted"), ("", None)])
def test_pdf_with_a_password_is_flagged_and_one_that_only_forbids_printing_is_read(
    reader: Reader, password: str, flag: str | None
) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(chinese_pdf([ORDER])))
    writer.encrypt(password, "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    found = reader.text_of(out.getvalue(), "a.pdf")
    assert (found.kind, found.flag) == ("pdf", flag)
    assert ("第一条 电价每千瓦时0.45元。" in found.text) == (flag is None)


def test_docx_blocks_come_in_order_with_tables_by_row_and_nothing_hidden(reader: Reader) -> None:
    document = docx.Document()
    document.add_heading("智算中心电价目录", 0)
    document.add_paragraph("第一条　本目录自2026年1月1日起施行。")
    table = document.add_table(2, 3)
    for cell, text in zip(table._cells, ["序号", "地区", "电价", "1", "贵州\n贵安", "0.35"], strict=True):
        cell.text = text
    ending = document.add_paragraph("附则")
    ending._p.append(parse_xml(f"<w:del {SPACE}><w:r><w:delText>删去的话</w:delText></w:r></w:del>"))
    ending._p.append(parse_xml(f"<w:r {SPACE}><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"))
    ending._p.append(parse_xml(f"<w:ins {SPACE}><w:r><w:t>新增的话</w:t></w:r></w:ins>"))
    assert reader.text_of(saved(document), "x").text.split("\n") == [
        "智算中心电价目录",
        "第一条 本目录自2026年1月1日起施行。",
        "序号 | 地区 | 电价",
        "1 | 贵州 贵安 | 0.35",
        "附则新增的话",
    ]


def test_docx_automatic_numbers_are_written_out(reader: Reader) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate([("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）")])
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {SPACE} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {SPACE} w:numId="99"><w:abstractNumId w:val="77"/></w:num>'))
    for depth, text in [(0, "总则"), (1, "甲"), (1, "乙"), (0, "附则"), (1, "丙")]:
        place = parse_xml(f'<w:numPr {SPACE}><w:ilvl w:val="{depth}"/><w:numId w:val="99"/></w:numPr>')
        document.add_paragraph(text)._p.get_or_add_pPr().append(place)
    assert reader.text_of(saved(document), "x").text.split("\n") == [
        "第一条总则",
        "（一）甲",
        "（二）乙",
        "第二条附则",
        "（一）丙",
    ]


def test_docx_emoji_and_text_boxes_come_once(reader: Reader) -> None:
    document = docx.Document()
    space = f'{SPACE} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    for choice, fallback in [("", "<w:t>☑</w:t>"), (box, box)]:
        both = f"<mc:Choice Requires='x'>{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback>"
        made = f"<w:r {space}><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
        document.add_paragraph("选项")._p.append(parse_xml(made))
    assert reader.text_of(saved(document), "x").text.split("\n") == ["选项☑", "选项", "框内"]


def test_xlsx_shows_dates_percentages_and_gaps_and_leaves_hidden_sheets_out(reader: Reader) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["项目", "日期", "折扣", "金额"])
    sheet.append(["算力券", date(2026, 3, 1), 0.05, 1234.5])
    sheet.append(["合计", None, None, True])
    sheet.append([datetime(2026, 3, 1, 8, 30), "二\n行"])
    sheet["C2"].number_format = "0.00%"
    book.create_sheet("说明").append(["=1+1", "备注"])
    book.create_sheet("暗表").append(["看不见"])
    book["暗表"].sheet_state = "hidden"
    assert reader.text_of(saved(book), "附件.et") == FileText(
        "项目 | 日期 | 折扣 | 金额\n算力券 | 2026-03-01 | 5% | 1234.5\n合计 | | | TRUE\n"
        "2026-03-01 08:30 | 二 行\n说明\n| 备注",
        "xlsx",
        None,
        2,
    )


def test_xls_is_read_like_xlsx(reader: Reader) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("目录")
    rows = [("企业", "日期", "比例"), ("某公司", date(2026, 3, 1), 0.125)]
    styles = {1: xlwt.easyxf(num_format_str="YYYY-MM-DD"), 2: xlwt.easyxf(num_format_str="0.0%")}
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            sheet.write(y, x, value, styles.get(x, xlwt.easyxf()))
    book.add_sheet("暗表").visibility = 1
    assert reader.text_of(saved(book), "10872346.xls") == FileText(
        "目录\n企业 | 日期 | 比例\n某公司 | 2026-03-01 | 12.5%", "xls", None, 1
    )


@pytest.mark.parametrize(("name", "kind"), [("通知.doc", "doc"), ("通知.wps", "wps"), ("没有扩展名", "doc")])
def test_doc_in_utf16_gives_paragraphs_rows_and_notes_without_tracked_deletions(
    reader: Reader, name: str, kind: str
) -> None:
    made = word97(
        ["关于算力券的通知", ["序号", "单位"], ["1", ""], "补贴上限\x0b50万元𠮷", "尾部被删去的字"],
        notes="注释一\r",
        deleted="被删去",
    )
    assert reader.text_of(made, name) == FileText(
        "关于算力券的通知\n序号 | 单位\n1\n补贴上限\n50万元𠮷\n尾部的字\n注释一", kind, None, 1
    )


def test_doc_automatic_numbers_are_written_out(reader: Reader) -> None:
    made = word97(["办法", "#0总则", "#1甲", "#1乙", "不编号", "#0", "#0附则", "#1丙"])
    lines = ["办法", "第一条总则", "（一）甲", "（二）乙", "不编号", "第三条附则", "（一）丙"]
    assert reader.text_of(made, "a.doc").text.split("\n") == lines


def test_doc_shows_the_result_of_fields_and_not_their_instructions(reader: Reader) -> None:
    link = '见\x13 HYPERLINK "http://x" \x01\x14工信部\x13 PAGE \x143\x15网站\x15。'
    assert reader.text_of(word97([link]), "a.doc").text == "见工信部3网站。"


@pytest.mark.parametrize(("flags", "flag"), [(0, None), (0x0100, "encrypted")])
def test_doc_with_a_password_is_flagged(reader: Reader, flags: int, flag: str | None) -> None:
    assert reader.text_of(word97(["正文"], flags=flags), "a.doc").flag == flag


def test_ofd_pages_are_read_in_order_from_top_to_bottom_glyph_by_glyph(reader: Reader) -> None:
    pages = [
        [(40.0, 40.0, "知"), (35.0, 40.0, "通"), (30.0, 20.0, "部文件"), (30.0, 280.0, "-1-")],
        [(30.0, 20.0, "附件")],
    ]
    assert reader.text_of(ofd(pages), "公文.ofd") == FileText("部文件\n通知\n附件", "ofd", None, 2)


def test_ofd_pages_show_the_text_of_their_templates(reader: Reader) -> None:
    space = 'xmlns:o="http://www.ofdspec.org/2016"'
    text = '<o:TextObject Boundary="{} 20 150 6" Size="5"><o:TextCode X="0" Y="4">{}</o:TextCode></o:TextObject>'
    pages = "".join(f'<o:Page ID="{n}" BaseLoc="P{n}.xml"/>' for n in (1, 2))
    document = f'<o:TemplatePage ID="9" BaseLoc="T.xml"/><o:Pages>{pages}</o:Pages>'
    members: dict[str, bytes | str] = {
        "OFD.xml": f"<o:OFD {space}><o:DocBody><o:DocRoot>D/Document.xml</o:DocRoot></o:DocBody></o:OFD>",
        "D/Document.xml": f"<o:Document {space}>{document}</o:Document>",
        "D/T.xml": f"<o:Page {space}>{text.format(30, '名称：')}</o:Page>",
    }
    for n in (1, 2):
        members[f"D/P{n}.xml"] = f'<o:Page {space}><o:Template TemplateID="9"/>{text.format(45, f"第{n}号")}</o:Page>'
    assert reader.text_of(packed(members), "a.ofd").text == "名称：第1号\n名称：第2号"


def test_ofd_without_text_is_a_scan_or_encrypted(reader: Reader) -> None:
    assert reader.text_of(ofd([[]]), "a.ofd").flag == "scan"
    assert reader.text_of(ofd([[]], {"Encryptions.xml": "<Encryptions/>"}), "a.ofd").flag == "encrypted"


def test_zip_names_in_gbk_are_decoded_and_every_member_that_is_read_is_shown(reader: Reader) -> None:
    members = {
        "附件1：目录.pdf": chinese_pdf([ORDER]),
        "子目录/附件2.doc": word97(["乙"]),
        "图.png": b"\x89PNG",
        "__MACOSX/._附件1": b"x",
    }
    found = reader.text_of(gbk_packed(members), "附件.zip")
    assert found.text.split("\n") == [
        "附件1：目录.pdf", "算力互联互通管理办法", "第一条 电价每千瓦时0.45元。", "子目录/附件2.doc", "乙",
    ]  # fmt: skip
    assert (found.kind, found.flag, found.count, found.why) == ("zip", None, 3, "图.png: unsupported")


def test_a_scan_in_a_zip_is_not_hidden_by_its_neighbours(reader: Reader) -> None:
    found = reader.text_of(packed({"a.ofd": ofd([[]]), "b.doc": word97(["乙"])}), "x.zip")
    assert (found.flag, found.why, found.text) == ("scan", "a.ofd: scan", "b.doc\n乙")


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"<html>404</html>", "a.pdf"), (b"", "a.docx"), (b"Rar!\x1a\x07\x00", "a.rar"), (packed({"a": b"x"}), "a.docx")],
)
def test_the_name_does_not_make_a_kind(reader: Reader, content: bytes, name: str) -> None:
    assert reader.text_of(content, name).flag == "unsupported"
