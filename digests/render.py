"""An issue as HTML, text and chart. The only module that knows Jinja.

Templates come from the package only and print escaped text; what a publisher wrote is never a template.
`select_autoescape` would miss `.html.j2`, so escaping is switched on for the whole environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from config.declarations import Declarations
from digests.chart import chart
from digests.issue import Issue
from digests.plain import line
from digests.view import Sender, trigger_name, view
from digests.words import words

LIMIT = 90_000
"""Bytes of HTML; Gmail cuts a mail at about 102 kB."""

BRIEF = 1_500
"""Bytes of the text for chat rooms; WeCom takes 2,048 with the title, whose 150 characters may have 450 bytes."""

_LINK = 300
"""Longest address in such a text."""
_NO_MARKUP = str.maketrans({"<": "＜", ">": "＞"})
"""Rooms read `<!channel>`, `<at user_id="all">` and `<https://…|words>` in plain text."""

CHART = "chart"
"""Content id of the picture; the message gives it a domain."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One issue ready to be sent; `html` shows the chart as `cid:chart`, `brief` is for chat rooms only."""

    subject: str
    html: str
    text: str
    chart: bytes | None
    brief: str = ""


def render(issue: Issue, declared: Declarations, sender: Sender) -> Rendered:
    """Print an issue. The HTML is under LIMIT bytes: every text is cut, and one-liners give way where all is long."""
    made = _print(issue, declared, sender)
    while len(made.html.encode()) >= LIMIT and issue.also:
        issue = replace(issue, also=issue.also[:-3], hidden=issue.also[-3:] + issue.hidden)
        made = _print(issue, declared, sender)
    return made


def _print(issue: Issue, declared: Declarations, sender: Sender) -> Rendered:
    values = view(issue, declared, sender)
    texts = words(issue.subscription.language)
    titles = {name: trigger_name(name, declared, issue, texts) for name in issue.history.counts}
    picture = chart(issue.history, titles) if values["history"]["shown"] else None
    values |= {"chart": CHART if picture else ""}
    html = _inliner().inline(_html().get_template("digest.html.j2").render(values))
    text = _tidy(_text().get_template("digest.txt.j2").render(values))
    brief = _brief(values) if issue.subscription.channel == "apprise" else ""
    subject = line(values["subject"]).translate(_NO_MARKUP) if brief else line(values["subject"])
    return Rendered(subject, html, text, picture, brief)


def _brief(values: Mapping[str, Any]) -> str:
    """The headlines with their links, under BRIEF bytes: what does not fit is counted."""
    cards: list[Any] = list(values["cards"])
    texts = values["w"]
    rest = len(values["also"]) + values["hidden"]
    while True:
        more = texts.count("also.more", rest) if rest else ""
        given = {**values, "cards": cards, "cards_more": more, "longest": _LINK}
        made = _tidy(_text().get_template("digest.brief.j2").render(given)).translate(_NO_MARKUP)
        if len(made.encode()) < BRIEF or len(cards) <= 1:
            return made
        cards, rest = cards[:-1], rest + 1


def markup(template: str, values: Mapping[str, Any]) -> str:
    """A template of the package as HTML or XML, every value escaped."""
    return _html().get_template(template).render(values)


def safe_url(url: object) -> str:
    """The address where it is one of the web, else `#`: escaping does not stop `javascript:`."""
    text = line(str(url))
    try:
        parts = urlsplit(text)
    except ValueError:
        return "#"
    return text if parts.scheme in {"http", "https"} and parts.netloc else "#"


def _tidy(text: str) -> str:
    """No trailing blanks, at most one empty line in a row."""
    lines: list[str] = []
    for one in text.splitlines():
        if one.strip() or (lines and lines[-1]):
            lines.append(one.rstrip())
    return "\n".join(lines).strip() + "\n"


@cache
def _html() -> Environment:
    made = Environment(
        loader=PackageLoader("digests"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["safe_url"] = safe_url
    return made


@cache
def _text() -> Environment:
    made = Environment(  # noqa: S701 - plain text has nothing to escape
        loader=PackageLoader("digests"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["safe_url"] = safe_url
    return made


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        keep_style_tags=False, keep_at_rules=True, minify_css=True, load_remote_stylesheets=False
    )
