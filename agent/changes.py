"""What changed, newest first and page by page, with title, tags and alerts: what lists of changes are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.archive.archive import Archive
from index.archive.catalogue import Asked
from index.records import Alert, Change, Tag

MOST = 500
"""Changes of one page at most."""
EVERYTHING = Asked()
"""Asks for every change."""
_RANK = ("unknown", "minor", "moderate", "severe", "extreme")


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A change in a list. `title` is the newer version's, `url` the document's; `tags` are those that fired.

    `place` only grows: it is where the list goes on.
    """

    place: int
    change: Change
    title: str
    url: str
    lang: str
    tags: tuple[Tag, ...]
    alerts: tuple[Alert, ...]

    @property
    def severity(self) -> str | None:
        """The gravest of its alerts, None where there is none."""
        grades = [str(alert.event["data"]["severity"]) for alert in self.alerts]
        return max(grades, key=_RANK.index) if grades else None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, newest first; `cursor` is what to ask for next, None at the end."""

    changes: tuple[ListedChange, ...]
    cursor: int | None


def changes(archive: Archive, asked: Asked = EVERYTHING, cursor: int | None = None, limit: int = 50) -> ChangePage:
    """One page of the changes asked for, at most MOST; `cursor` as a page before gave it.

    What is added meanwhile is newer than the first page and never shifts the later ones.
    """
    size = max(1, min(limit, MOST))
    found = archive.catalogue.changes(asked, cursor, size + 1)
    more = len(found) > size
    return ChangePage(_listed(archive, found[:size]), found[size - 1][0] if more else None)


def _listed(archive: Archive, found: Sequence[tuple[int, Change]]) -> tuple[ListedChange, ...]:
    shelf, ids = archive.catalogue, [change.id for _, change in found]
    documents = shelf.entries({change.document for _, change in found})
    titles = shelf.titles({version for _, change in found if (version := change.after or change.before)})
    tags, alerts = shelf.tags(ids), shelf.alerts(ids)
    return tuple(
        ListedChange(
            place=place,
            change=change,
            title=titles.get(change.after or change.before or "", ""),
            url=documents[change.document].url if change.document in documents else "",
            lang=documents[change.document].lang if change.document in documents else "zh",
            tags=tuple(tag for tag in tags.get(change.id, ()) if tag.fires),
            alerts=tuple(alerts.get(change.id, ())),
        )
        for place, change in found
    )
