"""The figures of a run as a table, as JSON and as a plot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write(results: dict[str, Any], folder: Path) -> None:
    """Writes load.json, load.md and load.svg into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "load.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "load.md").write_text(table(results), encoding="utf-8")
    _plot(results, folder / "load.svg")


def ratios(results: dict[str, Any]) -> dict[str, float | None]:
    """Ours against stock, in the same run; None where one of the two is missing."""
    ours, stock, door = results["ours"], results["stock"], results["door"]
    at = "8"

    def ratio(left: float | None, right: float | None) -> float | None:
        return round(left / right, 3) if left is not None and right else None

    turns = [value for value in ours["turns_ms"].values() if value is not None]
    return {
        "messages a second at 8 visitors": ratio(ours["rest"][at]["per_second"], stock["rest"][at]["per_second"]),
        "p95 at 8 visitors": ratio(ours["rest"][at]["p95"], stock["rest"][at]["p95"]),
        "processor time of a message at 8 visitors": ratio(ours["rest"][at]["cpu_ms"], stock["rest"][at]["cpu_ms"]),
        "memory": ratio(ours["memory_mb"], stock["memory_mb"]),
        "growth of memory, ours": ratio(ours["memory_mb"], ours["memory_tenth_mb"]),
        "training, processor seconds": ratio(
            ours.get("training", {}).get("cpu_seconds"), stock["training"].get("cpu_seconds")
        ),
        "last turn against turn 10, ours": ratio(turns[-1], turns[0]) if turns else None,
        "door adds at p50, ms": round(door["door"]["1"]["p50"] - door["inner"]["1"]["p50"], 2),
    }


def table(results: dict[str, Any]) -> str:
    """The figures as Markdown."""
    machine = results["machine"]
    lines = [
        "# Load",
        "",
        f"`make bench` on {results['date']}: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gb']} GB; load average {machine['load_average']} before, "
        f"{results['load_average_after']} after. Times in milliseconds; every text is one that no cache holds.",
        f"Stock was trained on {results['stock']['training']['examples']:,} examples, with "
        f"{results['stock']['training']['epoch_fraction']:.0%} of its default epochs: its understanding says nothing.",
        "",
        "| | visitors | p50 | p95 | p99 | messages a second | processor ms a message | answers right | not answered |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows = [
        ("ours, rest channel", results["ours"]["rest"]),
        ("stock, rest channel", results["stock"]["rest"]),
        ("ours, inner channel", results["ours"]["inner"]),
        ("ours, through the door", results["door"]["door"]),
    ]
    for name, levels in rows:
        for visitors, found in levels.items():
            right = "" if found["right"] is None else f"{found['right']:.1%}"
            lines.append(
                f"| {name} | {visitors} | {found['p50']} | {found['p95']} | {found['p99']} | {found['per_second']}"
                f" | {found['cpu_ms']} | {right} | {found['unanswered']} |"
            )
    ours, stock = results["ours"], results["stock"]
    lines += ["", "| | ours | stock |", "|---|---|---|"]
    for turn in ours["turns_ms"]:
        lines.append(f"| ms at turn {turn} | {ours['turns_ms'][turn]} | {stock['turns_ms'].get(turn)} |")
    for key, name in (
        ("ready_seconds", "seconds to ready, second start"),
        ("memory_start_mb", "MB after the first messages"),
        ("memory_tenth_mb", "MB after a tenth of the conversations"),
        ("memory_mb", "MB after all of them"),
    ):
        lines.append(f"| {name} | {ours[key]} | {stock[key]} |")
    for name, key in (("training, seconds", "seconds"), ("training, processor seconds", "cpu_seconds")):
        lines.append(f"| {name} | {ours.get('training', {}).get(key)} | {stock['training'].get(key)} |")
    shares = [f"{side['understanding']['share']:.1%}" for side in (ours, stock)]
    count = ours["understanding"]["sentences"]
    lines += [f"| intents right, {count:.0f} held-out sentences | {shares[0]} | {shares[1]} |", ""]
    lines += ["| ratio | |", "|---|---|", *(f"| {name} | {value} |" for name, value in ratios(results).items()), ""]
    lines += ["| installed | MB |", "|---|---|", *(f"| {n} | {v} |" for n, v in results["installed_mb"].items()), ""]
    lines += ["| to the visitor, gzip | bytes |", "|---|---|"]
    lines += [f"| {name} | {size} |" for name, size in results["widget_bytes"].items()]
    return "\n".join(lines) + "\n"


def _plot(results: dict[str, Any], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "load"
    figure, (rate, slow, long) = plt.subplots(1, 3, figsize=(13, 4))
    for name, levels in (
        ("ours", results["ours"]["rest"]),
        ("stock", results["stock"]["rest"]),
        ("ours through the door", results["door"]["door"]),
    ):
        visitors = [int(key) for key in levels]
        rate.plot(visitors, [found["per_second"] for found in levels.values()], marker="o", label=name)
        slow.plot(visitors, [found["p95"] for found in levels.values()], marker="o", label=name)
    for name in ("ours", "stock"):
        reached = [(int(turn), ms) for turn, ms in results[name]["turns_ms"].items() if ms is not None]
        long.plot([turn for turn, _ in reached], [ms for _, ms in reached], marker="o", label=name)
    for axes, title, across in (
        (rate, "messages a second", "visitors at once"),
        (slow, "p95, milliseconds", "visitors at once"),
        (long, "milliseconds a message", "turn of the conversation"),
    ):
        axes.set_title(title)
        axes.set_xlabel(across)
        axes.set_ylim(bottom=0)
        axes.legend()
    rate.set_xscale("log", base=2)
    slow.set_xscale("log", base=2)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
