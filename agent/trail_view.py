"""Prints a trail for people: what the document says of itself, each version down to its bytes, each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

_SHOWN = ("issuer", "doc_number", "index_number", "published", "written", "effective", "expires", "comments_close")


def print_trail(found: Mapping[str, Any]) -> None:
    """Print what `agent.trail.trail` found; control characters of pages never reach the terminal."""
    console = Console(highlight=False, soft_wrap=True)
    for line in (*_head(found), *_versions(found["versions"]), *_changes(found["changes"])):
        console.print(line)


def plain(text: object) -> str:
    """A text for the terminal: printable characters only, markup escaped."""
    return escape("".join(char for char in " ".join(str(text).split()) if char.isprintable()))


def _head(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"[bold]{plain(found['versions'][-1].get('title', ''))}[/bold]"
    yield f"work     {plain(found['work'])}"
    yield f"document {found['document']} ({found['state']}), source {found['source']}"
    yield from (f"         {plain(url)}" for url in found["addresses"])


def _versions(versions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for version in versions:
        yield f"\n[bold]version {version['number']}[/bold] {version['id']}, first seen {version['first_seen']}"
        yield from (f"  {name:<14} {plain(version[name])}" for name in _SHOWN if version.get(name))
        yield f"  sha256         {version['sha256']}"
        yield f"  bytes          {version['blob']}"
        for receipt in version["received"]:
            how = f"HTTP {receipt['status']}, {receipt['size']} bytes"
            yield f"  received       {receipt['fetched_at']}, {how}, {plain(receipt['final_url'])}"


def _changes(changes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for change in changes:
        marks = "".join(f", {mark}" for mark in ("baseline", "silent", "repost") if change[mark])
        yield f"\n[bold]{change['kind']}[/bold] {change['id']}, {change['at']}, by the {change['cause']}{marks}"
        yield from _clauses(change["diff"]["clauses"])
        for tag in change["tags"]:
            if tag["fires"]:
                quotes = "; ".join(f"“{plain(quote['quote'])}”" for quote in tag["evidence"])
                yield f"  {tag['trigger']} {tag['score']:.2f}, {tag['direction']}: {quotes}"
        yield from (f"  alert {alert}" for alert in change["alerts"])


def _clauses(clauses: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for clause in clauses:
        yield f"  {clause['op']} {plain(clause['locator'])}"
        if clause["before"]:
            yield f"    [red]- {plain(clause['before'])}[/red]"
        if clause["after"]:
            yield f"    [green]+ {plain(clause['after'])}[/green]"
