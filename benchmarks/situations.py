"""The situations of one page (`tests/situations.py`) through other watchers of pages, and through ours, compared.

`python -m benchmarks.situations --urlwatch PATH/urlwatch --changedetection PATH/changedetection.io > table.md`. Each of
them stands in a virtual environment of its own, outside the project (`pip install urlwatch cssselect`, `pip install
changedetection.io`), and is set up as its manual shows: once without a selector, once with the CSS selector of the
text. All pages lie on loopback. One visit is one run of the program over all pages.

A situation comes out right if at every visit a change is told exactly when the document changed, and its account holds
the words that changed. An error told while the page cannot be had is right; told of a page that answers well when asked
again, it is wrong. Of a document that is gone, either an error or a change is right, silence is not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from benchmarks.watchers import Changedetection, Urlwatch
from config.settings import Settings
from config.source import Source
from crawlers.crawl import crawl
from index.archive.archive import Archive
from tests.crawled import Reply, Site, document, serve, source
from tests.notices import NOTICE, Situation
from tests.situations import SITUATIONS
from tests.situations_edited import EDITS
from tests.situations_quiet import NOISE

SELECTOR = ".TRS_Editor"
_PAUSE = 1.2
"""Seconds between visits: urlwatch tells snapshots apart by whole seconds."""
TROUBLE = tuple(s for s in SITUATIONS if s not in NOISE and s not in EDITS)
GROUPS = {"Nothing happened": NOISE, "The document was edited": EDITS, "The site is in trouble": TROUBLE}


class Seen(Protocol):
    """What a watcher told of one page at one visit: `kind` is changed, error or empty, `words` its account."""

    kind: str
    words: str


class Watcher(Protocol):
    """A program that looks at pages. `look` is one visit; what it tells, by address."""

    name: str

    def look(self) -> Mapping[str, Seen]:
        """One visit to every page."""


@dataclass
class Ours:
    """Our crawler over the same pages, each with an archive of its own: in one, equal texts would be one work."""

    name: str
    watched: tuple[tuple[Archive, Source], ...]
    now: datetime = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)

    def look(self) -> dict[str, Seen]:
        """One crawl, a day after the last."""
        told: list[dict[str, object]] = []
        self.now += timedelta(days=1)
        settings = Settings(allow_networks="127.0.0.0/8")  # type: ignore[arg-type]  # as in the environment
        for archive, of in self.watched:
            crawl(archive, [of], settings, clock=lambda: self.now, events=told.append)
        seen: dict[str, Seen] = {}
        for event in told:
            kind = "changed" if event["event"] in {"amended", "withdrawn", "restored"} else ""
            kind = "error" if event["event"] == "problem" else kind
            if kind:
                seen[str(event["url"])] = Told(kind, str(event["change"]))
        return seen


@dataclass
class Told:
    """What our crawler told of one page."""

    kind: str
    words: str


@dataclass
class Score:
    """How the situations came out for one watcher, by name of situation; the reason where it was wrong."""

    wrong: dict[str, str] = field(default_factory=dict)

    def right(self, of: Sequence[Situation]) -> int:
        """How many of these came out right."""
        return sum(s.name not in self.wrong for s in of)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--urlwatch", type=Path)
    options.add_argument("--changedetection", type=Path)
    chosen = options.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scores = {w.name: score for w, score in _run(chosen, home, stack)}
    print("\n".join(_table(scores)))


def _run(chosen: argparse.Namespace, home: Path, stack: ExitStack) -> Iterator[tuple[Watcher, Score]]:
    for with_selector in (False, True):
        selector = SELECTOR if with_selector else None
        for make in _makers(chosen):
            site, port = _site(stack)
            addresses = [f"http://127.0.0.1:{port}/s{n}/tz/1.html" for n in range(len(SITUATIONS))]
            folder = home / f"{make.__name__}{with_selector}"
            folder.mkdir()
            watcher = make(chosen, folder, addresses, selector, stack)
            print(f"{watcher.name} …", file=sys.stderr)
            yield watcher, play(watcher, site, addresses)


def _site(stack: ExitStack) -> tuple[Site, int]:
    server = serve(site := Site())
    stack.callback(server.shutdown)
    site.put("x://sso/login?back=1.html", document("统一身份认证平台"))
    site.put("x://new/1.html", NOTICE.page())
    site.put("x://robots.txt", b"User-agent: *\nAllow: /\n")
    return site, server.server_port


def _makers(chosen: argparse.Namespace) -> tuple[object, ...]:
    made = [_ours]
    made += [_urlwatch] if chosen.urlwatch else []
    made += [_changedetection] if chosen.changedetection else []
    return tuple(made)


def _ours(_: argparse.Namespace, home: Path, urls: Sequence[str], selector: str | None, stack: ExitStack) -> Ours:
    detail = {"body": selector} if selector else {}
    told = {"kind": "page", "list": {}, "detail": detail, "delay": 0, "connections": 4}
    archives = (stack.enter_context(Archive(home / str(n))) for n in range(len(urls)))
    sources = (source(id=f"s{n}", urls=[url], **told) for n, url in enumerate(urls))
    return Ours(f"Vedette{_with(selector)}", tuple(zip(archives, sources, strict=True)))


def _urlwatch(
    chosen: argparse.Namespace, home: Path, urls: Sequence[str], selector: str | None, _: ExitStack
) -> Urlwatch:
    return Urlwatch(f"urlwatch{_with(selector)}", chosen.urlwatch, home, urls, selector)


def _changedetection(
    chosen: argparse.Namespace, home: Path, urls: Sequence[str], selector: str | None, stack: ExitStack
) -> Changedetection:
    name = f"changedetection.io{_with(selector)}"
    return stack.enter_context(Changedetection(name, chosen.changedetection, home, urls, selector))


def _with(selector: str | None) -> str:
    return ", selector" if selector else ""


def play(watcher: Watcher, site: Site, addresses: Sequence[str]) -> Score:
    """Every situation through one watcher: the first look, then each visit."""
    for url, situation in zip(addresses, SITUATIONS, strict=True):
        site.put(f"x:/{_path(url)}", situation.first)
    watcher.look()
    score = Score()
    for turn in range(max(len(s.visits) for s in SITUATIONS)):
        for url, situation in zip(addresses, SITUATIONS, strict=True):
            if turn < len(situation.visits):
                visit = situation.visits[turn]
                site.put(f"x:/{_path(url)}", *(visit if isinstance(visit, tuple) else (visit,)))
        time.sleep(_PAUSE)
        seen = watcher.look()
        for url, situation in zip(addresses, SITUATIONS, strict=True):
            if turn < len(situation.visits) and situation.name not in score.wrong:
                fault = judged(situation, turn, seen.get(url))
                if fault:
                    score.wrong[situation.name] = fault
    return score


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def judged(situation: Situation, turn: int, seen: Seen | None) -> str:
    """What is wrong with what was told at one visit; empty where it is right."""
    told, kind = situation.told[turn], seen.kind if seen else ""
    if "amended" in told:
        missing = [w for w in situation.shows if seen and w not in seen.words] if len(situation.visits) == 1 else []
        return "missed" if kind != "changed" else "told without the words that changed" if missing else ""
    if "withdrawn" in told:
        return "" if kind else "missed"
    if "restored" in told:
        return ""
    if kind == "changed":
        return "told as a change"
    return "told as an error" if kind == "error" and _answers_well(situation.visits[turn]) else ""


def _answers_well(visit: object) -> bool:
    last = visit[-1] if isinstance(visit, tuple) else visit
    status = last.status if isinstance(last, Reply) else last if isinstance(last, int) else 200
    return status in {200, 301} and (isinstance(last, Reply) or last == NOTICE.page())


def _table(scores: Mapping[str, Score]) -> Iterable[str]:
    yield f"Run on {date.today().isoformat()}, Python {sys.version.split()[0]}."
    yield ""
    yield "| | " + " | ".join(scores) + " |"
    yield "|:--|" + ":--|" * len(scores)
    yield (
        f"| **right, of {len(SITUATIONS)}** | "
        + " | ".join(f"**{s.right(SITUATIONS)}**" for s in scores.values())
        + " |"
    )
    for title, group in GROUPS.items():
        yield (
            f"| **{title}**, right of {len(group)} | "
            + " | ".join(f"**{s.right(group)}**" for s in scores.values())
            + " |"
        )
        for situation in group:
            cells = (s.wrong.get(situation.name, "right") for s in scores.values())
            yield f"| {situation.name} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
