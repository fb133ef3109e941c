"""Situations in which the document was edited: the change is told, and its account says what."""

from __future__ import annotations

from tests.notices import CLAUSES, NOTICE, TABLE, TITLE, Situation, doubled

A = NOTICE.page()
DIGIT = NOTICE.said("三十日内提出复核", "二十日内提出复核")
YEARS = NOTICE.said("有效期五年", "有效期三年")
OTHER = tuple(f"栏目{n}" for n in range(9))
WORDS = (*CLAUSES[:9], "第十条 本办法由主管部门负责解释，联系人陶喆、朱镕昇，自2026年6月1日起施行，有效期五年。")
NAMES = NOTICE.but(text=WORDS)
STATUS = '<table class="classify"><tr><td>文件状态：</td><td>{}</td></tr></table>'
INSERTED = "第三条 平台应当按月公布登记单位的配额余额，余额不足百分之十的应当提醒登记单位。"
NUMERALS = "一二三四五六七八九十"


def renumbered(clauses: tuple[str, ...], start: int) -> tuple[str, ...]:
    """The clauses numbered anew."""
    names = [*NUMERALS, "十一", "十二"]
    return tuple(f"第{names[n]}条{c[c.index(' ') :]}" for n, c in enumerate(clauses, start))


def stray(notice: object) -> bytes:
    """A page with an end before its content."""
    return str(notice).replace('<div class="article">', '</html>\n<div class="article">').encode()


EDITS = (
    Situation("A, then B, then A again", (YEARS.page(), A), ("amended", "amended"), shows=("五年", "三年")),
    Situation(
        "one digit in a clause of 700 characters", (DIGIT.page(),), ("amended",), shows=("三十日", "二十日"), longest=60
    ),
    Situation(
        "a quota in Arabic digits",
        (NOTICE.said("1000万", "800万").page(),),
        ("amended",),
        shows=("1000万", "800万"),
        longest=60,
    ),
    Situation(
        "one percentage", (NOTICE.said("99.5%", "99.9%").page(),), ("amended",), shows=("99.5", "99.9"), longest=60
    ),
    Situation(
        "one word: 可以 becomes 应当",
        (NOTICE.said("平台可以收回", "平台应当收回").page(),),
        ("amended",),
        shows=("可以", "应当"),
        longest=60,
    ),
    Situation(
        "a cell of a table",
        (NOTICE.but(table=(*TABLE[:3], ("西部", "4300"))).page(),),
        ("amended",),
        shows=("3400", "4300"),
        longest=60,
    ),
    Situation(
        "a row of a table added", (NOTICE.but(table=(*TABLE, ("东北", "700"))).page(),), ("amended",), shows=("东北",)
    ),
    Situation(
        "a clause deleted", (NOTICE.but(text=(*CLAUSES[:7], *CLAUSES[8:])).page(),), ("amended",), shows=("实施细则",)
    ),
    Situation(
        "a clause inserted and the rest renumbered",
        (NOTICE.but(text=(*CLAUSES[:2], INSERTED, *renumbered(CLAUSES[2:], 3))).page(),),
        ("amended",),
        shows=("配额余额",),
        longest=120,
    ),
    Situation(
        "a clause moved to another place",
        (NOTICE.but(text=renumbered((*CLAUSES[:2], *CLAUSES[3:7], CLAUSES[2], *CLAUSES[7:]), 0)).page(),),
        ("amended",),
    ),
    Situation(
        "the title changes",
        (NOTICE.but(title=f"{TITLE}（试行）").page(),),
        ("amended",),
        shows=("试行",),
        fields={"title": "试行"},
    ),
    Situation(
        "the number of the document is filled in later",
        (A,),
        ("amended",),
        first=NOTICE.but(number="").page(),
        shows=("算管发〔2026〕12号",),
    ),
    Situation(
        "an attachment swapped for one of another address",
        (NOTICE.but(file="./P020260421500000000009.pdf").page(),),
        ("amended",),
        shows=("P020260421500000000009.pdf",),
    ),
    Situation(
        "an attachment added",
        (A,),
        ("amended",),
        first=NOTICE.but(file="").page(),
        shows=("P020260418500000000001.pdf",),
    ),
    Situation(
        "GBK named only in <meta>, and one word edited",
        (YEARS.but(charset="gbk").page("gbk"),),
        ("amended",),
        first=NOTICE.but(charset="gbk").page("gbk"),
        shows=("五年", "三年"),
    ),
    Situation(
        "GB18030 named gb2312, and a rare character edited",
        (NAMES.said("镕昇", "喆昇").but(charset="gb2312").page("gb18030"),),
        ("amended",),
        first=NAMES.but(charset="gb2312").page("gb18030"),
        shows=("镕", "喆"),
    ),
    Situation(
        "a stray </html> before the content, and one word edited",
        (stray(YEARS.html()),),
        ("amended",),
        first=stray(NOTICE.html()),
        shows=("五年", "三年"),
    ),
    Situation(
        "the text is printed twice and both copies edited",
        (YEARS.html(after=f'<div class="mobile pchide"><div class="TRS_Editor">{YEARS.body}</div></div>').encode(),),
        ("amended",),
        first=doubled(NOTICE.body),
        shows=("五年", "三年"),
    ),
    Situation(
        "edited while counter, token, links and menu move too",
        (YEARS.but(views=9, token="77aa", bust="?t=9", nav=OTHER, editor="赵某").page(),),
        ("amended",),
        shows=("五年", "三年"),
        longest=60,
    ),
    Situation(
        "edited without ETag or date moving, in ASCII digits for 第十条",
        (YEARS.said("第十条 ", "第10条 ").page(),),
        ("amended",),
        shows=("五年", "三年"),
        longest=60,
    ),
    Situation(
        "two clauses far apart edited",
        (YEARS.said("1000万", "1200万").page(),),
        ("amended",),
        shows=("1000万", "1200万", "五年", "三年"),
        longest=120,
    ),
    Situation(
        "the file's status in its table becomes 失效",
        (NOTICE.html(before=STATUS.format("失效")).encode(),),
        ("amended|withdrawn",),
        first=NOTICE.html(before=STATUS.format("有效")).encode(),
        shows=("失效",),
    ),
    Situation(
        "a note above the text says that it was repealed",
        (NOTICE.html(before='<p class="tip">（本文件已于2026年5月1日废止）</p>').encode(),),
        ("amended|withdrawn",),
        shows=("废止",),
    ),
    Situation(
        "a note in the text says that it was repealed",
        (NOTICE.but(text=("（此件已废止）", *CLAUSES)).page(),),
        ("amended|withdrawn",),
        shows=("废止",),
    ),
)
"""The document changed; its account must say what."""
