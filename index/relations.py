"""Records beside the main line of `index.records`: what texts say of other documents, and dates that come near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

CitationKind = Literal["cites", "implements", "repeals"]
DateRole = Literal["effective", "comments_close", "expires"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Another document named in a text: `text[start:end] == quote`. `key` is what the named work is looked up by.

    `kind`: cites, implements (the text carries it out or passes it on) or repeals.
    """

    key: str
    kind: CitationKind
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """A date of a document that comes near: `day` is the date itself, told `lead` days before; `at`: when it was made.

    An event of its own, beside changes: nothing of the document changed. `id` names work, role, day and lead, so that
    each is made once, however many addresses the work has.
    """

    id: str
    role: DateRole
    document: str
    work: str
    version: str
    source: str
    day: date
    lead: int
    at: datetime
