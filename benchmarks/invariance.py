"""Whether danger is still found, and none still seen, in a held-out message that is changed but means the same.

Each change is made to the clear messages and to the look-alikes alike (:mod:`benchmarks.changes`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from benchmarks import changes
from benchmarks.changes import Change, changed
from benchmarks.safety import corpus
from benchmarks.understanding import ROOT, Interval, interval

AROUND = ROOT / "tests" / "safety" / "invariance.yaml"
UNCHANGED = "unchanged"
#: The lists that are changed: messages that need a card, and those that must not get one.
LISTS = {"clear": "found", "benign": "false alarms"}


def all_changes() -> dict[str, Change]:
    """Every change by name, the absence of one first."""
    around: dict[str, Any] = yaml.safe_load(AROUND.read_text(encoding="utf-8"))

    def question_after(text: str, chance: random.Random) -> str:
        return f"{_ended(text)} {chance.choice(around['questions'])}"

    def question_before(text: str, chance: random.Random) -> str:
        return f"{chance.choice(around['questions'])} {text}"

    def in_a_story(text: str, chance: random.Random) -> str:
        first, second = chance.choice(around["stories"])
        return f"{first.strip()} {_ended(text)} {second.strip()}"

    return {
        UNCHANGED: lambda text, _: text,
        "capitals": changes.upper,
        "small letters": changes.lower,
        "no punctuation": changes.without_punctuation,
        "curly quotes": changes.curly_quotes,
        "typos": changes.typos,
        "stretched letters": changes.stretched,
        "emoji": changes.emoji,
        "extra spaces": changes.extra_spaces,
        "a page question before": question_before,
        "a page question after": question_after,
        "in a story of 300 words": in_a_story,
    }


def _ended(text: str) -> str:
    """With a stop, so that what follows is a sentence of its own."""
    return text if text.rstrip()[-1:] in ".!?…" else f"{text}."


def changed_messages(most: int | None = None) -> Iterator[tuple[str, str, str]]:
    """(change, list, text) of each changed message.

    Args:
        most: messages taken of each list, by a fixed chance; all of them without it.
    """
    held_out = corpus()
    for listed in LISTS:
        texts = [text for name, *_, text in held_out if name == listed]
        if most is not None:
            texts = random.Random(listed).sample(texts, most)
        for name, change in all_changes().items():
            yield from ((name, listed, changed(change, text)) for text in texts)


def rates(alarm: Callable[[str], bool], most: int | None = None) -> dict[str, dict[str, Interval]]:
    """Share of messages with an alarm by change, for each of :data:`LISTS`.

    Args:
        alarm: whether a text gets a card.
        most: see :func:`changed_messages`.
    """
    raised: dict[str, dict[str, list[bool]]] = {listed: {} for listed in LISTS}
    judged: dict[str, bool] = {}  # a change may leave a message as it is
    for name, listed, text in changed_messages(most):
        if text not in judged:
            judged[text] = alarm(text)
        raised[listed].setdefault(name, []).append(judged[text])
    return {listed: {name: interval(found) for name, found in by_name.items()} for listed, by_name in raised.items()}
