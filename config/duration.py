"""Lengths of time as people write them: `30s`, `15m`, `2h`, `1d`, `4w`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from config.declaration import fault

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORM = re.compile(r"^([1-9]\d{0,5})([smhdw])$")
_FIX = "write a whole number and a unit: s, m, h, d or w, for example 2h or 30d"


def parse(text: object) -> timedelta:
    """Read `2h` as a timedelta, always positive; anything else is a fault that shows the form."""
    if isinstance(text, timedelta):
        return text
    match = _FORM.match(text) if isinstance(text, str) else None
    if match is None:
        raise fault(f"{text!r} is no length of time", _FIX)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def show(length: timedelta) -> str:
    """Write the shortest form that `parse` reads back: 7200 seconds are `2h`."""
    seconds = int(length.total_seconds())
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Duration = Annotated[timedelta, BeforeValidator(parse), PlainSerializer(show, return_type=str)]
