"""All routes of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from agent.web import (
    book,
    changes,
    document,
    feedback,
    language,
    scenarios,
    search,
    session,
    shipped,
    sources,
    subscriptions,
    today,
)
from agent.web.session import SignedIn

router = APIRouter(include_in_schema=False)
"""What the application includes. Everything but the form, the language and the static files asks for a session."""

for _open in (shipped, language, session):
    router.include_router(_open.router)
for _page in (today, search, document, changes, scenarios, book, sources, subscriptions, feedback):
    router.include_router(_page.router, dependencies=[Depends(SignedIn())])
