"""From a finding to the event of the feed; pure, so that building it again gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from digests import alert
from digests.finding import Context, Finding
from digests.fit import fit
from digests.headline import NOTHING, headline
from digests.plain import block, line
from digests.summary import summary
from digests.terms import terms
from digests.words import LANGUAGES, words
from index.zone import CHINA


def event(seq: int, finding: Finding, context: Context) -> dict[str, Any]:
    """The CloudEvents event of a finding at place `seq` of the feed, as JSON values, its data under 20 kB.

    Raises pydantic.ValidationError where the finding breaks the schema: a bug of ours.
    """
    identity = event_id(seq, finding.key)
    data = fit(alert.AlertData.model_validate(_data(identity, finding, context)).model_dump(mode="json"))
    return _envelope(seq, identity, finding.at, data, context)


def cancellation(seq: int, told: Mapping[str, Any], reason: str, at: datetime, context: Context) -> dict[str, Any]:
    """The event that takes back an earlier one: its data again with message type cancel, and the reason as summary.

    Add it to the feed under `cancel_key(told)`.
    """
    key = cancel_key(told)
    old = told["data"]
    headlines = {lang: words(lang)("headline.cancelled", headline=text) for lang, text in old["headlines"].items()}
    identity = event_id(seq, key)
    data = old | {
        "alert_key": key,
        "revision": old["revision"] + 1,
        "message_type": "cancel",
        "references": [told["id"]],
        "headline": headlines.get("zh" if old["lang"].startswith("zh") else "en", old["headline"]),
        "headlines": headlines,
        "summary": line(reason, 600),
        "scenarios": [],
        "links": _links(identity, old["document"]["url"], old["change"], old["document"]["id"], context),
    }
    return _envelope(seq, identity, at, fit(alert.AlertData.model_validate(data).model_dump(mode="json")), context)


def cancel_key(told: Mapping[str, Any]) -> str:
    """The key of the cancellation of an event; the same however often the stage runs."""
    return sha256(f"cancel|{told['data']['alert_key']}".encode()).hexdigest()


def event_id(seq: int, key: str) -> str:
    """Place in the feed, twelve digits, and the head of the alert key: text order is feed order."""
    return f"{seq:012d}-{key[:8]}"


def _envelope(seq: int, identity: str, at: datetime, data: dict[str, Any], context: Context) -> dict[str, Any]:
    base = f"{context.public_url.rstrip('/')}/schemas/alert/1.json" if context.public_url else alert.SCHEMA_ID
    made = alert.AlertEvent.model_validate(
        {
            "id": identity,
            "source": f"urn:vedette:{context.deployment}",
            "time": at,
            "subject": data["document"]["work_id"],
            "dataschema": base + alert.DATA_POINTER,
            "sequence": f"{seq:012d}",
            "severity": data["severity"],
            "triggerid": data["trigger"]["id"],
            "data": data,
        }
    )
    return made.model_dump(mode="json")


def _data(identity: str, finding: Finding, context: Context) -> dict[str, Any]:
    lang = finding.version.reading.lang
    own = {language: line(text) for language, text in finding.headlines.items() if text.strip()}
    headlines = {language: own.get(language) or headline(finding, words(language)) for language in LANGUAGES}
    change = _change(finding)
    return {
        "alert_key": finding.key,
        "revision": finding.revision,
        "message_type": finding.message_type,
        "status": context.status,
        "references": list(finding.references),
        **_rating(finding),
        "headline": headlines["zh" if lang.startswith("zh") else "en"],
        "headlines": headlines,
        "summary": line(finding.summary) or summary(finding, words(lang)),
        "lang": lang,
        "trigger": _trigger(finding),
        "scenarios": [_effect(asdict(one)) for one in finding.effects],
        "document": _document(finding),
        "publisher": _publisher(finding),
        "change": change,
        "evidence": [{**asdict(one), "quote": block(one.quote)} for one in finding.tag.evidence],
        "series_id": f"{line(finding.change.work)}#{finding.trigger.id}",
        "duplicates": [url for url in dict.fromkeys(finding.addresses) if url != finding.version.reading.url],
        "provenance": _provenance(finding, context),
        "links": _links(identity, finding.version.reading.url, change, finding.change.document, context),
        "truncated": False,
    }


def _rating(finding: Finding) -> dict[str, Any]:
    names = ("severity", "urgency", "certainty")
    grades: dict[str, Any] = {name: getattr(finding.rating, name) for name in names}
    return grades | {"grounds": {name: line(getattr(finding.rating, f"{name}_reason")) for name in names}}


def _trigger(finding: Finding) -> dict[str, Any]:
    tag = finding.tag
    fired = asdict(finding.trigger)
    return fired | {
        "category": finding.trigger.category or finding.trigger.id,
        "reason": line(finding.trigger.reason),
        "reason_zh": line(finding.trigger.reason_zh),
        "matched_terms": [line(term, 60) for term in finding.trigger.matched_terms or _terms(finding)],
        "score": round(tag.score, 4),
        "direction": tag.direction,
        "scope": tag.scope,
    }


def _terms(finding: Finding) -> list[str]:
    return list(dict.fromkeys(term for quote in finding.tag.evidence for term in terms(quote.quote, 8)))[:8]


def _effect(effect: dict[str, Any]) -> dict[str, Any]:
    scenario = effect.pop("scenario")
    reasons = {"reason": line(effect["reason"]), "reason_zh": line(effect["reason_zh"])}
    return effect | reasons | {"id": scenario, "parameter": effect["variable"]}


def _document(finding: Finding) -> dict[str, Any]:
    version, reading = finding.version, finding.version.reading
    work = line(finding.change.work)
    return {
        "work_id": work,
        "expression_id": f"{work}@{version.first_seen.astimezone(CHINA).date()}#{reading.lang}",
        "id": finding.change.document,
        "title": line(reading.title),
        "lang": reading.lang,
        "issuer": reading.issuer and line(reading.issuer),
        "doc_number": reading.doc_number and line(reading.doc_number),
        "index_number": reading.index_number and line(reading.index_number),
        "instrument": finding.instrument,
        "lifecycle": finding.lifecycle,
        "published_on": reading.published,
        "written_on": reading.written,
        "effective_on": reading.effective,
        "expires_on": reading.expires,
        "comments_close_on": reading.comments_close,
        "first_seen_at": version.first_seen,
        "url": reading.url,
    }


def _publisher(finding: Finding) -> dict[str, Any]:
    row = asdict(finding.origin)
    del row["spider"]
    return row | {"source_id": row.pop("id")}


def _change(finding: Finding) -> dict[str, Any]:
    change, diff = finding.change, finding.change.diff
    return {
        "id": change.id,
        "kind": change.kind,
        "silent": change.silent,
        "from_version": change.before,
        "to_version": change.after,
        "from_sha256": finding.before.page_sha256 if finding.before else None,
        "to_sha256": finding.after.page_sha256 if finding.after else None,
        "chars_changed": diff.chars_changed,
        "clauses": [_blocks(asdict(one)) for one in diff.clauses],
        "fields": [_blocks(asdict(one)) for one in diff.fields],
        "attachments": [_blocks(asdict(one)) for one in diff.attachments],
        "quantities": [_number(asdict(one)) for one in finding.quantities],
    }


def _number(row: dict[str, Any]) -> dict[str, Any]:
    """A number; a unit or period that says it has none is null."""
    return _blocks({name: None if value == NOTHING else value for name, value in row.items()})


def _blocks(row: dict[str, Any]) -> dict[str, Any]:
    return {name: block(value) if isinstance(value, str) else value for name, value in row.items()}


def _provenance(finding: Finding, context: Context) -> dict[str, Any]:
    return {
        "source_id": finding.origin.id,
        "retrieved_at": finding.fetch.retrieved_at,
        "http_status": finding.fetch.http_status,
        "snapshot": f"sha256:{finding.fetch.sha256}",
        "page_url": finding.fetch.url,
        "spider": finding.origin.spider,
        "extractor": finding.version.extractor,
        "pipeline": context.pipeline,
        "model": finding.tag.model,
        "config_sha256": finding.config,
    }


def _links(identity: str, original: str, change: Mapping[str, Any], document: str, context: Context) -> dict[str, Any]:
    base = context.public_url.rstrip("/") if context.public_url else None
    sha = change["to_sha256"] or change["from_sha256"]
    versions = change["from_version"] and change["to_version"]
    place = f"{base}/documents/{quote(document)}"
    return {
        "self": base and f"{base}/v1/alerts/{identity}",
        "diff": f"{place}/diff?from={change['from_version']}&to={change['to_version']}" if base and versions else None,
        "archive": f"{base}/pages/{sha}" if base and sha else None,
        "original": original,
        "show": f"vedette show {identity}",
    }
