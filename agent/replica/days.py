"""What the replica shows on each day: the days' YAML files added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Place:
    """One list of one publisher: source id, platform, addresses and names; `mark` stands between the parts of dates."""

    id: str
    platform: str
    list: str
    site: str
    column: str
    mark: str = "-"
    second: str = ""
    twins: tuple[str, ...] = ()
    older: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a publisher. Body lines with ` | ` are table rows."""

    place: str
    url: str
    title: str
    body: tuple[str, ...]
    published: date = date(2026, 4, 20)
    written: date | None = None
    issuer: str = ""
    doc_number: str | None = None
    index_number: str | None = None
    key: str = ""
    attachments: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """The state of the whole replica on one day. `blocked`: places that answer with a captcha page."""

    day: date
    about: str
    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()


def places() -> dict[str, Place]:
    """All places by source id."""
    declared = yaml.safe_load((FOLDER / "places.yml").read_text(encoding="utf-8"))
    return {
        name: Place(id=name, **{**values, "twins": tuple(values.get("twins", ()))}) for name, values in declared.items()
    }


def older() -> tuple[Sheet, ...]:
    """What stood on the lists before the first day."""
    return _short("older.yml", 9001)


def meanwhile() -> tuple[Sheet, ...]:
    """What the busier lists bring between the days of the story."""
    return _short("meanwhile.yml", 8001)


def _short(name: str, first: int) -> tuple[Sheet, ...]:
    """Sheets of one line each from a file of (day, title, line) by place, numbered from `first` within a place."""
    table = places()
    declared = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return tuple(
        _short_sheet(table[place], number, *row)
        for place, rows in declared.items()
        for number, row in enumerate(rows, first)
    )


def _short_sheet(place: Place, number: int, day: date, title: str, line: str) -> Sheet:
    values = {"n": number, "day": f"{day:%Y%m%d}", "month": f"{day:%Y%m}", "iso": f"{day:%Y-%m/%d}"}
    url = place.older.format(**values)
    return Sheet(place.id, url, title, (line,), published=day, issuer=place.site, key=str(number))


def days() -> tuple[Day, ...]:
    """Every day in order, each with all that was published before it."""
    found: list[Day] = []
    for path in sorted((FOLDER / "days").glob("*.yml")):
        spelled = yaml.safe_load(path.read_text(encoding="utf-8"))
        before = found[-1] if found else Day(date.min, "", {sheet.url: sheet for sheet in older()})
        found.append(_next(before, date.fromisoformat(path.stem), spelled))
    return tuple(found)


def _next(before: Day, day: date, spelled: Mapping[str, Any]) -> Day:
    passed = {one.url: one for one in meanwhile() if before.day < one.published <= day}
    sheets = dict(before.sheets) | passed | {one["url"]: _sheet(one) for one in spelled.get("publish") or ()}
    for edit in spelled.get("edit", ()):
        sheets[edit["url"]] = _edited(sheets[edit["url"]], edit)
    return Day(
        day=day,
        about=spelled["about"],
        sheets=sheets,
        withdrawn=before.withdrawn | frozenset(spelled.get("withdraw", ())),
        blocked=frozenset(spelled.get("block", ())),
    )


def _sheet(spelled: Mapping[str, Any]) -> Sheet:
    lists = {"body": tuple(spelled["body"]), "attachments": tuple(spelled.get("attachments", ()))}
    return Sheet(**{**spelled, **lists})


def _edited(sheet: Sheet, edit: Mapping[str, Any]) -> Sheet:
    body = tuple(_replaced(line, edit.get("replace", ())) for line in sheet.body)
    if edit.get("replace") and body == sheet.body:
        raise ValueError(f"{edit['url']}: the edit finds nothing to replace")
    return replace(sheet, body=body, attachments=tuple(edit.get("attachments", sheet.attachments)))


def _replaced(line: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        line = line.replace(old, new)
    return line
