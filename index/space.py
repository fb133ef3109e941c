"""One space for both languages: raw vectors lie in a region of their language first and by meaning second.

Each language's mean is subtracted, apart for passages and for questions, which lie apart too, and lengths made 1.
Measured in docs/search.md, beside whitening, which gained nothing once words were counted too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from config.declaration import DeclarationError
from index.embedding import Encoder, Vectors

Floats = NDArray[np.floating[Any]]

LANGUAGES = ("zh", "en")
REFERENCE = Path(__file__).resolve().parent.parent / "config" / "queries.yml"

_PRIOR = 20
"""A language's mean counts the reference as this many passages, so that a language with one document has a mean."""
_QUESTIONS = 0.75
"""Share of the reference questions in the mean of questions; the rest is the mean of passages."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a model puts ordinary questions of the field, by language: asked, and as if they were passages."""

    queries: Mapping[str, Vectors]
    passages: Mapping[str, Vectors]


@dataclass(frozen=True, slots=True)
class Space:
    """The means of one model, fitted on `fitted_on` passages."""

    model: str
    fitted_on: int
    passage_means: Mapping[str, Vectors]
    query_means: Mapping[str, Vectors]

    def of_passages(self, vectors: Vectors, langs: Sequence[str]) -> Vectors:
        """Rows of length 1, comparable across languages, of rows as the encoder gives them."""
        means = np.stack([self.passage_means[family(lang)] for lang in langs]) if langs else vectors
        return unit(vectors - means)

    def of_queries(self, vectors: Vectors, lang: str) -> Vectors:
        """As `of_passages`, for questions of one language."""
        return unit(vectors - self.query_means[family(lang)])


def family(lang: str) -> str:
    """The language whose mean a text shares: zh for any Chinese, en for any other."""
    return "zh" if lang.startswith("zh") else "en"


def unit(vectors: Floats) -> Vectors:
    """Rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def read_reference(encoder: Encoder, path: Path = REFERENCE) -> Reference:
    """Embed the questions of a file of `中文: English`. Raises DeclarationError where it is no such file."""
    try:
        pairs = yaml.safe_load(path.read_text("utf-8"))
        asked = {"zh": [str(q) for q in pairs], "en": [str(q) for q in pairs.values()]}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise DeclarationError(str(path), 0, "", f"cannot be read: {error}", "write 中文: English pairs") from error
    return Reference(
        {lang: encoder.encode_queries(asked[lang]).mean(0) for lang in LANGUAGES},
        {lang: encoder.encode_passages(asked[lang]).mean(0) for lang in LANGUAGES},
    )


def fit(model: str, rows: Iterable[tuple[str, Vectors]], reference: Reference) -> Space:
    """The space of (language, vector) rows. One pass; memory does not grow with the rows."""
    sums = {lang: _PRIOR * reference.passages[lang].astype(np.float64) for lang in LANGUAGES}
    counts = dict.fromkeys(LANGUAGES, 0)
    for lang, vector in rows:
        sums[family(lang)] += vector
        counts[family(lang)] += 1
    means = {lang: sums[lang] / (counts[lang] + _PRIOR) for lang in LANGUAGES}
    queries = {lang: _QUESTIONS * reference.queries[lang] + (1 - _QUESTIONS) * means[lang] for lang in LANGUAGES}
    return Space(model, sum(counts.values()), _single(means), _single(queries))


def save(space: Space, path: Path | IO[bytes]) -> None:
    """Write a space to a `.npz` file."""
    kept: dict[str, Any] = {"model": space.model, "fitted_on": space.fitted_on}
    kept |= {f"passage_{lang}": mean for lang, mean in space.passage_means.items()}
    kept |= {f"query_{lang}": mean for lang, mean in space.query_means.items()}
    np.savez(path, **kept)


def load(path: Path | IO[bytes]) -> Space:
    """Read what `save` wrote. Raises OSError, BadZipFile, ValueError or KeyError where it is missing or damaged."""
    with np.load(path, allow_pickle=False) as kept:
        passages, queries = ({lang: kept[f"{kind}_{lang}"] for lang in LANGUAGES} for kind in ("passage", "query"))
        return Space(str(kept["model"]), int(kept["fitted_on"]), passages, queries)


def _single(means: Mapping[str, Floats]) -> dict[str, Vectors]:
    return {lang: np.asarray(mean, np.float32) for lang, mean in means.items()}
