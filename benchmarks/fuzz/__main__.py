"""Sends bad input of every kind to the real door with the real Rasa, and to floor and masking. Run by ``make fuzz``.

Ends with 1 when a promise was broken. QUICK=1 takes under a minute; only a full run is kept in
benchmarks/results/fuzz.json and docs/reliability.md, others in var/fuzz/.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import reliability
from benchmarks.load import servers

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "fuzz" / "run"
MODEL = ROOT / "models" / "assistant.tar.gz"
#: Seconds of each part, and of a quick run. Parts with a fixed list take what that list takes besides.
PARTS = {"door": (70, 5), "staff": (80, 10), "words": (60, 6)}
#: Lines of the door's log that are no finding: what is said of a Rasa that did not answer, and of refused requests.
_SAID = ("Rasa gave no answer", "request refused")


def main() -> int:
    """Sends; 1 when a promise was broken."""
    quick = bool(os.environ.get("QUICK"))
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    kinds: dict[str, dict[str, Any]] = {}
    actions = servers.action_server(WORK)
    rasa = servers.rasa(WORK, ROOT, MODEL, actions)
    with servers.running(actions, rasa):
        door = servers.door(WORK, rasa.url)
        with servers.running(door):
            for part, seconds in PARTS.items():
                print(f"{part} ...", flush=True)
                arguments = [] if part == "words" else [door.url]
                kinds |= run(part, [*arguments, str(seconds[quick])])
            alive = door.is_ready()
    broken = [finding for kind in kinds.values() for finding in kind["findings"]]
    broken += failures(WORK / "door.log") + ([] if alive else ["the door did not answer any more at the end"])
    results = {"date": date.today().isoformat(), "kinds": kinds, "broken": broken}
    table = reliability.fuzz_table(results)
    reliability.write("fuzz", results, table, kept=not quick)
    print(table)
    for finding in broken:
        print(f"Broken: {finding}", file=sys.stderr)
    return 1 if broken else 0


def run(part: str, arguments: list[str]) -> dict[str, dict[str, Any]]:
    """Runs one part in the door's environment; gives its counts by kind.

    Raises:
        subprocess.CalledProcessError: it failed; what it said stands above.
    """
    settings = {"CHAT_DATA_DIR": str(WORK / "data"), "PYTHONWARNINGS": "ignore"}
    command = [str(servers.WEB / "python"), "-m", f"benchmarks.fuzz.{part}", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


def failures(log: Path) -> list[str]:
    """Lines of the door's log that tell of a failure of its own: they have a stack, or are an error."""
    found = []
    for line in log.read_text(encoding="utf-8").splitlines():
        if not line.startswith("{"):
            found.append(f"the log says: {line[:200]}")
            continue
        said = json.loads(line)
        refused = said["logger"].startswith("django.security")  # Django writes those with their stack
        if said["level"] in ("ERROR", "CRITICAL") and said["message"] not in _SAID and not refused:
            found.append(f"the log says: {said['message']} {said.get('exc_info', '')[-300:]}")
    return found


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
