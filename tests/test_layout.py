"""The direction of imports, and which module owns which heavy or foreign thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "config": set(),
    "index": {"config"},
    "crawlers": {"config", "index"},
    "classify": {"config", "index"},
    "digests": {"config", "index"},
    "agent": {"config", "index", "crawlers", "classify", "digests"},
}
OWNERS = {
    "torch": {"index/embedding.py"},
    "sentence_transformers": {"index/embedding.py"},
    "faiss": {"index/segments.py"},
    "sqlite3": {"index/archive/"},
    "sqlite_utils": {"index/archive/"},
    "scrapy": {"crawlers/", "agent/schedule.py", "agent/demo.py"},
    "jinja2": {"digests/", "agent/replica/", "agent/web/", "agent/proof/"},
    "bs4": {"crawlers/"},
    "apscheduler": {"config/", "agent/schedule.py", "agent/running.py"},
    "smtplib": {"digests/"},
}
HEAVY = {"torch", "sentence_transformers", "faiss", "sklearn", "scrapy", "matplotlib", "twisted", "transformers"}


def modules() -> list[Path]:
    return [path for folder in MAY_IMPORT for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path, *, top_only: bool = False) -> Iterator[tuple[str, int]]:
    """Top names of imported packages with the line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0], node.lineno


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    forbidden = MAY_IMPORT.keys() - MAY_IMPORT[folder] - {folder}
    wrong = [f"line {line}: {name}" for name, line in imported(path) if name in forbidden]
    assert not wrong, f"{name_of(path)} may import only {sorted(MAY_IMPORT[folder])}: {wrong}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_heavy_things_have_one_owner(path: Path) -> None:
    place = name_of(path)
    wrong = [name for name, _ in imported(path) if name in OWNERS and not place.startswith(tuple(OWNERS[name]))]
    assert not wrong, f"{place} imports {wrong}, owned by {[sorted(OWNERS[name]) for name in wrong]}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_commands_start_without_heavy_libraries(path: Path) -> None:
    """`vedette --help` and `check` import `agent.commands`, `config` and the archive: nothing heavy at module level."""
    place = name_of(path)
    if place.startswith(("agent/commands/", "agent/cli.py", "config/", "index/archive/", "index/records.py")):
        assert not [name for name, _ in imported(path, top_only=True) if name in HEAVY]


def test_every_folder_says_what_it_is_for() -> None:
    for folder in MAY_IMPORT:
        text = ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text(encoding="utf-8")))
        assert text and "ay import" in text, f"{folder}/__init__.py needs a docstring that says what it may import"


def test_modules_and_functions_keep_their_size() -> None:
    long_modules = [name_of(p) for p in modules() if len(p.read_text(encoding="utf-8").splitlines()) > 300]
    assert not long_modules
    long_functions = [
        f"{name_of(path)}:{node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 50
    ]
    assert not long_functions
