"""Issues made end to end: files, ledger, memory, time zones, quiet days."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from config.declarations import Declarations
from config.settings import Settings
from digests.alert import Severity
from digests.daily import embedded, make, preview
from digests.finding import Rating
from digests.office import Office
from index.archive.archive import Archive
from index.records import Run
from tests.telling import declarations, finding, subscription, tell

START = datetime(2026, 5, 19, 23, 30, tzinfo=UTC)  # 07:30 on 20 May in Shanghai
DAY = timedelta(days=1)
SMTP = {"smtp_host": "127.0.0.1", "smtp_starttls": False}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path) as made:
        yield made


def _settings(archive: Archive, **given: Any) -> Settings:
    return Settings(home=archive.home, **given)


def _add(archive: Archive, first: int, last: int, at: datetime, **given: Any) -> list[str]:
    return [alert.id for alert in tell(archive, [finding(f"d{n}", at=at, **given) for n in range(first, last)])]


def _board(**given: Any) -> Declarations:
    return declarations(subscription(**given))


def test_files_lie_under_the_local_date(archive: Archive) -> None:
    _add(archive, 0, 2, START - timedelta(hours=1))
    (made,) = make(archive, _board(), _settings(archive), START)
    folder = archive.home / "out/digests/2026-05-20"
    assert sorted(path.name for path in folder.iterdir()) == ["board.eml", "board.html", "board.txt"]
    mail = message_from_bytes((folder / "board.eml").read_bytes(), policy=policy.SMTP)
    assert mail["Subject"].startswith("[Board brief] 2 severe")
    assert mail["To"] == "board@example.org"
    html = (folder / "board.html").read_text("utf-8")
    assert "data:image/png;base64," in html
    assert "cid:" not in html
    assert made.id == "board-2026-05-20"
    row = archive.ledger.issue(made.id)
    assert row is not None
    assert row["folder"] == "out/digests/2026-05-20/board"


def test_the_issue_tells_where_the_log_stands(archive: Archive) -> None:
    _add(archive, 0, 2, START - timedelta(hours=1))
    make(archive, _board(), _settings(archive), START)
    (head,) = archive.log.heads()
    assert (head.size, head.at) == (archive.log.frontier().size, START)
    written = (archive.home / "out/digests/2026-05-20/board.txt").read_text("utf-8")
    assert f"vedette verify --root {head.size}:{head.root}" in written
    _add(archive, 2, 3, START)
    assert not list(archive.integrity.log((head,)))
    assert list(archive.integrity.log((head._replace(root="0" * 64),)))


def test_an_empty_log_is_not_told_of(archive: Archive) -> None:
    make(archive, _board(), _settings(archive), START)
    assert archive.log.heads() == []
    assert "verify" not in (archive.home / "out/digests/2026-05-20/board.txt").read_text("utf-8")
    with archive.transaction():
        empty = archive.log.tell(START)
    _add(archive, 0, 1, START)
    assert not list(archive.integrity.log((empty,)))
    assert list(archive.integrity.log((empty._replace(root="1" * 64),)))


def test_a_reader_west_of_greenwich_has_another_date(archive: Archive) -> None:
    _add(archive, 0, 1, START - timedelta(hours=3))
    make(archive, _board(timezone="America/New_York", at="18:00"), _settings(archive), START)
    assert (archive.home / "out/digests/2026-05-19/board.html").exists()


def test_making_again_makes_nothing(archive: Archive) -> None:
    _add(archive, 0, 2, START - timedelta(hours=1))
    declared, settings = _board(), _settings(archive, **SMTP)
    assert len(make(archive, declared, settings, START)) == 1
    before = archive.ledger.deliveries()
    assert make(archive, declared, settings, START) == []
    assert make(archive, declared, settings, START + timedelta(hours=5)) == []
    assert archive.ledger.deliveries() == before


def test_over_many_days_every_item_is_told_once(archive: Archive) -> None:
    """Three readers with other times and zones; alerts at every hour, some written late, some at the very moment."""
    readers = [
        subscription("a", at="07:30"),
        subscription("b", at="23:59", timezone="Europe/Brussels"),
        subscription("c", cadence="weekly", weekday="wed", at="12:00", timezone="America/New_York"),
    ]
    declared, settings = declarations(*readers), _settings(archive)
    added: list[str] = []
    for hour in range(0, 24 * 16, 3):
        now = START + timedelta(hours=hour)
        if hour < 24 * 8:
            late = now - timedelta(hours=5) if hour % 7 == 0 else now
            added += _add(archive, hour, hour + 2, late)
        make(archive, declared, settings, now)
    for reader in readers:
        told = [row["alert"] for row in archive.ledger._db["digest_items"].rows_where("subscription = ?", [reader.id])]
        assert sorted(told) == sorted(added), reader.id


def test_a_crash_before_the_ledger_is_mended_by_the_next_run(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = _add(archive, 0, 2, START - timedelta(hours=1))
    declared, settings = _board(), _settings(archive, **SMTP)
    with monkeypatch.context() as broken:
        broken.setattr(archive.ledger, "queue", _crash)
        with pytest.raises(KeyboardInterrupt):
            make(archive, declared, settings, START)
    assert archive.ledger.issues("board") == []
    assert archive.ledger.told("board") == set()
    (made,) = make(archive, declared, settings, START)
    assert sorted(made.told) == sorted(ids)
    assert [one.receiver for one in archive.ledger.deliveries()] == ["board@example.org"]


def _crash(_: object) -> None:
    raise KeyboardInterrupt


def test_quiet_days(archive: Archive) -> None:
    short, skip = subscription("short"), subscription("skip", on_quiet_day="skip")
    declared, settings = declarations(short, skip), _settings(archive)
    assert [one.id for one in make(archive, declared, settings, START)] == ["short-2026-05-20"]
    folder = archive.home / "out/digests/2026-05-20"
    assert sorted(path.name for path in folder.iterdir()) == ["short.eml", "short.html", "short.txt"]
    assert "quiet" in (folder / "short.txt").read_text("utf-8") or "No change" in (folder / "short.txt").read_text(
        "utf-8"
    )
    # a day that was skipped stays skipped: what comes later the same day waits for the next issue
    _add(archive, 0, 1, START + timedelta(hours=2))
    assert make(archive, declared, settings, START + timedelta(hours=3)) == []
    assert [one.id for one in make(archive, declared, settings, START + DAY)] == ["short-2026-05-21", "skip-2026-05-21"]


def test_immediate_comes_at_once_and_only_with_news(archive: Archive) -> None:
    declared = declarations(subscription("desk", cadence="immediate", at=None))
    settings = _settings(archive)
    assert make(archive, declared, settings, START) == []
    first = _add(archive, 0, 1, START)
    (made,) = make(archive, declared, settings, START)
    assert list(made.told) == first
    assert make(archive, declared, settings, START + timedelta(minutes=5)) == []
    _add(archive, 1, 2, START + timedelta(minutes=10))
    (again,) = make(archive, declared, settings, START + timedelta(minutes=10))
    assert len(again.told) == 1
    names = sorted(path.name for path in (archive.home / "out/digests/2026-05-20").glob("*.html"))
    assert names == ["desk-20260519T233000Z.html", "desk-20260519T234000Z.html"]


def test_who_is_queued(archive: Archive) -> None:
    _add(archive, 0, 1, START)
    readers = [
        subscription("mail", to=("a@example.org", "b@example.org")),
        subscription("file", channel="file", to=()),
        subscription("off", enabled=False),
    ]
    make(archive, declarations(*readers), _settings(archive, **SMTP), START)
    queued = {(one.channel, one.receiver) for one in archive.ledger.deliveries()}
    assert queued == {
        ("mail", "a@example.org"),
        ("mail", "b@example.org"),
        ("file", "out/digests/2026-05-20/file"),
    }


def test_without_a_relay_there_are_only_files(archive: Archive) -> None:
    _add(archive, 0, 1, START)
    make(archive, _board(), _settings(archive), START)
    assert [(one.channel, one.receiver) for one in archive.ledger.deliveries()] == [
        ("file", "out/digests/2026-05-20/board")
    ]


def test_a_late_issue_does_not_overwrite_the_next_one(archive: Archive) -> None:
    settings = _settings(archive)
    _add(archive, 0, 1, START)
    make(archive, _board(), settings, START + timedelta(hours=22, minutes=30))  # 06:00 the day after
    _add(archive, 1, 2, START + DAY)
    make(archive, _board(), settings, START + DAY)
    assert sorted(path.parent.name for path in archive.home.glob("out/digests/*/board.html")) == [
        "2026-05-20",
        "2026-05-21",
    ]


def test_a_clock_set_back_loses_nothing(archive: Archive) -> None:
    declared, settings = _board(), _settings(archive)
    make(archive, declared, settings, START)
    ids = _add(archive, 0, 1, START - timedelta(minutes=40))  # the clock went back an hour after the issue
    make(archive, declared, settings, START - timedelta(minutes=30))
    (made,) = make(archive, declared, settings, START + DAY)
    assert list(made.told) == ids


def test_coverage_comes_from_the_runs(archive: Archive) -> None:
    declared = _board()
    names = [name for name, one in declared.sources.items() if one.enabled]
    for name in names[:-1]:
        archive.health.add_run(Run(name, START - timedelta(hours=2), START - timedelta(hours=2), listed=20))
    (made,) = make(archive, declared, _settings(archive), START)
    assert (made.coverage.total, made.coverage.read) == (len(names), len(names) - 1)
    assert [one.id for one in made.coverage.unread] == names[-1:]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_thousand_items_in_a_second(
    archive: Archive, language: str, record_property: Callable[[str, object], None]
) -> None:
    make(archive, declarations(subscription("warm")), _settings(archive), START - 2 * DAY)  # imports and fonts once
    grades: tuple[Severity, ...] = ("minor", "moderate", "severe")
    tell(
        archive,
        [
            replace(
                finding(f"d{n}", ("quota", "pricing", "residency")[n % 3], START - timedelta(seconds=n)),
                rating=Rating(grades[n % 3], "expected", "likely"),
            )
            for n in range(1000)
        ],
    )
    begin = time.perf_counter()
    (made,) = make(archive, _board(language=language), _settings(archive), START)
    took = time.perf_counter() - begin
    record_property("seconds", round(took, 2))
    assert len(made.told) == 1000
    assert took < 3  # a second on a quiet machine; measured in benchmarks/


def test_a_preview_shows_the_next_issue_and_changes_nothing(archive: Archive) -> None:
    _add(archive, 0, 1, START - timedelta(hours=1))
    declared = _board()
    office = Office(archive, declared, _settings(archive), START)
    shown = preview(office, declared.subscriptions["board"])
    assert shown.subject.startswith("[Board brief] 1 severe")
    assert 'src="data:image/png;base64,' in embedded(shown)
    assert archive.ledger.issues("board") == []
    assert not (archive.home / "out").exists()
    (made,) = make(archive, declared, _settings(archive), START)
    assert made.id == "board-2026-05-20"
