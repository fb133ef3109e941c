"""Noise without selectors: a site on which everything but the documents differs on every fetch.

`python -m benchmarks.noise [PAGES]` builds the site, visits it on three days as a crawl does (first documents twice,
changed documents twice more), and prints false and missed changes, further fetches and processor time. All text is
generated.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from crawlers.reading import read
from crawlers.template import FURTHER_LOOKS, LOOKED_AT_TWICE, Template, as_json, learn, look, same_text
from index.identity import content_digest

_WORDS = (
    *("算力", "词元", "配额", "调度", "枢纽", "节点", "登记", "机构", "平台", "服务", "企业", "用户", "价格", "标准"),
    *("数据", "存储", "出境", "评估", "接口", "限流", "资源", "申报", "审核", "公示", "公布", "结算", "补贴", "比例"),
    *("期限", "主管", "部门", "应当", "可以", "不得", "按照", "根据", "及时", "统一", "分级", "分类", "管理", "监测"),
)
_SITE = "https://news.example.com"
_HEADERS = {"content-type": "text/html; charset=utf-8"}


@dataclass
class Site:
    """Documents by number; `edits` are made before the second day. Each fetch draws its noise anew."""

    pages: int
    seed: int = 7
    day: date = date(2026, 5, 16)
    edits: dict[int, str] = field(default_factory=dict)
    draw: random.Random = field(default_factory=lambda: random.Random(11))

    def url(self, number: int) -> str:
        """The address of a document."""
        return f"{_SITE}/notice/{number}.html"

    def fetch(self, number: int) -> bytes:
        """One fetch of a document: its text, and everything else anew."""
        title, lines, rows = document(number, self.seed, self.edits.get(number, ""))
        return _page(title, lines, rows, number, self).encode()


def sentence(rng: random.Random, words: int = 24) -> str:
    body = "".join(rng.choice(_WORDS) for _ in range(words))
    unit = rng.choice(["万元", "卡时", "个工作日", "家", "%"])
    return f"{body}{rng.randint(2, 990)}{unit}，{rng.choice(_WORDS)}{rng.choice(_WORDS)}。"


def document(number: int, seed: int, edit: str = "") -> tuple[str, list[str], list[list[str]]]:
    """Title, paragraphs and table of a document, after an edit: `digit`, `paragraph` or `cell`."""
    rng = random.Random(f"{seed}/{number}")
    title = f"关于{''.join(rng.choice(_WORDS) for _ in range(6))}的通知（{number}）"
    lines = [f"第{n}条 {sentence(rng, rng.randint(10, 60))}" for n in range(1, rng.randint(20, 60))]
    rows = [["档位", "月费", "词元"]] + [
        [f"第{n}档", f"{rng.randint(5, 300)}.9", f"{rng.randint(1, 90)}00万"] for n in range(1, 6)
    ]
    if edit == "digit":
        at = rng.randrange(len(lines))
        place = max(n for n, char in enumerate(lines[at]) if char.isdigit())
        lines[at] = f"{lines[at][:place]}{(int(lines[at][place]) + 1) % 10}{lines[at][place + 1 :]}"
    elif edit == "paragraph":
        lines.insert(rng.randrange(len(lines)), f"补充规定：{sentence(rng)}")
    elif edit == "cell":
        rows[rng.randint(1, 5)][1] = "7.5"
    return title, lines, rows


def _page(title: str, lines: list[str], rows: list[list[str]], number: int, site: Site) -> str:
    draw = site.draw
    table = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    paragraphs = [f"<p>{line}</p>" for line in lines]
    paragraphs.insert(len(paragraphs) // 2, f"<div class='ad'>{_ad(draw)}</div>")
    paragraphs.insert(3, f"<p>{_ad(random.Random(draw.randrange(12)))}</p>")
    code = "".join(draw.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(8))
    body = (
        f"{''.join(paragraphs)}<table>{table}</table><p>本文已有 {draw.randint(100, 9999)} 人阅读</p>"
        f"<p>分享码：{code}</p><div class='tip'>本页于 {draw.randint(1, 59)} 分钟前更新</div>"
    )
    return _FRAME.format(
        title=title,
        token=f"{draw.getrandbits(128):032x}",
        today=f"{site.day.year}年{site.day.month}月{site.day.day}日 星期{'一二三四五六日'[site.day.weekday()]}",
        clock=f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}:{draw.randint(0, 59):02}",
        views=draw.randint(100, 99999),
        published=date(2026, 1, 1) + timedelta(days=number % 120),
        body=body,
        hot=_links(draw, [random.Random(n) for n in range(40)], 10),
        related="".join(_card(draw.randrange(site.pages), site.seed) for _ in range(4)),
        ads="".join(_banner(draw) for _ in range(3)),
        online=draw.randint(10, 5000),
        menu="".join(f"<li><a href='/c/{n}/'>栏目{n}</a></li>" for n in range(30)),
        filler="".join(f".c{n}{{margin:{n}px;padding:{n}px;color:#abcdef}}" for n in range(320)),
    )  # fmt: skip


def _ad(rng: random.Random) -> str:
    return f"【推广】{sentence(rng, 14)}限时{rng.randint(1, 9)}折"


def _banner(rng: random.Random) -> str:
    link = f"<a href='/go?c={rng.getrandbits(32):x}'>{_ad(rng)}</a>"
    return f"<div class='ad-{rng.randint(1, 999)}'>{link}</div>"


def _links(draw: random.Random, pool: list[random.Random], count: int) -> str:
    chosen = draw.sample(pool, count)
    return "".join(
        f"<li><a href='/hot/{draw.randrange(999)}.html'>{sentence(random.Random(r.random()), 8)}</a></li>"
        for r in chosen
    )


def _card(number: int, seed: int) -> str:
    title, lines, _ = document(number, seed)
    return f"<div class='card'><h4><a href='/notice/{number}.html'>{title}</a></h4><p>{lines[0][:60]}</p></div>"


_FRAME = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}-某云</title>
<meta name="csrf-token" content="{token}"><style>{filler}</style><script>window.nonce="{token}";</script></head><body>
<div class="top"><span>今天是 {today}</span> <span>{clock}</span></div>
<div class="menu"><ul>{menu}</ul></div>
<form action="/search"><input type="hidden" name="csrf" value="{token}"><input name="q"></form>
<div class="wrap"><div class="main"><h1>{title}</h1>
<div class="info"><span>发布时间：{published}</span> <span>来源：某云</span> <span>浏览：{views}</span></div>
<div class="text-{views}">{body}</div></div>
<div class="side"><div class="panel">本周关注</div><ul>{hot}</ul>{ads}</div></div>
<div class="more"><div class="cards">{related}</div></div>
<div class="bottom">当前在线 {online} 人 <a href="/logout?t={token}">退出</a></div></body></html>"""


