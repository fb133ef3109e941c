"""How fast Vedette tells: a digest over 1,000 items, and 10,000 alerts pulled through the API.

    python -m benchmarks.telling

Everything runs on this machine, the API over loopback TCP in a thread of the same process; each figure is the best and
the median of the rounds, and the processor time of the best one, which tells more where the machine is shared.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from agent.api.serving import Api
from config.declarations import Declarations
from config.settings import Settings
from digests.daily import make
from digests.finding import Finding
from index.archive.archive import Archive
from tests.telling import NOW, declarations, finding, subscription, tell

ITEMS, ALERTS, BATCH, ROUNDS = 1000, 10_000, 1000, 5
Took = tuple[float, float]
"""Seconds by the clock and of processor."""
TRIGGERS = ("quota", "pricing", "residency")


def main() -> None:
    """Print one line a figure."""
    with tempfile.TemporaryDirectory() as folder:
        _digest(Path(folder))
        _pull(Path(folder))


def _digest(folder: Path) -> None:
    """Select, render (with chart), write and queue one issue; imports and fonts are loaded before."""
    made = iter(range(ROUNDS + 1))

    def one() -> None:
        with Archive(folder / f"digest{next(made)}") as archive:
            _fill(archive, ITEMS)
            begin, used = time.perf_counter(), time.process_time()
            (issue,) = make(
                archive, declarations(subscription()), Settings(home=archive.home), NOW + timedelta(hours=2)
            )
            times.append((time.perf_counter() - begin, time.process_time() - used))
            assert len(issue.items) == ITEMS

    times: list[Took] = []
    for _ in range(ROUNDS + 1):
        one()
    _say(f"digest over {ITEMS:,} items", times[1:])


def _pull(folder: Path) -> None:
    with Archive(folder / "pull") as archive:
        _fill(archive, ALERTS)
        size = archive.feed.after(0, 1)
        print(f"an event has about {len(json.dumps(size[0].event, ensure_ascii=False).encode()):,} bytes")
        with _served(archive.home, declarations()) as host:
            _say(f"{ALERTS:,} alerts pulled, {BATCH:,} a batch", _timed(lambda: _read(host, "")))
            _say(f"{ALERTS:,} alerts pulled, 100 a batch", _timed(lambda: _read(host, "", 100)))
            _say(
                "the same, filtered by trigger and severity",
                _timed(lambda: _read(host, "trigger=quota&severity=severe")),
            )


def _read(host: str, query: str, batch: int = BATCH) -> int:
    """Pull the feed to its end, every batch parsed; how many events."""
    connection, last, count = http.client.HTTPConnection(host), "", 0
    while True:
        place = f"&lastEventId={last}" if last else ""
        connection.request("GET", f"/v1/alerts?limit={batch}&{query}{place}")
        events = json.loads(connection.getresponse().read())
        if not events:
            connection.close()
            assert count == (ALERTS if not query else len(range(0, ALERTS, 3)))
            return count
        count += len(events)
        last = events[-1]["id"]


def _timed(work: Callable[[], object]) -> list[Took]:
    times = []
    for _ in range(ROUNDS):
        begin, used = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - begin, time.process_time() - used))
    return times


@contextmanager
def _served(home: Path, declared: Declarations) -> Iterator[str]:
    api = Api(declared, Settings(home=home, listen="127.0.0.1:0"), lambda: NOW + timedelta(days=1))
    loop, end = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        api.start()
        await end.wait()
        await api.close()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        yield api.address.removeprefix("http://")
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


def _fill(archive: Archive, count: int) -> None:
    tell(archive, [_finding(n) for n in range(count)])


def _finding(n: int) -> Finding:
    at = NOW + timedelta(milliseconds=n)
    return finding(f"d{n}", trigger=TRIGGERS[n % 3], at=at)


def _say(what: str, times: list[Took]) -> None:
    wall, used = min(times)
    median = statistics.median(one for one, _ in times)
    print(f"{what}: {wall:.2f} s best ({used:.2f} s of processor), {median:.2f} s median of {len(times)}")


if __name__ == "__main__":
    main()
