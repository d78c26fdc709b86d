"""Measures the trained assistant on the held-out sentences in tests/understanding/. Run by ``make evaluate``.

The sentences were written by people who never saw the training data. Each is given to the trained model as Rasa would
parse it, so that splitting, the head, the thresholds and the safety floor all take part.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "assistant.tar.gz"


@dataclass(frozen=True)
class Judged:
    """One test sentence and what the assistant made of it."""

    text: str
    expected: tuple[str, ...]
    register: str
    found: tuple[str, ...]
    confidence: float


@dataclass
class Report:
    """Every test sentence with what was made of it: single questions, and messages with several."""

    judged: list[Judged] = field(default_factory=list)
    several: list[Judged] = field(default_factory=list)


def interval(right: Iterable[bool]) -> tuple[float, float, float, int]:
    """Share of True (0 to 1), with the bounds of its 95 % interval (Wilson 1927), and the number of cases."""
    values = list(right)
    count, hits = len(values), sum(values)
    if not count:
        return (0.0, 0.0, 0.0, 0)
    share, z = hits / count, 1.96
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    bottom = 1 + z * z / count
    return (share, (middle - spread) / bottom, (middle + spread) / bottom, count)


def kind_of(intent: str) -> str:
    """Kind of the reply that an intent gets."""
    from safety.replies import RESPONSES

    return str(RESPONSES[f"utter_{intent}"][0]["metadata"]["kind"])


def held_out() -> list[tuple[str, str, str]]:
    """(text, intent, register) of every single-question test sentence."""
    sentences = []
    for path in sorted((ROOT / "tests" / "understanding").glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            register = entry["metadata"]["register"]
            sentences += [(line[2:], entry["intent"], register) for line in entry["examples"].splitlines() if line]
    return sentences


def several_questions() -> list[tuple[str, tuple[str, ...]]]:
    """(text, intents in order) of every message in several_questions.yaml."""
    path = ROOT / "tests" / "understanding" / "several_questions.yaml"
    return [(m["text"], tuple(m["intents"])) for m in yaml.safe_load(path.read_text(encoding="utf-8"))["messages"]]


async def _judge(agent: Any, text: str, expected: tuple[str, ...], register: str) -> Judged:
    parsed = await agent.parse_message(text)
    found = tuple(question["intent"] for question in parsed["questions"])
    return Judged(text, expected, register, found, parsed["questions"][0]["confidence"])


async def measure(model: Path = MODEL) -> Report:
    """Parses every held-out sentence with a trained model.

    Args:
        model: a model archive of ``rasa train``.
    """
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.INFO)

    agent = Agent.load(str(model))
    report = Report()
    for text, intent, register in held_out():
        report.judged.append(await _judge(agent, text, (intent,), register))
    for text, intents in several_questions():
        report.several.append(await _judge(agent, text, intents, ""))
    return report


def figures(report: Report) -> dict[str, tuple[float, float, float, int]]:
    """The figures that README and tests speak of, each as (share, low, high, cases)."""

    def of_kind(*kinds: str) -> list[Judged]:
        return [j for j in report.judged if kind_of(j.expected[0]) in kinds]

    page, other, personal = of_kind("answer"), of_kind("not_on_page"), of_kind("personal")
    personal = [j for j in personal if j.expected[0].startswith("personal_")]
    far = [j for j in report.judged if j.expected[0] == "out_of_scope"]
    talk = [
        j
        for j in report.judged
        if kind_of(j.expected[0]) in ("small_talk", "clarify", "greeting") or j.expected[0] in ("human_handoff",)
    ]
    one = [j for j in report.several if len(j.expected) == 1]
    more = [j for j in report.several if len(j.expected) > 1]
    return {
        "page questions right": interval(j.found == j.expected for j in page),
        "not on the page: honest": interval({kind_of(i) for i in j.found} == {"not_on_page"} for j in other),
        "not on the page: topic named": interval(j.found == j.expected for j in other),
        "personal: handed to the number": interval("personal" in {kind_of(i) for i in j.found} for j in personal),
        "everyday: no page fact": interval("answer" not in {kind_of(i) for i in j.found} for j in far),
        "everyday: said to be outside": interval(j.found == j.expected for j in far),
        "conversation right": interval(j.found == j.expected for j in talk),
        "several questions: all parts": interval(set(j.found) == set(j.expected) for j in more),
        "one question that looks like two": interval(j.found == j.expected for j in one),
    }


def by_register(report: Report) -> dict[str, tuple[float, float, float, int]]:
    """Page questions right, by register."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for j in report.judged:
        if kind_of(j.expected[0]) == "answer":
            groups[j.register].append(j.found == j.expected)
    return {register: interval(values) for register, values in sorted(groups.items())}


def calibration_error(report: Report, bins: int = 10) -> float:
    """Expected calibration error (0 to 1) of the confidence over all single questions that were taken as one intent."""
    groups: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    cases = [j for j in report.judged if len(j.found) == 1 and j.found[0] not in ("unsure", "other_not_on_page")]
    for j in cases:
        groups[min(int(j.confidence * bins), bins - 1)].append((j.confidence, j.found == j.expected))
    gaps = [abs(sum(c - r for c, r in group)) for group in groups.values()]
    return sum(gaps) / max(1, len(cases))


def main() -> None:
    """Prints the table (``--wrong``: and each misunderstood sentence); writes results/understanding.json."""
    report = asyncio.run(measure())
    table = {**figures(report), **{f"page, {name}": value for name, value in by_register(report).items()}}
    for name, (share, low, high, count) in table.items():
        print(f"{name:36s} {share:6.1%}   {low:6.1%} to {high:6.1%}   of {count}")
    print(f"{'calibration error':36s} {calibration_error(report):6.3f}")
    results = ROOT / "results"
    results.mkdir(exist_ok=True)
    (results / "understanding.json").write_text(json.dumps(table, indent=1))
    if "--wrong" in sys.argv:
        for j in [*report.judged, *report.several]:
            if set(j.found) != set(j.expected):
                print(f"{'+'.join(j.expected)} -> {'+'.join(j.found)} ({j.confidence:.2f}) [{j.register}] {j.text}")


if __name__ == "__main__":
    main()
