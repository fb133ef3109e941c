"""The HTTP server inside the agent's loop: opened before anything starts, closed before the loop ends.

uvicorn would raise SIGTERM again when it stops, and end the process before crawls and archive are closed; its handling
of signals is therefore switched off, and `close` asks it to end (tried with uvicorn 0.54, November 2026).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from ipaddress import ip_address

import uvicorn

from agent.api.access import enterable
from agent.api.app import create
from agent.api.desk import Desk
from agent.pulse import Pulse
from config.declaration import DeclarationError
from config.declarations import Declarations
from config.settings import Settings

GRACE = 3
"""Seconds that requests under way may take once the server ends."""


class CannotListen(Exception):
    """The address is taken or not ours; says which."""


class Api:
    """The API of one agent."""

    def __init__(self, declared: Declarations, settings: Settings, clock: Callable[[], datetime]) -> None:
        """Open the socket. Raises DeclarationError for an address that needs a token, CannotListen for one taken."""
        guard(settings)
        self._socket = _open(settings.listen)
        self._desk = Desk(declared, settings, clock)
        config = uvicorn.Config(
            create(self._desk),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            proxy_headers=False,
        )
        self._server = uvicorn.Server(config)
        self._server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]  # see above
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Where it listens, as a URL."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def pulse(self) -> Pulse:
        """Where the agent leaves its signs of life."""
        return self._desk.pulse

    def start(self) -> None:
        """Serve in the running loop until `close`."""
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[self._socket]))

    async def ready_search(self) -> None:
        """Load what search needs, so that the first question does not wait for the model."""
        await self._desk.slowly(self._desk.finder.searcher)

    async def close(self) -> None:
        """End long polls and streams, let other requests finish, and close the archive."""
        self._desk.stopping.set()
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()
        await asyncio.get_running_loop().run_in_executor(None, self._desk.close)


def guard(settings: Settings) -> None:
    """Raise DeclarationError where the API would be open to other machines without a token."""
    host = settings.listen.rpartition(":")[0].strip("[]")
    if not _is_loopback(host) and not enterable(settings):
        raise DeclarationError(
            "environment",
            0,
            "VEDETTE_LISTEN",
            f"{settings.listen} can be reached by other machines and no token is set or made",
            "make one with `vedette token add NAME --scope feed:read`, set VEDETTE_TOKEN, or listen on 127.0.0.1",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _open(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, int(port)), family=family, backlog=128)
        # asyncio does so only for sockets that name their protocol; head and body of an answer are two writes, and
        # without it the second waits 40 ms for the reader's delayed acknowledgement
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened
    except OSError as error:
        raise CannotListen(
            f"VEDETTE_LISTEN {listen}: {error.strerror or error}. Set another address or port."
        ) from error
