"""A replica in place of the web: every request for `https://HOST/PATH` goes to `MIRROR/HOST/PATH`.

Everything above the download keeps the original address: records, robots.txt, redirects, cookies, pace per host.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Mirror:
    """A server that holds copies of sites, one folder a host. `base` has no slash at its end."""

    base: str

    @property
    def is_ours(self) -> bool:
        """Whether the replica runs on this machine: then no site can be burdened and no delay is kept."""
        host = urlsplit(self.base).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def address(self, url: str) -> str:
        """Where the copy of `url` is asked for."""
        parts = urlsplit(url)
        base = urlsplit(self.base)
        path = f"{base.path}/{parts.netloc.rpartition('@')[2]}{parts.path or '/'}"
        return urlunsplit((base.scheme, base.netloc, path, parts.query, ""))

    def original(self, location: str, asked: str) -> str:
        """The address a Location header of the mirror means, given the original address that was asked.

        Full addresses of other sites stay as they are; those of the mirror lose it; `/HOST/PATH`, as a mirror that
        knows its own folders writes it, loses the host.
        """
        parts, base, site = urlsplit(location), urlsplit(self.base), urlsplit(asked)
        if parts.netloc and parts.netloc != base.netloc:
            return location
        path = parts.path.removeprefix(base.path) if parts.netloc else parts.path
        if parts.netloc and not path.startswith(f"/{site.netloc}/"):
            host, _, rest = path.lstrip("/").partition("/")
            return urlunsplit((site.scheme, host, f"/{rest}", parts.query, parts.fragment))
        if path.startswith(f"/{site.netloc}/"):
            path = path.removeprefix(f"/{site.netloc}")
        return urlunsplit(("", "", path, parts.query, parts.fragment))


def mirror_of(address: str | None) -> Mirror | None:
    """The mirror that the settings name, or None."""
    return Mirror(address.rstrip("/")) if address else None
