"""The HTTP API in a thread of its own, for the tests of the API and of consumers."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from agent.api.serving import Api
from config.declarations import Declarations
from config.settings import Settings
from tests.telling import NOW

CLOCK = NOW + timedelta(days=1)


class Client:
    """A server in a thread of its own, as `vedette run` has it in its loop, and requests to it."""

    waiting: float = 20
    """Seconds that an answer may take."""

    def __init__(self, home: Path, declared: Declarations, **given: Any) -> None:
        settings = Settings.model_validate({"home": home, "listen": "127.0.0.1:0"} | given)
        self.now = CLOCK
        self._api = Api(declared, settings, lambda: self.now)
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self.host = self._api.address.removeprefix("http://")
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])
        self._thread.start()

    async def _serve(self) -> None:
        self._api.start()
        await self._end.wait()
        await self._api.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the server did not end"
        self._loop.close()

    def ask(
        self, path: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=self.waiting)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def events(self, **query: Any) -> list[dict[str, Any]]:
        status, headers, body = self.ask(f"/v1/alerts?{urlencode(query, doseq=True)}")
        assert status == 200, body
        assert headers["content-type"] == "application/cloudevents-batch+json"
        found: list[dict[str, Any]] = json.loads(body)
        return found
