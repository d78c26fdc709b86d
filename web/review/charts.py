"""Charts as numbers for SVG: where each bar stands. Templates draw them; style sheets colour them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Segment:
    """A piece of a bar, in units of the drawing."""

    name: str
    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True)
class Bar:
    """A bar with its pieces, and where its label stands."""

    label: str
    x: float
    middle: float
    total: int
    segments: list[Segment]
    labelled: bool


@dataclass(frozen=True)
class Chart:
    """A chart with vertical bars.

    Attributes:
        width, height: of the drawing; the bars stand on ``base``.
        lines: (y, value) of the lines behind the bars.
    """

    width: float
    height: float
    base: float
    bars: list[Bar]
    lines: list[tuple[float, int]]

    @property
    def paths(self) -> list[tuple[str, str]]:
        """For each series its name and all of its pieces as one SVG path."""
        drawn: dict[str, str] = {}
        for bar in self.bars:
            for s in bar.segments:
                piece = f"M{s.x:g} {s.y:g}h{s.width:g}v{s.height:g}h{-s.width:g}z"
                drawn[s.name] = drawn.get(s.name, "") + piece
        return list(drawn.items())


def _steps(highest: int) -> list[int]:
    """Up to four round values from 0 to at least the highest one."""
    if highest <= 0:
        return [0, 1]
    rough = highest / 4
    power = 10 ** math.floor(math.log10(rough)) if rough >= 1 else 1
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    step = max(1, int(step))
    return list(range(0, highest + step, step))


def columns(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], width: float = 720, height: float = 220
) -> Chart:
    """Stacked vertical bars.

    Args:
        labels: one for each bar; about ten of them are written out.
        series: (name, one value for each bar), the lowest first.
        width: of the drawing, in its units.
        height: likewise.
    """
    left, bottom, top = 40.0, 24.0, 8.0
    base = height - bottom
    totals = [sum(values[i] for _, values in series) for i in range(len(labels))]
    steps = _steps(max(totals, default=0))
    scale = (base - top) / steps[-1]
    slot = (width - left) / max(1, len(labels))
    thick = max(2.0, slot * 0.72)
    every = max(1, math.ceil(len(labels) / 10))
    bars = []
    for i, label in enumerate(labels):
        x, y, segments = left + i * slot + (slot - thick) / 2, base, []
        for name, values in series:
            if values[i]:
                y -= values[i] * scale
                segments.append(
                    Segment(name, round(x, 2), round(y, 2), round(thick, 2), round(values[i] * scale, 2), values[i])
                )
        bars.append(Bar(label, round(x, 2), round(x + thick / 2, 2), totals[i], segments, i % every == 0))
    return Chart(width, height, base, bars, [(round(base - step * scale, 2), step) for step in steps])


def rows(values: Sequence[tuple[str, int]], width: float = 320) -> list[tuple[str, int, float]]:
    """Horizontal bars: (label, value, length in units of the drawing)."""
    highest = max((value for _, value in values), default=0) or 1
    return [(label, value, round(value / highest * width, 1)) for label, value in values]


def week_of(day: date) -> str:
    """The ISO week of a day, as ``2026-W47``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
