"""Which addresses may be reached at all: public ones, and private networks that the operator has allowed.

The check sits where a name (or a literal in any spelling: decimal, hex, IPv6) becomes the address of a connection, so
redirects and names that change their address between two requests are covered. Only the reactor mode of Scrapy asks
this resolver; its reactorless mode does not (tried with Scrapy 2.19).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from twisted.internet.address import IPv4Address as StreamAddress
from twisted.internet.address import IPv6Address as StreamAddress6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # publishes no types

from config.reach import Address, Network, may_reach

__all__ = ["GuardedResolver", "may_reach"]

RESOLVE_SECONDS = 10.0


@implementer(IHostResolution)
class _Resolution:
    """One look-up in progress."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """Give up the look-up."""
        if self.task:
            self.task.cancel()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names for the reactor and passes on only addresses that may be reached.

    `refused` remembers, by host, the address that was held back, for the message of the problem.
    """

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self.allowed = tuple(allowed)
        self.refused: dict[str, str] = {}
        self._running: set[asyncio.Task[None]] = set()

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: object = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """Look a name up and tell the receiver each address that may be reached; none means that there is none."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)  # type: ignore[call-arg,misc]  # zope interfaces have no self
        task = asyncio.ensure_future(self._tell(resolutionReceiver, hostName, portNumber))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        resolution.task = task
        return resolution  # type: ignore[return-value]  # zope declares it, mypy cannot see that

    async def _tell(self, receiver: Any, host: str, port: int) -> None:  # noqa: ANN401 - a zope interface
        try:
            for address in await self._addresses(host):
                if may_reach(address, self.allowed):
                    self.refused.pop(host, None)
                    kind = StreamAddress if address.version == 4 else StreamAddress6
                    receiver.addressResolved(kind("TCP", str(address), port))
                else:
                    self.refused[host] = str(address)
        finally:
            receiver.resolutionComplete()

    async def _addresses(self, host: str) -> list[Address]:
        loop = asyncio.get_running_loop()
        look_up = loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.wait_for(look_up, RESOLVE_SECONDS)
        except (OSError, UnicodeError, TimeoutError):
            return []
        return list(dict.fromkeys(ip_address(str(info[4][0]).partition("%")[0]) for info in found))
