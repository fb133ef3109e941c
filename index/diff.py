"""What differs between two readings of one document, clause by clause, field by field, file by file.

White space, markup, full-width forms, the spelling of numerals and renumbering are no difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from index.alignment import Match, align, units
from index.attached import attachment_changes
from index.clauses import Clause, clauses
from index.metadata import metadata_changes
from index.numerals import fold
from index.records import ChangeKind, ClauseChange, Diff, FieldChange, Reading
from index.spans import Edit, cut, edits, excerpts, size
from index.typed_fields import cell_changes, field_changes

_Renumber = Callable[[str], str]


def diff(before: Reading, after: Reading) -> Diff:
    """Compare two readings of one document."""
    changes, typed, chars = _text(before.text, after.text)
    return Diff(
        clauses=changes,
        fields=(*metadata_changes(before, after), *typed),
        attachments=attachment_changes(before.attachments, after.attachments),
        chars_changed=chars,
    )


def as_json(found: Diff, kind: ChangeKind | None) -> dict[str, Any]:
    """Give the object that `vedette diff` prints: changed, kind, clauses, fields, attachments, chars_changed."""
    return {
        "changed": found.changed,
        "kind": kind,
        "clauses": [asdict(change) for change in found.clauses],
        "fields": [asdict(change) for change in found.fields],
        "attachments": [asdict(change) for change in found.attachments],
        "chars_changed": found.chars_changed,
    }


def _text(before: str, after: str) -> tuple[tuple[ClauseChange, ...], tuple[FieldChange, ...], int]:
    if before.split() == after.split():
        return (), (), 0
    olds, news = units(clauses(before), clauses(after))
    matches = align(olds, news)
    renumber = _renumbering(olds, news, matches)
    changes: list[ClauseChange] = []
    fields: list[FieldChange] = []
    chars = 0
    headers = _headers(news)
    for match in _grouped(matches, olds, news):
        old, new = olds[slice(*match.before)], news[slice(*match.after)]
        if match.op == "replace":
            spans = _spans(old[0], new[0], renumber)
            if spans:
                changes.append(_replaced(old[0], new[0], spans))
                fields += _typed(old[0], new[0], spans, headers.get(match.after[0], ""))
                chars += size(old[0].body, new[0].body, spans)
        elif match.op != "equal":
            changes.append(_whole(match, old, new))
            chars += 0 if match.op == "move" else sum(len(c.text) for c in (*old, *new))
    if changes and fold(before) == fold(after):  # line breaks that fooled the alignment
        return (), (), 0
    return tuple(changes), tuple(fields), chars


def _spans(old: Clause, new: Clause, renumber: _Renumber) -> tuple[Edit, ...]:
    """Where the words differ, references that only follow a renumbering left out."""
    if renumber(fold(old.body)) == fold(new.body):
        return ()
    return tuple(e for e in edits(old.body, new.body) if not _follows(e, old.body, new.body, renumber))


def _follows(edit: Edit, old: str, new: str, renumber: _Renumber) -> bool:
    """Whether an edit turns 第三条 into the number that article has now."""
    was = fold(old[max(0, edit.b0 - 1) : edit.b1 + 1])
    return renumber(was) != was and renumber(was) == fold(new[max(0, edit.a0 - 1) : edit.a1 + 1])


def _renumbering(olds: Sequence[Clause], news: Sequence[Clause], matches: Sequence[Match]) -> _Renumber:
    """Give the function that brings references to articles, in folded text, to the numbers these have now."""
    pairs = ((olds[m.before[0]], news[m.after[0]]) for m in matches if m.op in {"equal", "replace", "move"})
    numbers = {fold(a.number): fold(b.number) for a, b in pairs if a.level == b.level == "article"}
    changed = {a: b for a, b in numbers.items() if a != b}
    if not changed:
        return str
    reference = re.compile("|".join(map(re.escape, changed)))
    return lambda key: reference.sub(lambda found: changed[found[0]], key)


def _replaced(old: Clause, new: Clause, spans: tuple[Edit, ...]) -> ClauseChange:
    before, after = excerpts(old.body, new.body, spans)
    return ClauseChange("replace", new.locator, before, after)


def _whole(match: Match, old: Sequence[Clause], new: Sequence[Clause]) -> ClauseChange:
    before = cut(_words(old)) if old else None
    after = cut(_words(new)) if new else None
    return ClauseChange(match.op if match.op != "equal" else "replace", _locator(new or old), before, after)


def _words(run: Sequence[Clause]) -> str:
    return ("" if len({c.locator for c in run}) == 1 else "\n").join(c.text for c in run)


def _locator(run: Sequence[Clause]) -> str:
    """Name one clause by its place, a run that makes up an article by the article."""
    first = run[0]
    if len(run) > 1 and first.level == "article":
        return (
            first.locator[: first.locator.rindex(first.number) + len(first.number)]
            if first.number in first.locator
            else first.locator
        )
    return first.locator


def _grouped(matches: Sequence[Match], olds: Sequence[Clause], news: Sequence[Clause]) -> Iterator[Match]:
    """Join the insertions, and the deletions, of the lines of one article."""
    held: Match | None = None
    for match in matches:
        joined = held and _joined(held, match, olds, news)
        if held and not joined:
            yield held
        held = joined or match
    if held:
        yield held


def _joined(held: Match, match: Match, olds: Sequence[Clause], news: Sequence[Clause]) -> Match | None:
    if held.op != match.op or held.op not in {"insert", "delete"}:
        return None
    side = news if held.op == "insert" else olds
    (start, stop), (first, last) = (held.after, match.after) if held.op == "insert" else (held.before, match.before)
    run = side[start:last]
    article = run[0].level == "article"
    whole = article and all(run[0].number in c.path and c.level in {"article", "paragraph", "item"} for c in run)
    whole = whole or len({c.locator for c in run}) == 1
    if stop != first or not whole or sum(len(c.text) for c in run) > 400:
        return None
    return (
        Match(held.op, held.before, (start, last)) if held.op == "insert" else Match(held.op, (start, last), held.after)
    )


def _typed(old: Clause, new: Clause, spans: tuple[Edit, ...], header: str) -> tuple[FieldChange, ...]:
    """Give the changed values of a reworded clause; in a table by row and column, as the header row names them."""
    if old.level == new.level == "row":
        return cell_changes(new.locator, old.text, new.text, header)
    return field_changes(new.locator, old.body, new.body, spans)


def _headers(run: Sequence[Clause]) -> dict[int, str]:
    """Give for each table row, by its index, the first row of its table."""
    headers: dict[int, str] = {}
    for n, clause in enumerate(run):
        if clause.level == "row":
            headers[n] = headers.get(n - 1, clause.text)
    return headers
