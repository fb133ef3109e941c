"""The scenario board: which scenario gains, by what evidence, and how its pressure moved over ninety days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from agent.boarding import Board, open_board
from agent.web.drawing import history
from agent.web.gate import PageRoute
from agent.web.kept import kept
from agent.web.page import say_day, show
from agent.web.visit import AtVisit, Visit
from classify.board import HALF_LIFE, Evidence, Lever, Standing
from digests.card import headline_of
from index.archive.archive import Archive
from index.zone import CHINA

_LEVERS = 3
_WEEK = 7

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/scenarios")
async def scenarios(visit: AtVisit) -> Response:
    """The board, now or as of a day."""
    return show(visit, "scenarios.html.j2", await visit.desk.slowly(_values, visit))


def day_asked(visit: Visit) -> date:
    """The day that the query names, today where it names none or a later one."""
    try:
        return min(date.fromisoformat(visit.asked("day")), visit.today)
    except ValueError:
        return visit.today


def _values(archive: Archive, visit: Visit) -> dict[str, Any]:
    day = day_asked(visit)
    past = day < visit.today
    now = datetime.combine(day + timedelta(days=1), time(), CHINA) if past else visit.now
    state = (archive.feed.last_seq(), visit.now.strftime("%Y%m%d%H"))  # signs fade by the hour
    made = kept(visit.desk, ("board", day), state, lambda: open_board(archive, visit.declared, now))
    standings = [_standing(archive, made, one, visit) for one in made.standings]
    return {
        "section": "scenarios",
        "title": visit.words("desk.nav.scenarios"),
        "day": day,
        "past": past,
        "told": say_day(day, visit),
        "half_life": HALF_LIFE.days,
        "standings": standings,
        "quiet": [one["title"] for one in standings if not one["evidence"]],
    }


def _standing(archive: Archive, made: Board, one: Standing, visit: Visit) -> dict[str, Any]:
    scenario = visit.declared.scenarios[one.scenario]
    signs = (*one.supporting, *one.opposing)
    points = [(at.timestamp(), value) for at, value in one.history]
    return {
        "id": one.scenario,
        "title": one.title_zh if visit.chinese else one.title,
        "story": scenario.story,
        "index": one.index,
        "change": one.change_30d,
        "evidence": [_evidence(archive, made, each, visit) for each in signs],
        "supporting": len(one.supporting),
        "opposing": len(one.opposing),
        "levers": [_lever(each) for each in sorted(one.levers, key=lambda e: -abs(e.index - one.index))[:_LEVERS]],
        "chart": history(points, -100, 100, [each.at.timestamp() for each in signs]),
        "from": one.history[0][0].astimezone(CHINA).date(),
        "weeks": [(at, value) for at, value in one.history[::-1][::_WEEK]],
    }


def _evidence(archive: Archive, made: Board, one: Evidence, visit: Visit) -> dict[str, Any]:
    alert = archive.feed.alert(made.alert(one)[0])
    return {
        "effect": one.effect,
        "indicator": one.indicator.replace("-", " "),
        "at": one.at,
        "times": one.times,
        "share": one.share,
        "reason": one.reason_zh if visit.chinese else one.reason,
        "headline": headline_of(alert.event, visit.words) if alert else "",
        "link": f"/documents/{quote(alert.event['data']['document']['id'])}#change-{alert.change}" if alert else "",
    }


def _lever(one: Lever) -> dict[str, Any]:
    return {"indicator": one.indicator.replace("-", " "), "missing": one.missing, "index": one.index}
