"""The child process: kept warm, killed when late, replaced after a crash, and confined."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from crawlers.files import DEFAULT, FileText, Limits, Reader, text_of
from tests.attached import packed, word97

ROOT = Path(__file__).resolve().parent.parent
MISBEHAVING = """
import os, signal, socket, subprocess, sys, time
from crawlers.files.answer import FileText
from crawlers.files.worker import serve

def read(content, name, limits):
    if name == "loop":
        while True: pass
    if name == "sleep":
        time.sleep(60)
    if name == "eat":
        return FileText(str(len([bytes(1 << 20) for _ in range(100_000)])))
    if name == "die":
        os.kill(os.getpid(), int(content))
    if name == "raise":
        raise KeyError("odd")
    if name == "lie":
        return FileText("x", kind="exe")
    if name == "print":
        os.write(1, b"x" * 100); print("noise")
    if name == "tired":
        read.kept = [bytes(1 << 20) for _ in range(300)]
    if name == "write":
        open(content.decode(), "w")
    if name == "connect":
        socket.create_connection(("127.0.0.1", int(content)))
    if name == "spawn":
        subprocess.run(["true"])
    if name == "environment":
        return FileText(" ".join(sorted(os.environ)))
    return FileText("fine")

serve(read)
"""


@pytest.fixture
def misbehaving(tmp_path: Path) -> Reader:
    program = tmp_path / "misbehaving.py"
    program.write_text(MISBEHAVING)
    return Reader(program=(str(program),))


def test_one_child_serves_many_files_and_ends_with_its_reader() -> None:
    with Reader() as reader:
        assert [reader.text_of(word97([str(n)]), "a.doc").text for n in range(20)] == [str(n) for n in range(20)]
        pid = reader.pid
        assert pid is not None and psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid) and reader.pid is None


def test_the_child_loads_neither_scrapy_nor_torch_nor_numpy_and_stays_small() -> None:
    code = "import crawlers.files.worker, sys; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert not {"scrapy", "torch", "numpy", "twisted", "matplotlib"} & set(eval(done.stdout))
    with Reader() as reader:
        reader.text_of(word97(["甲"]), "a.doc")
        assert psutil.Process(reader.pid).memory_info().rss < 80 << 20


@pytest.mark.parametrize(
    ("name", "limits"),
    [("sleep", Limits(wall_seconds=0.3)), ("loop", Limits(wall_seconds=0.3)), ("loop", Limits(cpu_seconds=1))],
)
def test_a_file_that_takes_too_long_is_given_up(misbehaving: Reader, name: str, limits: Limits) -> None:
    with misbehaving as reader:
        started = time.monotonic()
        assert reader.text_of(b"", name, limits=limits).flag == "timeout"
        assert time.monotonic() - started < 10
        assert reader.text_of(b"", "next").text == "fine"


def test_a_file_that_eats_memory_is_stopped_and_the_child_replaced(misbehaving: Reader) -> None:
    with misbehaving as reader:
        reader.text_of(b"", "first")
        pid = reader.pid
        found = reader.text_of(b"", "eat", limits=Limits(memory=300 << 20))
        assert (found.flag, found.why) == ("too_large", "needs more than 300 MiB of memory")
        assert reader.text_of(b"", "next").text == "fine" and reader.pid != pid


@pytest.mark.parametrize(("number", "flag"), [(b"9", "too_large"), (b"11", "broken"), (b"6", "broken")])
def test_a_child_that_is_killed_is_a_flag(misbehaving: Reader, number: bytes, flag: str) -> None:
    with misbehaving as reader:
        assert reader.text_of(number, "die").flag == flag
        assert reader.text_of(b"", "next").text == "fine"


def test_a_child_killed_between_files_is_replaced_unnoticed(misbehaving: Reader) -> None:
    with misbehaving as reader:
        reader.text_of(b"", "first")
        process = psutil.Process(reader.pid)
        process.kill()
        process.wait(5)
        assert reader.text_of(bytes(1 << 20), "next").text == "fine"


def test_a_parser_that_raises_anything_is_a_flag_with_its_reason(misbehaving: Reader) -> None:
    with misbehaving as reader:
        found, pid = reader.text_of(b"", "raise"), reader.pid
        assert (found.flag, found.why) == ("broken", "KeyError: 'odd'")
        assert reader.text_of(b"", "next").text == "fine" and reader.pid == pid


def test_answers_that_make_no_sense_and_noise_on_stdout_do_no_harm(misbehaving: Reader) -> None:
    with misbehaving as reader:
        assert reader.text_of(b"", "lie").flag == "broken"
        assert reader.text_of(b"", "print").text == "fine"


def test_a_child_with_much_memory_in_use_hands_over_to_a_fresh_one(misbehaving: Reader) -> None:
    with misbehaving as reader:
        assert reader.text_of(b"", "tired", limits=Limits(memory=700 << 20)).text == "fine"
        assert reader.pid is None
        assert reader.text_of(b"", "next").text == "fine"


def test_the_child_writes_no_file_opens_no_socket_and_starts_no_process(
    misbehaving: Reader, tmp_path: Path, unused_tcp_port: int
) -> None:
    with misbehaving as reader:
        for name, content in [("write", str(tmp_path / "x")), ("connect", str(unused_tcp_port)), ("spawn", "")]:
            found = reader.text_of(content.encode(), name)
            assert (found.flag, "not allowed here" in found.why) == ("broken", True)
    assert not (tmp_path / "x").exists()


def test_secrets_of_the_environment_stay_outside(misbehaving: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_SMTP_PASSWORD", "geheim")
    with misbehaving as reader:
        names = set(reader.text_of(b"", "environment").text.split())
    assert names <= {"HOME", "LC_CTYPE", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "PATH", "PYTHONPATH", "PYTHONUTF8"}


def test_a_program_that_does_not_start_is_our_bug_and_says_so(tmp_path: Path) -> None:
    with Reader(program=("-c", "raise SystemExit(3)")) as reader, pytest.raises(RuntimeError, match="exit 3"):
        reader.text_of(b"", "a")


async def test_threads_of_an_executor_may_share_a_reader() -> None:
    loop = asyncio.get_running_loop()
    with Reader() as reader:
        jobs = (loop.run_in_executor(None, reader.text_of, word97([f"第{n}件"]), "a.doc") for n in range(8))
        assert [found.text for found in await asyncio.gather(*jobs)] == [f"第{n}件" for n in range(8)]


def test_the_function_shares_one_child_and_a_reader_may_be_used_again() -> None:
    assert text_of(word97(["甲"]), "a.doc") == FileText("甲", "doc", None, 1)
    reader = Reader(DEFAULT)
    reader.close()
    assert reader.text_of(packed({"a.doc": word97(["乙"])}), "a.zip").text == "a.doc\n乙"
    reader.close()
    assert os.getpid() != reader.pid
