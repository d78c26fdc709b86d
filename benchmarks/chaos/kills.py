"""kill -9 of each process at each step of a turn. checks/keep_up.sh starts it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.chaos.gate import Gate, Passage, Rule, Step
from benchmarks.chaos.log import Kept, SqliteLog
from benchmarks.chaos.parts import Parts, kill, wait_until
from benchmarks.chaos.trial import BY_ITSELF, During, Fault, Row, Told, marked, nothing, play, said
from benchmarks.chaos.visitors import PERSONAL
from benchmarks.load.servers import Part

#: Seconds after which a door that waits for the log's lock is killed: before it gives the card without storing it.
IN_LINE = 0.5
BEFORE, THINKING, UNSTORED, UNHEARD = (
    "before the message is stored",
    "while Rasa is at work on it",
    "Rasa has answered, the replies are not stored",
    "the replies are stored, the visitor has not got them",
)


def door(parts: Parts) -> Iterator[Row]:
    """The door, at four steps."""
    assert isinstance(parts.log, SqliteLog)
    told = (said("door", "The door ended with status 137"),)
    steps: dict[str, Callable[[], Fault]] = {
        BEFORE: lambda: _door_in_line(parts, parts.front, "asked"),
        THINKING: lambda: _killed_at(parts.door, parts.to_rasa, "asked"),
        UNSTORED: lambda: _door_in_line(parts, parts.to_rasa, "answered"),
        UNHEARD: lambda: _killed_at(parts.door, parts.front, "answer_lost"),
    }
    for step, fault in steps.items():
        yield play(
            parts, Row("kill -9 of the door", step), fault(), sees=("no answer",), danger_sees=("no answer",), told=told
        )


def rasa(parts: Parts) -> Iterator[Row]:
    """Rasa, at four steps. It is at work in the middle of a turn when it has called the action server."""
    ended = said("rasa", "Rasa ended with status 137")
    gone = marked("unreachable", "connection_lost")  # the gate before a Rasa that is gone takes the connection
    began = time.monotonic()
    first = play(
        parts,
        Row("kill -9 of Rasa", THINKING),
        _killed_at(parts.rasa, parts.to_actions, "asked", wait=False),
        sees=("unavailable",),
        told=(gone, ended),
        question=PERSONAL,
    )
    yield play(parts, Row("kill -9 of Rasa", BEFORE), nothing, sees=("unavailable",), told=(gone,))
    yield play(
        parts,
        Row("kill -9 of Rasa", UNHEARD),
        _rule(parts.front, lambda step: step.answer_lost),
        sees=("no answer",),
        danger_sees=("no answer",),
        told=(gone,),
    )
    if wait_until(parts.rasa.is_ready):
        first.back = round(time.monotonic() - began, 1)
    yield first
    yield play(
        parts,
        Row("kill -9 of Rasa", UNSTORED),
        _killed_at(parts.rasa, parts.to_rasa, "answered"),
        sees=("answer",),
        told=(ended,),
    )


def actions(parts: Parts) -> Iterator[Row]:
    """The action server, which Rasa calls when somebody is handed on."""
    yield play(
        parts,
        Row("kill -9 of the action server", "while it is at work"),
        _killed_at(parts.actions, parts.to_actions, "asked"),
        sees=("personal",),
        told=(said("actions", "The action server ended with status 137"),),
        question=PERSONAL,
    )
    yield play(
        parts,
        Row("kill -9 of the action server", "before the message"),
        _down(parts.actions),
        sees=("personal",),
        told=(said("rasa", "Failed to run custom action"),),
        question=PERSONAL,
    )


def _down(part: Part) -> Fault:
    """Kills a part before the messages; waits for it at the end."""

    @contextmanager
    def fault() -> Iterator[During]:
        during = During()
        kill(part)
        yield during
        during.wait_for(part)

    return fault


def _rule(gate: Gate, at: Callable[[Step], Rule]) -> Fault:
    """A gate does something at a step."""

    @contextmanager
    def fault() -> Iterator[During]:
        during = During()
        step = Step(lambda: None)
        gate.rule = at(step)
        yield during
        gate.rule, during.happened = None, step.reached

    return fault


def _killed_at(part: Part, gate: Gate, at: str, *, wait: bool = True) -> Fault:
    """Kills a part when both messages have come to a step at a gate.

    Args:
        part: to be killed.
        gate: where the step is.
        at: which: a rule of :class:`Step`.
        wait: until it is back.
    """

    @contextmanager
    def fault() -> Iterator[During]:
        during = During()

        def happen() -> None:
            during.since = time.monotonic()
            kill(part)

        step = Step(happen)
        gate.rule = getattr(step, at)
        yield during
        gate.rule, during.happened = None, step.reached
        if wait:
            during.wait_for(part)

    return fault


def _door_in_line(parts: Parts, gate: Gate, at: str) -> Fault:
    """Kills the door while it waits for the lock of the log, which somebody else holds from a step on."""

    @contextmanager
    def fault() -> Iterator[During]:
        assert isinstance(parts.log, SqliteLog)
        log, during, held = parts.log, During(), ExitStack()
        count = "select count(*), sum(state = 'waiting') from chat_message"
        stored: list[list[list[str]]] = []

        def later() -> None:
            time.sleep(IN_LINE)
            stored.append(log.rows(count))
            during.since = time.monotonic()
            kill(parts.door)
            held.close()

        def lock() -> None:
            held.enter_context(log.locked())
            stored.append(log.rows(count))
            threading.Thread(target=later).start()

        step = Step(lock)
        gate.rule = getattr(step, at)
        yield during
        gate.rule = None
        wait_until(lambda: len(stored) == 2, 10)
        during.happened = step.reached and stored[0] == stored[1]
        during.wait_for(parts.door)

    return fault


def sender(parts: Parts) -> Iterator[Row]:
    """The sender of alerts. Each alert arrives at least once; one that may be a repeat says so."""
    fault = "kill -9 of the sender of alerts"
    ended = said("alerts", "The sender of alerts ended with status 137")
    yield play(parts, Row(fault, "before it takes the alert up"), _down(parts.sender), sees=("answer",), told=(ended,))
    for step, taken in (("the channel has not taken it", False), ("the channel has taken it, nobody noted it", True)):
        row = Row(fault, step)
        fails = _killed_sending(parts, taken)
        yield play(parts, row, fails, sees=("answer",), told=(ended, _repeated(2 if taken else 1)))


def _killed_sending(parts: Parts, taken: bool) -> Fault:
    """Kills the sender while it waits for the channel."""

    @contextmanager
    def fault() -> Iterator[During]:
        during = During(happened=False)

        def rule(passage: Passage) -> None:
            parts.duty.rule = parts.take_alert
            if taken:
                parts.told.append(passage.body.decode())
            kill(parts.sender)
            during.happened = True
            passage.cut()

        parts.duty.rule = rule
        yield during
        wait_until(lambda: during.happened, BY_ITSELF)

    return fault


def _repeated(times: int) -> Told:
    """The alert arrives so many times, the last one saying that it may be a repeat."""

    def look(parts: Parts, _: dict[str, int], found: list[Kept]) -> str:
        conversation = found[-1].conversation if found else "-"
        wait_until(lambda: len(parts.told_of(conversation)) >= times, BY_ITSELF)
        texts = parts.told_of(conversation)
        right = len(texts) == times and "may be a repeat" in texts[-1]
        return f"it arrives {'twice' if times == 2 else 'once'}, marked “may be a repeat”" if right else ""

    return look
