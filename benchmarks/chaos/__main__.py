"""Plays every fault and prints a table. ``make chaos`` runs ``python -m benchmarks.chaos``.

Writes benchmarks/results/chaos.json and the table in docs/reliability.md; ends with 1 when a promise was broken.
``--quick`` leaves out what takes long (a second Rasa, PostgreSQL, Redis) and writes to var/chaos only.
"""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

from benchmarks.chaos import answers, database, engines, kills, machine, network, table
from benchmarks.chaos.parts import Parts, unmount
from benchmarks.chaos.trial import Row
from benchmarks.load import servers
from benchmarks.load.bench import MODEL
from benchmarks.load.servers import ROOT
from benchmarks.scale import engines as scale_engines

WORK = ROOT / "var" / "bench" / "chaos"
#: Seconds after which no further fault is begun: on a machine this busy the rest says nothing.
ENOUGH = 1200.0


def main() -> int:
    """Plays all; 1 when a promise was broken or a fault could not be played."""
    quick = "--quick" in sys.argv
    unmount(WORK / "data")  # of a run that was killed
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    found = servers.machine()
    began = time.monotonic()
    rows: list[Row] = []
    with ExitStack() as stack:
        print("Starting the parts ...", flush=True)
        parts = Parts(WORK, MODEL)
        stack.callback(parts.stop)
        parts.start()
        began_faults = time.monotonic()
        for row in _faults(parts, stack, quick):
            rows.append(row)
            if time.monotonic() - began > ENOUGH:
                rows.append(Row("all that follows", not_run="this machine is too busy: it took twenty minutes to here"))
                break
    run = {
        "date": date.today().isoformat(),
        "machine": found,
        "seconds": time.monotonic() - began,
        "seconds_until_ready": began_faults - began,
        "load_average_after": servers.machine()["load_average"],
        "mounted": parts.mounted,
    }
    print("\n" + table.markdown(rows, run))
    table.write(rows, run, kept=not quick)
    where = "var/chaos" if quick else "benchmarks/results/chaos.json and the table in docs/reliability.md"
    print(f"Written: {where}.")
    return 1 if any(row.broken for row in rows) else 0


def _faults(parts: Parts, stack: ExitStack, quick: bool) -> Iterator[Row]:
    """All faults, in an order in which none has to wait for what the one before it broke."""
    yield from answers.run(parts)
    yield from network.run(parts)
    yield from kills.door(parts)
    yield from kills.rasa(parts)
    yield from kills.actions(parts)
    yield from kills.sender(parts)
    yield from database.run(parts)
    yield from machine.backup(parts)
    if quick:
        return
    yield from engines.postgres(parts)
    redis, settings = None, {}
    if engines.REDIS in engines.installed():
        redis = scale_engines.redis(parts.work)
        stack.enter_context(servers.running(redis))
        settings = {"REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
    second = machine.second_rasa(parts, MODEL, **settings)
    stack.callback(second.stop)
    yield from machine.damaged_model(parts, second)
    yield from engines.redis(parts, redis)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
