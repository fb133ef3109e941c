"""An alert in two sentences, from facts, in the language of the document: what happened, and the words that matter."""

from __future__ import annotations

from digests.finding import Finding
from digests.plain import line
from digests.words import Words

_QUOTE = 200


def summary(finding: Finding, words: Words) -> str:
    """What kind of change it is with the dates that the text sets, then the first piece of evidence."""
    reading, comma = finding.version.reading, words("list_comma")
    kind = words(f"kind.{finding.change.kind}")
    state = "" if finding.lifecycle == "unknown" else words(f"lifecycle.{finding.lifecycle}")
    dates = {"published": reading.published, "effective": reading.effective, "comments": reading.comments_close}
    said = [f"{words(f'card.{name}')} {day}" for name, day in {**dates, "expires": reading.expires}.items() if day]
    what = comma.join(filter(None, (kind, state, *said)))
    quote = finding.tag.evidence[0].quote if finding.tag.evidence else ""
    return words("summary.quoted", what=what, quote=line(quote, _QUOTE)) if quote else words("summary.plain", what=what)
