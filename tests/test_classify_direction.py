"""Directions: rules over recorded changes, and the head's input."""

from __future__ import annotations

import numpy as np
import pytest

from classify.cues import CUES, cues
from classify.direction import breadth, direction, inputs, of_change
from classify.features import NAMES, clauses
from classify.sentences import plain


@pytest.mark.parametrize(
    ("kind", "trigger", "whole", "numbers", "expected"),
    [
        ("new", "quota", "tighten", None, "tighten"),
        ("withdrawn", "quota", "tighten", None, "loosen"),
        ("withdrawn", "pricing", "loosen", None, "tighten"),
        ("withdrawn", "quota", "neutral", None, "neutral"),
        ("restored", "quota", "tighten", None, "tighten"),
        ("moved", "quota", "tighten", None, "neutral"),
        ("amended", "pricing", "neutral", (39.9, 49.9), "tighten"),
        ("amended", "pricing", "neutral", (49.9, 39.9), "loosen"),
        ("amended", "quota", "loosen", (10_000.0, 8_000.0), "tighten"),
        ("amended", "quota", "neutral", (8_000.0, 10_000.0), "loosen"),
        ("amended", "quota", "neutral", (8_000.0, 8_000.0), "neutral"),
        ("new", "pricing", "loosen", (39.9, 49.9), "loosen"),
    ],
)
def test_a_change_turns_the_direction_by_kind_and_numbers(
    kind: str, trigger: str, whole: str, numbers: tuple[float, float] | None, expected: str
) -> None:
    assert of_change(kind, trigger, whole, numbers) == expected  # type: ignore[arg-type]  # parametrised


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("接口价格下调三成", "price_down"),
        ("GPU云服务器价格上调10%", "price_up"),
        ("限时八折优惠，赠送额度", "relief"),
        ("发放算力券", "grant"),
        ("每周额度提高一倍", "room_up"),
        ("收紧使用限额", "room_down"),
        ("原则上不得新建数据中心", "forbid"),
        ("免予申报数据出境安全评估", "ease"),
        ("rate limits are doubled", "room_up"),
        ("we cut the price of the model", "price_down"),
        ("the price of storage will increase", "price_up"),
        ("operators must not export the records", "forbid"),
    ],
)
def test_cues_speak_in_both_languages(text: str, cue: str) -> None:
    assert cue in cues(plain(text))


def test_the_input_has_one_shape_with_and_without_clauses() -> None:
    pieces = clauses("公告", "价格上调。额度下调。")
    rows = np.ones((len(pieces), 8 + len(NAMES)), np.float32)
    full = inputs("quota", "公告", pieces, rows, range(len(pieces)))
    empty = inputs("quota", "", [], np.zeros((0, 8 + len(NAMES)), np.float32), [])
    assert full.shape == empty.shape == (breadth(8),)
    assert full[-1] == empty[-1] == 1
    assert full[: 3 * len(CUES)].any()
    assert not empty[: 3 * len(CUES)].any()


def test_the_likeliest_course_wins() -> None:
    weights = np.zeros((3, 4), np.float32)
    weights[1, 0] = 2
    assert direction(weights, np.array([1, 0, 0, 1], np.float32)) == "loosen"
    assert direction(weights, np.array([-1, 0, 0, 1], np.float32)) == "tighten"
