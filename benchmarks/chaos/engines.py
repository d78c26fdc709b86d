"""PostgreSQL and Redis are killed and started again, as deploy/compose.yaml has them beside the other parts."""

from __future__ import annotations

import copy
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.chaos.database import NOT_KEPT, REFUSED
from benchmarks.chaos.gate import Gate, Step
from benchmarks.chaos.log import PostgresLog
from benchmarks.chaos.parts import Parts, kept_up, kill_all
from benchmarks.chaos.trial import During, Fault, Row, Told, counted, play, said
from benchmarks.load import servers
from benchmarks.scale import engines

POSTGRES, REDIS = "PostgreSQL", "Redis"
HOW_TO = "not installed: benchmarks/scale/engines.sh installs it"


def installed() -> set[str]:
    """Which of the two are on this machine."""
    found = {REDIS} if shutil.which("redis-server") else set()
    return found | ({POSTGRES} if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) else set())


def redis(parts: Parts, engine: engines.Engine | None) -> Iterator[Row]:
    """Redis, where the Rasa that the door asks keeps its states and locks."""
    row = Row("kill -9 of Redis", "from before the message on")
    if engine is None:
        row.not_run = HOW_TO
        yield row
        return

    @contextmanager
    def fault() -> Iterator[During]:
        engine.kill()
        yield During()
        engine.start()

    told = (said("rasa-second", "gives no lock"), said("rasa-second", "could not be stored"))
    yield play(parts, row, fault, sees=("answer",), told=told)


def postgres(parts: Parts) -> Iterator[Row]:
    """PostgreSQL, in which another door has its log."""
    steps: dict[str, Callable[[Parts, engines.Engine, str], Fault]] = {
        "from before the message on": _gone,
        "while Rasa is at work on it": _gone_meanwhile,
        "restarted between two messages": _restarted,
    }
    fault = "kill -9 of PostgreSQL"
    if POSTGRES not in installed():
        yield from (Row(fault, step, not_run=HOW_TO) for step in steps)
        return
    engine, address = engines.postgres(parts.work)
    with servers.running(engine):
        engines.wait_for_postgres(address)
        others = _beside(parts, address)
        with servers.running(others.door, others.sender):
            for step, make in steps.items():
                restarted = make is _restarted
                seen = ("answer",) if restarted else ("503",)
                told: list[Told] = (
                    []
                    if restarted
                    else [
                        counted(others, "chat_unstored_cards_total"),
                        said("door-postgres", NOT_KEPT),
                        said("door-postgres", REFUSED),
                    ]
                )
                name = "restart of PostgreSQL" if restarted else fault
                yield play(others, Row(name, step), make(others, engine, address), sees=seen, told=told)
        others.front.close()


def _beside(parts: Parts, address: str) -> Parts:
    """The same parts, but for a door and a sender whose log is in PostgreSQL."""
    others = copy.copy(parts)
    door = servers.door(parts.work, parts.to_rasa.url, "door-postgres", DATABASE_URL=address, **parts.settings)
    others.door = kept_up(door, "The door")
    others.front = Gate(others.door.url)
    others.url, others.log = others.front.url, PostgresLog(address)
    others.sender = kept_up(parts.sender_of_alerts("alerts-postgres", DATABASE_URL=address), "The sender of alerts")
    return others


def _start(engine: engines.Engine, address: str) -> None:
    engine.start()
    engines.wait_for_postgres(address)


def _gone(_: Parts, engine: engines.Engine, address: str) -> Fault:
    @contextmanager
    def fault() -> Iterator[During]:
        kill_all(engine)
        yield During()
        _start(engine, address)

    return fault


def _gone_meanwhile(parts: Parts, engine: engines.Engine, address: str) -> Fault:
    @contextmanager
    def fault() -> Iterator[During]:
        step = Step(lambda: kill_all(engine))
        parts.to_rasa.rule = step.asked
        yield During(happened=True)
        parts.to_rasa.rule = None
        _start(engine, address)

    return fault


def _restarted(_: Parts, engine: engines.Engine, address: str) -> Fault:
    @contextmanager
    def fault() -> Iterator[During]:
        kill_all(engine, signal.SIGINT)  # "fast": open connections are closed, nothing has to be recovered
        _start(engine, address)
        yield During()

    return fault
