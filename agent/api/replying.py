"""How the routes of the desk answer: JSON with an ETag, cursors that hold, and what is not there."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Header, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator
from starlette.responses import Response

from agent.api.models import ProblemDetails
from agent.api.problems import MEDIA_TYPE, Problem

_T = TypeVar("_T")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _iso(value: object) -> object:
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("write a date as 2026-05-01")
    return value


def _bounded(day: date) -> date:
    return max(date(1900, 1, 1), min(day, date(2199, 12, 31)))


Unchanged = Annotated[str | None, Header(alias="if-none-match", description="ETags that the caller has.")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next` of the page before; left out, from the beginning.")
]
Limit = Annotated[int, Query(ge=1, le=200, description="Most items of one answer.")]
Day = Annotated[date, BeforeValidator(_iso), AfterValidator(_bounded)]
"""A calendar date, ISO 8601 only; days that no archive reaches count as the first or last that one could."""
FRESH = "private, no-cache"
"""Ask again each time; the ETag spares the body."""
FOREVER = "private, max-age=31536000, immutable"
"""For what is named by its content, or never changes once it is there."""


def reply(answer: BaseModel, unchanged: str | None, cache: str = FRESH) -> Response:
    """A model as JSON, or 304 where the caller has it."""
    body = answer.model_dump_json().encode()
    return tagged(body, "application/json", unchanged, {"Cache-Control": cache})


def tagged(body: bytes, media_type: str, unchanged: str | None, headers: Mapping[str, str]) -> Response:
    """Bytes with an ETag, or 304 where the caller has them."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    named = {"ETag": tag, "Vary": "Authorization", **headers}
    if unchanged and any(one.strip().removeprefix("W/") in {tag, "*"} for one in unchanged.split(",")):
        return Response(None, 304, named)
    return Response(body, 200, named, media_type)


def there(found: _T | None, what: str, name: str, where: str) -> _T:
    """What was found. Raises Problem 404 that says what is not there and `where` to look."""
    if found is None:
        raise Problem(404, f"No such {what}", f"The archive has no {what} {name[:80]!r}. {where}")
    return found


def onward(place: list[Any], asked: object) -> str:
    """The cursor of a place in a list, bound to what was asked."""
    return base64.urlsafe_b64encode(json.dumps([_mark(asked), *place]).encode()).decode().rstrip("=")


def place(given: str | None, asked: object, *kinds: type) -> list[Any] | None:
    """The place that a cursor holds, values of these kinds; None without one.

    Raises Problem 409 for what we did not write, and for a cursor of another question.
    """
    if given is None:
        return None
    try:
        mark, *rest = json.loads(base64.b64decode(given + "=" * (-len(given) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError) as error:
        raise _no_cursor() from error
    found: list[Any] = rest
    if [type(one) for one in found] != list(kinds) or any(isinstance(one, int) and abs(one) >= 2**63 for one in found):
        raise _no_cursor()
    if mark != _mark(asked):
        raise Problem(409, "Another list", "This cursor is of other filters. Leave it out to begin with these.")
    return found


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}}}
    return {status: {"description": _SAYS[status], "content": content} for status in statuses}


_SAYS = {
    400: "Something in the address is not understood.",
    401: "No token, or one that does not work.",
    403: "The token lacks the scope; or a page of another site asks.",
    404: "It is not in the archive.",
    409: "The cursor, or the id of an event, is not of this list.",
    410: "It is no longer served.",
    413: "The body is too large.",
    414: "The query is too long.",
    415: "The body is no JSON.",
    422: "The body is not understood.",
    429: "Too many wrong tokens; wait as `Retry-After` says.",
    500: "The stored bytes are damaged; `vedette verify` says which.",
    503: "The archive is held by another process or the disk is full; try again.",
}


def body(media_type: str, **schema: str) -> dict[int | str, dict[str, Any]]:
    """A body of another type than JSON, for the description of a route."""
    return {200: {"content": {media_type: {"schema": {"type": "string", **schema}}}}}


READING = faults(400, 401, 403, 409, 414, 429, 503)
"""What any read may answer with."""


def _mark(asked: object) -> str:
    return sha256(repr(asked).encode()).hexdigest()[:8]


def _no_cursor() -> Problem:
    return Problem(409, "No cursor", "cursor: give `next` of the page before, unchanged, or leave it out.")
