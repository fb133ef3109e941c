"""Makes the issues that are due: select, render, write to `out/digests`, and put the deliveries into the ledger."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.declarations import Declarations
from config.settings import Settings
from config.subscription import Subscription
from digests import mail, push
from digests.cadence import PERIODS, due, scheduled
from digests.coverage import coverage, horizon
from digests.issue import WEEKS, Issue, Window, issue
from digests.mail import Envelope
from digests.office import Office
from digests.optout import preferences_url, unsubscribe_url
from digests.render import CHART, Rendered, render
from digests.selection import select
from digests.view import Sender
from index.archive.archive import Archive, ArchiveProblem
from index.records import Alert, Delivery

_OVERLAP = timedelta(days=2)
_INSTANT = timedelta(microseconds=1)
_HISTORY = timedelta(weeks=WEEKS + 1)


def make(archive: Archive, declared: Declarations, settings: Settings, now: datetime) -> list[Issue]:
    """Make every issue that is due at `now` (aware) and return those that tell something or say that all is quiet.

    Making again brings nothing new: issue, told alerts and deliveries are kept in one transaction, after the files.
    A quiet issue that nobody wants is noted as made and returned by no one. Subscriptions by webhook have their events
    queued instead.
    """
    office = Office(archive, declared, settings, now)
    subscriptions = [one for one in declared.subscriptions.values() if one.enabled]
    made = [_make(office, one) for one in subscriptions]
    return [one for one in made if one]


def recent(archive: Archive, now: datetime) -> list[Alert]:
    """The alerts an issue made now may speak of, in feed order."""
    return archive.feed.between(now - _HISTORY, now + _INSTANT)


def gather(office: Office, name: str, subscription: Subscription, alerts: Sequence[Alert]) -> Issue:
    """The issue `name` as values, nothing written: what a preview shows. `alerts` as `recent` returns them."""
    archive, sources = office.archive, office.declared.sources
    window = _window(archive, subscription, office.now)
    runs = archive.health.runs(horizon(sources, window.since, window.until))
    problems = archive.health.problems_between(window.since, window.until)
    seen = coverage(sources, runs, problems, window.since, window.until)
    return issue(name, subscription, alerts, frozenset(archive.ledger.told(subscription.id)), window, seen)


def preview(office: Office, subscription: Subscription) -> Rendered:
    """What the next issue would say now, nothing written or noted; its chart is still `cid:chart`."""
    made = gather(office, f"{subscription.id}-preview", subscription, recent(office.archive, office.now))
    return render(made, office.declared, sender(office.settings))


def embedded(rendered: Rendered) -> str:
    """The HTML with its chart inside, for files and browsers; mails carry the chart beside it."""
    picture = f"data:image/png;base64,{b64encode(rendered.chart).decode()}" if rendered.chart else ""
    return rendered.html.replace(f"cid:{CHART}", picture)


def last_made(archive: Archive, subscription: str) -> datetime | None:
    """When the newest issue of a subscription was made."""
    times = _times(archive, subscription)
    return times[-1] if times else None


def sender(settings: Settings) -> Sender:
    """From whom digests come, and the links in them; links need a public address."""
    if not settings.public_url:
        return Sender(settings.smtp_from)
    base, token = settings.public_url, mail.PREVIEW
    return Sender(settings.smtp_from, preferences_url(base, token), unsubscribe_url(base, token))


def _make(office: Office, subscription: Subscription) -> Issue | None:
    archive, now = office.archive, office.now
    name = due(subscription, last_made(archive, subscription.id), now)
    if name is None or archive.ledger.issue(name):
        return None
    window = _window(archive, subscription, now)
    if subscription.channel == "webhook":
        push.queue(archive, name, subscription, archive.feed.between(window.reach, now + _INSTANT), window)
        return None
    if subscription.cadence == "immediate" and not _news(archive, subscription, window):
        return None
    made = gather(office, name, subscription, recent(archive, now))
    if made.quiet and subscription.cadence == "immediate":
        return None
    if made.quiet and subscription.on_quiet_day == "skip":
        _note(archive, made, "", "", [])
        return None
    _publish(office, made)
    return made


def _news(archive: Archive, subscription: Subscription, window: Window) -> bool:
    """Whether there is anything to tell; a cheap look, since the running agent asks many times a minute."""
    inside = [one for one in archive.feed.between(window.reach, window.until + _INSTANT) if window.reach < one.at]
    return bool(select(inside, subscription.filter, archive.ledger.told(subscription.id)))


def _publish(office: Office, made: Issue) -> None:
    """Files first, then the ledger: a crash between leaves files that the next run writes again.

    The issue tells where the log stands, so that every reader can check the archive against it later.
    """
    if office.archive.log.frontier().size:
        with office.archive.transaction():
            made = replace(made, head=office.archive.log.tell(office.now))
    rendered = render(made, office.declared, sender(office.settings))
    place = _place(made)
    _write(office.archive.home / place, rendered, _envelope(made, office.settings))
    _note(office.archive, made, place, rendered.subject, list(_deliveries(made, place, office.settings)))


def _window(archive: Archive, subscription: Subscription, now: datetime) -> Window:
    """From the issue before to now; a first issue looks one period back."""
    period = PERIODS[subscription.cadence]
    times = [moment for moment in _times(archive, subscription.id) if moment <= now]
    since = times[-1] if times else now - period
    before = times[-2] if len(times) > 1 else since - period
    first = times[0] - period if times else since
    return Window(before=before, reach=max(first, since - _OVERLAP), since=since, until=now)


def _times(archive: Archive, subscription: str) -> list[datetime]:
    return [datetime.fromisoformat(row["made_at"]) for row in archive.ledger.issues(subscription)]


def _place(made: Issue) -> str:
    """Where the files lie below the home, without ending: under the day planned, in the subscription's time zone.

    Several immediate issues of one day are told apart by the clock.
    """
    subscription = made.subscription
    clock = made.id.removeprefix(subscription.id) if subscription.cadence == "immediate" else ""
    planned = made.window.until if clock else scheduled(subscription, made.window.until)
    return f"out/digests/{planned.astimezone(ZoneInfo(subscription.timezone)).date()}/{subscription.id}{clock}"


def _envelope(made: Issue, settings: Settings) -> Envelope:
    subscription = made.subscription
    to = subscription.to if subscription.channel == "mail" else ()
    unsubscribe = sender(settings).unsubscribe
    return Envelope(subscription.id, made.id, to, settings.smtp_from, made.window.until, unsubscribe)


class IssueFileProblem(ArchiveProblem):
    """The files of an issue cannot be written. Says what to do."""


def _write(place: Path, rendered: Rendered, envelope: Envelope) -> None:
    files = {
        ".html": embedded(rendered).encode(),
        ".txt": rendered.text.encode(),
        ".eml": mail.compose(rendered, envelope).as_bytes(),
    }
    if rendered.brief:
        files[".brief.txt"] = rendered.brief.encode()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for end, content in files.items():
            _replace(place, end, content)
    except OSError as error:
        why = error.strerror or error
        raise IssueFileProblem(
            f"{place}.*: {why}. Make room or set permissions; the next run makes it again"
        ) from error


def _replace(place: Path, end: str, content: bytes) -> None:
    """Write so that the file is whole or not there; what could not be written whole leaves nothing behind."""
    fresh = place.with_name(f".{place.name}{end}")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    fresh.replace(place.with_name(place.name + end))


def _deliveries(made: Issue, place: str, settings: Settings) -> Iterator[Delivery]:
    """A mail needs a relay; without one the files are all there is."""
    subscription = made.subscription
    sent = subscription.channel == "apprise" or (subscription.channel == "mail" and settings.smtp_host)
    for receiver in subscription.to if sent else (place,):
        key, channel = f"{made.id}/{receiver}", subscription.channel if sent else "file"
        yield Delivery(key, subscription.id, made.id, channel, receiver, "pending", 0, None, None)


def _note(archive: Archive, made: Issue, place: str, subject: str, deliveries: list[Delivery]) -> None:
    row = {"issue": made.id, "subscription": made.subscription.id, "folder": place, "subject": subject}
    with archive.transaction():
        left = archive.told.left(made.subscription.id)
        archive.ledger.add_issue(row, made.told, made.window.until)
        archive.ledger.queue(one for one in deliveries if one.receiver not in left)
