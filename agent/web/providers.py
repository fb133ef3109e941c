"""The names of publishers: an authority goes by the first part of its sources' titles."""

from __future__ import annotations

import re

from agent.web.visit import Visit
from config.region import REGIONS

_HEAD = {"zh": re.compile(r"[\s，,]"), "en": re.compile(r",")}


def provider_name(authority: str, visit: Visit, region: str = "") -> str:
    """The authority's name in the reader's language, with its province where it has one."""
    split = _HEAD[visit.words.language]
    titles = [
        one.title if visit.chinese else one.title_en
        for one in visit.declared.sources.values()
        if authority in {one.authority, one.id}
    ]
    name = min((split.split(title)[0] for title in titles), key=len, default=authority.replace("_", " "))
    if region in {"", "CN"} or region not in REGIONS:
        return name
    where = REGIONS[region][0 if visit.chinese else 1]
    return name if where in name else visit.words("desk.book.where", name=name, region=where)
