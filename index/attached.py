"""Attachments added, removed or swapped between two readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.identity import canonical_url
from index.numerals import squeeze
from index.records import Attachment, AttachmentChange


def attachment_changes(before: Sequence[Attachment], after: Sequence[Attachment]) -> tuple[AttachmentChange, ...]:
    """Compare attachment lists: a swap is other bytes at one address, or another address under one name.

    Where as many stand in both lists, what is left is swapped place by place. The order of the list and cache busters
    in addresses make no difference.
    """
    old, new, changes = list(before), list(after), []
    for same in (_address, _name):
        for was, now in _take(old, new, same):
            if swap := _swap(was, now):
                changes.append(swap)
    for was, now in zip(list(old), list(new), strict=False):
        if len(before) == len(after):
            old.remove(was)
            new.remove(now)
            changes.append(AttachmentChange("replace", was.url, now.url))
    changes += [AttachmentChange("delete", was.url, None) for was in old]
    changes += [AttachmentChange("insert", None, now.url) for now in new]
    return tuple(changes)


def _take(
    old: list[Attachment], new: list[Attachment], same: Callable[[Attachment], str]
) -> list[tuple[Attachment, Attachment]]:
    """Take out the pairs that agree in one respect."""
    pairs = []
    for now in list(new):
        was = next((a for a in old if same(a) and same(a) == same(now)), None)
        if was:
            old.remove(was)
            new.remove(now)
            pairs.append((was, now))
    return pairs


def _address(file: Attachment) -> str:
    return canonical_url(file.url)


def _name(file: Attachment) -> str:
    return squeeze(file.name)


def _swap(was: Attachment, now: Attachment) -> AttachmentChange | None:
    if _address(was) != _address(now):
        return AttachmentChange("replace", was.url, now.url)
    if was.sha256 and now.sha256 and was.sha256 != now.sha256:
        return AttachmentChange(
            "replace", f"{was.url} (sha256 {was.sha256[:12]})", f"{now.url} (sha256 {now.sha256[:12]})"
        )
    return None
