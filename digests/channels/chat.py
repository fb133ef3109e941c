"""Chat rooms through Apprise (an optional extra): WeCom, Feishu, DingTalk, Slack and whatever else it speaks.

An Apprise address holds the room's secret, so subscriptions name the environment variable that holds it, and only that
name stands in the ledger. Apprise tells success or failure and no more, so the room's own answer is read as well.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from digests.office import Office
from digests.plain import line
from digests.retry import THROTTLED, Outcome
from index.records import Delivery

_TIMEOUT = 30
_READ = 4096
_GONE = frozenset({401, 403, 404, 410})
"""Answers after which the address itself must be set anew."""
_NO_SUCH_ROOM = frozenset({93000, 300001, 19001})
"""The same in the words of WeCom (invalid webhook url), DingTalk (token is not exist) and Feishu (param invalid)."""
_TOO_FAST = frozenset({45009, 130101, 11232, 9499})
"""Too many messages: WeCom (20 a minute), DingTalk (20 a minute), Feishu (100 a minute)."""


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
        return Outcome("down", f"no address to send to: set {one.receiver}")
    if find_spec("apprise") is None:
        return Outcome("down", "Apprise is not installed: pip install 'vedette[apprise]'")
    return send(address, row["subject"], path.read_text("utf-8"), one.receiver)


def send(address: str, title: str, body: str, name: str) -> Outcome:
    """Send one text now; `name` stands for the address in what is told of a failure."""
    import apprise  # noqa: PLC0415 - an optional extra, and 40 MB

    logging.getLogger("apprise").propagate = False  # it writes addresses, secrets and all, into its log
    room = apprise.Apprise()
    if not room.add(address):
        return Outcome("down", f"{name} holds no address that Apprise knows")
    with overheard() as answers, apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]  # Apprise's
        sent = room.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT, timeout=_TIMEOUT)
        detail = " ".join(said.getvalue().split()).replace(address, name)
    if answers:
        return judged(answers[-1], name)
    return Outcome("sent") if sent else Outcome("down", f"{name}: {detail or 'no answer'}")


def judged(answer: Answer, name: str) -> Outcome:
    """What an answer means. WeCom, DingTalk and Feishu refuse with status 200 and a code other than 0 in the body."""
    code, text = answer.refusal
    if answer.status in _GONE or code in _NO_SUCH_ROOM:
        told = f"{answer.status}" if answer.status in _GONE else f"{code} {text}"
        return Outcome("never", f"{name}: {told}: the room takes nothing under this address; set {name} anew")
    if answer.status in THROTTLED or code in _TOO_FAST:
        return Outcome("down", f"{name}: {code or answer.status} {text}".strip())
    if not 200 <= answer.status < 300 or code:
        return Outcome("later", f"{name}: {code or answer.status} {text}".strip())
    return Outcome("sent")


@contextmanager
def overheard() -> Iterator[list[Answer]]:
    """The answers that `requests`, which Apprise sends with, gets meanwhile; Apprise itself tells success or not."""
    from requests import PreparedRequest, Response, Session  # noqa: PLC0415 - comes with the optional extra

    answers: list[Answer] = []
    real = Session.send

    def send(self: Session, request: PreparedRequest, **how: object) -> Response:
        answer = real(self, request, **how)
        answers.append(Answer(answer.status_code, answer.content[:_READ]))
        return answer

    Session.send = send  # type: ignore[method-assign]  # put back below; one thread of one process delivers
    try:
        yield answers
    finally:
        Session.send = real  # type: ignore[method-assign]  # as above


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and beginning of the body of one answer."""

    status: int
    body: bytes

    @property
    def refusal(self) -> tuple[int, str]:
        """The code and words of a refusal in the body, 0 where there is none."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return 0, ""
        if not isinstance(told, dict):
            return 0, ""
        code = next((told[key] for key in ("errcode", "code", "StatusCode") if told.get(key)), 0)
        text = next((told[key] for key in ("errmsg", "msg", "StatusMessage") if told.get(key)), "")
        return (code, line(str(text), 120)) if isinstance(code, int) else (0, "")
