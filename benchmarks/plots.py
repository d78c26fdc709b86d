"""Plots as SVG to stand inside a page: nothing is loaded, and the same figures give the same text."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from benchmarks.understanding import Interval

#: Colours that are told apart by colour-blind readers too. Source: Okabe & Ito, "Color Universal Design", 2008.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#999999")
_MARKS = ("o", "s", "^", "x")
_LOOK = {"svg.hashsalt": "plots", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False}


def svg(figure: Any) -> str:
    """The figure as an <svg> element; the figure is closed."""
    written = io.StringIO()
    with plt.rc_context(_LOOK):
        figure.savefig(written, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = re.sub(r"<metadata>.*?</metadata>", "", written.getvalue(), flags=re.DOTALL)
    return text[text.index("<svg") :]


def shares(series: Mapping[str, Mapping[str, Interval]], title: str) -> str:
    """Shares (0 to 1) as dots with their 95 % intervals, one row for each name and one mark for each series."""
    names = list(dict.fromkeys(name for found in series.values() for name in found))
    with plt.rc_context(_LOOK):
        figure, axes = plt.subplots(figsize=(8, 0.8 + 0.2 * len(names) * max(1.0, len(series) / 2)))
        step = 0.6 / max(1, len(series))
        for place, (label, found) in enumerate(series.items()):
            rows = [names.index(name) + (place - (len(series) - 1) / 2) * step for name in found]
            middles = [share for share, *_ in found.values()]
            left = [max(0.0, share - low) for share, low, *_ in found.values()]
            right = [max(0.0, high - share) for share, _, high, _ in found.values()]
            axes.errorbar(
                middles,
                rows,
                xerr=[left, right],
                fmt=_MARKS[place],
                color=_COLOURS[place],
                markersize=3.5,
                linewidth=0.9,
                label=label,
            )
        axes.set_yticks(range(len(names)), labels=names)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(-0.01, 1.01)
        axes.grid(axis="x", color="#dddddd", linewidth=0.6)
        axes.set_xlabel(title)
        if len(series) > 1:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncol=len(series), frameon=False)
    return svg(figure)


def confusion(counts: Mapping[tuple[str, str], int]) -> str:
    """A matrix of (due, given): what was due by row, what was given by column, with the number of sentences."""
    due = sorted({name for name, _ in counts})
    given = sorted({name for _, name in counts} | set(due))
    with plt.rc_context(_LOOK):
        figure, axes = plt.subplots(figsize=(1.5 + 0.8 * len(given), 1 + 0.45 * len(due)))
        for row, asked in enumerate(due):
            all_of_row = sum(counts.get((asked, name), 0) for name in given)
            for column, name in enumerate(given):
                count = counts.get((asked, name), 0)
                part = count / all_of_row
                colour = _COLOURS[0] if asked == name else _COLOURS[1]
                box = plt.Rectangle((column - 0.5, row - 0.5), 1, 1, color=colour, alpha=part**0.5, linewidth=0)
                axes.add_patch(box)
                if count:
                    ink = "white" if part > 0.5 else "black"
                    axes.text(column, row, str(count), ha="center", va="center", color=ink)
        axes.set_xticks(range(len(given)), labels=given, rotation=30, ha="right")
        axes.set_yticks(range(len(due)), labels=due)
        axes.set_xlim(-0.5, len(given) - 0.5)
        axes.set_ylim(len(due) - 0.5, -0.5)
        axes.set_xlabel("given")
        axes.set_ylabel("due")
    return svg(figure)


def reliability(bins: Sequence[tuple[float, Interval]]) -> str:
    """Confidence against the share that was right (each 0 to 1), with the number of sentences; ideal: the diagonal."""
    with plt.rc_context(_LOOK):
        figure, axes = plt.subplots(figsize=(4.5, 4.2))
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8, linestyle="--")
        for confidence, (share, low, high, count) in bins:
            axes.plot([confidence, confidence], [low, high], color=_COLOURS[0], linewidth=0.9)
            axes.plot([confidence], [share], marker="o", color=_COLOURS[0], markersize=4)
            axes.annotate(str(count), (confidence, low), xytext=(3, -2), textcoords="offset points", fontsize=7)
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("confidence")
        axes.set_ylabel("right")
    return svg(figure)


def curves(
    series: Mapping[str, Sequence[tuple[float, float]]],
    marked: Mapping[str, tuple[float, float]],
    across: str,
    up: str,
) -> str:
    """Lines over points (across, up), and single points with a name."""
    with plt.rc_context(_LOOK):
        figure, axes = plt.subplots(figsize=(6, 4))
        for place, (label, points) in enumerate(series.items()):
            axes.plot(*zip(*points), color=_COLOURS[place], marker=".", markersize=4, linewidth=1.2, label=label)
        for place, (label, point) in enumerate(marked.items()):
            axes.plot(*point, marker="sD^v"[place % 4], color="#000000", markersize=6, linestyle="none", label=label)
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.legend(frameon=False, loc="lower right")
    return svg(figure)
