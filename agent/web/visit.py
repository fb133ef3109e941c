"""One reader looking at one page: in which language, at what time, and what they asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from agent.api.desk import AtDesk, Desk
from agent.web.wording import LANGUAGES, words
from config.declarations import Declarations
from digests.words import Words
from index.zone import CHINA

SESSION_COOKIE = "vedette_desk"
LANGUAGE_COOKIE = "vedette_language"
_CHOICE = re.compile(r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]+)?\s*(?:;\s*q\s*=\s*([0-9.]{1,5}))?\s*")
_LONGEST = 2_000
"""Characters of a value in an address that are read; search cuts further."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`now` is aware; `address` is path and query as asked; `words` are of the reader's language."""

    request: Request
    desk: Desk
    words: Words
    now: datetime

    @property
    def declared(self) -> Declarations:
        """What is declared: sources, triggers, scenarios, subscriptions."""
        return self.desk.declared

    @property
    def chinese(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.words.language == "zh"

    @property
    def today(self) -> date:
        """The day in China."""
        return self.now.astimezone(CHINA).date()

    @property
    def address(self) -> str:
        """Path and query as asked."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def asked(self, name: str) -> str:
        """A value of the query, empty where it is absent."""
        return self.request.query_params.get(name, "")[:_LONGEST].strip()

    def with_query(self, **changed: str | None) -> str:
        """The address asked for, with values changed; None or empty takes one away."""
        kept = {name: self.asked(name) for name in self.request.query_params} | changed
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{self.request.url.path}?{query}" if query else self.request.url.path


def _of(request: Request, desk: AtDesk) -> Visit:
    return Visit(request, desk, words(language_of(request.cookies, request.headers)), desk.clock())


AtVisit = Annotated[Visit, Depends(_of)]
"""What a page asks for."""


def language_of(cookies: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The language chosen before, else the first of Accept-Language that the pages have, else English."""
    chosen = cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    liked = [found for part in headers.get("accept-language", "")[:200].split(",") if (found := _choice(part))]
    return next((name for _, name in sorted(liked, key=lambda one: -one[0]) if name in LANGUAGES), "en")


def _choice(part: str) -> tuple[float, str] | None:
    found = _CHOICE.fullmatch(part)
    if found is None:
        return None
    try:
        weight = float(found[2] or 1)
    except ValueError:
        return None
    return (weight, found[1].lower()) if weight > 0 else None


def local(path: str) -> str:
    """The path where it is one of these pages, else the start page: no link may lead a reader elsewhere."""
    return path if re.fullmatch(r"/(?![/\\])[^\\\x00-\x1f\x7f]{0,1999}", path) else "/"
