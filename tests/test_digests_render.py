"""What a reader sees: both languages, escaped, small, equal in text and HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError

from config.declarations import load
from digests.coverage import Blind, Coverage
from digests.finding import Finding, Number
from digests.issue import Issue, Window, issue
from digests.render import LIMIT, Rendered, _html, render, safe_url
from digests.view import Sender
from digests.words import Words, words
from index.archive.log import Head
from index.records import Alert, ClauseChange, Diff, FieldChange, Reading
from tests.telling import NDRC, NOW, declarations, finding, subscription
from tests.test_digests_compose import HOSTILE
from tests.test_digests_issue import alert, rated

DAY = timedelta(days=1)
WINDOW = Window(NOW - 2 * DAY, NOW - DAY, NOW - DAY, NOW)
SENDER = Sender("vedette@example.org")
HEAD = Head(12_345, "0123456789abcdef" * 4, NOW)


def _issue(alerts: list[Alert], seen: Coverage | None = None, **given: Any) -> Issue:
    return issue("board-2026-05-20", subscription(**given), alerts, frozenset(), WINDOW, seen or Coverage(0, 0))


def _render(made: Issue, sender: Sender = SENDER) -> Rendered:
    return render(made, declarations(made.subscription), sender)


def _text_of(html: str) -> str:
    return re.sub(r"\s+", " ", BeautifulSoup(html, "lxml").get_text(" "))


def test_both_languages_have_the_same_texts_and_all_are_text() -> None:
    assert words("en").keys == words("zh").keys
    for language in ("en", "zh"):
        texts = words(language)
        assert not [key for key in texts.keys if not isinstance(texts(key), str)]


def test_traditional_chinese_is_the_same_in_the_other_script() -> None:
    """Interface, triggers, scenarios and headline are converted; what a publisher wrote stays as written."""
    texts = words("zh-Hant")
    assert (texts.keys, texts.language, texts("html_lang")) == (words("zh").keys, "zh", "zh-Hant")
    assert (texts("severity.severe"), texts("card.why"), texts.own("词元价格")) == ("嚴重", "為何收到", "詞元價格")
    made = _render(_issue([alert(1, rated("price", "severe"))], Coverage(3, 3), language="zh-Hant"))
    assert made.subject.startswith("【Board brief】嚴重 1｜【價格與收費·上調】中國電信")
    assert 'lang="zh-Hant"' in made.html
    for shown in (made.text, _text_of(made.html)):
        assert "關於" not in shown and "关于调整词元套餐资费的公告" in shown
        assert "推高“配給”" in shown and "變數" not in shown
    left = set("变严为项词价现么") & set(re.sub("关于调整词元套餐资费的公告|每月.*|1500万词元包", "", made.text))
    assert not left, left


def test_named_parts_agree_between_the_languages() -> None:
    def parts(texts: Words, key: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", texts(key)))

    for key in words("en").keys:
        if key.startswith(
            ("headline.new", "headline.amended", "headline.moved", "headline.withdrawn", "headline.restored")
        ):
            continue  # a Chinese headline quotes the title, an English one names the instrument
        if key in {"headline.money_before", "headline.money_after"}:
            continue
        assert parts(words("en"), key) == parts(words("zh"), key), key


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_card_says_everything(language: str) -> None:
    made = _render(_issue([alert(1, rated("price", "severe"))], language=language))
    texts = words(language)
    for shown in (made.text, _text_of(made.html)):
        for key in ("card.changed", "card.so_what", "card.when", "card.why"):
            assert texts(key) in shown
        assert "关于调整词元套餐资费的公告" in shown
        assert "39.9" in shown
        assert "49.9" in shown
        assert "+25%" in shown
        assert "每月49.9元，自6月1日起执行" in shown
        assert "vedette show 000000000001-" in shown
    assert "https://www.example.cn/price.html" in made.text
    assert 'href="https://www.example.cn/price.html"' in made.html
    assert made.subject.startswith(
        {"en": "[Board brief] 1 severe – [Pricing up]", "zh": "【Board brief】严重 1｜【价格"}[language]
    )


def test_text_and_html_say_the_same_words() -> None:
    """Every line of the text part, but for addresses and the chart's table, stands in the HTML."""
    alerts = [alert(n, rated(f"d{n}", "severe", hours=n)) for n in range(1, 9)]
    made = _render(_issue(alerts, Coverage(30, 28)))
    shown = _text_of(made.html)
    for phrase in re.findall(r"[\w\u4e00-\u9fff.]{4,}", re.sub(r"https?://\S+", "", made.text)):
        assert phrase in shown, phrase


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_are_text(title: str) -> None:
    reading = Reading(url="https://www.example.cn/1.html", title=title, text="a" * 40, issuer=title)
    made = _render(
        _issue(
            [alert(1, rated("x", "severe", reading=reading, quantities=()))],
            language="zh",
            title="t" if title[:1] in ("", "\ud800") else title,
        )
    )
    soup = BeautifulSoup(made.html, "lxml")
    assert soup.find("script") is None
    assert not [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)]
    assert all(a["href"].startswith(("http://", "https://", "#")) for a in soup.find_all("a"))
    assert [img["src"] for img in soup.find_all("img")] == ["cid:chart"]
    assert "\n" not in made.subject
    assert "\r" not in made.subject
    assert len(made.subject) <= 150
    assert "49" in made.html or "7*7" not in title  # a template in a title stays text
    assert "\u202e" not in made.html + made.text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://www.gov.cn/a?b=1&c=2", "https://www.gov.cn/a?b=1&c=2"),
        ("http://x/", "http://x/"),
        ("javascript:alert(1)", "#"),
        (" java\nscript:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("//evil.example", "#"),
        ("https://[broken", "#"),
        ("", "#"),
        (None, "#"),
    ],
)
def test_safe_url(url: object, safe: str) -> None:
    assert safe_url(url) == safe


