"""Which forms are ours: a page elsewhere must not send one in a reader's name (cross-site request forgery).

Browsers say whence a form comes: `Sec-Fetch-Site` (all since 2023, on loopback and HTTPS), and `Origin` on every POST.
A request with neither is no browser's form. The session cookie is SameSite=Strict besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from agent.api.problems import Problem

_LONGEST = 8192


async def fields(request: Request) -> dict[str, str]:
    """The fields of one of our own forms.

    Raises Problem: 403 for a form of another site, 413 for more than 8 KiB, 415 for anything but a urlencoded form.
    """
    if not from_here(request.headers):
        raise Problem(
            403, "Not from here", "The form was not sent from one of these pages. Open the page and try again."
        )
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Problem(415, "No form", "Send the fields urlencoded.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            raise Problem(413, "Too large", f"A form here has at most {_LONGEST} bytes.")
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def from_here(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that a form comes from a page of ours."""
    fetched = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if fetched is not None and fetched != "same-origin":
        return False
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    return fetched == "same-origin"
