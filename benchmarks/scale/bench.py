"""PostgreSQL, Redis, nginx, doors and one or two Rasas on this machine. Run by ``make bench-scale``.

Measures messages a second with one and with two Rasa processes, then kills parts while many visitors write and counts
what was lost. Writes benchmarks/results/scale.json and scale.md; ends with 1 when something was lost. ``--quick`` is
shorter and writes to var/bench/ instead.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.load import bench as load_bench
from benchmarks.load import servers
from benchmarks.scale import engines, outages

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "bench" / "scale"
SECRETS = {"SECRET_KEY": "only for this measurement", "CHAT_THREADS": "32"}


def main() -> int:
    """Measures; 1 when a message was lost, doubled, out of order or never answered."""
    quick = "--quick" in sys.argv
    seconds, conversations, messages = (4, 50, 3) if quick else (20, 500, 6)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    load_bench.WORK.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {"date": date.today().isoformat(), "machine": servers.machine(), "rasas": {}}
    with ExitStack() as stack:
        redis = engines.redis(WORK)
        postgres, address = engines.postgres(WORK)
        actions = servers.action_server(WORK)
        stack.enter_context(servers.running(redis, postgres, actions))
        engines.wait_for_postgres(address)
        shared = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
        rasas = [servers.rasa(WORK, ROOT, load_bench.MODEL, actions, f"rasa-{number}", **shared) for number in (1, 2)]
        stack.enter_context(servers.running(rasas[0]))
        results["rasas"]["1"] = _rate([rasas[0]], seconds, "one")
        stack.enter_context(servers.running(rasas[1]))
        results["rasas"]["2"] = _rate(rasas, seconds, "two")
        results["ratio"] = round(results["rasas"]["2"]["per_second"] / results["rasas"]["1"]["per_second"], 3)
        doors_at = _Doors(rasas, address, shared["REDIS_URL"])
        with doors_at as (url, doors):
            results["through_all"] = load_bench.load(url, "door", 8, seconds)
            print(f"  all together, 8 visitors: {results['through_all']}", flush=True)
            killed: list[str] = []
            began = time.monotonic()
            seen = asyncio.run(
                outages.visit(url, conversations, messages, lambda: _outages(rasas, doors, redis, killed, quick))
            )
            results["outages"] = {
                "conversations": conversations,
                "messages": seen.sent,
                "seconds": round(time.monotonic() - began, 1),
                "killed": killed,
                "sent_again": seen.tries,
                "right": seen.right,
                "answered_by_door": seen.by_door,
                "other_answers": seen.wrong,
                "findings": {name: count for name, count in seen.findings.items() if count},
            }
    results["load_average_after"] = servers.machine()["load_average"]
    _write(results, ROOT / ("var/bench" if quick else "benchmarks/results"))
    print(_table(results))
    return 1 if results["outages"]["findings"] else 0


class _Doors:
    """Two doors and nginx in front of all."""

    def __init__(self, rasas: list[servers.Part], address: str, redis: str) -> None:
        self._rasas, self._stack = rasas, ExitStack()
        self._settings = {**SECRETS, "DATABASE_URL": address, "REDIS_URL": redis, "CHAT_TRUSTED_PROXIES": "127.0.0.1"}

    def __enter__(self) -> tuple[str, list[servers.Part]]:
        inner, _, rasa_url = engines.nginx(
            _folder("inner"), ["127.0.0.1:9"], [_host(rasa) for rasa in self._rasas], ["127.0.0.1:9"]
        )
        self._stack.enter_context(servers.running(inner))
        doors = [servers.door(_folder(f"door-{n}"), rasa_url, **self._settings) for n in (1, 2)]
        self._stack.enter_context(servers.running(*doors))
        outer, url, _ = engines.nginx(
            _folder("outer"), [_host(door) for door in doors], ["127.0.0.1:9"], ["127.0.0.1:9"]
        )
        self._stack.enter_context(servers.running(outer))
        return url, doors

    def __exit__(self, *_: Any) -> None:
        self._stack.close()


def _folder(name: str) -> Path:
    (WORK / name).mkdir()
    return WORK / name


def _host(part: servers.Part) -> str:
    return part.url.removeprefix("http://")


def _rate(rasas: list[servers.Part], seconds: int, name: str) -> dict[str, Any]:
    """Messages a second of Rasas behind nginx."""
    proxy, _, url = engines.nginx(
        _folder(f"proxy-{name}"), ["127.0.0.1:9"], [_host(rasa) for rasa in rasas], ["127.0.0.1:9"]
    )
    with servers.running(proxy):
        load_bench.load(url, "inner", 8, 2)
        found = load_bench.load(url, "inner", 8, seconds)
    print(f"  {name} Rasa, 8 visitors: {found}", flush=True)
    return found


async def _outages(
    rasas: list[servers.Part], doors: list[servers.Part], redis: servers.Part, killed: list[str], quick: bool
) -> None:
    """Kills a Rasa, a door and Redis, one after the other, and starts each again."""
    pause = 2 if quick else 6
    for name, part, down in (("a Rasa", rasas[0], 1.0), ("a door", doors[0], 1.0), ("Redis", redis, 3.0)):
        await asyncio.sleep(pause)
        await asyncio.to_thread(part.kill)
        killed.append(name)
        print(f"  killed {name}", flush=True)
        await asyncio.sleep(down)
        await asyncio.to_thread(part.start)


def _write(results: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scale.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "scale.md").write_text(_table(results), encoding="utf-8")


def _table(results: dict[str, Any]) -> str:
    """The figures as Markdown."""
    machine, out = results["machine"], results["outages"]
    lines = [
        "# Several processes",
        "",
        f"`make bench-scale` on {results['date']}: {machine['cores']} cores ({machine['processor']}) for everything,"
        f" the visitors too; load average {machine['load_average']} before, {results['load_average_after']} after.",
        "",
        "| 8 visitors | messages a second | p50 ms | p95 ms | answers right | not answered |",
        "|---|---|---|---|---|---|",
    ]
    rows = [(f"{count} Rasa behind nginx", found) for count, found in results["rasas"].items()]
    for name, found in [*rows, ("2 doors, 2 Rasas, PostgreSQL, Redis, nginx", results["through_all"])]:
        right = "" if found["right"] is None else f"{found['right']:.1%}"
        lines.append(
            f"| {name} | {found['per_second']} | {found['p50']} | {found['p95']} | {right} | {found['unanswered']} |"
        )
    lines += [
        "",
        f"Two Rasas against one: {results['ratio']} times the messages a second.",
        "",
        f"{out['conversations']} conversations at once, {out['messages']} messages in {out['seconds']} s, while "
        f"{', '.join(out['killed'])} were killed and started again:",
        "",
        "| | |",
        "|---|---|",
        f"| answers that say what they should | {out['right']} |",
        f"| answered by the door (number, card) while no Rasa did | {out['answered_by_door']} |",
        f"| other answers | {out['other_answers']} |",
        f"| requests that were sent again | {out['sent_again']} |",
        *(f"| **{name}** | {out['findings'].get(name, 0)} |" for name in _LOSSES),
    ]
    lines += [f"| **{name}** | {count} |" for name, count in out["findings"].items() if name not in _LOSSES]
    return "\n".join(lines) + "\n"


_LOSSES = ("lost", "doubled", "out of order", "without an answer", "never answered")

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
