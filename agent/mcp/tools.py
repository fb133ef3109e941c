"""The tools: search, get_document, list_changes, list_alerts. They read the archive and write nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from agent.api.desk import Desk
from agent.api.finder import Finder
from agent.api.reading import CHUNK, asked
from agent.changes import ListedChange, changes
from agent.dossier import Dossier, dossier
from agent.dossier import Event as Happened
from agent.mcp.citing import (
    AlertEntry,
    AlertList,
    ChangeEntry,
    ChangeList,
    Cited,
    DocumentAnswer,
    Event,
    Hit,
    Hits,
)
from agent.trail import document_of
from config.declaration import ChangeKind, Severity
from config.declarations import Declarations
from config.filters import QueryProblem
from config.query import parse
from config.subscription import Filter
from index.archive.archive import Archive
from index.archive.catalogue import Asked
from index.records import Version
from index.results import Hit as FoundHit
from index.zone import CHINA

_ONES = Annotated[int, Field(ge=1, le=50, description="Most items of the answer.")]
_DAY = Annotated[date | None, Field(description="A day in China, such as 2026-05-01.")]
_LONGEST = 20_000


class Tools:
    """The four tools over one archive."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def search(
        self,
        query: Annotated[str, Field(description="Words in English or Chinese, and filters.")],
        limit: _ONES = 8,
        sort: Annotated[Literal["relevance", "date"], Field(description="date: what matches well, newest first.")] = (
            "relevance"
        ),
    ) -> Hits:
        """Search policy documents of Chinese authorities, carriers and clouds, by meaning and words across languages.

        English finds Chinese and the other way round. Filters narrow: trigger:pricing, tier:central, region:CN-31,
        source:ndrc_tz, since:2026-05-01, before:2026-06-01, doc:国发〔2026〕, kind:amended, as-of:2026-05-01,
        "exact words", -without. Filters alone list all that pass, newest first. Cite title, date, url and snapshot.
        """
        return await self._desk.slowly(_search, self._desk.finder, query, (limit, sort))

    async def get_document(
        self,
        key: Annotated[str, Field(description="Id of a document, version, change or alert; an address; a 文号.")],
        version: Annotated[int | None, Field(ge=1, description="Number of a version; left out, the newest.")] = None,
        start: Annotated[int, Field(ge=0, description="First character of the text to give.")] = 0,
        length: Annotated[int, Field(ge=0, le=_LONGEST, description="Characters of the text to give.")] = 6000,
    ) -> DocumentAnswer:
        """Read one document: dates, text, numbers, every change with its diff, and what it cites and is cited by."""
        return await self._desk(_document, key, version, (start, length))

    async def list_changes(  # noqa: PLR0913, PLR0917 - one parameter a filter
        self,
        trigger: Annotated[str | None, Field(description="Only changes for which this trigger fired.")] = None,
        source: Annotated[str | None, Field(description="Only changes of this source.")] = None,
        kind: Annotated[ChangeKind | None, Field(description="Only changes of this kind.")] = None,
        since: _DAY = None,
        until: _DAY = None,
        limit: _ONES = 10,
        before: Annotated[int | None, Field(description="`next` of the answer before.")] = None,
    ) -> ChangeList:
        """List what changed, newest first: clause by clause, with the evidence of the triggers that fired.

        `since` is included and `until` is not; both are about when the change was seen.
        """
        declared = self._desk.declared
        _known("trigger", trigger, list(declared.triggers))
        _known("source", source, list(declared.sources))
        wanted = Asked(
            triggers=(trigger,) if trigger else (),
            sources=(source,) if source else None,
            kinds=(kind,) if kind else (),
            since=_midnight(since),
            until=_midnight(until),
            baseline=False,
            cause="source",
        )
        return await self._desk(_changes, wanted, before, limit)

    async def list_alerts(
        self,
        trigger: Annotated[str | None, Field(description="Only alerts of this trigger.")] = None,
        scenario: Annotated[str | None, Field(description="Only alerts that move this scenario.")] = None,
        severity: Annotated[Severity | None, Field(description="Least severity.")] = None,
        since: _DAY = None,
        limit: _ONES = 10,
        before: Annotated[str | None, Field(description="`next` of the answer before.")] = None,
    ) -> AlertList:
        """List alerts, newest first: what was judged worth telling, how grave, and which scenarios it moves."""
        declared: Declarations = self._desk.declared
        _known("trigger", trigger, list(declared.triggers))
        _known("scenario", scenario, list(declared.scenarios))
        wanted = Filter(
            triggers=(trigger,) if trigger else (),
            scenarios=(scenario,) if scenario else (),
            min_severity=severity,
        )
        place = await self._desk(_place, before)
        return await self._desk(_alerts, wanted, _midnight(since), (place, limit))


def _search(archive: Archive, finder: Finder, query: str, page: tuple[int, Literal["relevance", "date"]]) -> Hits:
    limit, sort = page
    try:
        parsed = parse(query)
        found = finder.searcher(archive).search(parsed, limit, sort=sort)
    except QueryProblem as problem:
        raise ToolError(str(problem)) from problem
    shas = archive.catalogue.snapshots([hit.version for hit in found])
    facets = {name: {one.value: one.count for one in counts[:8]} for name, counts in found.facets.items() if counts}
    hits = [_hit(hit, shas[hit.version]) for hit in found]
    return Hits(query=str(parsed), total=found.total, facets=facets, hits=hits)


