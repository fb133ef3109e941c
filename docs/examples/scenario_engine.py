"""A small scenario engine: reads the alert feed and prints the state of each scenario.

    python scenario_engine.py out/alerts.jsonl
    python scenario_engine.py http://127.0.0.1:8787/v1/alerts --follow     (VEDETTE_TOKEN where one is set)

Every indicator that fires adds its weight to its scenario: raises and confirms count up, lowers counts down, and each
sign is worth half as much after 90 days. What it knows lies in one file (--state) that is replaced in one step, so it
may be killed at any moment: the place in the feed and what was counted are kept together. Nothing to install.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

HALF_LIFE = 90.0  # days
SIGN = {"raises": 1, "confirms": 1, "lowers": -1}
BATCH = 200


def from_file(path, last):
    """Events after `last`; a line without its line break is still being written and is left for the next run."""
    with open(path, "rb") as lines:
        for line in lines:
            if line.endswith(b"\n") and (event := json.loads(line))["id"] > last:
                yield event


def from_feed(url, last, wait):
    """Events after `last`, batch by batch; `wait` milliseconds for new ones at the end of the feed."""
    while batch := ask(url, {"lastEventId": last, "limit": BATCH, "timeout": wait}):
        yield from batch
        last = batch[-1]["id"]


def ask(url, query):
    """One batch. Where our place is out of retention (410) reading goes on with the oldest event, and says so."""
    given = urllib.parse.urlencode({name: value for name, value in query.items() if value})
    request = urllib.request.Request(f"{url}?{given}")
    if token := os.environ.get("VEDETTE_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code != 410:
            raise
        print(f"events after {query['lastEventId']} are gone; going on with the oldest", file=sys.stderr)
        return ask(url, query | {"lastEventId": ""})


def count(state, event):
    """Note what an event does to scenarios. The same event twice is one; corrections replace what they speak of."""
    data = event["data"]
    state["last"] = event["id"]
    if data["status"] != "actual":
        return
    for corrected in data["references"]:
        state["signs"].pop(corrected, None)
    if data["message_type"] != "cancel" and data["scenarios"]:
        keys = ("id", "title", "effect", "weight", "variable", "value", "unit")
        effects = [{key: effect[key] for key in keys} for effect in data["scenarios"]]
        state["signs"][event["id"]] = {"time": event["time"], "headline": data["headline"], "effects": effects}


def scenarios(state, now):
    """By scenario: title, pressure, signs counted, newest headline, newest value of each variable."""
    found = {}
    for _, sign in sorted(state["signs"].items()):
        age = (now - datetime.fromisoformat(sign["time"])).total_seconds() / 86400
        for effect in sign["effects"]:
            one = found.setdefault(effect["id"], {"title": effect["title"], "pressure": 0.0, "signs": 0, "values": {}})
            one["pressure"] += SIGN[effect["effect"]] * effect["weight"] * 0.5 ** (max(age, 0) / HALF_LIFE)
            one["signs"] += 1
            one["latest"] = sign["headline"]
            if effect["value"] is not None:
                one["values"][effect["variable"]] = f"{effect['value']} {effect['unit'] or ''}".strip()
    return dict(sorted(found.items(), key=lambda item: -abs(item[1]["pressure"])))


def show(state, now):
    """One line a scenario, the strongest first."""
    for name, one in scenarios(state, now).items():
        values = ", ".join(f"{variable}={value}" for variable, value in one["values"].items())
        print(f"{name:<24} {one['pressure']:+8.2f}  {one['signs']:>4} signs  {values}  {one['latest']}", flush=True)


def load(path):
    """What was known when the last event was finished."""
    return json.loads(path.read_text("utf-8")) if path.exists() else {"last": "", "signs": {}}


def save(path, state):
    """Replace the file in one step."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(state, ensure_ascii=False), "utf-8")
    os.replace(fresh, path)


def main():
    """Read what is new, keep it, print the states; with --follow again and again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("feed", help="alerts.jsonl, or the address of /v1/alerts")
    parser.add_argument("--state", type=Path, help="where it keeps what it knows; else scenarios.json beside the feed")
    parser.add_argument("--follow", action="store_true", help="wait for new events (HTTP only)")
    given = parser.parse_args()
    over_http = given.feed.startswith(("http://", "https://"))
    given.state = given.state or (Path() if over_http else Path(given.feed).parent) / "scenarios.json"
    state = load(given.state)
    while True:
        wait = 30_000 if given.follow else 0
        events = from_feed(given.feed, state["last"], wait) if over_http else from_file(given.feed, state["last"])
        fresh = 0
        for fresh, event in enumerate(events, 1):
            count(state, event)
            if fresh % BATCH == 0 or given.follow:
                save(given.state, state)
                if given.follow:
                    show(state, datetime.now(UTC))
        save(given.state, state)
        if not (given.follow and over_http):
            show(state, datetime.now(UTC))
            return


if __name__ == "__main__":
    main()
