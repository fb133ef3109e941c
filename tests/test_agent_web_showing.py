"""`vedette run --only-serve`: the pages of a home, and nothing else happens to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from agent.place import utc_now
from agent.showing import MARK, exhibit
from config.declarations import load
from config.settings import Settings
from index.archive.archive import Archive
from tests.browsed import NOW, looked_at


def command(home: Path, *given: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "from agent.cli import main; main()",
        "--home",
        str(home),
        "run",
        "--only-serve",
        *given,
    ]


def environment(**given: str) -> dict[str, str]:
    return {**os.environ, "VEDETTE_LISTEN": "127.0.0.1:0", **given}


def test_the_pages_of_a_demo_stand_at_its_last_moment(tmp_path: Path) -> None:
    with looked_at(tmp_path, load()) as archive:
        counts = archive.documents.counts()
    (tmp_path / MARK).touch()
    with subprocess.Popen(command(tmp_path), env=environment(), stdout=subprocess.PIPE, text=True) as shown:
        assert shown.stdout is not None
        told = shown.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert found, told
        with urlopen(found[0], timeout=20) as answer:  # the address is our own
            body = answer.read().decode()
        shown.send_signal(signal.SIGTERM)
        assert shown.wait(120) == 0  # a model that is just being loaded is loaded first
    last = NOW - timedelta(hours=2) + timedelta(seconds=9)
    assert f"{last.astimezone(tz=None):%Y-%m}" in body and "Demo archive" in body
    with Archive(tmp_path) as archive:
        assert archive.documents.counts() == counts and archive.health.last_run("govcn_zuixin") is None


def test_a_demo_is_shown_with_its_sources_and_any_other_home_as_it_is(tmp_path: Path) -> None:
    declared, settings = load(), Settings(home=tmp_path)
    looked_at(tmp_path, declared).close()
    plain = exhibit(declared, settings)
    assert plain.declared is declared and plain.clock is utc_now and plain.settings.deployment == "vedette"
    (tmp_path / MARK).touch()
    demo = exhibit(declared, settings)
    assert len(demo.declared.sources) == 16 and demo.settings.deployment == "demo"
    assert demo.clock() == demo.clock() == NOW - timedelta(hours=2) + timedelta(seconds=9)


@pytest.mark.parametrize(("given", "told"), [((), "holds no archive"), (("ndrc_tz",), "visits no source")])
def test_what_cannot_be_shown_is_told(tmp_path: Path, given: tuple[str, ...], told: str) -> None:
    done = subprocess.run(
        command(tmp_path / "x", *given), env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and told in done.stderr
    assert not (tmp_path / "x").exists()
