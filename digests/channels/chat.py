"""Chat rooms through Apprise (an optional extra): WeCom, Feishu, DingTalk, Slack and whatever else it speaks.

An Apprise address holds the room's secret, so subscriptions name the environment variable that holds it, and only that
name stands in the ledger. Apprise tells success or failure and no more: what fails is tried again on the schedule.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from digests.office import Office
from digests.retry import Outcome
from index.records import Delivery

_TIMEOUT = 30


def attempt(office: Office, deliveries: Iterable[Delivery]) -> Iterator[tuple[Delivery, Outcome]]:
    """Send the short text of each issue to the room that the receiver, an environment variable, names."""
    for one in deliveries:
        yield one, _one(office, one)


def _one(office: Office, one: Delivery) -> Outcome:
    row = office.archive.ledger.issue(one.issue)
    path = office.archive.home / f"{row['folder']}.brief.txt" if row else None
    if row is None or path is None or not path.exists():
        return Outcome("never", f"the short text of issue {one.issue} is gone from out/digests")
    address = os.environ.get(one.receiver)
    if not address:
        return Outcome("later", f"no address to send to: set {one.receiver}")
    if find_spec("apprise") is None:
        return Outcome("later", "Apprise is not installed: pip install 'vedette[apprise]'")
    return send(address, row["subject"], path.read_text("utf-8"), one.receiver)


def send(address: str, title: str, body: str, name: str) -> Outcome:
    """Send one text now; `name` stands for the address in what is told of a failure."""
    import apprise  # noqa: PLC0415 - an optional extra, and 40 MB

    logging.getLogger("apprise").propagate = False  # it writes addresses, secrets and all, into its log
    room = apprise.Apprise()
    if not room.add(address):
        return Outcome("later", f"{name} holds no address that Apprise knows")
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]  # Apprise's
        sent = room.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT, timeout=_TIMEOUT)
        detail = " ".join(said.getvalue().split()).replace(address, name)
    return Outcome("sent") if sent else Outcome("later", f"{name}: {detail or 'Apprise could not send'}")
