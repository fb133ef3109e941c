"""Right or wrong in one click: an analyst's verdict on an alert, kept with the model that made it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from agent.api.access import Caller
from agent.api.problems import Problem
from agent.verdicts import Taken, UnknownAlert, Word, give
from agent.web.gate import PageRoute
from agent.web.page import show
from agent.web.same_site import fields
from agent.web.session import SignedIn
from agent.web.visit import AtVisit, Visit, local
from digests.card import headline_of, trigger_title
from index.archive.archive import Archive

MayJudge = Annotated[Caller, Depends(SignedIn("feedback:write"))]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/feedback")
async def feedback(visit: AtVisit, caller: MayJudge) -> Response:
    """Keep a verdict; htmx gets a line to put in the form's place, other readers a page that says so."""
    given = await fields(visit.request)
    alert, verdict = given.get("alert", ""), given.get("verdict", "")
    if verdict not in {"right", "wrong"}:
        raise Problem(400, "No verdict", "Send the form fields alert and verdict=right or verdict=wrong.")
    taken, headline, trigger = await visit.desk(_keep, visit, alert, Word(verdict == "right", by=caller.name))
    values = {
        "section": "",
        "title": visit.words("desk.feedback.thanks"),
        "said": visit.words(f"desk.feedback.said_{verdict}", trigger=trigger),
        "against": len(taken.against),
        "headline": headline,
        "back": local(given.get("back", "/")),
    }
    if visit.request.headers.get("hx-request") == "true":
        return show(visit, "_said.html.j2", values)
    return show(visit, "said.html.j2", values)


def _keep(archive: Archive, visit: Visit, alert: str, word: Word) -> tuple[Taken, str, str]:
    event = archive.feed.alert(alert[:100])
    if event is None:
        raise Problem(404, "No such alert", "The feed has no alert of this id.")
    try:
        taken = give(archive, visit.declared, event.id, word, visit.desk.clock())
    except (UnknownAlert, KeyError) as error:
        raise Problem(404, "Not declared", f"The trigger {event.trigger} is no longer declared.") from error
    return taken, headline_of(event.event, visit.words), trigger_title(event.event, visit.words)
