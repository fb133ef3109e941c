"""Faults as machines read them: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from index.archive.archive import ArchiveProblem
from index.blobs import CorruptBlob

MEDIA_TYPE = "application/problem+json"
_AGAIN = "5"
_WHAT = {
    404: "There is nothing at this address; /openapi.json lists what there is.",
    405: "This address does not take this method; the header Allow says which it does.",
    413: "A body here has at most 65536 bytes.",
}


class Problem(Exception):
    """A request that cannot be served: status, title, what is wrong and what to do, headers, further members."""

    def __init__(
        self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(status, title, detail)
        self.status, self.title, self.detail, self.headers, self.more = status, title, detail, headers or {}, more


def explain(app: FastAPI) -> None:
    """Let every fault of `app` be told as a problem."""
    app.add_exception_handler(Problem, _own)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ArchiveProblem, _busy)
    app.add_exception_handler(CorruptBlob, _damaged)
    app.add_exception_handler(Exception, _crashed)


def told(problem: Problem) -> Response:
    """A problem as its answer."""
    asked = {"WWW-Authenticate": 'Bearer realm="vedette", Basic realm="vedette"'} if problem.status == 401 else {}
    spelled = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
    body = {name: value for name, value in spelled.items() if value != ""} | problem.more
    headers = {"Cache-Control": "no-store", **asked, **problem.headers}
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


def _own(_: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return told(error)


def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    detail = _WHAT.get(error.status_code, "")
    return told(Problem(error.status_code, str(error.detail), detail, error.headers))


def _invalid(_: Request, error: Exception) -> Response:
    """422 for a body that is read and not understood, 400 for everything in the address or the headers."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors()]
    in_body = any(one["loc"][0] == "body" for one in error.errors())
    title = "Body not understood" if in_body else "Bad request"
    return told(Problem(422 if in_body else 400, title, "; ".join(faults)[:2000]))


def _busy(_: Request, error: Exception) -> Response:
    return told(Problem(503, "Archive not available", f"{error}", {"Retry-After": _AGAIN}))


def _damaged(_: Request, error: Exception) -> Response:
    detail = f"{error}. `vedette verify` lists what is damaged."
    return told(Problem(500, "Damaged bytes", detail))


def _crashed(_: Request, __: Exception) -> Response:
    """A bug of ours: the log has it, the answer gives nothing away."""
    return told(Problem(500, "Internal fault", "This is a fault of Vedette; its log says where."))
