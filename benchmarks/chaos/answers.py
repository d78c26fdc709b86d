"""Rasa answers, but not as it should: slowly, wrongly, half, or nothing. It runs; a gate changes what it says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.chaos.gate import Passage, Passed, Rule
from benchmarks.chaos.parts import Parts
from benchmarks.chaos.trial import During, Row, counted, marked, play

_JSON = {"content-type": "application/json"}


def _instead(status: int, content: bytes) -> Rule:
    """Gives something else than Rasa's answer."""

    def rule(passage: Passage) -> None:
        passage.forward()
        passage.give(Passed(status, _JSON, content))

    return rule


def _half(passage: Passage) -> None:
    passage.give(passage.forward(), share=0.5)


def _cut(passage: Passage) -> None:
    passage.forward()
    passage.cut()


#: What is done with Rasa's answer, and the mark of the row.
WAYS: dict[str, tuple[Rule, str]] = {
    "answers 500": (_instead(500, b'{"error": "no reply was made"}'), "status_500"),
    "answers garbage": (_instead(200, b"\x00\xff<html>Internal"), "not_understood"),
    "answers an empty list of replies": (
        _instead(200, json.dumps({"replies": [], "understood": None, "escalation": None}).encode()),
        "no_replies",
    ),
    "answers half, then the connection is cut": (_half, "connection_lost"),
    "answers nothing, the connection is cut": (_cut, "connection_lost"),
}


def run(parts: Parts) -> Iterator[Row]:
    """Each way, and Rasa that hangs."""
    for way, (rule, reason) in WAYS.items():
        yield _play(parts, way, rule, reason)
    released = threading.Event()
    yield _play(parts, "hangs", lambda _: _hang(released), "time_limit")
    released.set()


def _hang(released: threading.Event) -> None:
    released.wait(20)


def _play(parts: Parts, way: str, rule: Rule, reason: str) -> Row:
    @contextmanager
    def fault() -> Iterator[During]:
        parts.to_rasa.rule = rule
        yield During()
        parts.to_rasa.rule = None

    told = (marked(reason), counted(parts, f'chat_turns_total{{outcome="{reason}"}}'))
    return play(parts, Row("Rasa", way), fault, sees=("unavailable",), told=told)
