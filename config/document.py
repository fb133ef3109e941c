"""One YAML file as plain values, and the line of every key, so that a fault can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.reader import ReaderError

from config.declaration import DeclarationError

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: slower, same result
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # two loaders of one interface

Place = tuple[str | int, ...]
_MAX_BYTES = 1_000_000
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping read from `name`; `lines` gives the line of each place in it, counting from 1."""

    name: str
    value: Mapping[str, object]
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Line of `place`, or of the nearest place that holds it; 1 for the whole file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, place: Place, message: str, fix: str) -> DeclarationError:
        """Make the error for a fault at `place`."""
        return DeclarationError(self.name, self.line(place), dotted(place), message, fix)


def dotted(place: Place) -> str:
    """Write a place as people do: `indicators[2].when.trigger`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def read(path: Path, name: str) -> Document:
    """Read the YAML file at `path`, called `name` in messages.

    Raises DeclarationError on unreadable files, YAML faults, repeated keys, aliases (a value named twice has no line of
    its own) and files that are no mapping.
    """
    text = _text(path, name)
    loader = _Loader(text)
    try:
        _check_shape(text, name)
        node = loader.get_single_node()
        lines = dict(_lines(node, (), name)) if node is not None else {}
        value = loader.construct_document(node) if node is not None else {}
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(name, error) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise DeclarationError(name, line, "", f"holds a bad character: {error.reason}", "remove it") from error
    except ValueError as error:
        fix = "put dates and other values that only look like a type in quotes"
        raise DeclarationError(name, 0, "", f"holds a value that cannot be read: {error}", fix) from error
    finally:
        loader.dispose()
    if not isinstance(value, dict):
        raise DeclarationError(name, 1, "", "holds no mapping", "write `key: value` lines at the left margin")
    return Document(name, value, lines)


def _text(path: Path, name: str) -> str:
    try:
        raw = path.read_bytes()
        if len(raw) > _MAX_BYTES:
            raise DeclarationError(name, 0, "", "is over 1 MB", "split it or remove what does not belong in it")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DeclarationError(name, line, "", "is not UTF-8 text", "save the file as UTF-8") from error
    except OSError as error:
        raise DeclarationError(name, 0, "", f"cannot be read: {error.strerror}", "check the file's rights") from error


def _syntax_error(name: str, error: yaml.MarkedYAMLError) -> DeclarationError:
    mark = error.problem_mark or error.context_mark
    message = f"is no valid YAML: {error.problem or error.context}"
    fix = "check indentation and colons there; put quotes around texts that hold `: ` or start with [ * % @ or &"
    return DeclarationError(name, mark.line + 1 if mark else 0, "", message, fix)


def _check_shape(text: str, name: str) -> None:
    """Refuse aliases, and nesting that would overrun the stack of libyaml's composer (a crash, not an exception)."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 0
        if depth > _MAX_DEPTH:
            raise DeclarationError(name, line, "", "is nested too deeply", "look for a bracket that is never closed")
        if isinstance(event, yaml.AliasEvent):
            raise DeclarationError(name, line, "", f"uses the alias *{event.anchor}", "write the value out")


def _lines(node: yaml.Node, place: Place, name: str) -> Iterator[tuple[Place, int]]:
    if isinstance(node, yaml.MappingNode):
        yield from _mapping_lines(node, place, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, inner in enumerate(node.value):
            yield (*place, index), inner.start_mark.line + 1
            yield from _lines(inner, (*place, index), name)


def _mapping_lines(node: yaml.MappingNode, place: Place, name: str) -> Iterator[tuple[Place, int]]:
    first: dict[str, int] = {}
    for key, inner in node.value:
        line, label = key.start_mark.line + 1, str(key.value)
        if label in first:
            at = dotted((*place, label))
            raise DeclarationError(
                name, line, at, f"is written twice, first on line {first[label]}", "keep one of them"
            )
        first[label] = line
        yield (*place, label), line
        yield from _lines(inner, (*place, label), name)
