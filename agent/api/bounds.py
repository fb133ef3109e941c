"""What every request and answer goes through: sizes, HEAD, pages of other sites, headers that keep browsers careful."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.api.problems import Problem, told

LONGEST_QUERY = 16_384
"""Bytes of a query string; uvicorn itself refuses request lines and headers of more than 64 KiB."""
LARGEST_BODY = 65_536
"""Bytes of a body."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CHANGES_NOTHING = {"GET", "HEAD", "OPTIONS"}


class Bounds:
    """Refuses what is too large, addressed to another name or sent by a page of another site; adds headers.

    `hosts`: the names that requests may be addressed to (DNS rebinding), None for any. A header that a route sets
    itself stays.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None = None) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            _refuse(scope, self._hosts)
            await self._app(scope, _counted(receive), with_headers)
        except Problem as problem:
            await told(problem)(scope, receive, with_headers)


class Heads:
    """Answers HEAD as GET without the body. A stream has no end to wait for, and takes no HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].endswith("/stream"):
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        inner = {**scope, "method": "GET"}
        await self._app(inner, receive, without_body)
        scope["route"] = inner.get("route")  # for who counts requests by route


def _refuse(scope: Scope, hosts: frozenset[str] | None) -> None:
    request = Request(scope)
    if hosts is not None and _host(request.headers) not in hosts:
        raise Problem(400, "Unknown host", "This server does not go by the name in the header Host.")
    if len(scope["query_string"]) > LONGEST_QUERY:
        raise Problem(414, "Query too long", f"A query string here has at most {LONGEST_QUERY} bytes.")
    size = request.headers.get("content-length", "0")
    if not size.isdecimal() or int(size) > LARGEST_BODY:
        raise _too_large()
    if scope["method"] not in _CHANGES_NOTHING and scope["path"].startswith("/v1/") and _foreign(request.headers):
        raise Problem(403, "Not from here", "A page of another site may not send this.")


def _host(headers: Headers) -> str | None:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None


def _foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site sends this; other programs say neither."""
    if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def _counted(receive: Receive) -> Receive:
    """`receive` that ends a body without a stated length once it has too many bytes.

    With an HTTPException, since FastAPI takes anything else that is raised there for a body that it cannot read.
    """
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > LARGEST_BODY:
            raise HTTPException(413, "Too large")
        return message

    return counted


def _too_large() -> Problem:
    return Problem(413, "Too large", f"A body here has at most {LARGEST_BODY} bytes.")
