"""The whole chain as a program to be killed: crawl, classify, alert, digest and deliver, round after round.

    python -m tests.chain HOME SITE RELAY_PORT HOOK STAGE_FILE

It imports and loads the real model once, then forks a child for each line it reads and says how the child ended: a kill
costs no start of Python. The child does what `vedette once` does, again and again; the site moves on by a round once a
whole round is through. One round is 25 hours of the simulated clock.
"""

from __future__ import annotations

import importlib
import os
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent import judge
from agent.pipeline import Pipeline
from config.declarations import Declarations
from config.settings import Settings
from config.source import Source
from index.archive.archive import Archive
from tests.crawled import source
from tests.replicas import SUBJECTS, body
from tests.telling import declarations, subscription

FIRST = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
STEP = timedelta(hours=25)
SOURCES = ("north", "south")
SHOWN = 6
"""Documents on a list; older ones have left it."""
AMENDED_AFTER = 2
"""Rounds after which a document is changed; it is read again for some days more than that."""
STAGES = ("crawl", "classify", "alert", "digest", "deliver", "between")


@dataclass(frozen=True)
class Site:
    """The pages of one round, by host and path."""

    round: int

    def pages(self) -> dict[str, bytes]:
        """Lists and documents: every source gets a document a round, and each is amended once."""
        made = {}
        for name in SOURCES:
            numbers = range(max(0, self.round - SHOWN), self.round + 1)
            rows = "".join(self._row(name, n) for n in reversed(numbers))
            made[f"www.{name}.gov.cn/tz/"] = _page("通知公告", f'<ul class="u-list">{rows}</ul>')
            made |= {f"www.{name}.gov.cn/tz/{n}.html": self._document(name, n) for n in numbers}
        return made

    def _row(self, name: str, n: int) -> str:
        return f'<li><a href="./{n}.html" title="{_title(name, n)}">{_title(name, n)}</a><span>{_day(n)}</span></li>'

    def _document(self, name: str, n: int) -> bytes:
        lines = list(body(SUBJECTS[n % len(SUBJECTS)], n * 7 + SOURCES.index(name)))
        if self.round >= n + AMENDED_AFTER:
            lines[4] = f"三、公共平台每月向登记单位提供免费额度{n % 40 + 10}万tokens，超出部分按照公布的价格计费。"
        text = "".join(f"<p>{line}</p>" for line in (f"算管发〔{2026 + SOURCES.index(name)}〕{n + 1}号", *lines))
        head = f'<meta name="ArticleTitle" content="{_title(name, n)}"><meta name="PubDate" content="{_day(n)}">'
        return _page(_title(name, n), f'<h1>{_title(name, n)}</h1><div class="TRS_Editor">{text}</div>', head)


def _title(name: str, n: int) -> str:
    place = {"north": "北方", "south": "南方"}[name]
    return f"关于下达{place}公共算力平台第{n + 1}批{SUBJECTS[n % len(SUBJECTS)]}配额的通知"


def _day(n: int) -> str:
    return f"{(FIRST + STEP * n).date()}"


def _page(title: str, inner: str, head: str = "") -> bytes:
    return f'<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{inner}</body></html>'.encode()


def sources() -> list[Source]:
    """The two sources of the site."""
    revisit = {"every": "1d", "for_days": AMENDED_AFTER + 3}
    given = {"revisit": revisit, "delay": 0, "title": "通知公告"}
    return [source(id=name, urls=[f"https://www.{name}.gov.cn/tz/"], authority=name, **given) for name in SOURCES]


def declared(hook: str) -> Declarations:
    """The shipped declarations with these sources, two mail subscriptions and one by webhook."""
    desk = subscription("desk", cadence="immediate", at=None, to=("a@example.org", "b@example.org"))
    web = {"channel": "webhook", "secrets_env": ("HOOK_SECRET",), "cadence": "immediate", "at": None}
    made = declarations(desk, subscription("board"), subscription("engine", to=(hook,), **web))
    return replace(made, sources={one.id: one for one in sources()})


def settings(home: Path, site: str, relay: int) -> Settings:
    """Everything on loopback; what is found is news whatever its date."""
    mail = {"smtp_host": "127.0.0.1", "smtp_port": relay, "smtp_starttls": False}
    given = {"home": home, "mirror": site, "allow_networks": "127.0.0.0/8", "alert_backfill_days": 3650}
    return Settings.model_validate(given | mail)


def work(stages: Callable[[Archive, datetime], Pipeline], home: Path, site: str, mark: Callable[[str], None]) -> None:
    """Rounds until killed, or until the site says that there are no more."""
    with Archive(home) as archive:
        opened = None
        while (turn := _ask(f"{site}/round")) != "end":
            now = FIRST + STEP * int(turn)
            of = stages(archive, now)
            mark("crawl")
            of.crawl(sources())
            mark("classify")
            opened = opened or of.open_judge()
            of.classify(opened)
            mark("alert")
            of.alert()
            mark("digest")
            of.digest()
            mark("deliver")
            of.deliver()
            mark("between")
            _ask(f"{site}/done/{turn}")


def _ask(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return str(answer.read().decode())


def _warm() -> None:
    """Import what a child would import at work; nothing that starts a reactor or a thread."""
    for name in ("crawlers.crawl", "digests.chart", "matplotlib.figure", "matplotlib.backends.backend_agg", "opencc"):
        importlib.import_module(name)


def main() -> None:
    """Fork a child for each line; print its id and how it ended."""
    _warm()
    home, site, relay, hook, stage = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
    given, told = declared(hook), settings(home, site, relay)
    loaded = judge.encoder(told)
    judge.encoder = lambda _: loaded  # loaded once for all children; `open_judge` is the real one
    marks = os.open(stage, os.O_WRONLY)

    def mark(name: str) -> None:
        os.pwrite(marks, f"{name:<10}".encode(), 0)

    print("ready", flush=True)  # noqa: T201 - its output is what the test reads
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            work(lambda archive, now: Pipeline(archive, given, told, lambda: now), home, site, mark)
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
