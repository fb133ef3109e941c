"""A week of three sites on loopback, and crawls of it in child processes that may be killed at any moment."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

from index.archive.archive import Archive
from tests.attached import chinese_pdf
from tests.crawled import SENTENCES, Reply, Site, document, listing

FIRST = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
DAYS = 7
HOSTS = {"rules": "rules.example.gov.cn", "plans": "plans.example.gov.cn", "bare": "bare.example.cn"}
COUNT = 5
BLOCK = "<html><body><p>访问过于频繁，请稍后再试</p></body></html>".encode()
_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(
    ["agent.cli", "agent.collect", "agent.commands.crawl", "crawlers.crawl", "crawlers.transport"]
)


def declaration(name: str) -> str:
    """The YAML of a source: `bare` names no selector."""
    selectors = "" if name == "bare" else 'list: {items: "ul.u-list > li"}\ndetail: {body: .TRS_Editor}\n'
    return (
        f"title: 通知\ntitle_en: Notices\nauthority: {name}\ntier: central\nregion: CN\nkind: listing\n"
        f"urls: ['https://{HOSTS[name]}/tz/']\n{selectors}every: 2h\nrevisit: {{every: 1d, for_days: 90}}\n"
        "expect: {items: [1, 60]}\nimpact_note: a replica on loopback\nconfidence: A\n"
    )


@dataclass
class Week(Site):
    """The sites. `open_day` shows what stands there on a day; the bare site draws its noise anew for each answer."""

    day: int = 0
    draw: random.Random = field(default_factory=lambda: random.Random(3))

    def open_day(self, day: int) -> None:
        """Edits, a block, a document that goes, one that moves, a swapped file, new documents; one a day."""
        self.day = day
        self.replies.clear()
        for name, host in HOSTS.items():
            shown = range(COUNT + (day >= 2) + (day >= 5))
            rows = [(f"./{n}.html", title(name, n), "2026-04-18") for n in reversed(shown)]
            self.put(f"https://{host}/tz/", listing(*rows))
            for n in shown:
                self.put(f"https://{host}/tz/{n}.html", self.page(name, n))
        self._befalls(day)

    def _befalls(self, day: int) -> None:
        rules, plans = (f"https://{HOSTS[name]}/tz/" for name in ("rules", "plans"))
        figure = "每月1000万" if day < 5 else "每月800万"
        pdf = chinese_pdf([[(72, 700, f"附表：免费配额{figure}tokens")]])
        self.put(f"{rules}f.pdf", Reply(pdf, headers={"Content-Type": "application/pdf"}))
        if day >= 2:
            self.put(f"{rules}3.html", 404)
        if day >= 4:
            self.put(f"{plans}2.html", Reply(status=301, headers={"Location": "/new/2.html"}))
            self.put(f"https://{HOSTS['plans']}/new/2.html", self.page("plans", 2))
        if day == 3:
            for place in [p for p in self.replies if p.startswith(HOSTS["plans"])]:
                self.put(f"https://{place}", BLOCK)

    def page(self, name: str, n: int) -> bytes:
        """A document as it stands on this day."""
        edits = {("rules", 1): 1, ("plans", 0): 2, ("bare", 2): 4, ("rules", 0): 6, ("plans", 4): 3, ("bare", 4): 6}
        edited = self.day >= edits.get((name, n), DAYS)
        lines = [f"{title(name, n)}。", *(line.replace("1000万", f"{1000 + n}万") for line in SENTENCES)]
        if edited:
            lines[3] = lines[3].replace("每季度末", "每月末")
        tail = "<p class='fj'><a href='f.pdf'>附表</a></p>" if (name, n) == ("rules", 2) else ""
        return document(title(name, n), tuple(lines), tail=tail)

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Reply:
        reply = super().answer(method, path, headers)
        if path.startswith(f"/{HOSTS['bare']}/") and reply.status == 200 and b"</body>" in reply.body:
            return Reply(reply.body.replace(b"</body>", self.noise().encode() + b"</body>"))
        return reply

    def noise(self) -> str:
        """What the bare site prints anew on every fetch."""
        hot = "".join(
            f"<li><a href='/h/{self.draw.randrange(10**6)}'>热点{self.draw.randrange(10**6)}号</a></li>"
            for _ in range(4)
        )
        count = self.draw.randrange(10**5)
        return (
            f"<div class='side'><h4>排行</h4><ul>{hot}</ul></div><div class='count'>本文已有{count}人阅读</div>"
            f"<div class='top'>今天是2026年4月{20 + self.day}日</div>"
        )


def title(name: str, n: int) -> str:
    """The title of a document."""
    subject = {"rules": "配额管理", "plans": "节点建设", "bare": "价格公示"}[name]
    return f"关于{'甲乙丙丁戊己庚'[n]}类{subject}的第{n + 1}号通知"


@dataclass(frozen=True)
class Place:
    """Where one run of the week lives."""

    home: Path
    config: Path
    port: int

    def visit(self, names: Sequence[str], now: datetime, kill: Callable[[], bool] | None = None) -> bool:
        """`vedette crawl NAMES` in a child process, killed as soon as `kill` says so; whether it came to its end."""
        child = _SERVER.Process(target=_crawl, args=(str(self.home), str(self.config), self.port, now, tuple(names)))
        child.start()
        while child.is_alive() and not (kill and kill()):
            child.join(0.005 if kill else 60)
        if child.is_alive():
            child.kill()
            child.join()
            return False
        assert child.exitcode in {0, 1}, f"crawl of {names} ended with {child.exitcode}"
        return True


def _crawl(home: str, config: str, port: int, now: datetime, names: Iterable[str]) -> None:
    os.environ |= {"VEDETTE_MIRROR": f"http://127.0.0.1:{port}", "VEDETTE_ALLOW_NETWORKS": "127.0.0.0/8"}
    with Path(home + ".log").open("a", encoding="utf-8") as log:
        sys.stdout = sys.stderr = log
        sys.argv = ["vedette", "--home", home, "--config", config, "crawl", *names]
        from agent import place

        place.utc_now = lambda: now  # the clock of the child
        from agent.cli import main

        main()


def whole(week: Week, place: Place) -> None:
    """The week, undisturbed: every source once a day."""
    for day in range(DAYS):
        week.open_day(day)
        assert place.visit(list(HOSTS), FIRST + timedelta(days=day))


def disturbed(week: Week, place: Place, rng: random.Random) -> int:
    """The week with sources in any order and company, crawls killed at any moment and started again; kills made.

    A crawl is killed after so many answers of the sites, and up to half a second later: while it asks, reads or writes.
    """
    kills = 0
    for day in range(DAYS):
        week.open_day(day)
        names = rng.sample(sorted(HOSTS), len(HOSTS))
        cut = rng.randint(1, len(names))
        now = FIRST + timedelta(days=day)
        for group in (names[:cut], names[cut:]):
            for _ in range(rng.randint(0, 2) if group else 0):
                now += timedelta(minutes=1)
                kills += not place.visit(group, now, _fatal(week, rng))
            assert not group or place.visit(group, now + timedelta(minutes=1))
    return kills


def _fatal(week: Week, rng: random.Random) -> Callable[[], bool]:
    """Says when to kill a crawl."""
    answers, pause = len(week.asked) + rng.randint(1, 24), rng.choice((0.0, rng.uniform(0, 0.5)))
    reached: list[float] = []

    def now() -> bool:
        if len(week.asked) < answers:
            return False
        reached.append(monotonic())
        return reached[-1] - reached[0] >= pause

    return now


def events(home: Path) -> list[tuple[str, str, str, str]]:
    """What the archive tells: kind, address, and the digests of the text before and after; in an order of its own."""
    with Archive(home) as archive:
        digest = archive.documents.text_digest
        changes = archive.documents.changes_between(FIRST - timedelta(days=1), FIRST + timedelta(days=DAYS + 1))
        urls = {row: (archive.documents.document(row) or {})["url"] for row in {c.document for c in changes}}
        return sorted(
            (c.kind, urls[c.document], _of(digest, c.before), _of(digest, c.after))
            for c in changes
            if c.cause == "source"
        )


def _of(digest: Callable[[str], str | None], version: str | None) -> str:
    return (digest(version) if version else None) or ""


def problems(home: Path) -> list[tuple[str, str, bool]]:
    """The problems that were met: source, kind, and whether they are over."""
    with Archive(home) as archive:
        return sorted({(p.source, p.kind, p.closed_at is not None) for p in archive.health.problems(open_only=False)})
