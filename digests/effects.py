"""What a change does to scenarios, as its card says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from digests.headline import amount, publisher
from digests.plain import line
from digests.words import Words

_MOST = 3


def effects(data: Mapping[str, Any], words: Words) -> list[dict[str, str]]:
    """The heaviest effects of an alert in words, the heaviest first."""
    heaviest = sorted(data["scenarios"], key=lambda one: -one["weight"])[:_MOST]
    return [_effect(one, data["publisher"], words) for one in heaviest]


def _effect(effect: Mapping[str, Any], who: Mapping[str, Any], words: Words) -> dict[str, str]:
    title = words.own(effect["title_zh"] if words.language == "zh" else effect["title"])
    parts = []
    if effect["variable"]:
        known = words.term("variable", effect["variable"])
        parts.append(words("card.via", variable=known.replace("_", " ")))
    if effect["value"] is not None:
        value = effect["value"] if isinstance(effect["value"], str) else f"{effect['value']:.12g}"
        parts.append(words("card.value", value=amount(value, effect["unit"], words)))
    parts.append(words("card.weight", weight=f"{effect['weight']:g}"))
    return {
        "effect": effect["effect"],
        "text": words("card.indicator", effect=words(f"effect.{effect['effect']}"), scenario=title),
        "detail": words("list_comma").join(parts),
        "reason": words.own(line(_named(effect["reason_zh" if words.language == "zh" else "reason"], who, words), 160)),
    }


def _named(reason: str, who: Mapping[str, Any], words: Words) -> str:
    """The reason with the publisher's name where it has the short one of declarations."""
    name = publisher(who["title"] if words.language == "zh" else who["title_en"])
    return re.sub(rf"(?<![\w-]){re.escape(who['authority'])}(?![A-Za-z0-9_-])", lambda _: name, reason)
