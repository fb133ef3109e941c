"""Secrets of the environment in what the command line prints: faults, checks, traces of crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "5e1f4c0ffee-hunter2"
WRONG = {
    "a token that is too short": {"VEDETTE_TOKEN": SECRET[:14]},
    "an address of a database that is none": {"VEDETTE_DATABASE_URL": f"mysql://user:{SECRET}@db.example/x"},
    "a database that is not there": {"VEDETTE_DATABASE_URL": f"postgresql://user:{SECRET}@127.0.0.1:1/x"},
    "a wrong setting beside secrets": {
        "VEDETTE_TOKEN": SECRET,
        "VEDETTE_SMTP_PASSWORD": SECRET,
        "VEDETTE_LISTEN": "nonsense",
    },
}


def run(home: Path, *args: str, **given: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")}
    command = [sys.executable, "-c", "from agent.cli import main; main()", "--home", str(home), *args]
    done = subprocess.run(command, env=kept | given, capture_output=True, timeout=120, text=True)
    return done.stdout + done.stderr


COMMANDS = (("check",), ("sources",), ("token", "list"), ("deliver",))


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("args", COMMANDS, ids=lambda args: args[0])
def test_no_fault_tells_a_secret(tmp_path: Path, name: str, args: tuple[str, ...]) -> None:
    told = run(tmp_path, *args, **WRONG[name])
    assert told
    for value in WRONG[name].values():
        assert SECRET[:14] not in told and (value == "nonsense" or value not in told), told


def test_the_trace_of_a_crash_tells_no_secret(tmp_path: Path) -> None:
    """A home that is a file is a crash or a fault, as may be; either way settings print as stars."""
    (tmp_path / "home").write_text("x")
    told = run(tmp_path / "home", "sources", VEDETTE_TOKEN=SECRET, VEDETTE_SMTP_PASSWORD=SECRET)
    assert told and SECRET not in told
