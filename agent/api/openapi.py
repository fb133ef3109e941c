"""The description of the API (OpenAPI 3.1): what FastAPI derives from the routes, made exact.

Scopes are read off the routes themselves, so that description and guard cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from agent.api.access import Needs, recognised
from agent.api.feed import BATCH, EVENT
from agent.api.models import ProblemDetails
from agent.api.replying import READING, faults
from config.declarations import Declarations
from config.region import REGIONS

_ABOUT = """\
What Vedette has archived and what it made of it. Start with `GET /v1/search?q=` or `GET /v1/changes`; docs/api.md has
recipes. Times are UTC, dates are calendar dates in China, offsets count Unicode characters of a version's text. Lists
go on with `cursor`, which holds while things are added. Every fault is `application/problem+json` and says what to do.
Send If-None-Match with an ETag to be spared what you have. HEAD works wherever GET does, but for the stream.
"""
_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "`vedette token add NAME --scope SCOPE` makes one. None is needed where none was ever made.",
}
_REF = "#/components/schemas/"
_STRING = {"type": "string"}
_FEED = {
    "/v1/alerts": (BATCH, {"type": "array", "items": {"$ref": f"{_REF}AlertEvent"}}, faults(409, 410)),
    "/v1/alerts/stream": ("text/event-stream", _STRING, faults(409, 410)),
    "/v1/alerts.atom": ("application/atom+xml", _STRING, {}),
    "/v1/alerts.json": ("application/feed+json", {"type": "object"}, {}),
    "/v1/alerts/{event}": (EVENT, {"$ref": f"{_REF}AlertEvent"}, faults(404)),
}
"""Media type, schema and further faults of the feed's routes, which answer with the stored text."""


def name_of(route: APIRoute) -> str:
    """The operation id of a route: its module and its function."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"


def describe(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Let `app`, which includes these routers, describe itself exactly."""
    app.description, derived, needed = _ABOUT, app.openapi, scopes(routers)

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _exact(derived(), needed, _values(app.state.desk.declared))
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to change the description


def scopes(routers: Iterable[APIRouter]) -> dict[tuple[str, str], str]:
    """By path and method (lower case): the scope that a route needs, "" for any token; open routes are absent."""
    found: dict[tuple[str, str], str] = {}
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute) and route.include_in_schema:
            needed = [one for call in _calls(route.dependant) if (one := _scope(call)) is not None]
            found |= {(route.path_format, method.lower()): needed[0] for method in route.methods or () if needed}
    return found


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def _scope(call: Callable[..., Any] | None) -> str | None:
    if isinstance(call, Needs):
        return call.scope
    return "" if call is recognised else None


def _values(declared: Declarations) -> dict[str, dict[str, Any]]:
    """What parameters of some names may be, in this installation."""
    names = {
        "trigger": declared.triggers,
        "scenario": declared.scenarios,
        "source": declared.sources,
        "region": REGIONS,
    }
    closed: dict[str, dict[str, Any]] = {name: {"enum": sorted(values)} for name, values in names.items()}
    return closed | {"lastEventId": {"pattern": "^[0-9]{12}-[0-9a-f]{8}$"}}


def _exact(
    described: dict[str, Any], needed: Mapping[tuple[str, str], str], values: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    parts = described["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(name, None)
    parts["schemas"][ProblemDetails.__name__] = ProblemDetails.model_json_schema(mode="serialization")
    parts["securitySchemes"] = {"token": _SCHEME}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            _operation(path, operation, needed.get((path, method)))
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "query" and parameter["name"] in values:
                    _narrow(parameter["schema"], values[parameter["name"]])
    return described


def _operation(path: str, operation: dict[str, Any], scope: str | None) -> None:
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    if path in _FEED:
        media_type, schema, more = _FEED[path]
        answers["200"]["content"] = {media_type: {"schema": schema}}
        answers |= {str(status): said for status, said in (READING | more).items()}
    if scope is not None:
        operation["security"] = [{"token": [scope] if scope else []}]
    if any(one["name"] == "if-none-match" for one in operation.get("parameters", ())):
        answers["304"] = {"description": "The caller has it."}


def _narrow(schema: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Say more of the text that a parameter takes, alone, in a list or beside null."""
    if schema.get("type") == "string":
        schema |= more
    for inner in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])):
        _narrow(inner, more)
