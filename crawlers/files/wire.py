"""Messages between parent and child: a JSON head and a body of bytes, each after its length (big-endian, 4 bytes)."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">II")


def send(out: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    """Write one message and flush it; raises OSError where nobody reads."""
    packed = json.dumps(head).encode()
    out.write(_LENGTHS.pack(len(packed), len(body)))
    out.write(packed)
    out.write(body)
    out.flush()


def receive(source: BinaryIO, most: int) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None where the other side ended, or sent what is no message of at most `most` bytes."""
    lengths = source.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_size, body_size = _LENGTHS.unpack(lengths)
    if head_size + body_size > most:
        return None
    packed, body = source.read(head_size), source.read(body_size)
    if len(packed) < head_size or len(body) < body_size:
        return None
    try:
        head = json.loads(packed)
    except ValueError:
        return None
    return (head, body) if isinstance(head, dict) else None
