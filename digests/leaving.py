"""What a receiver sees behind the links of a mail: a form to end a subscription, and the list of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from config.declarations import Declarations
from config.subscription import Subscription
from digests.plain import line
from digests.render import markup
from digests.words import Words, words

REASON = "the receiver unsubscribed"
Who = tuple[str, str]
"""Subscription and receiver, as a token names them."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to show; `known` is false where the link leads nowhere."""

    html: str
    known: bool = True


def ask(declared: Declarations, who: Who, token: str) -> Page:
    """The form that a click on "unsubscribe" shows; opening it changes nothing."""
    texts, title = _texts(declared, who[0])
    says = [texts("leaving.leave_text", receiver=who[1])]
    heading = texts("leaving.leave", title=title)
    return _page(texts, heading, says, leave=f"/unsubscribe/{token}", more=f"/preferences/{token}")


def left(declared: Declarations, who: Who, token: str) -> Page:
    """What is shown once it is done."""
    texts, title = _texts(declared, who[0])
    says = [texts("leaving.left_text", receiver=who[1], title=title)]
    return _page(texts, texts("leaving.left"), says, more=f"/preferences/{token}")


def choose(declared: Declarations, who: Who, token: str, off: AbstractSet[str]) -> Page:
    """All subscriptions of the receiver, each with a button; `off` are those that they left."""
    texts, _ = _texts(declared, who[0])
    rows = [_row(one, token, texts, on=one.id not in off) for one in offered(declared, who[1]).values()]
    return _page(texts, texts("leaving.choose"), [texts("leaving.choose_text", receiver=who[1])], rows=rows)


def unknown() -> Page:
    """What a link that we did not write leads to, in both languages."""
    both = [words(language) for language in ("en", "zh")]
    says = [f"{texts('leaving.unknown')}{texts('colon')}{texts('leaving.unknown_text')}" for texts in both]
    made = _page(both[0], " · ".join(texts("leaving.unknown") for texts in both), says)
    return Page(made.html, known=False)


def offered(declared: Declarations, receiver: str) -> Mapping[str, Subscription]:
    """The mail subscriptions that name this receiver."""
    return {
        name: one
        for name, one in declared.subscriptions.items()
        if one.channel == "mail" and one.enabled and receiver in one.to
    }


def _row(one: Subscription, token: str, texts: Words, *, on: bool) -> dict[str, Any]:
    state = texts("leaving.on" if on else "leaving.off", cadence=texts(f"cadence.{one.cadence}"))
    return {"id": one.id, "title": line(one.title, 80), "detail": state, "on": on, "action": f"/preferences/{token}"}


def _texts(declared: Declarations, name: str) -> tuple[Words, str]:
    """Language and title of a subscription; one that is no longer declared goes by its id."""
    one = declared.subscriptions.get(name)
    return words(one.language if one else "en"), line(one.title, 80) if one else name


def _page(
    texts: Words,
    heading: str,
    says: list[str],
    *,
    leave: str = "",
    more: str = "",
    rows: Iterable[Mapping[str, Any]] = (),
) -> Page:
    values = {"w": texts, "heading": heading, "says": says, "leave": leave, "more": more, "rows": list(rows)}
    return Page(markup("page.html.j2", values))
