"""Licences of what is installed with Vedette: all stated, none GPL or AGPL, and docs/licences.md says so."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from agent.licences import PAGE, Package, packages, page

ROOT = PAGE.parent.parent


def test_nothing_at_run_time_is_copyleft() -> None:
    found = packages()
    assert len(found) > 80
    assert not [(one.name, one.stated) for one in found if one.kind in {"copyleft", "unknown"}]
    assert not [one.name for one in found if "LGPL" in one.stated and one.needed_by != "postgres"]


def test_every_declared_dependency_is_among_them() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {canonicalize_name(Requirement(text).name) for text in declared} <= {one.name for one in packages()}


def test_the_page_is_what_is_installed() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python -m agent.licences`"


KINDS = {
    "MIT": "free",
    "Apache-2.0 OR BSD-3-Clause": "free",
    "GPL-2.0-only": "copyleft",
    "GPLv3+": "copyleft",
    "AGPL-3.0": "copyleft",
    "GNU Affero General Public License v3": "copyleft",
    "GNU General Public License v2 (GPLv2)": "copyleft",
    "GNU Lesser General Public License v3 (LGPLv3)": "weak",
    "LGPL-3.0-only": "weak",
    "LGPL-3.0-only AND GPL-3.0-only": "copyleft",
    "MIT OR GPL-3.0": "free",
    "MPL-2.0": "weak",
    "CC BY-NC (non-commercial)": "copyleft",
    "Proprietary": "unknown",
    "not stated": "unknown",
}


@pytest.mark.parametrize("stated", KINDS)
def test_licences_are_told_apart(stated: str) -> None:
    assert Package("x", "1", stated).kind == KINDS[stated]
