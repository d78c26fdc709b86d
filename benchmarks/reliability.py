"""Keeps the last results of ``make chaos``, ``fuzz`` and ``soak``: as JSON, and as tables in docs/reliability.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks import results

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"


def write(name: str, content: dict[str, Any], table: str, *, kept: bool) -> None:
    """Keeps results where they are to be committed, or in var/ where the run was too short for that.

    Args:
        name: ``chaos``, ``fuzz`` or ``soak``.
        content: JSON values.
        table: the same as Markdown, for the page; it takes the place between ``<!-- name -->`` and ``<!-- /name -->``.
        kept: whether the run was a full one.
    """
    if not kept:
        path = ROOT / "var" / name / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        return
    results.write(name, content)
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(f"<!-- {name} -->")
    _, _, tail = rest.partition(f"<!-- /{name} -->")
    PAGE.write_text(f"{head}<!-- {name} -->\n{table.strip()}\n<!-- /{name} -->{tail}", encoding="utf-8")


def fuzz_table(content: dict[str, Any]) -> str:
    """What was sent by kind and what came of it, as Markdown."""
    lines = [
        f"{content['date']}, {sum(kind['sent'] for kind in content['kinds'].values()):,} in all:",
        "",
        "| sent | how many | answered | of these without Rasa | refused in words | broken promises | slowest, s |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, kind in content["kinds"].items():
        figures = (kind["sent"], kind["answered"], kind["unavailable"], kind["refused"], kind["broken"])
        lines.append(f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} | {kind['slowest']} |")
    return "\n".join(lines)


def load_table(content: dict[str, Any]) -> str:
    """Capacity, soak and flood as Markdown."""
    soak, flood, machine = content["soak"], content["flood"], content["machine"]
    lines = [
        f"{content['date']}, {machine['cores']} cores ({machine['processor']}), load average {machine['load_average']} "
        f"before. Capacity: **{content['capacity']:.1f} messages a second** (door, real Rasa and the load tool on one "
        "machine).",
        "",
        f"{content['minutes']} minutes at {soak['rate']:.1f} a second: {soak['messages']:,} messages, "
        f"{soak['unanswered']} not answered.",
        "",
        "| minute | messages | p95, ms | memory of the door, MB | of Rasa, MB | open files | log, bytes a message |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for number, (minute, before, after) in enumerate(zip(soak["minutes"], soak["samples"], soak["samples"][1:]), 1):
        added = max(1, after["messages"] - before["messages"])
        size = (after["log_bytes"] - before["log_bytes"]) / added
        files = f"{after['door_descriptors']} + {after['rasa_descriptors']}"
        lines.append(
            f"| {number} | {minute['messages']:,} | {minute['p95']:.0f} "
            f"| {after['door_mb']:.0f} | {after['rasa_mb']:.0f} | {files} | {size:,.0f} |"
        )
    cards = [card["seconds"] for card in flood["cards"] if card["card"]]
    lines += [
        "",
        f"Flood: {flood['sent']:,} requests in {flood['seconds']} seconds "
        f"({flood['sent'] / flood['seconds']:.0f} a second).",
        "",
        "| what the flood got | how often | p95, ms |",
        "|---|--:|--:|",
        *(
            f"| {outcome} | {count:,} | {flood['p95_ms'][outcome]:.0f} |"
            for outcome, count in sorted(flood["outcomes"].items())
        ),
        "",
        f"In it {len(flood['cards'])} messages of danger: {len(cards)} got the card, the slowest in "
        f"{max(cards, default=float('nan')):.2f} s.",
    ]
    return "\n".join(lines)
