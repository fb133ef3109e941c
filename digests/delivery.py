"""Works the ledger of deliveries: what is due is tried, and every outcome is written down at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from config.declarations import Declarations
from config.settings import Settings
from digests.channels import chat, file, smtp, webhook
from digests.lock import held
from digests.office import Office
from digests.retry import Outcome, settled
from index.archive.archive import Archive
from index.records import Delivery

Attempt = Callable[[Office, Iterable[Delivery]], Iterator[tuple[Delivery, Outcome]]]
CHANNELS: dict[str, Attempt] = {
    "mail": smtp.attempt,
    "file": file.attempt,
    "webhook": webhook.attempt,
    "apprise": chat.attempt,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the deliveries of one run. `busy`: another process is delivering, nothing was tried here."""

    sent: int = 0
    later: int = 0
    dead: int = 0
    busy: bool = False
    problems: tuple[str, ...] = ()


def deliver(archive: Archive, declared: Declarations, settings: Settings, now: datetime) -> Counts:
    """Try every due delivery once and settle it.

    Each outcome is in the ledger before the next attempt starts, so that a crash repeats one delivery at most, and one
    that was answered never. Only one process delivers at a time.
    """
    with held(archive.home / ".deliver.lock", wait=False) as mine:
        if not mine:
            return Counts(busy=True)
        office = Office(archive, declared, settings, now)
        due = archive.ledger.due(now)
        done = [one for name, attempt in CHANNELS.items() for one in _work(office, _of(due, name), attempt)]
    return Counts(
        sent=sum(one.status == "sent" for one in done),
        later=sum(one.status == "pending" for one in done),
        dead=sum(one.status == "dead" for one in done),
        problems=tuple(f"{one.key}: {one.last_error}" for one in done if one.last_error),
    )


def _of(due: list[Delivery], channel: str) -> list[Delivery]:
    return [one for one in due if one.channel == channel]


def _work(office: Office, due: list[Delivery], attempt: Attempt) -> Iterator[Delivery]:
    for one, outcome in attempt(office, due):
        after = settled(one, outcome, office.now)
        with office.archive.transaction():
            office.archive.ledger.settle(after, office.now)
            if outcome.kind == "gone":
                _end(office, one, outcome.detail)
        yield after


def _end(office: Office, one: Delivery, reason: str) -> None:
    """Queue nothing more for a receiver who is gone; `vedette webhooks enable` takes it back."""
    office.archive.told.silence(one.subscription, one.receiver, "gone", office.now)
    office.archive.told.give_up(one.subscription, one.receiver, f"ended: {reason}", office.now)
