"""Style sheet and script, kept by browsers for a year under an address that holds their content's mark."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

from agent.api.problems import Problem
from agent.web.page import mark_of

_TYPES = {"desk.css": "text/css", "htmx.min.js": "text/javascript", "htmx.LICENSE.txt": "text/plain"}

router = APIRouter(include_in_schema=False)


@router.get("/static/{mark}/{name}")
async def static(mark: str, name: str) -> Response:
    """A file of `static/`; another mark than its own is not kept."""
    if name not in _TYPES:
        raise Problem(404, "No such file", f"Known are {', '.join(_TYPES)}.")
    kept = "public, max-age=31536000, immutable" if mark == mark_of(name) else "no-cache"
    body = (files("agent.web") / f"static/{name}").read_bytes()
    return Response(body, headers={"Cache-Control": kept}, media_type=_TYPES[name])
