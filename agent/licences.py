"""Writes docs/licences.md: what is installed with Vedette, and the licence that each package states.

`python -m agent.licences` writes the page from installed metadata; a test fails where a run-time package is missing in
it, states no licence that is known to be compatible with Apache-2.0, or states GPL or AGPL.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).parent.parent / "docs" / "licences.md"
OPTIONAL = ("apprise", "mcp", "postgres")
_COPYLEFT = re.compile(r"\bA?GPL|(?<!Lesser )General Public|Affero|SSPL|BUSL|Commons Clause|non-?commercial", re.I)
_WEAK = re.compile(r"\bLGPL|Lesser General Public|\bMPL|Mozilla", re.I)
_FREE = re.compile(
    r"\b(?:MIT|Apache|BSD|0BSD|ISC|PSF|Python Software Foundation|Python-2\.0|Zope|ZPL|HPND|CNRI|Unlicense|CC0|Zlib"
    r"|CMU License|Public Domain)",
    re.I,
)

_CUDA = ("nvidia-", "cuda-", "triton")
"""What only a CUDA build of torch brings; Vedette asks for the CPU build, and uses none of it."""

_HEAD = """# Licences

Made by `python -m agent.licences` from the metadata of installed packages, those that they need in turn included; edit
the code, not this page. Versions are those of `constraints.txt`. Vedette itself is Apache-2.0.

No package that is installed with Vedette is under GPL or AGPL. LGPL stands only in the optional extra `postgres`
(psycopg), used as a library and not changed. MPL-2.0 asks only that changes to its own files stay open; there are none.

| package | licence as stated | needed |
| --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package. `stated`: its licence, in its own words. `needed_by`: the extra, empty for run time."""

    name: str
    version: str
    stated: str
    needed_by: str = ""

    @property
    def kind(self) -> str:
        """free, weak (LGPL, MPL), copyleft or unknown."""
        rest = re.sub(r"LGPL[\w.+-]*|GNU Lesser General Public License[^;,]*", "", self.stated)
        if _COPYLEFT.search(rest) and not _choice(rest):
            return "copyleft"
        return "weak" if _WEAK.search(self.stated) else "free" if _FREE.search(self.stated) else "unknown"


def packages() -> list[Package]:
    """Everything that is installed with Vedette, and with each of its optional extras, by name; without test tools."""
    declared = tomllib.loads((PAGE.parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
    found = {one.name: one for one in _closure(declared["dependencies"], "")}
    for extra in OPTIONAL:
        for one in _closure(declared["optional-dependencies"][extra], extra):
            found.setdefault(one.name, one)
    return sorted(found.values(), key=lambda one: one.name)


def page() -> str:
    """The whole page as Markdown."""
    rows = packages()
    lines = [f"| {one.name} | {one.stated} | {one.needed_by or 'run time'} |" for one in rows]
    return _HEAD + "\n".join(lines) + "\n"


def _closure(roots: Iterable[str], extra: str) -> Iterator[Package]:
    """Packages with those that they need; what is for another platform or Python is not installed and left out."""
    seen: set[str] = set()
    open_ = [Requirement(text) for text in roots]
    while open_:
        one = open_.pop()
        name = canonicalize_name(one.name)
        mark = f"{name}[{','.join(sorted(one.extras))}]"
        if mark in seen or name.startswith(_CUDA):
            continue
        seen.add(mark)
        try:
            known = distribution(one.name)
        except PackageNotFoundError:
            continue
        for wanted in ("", *sorted(one.extras)):
            open_ += _needs(known, wanted)
        yield Package(name, known.version, _licence(known), extra)


def _needs(of: Distribution, extra: str) -> Iterator[Requirement]:
    """What a package needs anyway (no extra), or for one extra of it beyond that."""
    for text in of.requires or ():
        one = Requirement(text)
        always = one.marker is None or one.marker.evaluate({"extra": ""})
        if always != bool(extra) and (always or (one.marker and one.marker.evaluate({"extra": extra}))):
            yield one


def _licence(of: Distribution) -> str:
    told = of.metadata
    classes = [line.rsplit(" :: ", 1)[-1] for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    named = [text for text in (_one(told, "License-Expression"), "; ".join(classes), _one(told, "License")) if text]
    short = next((text for text in named if "\n" not in text and len(text) < 120 and text != "OSI Approved"), "")
    first = next((text.strip().split("\n")[0][:80] for text in named), "not stated")
    return short or first


def _one(told: PackageMetadata, key: str) -> str:
    return told[key] if key in told else ""  # noqa: SIM401 - metadata has no `get` for the type checker


def _choice(stated: str) -> bool:
    """Whether another licence may be chosen."""
    return bool(re.search(r"\bOR\b", stated)) and bool(_FREE.search(stated))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
