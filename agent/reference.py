"""Writes docs/reference.md: the tables of commands, settings and declaration fields, made from the code itself.

`python -m agent.reference` writes the page; a test fails where the page and the code differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from agent.cli import Commands, vedette
from config.scenario import Indicator, Scenario
from config.settings import PREFIX, Settings
from config.source import Detail, Expect, Listing, Revisit, Source
from config.subscription import Filter, Subscription
from config.trigger import Trigger

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
_MODELS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("Source: `config/sources/*.yml`", Source),
    ("Source, `list`", Listing),
    ("Source, `detail`", Detail),
    ("Source, `revisit`", Revisit),
    ("Source, `expect`", Expect),
    ("Trigger: `config/triggers/*.yml`", Trigger),
    ("Scenario: `config/scenarios/*.yml`", Scenario),
    ("Scenario, `indicators`", Indicator),
    ("Subscription: `config/subscriptions/*.yml`", Subscription),
    ("Subscription, `filter`", Filter),
)


def reference() -> str:
    """The whole page as Markdown."""
    parts = [
        "# Reference\n\nMade by `make docs` from the code; edit the code, not this page.\n",
        "## Commands\n",
        *_commands(),
        "## Settings\n",
        *_table(("variable", "default", "meaning"), _settings()),
    ]
    for title, model in _MODELS:
        parts += [f"## {title}\n", *_table(("key", "default", "meaning"), _fields(model))]
    return "\n".join(parts) + "\n"


def _commands() -> Iterator[str]:
    group = vedette
    if not isinstance(group, Commands):
        raise TypeError("the command line is no group of commands")
    context = click.Context(group, info_name="vedette")
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            usage = " ".join(command.collect_usage_pieces(click.Context(command, info_name=name)))
            yield f"### `vedette {name} {usage}`\n\n{(command.help or '').strip()}\n"
            yield from _table(("option", "meaning"), _options(command))


def _options(command: click.Command) -> list[tuple[str, ...]]:
    options = [one for one in command.params if isinstance(one, click.Option)]
    return [(f"`{', '.join(one.opts)}`", one.help or "") for one in options]


def _settings() -> list[tuple[str, ...]]:
    return [(f"`{PREFIX}{name.upper()}`", *rest) for name, *rest in _raw_fields(Settings)]


def _fields(model: type[BaseModel]) -> list[tuple[str, ...]]:
    return [(f"`{name}`", *rest) for name, *rest in _raw_fields(model) if name != "id"]


def _raw_fields(model: type[BaseModel]) -> list[tuple[str, ...]]:
    return [
        (field.alias or name, _default(field.default, required=field.is_required()), field.description or "")
        for name, field in model.model_fields.items()
    ]


def _default(value: object, *, required: bool) -> str:
    if required:
        return "required"
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return ""
    return "" if value in (None, (), "") else f"`{value}`"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [" | ".join(heads), " | ".join("---" for _ in heads)]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return ["\n".join(f"| {line} |" for line in lines) + "\n"]


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
