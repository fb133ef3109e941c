"""Everything that is declared: the shipped folders with an operator's folder laid over them.

A file replaces the shipped one of the same name; nothing registers a file but its being there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from config import references, syntax
from config.declaration import Declaration, DeclarationError
from config.document import Document, read
from config.faults import explain, nearest
from config.scenario import Scenario
from config.search import Search
from config.source import Source
from config.subscription import Subscription
from config.trigger import Trigger

SHIPPED = Path(__file__).parent
FOLDERS: Mapping[str, type[Declaration]] = {
    "sources": Source,
    "triggers": Trigger,
    "scenarios": Scenario,
    "subscriptions": Subscription,
    "searches": Search,
}
_D = TypeVar("_D", bound=Declaration)


@dataclass(frozen=True, slots=True)
class Declarations:
    """All declarations by id, sorted by id."""

    sources: Mapping[str, Source]
    triggers: Mapping[str, Trigger]
    scenarios: Mapping[str, Scenario]
    subscriptions: Mapping[str, Subscription]
    searches: Mapping[str, Search] = field(default_factory=dict)


@dataclass(slots=True)
class _Loading:
    """What reading has brought so far: models with the documents they came from, and faults.

    `seen` also holds the files with faults: a name that leads to one of them is no further fault.
    """

    seen: set[tuple[str, str]] = field(default_factory=set)
    found: dict[tuple[str, str], tuple[Declaration, Document]] = field(default_factory=dict)
    faults: list[DeclarationError] = field(default_factory=list)


def load(overlay: Path | None = None) -> Declarations:
    """Read the shipped declarations with those under `overlay` (a folder with sources/, triggers/ …) laid over them.

    Raises DeclarationError, the first fault of those that make the whole unusable; `check` tells all of them, and also
    compiles selectors and cron lines.
    """
    loading = _load(overlay)
    if loading.faults:
        raise loading.faults[0]
    return Declarations(
        sources=_of(loading, "sources", Source),
        triggers=_of(loading, "triggers", Trigger),
        scenarios=_of(loading, "scenarios", Scenario),
        subscriptions=_of(loading, "subscriptions", Subscription),
        searches=_of(loading, "searches", Search),
    )


def check(overlay: Path | None = None) -> list[DeclarationError]:
    """Every fault of every file, by file and line; empty where all is well."""
    loading = _load(overlay)
    for model, document in loading.found.values():
        if isinstance(model, Source):
            loading.faults.extend(document.error(*found) for found in syntax.faults(model))
    return sorted(loading.faults, key=lambda fault: (fault.file, fault.line))


def _of(loading: _Loading, folder: str, kind: type[_D]) -> dict[str, _D]:
    found = {key[1]: model for key, (model, _) in loading.found.items() if key[0] == folder and isinstance(model, kind)}
    return dict(sorted(found.items()))


def _load(overlay: Path | None) -> _Loading:
    loading = _Loading()
    loading.faults.extend(_overlay_faults(overlay))
    for (folder, stem), (path, name) in _files(overlay).items():
        _load_one(loading, folder, stem, (path, name))
    loading.faults.extend(_dead_references(loading))
    return loading


def _load_one(loading: _Loading, folder: str, stem: str, file: tuple[Path, str]) -> None:
    path, name = file
    loading.seen.add((folder, stem))
    model = FOLDERS[folder]
    try:
        document = read(path, name)
        if "id" in document.value:
            raise document.error(("id",), "is given by the file's name", "remove the line")
        loading.found[folder, stem] = (model.model_validate({**document.value, "id": stem}), document)
    except DeclarationError as error:
        loading.faults.append(error)
    except ValidationError as error:
        loading.faults.extend(_explained(error, model, document))


def _explained(error: ValidationError, model: type[Declaration], document: Document) -> Iterator[DeclarationError]:
    for fault in explain(error, model, document):
        if fault.key == "id":
            fix = "rename it: small letters, digits and underscores, a letter first"
            yield DeclarationError(document.name, 0, "", "has a name that cannot be an id", fix)
        else:
            yield fault


def _files(overlay: Path | None) -> dict[tuple[str, str], tuple[Path, str]]:
    """Path and name in messages of every declaration file; overlay files come last and replace."""
    files: dict[tuple[str, str], tuple[Path, str]] = {}
    for root, shown in ((SHIPPED, Path("config")), *(((overlay, overlay),) if overlay else ())):
        for folder in FOLDERS:
            for path in sorted((root / folder).glob("*.yml")):
                files[folder, path.stem] = (path, (shown / folder / path.name).as_posix())
    return files


def _overlay_faults(overlay: Path | None) -> Iterator[DeclarationError]:
    """Files under the overlay that would be passed over in silence."""
    if overlay is None:
        return
    if not overlay.is_dir():
        yield DeclarationError(str(overlay), 0, "", "is no folder", "give --config a folder that exists")
        return
    for inner in sorted(overlay.iterdir()):
        if inner.is_dir() and inner.name not in FOLDERS and any(inner.glob("*.yml")):
            yield DeclarationError(
                inner.as_posix(), 0, "", "is no folder of declarations", nearest(inner.name, FOLDERS)
            )
    for folder in FOLDERS:
        for path in sorted((overlay / folder).glob("*.yaml")):
            yield DeclarationError(path.as_posix(), 0, "", "is not read", f"rename it to {path.stem}.yml")


def _dead_references(loading: _Loading) -> Iterator[DeclarationError]:
    declared = {kind: _names(loading, f"{kind}s") for kind in ("trigger", "scenario", "source")}
    declared["search"] = _names(loading, "searches")
    declared["authority"] = _authorities(loading)
    for model, document in loading.found.values():
        for reference in references.unknown(_references(model), declared):
            message = f"names no {reference.kind} that is declared: {reference.name!r}"
            yield document.error(reference.place, message, nearest(reference.name, declared[reference.kind]))


def _references(model: Declaration) -> Iterator[references.Reference]:
    if isinstance(model, Scenario):
        yield from references.of_scenario(model)
    elif isinstance(model, Subscription):
        yield from references.of_subscription(model)
    elif isinstance(model, Search):
        yield from references.of_search(model)


def _names(loading: _Loading, folder: str) -> frozenset[str]:
    return frozenset(stem for kind, stem in loading.seen if kind == folder)


def _authorities(loading: _Loading) -> frozenset[str]:
    return frozenset(model.authority for model, _ in loading.found.values() if isinstance(model, Source))
