"""Serves the replica on loopback as `/HOST/PATH`, with ETags, so that `VEDETTE_MIRROR` can point at it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from urllib.parse import unquote, urlsplit

from agent.replica.days import Day
from agent.replica.render import Answer, answers

_ROBOTS = Answer(b"User-agent: *\nDisallow: /search/\n", "text/plain")
_MISSING = Answer(b"<html><head><title>404</title></head><body>404 Not Found</body></html>", status=404)


class Replica:
    """The present state of the replica; `show` moves it to a day. `address` is what VEDETTE_MIRROR takes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.requests = 0
        self._found: Mapping[str, Answer] = {}
        self._jitter = count(7, 13)

    def show(self, day: Day) -> None:
        """Show a day; counters and stamps on the pages move too."""
        self._found = answers(day, next(self._jitter) % 60)

    def answer(self, path: str) -> Answer:
        """The answer for `/HOST/PATH?QUERY`; a query that names no page of its own is passed over, as lists do."""
        self.requests += 1
        whole = unquote(path).lstrip("/")
        key = urlsplit(whole).path
        if key.endswith("/robots.txt"):
            return _ROBOTS
        return self._found.get(whole) or self._found.get(key, _MISSING)


@contextmanager
def serving() -> Iterator[Replica]:
    """A running replica on a free loopback port; stopped on leaving."""
    replica = Replica("")

    class Handler(_Handler):
        site = replica

    server = _Server(("127.0.0.1", 0), Handler)
    replica.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield replica
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # of five waiting connections, the sixth tries again only after a second


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Replica

    def do_GET(self) -> None:
        answer = self.site.answer(self.path)
        etag = f'"{sha256(answer.body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == etag:
            self._send(Answer(b"", answer.type, 304), etag)
        else:
            self._send(answer, etag)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        form = "x-www-form-urlencoded" in (self.headers.get("Content-Type") or "")
        self._send(self.site.answer(f"{self.path}?{sent.decode()}" if form else self.path), None)

    def _send(self, answer: Answer, etag: str | None) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        if etag:
            self.send_header("ETag", etag)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo prints its own progress."""
