"""Hours of the day in which a site may be read, as people write them: `22:00-06:00`, past midnight too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer

from config.declaration import fault

_FORM = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` on and before `end`, of each day or, where `end` is the earlier one, past midnight."""

    begin: time
    end: time

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def opens(self, now: datetime, zone: str) -> datetime:
        """When the hours begin next, `now` itself while they last. Aware; the hours are those of the zone."""
        local = now.astimezone(ZoneInfo(zone))
        at = local.time().replace(tzinfo=None)
        past_midnight = self.end < self.begin
        is_open = at >= self.begin or at < self.end if past_midnight else self.begin <= at < self.end
        if is_open:
            return now
        day = local.date() if at < self.begin else local.date() + timedelta(days=1)
        return datetime.combine(day, self.begin, ZoneInfo(zone)).astimezone(now.tzinfo)


def parse(text: object) -> Span:
    """Read `22:00-06:00`; anything else is a fault that shows the form."""
    if isinstance(text, Span):
        return text
    found = _FORM.match(text) if isinstance(text, str) else None
    fix = 'write begin and end of the hours as "22:00-06:00", in quotes'
    if found is None:
        raise fault(f"{text!r} are no hours of the day", fix)
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if begin == end:
        raise fault(f"{text} has no length", f"{fix}, or leave hours out for the whole day")
    return Span(begin, end)


Hours = Annotated[Span, BeforeValidator(parse), PlainSerializer(str, return_type=str)]
