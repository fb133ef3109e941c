"""A day of the replica as answers by address: pages by template, lists and APIs as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from posixpath import dirname, relpath
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from agent.replica.days import Day, Place, Sheet, places

_RECENT = date(2026, 4, 1)
"""Lists of two pages show on the first what is published from this day on."""

CAPTCHA = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>访问验证</title></head><body>'
    "<p>您的访问过于频繁，请输入验证码后继续访问。</p><form><input name=captcha></form></body></html>"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: status, media type, body."""

    body: bytes
    type: str = "text/html; charset=utf-8"
    status: int = 200


def _date_with(day: date, mark: str) -> str:
    return f"{day:%Y}{mark}{day:%m}{mark}{day:%d}"


def _epoch(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _environment() -> Environment:
    env = Environment(loader=PackageLoader("agent.replica"), autoescape=True, undefined=StrictUndefined)
    env.filters |= {
        "date_with": _date_with,
        "chinese_date": lambda day: f"{day.year}年{day.month}月{day.day}日",
        "epoch": _epoch,
        "cut": lambda text, size: text if len(text) <= size else f"{text[:size]}...",
    }
    return env


_ENV = _environment()
_LISTS = {"trs": "trs_list", "nda": "trs_list", "plain": "plain_list", "chongqing": "chongqing_list"}
_PAGES = {"nda": "trs", "chongqing": "trs", "guizhou": "trs", "page": "plain"}
_ROWS: dict[str, Callable[[Sheet], dict[str, Any]]] = {
    "govcn": lambda s: {"TITLE": s.title, "SUB_TITLE": "", "URL": s.url, "DOCRELPUBTIME": f"{s.published}"},
    "cac": lambda s: {"topic": s.title, "infourl": s.url.removeprefix("https:"), "pubtime": f"{s.published} 14:00:00"},
    "gkmlpt": lambda s: {
        "title": s.title,
        "url": s.url,
        "display_publish_time": _epoch(s.published),
        "document_number": s.doc_number,
    },
    "cm": lambda s: {"noticeTitle": s.title, "detail_href": s.url, "publishTime": f"{s.published}"},
    "cu": lambda s: {"id": s.key, "title": s.title, "publishTime": f"{s.published} 09:00:00"},
    "tencent": lambda s: {"announceId": int(s.key), "title": s.title, "addTime": f"{s.published} 10:00:00"},
}
_WRAPS: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "govcn": lambda rows: rows,
    "cac": lambda rows: {"list": rows, "totalRec": len(rows)},
    "gkmlpt": lambda rows: {"articles": rows, "total": len(rows)},
    "cm": lambda rows: {"retCode": "000000", "cData": {"list": rows, "total": len(rows)}},
    "cu": lambda rows: {"result": rows, "totalCount": len(rows)},
    "tencent": lambda rows: {"code": 0, "data": {"total": len(rows), "rows": rows}},
}


def answers(day: Day, jitter: int) -> dict[str, Answer]:
    """Every answer of a day by `HOST/PATH` or `HOST/PATH?QUERY`; `jitter` 0 to 59 moves counters and stamps."""
    found: dict[str, Answer] = {}
    by_place = sorted((sheet for sheet in day.sheets.values()), key=lambda sheet: sheet.place)
    table = places()
    for name, group in groupby(by_place, key=lambda sheet: sheet.place):
        place, sheets = table[name], sorted(group, key=lambda sheet: sheet.published, reverse=True)
        if name in day.blocked:
            found |= {key: Answer(CAPTCHA.encode()) for key, _ in _of_place(place, sheets, day, jitter)}
        else:
            found |= dict(_of_place(place, sheets, day, jitter))
    return found | {_key(url): Answer(b"not found", status=404) for url in day.withdrawn}


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}{f'?{parts.query}' if parts.query else ''}"


