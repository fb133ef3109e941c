"""`vedette webhooks`: try a receiver, send again, see what was given up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from agent.place import PROBLEMS, Place

if TYPE_CHECKING:
    from config.subscription import Subscription


@click.group()
def command() -> None:
    """Try webhook receivers, send events again, list what was given up."""


@command.command()
@click.argument("name")
@click.pass_obj
def test(place: Place, name: str) -> None:
    """Push one event of status `test` to every receiver of the subscription NAME, now."""
    from agent.place import utc_now
    from agent.version import VERSION
    from digests.channels import webhook
    from digests.finding import Context
    from digests.office import Office
    from digests.sample import sample

    subscription, settings = _subscription(place, name), place.settings()
    secrets = webhook.secrets_of(subscription)
    if not secrets:
        raise click.UsageError(webhook.no_secret(subscription))
    now = utc_now()
    event = sample(Context(settings.deployment, VERSION, settings.public_url, "test"), now)
    with place.archive() as archive:
        office = Office(archive, place.declarations(), settings, now)
        outcomes = [(url, webhook.send(event, url, secrets, office)) for url in subscription.to]
    for url, outcome in outcomes:
        click.echo(f"{url}: {'taken' if outcome.kind == 'sent' else outcome.detail}")
    if any(outcome.kind != "sent" for _, outcome in outcomes):
        raise click.exceptions.Exit(PROBLEMS)


@command.command()
@click.argument("name")
@click.option("--since", metavar="ID", required=True, help="Id of the last event that the receiver has; 0 for all.")
@click.pass_obj
def replay(place: Place, name: str, since: str) -> None:
    """Queue every event after ID again for the subscription NAME; `vedette deliver` or `run` sends them.

    The receiver knows them by `webhook-id`, which is the same as before.
    """
    from agent.place import utc_now
    from digests import push

    if not re.fullmatch(r"0|[0-9]{12}-[0-9a-f]{8}", since):
        raise click.UsageError(f"--since {since!r} is no id of an event, such as 000000000123-9f2c41d0")
    subscription = _subscription(place, name)
    with place.archive() as archive:
        if since != "0" and archive.feed.alert(since) is None:
            raise click.UsageError(f"--since {since}: no such event in {archive.home}")
        count = push.replay(archive, subscription, since, utc_now())
    click.echo(f"{count} deliveries queued")


@command.command()
@click.pass_obj
def dead(place: Place) -> None:
    """List deliveries that were given up, receivers who wanted no more (410), and what is down now."""
    from digests.delivery import waiting

    with place.archive() as archive:
        given_up = archive.told.dead("webhook")
        gone = [one for one in archive.told.silenced() if one.cause == "gone"]
        down = [one for one in waiting(archive) if one.startswith("http")]
    for one in given_up:
        click.echo(f"{one.subscription}  {one.issue}  {one.receiver}  {one.attempts} attempts  {one.last_error}")
    for left in gone:
        click.echo(f"{left.subscription}  {left.receiver}  disabled by its own answer 410 at {left.at:%Y-%m-%d %H:%M}Z")
    for told in down:
        click.echo(told)
    if not given_up and not gone and not down:
        click.echo("nothing was given up")


@command.command()
@click.argument("name")
@click.pass_obj
def enable(place: Place, name: str) -> None:
    """Send again to the receivers of the subscription NAME that answered 410; `replay` brings what they missed."""
    subscription = _subscription(place, name)
    with place.archive() as archive, archive.transaction():
        resumed = [url for url in subscription.to if archive.told.resume(name, url)]
    click.echo("\n".join(f"{url}: enabled" for url in resumed) or "no receiver was disabled")


def _subscription(place: Place, name: str) -> Subscription:
    known = {one.id: one for one in place.declarations().subscriptions.values() if one.channel == "webhook"}
    if name not in known:
        told = ", ".join(known) or "none is declared"
        raise click.UsageError(f"no webhook subscription {name!r}; known are: {told}")
    return known[name]
