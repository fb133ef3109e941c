"""The switch of languages: a link that sets a cookie and leads back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from agent.api.problems import Problem
from agent.web.gate import PageRoute
from agent.web.visit import LANGUAGE_COOKIE, AtVisit, local
from agent.web.wording import LANGUAGES

_YEAR = 365 * 24 * 3600

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/language/{name}")
async def language(name: str, visit: AtVisit) -> Response:
    """Remember a language for a year."""
    if name not in LANGUAGES:
        raise Problem(404, "No such language", f"Known are {', '.join(LANGUAGES)}.")
    answer = RedirectResponse(local(visit.asked("back")), 303, {"Cache-Control": "no-store"})
    answer.set_cookie(LANGUAGE_COOKIE, name, max_age=_YEAR, httponly=True, samesite="lax")
    return answer