def _hit(hit: FoundHit, sha: str) -> Hit:
    names = ("document", "version", "title", "published", "first_seen", "source", "url")
    quotes = [one for one in ({"quote": hit.quote, "start": hit.start, "end": hit.end}, *hit.more) if hit.quote]
    cite = {name: getattr(hit, name) for name in names} | {"snapshot": f"sha256:{sha}", "quotes": quotes}
    more = {name: getattr(hit, name) for name in ("doc_number", "issuer", "state", "score", "also")}
    return Hit.model_validate({"cite": cite, **more})


def _document(archive: Archive, key: str, number: int | None, piece: tuple[int, int]) -> DocumentAnswer:
    row = document_of(archive, key)
    found = dossier(archive, row["id"]) if row else None
    if found is None:
        raise ToolError(f"nothing in the archive has the key {key[:80]!r}; search finds documents and their ids")
    version = next((one.version for one in found.editions if one.version.number == number), None)
    if number is not None and version is None:
        raise ToolError(f"the document has versions 1 to {len(found.editions)}, not {number}")
    return _read(archive, found, version or found.latest, piece)


def _read(archive: Archive, found: Dossier, version: Version, piece: tuple[int, int]) -> DocumentAnswer:
    start, length = piece
    reading = version.reading
    names = ("issuer", "doc_number", "written", "effective", "expires")
    given: dict[str, Any] = {name: getattr(reading, name) for name in names} | {
        "cite": _cite(version, found.url, ()),
        "state": found.state,
        "work": found.work.id,
        "number": version.number,
        "versions": len(found.editions),
        "repealed": found.work.repealed,
        "start": start,
        "text": reading.text[start : start + length],
        "length": len(reading.text),
        "facts": archive.judgements.facts(version.id),
        "events": [_event(one) for one in found.events],
        "reprints": [one.url for one in found.reprints],
        "cites": list(dict.fromkeys(one.quote for one in found.cites)),
        "cited_by": [f"{one.document} {one.kind}: {one.title}" for one in found.citing],
    }
    return DocumentAnswer.model_validate(given)


def _changes(archive: Archive, wanted: Asked, before: int | None, limit: int) -> ChangeList:
    page = changes(archive, wanted, before, limit)
    return ChangeList(changes=[_entry(archive, one) for one in page.changes], next=page.cursor)


def _entry(archive: Archive, one: ListedChange) -> ChangeEntry:
    version = archive.documents.version(one.change.after or one.change.before or "")
    if version is None:
        raise LookupError(f"change {one.change.id} without a version")
    quotes = {quote for tag in one.tags for quote in tag.evidence}
    event = _event(Happened(one.change, one.tags, one.alerts))
    cite = _cite(version, one.url, sorted(quotes, key=lambda quote: quote.start))
    return ChangeEntry(cite=cite, event=event, severity=one.severity)


def _event(one: Happened) -> Event:
    names = ("kind", "at", "cause", "diff")
    told = {name: getattr(one.change, name) for name in names} | {"change": one.change.id}
    fired = [tag for tag in one.tags if tag.fires]
    return Event.model_validate(told | {"tags": fired, "alerts": [alert.id for alert in one.alerts]})


def _cite(version: Version, url: str, quotes: object) -> Cited:
    names = ("source", "first_seen")
    told = {name: getattr(version, name) for name in names} | {"document": version.document, "version": version.id}
    read = {"title": version.reading.title, "published": version.reading.published, "url": url}
    return Cited.model_validate(told | read | {"snapshot": f"sha256:{version.page_sha256}", "quotes": quotes})


def _place(archive: Archive, before: str | None) -> int:
    """The place in the feed before which to look."""
    if before is None:
        return 2**62
    found = archive.feed.alert(before)
    if found is None:
        raise ToolError(f"before: no alert {before[:80]!r}; give `next` of the answer before")
    return found.seq


def _alerts(archive: Archive, wanted: Filter, since: datetime | None, page: tuple[int, int]) -> AlertList:
    place, limit = page
    found = []
    for line in _backward(archive, place):
        if since is not None and line.at < since:
            break
        if asked(line, wanted):
            found.append(line)
        if len(found) > limit:
            break
    entries = [_alert(archive, line.id) for line in found[:limit]]
    return AlertList(alerts=entries, next=found[limit - 1].id if len(found) > limit else None)


def _backward(archive: Archive, place: int) -> Iterator[Any]:
    while lines := archive.told.before(place, CHUNK):
        yield from lines
        place = lines[-1].seq


def _alert(archive: Archive, name: str) -> AlertEntry:
    told = archive.feed.alert(name)
    if told is None:
        raise LookupError(name)
    data = told.event["data"]
    document, change = data["document"], data["change"]
    cite = {
        "document": document["id"],
        "version": change["to_version"] or change["from_version"],
        "title": document["title"],
        "published": document["published_on"],
        "first_seen": document["first_seen_at"],
        "source": data["publisher"]["source_id"],
        "url": document["url"],
        "snapshot": data["provenance"]["snapshot"],
        "quotes": data["evidence"],
    }
    return AlertEntry.model_validate(
        {
            "id": told.id,
            "at": told.at,
            "severity": data["severity"],
            "trigger": told.trigger,
            "direction": data["trigger"]["direction"],
            "headline": data["headlines"]["en"],
            "headline_zh": data["headlines"]["zh"],
            "summary": data["summary"],
            "scenarios": [f"{one['id']} {one['effect']} ({one['indicator']})" for one in data["scenarios"]],
            "cite": cite,
        }
    )


def _known(name: str, given: str | None, values: list[str]) -> None:
    if given is not None and given not in values:
        raise ToolError(f"{name}: {given[:60]!r} is not known; known are {', '.join(sorted(values))}")


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) if day else None
