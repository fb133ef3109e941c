"""What is dear to work out is kept until the archive changes: the board, the books, the dates to come."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from agent.api.desk import Desk

_T = TypeVar("_T")
_MOST = 64
_held: WeakKeyDictionary[Desk, dict[Hashable, tuple[Hashable, Any]]] = WeakKeyDictionary()


def kept(desk: Desk, name: Hashable, state: Hashable, make: Callable[[], _T]) -> _T:
    """The value under a name, made again where `state` differs from when it was made.

    Call in the desk's own thread. The oldest of more than 64 names is dropped.
    """
    held = _held.setdefault(desk, {})
    known = held.pop(name, None)
    made: _T = known[1] if known is not None and known[0] == state else make()
    held[name] = (state, made)
    if len(held) > _MOST:
        held.pop(next(iter(held)))
    return made
