"""What pydantic found wrong, told as file, line, key and fix; unknown keys are answered with the nearest known one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from config.declaration import Declaration, DeclarationError
from config.document import Document, Place


def explain(error: ValidationError, model: type[Declaration], document: Document) -> list[DeclarationError]:
    """Every fault of one file, in the order of its lines."""
    faults = [_explain(detail, model, document) for detail in error.errors(include_url=False)]
    return sorted(faults, key=lambda fault: fault.line)


def nearest(word: str, known: Iterable[str], many: int = 12) -> str:
    """Suggest the known word that is most like `word`, or list the known ones."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are {', '.join(names[:many])}" + (" …" if len(names) > many else "")


def _explain(detail: ErrorDetails, model: type[Declaration], document: Document) -> DeclarationError:
    kind, context = detail["type"], detail.get("ctx", {})
    place: Place = (*detail["loc"], *context.get("place", ()))
    if kind == "extra_forbidden":
        holder = _model_at(model, place[:-1])
        known = set(holder.model_fields) - {"id"} if holder else set()
        return document.error(place, "is no known key", nearest(str(place[-1]), known))
    if kind == "missing":
        return document.error(place, "is missing", f"add `{place[-1]}:`. {_about(model, place)}")
    if kind == "literal_error":
        return document.error(place, f"{detail['input']!r} is not allowed", f"write {context['expected']}")
    message = detail["msg"] if kind == "declaration" else f"{detail['msg']} (it is {_short(detail['input'])})"
    return document.error(place, message, str(context.get("fix") or _about(model, place)))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _about(model: type[Declaration], place: Place) -> str:
    """Describe the innermost field on the way to `place` that has a description."""
    for end in range(len(place), 0, -1):
        if isinstance(place[end - 1], str):
            holder = _model_at(model, place[: end - 1])
            field = holder.model_fields.get(str(place[end - 1])) if holder else None
            if field is not None and field.description:
                return field.description
    return "see the model's description"


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    found: type[BaseModel] | None = model
    for step in place:
        if found is None:
            return None
        if isinstance(step, str):
            field = found.model_fields.get(step)
            found = _model_in(field) if field is not None else None
    return found


def _model_in(field: FieldInfo) -> type[BaseModel] | None:
    waiting: list[object] = [field.annotation]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        if get_origin(kind) in {Union, UnionType, Annotated, tuple}:
            waiting.extend(get_args(kind))
    return None