def test_dangerous_links_lead_nowhere() -> None:
    reading = Reading(url="javascript:alert(1)", title="t", text="a" * 40)
    made = _render(_issue([alert(1, rated("x", "severe", reading=reading))]))
    assert "javascript:" not in made.html
    assert "javascript:" not in made.text


def test_the_fullest_issue_is_small_enough() -> None:
    long = "关于进一步规范智能算力资源配置和词元计量计费管理有关事项的通知" * 8
    clauses = tuple(ClauseChange("replace", f"第{n}条" * 20, "旧" * 900, "新" * 900) for n in range(9))
    alerts = []
    for n in range(1, 31):
        reading = Reading(url=f"https://www.example.cn/{n}/{'p' * 120}.html", title=long, text="文" * 900, issuer=long)
        one = rated(f"d{n}", "severe", hours=n / 2, reading=reading)
        one = replace(
            one,
            change=replace(one.change, diff=Diff(clauses=clauses)),
            effects=tuple(replace(one.effects[0], reason=long, reason_zh=long) for _ in range(9)),
            quantities=one.quantities * 9,
        )
        alerts.append(alert(n, one))
    sources = list(load().sources.values())
    blind = tuple(Blind(one, "blocked", NOW - DAY, 2, "x" * 400) for one in sources[:12])
    seen = Coverage(60, 20, tuple(sources[12:40]), blind, tuple(sources[40:50]), tuple(sources[50:]))
    for language in ("en", "zh"):
        made = _render(replace(_issue(alerts, seen, language=language), head=HEAD))
        assert len(made.html.encode()) < LIMIT
        assert made.chart is not None
        assert len(made.chart) < 60_000


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Archive log: 12,345 entries"),
        ("zh", "存档日志：12,345 条"),
        ("zh-Hant", "存檔日誌：12,345 條"),
    ],
)
def test_the_footer_says_where_the_log_stands(language: str, says: str) -> None:
    plain = _issue([alert(1, rated("price", "severe"))], language=language)
    made, without = _render(replace(plain, head=HEAD)), _render(plain)
    assert says in made.text and f"vedette verify --root 12345:{HEAD.root}" in made.text
    shown = _text_of(made.html)
    assert says in shown and f"{HEAD.root[:16]}…" in shown and HEAD.root not in shown
    assert says not in without.text and says not in _text_of(without.html)


