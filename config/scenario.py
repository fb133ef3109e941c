"""A scenario and the indicators that speak for or against it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from config.declaration import ChangeKind, Declaration, Direction, Lifecycle, Part, Severity, Tier, fault
from config.duration import Duration
from config.region import Region


class When(Part):
    """Which tagged changes count. Every key given must hold; a list holds where one of its members does."""

    trigger: str | None = Field(default=None, description="Id of the trigger that fired.")
    direction: Direction | None = Field(default=None, description="Which way the change points.")
    tier: tuple[Tier, ...] = Field(default=(), description="Tier of the source.")
    lifecycle: tuple[Lifecycle, ...] = Field(default=(), description="State of the document.")
    region: tuple[Region, ...] = Field(default=(), description="Region of the source; CN covers its divisions.")
    kind: tuple[ChangeKind, ...] = Field(default=(), description="Kind of change.")
    min_severity: Severity | None = Field(default=None, description="Least severity of the alert.")
    source: tuple[str, ...] = Field(default=(), description="Ids of sources.")
    authority: tuple[str, ...] = Field(default=(), description="Authorities, as the sources name them.")

    @model_validator(mode="after")
    def _says_something(self) -> When:
        if not self.model_fields_set:
            raise fault("matches every change", "name at least a trigger")
        return self


class AtLeast(Part):
    """How often within a window before the indicator speaks."""

    count: int = Field(ge=1, le=1000, description="Matching changes needed.")
    within: Duration = Field(description="Length of the window, such as 30d.")
    distinct: Literal["authority", "source", "region"] | None = Field(
        default=None, description="Count each authority, source or region once; left out, count changes."
    )


class Indicator(Part):
    """One observable sign and what it does to the scenario."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$", description="Short name, unique in the scenario.")
    when: When = Field(description="Which changes count.")
    at_least: AtLeast | None = Field(default=None, description="Left out, one change is enough.")
    effect: Literal["raises", "lowers", "confirms"] = Field(description="What it does to the scenario's pressure.")
    weight: float = Field(gt=0, le=10, description="How much it counts; 1 is an ordinary sign.")
    variable: str | None = Field(default=None, description="The scenario's variable that it bears on.")


class Scenario(Declaration):
    """One YAML file in `scenarios/`."""

    title: str = Field(min_length=1, description="Name in English.")
    title_zh: str = Field(min_length=1, description="Name in Chinese.")
    story: str = Field(min_length=40, description="What happens in it, two to four sentences.")
    variables: tuple[str, ...] = Field(min_length=1, description="Quantities the scenario engine tracks.")
    indicators: tuple[Indicator, ...] = Field(min_length=1, description="Signs for and against it.")

    @model_validator(mode="after")
    def _names_agree(self) -> Scenario:
        ids = [indicator.id for indicator in self.indicators]
        for index, indicator in enumerate(self.indicators):
            place = ("indicators", index)
            if indicator.id in ids[:index]:
                raise fault(f"a second indicator named {indicator.id!r}", "give each its own id", *place, "id")
            if indicator.variable is not None and indicator.variable not in self.variables:
                known = ", ".join(self.variables)
                raise fault(f"names no variable: {indicator.variable!r}", f"use one of {known}", *place, "variable")
        return self