@dataclass
class Visit:
    """One day's visit: documents told as changed, fetches beyond one each, and processor seconds."""

    told: set[int] = field(default_factory=set)
    further: int = 0
    seconds: float = 0.0


@dataclass
class Reader:
    """Reads a site as a crawl does: keeps the last page and digest of each document, and the template."""

    site: Site
    template: Template
    pages: dict[int, bytes] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def visit(self) -> Visit:
        """Read every document once, changed ones twice more."""
        visit = Visit()
        for number in range(self.site.pages):
            page = self.site.fetch(number)
            started = time.process_time()
            digest = self._digest(number, page)
            if number in self.pages and digest != self.digests[number] and self._differs(number, page, digest, visit):
                visit.told.add(number)
            self.digests[number], self.pages[number] = digest, page
            visit.seconds += time.process_time() - started
        return visit

    def _digest(self, number: int, page: bytes) -> str:
        return content_digest(read(page, self.site.url(number), headers=_HEADERS, noise=self.template.noise))

    def _differs(self, number: int, page: bytes, digest: str, visit: Visit) -> bool:
        if digest == self._digest(number, self.pages[number]):  # only the template is another than then
            return False
        url, looks = self.site.url(number), [page]
        for _ in range(FURTHER_LOOKS):
            visit.further += 1
            looks.append(self.site.fetch(number))
            self.template = learn((look(one, url, _HEADERS) for one in looks[-2:]), self.template)
            if same_text(self.pages[number], page, url, _HEADERS, self.template.noise):
                return False
        return True


def measure(pages: int, changed: int) -> dict[str, float]:
    """Three days of a site; some documents are edited before the second day, none before the third."""
    site = Site(pages)
    reader = Reader(site, _taught(site))
    first = reader.visit()
    edits = ("digit", "paragraph", "cell")
    chosen = set(random.Random(3).sample(range(pages), changed))
    site.edits = {number: edits[n % 3] for n, number in enumerate(sorted(chosen))}
    site.day += timedelta(days=1)
    second = reader.visit()
    site.day += timedelta(days=1)
    third = reader.visit()
    return {
        "pages": pages,
        "page_bytes": round(sum(map(len, reader.pages.values())) / pages),
        "changed": changed,
        "false": len(second.told - chosen) + len(third.told),
        "missed": len(chosen - second.told),
        "further_fetches": LOOKED_AT_TWICE + second.further + third.further,
        **{
            f"{name}_day_ms_per_page": round(1000 * visit.seconds / pages, 2)
            for name, visit in (("first", first), ("second", second), ("third", third))
        },
        "template_bytes": len(as_json(reader.template)),
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _taught(site: Site, siblings: int = 12) -> Template:
    """What a first crawl learns: the first documents twice, some siblings once."""
    looks = (look(site.fetch(n), site.url(n), _HEADERS) for n in _order(siblings))
    return learn(looks)


def _order(siblings: int) -> Iterator[int]:
    yield from range(LOOKED_AT_TWICE)
    yield from range(LOOKED_AT_TWICE)
    yield from range(LOOKED_AT_TWICE, siblings)


def main() -> None:
    """Print one JSON object."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(json.dumps(measure(pages, pages // 20)))


if __name__ == "__main__":
    main()