def test_the_chart_has_its_numbers_in_a_table() -> None:
    alerts = [alert(n, rated(f"d{n}", "severe", hours=24 * 7 * n + 1)) for n in range(13)]
    made = _render(_issue(alerts))
    assert made.chart is not None
    assert made.chart.startswith(b"\x89PNG")
    soup = BeautifulSoup(made.html, "lxml")
    assert soup.find("img", src="cid:chart")["alt"] == words("en")("history.alt")
    table = soup.find("th", scope="row").find_parent("table")
    rows = [[cell.get_text() for cell in row.find_all(["td", "th"])] for row in table.find_all("tr")]
    assert rows[0] == ["Week from", "Pricing"]
    assert [row[1] for row in rows[1:-1]] == ["1"] * 13
    assert rows[-1] == ["Total", "13"]


def test_a_chart_is_the_same_bytes_again() -> None:
    alerts = [alert(1, rated("x", "severe"))]
    assert _render(_issue(alerts)).chart == _render(_issue(alerts)).chart


def test_a_quiet_day_says_on_what_it_rests() -> None:
    full = _render(_issue([], Coverage(36, 36)))
    assert full.subject == "[Board brief] quiet – 36 of 36 sources read"
    assert "silence is therefore well founded" in _text_of(full.html)
    partial = _render(_issue([], Coverage(36, 34)))
    assert "only partly founded" in partial.text
    assert "34 of 36 sources were read" in _text_of(partial.html)
    assert full.chart is None


def test_blind_spots_are_named() -> None:
    first, second, third, fourth = list(load().sources.values())[:4]
    blind = Blind(first, "blocked", NOW - 2 * DAY, 1, "Answer 412 with a <challenge>")
    made = _render(_issue([], Coverage(4, 1, (second,), (blind,), (third,), (fourth,))))
    for shown in (made.text, _text_of(made.html)):
        assert f"{first.title_en}: blocked by the site" in re.sub(r"\s+:", ":", shown)
        assert "since 18 May 2026" in shown
        assert "<challenge>" in shown
        assert f"Not read in this time: {second.title_en}." in shown
        assert f"Recovered: {third.title_en}." in shown
        assert f"never read: {fourth.title_en}." in shown


def test_an_immediate_issue_has_no_statistics() -> None:
    made = _render(_issue([alert(1, rated("x", "severe"))], Coverage(3, 3), cadence="immediate", at=None))
    assert made.chart is None
    assert words("en")("history.title") not in made.text
    assert words("en")("coverage.title") not in made.text


def test_times_are_the_reader_s() -> None:
    made = _render(_issue([alert(1, rated("x", "severe"))], Coverage(3, 3), timezone="America/New_York"))
    assert "19 May 2026" in made.text.splitlines()[0]
    assert "between 18 May 2026, 21:00 and 19 May 2026, 21:00" in made.text


def test_unsubscribe_is_offered_where_there_is_an_address() -> None:
    link = "https://vedette.example.org/unsubscribe/preview"
    made = _render(_issue([]), Sender("vedette@example.org", unsubscribe=link))
    assert f'href="{link}"' in made.html
    assert link in made.text
    assert "ask whoever runs this installation" in _render(_issue([])).text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_issue_names_a_receiver(language: str) -> None:
    """One text goes to all: an address in it would tell each reader who the others are."""
    to = ("first@example.org", "second@example.org")
    made = _render(_issue([alert(1, rated("x", "severe"))], language=language, to=to))
    assert not [one for one in to if one in made.text + made.html + made.subject]
    assert words(language)("footer.why", title="Board brief", cadence=words(language)("cadence.daily")) in made.text


def test_corrections_are_marked() -> None:
    first = alert(1, rated("a", "severe", hours=30))
    update = alert(2, rated("b", "severe", message_type="update", references=(first.id,), revision=2))
    made = _render(_issue([first, update]))
    assert f"An earlier alert ({first.id}) is updated by this one." in made.text


