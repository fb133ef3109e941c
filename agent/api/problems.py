"""Faults as machines read them: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

_MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be served: status, a short title, what is wrong and what to do, and further members."""

    def __init__(self, status: int, title: str, detail: str, **more: object) -> None:
        super().__init__(status, title, detail)
        self.status, self.title, self.detail, self.more = status, title, detail, more


def explain(app: FastAPI) -> None:
    """Let every fault of `app` be told as a problem."""
    app.add_exception_handler(Problem, _own)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


def _own(_: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    headers = {"WWW-Authenticate": 'Bearer realm="vedette", Basic realm="vedette"'} if error.status == 401 else {}
    return _told(error.status, error.title, error.detail, headers, **error.more)


def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _told(error.status_code, str(error.detail), "", dict(error.headers or {}))


def _invalid(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
    return _told(400, "Bad request", "; ".join(faults), {})


def _told(status: int, title: str, detail: str, headers: dict[str, str], **more: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, **({"detail": detail} if detail else {}), **more}
    headers = {"Cache-Control": "no-store"} | headers
    return JSONResponse(body, status, headers, media_type=_MEDIA_TYPE)
