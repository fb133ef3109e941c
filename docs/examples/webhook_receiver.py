"""A webhook receiver that verifies: keeps each event once, and answers only after it is on the disk.

    ENGINE_SECRET=whsec_... python webhook_receiver.py 8080 events.jsonl

Put a proxy with TLS before it: Vedette pushes to https only, unless VEDETTE_ALLOW_NETWORKS names its network.
During rotation set ENGINE_SECRET to both secrets with a space between. Python 3.11, nothing to install.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

LARGEST = 64 * 1024  # bytes; events are under 20 kB


def verify(headers, body, secrets):
    """Whether one of the secrets signed this body, less than five minutes ago."""
    try:
        fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        given = [one.partition(",")[2] for one in headers["webhook-signature"].split() if one.startswith("v1,")]
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    marks = [
        base64.b64encode(hmac.new(base64.b64decode(secret.removeprefix("whsec_")), said, hashlib.sha256).digest())
        for secret in secrets
    ]
    return fresh and any(hmac.compare_digest(mark, one.encode()) for mark in marks for one in given)


class Kept:
    """The file of events and the ids in it; a line cut short by a crash is cut off."""

    def __init__(self, path):
        self._lock = Lock()
        self._file = open(path, "a+b")
        self._file.seek(0)
        whole = self._file.read().rpartition(b"\n")[0]
        self._file.truncate(len(whole) + 1 if whole else 0)
        self._ids = {json.loads(line)["id"] for line in whole.splitlines()}

    def add(self, identity, body):
        """Keep an event unless it is there already."""
        with self._lock:
            if identity not in self._ids:
                self._file.write(body.replace(b"\n", b" ") + b"\n")
                self._file.flush()
                os.fsync(self._file.fileno())
                self._ids.add(identity)


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 once an event is kept, 401 to everybody else."""

    kept = None
    secrets = ()

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > LARGEST:
            return self._answer(413)
        body = self.rfile.read(length)
        if not verify(self.headers, body, self.secrets):
            return self._answer(401)
        event = json.loads(body)
        if event["data"]["status"] == "actual":  # tests and exercises are answered and not kept
            self.kept.add(event["id"], body)
        return self._answer(204)

    def _answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


def main():
    """Listen on the port of the first argument; keep events in the file of the second."""
    Receiver.secrets = os.environ["ENGINE_SECRET"].split()
    Receiver.kept = Kept(sys.argv[2])
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