def _of_place(place: Place, sheets: Sequence[Sheet], day: Day, jitter: int) -> Iterator[tuple[str, Answer]]:
    shown = [sheet for sheet in sheets if sheet.url not in day.withdrawn]
    recent = [sheet for sheet in shown if not place.second or sheet.published >= _RECENT]
    for url in (place.list, *place.twins) if place.list else ():
        yield _key(url), _list(place, url, recent, jitter)
    if place.second:
        yield _key(place.second), _list(place, place.second, [sheet for sheet in shown if sheet not in recent], jitter)
    for sheet in sheets:
        yield _key(sheet.url), _page(place, sheet, sheets, day, jitter)
        yield from ((_key(f"{dirname(sheet.url)}/{file['file']}"), _pdf(file["file"])) for file in sheet.attachments)


def _list(place: Place, url: str, sheets: Sequence[Sheet], jitter: int) -> Answer:
    if place.platform in _ROWS:
        return _json(_WRAPS[place.platform]([_ROWS[place.platform](sheet) for sheet in sheets]))
    rows = [
        {
            "title": sheet.title,
            "published": sheet.published,
            "doc_number": sheet.doc_number,
            "relative": _relative(sheet.url, url),
        }
        for sheet in sheets
    ]
    template = _ENV.get_template(f"{_LISTS.get(place.platform, f'{place.platform}_list')}.html.j2")
    host = urlsplit(place.list).netloc
    values = {"site": place.site, "column": place.column, "mark": place.mark, "host": host}
    return Answer(template.render(**values, rows=rows, jitter=jitter).encode())


def _relative(url: str, base: str) -> str:
    path = relpath(urlsplit(url).path, dirname(urlsplit(base).path))
    return path if path.startswith("..") else f"./{path}"


def _page(place: Place, sheet: Sheet, sheets: Sequence[Sheet], day: Day, jitter: int) -> Answer:
    if place.platform in _DETAILS:
        return _json(_DETAILS[place.platform](sheet))
    template = _ENV.get_template(f"{_PAGES.get(place.platform, _plain(place.platform))}.html.j2")
    values = {"site": place.site, "column": place.column, "mark": place.mark, "host": urlsplit(sheet.url).netloc}
    others = [{"url": other.url, "title": other.title} for other in sheets if other.url != sheet.url][: 3 + jitter % 2]
    return Answer(
        template.render(
            **values,
            sheet=sheet,
            others=others,
            blocks=_blocks(sheet.body),
            today=day.day,
            jitter=jitter,
            lanmu=place.column,
            number="".join(filter(str.isdigit, sheet.url))[-7:],
        ).encode()
    )


def _plain(platform: str) -> str:
    return platform if platform in {"govcn", "trs", "cac", "gkmlpt"} else "plain"


def _blocks(body: Sequence[str]) -> list[dict[str, Any]]:
    """Paragraphs and tables: neighbouring lines with ` | ` make one table."""
    blocks: list[dict[str, Any]] = []
    for is_row, lines in groupby(body, key=lambda line: " | " in line):
        if is_row:
            blocks.append({"rows": [line.split(" | ") for line in lines], "text": ""})
        else:
            blocks.extend({"rows": [], "text": line} for line in lines)
    return blocks


def _html(sheet: Sheet) -> str:
    return _ENV.get_template("fragment.html.j2").render(blocks=_blocks(sheet.body))


def _markdown(sheet: Sheet) -> str:
    return "\n\n".join(_piped(block["rows"]) if block["rows"] else block["text"] for block in _blocks(sheet.body))


def _piped(rows: Sequence[Sequence[str]]) -> str:
    """A table as Markdown writes it, its first row the head."""
    head, *others = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join((head, "|" + " --- |" * len(rows[0]), *others))


_DETAILS: dict[str, Callable[[Sheet], Any]] = {
    "cm": lambda s: {"retCode": "000000", "cData": {"content": {"title": s.title, "text": _html(s)}}},
    "cu": lambda s: {"tNoticeDto": {"title": s.title, "noticeTime": f"{s.published} 09:00", "noticeDetails": _html(s)}},
    "volc": lambda s: {"Result": {"Title": s.title, "MDContent": _markdown(s), "Content": ""}},
}


def _json(value: object) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")


def _pdf(name: str) -> Answer:
    """The smallest PDF with one line of text, the file's own name."""
    text = f"BT /F1 12 Tf 72 720 Td ({name}) Tj ET".encode()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places_of = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places_of.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places_of)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return Answer(body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer, "application/pdf")
