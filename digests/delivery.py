"""Works the ledger of deliveries: what is due is tried, and every outcome is written down at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from config.declarations import Declarations
from config.settings import Settings
from digests.channels import chat, file, smtp, webhook
from digests.office import Office
from digests.retry import LONGEST_PAUSE, Outcome, settled
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
    """What became of the deliveries of one run. `busy`: another process is delivering, nothing was tried here.

    `held` deliveries were not tried, since nothing gets through where they go.
    """

    sent: int = 0
    later: int = 0
    dead: int = 0
    held: int = 0
    busy: bool = False
    problems: tuple[str, ...] = ()


def deliver(archive: Archive, declared: Declarations, settings: Settings, now: datetime) -> Counts:
    """Try every due delivery once and settle it, those of one receiver in feed order.

    Each outcome is in the ledger before the next attempt starts, so that a crash repeats one delivery at most, and one
    that was answered never. Only one process delivers at a time. Where nothing gets through (relay or receiver down)
    the oldest delivery is tried now and then, and all others wait behind it.
    """
    with archive.alone("deliver") as mine:
        if not mine:
            return Counts(busy=True)
        office = Office(archive, declared, settings, now)
        due = archive.ledger.due(now)
        closed = _closed(archive, now)
        done = [one for name in CHANNELS for one in _work(office, [d for d in due if d.channel == name], closed)]
    return Counts(
        sent=sum(one.status == "sent" for one in done),
        later=sum(one.status == "pending" for one in done),
        dead=sum(one.status == "dead" for one in done),
        held=len(due) - len(done),
        problems=tuple(f"{one.key}: {one.last_error}" for one in done if one.last_error),
    )


def route(delivery: Delivery) -> str:
    """The way a delivery goes: all mail over one relay, each webhook and room on its own."""
    return delivery.channel if delivery.channel == "mail" else delivery.receiver


def waiting(archive: Archive) -> list[str]:
    """One line for each route on which nothing gets through: since when, when it is tried next, how many wait."""
    return [
        f"{one.route}: down since {one.since:%Y-%m-%d %H:%M}Z, next attempt {one.until:%Y-%m-%d %H:%M}Z;"
        f" {archive.told.waiting(one.route)} wait, in order: {one.reason}"
        for one in archive.told.down()
    ]


def _closed(archive: Archive, now: datetime) -> set[str]:
    """The routes to leave alone now; a pause longer than any that is made was planned before the clock went back."""
    return {one.route for one in archive.told.down() if now < one.until <= now + LONGEST_PAUSE}


def _work(office: Office, due: list[Delivery], closed: set[str]) -> Iterator[Delivery]:
    """Try what may be tried; `closed` grows while this runs, and is looked at before each attempt."""
    if not due:
        return
    attempt = CHANNELS[due[0].channel]
    for one, outcome in attempt(office, (_begun(office, one) for one in due if route(one) not in closed)):
        after = settled(one, outcome, office.now)
        with office.archive.transaction():
            office.archive.ledger.settle(after, office.now)
            _note(office, after, outcome)
        if outcome.kind in {"down", "gone"}:
            closed.add(route(one))
        yield after


def _begun(office: Office, one: Delivery) -> Delivery:
    """Note that an attempt begins, and give the delivery back as it was.

    Where even this cannot be written (disk full) nothing is sent: else the same mail would go out at every run.
    """
    with office.archive.transaction():
        begun = replace(one, attempts=one.attempts + 1, last_error="an attempt began, its outcome is not known")
        office.archive.ledger.settle(begun, office.now)
    return one


def _note(office: Office, after: Delivery, outcome: Outcome) -> None:
    """Keep what the outcome says of the route."""
    told, way = office.archive.told, route(after)
    if outcome.kind == "down" and after.next_at:
        told.put_down(way, office.now, after.next_at, outcome.detail)
    elif after.channel != "file":
        told.put_up(way)
    if outcome.kind == "gone":  # nothing more is queued for them; `vedette webhooks enable` takes it back
        told.silence(after.subscription, after.receiver, "gone", office.now)
        told.give_up(after.subscription, after.receiver, f"ended: {outcome.detail}", office.now)
