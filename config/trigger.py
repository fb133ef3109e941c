"""A risk trigger: what a document must say for analysts to be told, with sentences that fire it and near misses."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from config.declaration import Declaration, Direction, Part


class Example(Part):
    """A sentence that fires the trigger, and which way it points where that is clear."""

    text: str = Field(min_length=8, max_length=300, description="The sentence, in our own words.")
    direction: Direction | None = Field(
        default=None, description="tighten: harder, dearer or stricter for who uses compute or data; loosen; neutral."
    )


def _example(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class Trigger(Declaration):
    """One YAML file in `triggers/`. Description and examples seed the classifier."""

    title: str = Field(min_length=1, description="Name in English.")
    title_zh: str = Field(min_length=1, description="Name in Chinese.")
    description: str = Field(min_length=40, description="What fires and what does not, in Chinese and in English.")
    fires_on: tuple[Annotated[Example, BeforeValidator(_example)], ...] = Field(
        min_length=1, description="Sentences that fire it: plain text, or text with direction."
    )
    silent_on: tuple[str, ...] = Field(min_length=1, description="Near misses that must not fire it.")
    threshold: float = Field(default=0.5, gt=0, lt=1, description="Calibrated probability from which it fires.")
