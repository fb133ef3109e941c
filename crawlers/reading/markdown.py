"""Plain text and Markdown as HTML: a paragraph a line, pipe tables as tables, links, headings without their signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE = re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_CELLS = re.compile(r"(?<!\\)\|")
_SIGNS = re.compile(r"^\s*(?:#{1,6}\s+|>\s+|[-*+]\s+(?=\S))")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]+)(?:\s+[^()]*)?\)")
_STRONG = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")


def to_html(text: str) -> str:
    """HTML of a text without markup; what is no Markdown is left as printed."""
    lines = (line for line in text.splitlines() if line.strip())
    return "".join(_block(is_row, list(group)) for is_row, group in groupby(lines, lambda line: bool(_ROW.match(line))))


def _block(is_row: bool, lines: list[str]) -> str:
    if not is_row:
        return "".join(f"<p>{_inline(_SIGNS.sub('', line))}</p>" for line in lines)
    rows = ("".join(f"<td>{cell}</td>" for cell in _cells(line)) for line in lines if not _RULE.match(line))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _cells(line: str) -> Iterator[str]:
    for cell in _CELLS.split(line.strip())[1:-1]:
        yield _inline(cell.replace("\\|", "|").strip())


def _inline(text: str) -> str:
    plain = _STRONG.sub(r"\2", escape(text, quote=False))
    return _LINK.sub(lambda m: f'<a href="{escape(m[2])}">{m[1]}</a>', plain)
