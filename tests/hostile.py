"""A site on loopback on which all but the documents differs on every fetch, and its declaration without selectors."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import noise
from config.source import Source
from tests.crawled import Reply, Site, source

HOST = "news.example.com"
LIST = f"https://{HOST}/notice/"


@dataclass
class Hostile(Site):
    """The site of `benchmarks.noise` with a list in front of it. `turned`: what was done to all its pages."""

    pages: noise.Site = field(default_factory=lambda: noise.Site(40))
    draw: random.Random = field(default_factory=lambda: random.Random(5))
    turned: Callable[[str], str] = str

    def answer(self, method: str, path: str, headers: dict[str, str]) -> Reply:
        place = path.lstrip("/")
        if place == f"{HOST}/notice/" and place not in self.replies:
            self.asked.append((method, place, headers))
            return Reply(self.listing())
        name = place.removeprefix(f"{HOST}/notice/").removesuffix(".html")
        if name.isdigit() and place not in self.replies:
            self.asked.append((method, place, headers))
            return Reply(self.turned(self.pages.fetch(int(name)).decode()).encode())
        return super().answer(method, path, headers)

    def listing(self) -> bytes:
        """The list: rows in one box, links that differ on every fetch beside it."""
        titles = [noise.document(n, self.pages.seed)[0] for n in range(self.pages.pages)]
        rows = "".join(
            f"<li><a href='/notice/{n}.html'>{title}</a><span>2026-04-{n % 28 + 1:02}</span></li>"
            for n, title in enumerate(titles)
        )
        hot = "".join(f"<li><a href='/hot/{self.draw.randrange(10**6)}.html'>热点</a></li>" for _ in range(5))
        return (
            f"<html><head><meta charset='utf-8'><title>公告</title></head><body>"
            f"<div class='top'>在线 {self.draw.randrange(999)} 人</div><ul class='rows'>{rows}</ul>"
            f"<div class='side'><ul>{hot}</ul></div></body></html>"
        ).encode()


def declared(**changes: object) -> Source:
    """The declaration: an address, and no selector at all."""
    told = {
        "urls": [LIST],
        "list": {},
        "detail": {},
        "expect": {"items": [1, 500]},
        "revisit": {"every": "1d", "for_days": 90},
    }
    return source(**told | changes)
