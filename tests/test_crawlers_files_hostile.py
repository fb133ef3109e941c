"""Files made to hurt: bombs, loops, rubbish. Each ends as a flag and leaves the reader fit for the next file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.files import DEFAULT, FileText, Limits, Reader
from crawlers.files.answer import FLAGS, KINDS
from tests.attached import chinese_pdf, ofd, ole, packed, pdf, word97

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {y} "{f"&{x};" * 10}">' for x, y in zip("abcdefghi", "bcdefghij", strict=True)
)
SEEDS = [
    chinese_pdf([[(100.0, 700.0, "正文")]]),
    word97(["甲", ["乙", "丙"]]),
    ofd([[(30.0, 20.0, "正文")]]),
    packed({"a.doc": word97(["甲"]), "b.ofd": ofd([[(1.0, 1.0, "乙")]])}),
]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture(autouse=True)
def _still_fit(reader: Reader) -> Iterator[None]:
    yield
    assert reader.text_of(word97(["好"]), "a.doc").text == "好"


def test_a_zip_that_grows_too_much_is_a_bomb_and_is_not_unpacked(reader: Reader) -> None:
    found = reader.text_of(packed({"a.txt": b"0" * (20 << 20)}), "a.zip")
    assert (found.flag, found.text) == ("bomb", "")


def test_a_zip_with_too_many_members_or_bytes_is_a_bomb(reader: Reader) -> None:
    many = packed({f"{n}.txt": b"x" for n in range(201)})
    assert reader.text_of(many, "a.zip").flag == "bomb"
    stored = packed({f"{n}.txt": bytes(3 << 20) for n in range(3)}, zipfile.ZIP_STORED)
    assert reader.text_of(stored, "a.zip", limits=Limits(expanded=8 << 20)).flag == "bomb"
    assert reader.text_of(stored, "a.zip").flag == "unsupported"


def test_a_docx_is_held_to_the_same_ratio(reader: Reader) -> None:
    grown = b"<w:document xmlns:w='w'>" + b"<w:p/>" * 4_000_000 + b"</w:document>"
    found = reader.text_of(packed({"[Content_Types].xml": "<Types/>", "word/document.xml": grown}), "a.docx")
    assert found.flag == "bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("where", ["docx", "ofd", "xlsx"])
def test_billion_laughs_are_refused_before_they_are_parsed(reader: Reader, where: str, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    bomb = f"{head}{LAUGHS}]><r><sheetData><row><c><v>&j;</v></c></row></sheetData></r>".encode(encoding)
    sheets = '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="x"/></sheets></workbook>'
    members: dict[str, dict[str, bytes | str]] = {
        "docx": {"[Content_Types].xml": "<Types/>", "word/document.xml": bomb},
        "ofd": {"OFD.xml": bomb},
        "xlsx": {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": '<R><Relationship Type="x/officeDocument" Target="xl/workbook.xml"/></R>',
            "xl/workbook.xml": sheets,
            "xl/_rels/workbook.xml.rels": '<R><Relationship Id="x" Target="s.xml"/></R>',
            "xl/s.xml": bomb,
        },
    }
    assert reader.text_of(packed(members[where]), "a").flag == "bomb"


def test_an_external_entity_does_not_read_files(reader: Reader, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    page = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]><r><p><t>&x;</t></p></r>'
    found = reader.text_of(packed({"[Content_Types].xml": "<T/>", "word/document.xml": page}), "a.docx")
    assert (found.flag, found.text) == ("bomb", "")


def test_a_pdf_stream_that_grows_too_much_is_a_bomb(reader: Reader) -> None:
    assert reader.text_of(pdf([b"BT (x) Tj ET" + b" " * 100_000_000], packed=True), "a.pdf").flag == "bomb"


def test_ten_thousand_pages_are_read_up_to_the_limit_and_flagged(reader: Reader) -> None:
    pages = [b"BT /F1 12 Tf 100 700 Td (clause %d) Tj ET" % n for n in range(10_000)]
    found = reader.text_of(pdf(pages, b"/Font<</F1 3 0 R>>", [HELVETICA]), "a.pdf", limits=Limits(pages=300))
    assert (found.flag, found.count) == ("too_large", 10_000)
    assert found.text.split("\n") == [f"clause {n}" for n in range(300)]


def test_a_page_tree_that_contains_itself_ends(reader: Reader) -> None:
    looped = pdf([b""]).replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")
    assert reader.text_of(looped, "a.pdf").flag in {"bomb", "broken", "scan"}


def test_text_is_cut_at_whole_lines_and_flagged(reader: Reader) -> None:
    found = reader.text_of(word97(["一二三四五", "六七八九十"]), "a.doc", limits=Limits(text=20))
    assert (found.text, found.flag) == ("一二三四五", "too_large")


def test_content_over_the_limit_is_not_even_sent(reader: Reader) -> None:
    assert reader.text_of(b"%PDF-" + bytes(100), "a.pdf", limits=Limits(content=64)).flag == "too_large"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.doc", "..\\..\\x.doc", "/abs/x.doc", "C:\\x\\y.doc", "a\x07b\n.doc"]
)
def test_names_that_climb_are_only_labels(reader: Reader, name: str) -> None:
    label = reader.text_of(packed({name: word97(["甲"])}), name).text.split("\n")[0]
    assert label.endswith(".doc")
    assert not ({"..", "", "C:"} & set(label.split("/"))) and "\x07" not in label


def test_a_zip_in_a_zip_is_named_and_not_opened(reader: Reader) -> None:
    found = reader.text_of(packed({"in.zip": packed({"a.doc": word97(["甲"])})}), "a.zip")
    assert (found.text, found.flag, found.why) == ("", "unsupported", "in.zip: unsupported")


def test_members_with_a_password_are_encrypted(reader: Reader) -> None:
    plain = bytearray(packed({"a.doc": word97(["甲"])}))
    plain[6] |= 1
    plain[plain.index(b"PK\x01\x02") + 8] |= 1
    assert reader.text_of(bytes(plain), "a.zip").flag == "encrypted"


def test_an_office_file_with_a_password_is_encrypted(reader: Reader) -> None:
    assert reader.text_of(ole({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}), "a.docx").flag == "encrypted"


def test_nesting_without_end_is_refused(reader: Reader) -> None:
    deep = "<w:document xmlns:w='w'>" + "<w:ins>" * 200_000
    found = reader.text_of(packed({"[Content_Types].xml": "<T/>", "word/document.xml": deep}), "a.docx")
    assert found.flag in {"broken", "bomb"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_or_damaged_files_give_a_record_and_nothing_else(reader: Reader, data: st.DataObject) -> None:
    made = bytearray(data.draw(st.sampled_from(SEEDS)))
    for place in data.draw(st.lists(st.integers(0, len(made) - 1), max_size=8)):
        made[place] = data.draw(st.integers(0, 255))
    _is_a_record(reader.text_of(bytes(made[: data.draw(st.integers(0, len(made)))]), "附件"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]), rest=st.binary()
)
def test_random_bytes_give_a_record_and_nothing_else(reader: Reader, start: bytes, rest: bytes) -> None:
    _is_a_record(reader.text_of(start + rest, "x\ud800"))


def _is_a_record(found: FileText) -> None:
    assert found.kind in KINDS and (found.flag is None or found.flag in FLAGS)
    assert found.flag not in {"timeout", "bomb"} or found.kind in {"pdf", "ofd", "unknown", "zip"}
    assert len(found.text.encode()) <= DEFAULT.text


def test_a_directory_with_overlapping_members_is_no_way_around_the_limits(reader: Reader) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * (900 << 10))
        archive.filelist += [archive.filelist[0]] * 199
    assert reader.text_of(out.getvalue(), "a.zip", limits=Limits(expanded=100 << 20)).flag == "bomb"
