"""Lifecycle and grades: stated rules, so stated cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.lifecycle import lifecycle
from classify.severity import Case, severity
from index.records import Reading

TODAY = date(2026, 11, 22)
RULE = Reading("https://example.gov.cn/1", "关于印发算力调度管理办法的通知", "各单位：现印发给你们，请遵照执行。")


@pytest.mark.parametrize(
    ("changed", "kind", "tier", "state"),
    [
        ({}, "new", "central", "adopted"),
        ({"effective": date(2026, 12, 1)}, "new", "central", "adopted"),
        ({"effective": date(2026, 11, 22)}, "new", "central", "in_force"),
        ({"expires": date(2026, 11, 21), "effective": date(2020, 1, 1)}, "new", "central", "repealed"),
        ({"title": "算力管理办法（征求意见稿）公开征求意见的公告"}, "new", "central", "draft"),
        ({"comments_close": date(2026, 12, 22)}, "new", "central", "draft"),
        ({"comments_close": date(2026, 1, 2), "effective": date(2026, 6, 1)}, "new", "central", "in_force"),
        ({"title": "关于废止部分文件的决定"}, "new", "central", "repealed"),
        ({"title": "关于修改电价办法的决定"}, "new", "central", "amended"),
        ({"text": "本办法自印发之日起施行。"}, "new", "provincial", "in_force"),
        ({"title": "国务院常务会议部署算力工作"}, "new", "central", "unknown"),
        ({"title": "智算中心投用", "text": "记者获悉。"}, "new", "municipal", "unknown"),
        ({"title": "词元套餐资费"}, "new", "carrier", "in_force"),
        ({}, "withdrawn", "central", "repealed"),
        ({"title": "Draft measures on compute allocation"}, "new", "central", "draft"),
    ],
)
def test_lifecycle(changed: dict[str, object], kind: str, tier: str, state: str) -> None:
    assert lifecycle(replace(RULE, **changed), kind, tier, TODAY) == state  # type: ignore[arg-type]  # parametrised


CASE = Case("tighten", "new", "central", "in_force", 0.93)


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({}, "severe"),
        ({"percent": 60.0}, "extreme"),
        ({"percent": -25.0}, "severe"),
        ({"percent": 19.9}, "severe"),
        ({"lifecycle": "draft"}, "moderate"),
        ({"lifecycle": "draft", "direction": "neutral"}, "moderate"),
        ({"tier": "cloud", "direction": "neutral", "lifecycle": "unknown"}, "minor"),
        ({"tier": "carrier", "direction": "loosen"}, "moderate"),
        ({"tier": "carrier", "percent": 34.0}, "severe"),
        ({"tier": "cloud", "silent": True}, "severe"),
        ({"kind": "moved", "percent": 80.0}, "minor"),
    ],
)
def test_severity_is_a_sum_of_points(changed: dict[str, object], grade: str) -> None:
    told = severity(replace(CASE, **changed), TODAY)  # type: ignore[arg-type]  # parametrised
    assert told.severity == grade
    assert told.severity_reason.en.startswith(grade.capitalize())
    assert told.severity_reason.zh


@pytest.mark.parametrize(
    ("changed", "urgency"),
    [
        ({"effective": date(2026, 11, 29)}, "immediate"),
        ({"effective": date(2026, 11, 30)}, "expected"),
        ({"effective": date(2027, 1, 21)}, "expected"),
        ({"effective": date(2027, 1, 22)}, "future"),
        ({"effective": date(2026, 1, 1)}, "past"),
        ({"lifecycle": "draft", "comments_close": date(2026, 12, 6)}, "expected"),
        ({"lifecycle": "draft", "comments_close": date(2026, 12, 7)}, "future"),
        ({"kind": "withdrawn"}, "immediate"),
        ({"lifecycle": "adopted"}, "expected"),
        ({"lifecycle": "unknown"}, "unknown"),
        ({}, "immediate"),
    ],
)
def test_urgency_follows_the_dates(changed: dict[str, object], urgency: str) -> None:
    assert severity(replace(CASE, **changed), TODAY).urgency == urgency  # type: ignore[arg-type]  # parametrised


@pytest.mark.parametrize(
    ("changed", "certainty"),
    [
        ({}, "observed"),
        ({"score": 0.79}, "likely"),
        ({"score": 0.6}, "possible"),
        ({"lifecycle": "draft"}, "possible"),
        ({"lifecycle": "unknown"}, "likely"),
    ],
)
def test_certainty_follows_state_and_score(changed: dict[str, object], certainty: str) -> None:
    assert severity(replace(CASE, **changed), TODAY).certainty == certainty  # type: ignore[arg-type]  # parametrised


@given(
    st.sampled_from(["central", "provincial", "municipal", "carrier", "cloud"]),
    st.sampled_from(["in_force", "adopted", "amended", "repealed", "draft", "unknown"]),
    st.sampled_from(["new", "amended", "moved", "withdrawn", "restored"]),
    st.floats(0, 100),
)
def test_tightening_is_never_milder_than_loosening(tier: str, state: str, kind: str, percent: float) -> None:
    rank = ["minor", "moderate", "severe", "extreme"]
    grades = [
        rank.index(severity(Case(way, kind, tier, state, 0.9, percent), TODAY).severity)  # type: ignore[arg-type]  # drawn
        for way in ("neutral", "loosen", "tighten")
    ]
    assert grades == sorted(grades)
