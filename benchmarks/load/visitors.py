"""Visitors, for locust: each plays real conversations, one after the other, without a pause, and reads the answers.

Settings come from the environment: BENCH_CHANNEL (rest, inner or door), BENCH_TALKS (a JSON file of conversations:
lists of turns with ``visitor`` and ``says``), BENCH_OUT (where the figures go, as JSON), BENCH_LONGEST (messages of a
conversation that are played; 0 for all) and BENCH_TOTAL (messages after which the run ends; 0 for none).
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from pathlib import Path
from typing import Any

from locust import constant, events, task
from locust.contrib.fasthttp import FastHttpUser

from benchmarks.load.variation import varied

CHANNEL = os.environ["BENCH_CHANNEL"]
TALKS: list[list[dict[str, Any]]] = json.loads(Path(os.environ["BENCH_TALKS"]).read_text(encoding="utf-8"))
LONGEST = int(os.environ.get("BENCH_LONGEST", "0"))
TOTAL = int(os.environ.get("BENCH_TOTAL", "0"))
#: One message: milliseconds until its answer; whether it was answered; whether the answer says what it should, or None.
ANSWERS: list[tuple[float, bool, bool | None]] = []
#: When the first message was sent and the last one answered; the tool's own start is nobody's time.
SPAN = [float("inf"), 0.0]


class Visitor(FastHttpUser):
    """One visitor after the other, on one of so many screens."""

    wait_time = constant(0)
    network_timeout = connection_timeout = 60.0

    def on_start(self) -> None:
        """Takes randomness of its own."""
        self._chance = random.Random(uuid.uuid4().int)

    @task
    def talk(self) -> None:
        """Plays one conversation."""
        turns = self._chance.choice(TALKS)
        sender, headers = self._begin()
        for turn in turns[: LONGEST or None]:
            started = time.perf_counter()
            said = self._say(sender, headers, varied(turn["visitor"], self._chance))
            ended = time.perf_counter()
            SPAN[0], SPAN[1] = min(SPAN[0], started), max(SPAN[1], ended)
            taken = (ended - started) * 1000
            right = all(words.lower() in said.lower() for words in turn["says"]) if turn["says"] else None
            ANSWERS.append((taken, bool(said), right if said else False))
            if TOTAL and len(ANSWERS) >= TOTAL:
                self.environment.runner.quit()

    def _begin(self) -> tuple[str, dict[str, str]]:
        """A new conversation."""
        if CHANNEL != "door":
            return str(uuid.uuid4()), {}
        answer = self.client.post("/chat/sessions", json={})
        return "", {"Authorization": f"Bearer {answer.json()['token']}"}

    def _say(self, sender: str, headers: dict[str, str], text: str) -> str:
        """What the replies to a message say; nothing when there is no proper answer."""
        address, body = {
            "rest": ("/webhooks/rest/webhook", {"sender": sender, "message": text}),
            "inner": ("/webhooks/inner/webhook", {"sender": sender, "text": text}),
            "door": ("/chat/messages", {"id": str(uuid.uuid4()), "text": text}),
        }[CHANNEL]
        answer = self.client.post(address, json=body, headers=headers, name=address)
        if answer.status_code != 200:
            return ""
        replies = answer.json() if CHANNEL == "rest" else answer.json()["replies"]
        if CHANNEL == "door" and any(reply["kind"] == "unavailable" for reply in replies):
            return ""
        return "\n".join(reply.get("text") or "" for reply in replies)


@events.quitting.add_listener
def _write(**_: Any) -> None:
    times = sorted(taken for taken, _, _ in ANSWERS)
    judged = [right for _, _, right in ANSWERS if right is not None]
    seconds = max(SPAN[1] - SPAN[0], 0.001) if times else 0.001

    def percentile(share: float) -> float | None:
        return round(times[min(len(times) - 1, int(len(times) * share))], 2) if times else None

    figures = {
        "messages": len(times),
        "seconds": round(seconds, 2),
        "per_second": round(len(times) / seconds, 2),
        "p50": percentile(0.5),
        "p95": percentile(0.95),
        "p99": percentile(0.99),
        "unanswered": sum(not answered for _, answered, _ in ANSWERS),
        "right": round(sum(judged) / len(judged), 4) if judged else None,
    }
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps(figures), encoding="utf-8")
