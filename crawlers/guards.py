"""Which addresses may be reached at all: public ones, and private networks that the operator has allowed.

The check sits where a name (or a literal in any spelling: decimal, hex, IPv6) becomes the address of a connection, so
redirects and names that change their address between two requests are covered. Only the reactor mode of Scrapy asks
this resolver; its reactorless mode does not (tried with Scrapy 2.19).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from twisted.internet.address import IPv4Address as StreamAddress
from twisted.internet.address import IPv6Address as StreamAddress6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]  # publishes no types

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

RESOLVE_SECONDS = 10.0
_NAT64 = ip_network("64:ff9b::/96")


def may_reach(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether a connection to this address is permitted: globally routed unicast, or inside an allowed network.

    IPv4 addresses wrapped in IPv6 (mapped, 6to4, Teredo, NAT64) are judged as themselves as well.
    """
    return all(_is_public(form) or any(form in net for net in allowed) for form in _forms(address))


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast


def _forms(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)


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
