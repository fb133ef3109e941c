"""The pages in a real headless Chromium: accessible by axe, usable by keyboard, without scripts and on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.declarations import Declarations, load
from index.archive.archive import Archive
from tests.browsed import HOSTILE_ID, NOW, PLAN_ID, looked_at
from tests.desks import Desk, desk, token

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
AXE = next(Path(axe.__file__).parent.glob("axe.min.js")).read_text("utf-8")
PAGES = (
    "/?window=30",
    "/search",
    "/search/help",
    "/prices",
    "/quotas",
    "/scenarios",
    "/sources",
    "/subscriptions",
    "/changes?first=1",
    "/documents/plans",
    f"/documents/{PLAN_ID}/diff",
    f"/documents/{HOSTILE_ID}",
    "/documents/nothing",
    "/sign-in",
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
LOOKS = (("light", DESKTOP, "en"), ("dark", DESKTOP, "en"), ("dark", PHONE, "zh"), ("light", PHONE, "zh"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine; .ci/run installs one"),
]


@pytest.fixture(scope="module")
def declared() -> Declarations:
    return load()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, declared: Declarations) -> Iterator[Archive]:
    with looked_at(tmp_path_factory.mktemp("seen"), declared) as opened:
        yield opened


@pytest.fixture(scope="module")
def at(archive: Archive, declared: Declarations) -> Iterator[Desk]:
    with desk(archive.home, declared) as made:
        made.now = NOW
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield made
        made.close()


class Eye:
    """One reader's page, and what the browser complained of."""

    def __init__(self, browser: Any, at: Desk, **given: Any) -> None:
        self._context = browser.new_context(
            base_url=f"http://{at.host}", **{"viewport": DESKTOP, "locale": "en-GB"} | given
        )
        self.page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda box: (self.complaints.append(f"dialog {box.message}"), box.dismiss()))

    def close(self) -> None:
        self._context.close()


@pytest.fixture
def eye(browser: Any, at: Desk, request: pytest.FixtureRequest) -> Iterator[Eye]:
    made = Eye(browser, at, **getattr(request, "param", {}))
    yield made
    made.close()


def violations(page: Any, *, contrast_only: bool = False) -> list[str]:
    """What axe finds; evaluated over the debugger, so that the policy of the page stays in force."""
    page.evaluate(AXE)
    asked = {"type": "rule", "values": ["color-contrast"]} if contrast_only else {"type": "tag", "values": RULES}
    found = page.evaluate("asked => axe.run({runOnly: asked, resultTypes: ['violations']})", asked)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['any'][:1]}" for one in found["violations"]]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_any_light_width_and_language(eye: Eye, path: str) -> None:
    """In the other light only colours differ."""
    spoken: set[str] = set()
    for scheme, size, language in LOOKS:
        eye.page.set_extra_http_headers({"Accept-Language": language})
        eye.page.emulate_media(color_scheme=scheme)
        eye.page.set_viewport_size(size)
        fresh = language not in spoken
        spoken.add(language)
        if fresh:
            eye.page.goto(path)
        eye.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert not violations(eye.page, contrast_only=not fresh), (path, scheme, size)
        wide = eye.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{path} is {wide} px wide at {size['width']}"
    known = "404 (Not Found)" if path == "/documents/nothing" else None
    assert not [one for one in eye.complaints if not (known and known in one)]


def test_two_clicks_from_the_start_page_to_what_changed_in_token_prices(eye: Eye) -> None:
    eye.page.goto("/")
    eye.page.get_by_role("link", name="Prices", exact=True).click()
    row = eye.page.get_by_role("row").filter(has_text="CNY 39.9 a month").filter(has_text="+25%")
    assert row.count() == 1
    row.get_by_role("link").click()
    assert "49.9" in eye.page.locator(".sides ins").first.inner_text()
    eye.page.goto("/")
    eye.page.get_by_role("link", name="What do tokens cost, and what changed").click()
    assert eye.page.url.endswith("/prices")
    assert not eye.complaints


