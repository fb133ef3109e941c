"""`/readyz`: whether this process does its work; a balancer or a supervisor asks, so no token is needed.

`/healthz` says that the server answers; this says that the archive can be read and written, that schedule and worker
live, and that the disk has room.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from shutil import disk_usage

from fastapi import APIRouter
from starlette.responses import JSONResponse

from agent.api.desk import AtDesk, Desk
from agent.api.problems import Problem
from index.archive.archive import Archive, ArchiveProblem

router = APIRouter()
log = logging.getLogger("vedette")


@router.get("/readyz", include_in_schema=False)
async def ready(desk: AtDesk) -> JSONResponse:
    """200 with `{"status": "ready"}`, or 503 with what is wrong and what to do, by part.

    The answer names no path: whoever may read the log finds them there.
    """
    wrong = await state(desk)
    if wrong:
        log.warning("not ready", extra=wrong)
        detail = "; ".join(f"{part}: {what}" for part, what in wrong.items())
        raise Problem(503, "Not ready", detail, {"Retry-After": "10"}, parts=wrong)
    return JSONResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})


async def state(desk: Desk) -> dict[str, str]:
    """What is wrong, by part, each with what to do; empty where all is well."""
    wrong = dict(_of_disk(desk)) | desk.pulse.wrong()
    try:
        await desk.aside(_written)
    except ArchiveProblem as error:
        log.warning("archive not ready", extra={"reason": error})
        wrong["archive"] = "cannot be read and written now; the log of Vedette says why and what to do"
    return wrong


def _written(archive: Archive) -> None:
    """Read, and hold the place of the one writer for a moment. Raises ArchiveProblem."""
    with archive.transaction():
        archive.feed.last_seq()


def _of_disk(desk: Desk) -> Iterator[tuple[str, str]]:
    settings = desk.settings
    if not settings.home.is_dir() or not os.access(settings.home, os.W_OK):
        yield "home", "the folder of data is not there or cannot be written; mount it or mend its rights"
        return
    free = disk_usage(settings.home).free // 1_000_000
    if free < settings.disk_floor_mb:
        yield "disk", f"{free} MB free, less than {settings.disk_floor_mb} (VEDETTE_DISK_FLOOR_MB); make room"
