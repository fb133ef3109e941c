"""The report of a day: its numbers, its 80 columns, and the root of the log that is told once a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner

from agent.cli import vedette
from agent.pipeline import Pipeline
from agent.report_view import WIDTH, columns, text
from agent.reporting import ADVICE, Reported, ReportFileProblem, daily, report
from config.declarations import Declarations, load
from config.settings import Settings
from index.archive.archive import Archive
from index.records import Delivery, DeliveryStatus, Problem, ProblemKind, Run
from tests.telling import declarations, finding, tell

DAY = date(2026, 5, 20)
NOON = datetime(2026, 5, 20, 4, tzinfo=UTC)
AFTER = datetime(2026, 5, 20, 16, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as made:
        yield made


def settings(archive: Archive, **given: Any) -> Settings:
    return Settings(home=archive.home, **given)


def lived(archive: Archive) -> Archive:
    """A day with two runs, a blocked source, one that recovered, alerts and deliveries, and things of other days."""
    health = archive.health
    url = "https://www.ndrc.gov.cn/xxgk/"
    for at in (NOON, NOON + HOUR, NOON - timedelta(days=1)):
        health.add_run(Run("ndrc_tz", at, at + HOUR / 60, requests=10, bytes=2_500_000, listed=3, new=1))
    health.open(Problem("miit_zcjd", "blocked", "对方拒绝访问\x1b[31m 403。" * 9, url, NOON))
    health.open(Problem("ndrc_tz", "timeout", "did not answer in time", url, NOON - timedelta(days=3)))
    health.close("ndrc_tz", url, NOON)
    tell(
        archive,
        [finding("a", at=NOON), finding("b", at=NOON + HOUR, trigger="quota"), finding("c", at=NOON - 20 * HOUR)],
    )
    states: list[tuple[DeliveryStatus, datetime]] = [("sent", NOON), ("dead", NOON), ("sent", AFTER)]
    for n, (state, at) in enumerate(states):
        archive.ledger.settle(Delivery(f"b/{n}", "b", "i", "mail", "a@example.org", state, 1, None, None), at)
    archive.ledger.queue([Delivery("b/9", "b", "i", "mail", "a@example.org", "pending", 0, None, None)])
    return archive


def made(archive: Archive, declared: Declarations, now: datetime = AFTER, **given: Any) -> dict[str, Any]:
    return report(Reported(archive, declared, settings(archive, **given), DAY), now)


def test_the_numbers_are_those_of_the_day(archive: Archive) -> None:
    said = made(lived(archive), load())
    assert said["complete"] and said["timezone"] == "Asia/Shanghai"
    assert said["crawl"] == {"requests": 20, "bytes": 5_000_000, "runs": 2, "pages": said["crawl"]["pages"]}
    assert said["sources"]["read"] == ["ndrc_tz"]
    open_ones = [(one["source"], one["problem"], one["open"], one["do"]) for one in said["sources"]["failed"]]
    assert open_ones == [
        ("miit_zcjd", "blocked", True, ADVICE["blocked"]),
        ("ndrc_tz", "timeout", False, ADVICE["timeout"]),
    ]
    assert said["alerts"]["by_trigger"] == {"pricing": 1, "quota": 1} and said["alerts"]["count"] == 2
    assert said["deliveries"] == {"sent": 1, "given_up": 1, "pending_now": 1, "dead_now": 1}
    assert said["problems"] == {"opened": {"blocked": 1}, "closed": {"timeout": 1}, "open_at_end": 1}
    assert said["log"] == {"size": archive.log.frontier().size, "root": archive.log.frontier().root.hex()}
    assert said["machine"]["database"] > 0 and said["machine"]["disk_free"] > 0
    json.dumps(said)


def test_every_kind_of_problem_has_advice() -> None:
    assert set(ADVICE) == set(get_args(ProblemKind))


def test_the_text_keeps_to_80_columns_and_shows_no_control_character(archive: Archive) -> None:
    said = made(lived(archive), load())
    shown = text(said)
    assert all(columns(line) <= WIDTH for line in shown.splitlines())
    assert "\x1b" not in shown and "\\x1b[31m" in shown
    assert said["log"]["root"] in shown
    assert shown.index("Needs somebody") < shown.index("miit_zcjd: blocked") < shown.index("Recovered")
    assert "1 sent, 1 given up; now 1 pending, 1 dead" in shown


def test_a_day_begins_in_the_time_zone_of_the_settings(archive: Archive) -> None:
    assert made(lived(archive), declarations(), timezone="America/New_York")["crawl"]["runs"] == 2
    early = made(archive, declarations(), NOON)
    assert not early["complete"] and "so far" in text(early)


def test_it_is_written_once_a_day_and_the_root_is_told(archive: Archive) -> None:
    stages = Pipeline(lived(archive), declarations(), settings(archive), lambda: AFTER)
    assert stages.report() is not None
    folder = archive.home / "out/reports"
    assert sorted(path.name for path in folder.iterdir()) == ["2026-05-20.json", "2026-05-20.txt"]
    (head,) = archive.log.heads()
    assert json.loads((folder / "2026-05-20.json").read_text("utf-8"))["log"] == {"size": head.size, "root": head.root}
    assert stages.report() is None and len(archive.log.heads()) == 1
    assert not list(archive.integrity.log(()))


def test_a_day_before_the_first_crawl_has_no_report(archive: Archive) -> None:
    assert daily(archive, declarations(), settings(archive), AFTER) is None
    archive.health.add_run(Run("ndrc_tz", AFTER, AFTER, requests=1))  # today: yesterday is still before its time
    assert daily(archive, declarations(), settings(archive), AFTER + HOUR) is None
    assert not (archive.home / "out").exists()


def test_a_folder_that_cannot_be_written_is_said(archive: Archive) -> None:
    (lived(archive).home / "out").write_text("a file")
    with pytest.raises(ReportFileProblem, match="Make room"):
        daily(archive, declarations(), settings(archive), AFTER)


def test_the_command_reports_any_day(archive: Archive) -> None:
    lived(archive)
    asked = ["--home", str(archive.home), "report", "--day", "2026-05-20"]
    as_json, shown = CliRunner().invoke(vedette, [*asked, "--json"]), CliRunner().invoke(vedette, asked)
    assert json.loads(as_json.stdout)["alerts"]["count"] == 2
    assert shown.stdout.startswith("Vedette vedette: 2026-05-20 (Asia/Shanghai)\n") and not shown.stdout.endswith(
        "\n\n"
    )
    assert not archive.log.heads()
