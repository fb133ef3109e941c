"""What is dear to work out is kept until the archive changes: the board, the books, the dates to come."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from agent.api.desk import Desk

_T = TypeVar("_T")
_MOST = 512
_held: WeakKeyDictionary[Desk, dict[Hashable, tuple[Hashable, Any]]] = WeakKeyDictionary()
_lock = Lock()


def kept(desk: Desk, name: Hashable, state: Hashable, make: Callable[[], _T]) -> _T:
    """The value under a name, made again where `state` differs from when it was made.

    Both threads of the desk may ask; what both ask for at once is made twice. The oldest of more than 512 names goes.
    """
    with _lock:
        known = _held.setdefault(desk, {}).get(name)
    if known is not None and known[0] == state:
        found: _T = known[1]
        return found
    made = make()
    with _lock:
        held = _held[desk]
        held.pop(name, None)
        held[name] = (state, made)
        if len(held) > _MOST:
            held.pop(next(iter(held)))
    return made
