"""A site on loopback in a process of its own: one list and N documents of about 30 kB, with ETags, all text generated.

`python -m benchmarks.site PORT PAGES`. `GET /change?SHARE` edits that per cent of the documents.
"""

from __future__ import annotations

import asyncio
import random
import sys

LIST = "/list/"
_MENU = "".join(f'<li class="menu-{n}"><a href="/nav/{n}.html">栏目导航第{n}项</a></li>' for n in range(120))
_SCRIPT = "<script>" + "var a = 1; function f(x) { return x + 1; }\n" * 320 + "</script>"


def page(number: int, edited: bool) -> bytes:
    """One document: a menu of 120 links, scripts, 40 clauses in .TRS_Editor; the edit changes one figure."""
    title = f"关于第{number}号算力配额的通知"
    clauses = "".join(
        f"<p>第{k}条 各单位应当按照第{number}号文件要求，落实算力配额管理，"
        f"每月免费额度为{k}{'5' if edited and k == 7 else '0'}万词元，超出部分按照公布的价格计费，不得擅自调整。</p>"
        for k in range(1, 41)
    )
    head = f'<head><meta charset="utf-8"><title>{title}</title><meta name="ArticleTitle" content="{title}"></head>'
    body = f'<ul>{_MENU}</ul>{_SCRIPT}<h1>{title}</h1><div class="TRS_Editor">{clauses}</div>'
    return f'<html>{head}<body>{body}<div class="foot">国家数据局</div></body></html>'.encode()


def listing(pages: int) -> bytes:
    """The list of all documents."""
    rows = "".join(
        f'<li><a href="../doc/{n}.html">关于第{n}号算力配额的通知</a><span>2026-04-{n % 28 + 1:02d}</span></li>'
        for n in range(pages)
    )
    return f'<html><head><meta charset="utf-8"></head><body><ul class="l">{rows}</ul></body></html>'.encode()


class Site:
    """The answers; pages are made once, before anybody measures."""

    def __init__(self, pages: int) -> None:
        self._list = listing(pages)
        self._now = [(page(n, False), b'"%d-0"' % n) for n in range(pages)]

    def answer(self, path: str, head: bytes) -> tuple[int, bytes, bytes | None]:
        """Status, body and ETag."""
        if path.startswith("/change"):
            for n in random.Random(1).sample(range(len(self._now)), len(self._now) * int(path.split("?")[1]) // 100):
                self._now[n] = (page(n, True), b'"%d-1"' % n)
            return 200, b"", None
        if path == LIST:
            return 200, self._list, None
        name = path.removeprefix("/doc/").removesuffix(".html")
        if not name.isdigit():
            return 404, b"", None
        body, tag = self._now[int(name)]
        return (304, b"", tag) if tag in head else (200, body, tag)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until it ends."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                status, body, tag = self.answer(head.split(b" ", 2)[1].decode(), head)
                marks = b"ETag: %s\r\n" % tag if tag else b""
                start = b"HTTP/1.1 %d -\r\nContent-Type: text/html\r\nContent-Length: %d\r\n" % (status, len(body))
                writer.write(start + marks + b"\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main(port: int, pages: int) -> None:
    site = Site(pages)
    server = await asyncio.start_server(site.serve, "127.0.0.1", port)
    print(len(page(pages // 2, False)), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
