"""The parent's side: one warm child process that is killed when it takes too long and started again when needed."""

from __future__ import annotations

import atexit
import functools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

from crawlers.files.answer import DEFAULT, FLAGS, KINDS, FileText, Flag, Kind, Limits
from crawlers.files.wire import receive, send

PROGRAM = ("-m", "crawlers.files.worker")
_ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0
_HEAD = 1 << 20


class Reader:
    """Texts of files, one at a time, by one child process that is kept for the next. Threads may share a reader.

    Use it as a context manager; in async code call `text_of` through an executor. A child that cannot be started at all
    raises RuntimeError (a broken installation); nothing that a file does raises anything.
    """

    def __init__(self, limits: Limits = DEFAULT, *, program: Sequence[str] = PROGRAM) -> None:
        self._limits = limits
        self._program = tuple(program)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._late = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        return self._child.pid if self._child else None

    def text_of(self, content: bytes, name: str, *, limits: Limits | None = None) -> FileText:
        """The text of a file. `name` (any path or title) only tells .wps from .doc; waits at most `wall_seconds`."""
        allowed = limits or self._limits
        if len(content) > allowed.content:
            return FileText(flag="too_large", why=f"{len(content)} bytes, {allowed.content} allowed")
        with self._lock:
            return self._ask(content, name, allowed)

    def close(self) -> None:
        """End the child; the reader may be used again and then starts a new one."""
        with self._lock:
            self._stop()

    def _ask(self, content: bytes, name: str, limits: Limits) -> FileText:
        child = self._started()
        head = {"name": name.encode("utf-8", "replace").decode()[-255:], "limits": asdict(limits)}
        answer = self._exchange(child, limits.wall_seconds, limits.text + _HEAD, (head, content))
        if answer is None:
            self._kill(child)
            return _died(child.returncode, self._late, limits)
        if answer[0].get("last"):
            self._stop()
        return _read(*answer)

    def _exchange(
        self, child: subprocess.Popen[bytes], seconds: float, most: int, message: tuple[dict[str, Any], bytes] | None
    ) -> tuple[dict[str, Any], bytes] | None:
        """Send a message (or none) and wait for one; a child that is late is killed, which ends the wait."""
        self._late = False
        timer = threading.Timer(seconds, self._give_up, (child,))
        timer.daemon = True
        timer.start()
        try:
            if message is not None:
                send(cast(BinaryIO, child.stdin), *message)
            return receive(cast(BinaryIO, child.stdout), most)
        except OSError:  # the child ended while it was being sent the file
            return None
        finally:
            timer.cancel()
            timer.join()

    def _give_up(self, child: subprocess.Popen[bytes]) -> None:
        self._late = True
        child.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        self._child = child = subprocess.Popen(  # noqa: S603 - our own program; nothing of it comes from outside
            [sys.executable, "-P", *self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
        if self._exchange(child, _START_SECONDS, _HEAD, None) is None:
            self._kill(child)
            raise RuntimeError(
                f"{' '.join(self._program)} does not start (exit {child.returncode}); see its output above"
            )
        return child

    def _stop(self) -> None:
        if self._child is not None:
            self._kill(self._child)

    def _kill(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None and child.stdin is not None and not child.stdin.closed:
            _close(child.stdin)
            try:
                child.wait(0.2)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            _close(cast(IO[bytes], stream))
        self._child = None


def text_of(content: bytes, name: str, *, limits: Limits = DEFAULT) -> FileText:
    """The text of a file, read by a child process that this process shares and ends at its exit."""
    return _shared(os.getpid()).text_of(content, name, limits=limits)


@functools.cache
def _shared(_process: int) -> Reader:
    """One reader a process: a fork must not talk to its parent's child."""
    reader = Reader()
    atexit.register(reader.close)
    return reader


def _environment() -> dict[str, str]:
    """What the child needs to start; secrets that stand in the parent's environment stay there."""
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "SYSTEMROOT", "LD_LIBRARY_PATH"}}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:  # bytes that were still to be sent have no reader any more
        return


def _died(code: int, late: bool, limits: Limits) -> FileText:
    """What the end of a child says about the file it had."""
    if late:
        return FileText(flag="timeout", why=f"not done after {limits.wall_seconds:g} s")
    if code == -signal.SIGXCPU:
        return FileText(flag="timeout", why=f"more than {limits.cpu_seconds} s of CPU time")
    if code == -signal.SIGKILL:
        return FileText(flag="too_large", why="the child was killed from outside, as systems do when memory runs out")
    return FileText(flag="broken", why=f"the child ended with {code}")


def _read(head: dict[str, Any], body: bytes) -> FileText:
    """The answer as a record; an answer that is none (a child taken over by its file) counts as broken."""
    kind, flag, count = head.get("kind"), head.get("flag"), head.get("count")
    if kind not in KINDS or (flag is not None and flag not in FLAGS) or not isinstance(count, int):
        return FileText(flag="broken", why="the child's answer makes no sense")
    text = body.decode("utf-8", "replace")
    return FileText(text, cast(Kind, kind), cast("Flag | None", flag), count, str(head.get("why", ""))[:2_000])
