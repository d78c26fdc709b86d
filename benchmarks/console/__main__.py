"""How the console, its search and the retention grow with the log. Run by ``make bench-console``.

For each engine (SQLite, PostgreSQL of the system's packages on this machine) and each size a database of its own is
filled, measured (``benchmarks/console/pages.py``, in the door's environment) and thrown away. Writes
benchmarks/results/console.json, console.md and console.svg; ends with 1 when the p95 of a page is over the target at
the largest size. ENGINES=sqlite leaves one out; MESSAGES=10000 takes other sizes. Such runs are printed only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.load import servers
from benchmarks.scale import engines

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "var" / "bench" / "console"
RESULTS = ROOT / "benchmarks" / "results"
ENGINES = ("sqlite", "postgresql")
SIZES = (10_000, 100_000, 1_000_000)
#: Messages of a conversation, on average.
EACH = 10
#: Milliseconds that a page may take (p95).
TARGET = 150
#: Pages whose growth the plot shows.
DRAWN = (
    *("queue", "queue, reviewed, far down", "search: rare word", "search: frequent word", "transcript, 10 messages"),
    *("insight, a year",),
)


def main() -> int:
    """Measures; 1 when a page takes too long at the largest size."""
    chosen = tuple(os.environ.get("ENGINES", ",".join(ENGINES)).split(","))
    sizes = tuple(int(size) for size in os.environ.get("MESSAGES", ",".join(map(str, SIZES))).split(","))
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    results: dict[str, Any] = {"date": date.today().isoformat(), "machine": servers.machine(), "engines": {}}
    for engine in chosen:
        with _settings(engine) as of_size:
            results["engines"][engine] = [measured(engine, size, of_size(size)) for size in sizes]
    results["load_average_after"] = servers.machine()["load_average"]
    shutil.rmtree(WORK)
    if (chosen, sizes) == (ENGINES, SIZES):
        (RESULTS / "console.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (RESULTS / "console.md").write_text(table(results), encoding="utf-8")
        plot(results, RESULTS / "console.svg")
    print(table(results))
    return 1 if slow(results) else 0


@contextmanager
def _settings(engine: str) -> Iterator[Any]:
    """Gives a function from a size to the environment variables of an empty database."""
    if engine == "sqlite":
        yield lambda size: {"CHAT_DATA_DIR": str(WORK / f"sqlite-{size}")}
        return
    server, address = engines.postgres(WORK)
    with servers.running(server):
        engines.wait_for_postgres(address)

        def database(size: int) -> dict[str, str]:
            subprocess.run(["psql", address, "-qc", f"create database of_{size}"], check=True)
            data = {"CHAT_DATA_DIR": str(WORK / f"postgresql-{size}")}
            return {**data, "DATABASE_URL": address.replace("/postgres", f"/of_{size}")}

        yield database


def measured(engine: str, messages: int, environment: dict[str, str]) -> dict[str, Any]:
    """The figures of one database.

    Raises:
        subprocess.CalledProcessError: it could not be filled, or a page failed.
    """
    print(f"{engine}: making and measuring {messages:,} messages ...", flush=True)
    command = [
        *(str(servers.WEB / "python"), "-m", "benchmarks.console.pages"),
        *(str(messages // EACH), str(messages)),
    ]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    worst = max(found["pages"], key=lambda name: found["pages"][name]["p95"])
    print(f"  made in {found['made_seconds']} s; slowest page: {worst}, {found['pages'][worst]}", flush=True)
    return found


def slow(results: dict[str, Any]) -> list[str]:
    """The pages that take too long at the largest size."""
    return [
        f"{engine}: {name}"
        for engine, found in results["engines"].items()
        for name, page in found[-1]["pages"].items()
        if page["p95"] > TARGET
    ]


def table(results: dict[str, Any]) -> str:
    """The figures as Markdown."""
    machine = results["machine"]
    lines = [
        "# The console and the log",
        "",
        f"`make bench-console` on {results['date']}: {machine['cores']} cores ({machine['processor']}); load average "
        f"{machine['load_average']} before, {results['load_average_after']} after. Milliseconds of a page without the "
        f"network, p95 (median); at most {TARGET} are wanted at the largest size.",
    ]
    for engine, found in results["engines"].items():
        lines += ["", f"| {engine}: messages | {' | '.join(format(size['messages'], ',') for size in found)} |"]
        lines += ["|---|" + "--:|" * len(found)]
        for name in found[0]["pages"]:
            cells = [f"{size['pages'][name]['p95']} ({size['pages'][name]['median']})" for size in found]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        gone = [f"{size['retention']['deleted']} in {size['retention']['seconds']} s" for size in found]
        lines.append(f"| retention, conversations of a day deleted | {' | '.join(gone)} |")
        idle = [f"{size['retention']['seconds_when_nothing_is_due']} s" for size in found]
        lines.append(f"| retention, nothing due | {' | '.join(idle)} |")
        lines.append(f"| size of the database, MB | {' | '.join(str(size['megabytes']) for size in found)} |")
    lines += ["", f"Over {TARGET} ms: {', '.join(slow(results)) or 'none'}."]
    return "\n".join(lines) + "\n"


def plot(results: dict[str, Any], path: Path) -> None:
    """Draws how pages, retention and size grow."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "console"
    figure, (pages, gone, size) = plt.subplots(1, 3, figsize=(14, 4.5))
    for style, (engine, found) in zip(("-", "--"), results["engines"].items()):
        messages = [one["messages"] for one in found]
        pages.set_prop_cycle(None)
        for name in DRAWN:
            label = name if style == "-" else None
            pages.plot(messages, [one["pages"][name]["p95"] for one in found], style, marker="o", label=label)
        each = [1000 * one["retention"]["seconds"] / max(1, one["retention"]["deleted"]) for one in found]
        gone.plot(messages, each, style, marker="o", label=engine)
        size.plot(messages, [one["megabytes"] for one in found], style, marker="o", label=engine)
    pages.axhline(TARGET, color="0.6", linewidth=1)
    for axes, title in (
        (pages, "page, p95 in ms (dashed: PostgreSQL)"),
        (gone, "retention, ms for each conversation deleted"),
        (size, "size of the database, MB"),
    ):
        axes.set_title(title)
        axes.set_xlabel("messages in the log")
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8)
    size.set_yscale("log")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended
    sys.exit(main())
