"""What a wheel holds, and that nobody else's distribution owns our package names."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("config", "index", "crawlers", "classify", "digests", "agent")


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_declarations_templates_and_schemas(wheel_names: set[str]) -> None:
    data = [p for folder in OURS for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    missing = {str(path.relative_to(ROOT)) for path in data} - wheel_names
    assert not missing
    assert any(name.startswith("config/sources/") and name.endswith(".yml") for name in wheel_names)
    assert any(name.endswith(".html.j2") for name in wheel_names)
    assert "digests/schemas/alert/1.json" in wheel_names


def test_the_wheel_holds_only_our_packages(wheel_names: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(OURS)


def test_no_foreign_distribution_owns_our_names() -> None:
    owners = packages_distributions()
    assert {name: set(owners.get(name, [])) - {"vedette"} for name in OURS} == {name: set() for name in OURS}
