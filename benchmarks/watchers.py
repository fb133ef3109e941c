"""urlwatch and changedetection.io, driven from outside: their own programs, in their own environments."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

_HEADING = re.compile(r"^(NEW|CHANGED|UNCHANGED|ERROR): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Seen:
    """What was told of one page: changed, error or nothing; and the account of it."""

    kind: str
    words: str


class Urlwatch:
    """urlwatch as its manual shows: text of the page by html2text, or of what a CSS selector finds."""

    def __init__(self, name: str, program: Path, home: Path, urls: Sequence[str], selector: str | None) -> None:
        self.name, self._program, self._home = name, program, home
        steps = [*([{"css": selector}] if selector else []), "html2text"]
        jobs = (json.dumps({"name": url, "url": url, "filter": steps}) for url in urls)
        (home / "urls.yaml").write_text("\n---\n".join(jobs) + "\n", "utf-8")
        report = {
            "text": {"line_length": 500, "details": True, "footer": False},
            "stdout": {"enabled": True, "color": False},
        }
        (home / "urlwatch.yaml").write_text(
            json.dumps({"report": report, "display": {"new": True, "error": True}}), "utf-8"
        )

    def look(self) -> dict[str, Seen]:
        """One run over all pages."""
        files = {"--urls": "urls.yaml", "--config": "urlwatch.yaml", "--cache": "cache.db", "--hooks": "hooks.py"}
        options = [part for option, file in files.items() for part in (option, str(self._home / file))]
        run = subprocess.run([str(self._program), *options], capture_output=True, text=True, timeout=300, check=False)
        if run.returncode:
            raise RuntimeError(run.stderr)
        seen = {}
        parts = _HEADING.split(run.stdout)
        for kind, url, words in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            if kind in {"CHANGED", "ERROR"} and words.strip("-=\n "):
                seen[url.split(" ")[0]] = Seen("changed" if kind == "CHANGED" else "error", words)
        return seen


class Changedetection:
    """changedetection.io by its API: the plain fetcher, everything else as installed."""

    def __init__(self, name: str, program: Path, home: Path, urls: Sequence[str], selector: str | None) -> None:
        self.name, self._program, self._home, self._urls, self._selector = name, program, home, urls, selector
        self._watches: dict[str, str] = {}
        self._snapshots: dict[str, int] = {}

    def __enter__(self) -> Changedetection:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        command = [str(self._program), "-d", str(self._home), "-h", "127.0.0.1", "-p", str(self._port)]
        allowed = {"ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "MINIMUM_SECONDS_RECHECK_TIME": "0"}
        self._log = (self._home / "log.txt").open("wb")
        self._server = subprocess.Popen(command, env=os.environ | allowed, stdout=self._log, stderr=self._log)
        self._wait((self._home / "changedetection.json").exists)
        stored = json.loads((self._home / "changedetection.json").read_text("utf-8"))
        self._key = stored["settings"]["application"]["api_access_token"]
        self._wait(self._is_up)
        for watch in self._ask("GET", "/watch"):
            self._ask("DELETE", f"/watch/{watch}")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()  # it does not always end when told to
        self._server.wait(20)
        self._log.close()

    def look(self) -> dict[str, Seen]:
        """One check of every page; the first makes the watches."""
        before = {u: self._ask("GET", f"/watch/{w}")["check_count"] for u, w in self._watches.items()}
        for url in self._urls:
            if url in self._watches:
                self._ask("GET", f"/watch/{self._watches[url]}?recheck=1")
            else:
                chosen = {"include_filters": [self._selector]} if self._selector else {}
                self._watches[url] = self._ask("POST", "/watch", {"url": url, **chosen})["uuid"]
        seen = {url: self._seen(url, watch, before.get(url, 0)) for url, watch in self._watches.items()}
        return {url: told for url, told in seen.items() if told.kind}

    def _seen(self, url: str, watch: str, before: int) -> Seen:
        self._wait(lambda: self._ask("GET", f"/watch/{watch}")["check_count"] > before)
        state = self._ask("GET", f"/watch/{watch}")
        old, self._snapshots[url] = self._snapshots.get(url, 1), max(state["history_n"], 1)
        if state["history_n"] > old:
            times = sorted(self._ask("GET", f"/watch/{watch}/history"))[-2:]
            return Seen("changed", "\n".join(str(self._ask("GET", f"/watch/{watch}/history/{t}")) for t in times))
        return Seen("error", str(state["last_error"])) if state["last_error"] else Seen("", "")

    def _ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON of another program
        headers = {"x-api-key": self._key, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self._port}/api/v1{path}"
        with urlopen(Request(address, data, headers, method=method), timeout=60) as answer:
            text = answer.read().decode()
        return text if path.count("/") == 4 or not text.strip() else json.loads(text)

    def _is_up(self) -> bool:
        try:
            return isinstance(self._ask("GET", "/watch"), dict)
        except URLError:
            return False

    def _wait(self, until: Callable[[], bool]) -> None:
        for _ in range(600):
            if until():
                return
            time.sleep(0.2)
        raise TimeoutError(f"{self.name} did not come so far; see {self._home}/log.txt")
