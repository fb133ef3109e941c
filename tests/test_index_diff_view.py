"""A diff for people: nothing in a page drives the terminal or the browser."""

from __future__ import annotations

import io

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index.diff import diff
from index.diff_view import side_by_side, terminal, visible
from index.records import Attachment, Diff, Reading

BEFORE = Reading(
    "https://a.cn/1",
    title="算力券\x1b]0;owned\x07办法<script>alert(1)</script>",
    text="第一条 免费配额比例为95%。\n第二条 略。\n" + "\n".join(f"第{n}段文字没有改变。" for n in range(20)),
)
AFTER = Reading(
    "https://a.cn/1",
    title="算力券办法",
    text=BEFORE.text.replace("95%", "92%").replace("第二条 略。", "第二条 <b>新</b>的\x1b[31m规定。\n第三条 略。"),
    attachments=(Attachment("https://a.cn/\u202efdp.exe"),),
)


def printed(found: Diff, title: str = "") -> str:
    out = io.StringIO()
    Console(file=out, force_terminal=True, width=100, color_system="truecolor").print(terminal(found, title))
    return out.getvalue()


def test_the_terminal_shows_changes_and_no_control_characters_of_the_page() -> None:
    text = printed(diff(BEFORE, AFTER), BEFORE.title)
    assert "第一条" in text
    assert "[1;32m92%" in text
    assert "\x1b]0;" not in text
    assert "的\x1b[31m规" not in text
    assert "\u202e" not in text


def test_no_change_says_so() -> None:
    assert "no change" in printed(Diff())


@given(st.text(max_size=60))
def test_nothing_invisible_is_left(text: str) -> None:
    assert not set(visible(text)) & {chr(n) for n in [*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2066]}
    assert len(visible(text)) == len(text)


def test_the_page_stands_alone_and_escapes_everything() -> None:
    page = side_by_side(BEFORE, AFTER, diff(BEFORE, AFTER))
    soup = BeautifulSoup(page, "lxml")
    assert not soup.find_all(["script", "b", "img", "link"])
    assert "default-src 'none'" in page
    assert "\x1b" not in page
    assert [d.text for d in soup.select("tr.replace del")] == ["95%"]
    assert [i.text for i in soup.select("tr.replace ins")] == ["92%"]
    assert "<b>新</b>" in soup.select_one("tr.insert").text  # type: ignore[union-attr]  # None fails the test
    assert [d.text for d in soup.select("details summary")] == ["19 段未变 unchanged"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_readings_make_a_page(before: str, after: str) -> None:
    one, other = Reading("u", title=before, text=before), Reading("u", title=after, text=after)
    page = side_by_side(one, other, diff(one, other))
    assert page.startswith("<!doctype html>")
    assert page.count("<table>") == page.count("</table>")
