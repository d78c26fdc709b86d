"""Figures that are kept: written so that a change is a small diff, and compared with what was committed last."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.understanding import ROOT, Interval

FOLDER = ROOT / "benchmarks" / "results"
#: Digits kept of a share (0 to 1): a tenth of a percent.
_DIGITS = 3
#: A list of plain values that json has put on lines of its own.
_LONE_LIST = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")


def write(name: str, content: Mapping[str, Any]) -> Path:
    """Writes benchmarks/results/<name>.json: sorted, rounded, with today's date.

    Args:
        name: of the file.
        content: JSON values; an :data:`Interval` takes one line.
    """
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"date": date.today().isoformat(), **_rounded(content)}, indent=1, sort_keys=True)
    path = FOLDER / f"{name}.json"
    path.write_text(_LONE_LIST.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n", encoding="utf-8")
    return path


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    return round(value, _DIGITS) if isinstance(value, float) else value


def read(name: str) -> dict[str, Any]:
    """The results of that name as they stand on disk; empty when there are none."""
    path = FOLDER / f"{name}.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content


def committed(name: str) -> dict[str, Any]:
    """The results of that name in the last commit; empty when git has none."""
    shown = subprocess.run(
        ["git", "show", f"HEAD:{(FOLDER / name).relative_to(ROOT).as_posix()}.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    content: dict[str, Any] = json.loads(shown.stdout) if shown.returncode == 0 else {}
    return content


def change(now: float, before: Interval | list[float] | None) -> str:
    """How a share (0 to 1) moved, in points of a percent: "+1.2", "=" or "new"."""
    if before is None:
        return "new"
    points = round(100 * (round(now, _DIGITS) - before[0]), 1)
    return f"{points:+.1f}" if points else "="


def lines(figures: Mapping[str, Interval], before: Mapping[str, Any]) -> list[str]:
    """The figures as lines for a terminal.

    Args:
        figures: by name.
        before: the same figures of the last committed results, as far as there are any.
    """
    return [
        f"{name:42s} {share:6.1%}   {low:6.1%} to {high:6.1%}   of {count:<5d} {change(share, before.get(name)):>6s}"
        for name, (share, low, high, count) in figures.items()
    ]
