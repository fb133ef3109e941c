"""An issue as the templates print it: plain values in the reader's language, no logic left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.declarations import Declarations
from config.region import REGIONS
from config.source import Source
from config.subscription import Subscription
from digests.card import Reader, card, headline_of, one_line, say_date, trigger_title
from digests.coverage import Blind
from digests.issue import Count, Issue, Upcoming
from digests.plain import cut, line
from digests.selection import RANK
from digests.words import Words, words

_NAMES = 8
_SUBJECT = 150
_ROOT = 16
"""Digits of the log's root shown in HTML; the text has all 64."""
_BRIEF: Mapping[str, Any] = {"counts": [], "history": {"shown": False}, "coverage": {"shown": False}}
"""What an immediate issue leaves out: numbers over time say nothing minutes after the last issue."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the address in From, and the links a reader may follow to change or end the subscription."""

    address: str
    preferences: str | None = None
    unsubscribe: str | None = None


def view(issue: Issue, declared: Declarations, sender: Sender) -> dict[str, Any]:
    """Everything both templates print."""
    texts = words(issue.subscription.language)
    reader = Reader(issue.subscription, texts)
    titles = {name: trigger_name(name, declared, issue, texts) for name in issue.history.counts}
    top = headline_of(issue.cards[0].lead.event, texts) if issue.cards else ""
    return {
        "w": texts,
        "issue": issue.id,
        "title": line(issue.subscription.title, 80),
        "date": say_date(issue.day, texts),
        "subject": subject(issue, texts),
        "preheader": cut(top or _quiet(issue, reader)[0], 120),
        "lead": _lead(issue, texts) if issue.cards else "",
        "quiet": _quiet(issue, reader) if issue.quiet else [],
        "counts": [_count(one, trigger_name(one.trigger, declared, issue, texts), texts) for one in issue.counts],
        "cards": [card(item, reader) for item in issue.cards],
        "also": [one_line(item, reader) for item in issue.also],
        "hidden": len(issue.hidden),
        "also_more": texts.count("also.more", len(issue.hidden)) if issue.hidden else "",
        "upcoming": [_upcoming(one, issue, texts) for one in issue.upcoming],
        "history": _history(issue, titles, texts),
        "coverage": _coverage(issue, reader),
        "footer": _footer(issue, reader, sender, asks(issue.subscription, declared, texts)),
        "sender": sender,
        **(_BRIEF if issue.subscription.cadence == "immediate" else {}),
    }


def subject(issue: Issue, texts: Words) -> str:
    """The subject line: one line, the gravest first, at most 150 characters."""
    title = line(issue.subscription.title, 40)
    if issue.quiet and issue.coverage.total:
        return texts("subject.quiet", title=title, read=issue.coverage.read, total=issue.coverage.total)
    if issue.quiet:
        return texts("subject.quiet_plain", title=title)
    top = headline_of(issue.cards[0].lead.event, texts)
    return line(texts("subject.line", title=title, counts=_severities(issue, texts), headline=top), _SUBJECT)


def trigger_name(name: str, declared: Declarations, issue: Issue, texts: Words) -> str:
    """A trigger's name in the reader's language: as declared, else as its alerts say, else its id."""
    if trigger := declared.triggers.get(name):
        return texts.own(trigger.title_zh if texts.language == "zh" else trigger.title)
    alerts = (alert for item in issue.items for alert in item.alerts if alert.trigger == name)
    return next((trigger_title(alert.event, texts) for alert in alerts), name)


def asks(subscription: Subscription, declared: Declarations, texts: Words) -> str:
    """The filter of a subscription in words."""
    wanted, zh = subscription.filter, texts.language == "zh"
    triggers = {t.id: texts.own(t.title_zh if zh else t.title) for t in declared.triggers.values()}
    scenarios = {s.id: texts.own(s.title_zh if zh else s.title) for s in declared.scenarios.values()}
    searches = {s.id: texts.own(s.title_zh if zh else s.title) for s in declared.searches.values()}
    named = {
        "triggers": [triggers.get(one, one) for one in wanted.triggers],
        "searches": [searches.get(one, one) for one in wanted.searches],
        "scenarios": [scenarios.get(one, one) for one in wanted.scenarios],
        "tiers": [texts(f"tier.{one}") for one in wanted.tiers],
        "regions": [texts.own(REGIONS[one][0 if zh else 1]) for one in wanted.regions],
        "sources": [_title(declared.sources[one], texts) if one in declared.sources else one for one in wanted.sources],
    }
    parts = [texts(f"filter.{key}", names=texts("list_comma").join(names)) for key, names in named.items() if names]
    if wanted.min_severity:
        parts.append(texts("filter.min_severity", name=texts(f"severity.{wanted.min_severity}")))
    return texts("list_semicolon").join(parts) or texts("filter.all")


def _severities(issue: Issue, texts: Words) -> str:
    tally = Counter(item.severity for item in issue.items)
    grades = [texts(f"severity_count.{name}", n=tally[name]) for name in sorted(tally, key=lambda one: -RANK[one])]
    return " · ".join(grades)


