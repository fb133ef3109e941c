"""`vedette mail`: try the relay."""

from __future__ import annotations

import click

from agent.place import PROBLEMS, Place


@click.group()
def command() -> None:
    """Try the mail relay."""


@command.command()
@click.argument("address")
@click.pass_obj
def test(place: Place, address: str) -> None:
    """Send one mail to ADDRESS through the relay, now, and say what the relay answered."""
    from agent.place import utc_now
    from config.subscription import is_mail_address
    from digests.channels import smtp
    from digests.mail import trial

    settings = place.settings()
    if not is_mail_address(address):
        raise click.UsageError(f"{address!r} is no mail address; write name@example.org")
    if not settings.smtp_host:
        raise click.UsageError("no relay is set: set VEDETTE_SMTP_HOST, and VEDETTE_SMTP_FROM, _PORT, _USER, _PASSWORD")
    outcome = smtp.send(trial(settings.smtp_from, address, utc_now()), address, settings)
    relay = f"{settings.smtp_host}:{settings.smtp_port}"
    click.echo(f"{relay} {'took the mail to ' + address if outcome.kind == 'sent' else 'refused: ' + outcome.detail}")
    if outcome.kind != "sent":
        raise click.exceptions.Exit(PROBLEMS)
