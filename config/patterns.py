"""Whether a regular expression of a declaration can be matched in bounded time, whatever a publisher writes.

Python's engine tries every way to share a text between repetitions: `(a+)+` takes twice as long for every further
character. Allowed are therefore at most `MOST_OPEN` repetitions without an upper bound, each of single characters or of
text of one fixed length; on a text of n characters a search then takes some n³ steps at worst, so texts are cut to
`LONGEST` characters before.
"""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]  # undocumented, without hints; the same in 3.11 to 3.14
import re._parser as parser  # type: ignore[import-not-found]  # as above
from collections.abc import Iterator
from typing import Any

MOST_OPEN = 2
LONGEST = 500
_FEW = 8
"""A repetition up to so often counts as written out."""
_LONGEST_PATTERN = 500
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT)


def fault_of(pattern: str) -> str | None:
    """Say what is wrong with a pattern: it does not compile, or may take for ever; None where it is well."""
    if len(pattern) > _LONGEST_PATTERN:
        return f"has more than {_LONGEST_PATTERN} characters"
    try:
        re.compile(pattern)
        parsed = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"does not compile: {error}"
    repeats = list(_repeats(parsed))
    if any(name in {ops.GROUPREF, ops.GROUPREF_EXISTS} for name, _ in _all(parsed)):
        return "refers back to a group, which may take for ever"
    if any(_varies(inner) for inner in repeats):
        return "repeats something that has no fixed length, such as (a+)+ or (a|ab)*, which may take for ever"
    if len(repeats) > MOST_OPEN:
        return f"has more than {MOST_OPEN} repetitions without an upper bound, which may take for ever"
    return None


def _all(parsed: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - trees of `re` have no types
    """Every operation of a parsed pattern, inner ones after the one that holds them."""
    for name, value in parsed:
        yield name, value
        yield from (pair for inner in _inner(value) for pair in _all(inner))


def _inner(value: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    if isinstance(value, parser.SubPattern):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _inner(one)


def _repeats(parsed: Any) -> Iterator[parser.SubPattern]:  # noqa: ANN401 - as above
    """What stands under each repetition that goes on for long."""
    for name, value in _all(parsed):
        if name in _REPEATS and value[1] > _FEW:
            yield value[2]


def _varies(inner: parser.SubPattern) -> bool:
    """Whether what is repeated has several lengths, or several ways to match one text."""
    low, high = inner.getwidth()
    return bool(low != high or low == 0 or any(name is ops.BRANCH for name, _ in _all(inner)))
