"""The report of a day as text: 80 columns, plain characters, the failures first of what needs somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import east_asian_width

from agent.logs import visible

WIDTH = 80
_LABEL = 14


def text(made: Mapping[str, Any]) -> str:
    """The report, ending in a line break; `made` is what `reporting.report` gives."""
    return "\n".join(line.rstrip() for line in _lines(made)) + "\n"


def _lines(made: Mapping[str, Any]) -> Iterator[str]:
    state = "" if made["complete"] else ", so far"
    yield f"Vedette {made['deployment']}: {made['day']}{state} ({made['timezone']})"
    yield "=" * min(WIDTH, 60)
    sources, crawl, alerts = made["sources"], made["crawl"], made["alerts"]
    failed = len({one["source"] for one in sources["failed"] if one["open"]})
    yield from _row(
        "Sources", f"{sources['watched']} watched, {len(sources['read'])} read, {failed} with a problem now"
    )
    asked = f"{crawl['runs']} runs, {crawl['requests']} requests, {_size(crawl['bytes'])}, {crawl['pages']} pages kept"
    yield from _row("Crawl", asked)
    yield from _row("Documents", _counts(made["changes"], zero=True))
    yield from _row("Alerts", f"{alerts['count']}" + _after(_counts(alerts["by_severity"])))
    yield from _row("", _counts(alerts["by_trigger"]))
    sent = made["deliveries"]
    yield from _row(
        "Deliveries",
        f"{sent['sent']} sent, {sent['given_up']} given up; now {sent['pending_now']} pending, {sent['dead_now']} dead",
    )
    problems = made["problems"]
    yield from _row("Problems", f"opened {_counts(problems['opened']) or 'none'}")
    yield from _row("", f"closed {_counts(problems['closed']) or 'none'}; {problems['open_at_end']} open at the end")
    waiting = made["waiting"]
    yield from _row("Waiting now", f"{waiting['classify']} changes to classify, {waiting['alert']} to alert")
    machine = made["machine"]
    yield from _row("Disk", f"{_size(machine['disk_free'])} free; database {_size(machine['database'])}, "
                    f"pages {_size(machine['blobs'])}, vectors {_size(machine['vectors'])}")  # fmt: skip
    yield from _row("Memory", f"{_size(machine['memory_peak'])} at most in the process that made this")
    yield from _row("Log", f"{made['log']['size']:,} entries, root")
    yield from _row("", made["log"]["root"])
    yield from _failed(sources["failed"])
    if sources["unread"]:
        yield from ("", "Not read on this day")
        yield from _wrapped(", ".join(sources["unread"]))


def _failed(failed: list[dict[str, Any]]) -> Iterator[str]:
    for title, wanted in (("Needs somebody", True), ("Recovered", False)):
        found = [one for one in failed if one["open"] is wanted]
        if found:
            yield from ("", title)
        for one in found:
            many = f" at {one['addresses']} addresses" if one["addresses"] > 1 else ""
            yield f"* {one['source']}: {one['problem']} since {one['since'][:10]}{many}"
            if wanted:
                yield from _wrapped(one["message"])
                yield from _wrapped(f"Do: {one['do']}")


def _row(label: str, said: str) -> Iterator[str]:
    if said:
        first, *rest = _fold(said, WIDTH - _LABEL)
        yield f"{label:<{_LABEL}}{first}"
        yield from (" " * _LABEL + line for line in rest)


def _wrapped(said: str) -> Iterator[str]:
    yield from (f"  {line}" for line in _fold(said, WIDTH - 2))


def _fold(said: str, width: int) -> list[str]:
    """Lines of at most `width` columns; a character of Chinese takes two."""
    lines = [""]
    for word in visible(said).split():
        taken = f"{lines[-1]} {word}".strip()
        if columns(taken) <= width:
            lines[-1] = taken
            continue
        lines.append("")
        for char in word:
            if columns(lines[-1] + char) > width:
                lines.append("")
            lines[-1] += char
    return [line for line in lines if line] or [""]


def columns(said: str) -> int:
    """Columns that a text takes in a terminal."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in said)


def _counts(counts: Mapping[str, int], *, zero: bool = False) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count or zero)


def _after(said: str) -> str:
    return f": {said}" if said else ""


def _size(size: int) -> str:
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
