"""What a running Vedette writes for its operator: one line an event, as text or as JSON, on standard error.

Modules log to `vedette` with a short message and fields: `log.info("crawled", extra={"source": …, "requests": …})`.
Whatever comes from pages has its control characters made visible, so that nobody can forge a line or reach the
terminal; values of secret settings and passwords in addresses never appear.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from config.declaration import DeclarationError

FORMS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")
LONGEST = 2_000
"""Characters of a message or field."""
LONGEST_TRACE = 16_000

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# C0 and C1 controls, line separators, marks that reorder or hide text, halves of characters
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SECRET_NAME = re.compile(r"TOKEN|PASSW|SECRET|_KEY$|DATABASE_URL$")
_SHORTEST_SECRET = 6
_HIDDEN = "[hidden]"
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@'\"]*:[^/\s@'\"]*(?=@)")
_AS_PARAMETER = re.compile(r"(?i)\b(token|access_token|key|secret|sign|password|passwd|pwd)=[^&\s'\"#]+")
_AS_HEADER = re.compile(r"(?i)\b(bearer|basic) [A-Za-z0-9+/._~=-]{8,}")

log = logging.getLogger("vedette")


def begin(environ: Mapping[str, str], stream: TextIO | None = None) -> None:
    """Log as VEDETTE_LOG and VEDETTE_LOG_LEVEL say, uncaught errors as well; call once, at the start of a process.

    Batch commands print what they do for people, so they log from warnings up unless one of the two is set; `talk`
    makes a process say more. Raises DeclarationError for a value that is not known.
    """
    form, level = environ.get("VEDETTE_LOG", "text"), environ.get("VEDETTE_LOG_LEVEL", "info")
    _one_of("VEDETTE_LOG", form, FORMS)
    _one_of("VEDETTE_LOG_LEVEL", level, LEVELS)
    handler = logging.StreamHandler(stream)
    handler.setFormatter((Json if form == "json" else Text)(secrets(environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)  # Scrapy, Twisted, uvicorn and the like: only what went wrong
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # it warns of rounds that take their time
    asked = {"VEDETTE_LOG", "VEDETTE_LOG_LEVEL"} & environ.keys()
    log.setLevel(level.upper() if asked else logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def talk(environ: Mapping[str, str]) -> None:
    """Log events too, unless VEDETTE_LOG_LEVEL says otherwise: for processes that run for months."""
    log.setLevel(environ.get("VEDETTE_LOG_LEVEL", "info").upper())


def twisted() -> None:
    """Let Twisted's errors go the same way; call once its reactor is there."""
    from twisted.python.log import PythonLoggingObserver  # noqa: PLC0415 - heavy, and only crawling processes have it

    PythonLoggingObserver("twisted").start()  # type: ignore[no-untyped-call]  # Twisted's


def fault(message: str, environ: Mapping[str, str]) -> None:
    """Say why a command ends: a line for people, or a line of the log where it is JSON."""
    if environ.get("VEDETTE_LOG") == "json":
        log.error(message)
    else:
        sys.stderr.write(f"vedette: {message}\n")


def secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values that may never be printed: of variables whose names say that they are secret."""
    found = {value for name, value in environ.items() if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET}
    return tuple(sorted(found, key=len, reverse=True))


def visible(text: str) -> str:
    """The text with every control, direction and hidden character spelled out as its escape in Python."""
    return _UNSEEN.sub(_spelled, text)


class Form(logging.Formatter):
    """What both forms share: `hidden` are values that never appear."""

    def __init__(self, hidden: Iterable[str] = ()) -> None:
        super().__init__()
        self._hidden = tuple(hidden)

    def clean(self, text: str, longest: int = LONGEST) -> str:
        """Visible, without secrets, cut."""
        for value in self._hidden:
            text = text.replace(value, _HIDDEN)
        text = _AS_HEADER.sub(rf"\1 {_HIDDEN}", _AS_PARAMETER.sub(rf"\1={_HIDDEN}", _IN_ADDRESS.sub(_HIDDEN, text)))
        return visible(text if len(text) <= longest else f"{text[:longest]}…")

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """The fields of a record by name; numbers and truths stay, everything else becomes text."""
        own = {name: value for name, value in vars(record).items() if name not in _KNOWN and value is not None}
        return {
            name: value if isinstance(value, bool | int | float) else self.clean(str(value))
            for name, value in own.items()
        }

    def trace(self, record: logging.LogRecord) -> list[str]:
        """The lines of a traceback, each cleaned; empty without an error."""
        if not record.exc_info or record.exc_info[0] is None:
            return []
        whole = "".join(traceback.format_exception(*record.exc_info))[-LONGEST_TRACE:]
        return [self.clean(line) for line in whole.rstrip("\n").split("\n")]


class Json(Form):
    """One JSON object a line: time (UTC), level, logger, message, the fields, and traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        made = {
            "time": _time(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.clean(record.getMessage()),
        } | {name: value for name, value in self.fields(record).items() if name not in _TAKEN}
        if trace := self.trace(record):
            made["traceback"] = "\n".join(trace)
        return json.dumps(made, ensure_ascii=False)


class Text(Form):
    """`2026-11-22 07:30:01Z INFO vedette: crawled source=ndrc_tz`; lines of a traceback follow, each after `| `."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = "".join(f" {name}={_quoted(value)}" for name, value in self.fields(record).items())
        head = f"{_time(record):%Y-%m-%d %H:%M:%S}Z {record.levelname} {record.name}:"
        return "\n".join([f"{head} {self.clean(record.getMessage())}{fields}", *(f"| {x}" for x in self.trace(record))])


_TAKEN = ("time", "level", "logger", "message", "traceback")


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or re.search(r'[\s"=]', text) else text


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return {10: "\\n", 13: "\\r", 9: "\\t"}.get(code) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise DeclarationError("environment", 0, name, f"{value!r} is not known", f"one of {', '.join(known)}")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        log.warning("interrupted")
        return
    log.critical("uncaught error, a fault of Vedette", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
