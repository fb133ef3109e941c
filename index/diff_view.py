"""A diff for people: coloured for the terminal, and a side-by-side 对照 page that stands alone.

Page text is not ours: control characters are made visible, so that no title can drive a terminal, and everything in
the page is escaped; the page loads nothing and runs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from index.alignment import Match, align, units
from index.clauses import Clause, clauses
from index.records import AttachmentChange, ClauseChange, Diff, FieldChange, Reading
from index.spans import edits

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SIGNS = {"insert": ("+", "green"), "delete": ("-", "red"), "replace": ("~", "yellow"), "move": (">", "cyan")}
_NEAR = 2  # unchanged clauses shown around a change


def visible(text: str) -> str:
    """Replace control and direction-changing characters and halves of pairs, but no line break or tab, by U+FFFD."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def terminal(found: Diff, title: str = "") -> RenderableType:
    """Give a diff as something rich can print: one block a change, removed words red and struck, added words green."""
    parts: list[RenderableType] = [Text(visible(title), style="bold")] if title else []
    if not found.changed:
        return Group(*parts, Text("no change"))
    parts += [_clause(change) for change in found.clauses]
    if found.fields:
        parts.append(_values(found.fields))
    parts += [_file(change) for change in found.attachments]
    return Group(*parts, Text(f"{found.chars_changed} characters changed", style="dim"))


def _clause(change: ClauseChange) -> Text:
    sign, colour = _SIGNS[change.op]
    block = Text(f"{sign} {visible(change.locator)}\n", style="")
    block.stylize(f"bold {colour}", 0, len(block))
    if change.op == "replace":
        before, after = visible(change.before or ""), visible(change.after or "")
        spans = edits(before, after)
        block.append_text(_marked("  - ", before, [(e.b0, e.b1) for e in spans], "red strike"))
        block.append_text(_marked("  + ", after, [(e.a0, e.a1) for e in spans], "bold green"))
    else:
        words = visible(change.after or change.before or "").replace("\n", "\n    ")
        block.append(f"    {words}\n", style="" if change.op == "move" else colour)
    return block


def _marked(margin: str, words: str, spans: Iterable[tuple[int, int]], style: str) -> Text:
    line = Text(f"{margin}{words}\n")
    for start, end in spans:
        line.stylize(style, start + len(margin), end + len(margin))
    return line


def _values(changes: Sequence[FieldChange]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("field", "before", "after"):
        table.add_column(name, overflow="fold")
    for change in changes:
        table.add_row(*(Text(visible(v or "")) for v in (change.field, change.before, change.after)))
    return table


def _file(change: AttachmentChange) -> Text:
    sign, colour = _SIGNS[change.op]
    return Text(f"{sign} " + visible(" -> ".join(filter(None, (change.before, change.after)))), style=colour)


def side_by_side(before: Reading, after: Reading, found: Diff) -> str:
    """Give the 对照 page of two readings, `found` being their diff: a complete HTML document, earlier text left."""
    return _PAGE.format(
        lang="zh" if after.lang.startswith("zh") else "en",
        title=_safe(after.title or before.title or after.url),
        url=_safe(after.url),
        body=fragment(before, after, found),
    )


def fragment(before: Reading, after: Reading, found: Diff) -> str:
    """Give the tables of the 对照 page alone, for a page with a frame and styles of its own; all text is escaped."""
    olds, news = units(clauses(before.text), clauses(after.text))
    rows = "\n".join(_folded(_row(match, olds, news) for match in align(olds, news)))
    return f"{_HEAD}\n{_facts(found)}\n{rows}"


def _row(match: Match, olds: Sequence[Clause], news: Sequence[Clause]) -> tuple[str, str]:
    old, new = olds[slice(*match.before)], news[slice(*match.after)]
    op = match.op
    if op == "replace":
        spans = edits(old[0].body, new[0].body)
        op = "replace" if spans else "equal"
        left = _words(old[0], [(e.b0, e.b1) for e in spans], "del")
        right = _words(new[0], [(e.a0, e.a1) for e in spans], "ins")
    else:
        left, right = ("<br>".join(_safe(c.text) for c in side) for side in (old, new))
    place = _safe((new or old)[0].locator)
    if op == "move":
        place = f"{_safe(old[0].locator)} → {place}"
    return op, f'<tr class="{op}"><th scope="row">{place}</th><td>{left}</td><td>{right}</td></tr>'


def _words(clause: Clause, spans: Iterable[tuple[int, int]], tag: str) -> str:
    parts, at = [_safe(clause.text[: clause.lead])], 0
    for start, end in spans:
        if start < end:
            parts += [_safe(clause.body[at:start]), f"<{tag}>{_safe(clause.body[start:end])}</{tag}>"]
            at = end
    return "".join((*parts, _safe(clause.body[at:])))


def _folded(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Group rows into table bodies, long runs without a change behind a summary."""
    runs = [(same, [row for _, row in run]) for same, run in groupby(rows, key=lambda row: row[0] == "equal")]
    for n, (same, run) in enumerate(runs):
        head, tail = _NEAR if n else 0, _NEAR if n + 1 < len(runs) else 0
        if not same or len(run) <= head + tail + 1:
            yield _table(run)
            continue
        yield _table(run[:head])
        hidden = run[head : len(run) - tail]
        yield f"<details><summary>{len(hidden)} 段未变 unchanged</summary>{_table(hidden)}</details>"
        yield _table(run[len(run) - tail :])


def _table(rows: Sequence[str]) -> str:
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _facts(found: Diff) -> str:
    fields = [(f.field, f.before, f.after) for f in found.fields]
    files = [("附件 attachment", a.before, a.after) for a in found.attachments]
    return _table([_fact(*row) for row in (*fields, *files)])


def _fact(name: str, before: str | None, after: str | None) -> str:
    cells = (f"<td><{tag}>{_safe(value or '')}</{tag}></td>" for tag, value in (("del", before), ("ins", after)))
    return f'<tr><th scope="row">{_safe(name)}</th>{"".join(cells)}</tr>'


def _safe(text: str) -> str:
    return escape(visible(text))


_HEAD = '<table><tr><td></td><th scope="col">原文 before</th><th scope="col">现文 after</th></tr></table>'

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #d0d7de; --dim: #57606a; --del: #ffd7d5; --ins: #c6f0cf; --move: #ddf0ff; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --line: #3d444d; --dim: #9aa4af; --del: #6b2226; --ins: #1c5430; --move: #16405f; }}
}}
body {{ font: 16px/1.7 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  max-width: 90rem; margin: 1.5rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.4rem; }}
.source, summary, th {{ color: var(--dim); font-weight: normal; overflow-wrap: anywhere; }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; }}
th {{ width: 10rem; text-align: start; }}
th[scope="col"] {{ width: auto; }}
th, td {{ padding: .3rem .6rem; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }}
del, tr.delete td:nth-child(2) {{ background: var(--del); }}
ins, tr.insert td:nth-child(3) {{ background: var(--ins); text-decoration: none; }}
tr.move td {{ background: var(--move); }}
@media (max-width: 45rem) {{
  tr, th, td {{ display: block; width: auto; }}
  td, th {{ border: 0; }}
  tr {{ border-top: 1px solid var(--line); }}
}}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="source">{url}</p>
{body}
</body>
</html>
"""
