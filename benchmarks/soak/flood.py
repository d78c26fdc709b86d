"""A flood, for locust: visitors from many addresses who write more than can be answered, and what they get instead.

Settings come from the environment as for benchmarks/load/visitors.py: BENCH_RATE (requests a second of all together),
BENCH_TALKS and BENCH_OUT; BENCH_NUMBER is the telephone number that a refusal has to say. Every tenth visitor comes
from one and the same address.
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import gevent
from locust import constant, events, task
from locust.contrib.fasthttp import FastHttpUser

from benchmarks.load.variation import varied

TALKS: list[list[dict[str, Any]]] = json.loads(Path(os.environ["BENCH_TALKS"]).read_text(encoding="utf-8"))
RATE = float(os.environ["BENCH_RATE"])
NUMBER = os.environ["BENCH_NUMBER"]
#: What came of the requests, and milliseconds of each kind.
OUTCOMES: Counter[str] = Counter()
TIMES: dict[str, list[float]] = defaultdict(list)
#: Answers that are none of what a flood may get, in words; the first ones.
IMPOLITE: list[str] = []
DUE = [0.0]
#: When the first request was sent, and the last one.
SPAN = [float("inf"), 0.0]


class Visitor(FastHttpUser):
    """One of the many."""

    wait_time = constant(0)
    network_timeout = connection_timeout = 30.0

    def on_start(self) -> None:
        """Takes randomness of its own."""
        self._chance = random.Random(uuid.uuid4().int)

    @task
    def talk(self) -> None:
        """Opens a chat from an address and writes, whatever is answered."""
        chance = self._chance
        shared = chance.random() < 0.1
        address = (
            "198.51.100.7" if shared else f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
        )
        headers = {"X-Forwarded-For": address, "Connection": "close"}
        opened = self._send("/chat/sessions", {}, headers)
        if "token" not in opened:
            return
        headers["Authorization"] = f"Bearer {opened['token']}"
        for turn in chance.choice(TALKS):
            body = {"id": str(uuid.uuid4()), "text": varied(turn["visitor"], chance)}
            self._send("/chat/messages", body, headers)

    def _send(self, address: str, body: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
        """Sends when it is its turn; notes what came of it."""
        now = time.perf_counter()
        DUE[0] = max(DUE[0] + 1 / RATE, now)
        gevent.sleep(DUE[0] - now)
        started = time.perf_counter()
        SPAN[0], SPAN[1] = min(SPAN[0], started), max(SPAN[1], started)
        answer = self.client.post(address, json=body, headers=headers)
        outcome, content = outcome_of(answer.status_code, answer.content or b"")
        OUTCOMES[outcome] += 1
        TIMES[outcome].append((time.perf_counter() - started) * 1000)
        if outcome == "impolite" and len(IMPOLITE) < 10:
            IMPOLITE.append(f"{address}: status {answer.status_code} {str(answer.error or '')[:200]}")
        return content


def outcome_of(status: int, content: bytes) -> tuple[str, dict[str, Any]]:
    """What an answer is to somebody who is one too many, and its values."""
    try:
        values: dict[str, Any] = json.loads(content)
    except ValueError:
        return "impolite", {}
    if status in (200, 201):
        unavailable = [reply["text"] for reply in values["replies"] if reply["kind"] == "unavailable"]
        if not unavailable:
            return "answered", values
        return ("unavailable, with the number" if NUMBER in " ".join(unavailable) else "impolite"), values
    if status in (429, 503) and NUMBER in values.get("detail", ""):
        return f"{status}, with the number", {}
    return "impolite", {}


@events.quitting.add_listener
def _write(**_: Any) -> None:
    slowest = {outcome: round(sorted(times)[int(len(times) * 0.95)], 1) for outcome, times in TIMES.items()}
    seconds = round(max(SPAN[1] - SPAN[0], 1.0), 1)
    figures = {"seconds": seconds, "outcomes": dict(OUTCOMES), "p95_ms": slowest, "impolite": IMPOLITE}
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps(figures), encoding="utf-8")
