"""Files only: an issue is delivered once its files lie in `out/digests`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from digests.office import Office
from digests.retry import Outcome
from index.records import Delivery


def attempt(office: Office, deliveries: Iterable[Delivery]) -> Iterator[tuple[Delivery, Outcome]]:
    """Look whether the issue's files are there; the receiver is their path without ending, below the home."""
    home = office.archive.home
    for one in deliveries:
        missing = [end for end in (".html", ".txt", ".eml") if not (home / f"{one.receiver}{end}").exists()]
        yield one, Outcome("never", f"{one.receiver}{missing[0]} is gone") if missing else Outcome("sent")
