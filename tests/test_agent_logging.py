"""One line an event, as text or JSON: nothing forged by what was crawled, no secret, errors in the same form."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import logs, telling
from config.declaration import DeclarationError
from index.records import Run

SECRET = "whsec_c2VjcmV0LXNlY3JldA=="
ENVIRON = {"VEDETTE_LOG": "json", "VEDETTE_TOKEN": "a-token-of-ours-123456", "PUSH_SECRET": SECRET, "HOME_KEY": "x"}


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root, own = logging.getLogger(), logging.getLogger("vedette")
    kept = root.handlers[:], root.level, own.level, sys.excepthook, threading.excepthook
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, own.level, sys.excepthook, threading.excepthook = kept
    own.setLevel(kept[2])  # setLevel also forgets which levels were found enabled


def heard(environ: dict[str, str]) -> io.StringIO:
    stream = io.StringIO()
    logs.begin(environ, stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_with_its_fields() -> None:
    stream = heard(ENVIRON)
    began = datetime(2026, 11, 22, tzinfo=UTC)
    telling.crawled(Run("ndrc_tz", began, began.replace(second=7), requests=3, bytes=4096, new=1))
    (line,) = lines(stream)
    assert line["level"] == "info" and line["logger"] == "vedette" and line["message"] == "crawled"
    assert (line["source"], line["requests"], line["bytes"], line["seconds"]) == ("ndrc_tz", 3, 4096, 7.0)
    assert line["time"].endswith("Z") and datetime.fromisoformat(line["time"]).tzinfo is UTC


def test_batch_commands_are_quiet_unless_asked_and_run_talks() -> None:
    stream = heard({})
    logs.log.info("a")
    logs.talk({})
    logs.log.info("b")
    logging.getLogger("scrapy.core").info("c")
    logging.getLogger("twisted").warning("d")
    assert [line.split(": ", 1)[1] for line in stream.getvalue().splitlines()] == ["b", "d"]
    again = heard({"VEDETTE_LOG_LEVEL": "error"})
    logs.talk({"VEDETTE_LOG_LEVEL": "error"})
    logs.log.warning("e")
    assert not again.getvalue()


@pytest.mark.parametrize("form", logs.FORMS)
def test_no_secret_is_written(form: str) -> None:
    stream = heard(ENVIRON | {"VEDETTE_LOG": form})
    told = (
        "postgresql://vedette:hunter2@db/v",
        "https://hooks.example.org/send?key=abc-123&x=1",
        "Authorization: Bearer abcdefgh12345",
        f"signed with {SECRET}",
        "a-token-of-ours-123456",
    )
    for text in told:
        logs.log.warning("%s", text, extra={"url": text})
    try:
        raise ValueError(" ".join(told))
    except ValueError:
        logs.log.exception("failed")
    written = stream.getvalue()
    for secret in ("hunter2", "abc-123", "abcdefgh12345", SECRET, "a-token-of-ours-123456"):
        assert secret not in written
    assert "db/v" in written and "x=1" in written


@given(st.text())
@pytest.mark.parametrize("form", logs.FORMS)
def test_what_was_crawled_forges_no_line(form: str, text: str) -> None:
    stream = heard({"VEDETTE_LOG": form})
    hostile = f"a\n2026-11-22 INFO vedette: forged\r\x1b[2J\x9b31m\u202e\u2028{text}"
    logs.log.warning("problem", extra={"title": hostile, "url": text})
    written = stream.getvalue()
    assert len(written.splitlines()) == 1 and written.endswith("\n")
    assert not {category(one) for one in written[:-1]} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(written) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    if form == "json":
        assert json.loads(written)["title"].startswith("a\\n2026-11-22 INFO vedette: forged\\r\\x1b[2J\\x9b31m\\u202e")


def test_an_error_in_a_thread_comes_in_the_same_form() -> None:
    stream = heard(ENVIRON)

    def fail() -> None:
        raise LookupError("no such\x1b thing")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = lines(stream)
    assert line["level"] == "critical" and "LookupError: no such\\x1b thing" in line["traceback"]


@pytest.mark.parametrize("form", logs.FORMS)
def test_an_uncaught_error_of_a_command_comes_in_the_same_form(form: str) -> None:
    bug = (
        f"import os; os.environ['VEDETTE_LOG'] = {form!r}; from agent import cli\n"
        "cli.vedette.main = lambda **_: 1 / 0\ncli.main()"
    )
    ended = subprocess.run([sys.executable, "-c", bug], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    if form == "json":
        (line,) = [json.loads(one) for one in ended.stderr.splitlines()]
        assert line["level"] == "critical" and "ZeroDivisionError" in line["traceback"]
    else:
        first, *rest = ended.stderr.splitlines()
        assert " CRITICAL vedette: " in first and all(line.startswith("| ") for line in rest)


def test_faults_of_a_command_are_json_too() -> None:
    command = "import os; os.environ.update(VEDETTE_LOG='json', VEDETTE_LISTEN='nowhere'); from agent.cli import main"
    arguments = [sys.executable, "-c", f"{command}; main()", "run"]
    ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    (line,) = [json.loads(one) for one in ended.stderr.splitlines()]
    assert ended.returncode == 2 and line["level"] == "error" and "VEDETTE_LISTEN" in line["message"]


def test_an_unknown_form_is_named() -> None:
    with pytest.raises(DeclarationError, match=r"VEDETTE_LOG.*one of text, json"):
        logs.begin({"VEDETTE_LOG": "xml"})
    with pytest.raises(DeclarationError, match="VEDETTE_LOG_LEVEL"):
        logs.begin({"VEDETTE_LOG_LEVEL": "loud"})
