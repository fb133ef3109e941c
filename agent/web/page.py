"""Pages as HTML: templates of this package only, every value escaped, headers that keep browsers careful.

Templates print; what stands in them was worked out before. Text of publishers goes through `visible`, so that no
control or direction mark acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from agent.version import VERSION
from agent.web.visit import SESSION_COOKIE, Visit
from digests.card import say_date
from digests.render import safe_url
from index.diff_view import visible
from index.zone import CHINA

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""`connect-src` is for htmx, which asks for parts of pages."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Language, Cookie, HX-Request",
}
"""`same-origin` and not `no-referrer`: with the latter, browsers send forms with `Origin: null`."""
SECTIONS = ("today", "search", "prices", "quotas", "scenarios", "sources", "subscriptions")


def show(visit: Visit, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A template as an answer. `values` must have all that it prints; `section` and `title` are asked for by all."""
    return HTMLResponse(_templates().get_template(template).render(_shared(visit) | dict(values)), status, HEADERS)


def say_day(day: date | datetime, visit: Visit) -> str:
    """A day as the language writes it, in China."""
    local = day.astimezone(CHINA).date() if isinstance(day, datetime) else day
    return say_date(local, visit.words)


def say_time(moment: datetime) -> str:
    """Day and minute in China, as in tables: 2026-06-02 19:00."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


@cache
def mark_of(name: str) -> str:
    """What tells this content of a static file from another: browsers keep it for ever under an address with it."""
    return sha256((files("agent.web") / f"static/{name}").read_bytes()).hexdigest()[:12]


def _shared(visit: Visit) -> dict[str, Any]:
    words = visit.words
    other = "en" if visit.chinese else "zh"
    return {
        "w": words,
        "t": lambda key, **parts: words(f"desk.{key}", **parts),
        "n": lambda key, number: words.count(f"desk.{key}", number),
        "visit": visit,
        "sections": SECTIONS,
        "other_language": f"/language/{other}?back={quote(visit.address)}",
        "signed_in": SESSION_COOKIE in visit.request.cookies,
        "release": VERSION.partition("/")[2],
        "demo": visit.desk.settings.deployment == "demo",
    }


def _time(moment: datetime) -> Markup:
    stamp = moment.astimezone(CHINA).isoformat("T", "seconds")
    return Markup('<time datetime="{}">{}</time>').format(stamp, say_time(moment))


def _static(name: str) -> str:
    return f"/static/{mark_of(name)}/{name}"


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("agent.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "safe_url": safe_url,
        "visible": visible,
        "time": _time,
        "place": lambda text: quote(text, safe=""),
    }
    made.globals["static"] = _static
    return made
