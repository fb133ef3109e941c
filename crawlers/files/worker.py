"""The child's program, `python -m crawlers.files.worker`: files in on stdin, texts out on stdout, one at a time.

It holds itself to little: address space, CPU time, open files, no file written, no process started, no socket opened.
"""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from crawlers.files.answer import FileText, Limits
from crawlers.files.extract import extract
from crawlers.files.wire import receive, send

_OPEN_FILES = 64
_TIRED = 0.5  # share of the allowed address space in use after a file from which a fresh child takes over
_FORBIDDEN = (
    *("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "ctypes.dlopen"),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil."),
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


Read = Callable[[bytes, str, Limits], FileText]


def serve(read: Read = extract) -> None:
    """Answer until stdin ends. `read` is what turns bytes into text; tests give one that misbehaves."""
    source, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not write into the answers
    _confine()
    send(out, {"ready": os.getpid()})
    while (request := receive(source, 1 << 31)) is not None:
        head, content = request
        limits = Limits(**head["limits"])
        _allow(limits)
        answer, spent = _answer(read, content, str(head["name"]), limits)
        last = spent or _address_space() > _TIRED * limits.memory
        text = answer.text.encode("utf-8", "replace")
        send(out, {**asdict(answer), "text": "", "last": last}, text)
        if last:
            return


def _answer(read: Read, content: bytes, name: str, limits: Limits) -> tuple[FileText, bool]:
    """The text or the reason for none, and whether this process should end (its memory is in pieces)."""
    try:
        return read(content, name, limits), False
    except MemoryError:
        return FileText(flag="too_large", why=f"needs more than {limits.memory >> 20} MiB of memory"), True
    except RecursionError:
        return FileText(flag="broken", why="nested too deeply"), False
    except Exception as error:  # noqa: BLE001 - parsers of other people raise anything on hostile bytes; the flag tells
        return FileText(flag="broken", why=f"{type(error).__name__}: {error}"[:300]), False


def _confine() -> None:
    """Limits that no file needs to go beyond; those that depend on the file are set for each one."""
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    logging.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    sys.addaudithook(_watch)


def _watch(event: str, args: tuple[Any, ...]) -> None:
    """Refuse what reading a file never needs; Python calls this before it does any of it (PEP 578)."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed here")
    if event == "open" and isinstance(args[2], int) and args[2] & _WRITES:
        raise PermissionError("writing files is not allowed here")


def _allow(limits: Limits) -> None:
    """CPU time for one more file, and its memory; macOS refuses a limit on address space."""
    used = int(time.process_time()) + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + limits.cpu_seconds, most))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


if __name__ == "__main__":
    serve()