def test_the_keyboard_reaches_everything_and_shows_where_it_is(eye: Eye) -> None:
    page = eye.page
    page.goto("/?window=30")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box and box["y"] >= 0, "the skip link comes into view"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.tagName, (e.innerText || e.name || '').trim(), s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        if seen[0] != "BODY":
            assert seen[2] != "none" and seen[3] >= 1, f"no focus to be seen on {seen}"
        reached.add(seen[1])
    assert {"30 days", "Pricing", "Right", "Wrong", "Why", "Changes side by side"} <= reached
    page.goto("/")
    page.get_by_role("link", name="Scenarios", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scenarios")


@pytest.mark.parametrize("eye", [{"java_script_enabled": False}], indirect=True)
def test_everything_works_without_scripts(eye: Eye, archive: Archive) -> None:
    page = eye.page
    page.goto("/")
    page.get_by_role("link", name="30 days").click()
    page.get_by_role("link", name="Pricing, Severe").first.click()
    assert "severity=severe" in page.url and page.locator("article.item").count() >= 1
    before = len(archive.feedback.all())
    page.locator("form.judge").first.get_by_role("button", name="Wrong").click()
    assert page.get_by_role("status").inner_text().endswith("marked wrong.")
    assert len(archive.feedback.all()) == before + 1
    page.get_by_role("link", name="Back to where you were").click()
    assert "severity=severe" in page.url
    page.goto("/prices")
    page.get_by_label("Provider").select_option("china_unicom")
    page.get_by_role("button", name="Show").click()
    assert page.locator("table").first.locator("tbody tr").count() == 1
    page.get_by_role("link", name="中文").click()
    assert page.locator("h1").inner_text() == "价格" and "provider=china_unicom" in page.url


def test_with_scripts_verdicts_and_filters_change_in_place(eye: Eye, archive: Archive) -> None:
    page = eye.page
    page.goto("/?window=30")
    before = len(archive.feedback.all())
    forms = page.locator("form.judge")
    count = forms.count()
    forms.last.get_by_role("button", name="Right").click()
    page.get_by_role("status").wait_for()
    assert forms.count() == count - 1 and page.url.endswith("/?window=30")
    assert len(archive.feedback.all()) == before + 1
    page.goto("/prices")
    page.get_by_label("Provider").select_option("china_unicom")
    page.wait_for_url("**provider=china_unicom**")
    assert page.locator("#book table").first.locator("tbody tr").count() == 1
    page.go_back()
    page.locator("#book table").first.locator("tbody tr").nth(1).wait_for()
    assert not eye.complaints


def test_a_hostile_document_runs_nothing(eye: Eye) -> None:
    for path in (f"/documents/{HOSTILE_ID}", "/changes?first=1", f"/documents/{HOSTILE_ID}?at=0-40"):
        eye.page.goto(path)
        assert eye.page.locator("img").count() == 0
    assert not eye.complaints
    blocked = eye.page.evaluate(
        "new Promise(done => { document.addEventListener('securitypolicyviolation', e => done(e.violatedDirective));"
        " const s = document.createElement('script'); s.textContent = 'document.title = 1'; document.head.append(s) })"
    )
    assert blocked.startswith("script-src") and eye.page.title() != "1", "the policy is in force"


def test_signing_in_with_a_browser(browser: Any, tmp_path: Path, declared: Declarations) -> None:
    with looked_at(tmp_path, declared) as archive, desk(tmp_path, declared) as at:
        at.now = NOW
        secret = token(archive, "ana", "archive:read", "feedback:write")
        eye = Eye(browser, at)
        eye.page.goto("/prices")
        assert eye.page.url.endswith("/sign-in?back=%2Fprices")
        eye.page.get_by_label("Token").fill("wrong")
        eye.page.keyboard.press("Enter")
        assert "opens nothing" in eye.page.get_by_role("alert").inner_text()
        eye.page.get_by_label("Token").fill(secret)
        eye.page.get_by_role("button", name="Sign in").click()
        eye.page.wait_for_url("**/prices")
        assert eye.page.evaluate("document.cookie") == "", "no script can read the session"
        eye.page.goto("/?window=30")
        eye.page.locator("form.judge").first.get_by_role("button", name="Right").click()
        eye.page.get_by_role("status").wait_for()
        assert [one.by for one in archive.feedback.all()] == ["ana"]
        eye.page.get_by_role("button", name="Sign out").click()
        assert eye.page.url.endswith("/sign-in")
        eye.close()


@pytest.mark.parametrize("path", ["/?window=30", "/documents/plans", "/prices"])
def test_on_paper_there_is_the_news_and_no_furniture(eye: Eye, path: str) -> None:
    eye.page.goto(path)
    eye.page.emulate_media(media="print")
    assert not eye.page.locator(".mast nav").is_visible() and not eye.page.locator(".quick").is_visible()
    assert eye.page.locator("h1").is_visible()
    assert not [one for one in eye.page.locator("form.judge").all() if one.is_visible()]
