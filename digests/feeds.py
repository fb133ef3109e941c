"""The newest alerts for feed readers: Atom (RFC 4287) and JSON Feed 1.1, from the same events."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digests.card import headline_of
from digests.headline import amount, item_name, metric_name, percentage
from digests.plain import line
from digests.render import markup, safe_url
from digests.words import Words, words

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = "1970-01-01T00:00:00Z"
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """Whose feed it is: name of the installation, address of this feed, address of the installation."""

    deployment: str
    self: str
    home: str


def atom(events: Sequence[Event], head: Head) -> bytes:
    """An Atom feed of the events, in the order given, as UTF-8."""
    entries = [_entry(event) for event in events]
    values = {"head": head, "entries": entries, "updated": entries[0]["time"] if entries else _EPOCH}
    return _NOT_XML.sub("\ufffd", markup("alerts.atom.j2", values)).encode()


def json_feed(events: Sequence[Event], head: Head) -> bytes:
    """A JSON Feed of the events, in the order given, as UTF-8."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Vedette: {head.deployment}",
        "home_page_url": head.home,
        "feed_url": head.self,
        "items": [_item(_entry(event), event) for event in events],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def _item(entry: Mapping[str, Any], event: Event) -> dict[str, Any]:
    about = {name: event[name] for name in ("id", "severity", "triggerid", "subject")}
    return {
        "id": entry["id"],
        "url": entry["url"],
        "title": entry["title"],
        "content_html": entry["html"],
        "date_published": entry["time"],
        "authors": [{"name": entry["author"]}],
        "tags": entry["tags"],
        "language": entry["lang"],
        "_vedette": {"about": "Names the CloudEvents event that this item shows.", **about},
    }


def _entry(event: Event) -> dict[str, Any]:
    data = event["data"]
    texts = words(data["lang"])
    values = {
        "event": event,
        "data": data,
        "headlines": [line(text) for text in dict.fromkeys((headline_of(event, texts), *data["headlines"].values()))],
        "numbers": [_number(one, texts) for one in data["change"]["quantities"]],
    }
    return {
        "id": f"{event['source']}:{event['id']}",
        "url": safe_url(data["links"]["original"]),
        "self": safe_url(data["links"]["self"]) if data["links"]["self"] else "",
        "title": headline_of(event, texts),
        "lang": "en" if texts.language == "en" else "zh",
        "time": event["time"],
        "author": data["publisher"]["title"],
        "tags": list(dict.fromkeys([event["triggerid"], event["severity"], *(one["id"] for one in data["scenarios"])])),
        "html": markup("entry.html.j2", values),
    }


def _number(one: Mapping[str, Any], texts: Words) -> str:
    name = item_name(one["item"], one["quantity"], one["quantity_unit"], texts) or metric_name(
        one["metric"], one["item"], texts
    )
    before, after = (amount(one[side], one["unit"], texts) for side in ("before", "after"))
    change = "" if one["percent"] is None else f" ({percentage(one['percent'])})"
    return f"{name}: {before}{texts('arrow')}{after}{change}" if one["before"] is not None else f"{name}: {after}"
