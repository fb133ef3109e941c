"""Which addresses a connection may go to: globally routed unicast, and networks that the operator has allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_WRAPPING = tuple(ip_network(text) for text in ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
"""IPv6 with an IPv4 address in its last 32 bits: compatible (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052)."""
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""Bits 64 to 96 of an address that ends in an IPv4 address (RFC 5214)."""
_LOCAL = tuple(ip_network(text) for text in ("64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16", "192.88.99.0/24"))
"""Never a public host, though Python 3.11 calls them global: local NAT64 (RFC 8215), site-local (RFC 3879),
documentation (RFC 9637), SRv6 segments (RFC 9602), the retired 6to4 relay (RFC 7526)."""


def may_reach(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether a connection to this address is permitted: globally routed unicast, or inside an allowed network.

    An IPv4 address wrapped in IPv6 (mapped, compatible, translated, 6to4, Teredo, NAT64, ISATAP) is judged as itself as
    well.
    """
    return all(_is_public(form) or any(form in net for net in allowed) for form in _forms(address))


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether the operator has allowed the network of an address."""
    return all(any(form in net for net in allowed) for form in _forms(address))


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in net for net in _LOCAL)


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
    last = int(address) & 0xFFFFFFFF
    if any(address in net for net in _WRAPPING) or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(last)