def test_why_names_the_filter() -> None:
    given = {"filter": {"triggers": ["quota"], "tiers": ["central"], "regions": ["CN"], "min_severity": "moderate"}}
    made = _render(_issue([alert(1, rated("q", "severe", trigger="quota", origin=NDRC))], **given))
    assert (
        "triggers Quota and allocation; tiers central government; regions China; severity Moderate or above"
        in made.text
    )


def test_numbers_of_all_alerts_of_a_change_are_on_its_card_and_said_once() -> None:
    """One change fires two triggers: the card is the gravest one's, its numbers are both's."""
    price = rated("same", "moderate")
    quota = replace(rated("same", "extreme", trigger="quota"), change=price.change)
    quota = replace(quota, quantities=(Number("quota", "1200", "600", "request", "minute", -50.0),))
    field = FieldChange("表1 第3行 月费", "39.9元/月", "49.9元/月")
    quota = replace(quota, change=replace(quota.change, diff=replace(quota.change.diff, fields=(field,))))
    made = _render(_issue([alert(1, price), alert(2, quota)]))
    assert "Quota a minute: 1,200 requests → 600 requests (-50%)" in made.text
    assert "15M-token plan a month: CNY 39.9 → CNY 49.9 (+25%)" in made.text
    assert "月费" not in made.text, "the field says what the number says"


def test_a_scenario_s_reason_names_the_publisher() -> None:
    one = rated("x", "severe")
    effect = replace(one.effects[0], reason="pricing tightened by chinatelecom (carrier)")
    assert (
        "pricing tightened by China Telecom (carrier)"
        in _render(_issue([alert(1, replace(one, effects=(effect,)))])).text
    )


def test_a_repealed_document_names_what_repealed_it() -> None:
    plain = rated("x", "severe", quantities=())
    field = FieldChange("repealed_by", None, "关于废止部分文件的决定 https://www.example.cn/2.html")
    one = replace(plain, change=replace(plain.change, diff=Diff(fields=(field,))))
    assert "repealed by: 关于废止部分文件的决定" in _render(_issue([alert(1, one)])).text
    assert "废止依据：关于废止部分文件的决定" in _render(_issue([alert(1, one)], language="zh")).text


def test_a_draft_is_called_one() -> None:
    assert "New, draft" in _render(_issue([alert(1, _new("draft"))])).text
    assert "新发布、征求意见稿" in _render(_issue([alert(1, _new("draft"))], language="zh")).text
    assert "New · Pricing" in _render(_issue([alert(1, _new("unknown"))])).text


def _new(lifecycle: str) -> Finding:
    one = rated("x", "severe", lifecycle=lifecycle)
    return replace(one, before=None, change=replace(one.change, kind="new", before=None))


def test_every_text_is_used() -> None:
    """Keys that no program and no template names, and no term of ours leads to, are left over."""
    folder = Path(__file__).resolve().parent.parent / "digests"
    programs = "".join(p.read_text("utf-8") for p in folder.rglob("*") if p.suffix in {".py", ".j2"})
    families = set(re.findall(r"""["']([a-z_.]+)\.\{""", programs)) - {"card", "headline"}
    families |= set(re.findall(r"""(?:term|count)\(["']([a-z_.]+)["']""", programs))
    families |= {"coverage.more"}
    kinds = {"headline.new", "headline.amended", "card.effective", "card.comments", "card.expires", "card.published"}
    kinds |= {f"{place}.{kind}" for place in ("headline", "card") for kind in ("moved", "withdrawn", "restored")}
    for key in words("en").keys - kinds:
        named = re.search(rf"""["']{re.escape(key)}["']""", programs)
        assert named or {key.rpartition(".")[0], key.partition(".")[0]} & (families - {"card", "headline"}), key


def test_a_template_that_names_nothing_fails_loudly() -> None:
    with pytest.raises(UndefinedError):
        _html().from_string("{{ nothing }}").render()


def test_findings_of_an_unknown_trigger_are_told_by_their_own_title() -> None:
    made = _issue([alert(1, rated("x", "severe"))])
    bare = replace(declarations(made.subscription), triggers={})
    assert "Pricing" in render(made, bare, SENDER).text
    assert finding().trigger.title == "Pricing"