def _lead(issue: Issue, texts: Words) -> str:
    names = list(dict.fromkeys(trigger_title(item.lead.event, texts) for item in issue.items))
    return texts(
        "top.lead",
        counts=_severities(issue, texts),
        among=texts("top.among"),
        triggers=texts("list_comma").join(names),
    )


def _quiet(issue: Issue, reader: Reader) -> list[str]:
    texts, seen = reader.words, issue.coverage
    verdict = "full" if seen.full else "partial" if seen.read else "none"
    parts = {"read": seen.read, "total": seen.total, "verdict": texts(f"top.verdict.{verdict}")}
    said = [texts("top.quiet", since=_time(issue.window.since, reader))]
    return [*said, texts("top.quiet_coverage", **parts)] if seen.total else said


def _count(one: Count, name: str, texts: Words) -> dict[str, Any]:
    change = one.now - one.before
    return {
        "trigger": name,
        "now": one.now,
        "before": texts("counts.before", n=one.before),
        "change": f"{change:+d}" if change else texts("counts.same"),
        "way": "up" if change > 0 else "down" if change < 0 else "same",
    }


def _upcoming(one: Upcoming, issue: Issue, texts: Words) -> dict[str, str]:
    days = (one.on - issue.day).days
    short = "date_short" if one.on.year == issue.day.year else "date"
    return {
        "date": say_date(one.on, texts, short),
        "in": texts.count("upcoming.days", days) if days else texts("upcoming.today"),
        "role": texts(f"upcoming.{one.role}"),
        "title": line(one.alert.event["data"]["document"]["title"], 80),
        "title_lang": one.alert.event["data"]["document"]["lang"],
        "url": one.alert.event["data"]["links"]["original"],
    }


def _history(issue: Issue, titles: Mapping[str, str], texts: Words) -> dict[str, Any]:
    rows = [
        {"week": say_date(week, texts, "date_short"), "counts": [row[place] for row in issue.history.counts.values()]}
        for place, week in enumerate(issue.history.weeks)
    ]
    totals = [sum(row) for row in issue.history.counts.values()]
    shown = issue.history.total > 0
    return {"shown": shown, "triggers": list(titles.values()), "rows": rows[::-1], "totals": totals}


def _coverage(issue: Issue, reader: Reader) -> dict[str, Any]:
    seen, texts = issue.coverage, reader.words
    window = {"since": _time(issue.window.since, reader), "until": _time(issue.window.until, reader)}
    return {
        "shown": seen.total > 0,
        "full": seen.full,
        "read": texts("coverage.read", read=seen.read, total=seen.total, **window),
        "open": [_blind(one, reader) for one in seen.open[:_NAMES]],
        "open_more": texts.count("coverage.more", len(seen.open) - _NAMES) if len(seen.open) > _NAMES else "",
        "unread": _list("coverage.unread", seen.unread, texts),
        "recovered": _list("coverage.recovered", seen.recovered, texts),
        "refused": _list("coverage.refused", seen.refused, texts),
    }


def _blind(one: Blind, reader: Reader) -> dict[str, str]:
    return {
        "source": _title(one.source, reader.words),
        "problem": reader.words(f"problem.{one.kind}"),
        "since": reader.words("coverage.since", date=reader.day(one.since)),
        "message": line(one.message, 100),
    }


def _list(key: str, sources: tuple[Source, ...], texts: Words) -> str:
    if not sources:
        return ""
    names = [_title(source, texts) for source in sources[:_NAMES]]
    if len(sources) > _NAMES:
        names.append(texts.count("coverage.more", len(sources) - _NAMES))
    return texts(key, names=texts("list_semicolon").join(names))


def _title(source: Source, texts: Words) -> str:
    return texts.own(line(source.title if texts.language == "zh" else source.title_en, 60))


def _footer(issue: Issue, reader: Reader, sender: Sender, filtered: str) -> dict[str, str]:
    texts, subscription = reader.words, issue.subscription
    parts = {"title": line(subscription.title, 80), "cadence": texts(f"cadence.{subscription.cadence}")}
    made = {"issue": issue.id, "made": _time(issue.window.until, reader), "timezone": subscription.timezone}
    return {
        "made": texts("footer.made", **made),
        "why": texts("footer.why", **parts) if subscription.channel == "mail" else "",
        "asks": texts("footer.asks", filter=filtered),
        "operator": texts("footer.operator", sender=sender.address),
        "disclaimer": texts("footer.disclaimer"),
        **_log(issue, texts),
    }


def _log(issue: Issue, texts: Words) -> dict[str, str]:
    """Where the archive's log stood: `log` with the beginning of the root, `check` with all of it."""
    if issue.head is None:
        return {"log": "", "check": ""}
    size, root = issue.head.size, issue.head.root
    return {
        "log": texts("footer.log", size=f"{size:,}", root=f"{root[:_ROOT]}…"),
        "check": texts("footer.check", size=f"{size:,}", command=f"vedette verify --root {size}:{root}"),
    }


def _time(moment: datetime, reader: Reader) -> str:
    local = moment.astimezone(reader.zone)
    return reader.words("time", date=say_date(local.date(), reader.words), clock=f"{local:%H:%M}")
