"""The books of prices and quotas: what stands, what changed, by how much, and what a million tokens cost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from agent.api.problems import Problem
from agent.booking import Book, Choice, moves, open_book
from agent.web.archive_state import state_of
from agent.web.drawing import Shape, share, steps
from agent.web.gate import PageRoute
from agent.web.items import diff_link
from agent.web.kept import kept
from agent.web.page import say_day, show
from agent.web.providers import provider_name
from agent.web.scenarios import day_asked
from agent.web.visit import AtVisit, Visit
from classify.book import Entry, Kind, Move, Series
from digests.headline import amount, item_name, per_word, percentage
from index.archive.archive import Archive

_CHANGES, _CHARTS, _SERIES = 60, 12, 200

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/prices")
async def prices(visit: AtVisit) -> Response:
    """The price book."""
    return show(visit, "book.html.j2", await visit.desk.slowly(_values, visit, "pricing", "prices"))


@router.get("/quotas")
async def quotas(visit: AtVisit) -> Response:
    """The quota book."""
    return show(visit, "book.html.j2", await visit.desk.slowly(_values, visit, "quota", "quotas"))


def _values(archive: Archive, visit: Visit, kind: Kind, section: str) -> dict[str, Any]:
    day, provider = day_asked(visit), visit.asked("provider") or None
    whole = _book(archive, visit, Choice(kind, None, None, day))
    made = _book(archive, visit, Choice(kind, provider, None, day)) if provider else whole
    changed = moves(made)
    return {
        "section": section,
        "title": visit.words(f"desk.nav.{section}"),
        "kind": kind,
        "day": day,
        "past": day < visit.today,
        "told": say_day(day, visit),
        "answer": _answer(made, visit),
        "provider": provider or "",
        "providers": [(one, provider_name(one, visit)) for one in sorted({s.provider for s in whole.series})],
        "changes": [_change(one, move, visit) for one, move in changed[:_CHANGES]],
        "more": max(0, len(changed) - _CHANGES),
        "charts": [_chart(one, made.choice.day, visit) for one in _moved(made)[:_CHARTS]],
        "groups": _groups(made, visit),
        "count": len(made.series),
        "rest": max(0, len(made.series) - _SERIES),
    }


def _book(archive: Archive, visit: Visit, choice: Choice) -> Book:
    try:
        return kept(visit.desk, choice, state_of(archive, visit), lambda: open_book(archive, visit.declared, choice))
    except ValueError as error:
        raise Problem(404, "No such provider", str(error)) from error


def _moved(made: Book) -> list[Series]:
    """The series that changed, last changed first."""
    return sorted((one for one in made.series if one.moves), key=lambda one: one.last.on, reverse=True)


def _answer(made: Book, visit: Visit) -> dict[str, str]:
    found, words = made.calm, visit.words
    told = {"n": found.changes, "before": found.changes_before, "median": _percent(found.median)}
    key = "counts_covered" if found.covered else "counts"
    return {
        "verdict": words(f"desk.book.verdict.{found.verdict}"),
        "counts": words(f"desk.book.{key}", **told),
        "announced": words.count("desk.book.announced", found.announced) if found.announced else "",
    }


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:g}%"


def _change(one: Series, move: Move, visit: Visit) -> dict[str, Any]:
    return {
        "on": move.on,
        "ahead": move.on > visit.today,
        "provider": provider_name(one.provider, visit, one.region),
        "item": _item(one),
        "before": entry_text(move.before, visit),
        "after": entry_text(move.after, visit),
        "unit_before": unit_text(move.before, visit),
        "unit_after": unit_text(move.after, visit),
        "percent": percentage(float(move.percent)) if move.percent is not None else "",
        "way": _way(move),
        "link": _link(move),
        "title": move.after.title,
    }


def _way(move: Move) -> str:
    """Dearer or less allowed is `up`, as on the scenario board: pressure."""
    rose = move.after.measure > move.before.measure
    priced = len(move.after.unit) == 3 and move.after.unit.isupper()
    return "up" if rose == priced else "down"


def _link(move: Move) -> str:
    before, after = move.before, move.after
    if before.document == after.document and before.version != after.version:
        return diff_link(after.document, before.version, after.version)
    return f"/documents/{quote(after.document)}"


def _item(one: Series) -> str:
    """What the number is about; a name of marks alone says nothing."""
    return one.item if any(char.isalnum() for char in one.item) else ""


def entry_text(entry: Entry, visit: Visit) -> str:
    """An entry as the language writes it: CNY 49.9 a month for 15M tokens."""
    words = visit.words
    value = amount(f"{entry.amount.normalize():f}", entry.unit, words)
    per = per_word(entry.per, words)
    bought = ""
    if entry.quantity is not None and entry.quantity_unit:
        bought = item_name(None, f"{entry.quantity.normalize():f}", entry.quantity_unit, words)
    return (
        words("desk.book.bought", value=f"{value} {per}".strip(), bought=bought) if bought else f"{value} {per}".strip()
    )


def unit_text(entry: Entry, visit: Visit) -> str:
    """What a million tokens cost, empty where that cannot be worked out."""
    if entry.unit_price is None:
        return ""
    return amount(f"{float(entry.unit_price):.4g}", entry.unit, visit.words)


def _steps(one: Series, day: date) -> Shape:
    """A stated old value begins a week before its end, for its own beginning is not known."""
    points = [
        ((e.on if e.stated else e.on - timedelta(days=7)).toordinal() * 1.0, float(e.measure)) for e in one.entries
    ]
    return steps(sorted(points), (one.ended or day).toordinal())


def _chart(one: Series, day: date, visit: Visit) -> dict[str, Any]:
    first, last = one.entries[0], one.last
    total = float((last.measure - first.measure) * 100 / first.measure) if first.measure else None
    return {
        "provider": provider_name(one.provider, visit, one.region),
        "item": _item(one),
        "shape": _steps(one, day),
        "first": unit_text(first, visit) or entry_text(first, visit),
        "last": unit_text(last, visit) or entry_text(last, visit),
        "per_million": last.unit_price is not None,
        "percent": percentage(round(total, 1)) if total is not None else "",
        "way": _way(one.moves[-1]),
        "from": first.on if first.stated else None,
        "to": max(one.ended or day, last.on),
        "changed": last.on,
    }


def _groups(made: Book, visit: Visit) -> list[dict[str, Any]]:
    """The series by provider, with the price of a million tokens as a bar on one scale for the whole book."""
    units = [float(s.last.unit_price) for s in made.series if s.last.unit_price and s.ended is None]
    ends = (min(units, default=1.0), max(units, default=1.0))
    groups = groupby(made.series[:_SERIES], key=lambda one: (one.provider, one.region))
    return [
        {"name": provider_name(provider, visit, region), "rows": [_row(one, ends, visit, made) for one in rows]}
        for (provider, region), rows in groups
    ]


def _row(one: Series, ends: tuple[float, float], visit: Visit, made: Book) -> dict[str, Any]:
    unit = one.last.unit_price
    return {
        "item": _item(one),
        "now": entry_text(one.last, visit),
        "unit": unit_text(one.last, visit),
        "bar": share(float(unit), *ends) if unit and one.ended is None else None,
        "since": one.last.on,
        "ended": one.ended,
        "moves": len(one.moves),
        "link": f"/documents/{quote(one.last.document)}",
        "title": one.last.title,
        "shape": _steps(one, made.choice.day) if one.moves else None,
    }
