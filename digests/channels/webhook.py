"""Events pushed over HTTP with the headers of Standard Webhooks 1.0.0.

Success is 2xx alone; redirects are failures; 410 ends it; Retry-After is obeyed. The address is resolved once, checked,
and connected to by number, so that neither a name that changes between check and connect nor a literal reaches a
private network.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import os
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from ipaddress import ip_address
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit

from config.reach import is_allowed, may_reach
from config.settings import Networks
from config.subscription import Subscription
from digests.office import Office
from digests.retry import LONGEST_PAUSE, THROTTLED, Outcome
from index.records import Delivery

TIMEOUT = 15.0
"""Seconds for one attempt, from connecting to the last byte read."""

_READ = 4096


class Refused(Exception):
    """The address may not be reached: a private network, or http where https is required."""


def attempt(office: Office, deliveries: Iterable[Delivery]) -> Iterator[tuple[Delivery, Outcome]]:
    """Push due events one after another."""
    for one in deliveries:
        yield one, _one(office, one)


def push(url: str, event: bytes, headers: dict[str, str], allowed: Networks) -> Outcome:
    """POST one event and judge the answer.

    Never raises for what the network or the receiver does. `allowed` are private networks that may be reached.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return Outcome("never", f"no address: {error}")
    try:
        connection = _connection(parts, _address(parts, allowed))
    except Refused as error:
        return Outcome("never", str(error))
    except (OSError, ValueError) as error:
        return Outcome("down", f"cannot resolve {parts.hostname}: {error}")
    watch = Timer(TIMEOUT, _cut, [connection])
    watch.start()
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        connection.request("POST", path, body=event, headers=headers)
        answer = connection.getresponse()
        answer.read(_READ)
        return _verdict(answer.status, answer.getheader("Retry-After"), headers["webhook-timestamp"])
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome("down", f"no answer from {parts.hostname}: {error or type(error).__name__}")
    finally:
        watch.cancel()
        connection.close()


def signed(identity: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one attempt; with two secrets (rotation) there are two signatures.

    Raises ValueError where a secret is not `whsec_` and base64.
    """
    said = b".".join((identity.encode(), str(timestamp).encode(), body))
    marks = [base64.b64encode(hmac.digest(_secret(one), said, sha256)).decode() for one in secrets]
    return {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": "Vedette webhooks",
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def _one(office: Office, one: Delivery) -> Outcome:
    alert = office.archive.feed.alert(one.issue)
    subscription = office.declared.subscriptions.get(one.subscription)
    if alert is None or subscription is None:
        return Outcome("never", f"subscription {one.subscription} or event {one.issue} is gone")
    secrets = secrets_of(subscription)
    if not secrets:
        return Outcome("down", no_secret(subscription))
    return send(alert.event, one.receiver, secrets, office)


def send(event: Mapping[str, Any], url: str, secrets: Sequence[str], office: Office) -> Outcome:
    """Sign an event and push it now."""
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        headers = signed(event["id"], int(office.now.timestamp()), body, secrets)
    except ValueError as error:
        return Outcome("down", str(error))
    return push(url, body, headers, office.settings.allow_networks)


def secrets_of(subscription: Subscription) -> list[str]:
    """The secrets to sign with, from the environment."""
    return [value for name in subscription.secrets_env if (value := os.environ.get(name))]


def no_secret(subscription: Subscription) -> str:
    """What to do where there is none."""
    return f"no secret to sign with: set {', '.join(subscription.secrets_env) or 'secrets_env in the subscription'}"


def _secret(text: str) -> bytes:
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError as error:
        raise ValueError("a webhook secret is no base64: write whsec_ and 24 to 64 random bytes in base64") from error


def _address(parts: SplitResult, allowed: Networks) -> tuple[str, int]:
    """The checked number and port to connect to."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(info[4][0]) for info in found))
    for number in numbers:
        address = ip_address(number.partition("%")[0])
        inside = is_allowed(address, allowed)
        if not may_reach(address, allowed):
            raise Refused(f"{parts.hostname} is at {number}, no public address; VEDETTE_ALLOW_NETWORKS may allow it")
        if not inside and parts.scheme != "https":
            raise Refused(f"{parts.hostname}: webhooks need https")
    return numbers[0], port


def _connection(parts: SplitResult, address: tuple[str, int]) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _PinnedTls(host, address)
    return _Pinned(host, address)


class _Pinned(http.client.HTTPConnection):
    """Connects to one number, whatever the name says now."""

    def __init__(self, host: str, address: tuple[str, int]) -> None:
        super().__init__(host, address[1], timeout=TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection(self._address, TIMEOUT)


class _PinnedTls(_Pinned):
    """The same over TLS, the certificate checked against the name."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _cut(connection: http.client.HTTPConnection) -> None:
    """End an attempt that takes too long: whoever reads sees a closed connection."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _verdict(status: int, retry_after: str | None, sent_at: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome("sent")
    if status == 410:
        return Outcome("gone", "410: the receiver wants no more")
    kind = "redirects are not followed" if 300 <= status < 400 else "refused"
    return Outcome("down" if status in THROTTLED else "later", f"{status}: {kind}", _wait(retry_after, int(sent_at)))


def _wait(retry_after: str | None, now: int) -> timedelta:
    """Retry-After in seconds or as a date, at most a day."""
    if not retry_after:
        return timedelta(0)
    try:
        seconds = int(retry_after) if retry_after.isdigit() else parsedate_to_datetime(retry_after).timestamp() - now
    except ValueError:
        return timedelta(0)
    return min(max(timedelta(0), timedelta(seconds=min(seconds, 10**6))), LONGEST_PAUSE)
