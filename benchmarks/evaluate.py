"""Measures what the assistant understands, on a page and in a table. Run by ``make evaluate``.

Writes results/understanding.html and benchmarks/results/understanding.json; the table shows the change against the
results that were committed last.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks import behaviour, plots, report, results
from benchmarks.behaviour import Tried
from benchmarks.experiments import OURS, PARTS
from benchmarks.understanding import (
    ROOT,
    Judged,
    Report,
    by_kind,
    by_register,
    by_topic,
    calibration_error,
    confusions,
    figures,
    judge_all,
    loaded,
    reliability,
)

_MOST_CONFUSIONS = 40


async def _measured() -> tuple[Report, list[Tried]]:
    agent = loaded()
    return await judge_all(agent), await behaviour.try_all(agent)


def _missed(found: Report) -> list[Judged]:
    return [j for j in [*found.judged, *found.several] if set(j.found) != set(j.expected)]


def _words(j: Judged) -> str:
    return f"{' + '.join(j.expected)} -> {' + '.join(j.found)} ({j.confidence:.2f}) [{j.register}] {j.text}"


def _learning_curve() -> str:
    """From the last experiments; they take long and are run by themselves."""
    kept = results.read("experiments")
    names = [*(f"ours, {share:.0%} of the examples" for share in PARTS), OURS]
    if not set(names) <= set(kept):
        return report.paragraph("No experiments yet: make experiments.")
    runs = [kept[name] for name in names]
    groups: Sequence[str] = ("all", "page", "not on the page", "personal")
    series = {group: [(run["examples"], run["right"][group][0]) for run in runs] for group in groups}
    plot = plots.curves(series, {}, "training sentences", "right intent, no thresholds")
    return report.paragraph(f"From the experiments of {kept['date']} (make experiments).") + plot


def main() -> None:
    """Prints the table (``--wrong``: and each misunderstood sentence), writes the results and the page."""
    print("Parsing the held-out sentences and the behaviour tests (two minutes) ...", flush=True)
    found, tried = asyncio.run(_measured())
    before = results.committed("understanding")
    error = calibration_error(found)
    registers = by_register(found)
    parts: dict[str, dict[str, Any]] = {
        "figures": figures(found),
        **{f"registers, {group}": shares for group, shares in registers.items()},
        "behaviour": behaviour.rates(tried),
        "topics": by_topic(found),
    }
    since = f"change since {before['date']}" if before else "no committed results to compare with"
    for part, shares in parts.items():
        if part != "topics":  # a hundred: on the page
            print(f"\n{part} ({since})")
            print("\n".join(results.lines(shares, before.get(part, {}))))
    print(f"\ncalibration error {error:.3f} (before: {before.get('calibration error', 'none')})")
    missed = [_words(j) for j in _missed(found)]
    failed = [f"{one.case.capability}: {one}" for one in tried if not one.right]
    if "--wrong" in sys.argv:
        print("\n".join([*missed, *failed]))
    kept = results.write("understanding", {**parts, "calibration error": error})
    page = report.write(
        "understanding",
        "What the assistant understands",
        [
            ("Figures", report.figures(parts["figures"], before.get("figures", {}))),
            (
                "By register",
                plots.shares(registers, "right, honest, handed on")
                + report.figures(parts["registers, page"], before.get("registers, page", {})),
            ),
            (
                "Confidence",
                report.paragraph(f"Expected calibration error {error:.3f}; the numbers are sentences.")
                + plots.reliability(reliability(found)),
            ),
            ("Kinds of reply: due and given", plots.confusion(by_kind(found))),
            (
                "Topics most often taken for another",
                report.table(
                    ["asked", "understood", "times"],
                    ((*pair, count) for pair, count in confusions(found).most_common(_MOST_CONFUSIONS)),
                ),
            ),
            ("By topic", plots.shares({"topics": parts["topics"]}, "this topic, and it alone, understood")),
            (
                "Behaviour",
                report.figures(parts["behaviour"], before.get("behaviour", {})) + report.folded("What failed", failed),
            ),
            ("Learning curve", _learning_curve()),
            ("Missed sentences", report.folded(f"{len(missed)} sentences", missed)),
        ],
    )
    print(f"\nWritten: {kept.relative_to(ROOT)}, and {page.relative_to(ROOT)} to open in a browser.")


if __name__ == "__main__":
    main()
