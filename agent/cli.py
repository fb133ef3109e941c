"""The command line: `vedette COMMAND`. Each module in `agent.commands` is one command, found by being there."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path

import click

from agent import commands
from agent.place import PROBLEMS, USAGE, Place


class Commands(click.Group):
    """The commands of the folder `agent/commands`; a dash in a name is an underscore in the file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All command names, in alphabetical order."""
        names = (module.name for module in pkgutil.iter_modules(commands.__path__))
        return sorted(name.rstrip("_").replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        stem = cmd_name.replace("-", "_")
        present = {module.name for module in pkgutil.iter_modules(commands.__path__)}
        module = importlib.import_module(f"agent.commands.{stem if stem in present else f'{stem}_'}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"agent/commands/{stem}.py: `command` is no click command")
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path), help="Where data lives. [default: $VEDETTE_HOME or ./data]")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder whose sources/, triggers/, scenarios/, subscriptions/ overlay the shipped ones.",
)
@click.version_option(package_name="vedette")
@click.pass_context
def vedette(ctx: click.Context, home: Path | None, config: Path | None) -> None:
    """Watch policy sources; tell what changed, what it means, and which scenarios it moves."""
    ctx.obj = Place(home, config)


def main() -> None:
    """Run the command line; faults that a person can mend are told in one line, everything else is our bug."""
    from agent import logs  # noqa: PLC0415 - not needed for --help
    from config.declaration import DeclarationError  # noqa: PLC0415 - not needed for --help
    from index.archive.archive import ArchiveProblem  # noqa: PLC0415 - not needed for --help

    try:
        logs.begin(os.environ)
        vedette.main(standalone_mode=True)
    except DeclarationError as error:
        logs.fault(f"{error}", os.environ)
        sys.exit(USAGE)
    except ArchiveProblem as error:
        logs.fault(f"{error}", os.environ)
        sys.exit(PROBLEMS)
