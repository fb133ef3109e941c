"""The pages over real HTTP: what they say, in both languages, of kind and of hostile documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import Tag

from agent.boarding import open_board
from agent.web.page import POLICY
from agent.web.wording import own_texts, words
from config.declarations import Declarations, load
from index.archive.archive import Archive
from tests.browsed import HOSTILE_ID, LATE, NOW, PLAN_ID, looked_at, said, soup
from tests.desks import CARRIED, PLAN, Desk, desk
from tests.priced import START, tell

WEB = Path(__file__).resolve().parent.parent / "agent/web"
PAGES = (
    "/",
    "/?window=30",
    "/search",
    "/search/help",
    "/prices",
    "/quotas",
    "/scenarios",
    "/sources",
    "/subscriptions",
    "/changes",
    f"/documents/{PLAN_ID}",
    f"/documents/{PLAN_ID}/diff",
    f"/documents/{HOSTILE_ID}",
    "/sign-in",
)


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with looked_at(tmp_path_factory.mktemp("pages"), declared) as opened:
        yield opened


@pytest.fixture(scope="module")
def at(archive: Archive, declared: Declarations) -> Iterator[Desk]:
    with desk(archive.home, declared) as made:
        made.now = NOW
        yield made


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_in_both_languages(at: Desk, path: str, language: str) -> None:
    page = soup(at, path, Accept_Language=f"{language}-XX,fr;q=0.9")
    assert page.html and page.html["lang"] == {"en": "en", "zh": "zh-CN"}[language]
    assert page.title and page.title.get_text().endswith("· Vedette")
    assert len(page.find_all("h1")) == 1 and len(page.find_all("main")) == 1
    levels = [int(head.name[1]) for head in page.find_all(re.compile(r"^h[1-6]$"))]
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels
    ids = [one["id"] for one in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), [one for one in ids if ids.count(one) > 1]


@pytest.mark.parametrize("path", PAGES)
def test_no_script_and_no_style_stands_in_a_page(at: Desk, path: str) -> None:
    page = soup(at, path)
    assert [script.get_text() for script in page.find_all("script")] == [""]
    assert not page.find_all("style")
    for one in page.find_all(True):
        assert not [name for name in one.attrs if name == "style" or name.startswith(("on", "hx-on"))], one
        assert not str(one.get("href", "")).startswith("javascript:")
    _, headers, _ = at.ask(path)
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert "cookie" in headers["vary"].lower()


def test_a_hostile_title_is_text(at: Desk) -> None:
    for path in (f"/documents/{HOSTILE_ID}", "/changes?first=1"):
        code, _, body = at.ask(path)
        text = body.decode()
        assert code == 200 and "<script>alert" not in text and "<img" not in text
        assert "&lt;script&gt;alert(&#34;title&#34;)" in text and "長" not in text and "长" * 5_000 in text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), "no direction mark acts"
        assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|>49<", text)
    assert "{{ 7*7 }}" in said(soup(at, f"/documents/{HOSTILE_ID}"))


def test_the_texts_of_both_languages_have_the_same_keys_and_those_that_templates_ask_for() -> None:
    english, chinese = words("en"), words("zh")
    only_chinese = {key for key in chinese.keys - english.keys if not key.startswith("desk.filter.")}
    assert not only_chinese and not english.keys - chinese.keys
    for template in (WEB / "templates").glob("*.j2"):
        for kind, key in re.findall(r"\b([tn])\('([a-z_.0-9]+)'[,)]", template.read_text("utf-8")):
            names = {f"desk.{key}"} if kind == "t" else {f"desk.{key}.one", f"desk.{key}.many"}
            assert names <= english.keys, (template.name, key)
    han = re.compile(r"[\u4e00-\u9fff]")
    allowed = {"other_language", "search.short"}
    flat = {key.removeprefix("desk."): english(key) for key in english.keys if key.startswith("desk.")}
    assert not [key for key, text in flat.items() if han.search(text) and key not in allowed]
    assert own_texts("zh")["nav"]["today"] == "今日"


def test_the_language_is_the_readers(at: Desk) -> None:
    def lang(**headers: str) -> Any:
        page = soup(at, "/search", **headers)
        return page.html and page.html["lang"]

    assert lang() == "en" and lang(Accept_Language="de, zh-TW;q=0.8, en;q=0.3") == "zh-CN"
    assert lang(Accept_Language="zh;q=0, en") == "en" and lang(Accept_Language=";;q=,x=1" * 50) == "en"
    assert lang(Accept_Language="en", Cookie="vedette_language=zh") == "zh-CN"
    code, headers, _ = at.ask("/language/zh?back=" + quote("/prices?day=2026-03-30"))
    assert (code, headers["location"]) == (303, "/prices?day=2026-03-30")
    assert headers["set-cookie"].startswith("vedette_language=zh;")
    for away in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"):
        assert at.ask(f"/language/en?back={quote(away)}")[1]["location"] == "/"
    assert at.ask("/language/fr")[0] == 404


def test_today_says_what_changed_by_trigger_and_severity(at: Desk) -> None:
    page = soup(at, "/?window=30")
    text = said(page)
    assert "[Pricing up]" not in text, "the bracket is left out where the trigger stands beside it"
    assert "CNY 39.9 → 49.9 a month (+25%)" in text
    rows = {row.th.get_text(strip=True): row for row in page.select(".matrix tbody tr") if row.th}
    pricing = rows["Pricing"]
    counts = [cell.get_text(strip=True) for cell in pricing.find_all("td")]
    assert int(counts[-1]) == sum(int(one) for one in counts[:-1] if one != "–") == 3
    narrow = pricing.find("a")
    assert isinstance(narrow, Tag)
    assert len(page.select("article.item")) == 4
    assert len(soup(at, str(narrow["href"])).select("article.item")) == 3
    assert not soup(at, "/?window=30&trigger=nothing").select("article.item")


def test_a_quiet_day_shows_the_last_day_with_changes_and_says_so(at: Desk) -> None:
    page = soup(at, "/")
    assert "Nothing has changed today. This is the last day with changes, 10 Apr 2026" in said(page)
    assert len(page.select("article.item")) == 1
    assert "No alert in this window" in said(soup(at, "/?window=today"))
    assert len(soup(at, "/?window=since&since=2026-03-01").select("article.item")) == 5
    for odd in ("since=nonsense", "since=9999-12-31&window=since", "window=%00", "window=since"):
        assert soup(at, f"/?{odd}").find("h1")


def test_blind_spots_name_sources_and_problems(at: Desk, declared: Declarations) -> None:
    text = said(soup(at, "/"))
    watched = sum(one.enabled for one in declared.sources.values())
    assert f"0 of {watched} sources read in the last day" in text, "the one that was read is not among those watched"
    assert "NDRC notices" in text
    page = soup(at, "/sources")
    trouble = page.select_one(".trouble")
    assert trouble and "0 of 20 rows, <b>20</b> before" in trouble.get_text(), "escaped"
    assert "config/sources" in trouble.get_text(), "says what to do"
    hosts = {row.th.get_text(strip=True): row.get_text(" ", strip=True) for row in page.select(".hosts tbody tr")}
    assert hosts["www.chinatelecom.com.cn"].split()[1:] == ["1", "12", "2", "10", "–"]


def test_a_document_down_to_its_bytes(at: Desk, archive: Archive) -> None:
    page = soup(at, f"/documents/{PLAN_ID}")
    text = said(page)
    assert "发改数据〔2026〕12号" in text and "Version 2" in text and "附件" in text
    assert [one.get_text(strip=True) for one in page.select(".clause ins")] and "800万" in text
    marked = " ".join(mark.get_text() for mark in page.select(".text mark"))
    assert "800万" in marked, "the changed clause is marked in the text"
    links = {one.get_text(strip=True): str(one["href"]) for one in page.select(".side a")}
    assert CARRIED.title in links, "who carries it out"
    assert any("State Council" in name for name in links), "where it was reposted"
    sha = str(page.select(".proof a")[0]["href"]).removeprefix("/pages/")
    code, headers, body = at.ask(f"/pages/{sha}")
    assert code == 200 and body == archive.pages.body(sha)
    assert headers["content-disposition"].startswith("attachment") and "sandbox" in headers["content-security-policy"]
    assert at.ask(f"/documents?url={quote(PLAN.url, safe='')}")[1]["location"] == f"/documents/{PLAN_ID}"


def test_evidence_and_verdicts_of_an_alerted_document(at: Desk) -> None:
    page = soup(at, "/documents/plans")
    assert [mark.get_text() for mark in page.select("mark.evidence")]
    assert "score 0.95" in said(page)
    figures = [" ".join(row.get_text(" ").split()) for row in page.select(".event .figs tr")]
    assert any("CNY 39.9 CNY 49.9 +25%" in row for row in figures), figures
    assert len(page.select("form.judge")) == 2
    found = soup(at, "/documents/plans?at=3-8")
    hit = found.select_one("mark.hit#hit")
    assert hit and hit.get_text().endswith("每月49.")
    for odd in ("at=9-3", "at=x", "at=99999999999999-1", "at=-", "at=0-999999"):
        assert soup(at, f"/documents/plans?{odd}")


def test_versions_side_by_side(at: Desk) -> None:
    page = soup(at, f"/documents/{PLAN_ID}/diff")
    assert "800" in " ".join(one.get_text() for one in page.select(".sides ins"))
    assert "1000" in " ".join(one.get_text() for one in page.select(".sides del"))
    turned = soup(at, f"/documents/{PLAN_ID}/diff?from=2&to=1")
    assert "1000" in " ".join(one.get_text() for one in turned.select(".sides ins"))
    assert "Nothing differs" in said(soup(at, f"/documents/{PLAN_ID}/diff?from=2&to=2"))


@pytest.mark.parametrize(
    "path",
    ["/documents/nothing", f"/documents/{PLAN_ID}?version=9", f"/documents/{PLAN_ID}/diff?from=7", "/documents?url=x",
     f"/documents/{HOSTILE_ID}/diff", "/prices?provider=nobody", "/subscriptions/nobody/preview"],
)  # fmt: skip
def test_what_does_not_exist_is_a_page_that_says_so(at: Desk, path: str) -> None:
    assert soup(at, path, 404).find("h1")


def test_the_price_book_shows_before_after_percent_and_unit_price(at: Desk) -> None:
    page = soup(at, "/prices")
    first = page.select("table")[0].select("tbody tr")
    cells = [" ".join(one.get_text(" ").split()) for one in first[0].find_all(["td", "th"])]
    assert cells[1] == "China Telecom" and cells[3].startswith("CNY 49.9 a month") and "44.9" in cells[4]
    assert cells[5] == "-10%" and cells[6] == "CNY 3.327 → CNY 2.993"
    assert len(first) == 3, "plan up, plan down, China Unicom up"
    assert page.select("figure svg path.line") and page.select("svg.bar")
    assert len(soup(at, "/prices?provider=china_unicom").select("table")[0].select("tbody tr")) == 1
    before = soup(at, f"/prices?day={(START + timedelta(days=10)).date()}")
    assert "Nothing has changed yet" in said(before)
    quotas = said(soup(at, "/quotas", Accept_Language="zh"))
    assert "10并发" in quotas and "-50%" in quotas


def test_the_board_shows_what_the_board_says(at: Desk, archive: Archive, declared: Declarations) -> None:
    made = open_board(archive, declared, NOW)
    page = soup(at, "/scenarios")
    shown = [row.find_all(["th", "td"])[1].get_text(strip=True) for row in page.select("table.board tbody tr")]
    assert shown == [f"{one.index:+.1f}" for one in made.standings]
    assert len(page.select("figure.chart svg[role=img][aria-label]")) == len(made.standings)
    assert len(page.select(".signs li")) == sum(len(one.supporting) + len(one.opposing) for one in made.standings) > 0
    past = soup(at, "/scenarios?day=2026-03-03")
    assert not past.select(".signs li") and past.select_one('a[href="/scenarios"]')


def test_all_changes_page_by_page_and_narrowed(at: Desk) -> None:
    everything = soup(at, "/changes?first=1")
    assert len(everything.select(".changes > li")) == 12
    assert {one.get_text() for one in soup(at, "/changes?kind=amended").select(".kick span:nth-of-type(2)")} == {
        "Amended"
    }
    assert "No such change" in said(soup(at, "/changes?source=nothing"))
    assert soup(at, "/changes?before=x&kind=strange&trigger=%27%3B--")


def test_subscriptions_in_words_and_the_next_issue(at: Desk, declared: Declarations) -> None:
    page = soup(at, "/subscriptions")
    assert len(page.select("section.sub")) == len(declared.subscriptions)
    code, headers, body = at.ask("/subscriptions/board/preview")
    assert code == 200 and "script-src" not in headers["content-security-policy"]
    assert "sandbox" in headers["content-security-policy"] and b"<script" not in body


def test_what_comes_later_is_shown_at_once(tmp_path: Path, declared: Declarations) -> None:
    """Books and boards are kept between requests, and never shown when they are old."""
    with looked_at(tmp_path, declared) as archive, desk(tmp_path, declared) as at:
        at.now = NOW
        assert "CNY 59.9" not in said(soup(at, "/prices"))
        rows = len(soup(at, "/").select("article.item"))
        later = LATE.__class__(LATE.source, LATE.name, "畅享版每月59.9元，含1500万词元。", 39, {"pricing": 0.9})
        tell(archive, declared, later)
        assert "CNY 59.9" in said(soup(at, "/prices"))
        assert len(soup(at, "/").select("article.item")) == rows + 1


def test_static_files_are_kept_and_named_by_their_content(at: Desk) -> None:
    page = soup(at, "/")
    sheet, script = page.select_one("link[rel=stylesheet]"), page.select_one("script")
    assert sheet and script
    for path, kind in ((str(sheet["href"]), "text/css"), (str(script["src"]), "text/javascript")):
        code, headers, _ = at.ask(path)
        assert code == 200 and headers["content-type"].startswith(kind) and "immutable" in headers["cache-control"]
    old = re.sub(r"/static/\w+/", "/static/000000000000/", str(sheet["href"]))
    assert "immutable" not in at.ask(old)[1]["cache-control"]
    assert at.ask("/static/x/..%2f..%2fpage.py")[0] == 404 and at.ask("/static/x/page.py")[0] == 404
    assert b"Zero-Clause BSD" in at.ask("/static/x/htmx.LICENSE.txt")[2]
