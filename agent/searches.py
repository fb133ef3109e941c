"""Saved searches in the pipeline: every new change is asked, and what answers becomes an alert of its own.

Such an alert has the trigger `search:<id>`, no direction and no scenario; only subscriptions that name the search are
told of it. Its score is likeness, not a probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from agent.alerting import STAGE, is_news
from agent.findings import Bench, finding
from agent.searching import searcher_with
from agent.version import VERSION
from config.declarations import Declarations
from config.search import Search
from config.settings import Settings
from config.trigger import Trigger
from digests.compose import event
from digests.finding import Context
from digests.selection import SEARCH
from index.archive.archive import Archive
from index.archive.searches import SearchMatch
from index.embedding import Encoder, Vectors
from index.records import Alert, Change, Tag
from index.search import Searcher

ASKED, TOLD = "search", "search-alert"


def ask(archive: Archive, declarations: Declarations, encoder: Encoder, now: datetime) -> int:
    """Ask every enabled search of what was classified since it was last done; how many matches.

    What was alerted before is not asked: a search that is new, or an archive that has just been upgraded, brings no old
    news.
    """
    waiting = archive.documents.pending(ASKED, after="classify")
    news = [one for one in waiting if is_news(one) and not archive.judgements.is_done(STAGE, one.id)]
    searches = [search for search in declarations.searches.values() if search.enabled]
    found: list[SearchMatch] = []
    if news and searches:
        searcher = searcher_with(archive, declarations, encoder)
        found = [match for search in searches for match in _answers(archive, searcher, search, news, now)]
    with archive.transaction():
        for match in found:
            archive.passages.searches.add_match(match, now)
        archive.judgements.done(ASKED, [change.id for change in waiting], now)
    return len(found)


def _answers(
    archive: Archive, searcher: Searcher, search: Search, news: Sequence[Change], now: datetime
) -> list[SearchMatch]:
    raw = frozen(archive, searcher.encoder, search, now)
    answers = searcher.answering(search.asked, news, raw)
    return [
        SearchMatch(search.id, search.version, answer.change, answer.score, answer.quotes)
        for answer in answers
        if raw is None or answer.score >= search.at_least
    ]


def frozen(archive: Archive, encoder: Encoder, search: Search, now: datetime) -> Vectors | None:
    """The vector that a search was given at its first use with this model; None where it has no words.

    Another wording, or another model, is another vector; the old one stays in the archive.
    """
    text = search.asked.text
    if not text:
        return None
    shelf = archive.passages.searches
    kept = shelf.vector(search.id, search.version, encoder.id)
    if kept is None:
        kept = np.asarray(encoder.encode_queries([text])[0], np.float32).tobytes()
        with archive.transaction():
            shelf.freeze((search.id, search.version), encoder.id, search.query, kept, now)
    return np.frombuffer(kept, np.float32)


def tell(archive: Archive, declarations: Declarations, settings: Settings, now: datetime) -> int:
    """Alert the matches not alerted yet; how many alerts were added to the feed."""
    bench = Bench(archive, replace(declarations, scenarios={}, triggers=_triggers(declarations)))
    context = Context(settings.deployment, VERSION, settings.public_url)
    matches = archive.passages.searches.untold(TOLD)
    added = 0
    for match in matches:
        with archive.transaction():
            added += _alert(bench, context, match, now) is not None
    with archive.transaction():
        archive.judgements.done(TOLD, [match.change for match in matches], now)
    return added


def _alert(bench: Bench, context: Context, match: SearchMatch, now: datetime) -> Alert | None:
    change = bench.archive.documents.change(match.change)
    tag = _tag(match)
    if change is None or tag.trigger not in bench.declarations.triggers:
        return None
    found = finding(bench, change, tag, (), now)
    if found is None:
        return None
    return bench.archive.feed.add(
        found.key, change.id, tag.trigger, change.work, found.at, lambda seq: event(seq, found, context)
    )


def _tag(match: SearchMatch) -> Tag:
    return Tag(
        change=match.change,
        trigger=f"{SEARCH}{match.search}",
        trigger_version=match.version,
        model="search",
        score=max(0.0, min(match.score, 1.0)),
        fires=True,
        direction="neutral",
        evidence=match.quotes,
    )


def _triggers(declarations: Declarations) -> dict[str, Trigger]:
    """Each saved search as a trigger: what an alert says of why it was made."""
    return {f"{SEARCH}{one.id}": _trigger(one) for one in declarations.searches.values()}


def _trigger(search: Search) -> Trigger:
    # a colon keeps these ids apart from those of declared triggers, which cannot hold one, so nothing is validated
    return Trigger.model_construct(
        id=f"{SEARCH}{search.id}",
        title=search.title,
        title_zh=search.title_zh,
        description=search.query,
        fires_on=(),
        silent_on=(),
        threshold=min(search.at_least, 1.0),
    )
