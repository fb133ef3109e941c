"""The scenario board of one archive, from the alerts of its feed, spelled for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent.signals import signals
from classify.board import HALF_LIFE, Evidence, Lever, Standing, board
from config.declarations import Declarations
from index.archive.archive import Archive

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Board:
    """Every scenario at `at`, highest index first, and what its evidence points to.

    `alerts` gives the id and headline of the alert behind a (change, trigger).
    """

    at: datetime
    standings: tuple[Standing, ...]
    alerts: dict[tuple[str, str], tuple[str, str]]

    def alert(self, evidence: Evidence) -> tuple[str, str]:
        """Id and headline of the alert by which an indicator last spoke."""
        return self.alerts.get((evidence.signal.change, evidence.signal.trigger), ("", ""))


def open_board(archive: Archive, declarations: Declarations, now: datetime) -> Board:
    """The board as of `now`; alerts made later, and those taken back by then, do not count."""
    known = list(signals(archive, _BEGIN, now))
    made = archive.feed.between(_BEGIN, now)
    heads = {(a.change, a.trigger): (a.id, str(a.event["data"]["headlines"]["en"])) for a in made}
    return Board(now, board(declarations.scenarios, known, now), heads)


def as_json(made: Board) -> dict[str, Any]:
    """The board as plain values: index -100 to 100, change over 30 days, evidence with alert ids, levers, history."""
    return {
        "at": _time(made.at),
        "half_life_days": HALF_LIFE.days,
        "scenarios": [_standing(made, one) for one in made.standings],
    }


def _standing(made: Board, one: Standing) -> dict[str, Any]:
    return {
        "scenario": one.scenario,
        "title": one.title,
        "title_zh": one.title_zh,
        "index": one.index,
        "change_30d": one.change_30d,
        "for": [_evidence(made, each) for each in one.supporting],
        "against": [_evidence(made, each) for each in one.opposing],
        "levers": [_lever(each) for each in one.levers],
        "history": [{"day": at.date().isoformat(), "index": value} for at, value in one.history],
    }


def _evidence(made: Board, one: Evidence) -> dict[str, Any]:
    alert, headline = made.alert(one)
    return {
        "indicator": one.indicator,
        "effect": one.effect,
        "variable": one.variable,
        "at": _time(one.at),
        "times": one.times,
        "share": one.share,
        "alert": alert,
        "headline": headline,
        "reason": one.reason,
        "reason_zh": one.reason_zh,
    }


def _lever(one: Lever) -> dict[str, Any]:
    return {"indicator": one.indicator, "effect": one.effect, "missing": one.missing, "index": one.index}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
