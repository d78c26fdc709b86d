"""Measures the trained assistant on the held-out sentences in tests/understanding/ (see benchmarks/evaluate.py).

The sentences were written by people who never saw the training data. Each is given to the trained model as Rasa would
parse it, so that splitting, the head, the thresholds and the safety floor all take part.
"""

from __future__ import annotations

import logging
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "assistant.tar.gz"


#: A share (0 to 1), the bounds of its 95 % interval, and the number of cases.
Interval = tuple[float, float, float, int]


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


def interval(right: Iterable[bool]) -> Interval:
    """Share of True (0 to 1), with the bounds of its 95 % interval (Wilson 1927), and the number of cases."""
    values = list(right)
    count, hits = len(values), sum(values)
    if not count:
        return (0.0, 0.0, 0.0, 0)
    share, z = hits / count, 1.96
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    bottom = 1 + z * z / count
    low, high = (middle - spread) / bottom, (middle + spread) / bottom
    return (share, max(0.0, min(share, low)), min(1.0, max(share, high)), count)  # rounding may pass the share


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


async def found_in(agent: Any, text: str) -> tuple[str, ...]:
    """The intents that a loaded agent understands in a message, in the order asked."""
    return (await _judge(agent, text, (), "")).found


def loaded(model: Path = MODEL) -> Any:
    """Rasa's agent with a trained model, in this process, without its log.

    Args:
        model: a model archive of ``rasa train``.
    """
    import structlog
    from rasa.core.agent import Agent

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.INFO)
    return Agent.load(str(model))


async def measure(model: Path = MODEL) -> Report:
    """Parses every held-out sentence with a trained model.

    Args:
        model: a model archive of ``rasa train``.
    """
    return await judge_all(loaded(model))


async def judge_all(agent: Any) -> Report:
    """Parses every held-out sentence with a loaded agent."""
    report = Report()
    for text, intent, register in held_out():
        report.judged.append(await _judge(agent, text, (intent,), register))
    for text, intents in several_questions():
        report.several.append(await _judge(agent, text, intents, ""))
    return report


def figures(report: Report) -> dict[str, Interval]:
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


def by_register(report: Report) -> dict[str, dict[str, Interval]]:
    """Page questions right, others honest, personal ones handed on: as in :func:`figures`, by register."""
    groups: dict[str, dict[str, list[bool]]] = {"page": {}, "not on the page": {}, "personal": {}}
    for j in report.judged:
        kind, kinds = kind_of(j.expected[0]), {kind_of(intent) for intent in j.found}
        if kind == "answer":
            groups["page"].setdefault(j.register, []).append(j.found == j.expected)
        elif kind == "not_on_page":
            groups["not on the page"].setdefault(j.register, []).append(kinds == {kind})
        elif j.expected[0].startswith("personal_"):
            groups["personal"].setdefault(j.register, []).append(kind in kinds)
    return {
        name: {register: interval(right) for register, right in sorted(registers.items())}
        for name, registers in groups.items()
    }


def by_topic(report: Report) -> dict[str, Interval]:
    """Single questions of each topic of which it alone was understood, the weakest topic first."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for j in report.judged:
        groups[j.expected[0]].append(j.found == j.expected)
    return dict(sorted(((t, interval(right)) for t, right in groups.items()), key=lambda pair: (pair[1][0], pair[0])))


def confusions(report: Report) -> Counter[tuple[str, str]]:
    """How often a topic was asked and another understood in its place, as (asked, understood)."""
    return Counter((j.expected[0], " + ".join(j.found)) for j in report.judged if j.found != j.expected)


def by_kind(report: Report) -> Counter[tuple[str, str]]:
    """How often a kind of reply was due and a kind was given, as (due, given); the first question decides."""
    return Counter((kind_of(j.expected[0]), kind_of(j.found[0])) for j in report.judged)


def reliability(report: Report, bins: int = 10) -> list[tuple[float, Interval]]:
    """(mean confidence, share right) of each tenth of the confidence, over single questions taken as one intent."""
    groups: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for j in report.judged:
        if len(j.found) == 1 and j.found[0] not in ("unsure", "other_not_on_page"):
            groups[min(int(j.confidence * bins), bins - 1)].append((j.confidence, j.found == j.expected))
    return [(sum(c for c, _ in g) / len(g), interval(right for _, right in g)) for _, g in sorted(groups.items())]


def calibration_error(report: Report) -> float:
    """Expected calibration error (0 to 1) of the confidence: Guo et al., "On Calibration", ICML 2017."""
    found = reliability(report)
    cases = sum(right[3] for _, right in found)
    return sum(abs(confidence - right[0]) * right[3] for confidence, right in found) / max(1, cases)
