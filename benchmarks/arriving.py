"""How long it takes from a page fetched to its alert at a consumer who waits: `python -m benchmarks.arriving`.

`vedette run` watches two sources of the replica every 15 seconds; two further days of the replica are shown, 50 seconds
apart. The first alerts wait for the model to load, the later ones meet it warm.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.replica.days import days
from agent.replica.server import serving

SOURCES = ("govcn_yaowen", "cac")
STEP = 50.0
SHIPPED = Path(__file__).resolve().parent.parent / "config" / "sources"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serving() as replica:
        shown = list(days())[1:4]
        replica.show(shown[0])
        with _agent(Path(folder), replica.address) as port:
            began, last = time.monotonic(), ""
            for step, day in enumerate(shown, 1):
                replica.show(day)
                while time.monotonic() < began + step * STEP:
                    for event in _new(port, last):
                        last = event["id"]
                        fetched = datetime.fromisoformat(event["data"]["provenance"]["retrieved_at"]).timestamp()
                        print(f"day {step}: {last} {event['triggerid']}: {time.time() - fetched:.1f} s after its page")


def _new(port: int, last: str) -> list[dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", f"/v1/alerts?timeout=2000{f'&lastEventId={last}' if last else ''}")
        events: list[dict[str, Any]] = json.loads(connection.getresponse().read())
    except OSError:  # it is still starting
        time.sleep(0.2)
        return []
    finally:
        connection.close()
    return events


@contextmanager
def _agent(folder: Path, mirror: str) -> Iterator[int]:
    sources = folder / "config" / "sources"
    sources.mkdir(parents=True)
    for name in SOURCES:
        text = (SHIPPED / f"{name}.yml").read_text("utf-8")
        (sources / f"{name}.yml").write_text(re.sub(r"(?m)^(every|cron):.*$", "every: 15s", text), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    own = {"HOME": str(folder / "home"), "LISTEN": f"127.0.0.1:{port}", "MIRROR": mirror}
    rest = {"ALLOW_NETWORKS": "127.0.0.0/8", "ALERT_BACKFILL_DAYS": "3650"}
    env = os.environ | {f"VEDETTE_{name}": value for name, value in (own | rest).items()}
    command = [sys.executable, "-c", "from agent.cli import main; main()", "--config", str(sources.parent), "run"]
    with subprocess.Popen(
        [*command, *SOURCES],
        env=env,
    ) as agent:
        try:
            yield port
        finally:
            agent.send_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
