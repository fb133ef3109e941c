"""Mail through a relay: one message for each receiver, and each receiver's own outcome.

RFC 5321: a 4yz answer may change, a 5yz answer to a recipient or message does not. A relay that cannot be reached, or
that refuses TLS or the login, is for the operator to mend: those mails wait and go out later.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from email.message import EmailMessage

from config.settings import Settings
from digests.mail import addressed
from digests.office import Office
from digests.optout import Key
from digests.retry import Outcome
from index.archive.archive import Archive
from index.records import Delivery

TIMEOUT = 30


def attempt(office: Office, deliveries: Iterable[Delivery]) -> Iterator[tuple[Delivery, Outcome]]:
    """Send what is due over one connection; the outcome of each mail is yielded as soon as the relay has answered."""
    key = Key(office.archive.home) if office.settings.public_url else None
    with _Relay(office.settings) as relay:
        for one in deliveries:
            yield one, _one(office.archive, one, relay, key)


def send(message: EmailMessage, receiver: str, settings: Settings) -> Outcome:
    """Send one message now, for `vedette mail test`."""
    with _Relay(settings) as relay:
        return relay.send(message, receiver)


def _one(archive: Archive, one: Delivery, relay: _Relay, key: Key | None) -> Outcome:
    row = archive.ledger.issue(one.issue)
    path = archive.home / f"{row['folder']}.eml" if row else None
    if path is None or not path.exists():
        return Outcome("never", f"the mail of issue {one.issue} is gone from out/digests")
    token = key.token(one.subscription, one.receiver) if key else None
    return relay.send(addressed(path.read_bytes(), (one.subscription, one.issue, one.receiver), token), one.receiver)


class _Relay:
    """One connection, opened when first needed and again after it broke; while it cannot be opened, all mails wait."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> _Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    def send(self, message: EmailMessage, receiver: str) -> Outcome:
        """Hand one mail to the relay."""
        if not self._settings.smtp_host:
            return Outcome("down", "no relay is set: VEDETTE_SMTP_HOST")
        try:
            smtp = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("down", f"relay {self._settings.smtp_host}:{self._settings.smtp_port}: {_said(error)}")
        return self._hand_over(smtp, message, receiver)

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage, receiver: str) -> Outcome:
        try:
            smtp.send_message(message, self._settings.smtp_from, [receiver])
        except smtplib.SMTPRecipientsRefused as error:
            return _verdict(*error.recipients[receiver])
        except smtplib.SMTPResponseException as error:
            return _verdict(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome("later", _said(error))
        return Outcome("sent")

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        settings, tls = self._settings, ssl.create_default_context()
        if settings.smtp_user and not (settings.smtp_tls or settings.smtp_starttls):
            raise smtplib.SMTPException("no login without TLS: set VEDETTE_SMTP_STARTTLS or VEDETTE_SMTP_TLS")
        host = settings.smtp_host or ""
        if settings.smtp_tls:
            self._smtp = smtplib.SMTP_SSL(host, settings.smtp_port, timeout=TIMEOUT, context=tls)
        else:
            self._smtp = smtplib.SMTP(host, settings.smtp_port, timeout=TIMEOUT)
            if settings.smtp_starttls:
                self._smtp.starttls(context=tls)
        if settings.smtp_user:
            self._smtp.login(
                settings.smtp_user, settings.smtp_password.get_secret_value() if settings.smtp_password else ""
            )
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None


def _verdict(code: int, said: bytes | str) -> Outcome:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Outcome("never" if 500 <= code < 600 and code != 521 else "later", f"{code} {text}")


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {error.smtp_error!r}"
    return str(error) or type(error).__name__
