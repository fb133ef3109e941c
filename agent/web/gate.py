"""Faults of pages told as pages: what is wrong in the reader's language, and the way to the form where a token is
needed.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from agent.api.problems import Problem
from agent.web.page import show
from agent.web.visit import Visit, language_of
from agent.web.wording import words

_KNOWN = {403, 404, 413, 415}


class PageRoute(APIRoute):
    """A route whose problems are shown as pages; 401 leads to the form that takes a token."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with problems caught."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                return _told(request, problem)

        return handle


def _told(request: Request, problem: Problem) -> Response:
    desk = request.app.state.desk
    visit = Visit(request, desk, words(language_of(request.cookies, request.headers)), desk.clock())
    if problem.status == 401:
        back = visit.address if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?back={quote(back, safe='')}", 303, {"Cache-Control": "no-store"})
    name = str(problem.status) if problem.status in _KNOWN else "other"
    says = visit.words(f"desk.fault.{name}")
    values = {"section": "", "title": says, "detail": problem.detail if not visit.chinese else ""}
    return show(visit, "fault.html.j2", values | {"says": says}, problem.status)
