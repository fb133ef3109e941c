"""Counts requests by route and status, and how long they take, for `/metrics`. Routes are templates, not addresses."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NOWHERE = "none"
"""The route of what is asked for at an address that does not exist, or refused before it is looked at."""


class Requests:
    """The counters of one server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._count = Counter("vedette_http_requests", "Requests answered.", ["route", "status"], registry=registry)
        self._seconds = Histogram(
            "vedette_http_request_seconds",
            "Time until an answer was complete; requests that wait for news by design are left out.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )

    def answered(self, route: str, status: int, seconds: float | None) -> None:
        """Note one answer; `seconds` None where the time says nothing."""
        self._count.labels(route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(route).observe(seconds)


class Counted:
    """Middleware around everything else."""

    def __init__(self, app: ASGIApp, requests: Requests, seconds: Callable[[], float] = perf_counter) -> None:
        self._app, self._requests, self._seconds = app, requests, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._seconds(), 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            route = getattr(scope.get("route"), "path_format", NOWHERE)
            took = None if _waits(scope) else self._seconds() - began
            self._requests.answered(route, status, took)


def _waits(scope: Scope) -> bool:
    """Whether the request asks to be kept waiting: a stream, or a long poll."""
    return bool(scope["path"].endswith("/stream")) or b"timeout=" in scope["query_string"]
