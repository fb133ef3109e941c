"""Tells the demo as it goes: what was seen each day, the alerts, and where everything lies at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from rich.console import Console

from agent.demo import Seen
from agent.trail_view import plain

_COLOURS = {"extreme": "bold red", "severe": "red", "moderate": "yellow", "minor": "dim"}
_MARKS = {"tighten": "▲", "loosen": "▼", "neutral": "●"}


class Story:
    """Prints a demo."""

    def __init__(self, home: Path) -> None:
        self._home, self._console, self._started = home, Console(highlight=False), monotonic()
        self._alerts = self._documents = 0
        self._issues: list[str] = []

    def begin(self) -> None:
        """Say what is about to happen."""
        self._console.print(
            "[bold]Vedette demo[/bold]: sixteen sources on a replica site on loopback, eight days from April to June"
            " 2026.\nLoading the embedding model; the first time it is unpacked, which takes some seconds more."
        )

    def tell(self, seen: Seen) -> None:
        """Print one day."""
        self._alerts += len(seen.alerts)
        self._documents += sum(change.kind == "new" for change in seen.changes)
        self._issues += seen.issues
        self._console.print(f"\n[bold]{seen.day.day:%d %B %Y}[/bold]  {plain(seen.day.about)}")
        for line in (*_changes(seen), *_problems(seen), *_alerts(seen)):
            self._console.print(line)

    def end(self) -> None:
        """Say where everything lies and what to try."""
        out = self._home / "out"
        say = self._console.print
        say(
            f"\n[bold]{self._documents} documents, {self._alerts} alerts, {len(self._issues)} digests"
            f" in {monotonic() - self._started:.0f} s.[/bold]"
        )
        say(f"  feed     {out / 'alerts.jsonl'}")
        say(f"  digests  {out / 'digests'}/<day>/<subscription>.html, .txt, .eml")
        say("Open the pages in a browser at http://127.0.0.1:8787/ with")
        say(f"  [bold]vedette --home {self._home} run --only-serve[/bold]")
        say("Or try:")
        say(f"  vedette --home {self._home} search token plan price")
        say(f"  vedette --home {self._home} show 国数资源〔2026〕18号")
        say(f"  vedette --home {self._home} sources")


def _changes(seen: Seen) -> Iterator[str]:
    kinds = Counter("archived as older" if change.baseline else change.kind for change in seen.changes)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items()) or "nothing new"
    extra = [(sum(c.silent for c in seen.changes), "silent"), (sum(c.repost for c in seen.changes), "repost")]
    marks = "".join(f", {count} of them {name}" for count, name in extra if count)
    yield f"  seen     {listed}{marks}"


def _problems(seen: Seen) -> Iterator[str]:
    for problem in seen.opened:
        yield f"  [magenta]blind[/magenta]    {problem.source}: {problem.kind}: {plain(problem.message)[:100]}"
    for problem in seen.recovered:
        yield f"  [green]again[/green]    {problem.source}: {problem.kind} is over"


def _alerts(seen: Seen) -> Iterator[str]:
    for alert in seen.alerts:
        data = alert.event["data"]
        colour = _COLOURS.get(data["severity"], "white")
        mark = _MARKS[data["trigger"]["direction"]]
        scenarios = ", ".join(dict.fromkeys(f"{one['id']} {one['effect']}" for one in data["scenarios"]))
        yield f"  [{colour}]{mark} {data['severity']:<9}[/{colour}]{plain(data['headlines']['en'])}"
        if scenarios:
            yield f"             [dim]{scenarios}[/dim]"
