"""Pages and files as received, served so that no browser runs, shows or trusts them."""

from __future__ import annotations

import codecs
import re
from base64 import b64encode
from email.message import Message
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from agent.api.access import Needs
from agent.api.answers import Receipts
from agent.api.desk import AtDesk
from agent.api.problems import Problem
from agent.api.replying import FOREVER, READING, Unchanged, body, faults, reply, tagged
from agent.dossier import Receipt, receipts
from index.archive.archive import Archive

_SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_SHA = re.compile(r"[0-9a-f]{64}")
_BOTH = [body(name)[200]["content"] for name in ("application/octet-stream", "text/plain")]
_BODY: dict[int | str, dict[str, Any]] = {200: {"content": _BOTH[0] | _BOTH[1]}}
As = Annotated[
    Literal["bytes", "text"],
    Query(alias="as", description="text: as plain text in the charset that the publisher named."),
]

router = APIRouter(dependencies=[Depends(Needs("archive:read"))], responses=READING | faults(404, 500))


@router.get("/v1/snapshots/{sha256}", response_class=Response, responses=_BODY)
async def snapshot(desk: AtDesk, sha256: str, kind: As = "bytes", unchanged: Unchanged = None) -> Response:
    """The bytes as received, whole and unchanged, to be saved and never to be shown: what they are, the publisher says.

    `Repr-Digest` (RFC 9530) repeats the sha256.
    """
    received, known = await desk(_received, sha256)
    media_type = f"text/plain; charset={_charset(known[0])}" if kind == "text" else "application/octet-stream"
    headers = {
        "Cache-Control": FOREVER,
        "Content-Disposition": f'attachment; filename="{sha256}.{"txt" if kind == "text" else "bin"}"',
        "Content-Security-Policy": _SANDBOX,
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:",
    }
    return tagged(received, media_type, unchanged, headers)


@router.get("/v1/snapshots/{sha256}/receipts", response_model=Receipts)
async def how(desk: AtDesk, sha256: str, unchanged: Unchanged = None) -> Response:
    """Each time that exactly these bytes came: when, from where, with which headers."""
    found = await desk(_receipts, sha256)
    return reply(Receipts.model_validate({"sha256": sha256, "receipts": found}), unchanged)


def _received(archive: Archive, sha256: str) -> tuple[bytes, tuple[Receipt, ...]]:
    found = _receipts(archive, sha256)
    return archive.pages.body(sha256), found


def _receipts(archive: Archive, sha256: str) -> tuple[Receipt, ...]:
    found = receipts(archive, sha256) if _SHA.fullmatch(sha256) else ()
    if not found:
        detail = f"The archive has no bytes named {sha256[:80]!r}; `snapshot` of each version names some."
        raise Problem(404, "No such snapshot", detail)
    return found


def _charset(receipt: Receipt) -> str:
    """The charset that the publisher named where it is one that Python knows, else UTF-8."""
    said = Message()
    said["content-type"] = receipt.headers.get("content-type", "")
    try:
        return codecs.lookup(str(said.get_content_charset("utf-8"))).name
    except (LookupError, ValueError):
        return "utf-8"
