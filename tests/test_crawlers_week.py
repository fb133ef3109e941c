"""A replayed week gives the same events whatever the order of sources, kills and restarts."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive.archive import Archive
from tests.crawled import serve
from tests.week import HOSTS, Place, Week, declaration, disturbed, events, problems, whole

Told = tuple[list[tuple[str, str, str, str]], list[tuple[str, str, bool]]]
ROUNDS = int(os.environ.get("VEDETTE_WEEKS", "2"))
"""How many disturbed weeks are tried; more with VEDETTE_WEEKS=20."""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Week, Path, int]]:
    config = tmp_path_factory.mktemp("config")
    (config / "sources").mkdir()
    for name in HOSTS:
        (config / "sources" / f"{name}.yml").write_text(declaration(name), encoding="utf-8")
    week = Week()
    server = serve(week)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # killed crawls leave their connections
    yield week, config, server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def told(sites: tuple[Week, Path, int], tmp_path_factory: pytest.TempPathFactory) -> Told:
    week, config, port = sites
    place = Place(tmp_path_factory.mktemp("whole") / "home", config, port)
    whole(week, place)
    return events(place.home), problems(place.home)


def test_the_week_undisturbed_tells_what_happened(told: Told) -> None:
    kinds = Counter(kind for kind, *_ in told[0])
    assert kinds == {"new": 21, "amended": 7, "withdrawn": 1, "moved": 1}
    assert told[1] == [("plans", "blocked", True)]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_kills_and_order_make_no_difference(
    sites: tuple[Week, Path, int], told: Told, seed: int, tmp_path: Path
) -> None:
    week, config, port = sites
    place = Place(tmp_path / "home", config, port)
    kills = disturbed(week, place, random.Random(seed))
    assert kills > 0
    assert events(place.home) == told[0], f"{kills} kills"
    assert problems(place.home) == told[1]
    with Archive(place.home) as archive:
        assert archive.documents.counts()["documents"] == 22
