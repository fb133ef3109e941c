"""Crawled text made fit for one line: no control characters, no direction overrides, no endless titles."""

from __future__ import annotations

import re

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks that reorder or hide what a reader sees: bidirectional controls, zero-width characters but the joiners that
# emoji need, byte order mark.
_HIDDEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def line(text: str, limit: int | None = None) -> str:
    """One line: white space and control characters collapsed, hidden marks dropped, cut to `limit` characters."""
    flat = _SPACE.sub(" ", _HIDDEN.sub("", _SURROGATE.sub("\ufffd", text))).strip()
    return flat if limit is None else cut(flat, limit)


def block(text: str) -> str:
    """Text of any length with its line breaks and characters kept in place: only what JSON readers choke on goes.

    Each character stays one character, so that offsets hold.
    """
    return _CONTROL.sub("\ufffd", _SURROGATE.sub("\ufffd", text))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
