"""What every declaration is: a frozen model read from one YAML file; the error that names file, line, key and fix."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

ID_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
_AREA = re.compile(r"^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$")

Direction = Literal["tighten", "loosen", "neutral"]
Tier = Literal["central", "provincial", "municipal", "carrier", "cloud"]
Lifecycle = Literal["draft", "adopted", "in_force", "amended", "repealed", "unknown"]
ChangeKind = Literal["new", "amended", "moved", "withdrawn", "restored"]
Severity = Literal["minor", "moderate", "severe", "extreme"]
Language = Literal["zh", "zh-Hant", "en"]


class DeclarationError(Exception):
    """A person must edit a file: which file, line and key, what is wrong with it, and what to write instead.

    `line` counts from 1, 0 where no line can be named; `key` is dotted, empty for the whole file.
    """

    def __init__(self, file: str, line: int, key: str, message: str, fix: str) -> None:
        super().__init__(file, line, key, message, fix)
        self.file, self.line, self.key, self.message, self.fix = file, line, key, message, fix

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.key}: " if self.key else ""
        return f"{place}: {subject}{_sentence(self.message)} Fix: {_sentence(self.fix)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


class Part(BaseModel):
    """A piece of a declaration: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Declaration(Part):
    """One YAML file. The id is the file's stem and never stands in the file."""

    id: str = Field(pattern=ID_PATTERN, description="File name without .yml; given by the loader, never written.")

    @property
    def version(self) -> str:
        """Twelve hex digits that change whenever any written value of the declaration does."""
        canonical = json.dumps(self.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, sort_keys=True)
        return sha256(canonical.encode()).hexdigest()[:12]


def fault(message: str, fix: str, *place: str | int) -> PydanticCustomError:
    """Make a validation error that carries its fix, and the place below the model, on to `DeclarationError`."""
    return PydanticCustomError("declaration", "{message}", {"message": message, "fix": fix, "place": place})


def _known_zone(name: object) -> object:
    """IANA names only: `zoneinfo` also opens any file under its folder, so the form is checked first."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - only where a zone is named

    try:
        if isinstance(name, str) and _AREA.match(name):
            ZoneInfo(name)
            return name
    except (ZoneInfoNotFoundError, OSError):
        pass
    raise fault(f"{name!r} is no time zone", "write an IANA name such as Asia/Shanghai or Europe/Brussels")


TimeZone = Annotated[str, BeforeValidator(_known_zone)]
