"""Speed, memory and size of the assistant beside a stock one, in one run on one machine. Run by ``make bench``.

Writes benchmarks/results/load.json, load.md (a table) and load.svg (a plot). ``--quick`` takes about a minute once the
stock assistant is trained, and writes to var/bench/ instead: its figures are too rough to keep.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import yaml

from benchmarks.load import report, servers, sizes, stock
from benchmarks.load.variation import varied
from safety.replies import RESPONSES

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "assistant.tar.gz"
WORK = ROOT / "var" / "bench" / "run"
LOCUST = ROOT / "benchmarks" / ".venv" / "bin" / "locust"
VISITORS = (1, 8, 32, 128)
TURNS = (10, 100, 300, 500)


@dataclass(frozen=True)
class Effort:
    """How long each part of a run takes.

    Attributes:
        seconds: of each load.
        conversations: after which memory is measured.
        turns: of the long conversation.
        patience: seconds after which a long conversation is broken off.
        every: which of the held-out sentences are read (every n-th).
        visitors: how many at once.
    """

    seconds: int = 20
    conversations: int = 10_000
    turns: tuple[int, ...] = TURNS
    patience: float = 300.0
    every: int = 1
    visitors: tuple[int, ...] = VISITORS


QUICK = Effort(seconds=3, conversations=200, turns=(10, 30), patience=20.0, every=40, visitors=(1, 8))


def talks() -> list[list[dict[str, Any]]]:
    """The conversations of tests/conversations/, each turn with what the visitor writes and what the answer says.

    Without what begins with a slash: Rasa's own channel, through which stock is measured too, takes it for a command
    and may answer nothing (our inner channel takes it for words).
    """
    return [
        [
            {
                "visitor": turn["visitor"],
                "says": turn.get("says") or [beginning(name) for name in turn.get("topics", [])],
            }
            for turn in yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]
            if not turn["visitor"].startswith("/")
        ]
        for path in sorted((ROOT / "tests" / "conversations").glob("*/*.yml"))
        if path.parent.name != "taught"
    ]


def beginning(topic: str) -> str:
    """How the reply to a topic begins: as far as it stands in domain.yml word for word, and 30 letters at most."""
    return str(RESPONSES[f"utter_{topic}"][0]["text"]).strip().partition("{")[0][:30]


def load(
    url: str,
    channel: str,
    visitors: int,
    seconds: int,
    *,
    total: int = 0,
    longest: int = 0,
    rate: float = 0,
    file: str = "benchmarks/load/visitors.py",
) -> dict[str, Any]:
    """Plays conversations with so many visitors at once.

    Args:
        url: of the part to measure.
        channel: rest, inner or door.
        visitors: at once.
        seconds: for how long.
        total: messages after which it ends; 0 for none.
        longest: messages of a conversation that are played; 0 for all.
        rate: messages a second of all visitors together; 0 for as fast as they are answered.
        file: how the visitors behave.

    Returns:
        what benchmarks/load/visitors.py writes: milliseconds (p50, p95, p99), messages a second, how many were not
        answered (by minute too), and the share of answers that say what they should.

    Raises:
        RuntimeError: the load tool failed.
    """
    (WORK / "talks.json").write_text(json.dumps(talks()), encoding="utf-8")
    out = WORK / "out.json"
    out.unlink(missing_ok=True)
    settings = {
        "BENCH_CHANNEL": channel,
        "BENCH_TALKS": str(WORK / "talks.json"),
        "BENCH_OUT": str(out),
        "BENCH_TOTAL": str(total),
        "BENCH_LONGEST": str(longest),
        "BENCH_RATE": str(rate),
    }
    command = [
        *(str(LOCUST), "--headless", "--only-summary", "--locustfile", file, "--host", url),
        *("--users", str(visitors), "--spawn-rate", str(visitors), "--run-time", f"{seconds}s", "--stop-timeout", "30"),
    ]
    with (WORK / "locust.log").open("ab") as log:
        subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log, check=False)
    if not out.is_file():
        raise RuntimeError(f"The load tool failed; see {WORK / 'locust.log'}")
    figures: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if not figures.get("messages", 1):
        raise RuntimeError(f"No message got through to {url}; see {WORK / 'locust.log'} and the logs beside it")
    return figures


def load_on(part: servers.Part, channel: str, visitors: int, seconds: int) -> dict[str, Any]:
    """As :func:`load`, with the processor time of a part for each message in milliseconds (``cpu_ms``).

    Other work on the machine changes that time little.
    """
    before = part.processor_seconds()
    found = load(part.url, channel, visitors, seconds)
    spent = part.processor_seconds() - before
    return {**found, "cpu_ms": round(spent * 1000 / found["messages"], 2)}


def growth(url: str, turns: tuple[int, ...], patience: float) -> dict[str, float | None]:
    """Milliseconds of a message at some turns of one long conversation (median of the ten turns up to each).

    Args:
        url: of a Rasa.
        turns: which.
        patience: seconds after which it is broken off; what was not reached is None.
    """
    sentences = itertools.cycle([turn["visitor"] for talk in talks() for turn in talk])
    chance, sender, times = random.Random(1), str(uuid.uuid4()), []
    began = time.monotonic()
    with httpx.Client(timeout=60, trust_env=False) as client:
        while len(times) < max(turns) and time.monotonic() - began < patience:
            body = {"sender": sender, "message": varied(next(sentences), chance)}
            started = time.perf_counter()
            client.post(f"{url}/webhooks/rest/webhook", json=body).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    return {
        str(turn): round(statistics.median(times[turn - 10 : turn]), 2) if len(times) >= turn else None
        for turn in turns
    }


def understanding(model: Path, every: int) -> dict[str, float]:
    """Share of held-out sentences whose intent a model names right."""
    command = [sys.executable, "-m", "benchmarks.load.intents", str(model), str(every)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def train_ours() -> dict[str, float]:
    """Trains ours anew, into a file of its own, with nothing kept from before: seconds, and those of the processor."""
    out = WORK / "ours-model"
    cache = {"RASA_CACHE_DIRECTORY": str(WORK / "cache")}
    before = os.environ.copy()
    os.environ.update(cache)
    try:
        found = stock.timed(["train", "--quiet", "--fixed-model-name", "ours", "--out", str(out)], ROOT, WORK)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return found


def measure_rasa(name: str, part: servers.Part, channels: tuple[str, ...], effort: Effort) -> dict[str, Any]:
    """All that is measured of one Rasa, which is started for it and ended.

    Args:
        name: for what is printed.
        part: the Rasa.
        channels: to measure it through.
        effort: how much.
    """
    found: dict[str, Any] = {}
    with servers.running(part):
        found["ready_seconds"] = part.seconds_to_ready
        load(part.url, channels[0], 1, 2)  # what is loaded with the first message
        found["memory_start_mb"] = part.memory()
        for channel in channels:
            found[channel] = {}
            for visitors in effort.visitors:
                found[channel][str(visitors)] = load_on(part, channel, visitors, effort.seconds)
                print(f"  {name}, {channel}, {visitors} visitors: {found[channel][str(visitors)]}", flush=True)
        found["turns_ms"] = growth(part.url, effort.turns, effort.patience)
        print(f"  {name}, at turn: {found['turns_ms']}", flush=True)
        some = effort.conversations // 10
        load(part.url, channels[0], 8, 1800, total=some, longest=1)
        found["memory_tenth_mb"] = part.memory()
        load(part.url, channels[0], 8, 1800, total=effort.conversations - some, longest=1)
        found["memory_mb"] = part.memory()
        print(f"  {name}: {found['memory_start_mb']} MB, then {found['memory_mb']} MB", flush=True)
    return found


def main() -> int:
    """Measures, and writes the results; 1 when a reply was missing or ours did not answer better."""
    quick = "--quick" in sys.argv
    effort = QUICK if quick else Effort()
    trained = stock.train(float(os.environ.get("STOCK_EPOCHS", "1")), int(os.environ.get("STOCK_EVERY", "1")))
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    results: dict[str, Any] = {
        "date": date.today().isoformat(),
        "machine": servers.machine(),
        "visitors": effort.visitors,
    }
    actions = servers.action_server(WORK)
    with servers.running(actions):
        ours = servers.rasa(WORK, ROOT, MODEL, actions)
        results["ours"] = measure_rasa("ours", ours, ("rest", "inner"), effort)
        stock_rasa = servers.rasa(WORK, stock.FOLDER, stock.MODEL, actions, "stock")
        results["stock"] = measure_rasa("stock", stock_rasa, ("rest",), effort)
        behind = servers.rasa(WORK, ROOT, MODEL, actions, "behind-door")
        with servers.running(behind):
            door = servers.door(WORK, behind.url)
            with servers.running(door):
                results["door"] = {"ready_seconds": door.seconds_to_ready, "door": {}, "inner": {}}
                for visitors in effort.visitors:
                    found = load_on(door, "door", visitors, effort.seconds)
                    results["door"]["door"][str(visitors)] = found
                    print(f"  door, {visitors} visitors: {found}", flush=True)
                results["door"]["inner"]["1"] = load_on(behind, "inner", 1, effort.seconds)
                results["door"]["memory_mb"] = door.memory()
    results["ours"]["understanding"] = understanding(MODEL, effort.every)
    results["stock"]["understanding"] = understanding(stock.MODEL, effort.every)
    results["stock"]["training"] = trained
    if not quick:
        results["ours"]["training"] = train_ours()
    results["installed_mb"] = {
        "rasa environment": sizes.folder_megabytes(ROOT / ".venv"),
        "door environment": sizes.folder_megabytes(ROOT / "web" / ".venv"),
        "model": round(MODEL.stat().st_size / 1e6, 1),
        "stock model": round(stock.MODEL.stat().st_size / 1e6, 1),
    }
    results["widget_bytes"] = sizes.widget_bytes()
    results["load_average_after"] = servers.machine()["load_average"]
    report.write(results, ROOT / ("var/bench" if quick else "benchmarks/results"))
    print(report.table(results))
    levels = [*results["ours"]["rest"].values(), *results["door"]["door"].values()]
    unanswered = sum(level["unanswered"] for level in levels)
    if unanswered:
        print(f"{unanswered} messages were not answered.", file=sys.stderr)
    return 1 if unanswered else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
