"""The book of prices or quotas of one archive, chosen and spelled for tables, CSV and JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from classify.book import Entry, Kind, Move, Provider, Series, book, until, volatility
from classify.calm import Calm, calm, sentence, tokens
from config.declarations import Declarations
from index.archive.archive import Archive
from index.zone import CHINA

_TRIGGERS = ("pricing", "quota")
"""A document stands in either book if one of these ever fired for it: oil prices and fishing quotas do not."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""
COLUMNS = (
    "no", "provider", "region", "item", "on", "dated", "seen", "amount", "unit", "per", "quantity", "quantity_unit",
    "unit_price_per_million_tokens", "percent", "stated", "ended", "document", "version", "title", "url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Which book, of whom (authority or source id, None for all), changed since when, as it stood on which day."""

    kind: Kind
    provider: str | None
    since: date | None
    day: date


@dataclass(frozen=True, slots=True)
class Book:
    """The chosen series, numbered by their place from 1, and the answer to whether it is becoming boring."""

    choice: Choice
    series: tuple[Series, ...]
    calm: Calm
    volatility: float | None

    @property
    def answer(self) -> str:
        """One line on how lively the book is; a price book counts prices of tokens only."""
        return sentence(self.calm, "token pricing" if self.choice.kind == "pricing" else "compute quota")


def open_book(archive: Archive, declarations: Declarations, choice: Choice) -> Book:
    """Read the book. Raises ValueError for a provider of whom the archive has no series."""
    sources = declarations.sources
    providers = {name: Provider(one.authority, one.region) for name, one in sources.items()}
    made = until(book(choice.kind, archive.figures.of_triggers(_TRIGGERS), providers), choice.day)
    if choice.provider:
        wanted = sources[choice.provider].authority if choice.provider in sources else choice.provider
        known = sorted({one.provider for one in made})
        made = tuple(one for one in made if one.provider == wanted)
        if not made:
            raise ValueError(f"no {choice.kind} of {choice.provider!r}; known are {', '.join(known) or 'none yet'}")
    begins = archive.figures.begins()
    counted = tokens(made) if choice.kind == "pricing" else made
    answer = calm(counted, choice.day, begins and begins.astimezone(CHINA).date())
    chosen = tuple(one for one in made if choice.since is None or one.last.on >= choice.since)
    return Book(choice, chosen, answer, volatility(m for one in chosen for m in one.moves))


def moves(made: Book) -> list[tuple[Series, Move]]:
    """The changes since the chosen day, newest first."""
    since = made.choice.since or date.min
    found = [(one, move) for one in made.series for move in one.moves if move.on >= since]
    return sorted(found, key=lambda pair: pair[1].on, reverse=True)


def as_json(made: Book) -> dict[str, Any]:
    """The book as plain values; amounts are text, so that no digit is lost."""
    return {
        "kind": made.choice.kind,
        "day": made.choice.day.isoformat(),
        "answer": made.answer,
        "boring": _plain(asdict(made.calm)),
        "volatility": made.volatility,
        "series": [_series(no, one) for no, one in enumerate(made.series, 1)],
    }


def write_csv(made: Book, file: Path) -> int:
    """One row an entry, COLUMNS first, UTF-8 with a byte order mark for spreadsheets; how many rows.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (CWE-1236).
    """
    rows = [guarded(row) for no, one in enumerate(made.series, 1) for row in _rows(no, one)]
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def guarded(row: Mapping[str, object]) -> dict[str, object]:
    """The row with an apostrophe before text that starts like a formula; numbers stay as they are."""
    return {k: f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for k, v in row.items()}


def _series(no: int, one: Series) -> dict[str, Any]:
    return {
        "no": no,
        "provider": one.provider,
        "region": one.region,
        "item": one.item,
        "volatility": one.volatility,
        "ended": one.ended and one.ended.isoformat(),
        "entries": [_plain(asdict(entry)) for entry in one.entries],
        "moves": [{"on": m.on.isoformat(), "before": str(m.before.measure), "after": str(m.after.measure),
                   "percent": m.percent} for m in one.moves],
    }  # fmt: skip


def _rows(no: int, one: Series) -> Iterator[dict[str, object]]:
    percents = {id(m.after): m.percent for m in one.moves}
    for entry in one.entries:
        plain = _plain(asdict(entry))
        unit_price, percent = plain.pop("unit_price"), percents.get(id(entry))
        whose = {"no": no, "provider": one.provider, "region": one.region, "item": one.item, "ended": one.ended}
        numbers = {name: _number(plain[name]) for name in ("amount", "quantity")}
        told = {"unit_price_per_million_tokens": _number(unit_price), "percent": _number(percent)}
        yield whose | plain | numbers | told


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dates as ISO text and decimals as plain text."""
    return {name: _spelled(value) for name, value in values.items()}


def _spelled(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def amount(entry: Entry) -> str:
    """What an entry says, for people: 49.9 CNY/month for 15M tokens."""
    from classify.book_names import short  # noqa: PLC0415 - only views need it

    per = f"/{_said(entry.per)}" if entry.per and entry.per != "one_off" else ""
    number = f"{entry.amount:f}" if entry.unit.isupper() and len(entry.unit) == 3 else short(entry.amount)
    bought = f" for {short(entry.quantity)} {entry.quantity_unit}s" if entry.quantity and entry.quantity_unit else ""
    return f"{number} {_said(entry.unit)}{per}{bought}"


def _said(unit: str) -> str:
    return unit.replace("million_tokens", "1M tokens").replace("_", " ")


def numbered(made: Book) -> Sequence[tuple[int, Series]]:
    """The series with their numbers, by which charts without a Chinese font name them."""
    return list(enumerate(made.series, 1))
