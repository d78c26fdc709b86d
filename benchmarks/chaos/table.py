"""The rows as Markdown, in benchmarks/results/chaos.json and in docs/reliability.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks import reliability
from benchmarks.chaos.trial import Row

_COLUMNS = ("fault", "at which step", "who asks reads", "who is in danger reads", "log", "staff")


def markdown(rows: Sequence[Row], run: Mapping[str, Any]) -> str:
    """The table with the figures of the run above it."""
    played = [row for row in rows if not row.not_run]
    broken = sum(bool(row.broken) for row in played)
    machine = run["machine"]
    lines = [
        f"`make chaos` on {run['date']}: {len(played)} faults in {run['seconds']:.0f} s on {machine['cores']} cores, "
        f"load average {machine['load_average'][0]} before; {len(rows) - len(played)} not run, "
        f"**{broken} with a broken promise**.",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        f"|{'---|' * len(_COLUMNS)}",
    ]
    for row in rows:
        cells = [row.fault, row.step, *_outcome(row)]
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _outcome(row: Row) -> tuple[str, str, str, str]:
    """The last four cells of a row."""
    if row.not_run:
        return f"not run: {row.not_run}", "", "", ""
    back = f"; back by itself after {row.back} s" if row.back else ""
    broken = f"**broken: {'; '.join(row.broken)}** " if row.broken else ""
    return f"{broken}{row.visitor}{back}", row.danger, row.log, row.staff


def write(rows: Sequence[Row], run: Mapping[str, Any], *, kept: bool) -> None:
    """Keeps them, in the page too, or in var/ where the run was not a full one."""
    content = {**run, "rows": [vars(row) for row in rows]}
    reliability.write("chaos", content, markdown(rows, run), kept=kept)
