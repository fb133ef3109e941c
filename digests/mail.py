"""An issue as a mail: multipart/alternative with text and HTML, the chart beside the HTML, headers lists should have.

The relay signs (DKIM must cover List-Unsubscribe and List-Unsubscribe-Post, RFC 8058 section 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import cast

from digests.plain import line
from digests.render import CHART, Rendered

PREVIEW = "preview"
"""Stands in links of the kept copy where a sent mail has the receiver's token."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the headers say. `sender` is the address in From, `unsubscribe` the address with PREVIEW as its token."""

    subscription: str
    issue: str
    to: tuple[str, ...]
    sender: str
    made_at: datetime
    unsubscribe: str | None = None


def compose(rendered: Rendered, envelope: Envelope) -> EmailMessage:
    """The mail as kept in `out/digests`; `addressed` makes each receiver's copy of it."""
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = line(rendered.subject)
    message["From"] = Address("Vedette", addr_spec=envelope.sender)
    message["To"] = ", ".join(envelope.to) or "undisclosed-recipients:;"
    message["Date"] = format_datetime(envelope.made_at)
    message["Message-ID"] = message_id(envelope.subscription, envelope.issue, "", envelope.sender)
    message["List-Id"] = f"<{envelope.subscription}.vedette.{_domain(envelope.sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    if envelope.unsubscribe:
        message["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(message, rendered, f"{CHART}.{_digest(envelope.issue)}@{_domain(envelope.sender)}")
    return message


def addressed(kept: bytes, delivery: tuple[str, str, str], token: str | None) -> EmailMessage:
    """One receiver's copy of a kept mail: own To, own Message-ID, own token in the links.

    `delivery` is subscription, issue and receiver. The Message-ID is the same on every attempt, so that a mail store
    recognises a mail sent twice.
    """
    message = message_from_bytes(kept, policy=policy.SMTP)
    subscription, issue, receiver = delivery
    sender = message["From"].addresses[0].addr_spec
    message.replace_header("To", receiver)
    message.replace_header("Message-ID", message_id(subscription, issue, receiver, sender))
    if token and (link := message["List-Unsubscribe"]):
        generic = str(link).strip("<>")
        own = generic.removesuffix(PREVIEW) + token
        message.replace_header("List-Unsubscribe", f"<{own}>")
        _relink(message, generic, own)
        _relink(message, *(one.replace("/unsubscribe/", "/preferences/") for one in (generic, own)))
    return message


def trial(sender: str, receiver: str, now: datetime) -> EmailMessage:
    """A mail that says only that mail arrives."""
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = "Vedette: a test"
    message["From"] = Address("Vedette", addr_spec=sender)
    message["To"] = receiver
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id("test", f"test-{now:%Y%m%dT%H%M%SZ}", receiver, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"Mail from Vedette reaches {receiver}. 邮件可以送达。\n", cte="base64")
    return message


def message_id(subscription: str, issue: str, receiver: str, sender: str) -> str:
    """The same for the same subscription, issue and receiver."""
    return f"<{issue}.{_digest(subscription, issue, receiver)}@{_domain(sender)}>"


def _fill(message: EmailMessage, rendered: Rendered, picture: str) -> None:
    message.set_content(rendered.text, cte="base64")
    message.add_alternative(rendered.html.replace(f"cid:{CHART}", f"cid:{picture}"), subtype="html", cte="base64")
    if rendered.chart:
        html = cast(list[EmailMessage], message.get_payload())[1]
        html.add_related(rendered.chart, "image", "png", cid=f"<{picture}>", disposition="inline", filename="chart.png")


def _relink(message: EmailMessage, generic: str, own: str) -> None:
    for part in message.walk():
        if part.get_content_maintype() == "text":
            text = part.get_content().replace(generic, own)
            part.set_content(text, subtype=part.get_content_subtype(), cte="base64")


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2] or "localhost"


def _digest(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()[:16]
