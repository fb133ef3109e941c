"""A saved search: a question that is asked of every new change, and tells subscriptions that name it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, field_validator

from config.declaration import Declaration, fault
from config.filters import QueryProblem
from config.query import Query, parse

NAMED = ("trigger", "source", "authority")
"""Filters whose values are declared elsewhere."""


class Search(Declaration):
    """One YAML file in `searches/`."""

    title: str = Field(min_length=1, description="Name in English.")
    title_zh: str = Field(min_length=1, description="Name in Chinese.")
    query: str = Field(description="As typed after `vedette search`: words, phrases and filters.")
    at_least: float = Field(
        default=0.45,
        ge=0,
        le=4,
        description="Least score of a change where the query has words; docs/search.md says what to expect.",
    )
    enabled: bool = Field(default=True, description="Whether changes are asked.")

    @field_validator("query")
    @classmethod
    def _readable(cls, text: str) -> str:
        try:
            query = parse(text)
        except QueryProblem as problem:
            raise fault(problem.message, problem.fix) from problem
        if query.is_empty:
            raise fault("asks nothing", "write words or filters, for example 词元 降价 tier:cloud")
        if query.as_of:
            raise fault("asks an old state of the archive", "remove as-of: from the query")
        return text

    @property
    def asked(self) -> Query:
        """The query as read."""
        return parse(self.query)

    def names(self) -> Iterator[tuple[str, str]]:
        """The filters' values that are declared elsewhere, with the kind of declaration."""
        for one in self.asked.filters:
            if one.name in NAMED:
                yield from ((one.name, value) for value in one.values)
