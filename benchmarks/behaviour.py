"""Behaviour tests in the manner of CheckList: what the trained assistant has to do for every topic, whatever its words.

Seeds, three for each topic, stand in tests/understanding/behaviour.yaml. *Minimum*: each is understood. *Same*: what is
understood of a seed stays so under a change that leaves its meaning (:mod:`benchmarks.changes`). *Moves*: what is added
or put in its place must change it. Source: Ribeiro et al., "Beyond Accuracy", ACL 2020.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks import changes
from benchmarks.changes import Change, changed
from benchmarks.understanding import ROOT, Interval, found_in, interval, kind_of
from safety.replies import RESPONSES

SEEDS = ROOT / "tests" / "understanding" / "behaviour.yaml"
#: Changes made to one seed of each topic.
TO_ONE_OF_THREE: dict[str, Change] = {
    "typos": changes.typos,
    "many typos": changes.many_typos,
    "capitals": changes.upper,
    "small letters": changes.lower,
    "no punctuation": changes.without_punctuation,
    "politeness before": changes.polite_before,
    "politeness after": changes.polite_after,
    "filler before": changes.filler_before,
    "filler after": changes.filler_after,
}
#: Changes made wherever there is something to change.
TO_ALL: dict[str, Change] = {
    "British and American spelling": changes.other_spelling,
    "contractions": changes.contractions,
    "missing apostrophes": changes.without_apostrophes,
    "names and medicines swapped": changes.names_swapped,
}
HELPS = ("Does ketamine help with {}?", "Is this any good for people with {}?", "Could {} be treated with it?")

#: Whether what was understood (intents in order) is as it has to be.
Wanted = Callable[[tuple[str, ...]], bool]


@dataclass(frozen=True)
class Case:
    """One message to try.

    Attributes:
        capability: what it shows, for example "same under typos".
        text: the message.
        wanted: what has to be understood of it, in words.
        holds: whether it was.
        seed: the unchanged sentence, which has to be understood for the case to count; empty for the others.
    """

    capability: str
    text: str
    wanted: str
    holds: Wanted
    seed: str = ""


@dataclass(frozen=True)
class Tried:
    """A case and the intents that were understood."""

    case: Case
    found: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the assistant did as it has to."""
        return self.case.holds(self.found)

    def __str__(self) -> str:
        return f"{self.case.text!r}: {self.case.wanted} wanted, {' + '.join(self.found)} understood"


def seeds(path: Path = SEEDS) -> dict[str, Any]:
    """The content of behaviour.yaml: topics with their sentences, and what is added or put in place."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def cases(content: dict[str, Any]) -> list[Case]:
    """Every case, those of minimum functionality first."""
    return [*_minimum(content["topics"]), *_same(content["topics"]), *_moves(content)]


def _only(topic: str) -> tuple[str, Wanted]:
    return topic, lambda found: found == (topic,)


def _all_of(topics: set[str]) -> Wanted:
    return lambda found: set(found) == topics


def _minimum(topics: dict[str, list[str]]) -> Iterator[Case]:
    names = {"answer": "page topics", "not_on_page": "topics not on the page", "personal": "personal questions"}
    for topic, sentences in topics.items():
        for text in sentences:
            yield Case(f"minimum, {names[kind_of(topic)]}", text, *_only(topic))


def _same(topics: dict[str, list[str]]) -> Iterator[Case]:
    for number, (name, change) in enumerate(TO_ONE_OF_THREE.items()):
        for topic, sentences in topics.items():
            seed = sentences[number % len(sentences)]
            yield Case(f"same, {name}", changed(change, seed), *_only(topic), seed)
    for name, change in TO_ALL.items():
        for topic, sentences in topics.items():
            for seed in sentences:
                if changed(change, seed) != seed:
                    yield Case(f"same, {name}", changed(change, seed), *_only(topic), seed)


def _moves(content: dict[str, Any]) -> Iterator[Case]:
    topics, facts = content["topics"], content["personal_facts"]
    page = [topic for topic in topics if kind_of(topic) == "answer"]
    other = [topic for topic in topics if kind_of(topic) == "not_on_page"]

    # whom to call and who runs the page do not depend on a person, all other answers may
    depending = [topic for topic in page if RESPONSES[f"utter_{topic}"][0]["metadata"]["section"] != "for_me"]
    for number, text in enumerate(text for topic in depending for text in topics[topic]):
        yield Case(
            "moves, a fact about the person",
            f"{text} {facts[number % len(facts)]}",
            "a personal reply",
            lambda found: "personal" in _kinds(found),
        )
    for number, text in enumerate(text for topic in page for text in topics[topic] if "ketamine" in text.lower()):
        medicine = content["other_medicines"][number % len(content["other_medicines"])]
        yield Case(
            "moves, another medicine than ketamine",
            re.sub("ketamine", medicine, text, flags=re.IGNORECASE),
            "no page fact",
            lambda found: "answer" not in _kinds(found),
        )
    for condition in content["other_conditions"]:
        for frame in HELPS:
            yield Case("moves, another illness than depression", frame.format(condition), *_only("other_conditions"))
    for number, topic in enumerate(page):
        second = other[number % len(other)]
        both = {topic, second}
        yield Case(
            "moves, a second question",
            f"{topics[topic][0]} And {_begun_small(topics[second][1])}",
            " + ".join([topic, second]),
            _all_of(both),
        )


def _kinds(found: tuple[str, ...]) -> set[str]:
    return {kind_of(intent) for intent in found}


def _begun_small(text: str) -> str:
    """Without the capital in front, where it is not a name's ("ECT", "I")."""
    return text[0].lower() + text[1:] if text[1:2].islower() else text


async def try_all(agent: Any) -> list[Tried]:
    """Each case with what a loaded agent understands; those whose unchanged sentence is missed are left out."""
    tried = []
    known: dict[str, tuple[str, ...]] = {}
    for case in cases(seeds()):
        if case.seed and not case.holds(known[case.seed]):
            continue
        found = await found_in(agent, case.text)
        known.setdefault(case.text, found)
        tried.append(Tried(case, found))
    return tried


def rates(tried: list[Tried]) -> dict[str, Interval]:
    """Share of right ones by capability, with its interval (see :func:`benchmarks.understanding.interval`)."""
    by_name: dict[str, list[bool]] = {}
    for one in tried:
        by_name.setdefault(one.case.capability, []).append(one.right)
    return {name: interval(right) for name, right in by_name.items()}
