"""Visitors, for locust: each plays real conversations, one after the other, without a pause, and reads the answers.

Settings come from the environment: BENCH_CHANNEL (rest, inner or door), BENCH_TALKS (a JSON file of conversations:
lists of turns with ``visitor`` and ``says``), BENCH_OUT (where the figures go, as JSON), BENCH_LONGEST (messages of a
conversation that are played; 0 for all), BENCH_TOTAL (messages after which the run ends; 0 for none) and BENCH_RATE
(messages a second of all visitors together, at even distances; 0 for as fast as they are answered).
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any

import gevent
from locust import constant, events, task
from locust.contrib.fasthttp import FastHttpUser

from benchmarks.load.variation import varied

CHANNEL = os.environ["BENCH_CHANNEL"]
TALKS: list[list[dict[str, Any]]] = json.loads(Path(os.environ["BENCH_TALKS"]).read_text(encoding="utf-8"))
LONGEST = int(os.environ.get("BENCH_LONGEST", "0"))
TOTAL = int(os.environ.get("BENCH_TOTAL", "0"))
RATE = float(os.environ.get("BENCH_RATE", "0"))
#: One message: milliseconds until its answer; whether it was answered; whether the answer says what it should, or None.
ANSWERS: list[tuple[float, bool, bool | None]] = []
#: When the first message was sent and the last one answered; the tool's own start is nobody's time.
SPAN = [float("inf"), 0.0]
#: When the next message is due, where there is a rate.
DUE = [0.0]
#: By minute: milliseconds of each answer of it, and how many messages were not answered.
MINUTES: dict[int, tuple[list[float], list[bool]]] = defaultdict(lambda: ([], []))


def wait_for_turn() -> None:
    """Waits until the next message of all visitors is due."""
    if RATE:
        now = time.perf_counter()
        DUE[0] = max(DUE[0] + 1 / RATE, now)
        gevent.sleep(DUE[0] - now)


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
            wait_for_turn()
            started = time.perf_counter()
            said = self._say(sender, headers, varied(turn["visitor"], self._chance))
            ended = time.perf_counter()
            SPAN[0], SPAN[1] = min(SPAN[0], started), max(SPAN[1], ended)
            taken = (ended - started) * 1000
            right = all(words.lower() in said.lower() for words in turn["says"]) if turn["says"] else None
            ANSWERS.append((taken, bool(said), right if said else False))
            times, unanswered = MINUTES[int((started - SPAN[0]) // 60)]
            times.append(taken)
            unanswered.append(not said)
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
    times = [taken for taken, _, _ in ANSWERS]
    judged = [right for _, _, right in ANSWERS if right is not None]
    seconds = max(SPAN[1] - SPAN[0], 0.001) if times else 0.001

    def percentile(share: float, of: list[float]) -> float | None:
        return round(sorted(of)[min(len(of) - 1, int(len(of) * share))], 2) if of else None

    figures = {
        "messages": len(times),
        "seconds": round(seconds, 2),
        "per_second": round(len(times) / seconds, 2),
        "p50": percentile(0.5, times),
        "p95": percentile(0.95, times),
        "p99": percentile(0.99, times),
        "unanswered": sum(not answered for _, answered, _ in ANSWERS),
        "minutes": [
            {"messages": len(taken), "p95": percentile(0.95, taken), "unanswered": sum(unanswered)}
            for _, (taken, unanswered) in sorted(MINUTES.items())
        ],
        "right": round(sum(judged) / len(judged), 4) if judged else None,
    }
    Path(os.environ["BENCH_OUT"]).write_text(json.dumps(figures), encoding="utf-8")
