"""The readable page of a bundle: one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from agent.dossier import Dossier
from index.zone import CHINA


def page(found: Dossier, log: dict[str, object], now: datetime) -> str:
    """The page of a document; times are given in China."""
    return _template().render(found=found, log=log, now=now, local=_local)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S} UTC+8"


@cache
def _template() -> Template:
    loader = PackageLoader("agent.proof", ".")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html.j2")
