"""The demo from end to end: what it must have seen, alerted, told and found, checked by readers that are not ours."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from agent.demo import NotADemo, Seen, demo, prepare
from agent.trail import trail
from config.settings import read
from index.archive.archive import Archive
from index.records import Alert

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.timeout(800)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def played(home: Path) -> dict[date, Seen]:
    return {seen.day.day: seen for seen in demo(home)}


@pytest.fixture(scope="module")
def feed(home: Path, played: dict[date, Seen]) -> list[dict[str, Any]]:
    assert played
    return [json.loads(line) for line in (home / "out" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def archive(home: Path, played: dict[date, Seen]) -> Iterator[Archive]:
    assert played
    with Archive(home) as opened:
        yield opened


def alerted(seen: Seen, source: str) -> set[str]:
    return {one.trigger for one in seen.alerts if one.event["data"]["publisher"]["source_id"] == source}


def of(alert: Alert) -> tuple[str, str]:
    """Source and kind of change of an alert."""
    data = alert.event["data"]
    return data["publisher"]["source_id"], data["change"]["kind"]


def test_the_first_crawl_alerts_nothing_old(played: dict[date, Seen]) -> None:
    first = played[date(2026, 4, 28)]
    old = [change for change in first.changes if change.baseline]
    assert len(old) >= 30
    assert not {alert.change for alert in first.alerts} & {change.id for change in old}


def test_the_energy_plan_and_the_token_plans_are_alerted(played: dict[date, Seen]) -> None:
    assert "quota" in alerted(played[date(2026, 5, 8)], "ndrc_tz")
    assert "pricing" in alerted(played[date(2026, 5, 17)], "ct_group")


def test_near_misses_stay_silent(feed: list[dict[str, Any]]) -> None:
    titles = " ".join(event["data"]["document"]["title"] for event in feed)
    for miss in ("渔业", "居住证", "成品油", "药品", "最低工资", "阶梯水价", "学位", "校外培训"):
        assert miss not in titles


def test_a_repost_raises_no_second_alert(played: dict[date, Seen], archive: Archive) -> None:
    seen = played[date(2026, 5, 15)]
    (repost,) = [change for change in seen.changes if change.repost]
    assert not [alert for alert in seen.alerts if alert.change == repost.id]
    assert len(archive.documents.addresses(repost.work)) == 2


def test_a_silent_edit_is_told_with_before_and_after(played: dict[date, Seen]) -> None:
    seen = played[date(2026, 5, 25)]
    (edit,) = [one for one in seen.changes if one.source == "nda_zcfb" and one.kind == "amended"]
    assert edit.silent
    (clause,) = edit.diff.clauses
    assert "5%" in (clause.before or "") and "2%" in (clause.after or "")
    told = {
        alert.trigger: alert.event["data"]["trigger"]["direction"] for alert in seen.alerts if alert.change == edit.id
    }
    assert told["quota"] == "tighten"


def test_a_price_rise_is_told_in_numbers(played: dict[date, Seen]) -> None:
    seen = played[date(2026, 6, 2)]
    (alert,) = [one for one in seen.alerts if of(one) == ("ct_group", "amended")]
    assert alert.trigger == "pricing"
    data = alert.event["data"]
    assert data["trigger"]["direction"] == "tighten"
    (number,) = data["change"]["quantities"]
    assert (number["before"], number["after"], number["percent"]) == ("39.9", "49.9", 25.1)


def test_a_quota_cut_tightens(played: dict[date, Seen]) -> None:
    found = [one for one in played[date(2026, 6, 10)].alerts if one.trigger == "quota"]
    nda = [one for one in found if one.event["data"]["publisher"]["source_id"] == "nda_tzgg"]
    assert [one.event["data"]["trigger"]["direction"] for one in nda] == ["tighten"]


def test_a_withdrawn_notice_is_told_once(played: dict[date, Seen]) -> None:
    seen = played[date(2026, 6, 10)]
    gone = [change for change in seen.changes if change.kind == "withdrawn"]
    assert {change.source for change in gone} == {"tencent_notice", "cm_notice"}


def test_a_blocked_source_is_a_blind_spot_and_recovers(played: dict[date, Seen]) -> None:
    blocked = [one for one in played[date(2026, 5, 25)].opened if one.kind == "blocked"]
    assert [one.source for one in blocked] == ["guizhou_dsj"]
    assert "guizhou_dsj" in {one.source for one in played[date(2026, 6, 2)].recovered}
    assert not [one for one in played[date(2026, 5, 25)].changes if one.source == "guizhou_dsj"]


def test_the_only_problems_are_those_of_the_story(played: dict[date, Seen]) -> None:
    told = {(one.source, one.kind) for seen in played.values() for one in seen.opened}
    assert told == {("guizhou_dsj", "blocked")}


def test_every_event_is_valid_for_other_readers(feed: list[dict[str, Any]]) -> None:
    schema = json.loads((ROOT / "digests" / "schemas" / "alert" / "1.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    reader = JSONFormat()
    for event in feed:
        validator.validate(event)
        read_back = reader.read(CloudEvent, json.dumps(event).encode())
        assert read_back.get_id() == event["id"]
    ids = [event["id"] for event in feed]
    assert ids == sorted(ids) and len(set(ids)) == len(ids)


def test_from_an_alert_back_to_the_bytes(feed: list[dict[str, Any]], archive: Archive) -> None:
    for event in feed:
        found = trail(archive, event["id"])
        assert found is not None
        assert event["data"]["document"]["title"] in {version["title"] for version in found["versions"]}
        assert archive.pages.body(found["versions"][-1]["sha256"])


def test_digests_lie_where_the_design_says(home: Path, played: dict[date, Seen]) -> None:
    folder = home / "out" / "digests" / "2026-06-03"
    message = email.message_from_bytes((folder / "board.eml").read_bytes(), policy=email.policy.default)
    assert message["List-Id"] and message["Message-ID"]
    text = (folder / "board.txt").read_text(encoding="utf-8")
    html = (folder / "board.html").read_text(encoding="utf-8")
    assert "39.9" in text and "49.9" in text and "49.9" in html
    assert played


def test_search_finds_the_plan_across_languages(home: Path, archive: Archive) -> None:
    from agent.searching import open_searcher

    searcher = open_searcher(archive, read(home=home))
    hits = searcher.search("China Telecom monthly token plan price", 3)
    assert any("词元套餐" in hit.title for hit in hits)
    (first, *_) = searcher.search("国数资源〔2026〕18号", 3)
    assert "算力网监测调度管理办法" in first.title


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    Archive(tmp_path).close()
    with pytest.raises(NotADemo, match="--home"):
        prepare(tmp_path)
    assert (tmp_path / "archive.db").exists()
