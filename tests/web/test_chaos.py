"""Faults of the machine around the door: a log that cannot be written, a network that is cut, a door that is killed.

``make chaos`` plays these and many more with all real parts (docs/reliability.md).
"""

from __future__ import annotations

import contextlib
import resource
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import CRISIS
from fake_rasa import ANSWER, FakeRasa
from running_door import RunningDoor
from visitor import Visitor

from benchmarks.chaos.gate import Gate, Passage, Rule
from safety.replies import CLINIC

QUESTION = "how long is a session"


@pytest.fixture
def client(door: RunningDoor, rasa: FakeRasa) -> Iterator[httpx.Client]:
    with door.client() as client:
        yield client


@contextlib.contextmanager
def locked(door: RunningDoor) -> Iterator[None]:
    """Another program holds the lock under which one alone may write."""
    path = door.folder / "var" / "chat.sqlite3"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("begin exclusive")
        yield
        other.execute("rollback")


@contextlib.contextmanager
def full_disk(door: RunningDoor) -> Iterator[None]:
    """No file of the door can grow any more."""
    journal = (door.folder / "var" / "chat.sqlite3-wal").stat().st_size
    for pid in workers(door):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (journal, hard))
    yield
    for pid in workers(door):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


def workers(door: RunningDoor) -> list[int]:
    """The processes that write for a door."""
    assert door._process
    children = Path(f"/proc/{door._process.pid}/task/{door._process.pid}/children")
    return [int(pid) for pid in children.read_text().split()]


def rows(door: RunningDoor, message_id: str) -> list[tuple[Any, ...]]:
    """State, mark, number of replies and of alerts of the message with an id."""
    return door.rows(
        "select m.state, m.failure, (select count(*) from chat_reply r where r.message_id = m.id),"
        " (select count(*) from handoff_alert a where a.conversation_id = m.conversation_id)"
        f" from chat_message m where m.client_id = '{uuid.UUID(message_id).hex}'"
    )


def wait_until(true: Callable[[], Any]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


# --- the log cannot be written ----------------------------------------------------------------------


def test_while_the_log_is_locked_a_card_comes_before_those_in_line_and_staff_are_told_afterwards(
    door: RunningDoor, client: httpx.Client
) -> None:
    visitors, endangered, message_id = [Visitor(client) for _ in range(4)], Visitor(client), str(uuid.uuid4())
    with ThreadPoolExecutor(4) as pool:
        with locked(door):
            in_line = [pool.submit(visitor.post, QUESTION) for visitor in visitors]
            (card,) = endangered.say(CRISIS, message_id)
            assert not any(one.done() for one in in_line)
            assert rows(door, message_id) == []
            assert client.get("/readyz").json() == {"status": "unavailable", "log": False, "rasa": True}
        assert card["kind"] == "crisis"
        assert {one.result().status_code for one in in_line} == {200}
    wait_until(lambda: [row[0] for row in rows(door, message_id)] == ["answered"])
    assert rows(door, message_id) == [("answered", "log_unavailable", 1, 1)]
    (stored,) = endangered.say(CRISIS, message_id)
    assert stored["text"] == card["text"]


def test_on_a_full_disk_the_card_comes_and_what_was_refused_is_taken_once_there_is_room(
    door: RunningDoor, client: httpx.Client
) -> None:
    asker, endangered = Visitor(client), Visitor(client)
    question, danger = str(uuid.uuid4()), str(uuid.uuid4())
    with full_disk(door):
        refused = asker.post(QUESTION, question)
        (card,) = endangered.say(CRISIS, danger)
    assert (refused.status_code, refused.json()["code"]) == (503, "log_unavailable")
    assert CLINIC["clinic_phone"] in refused.json()["detail"]
    assert CLINIC["lifeline"] in card["text"]
    assert asker.say(QUESTION, question)[0]["text"] == ANSWER
    wait_until(lambda: [row[0] for row in rows(door, danger)] == ["answered"])
    assert rows(door, question) == [("answered", "", 1, 0)]
    assert rows(door, danger) == [("answered", "log_unavailable", 1, 1)]


# --- the network to the door is cut -------------------------------------------------------------------


def answer_lost(passage: Passage) -> None:
    passage.forward()
    passage.cut()


def half_an_answer(passage: Passage) -> None:
    passage.give(passage.forward(), share=0.5)


@pytest.mark.parametrize(
    ("rule", "asked"), [(Passage.cut, 0), (answer_lost, 1), (half_an_answer, 1)], ids=["request", "answer", "half"]
)
def test_a_message_that_was_cut_off_is_sent_again_and_answered_once(
    door: RunningDoor, rasa: FakeRasa, rule: Rule, asked: int
) -> None:
    gate, message_id = Gate(door.url), str(uuid.uuid4())
    with httpx.Client(base_url=gate.url, timeout=30, trust_env=False) as client:
        visitor = Visitor(client)
        gate.rule = rule
        with pytest.raises(httpx.TransportError):
            visitor.post(QUESTION, message_id)
        gate.rule = None
        assert len(rasa.seen) == asked
        replies = visitor.say(QUESTION, message_id)
        assert visitor.say(QUESTION, message_id) == replies
        assert [turn["replies"] for turn in visitor.history()[1:]] == [replies]
    gate.close()
    assert len(rasa.seen) == 1
    assert rows(door, message_id) == [("answered", "", 1, 0)]


# --- the door is killed -------------------------------------------------------------------------------


def test_a_door_killed_around_the_storing_of_the_replies_loses_and_doubles_nothing(
    door: RunningDoor, rasa: FakeRasa
) -> None:
    gate, held, killed, stored = Gate(door.url), contextlib.ExitStack(), threading.Event(), threading.Event()
    unheard, unstored = str(uuid.uuid4()), str(uuid.uuid4())

    def hold_the_answer(passage: Passage) -> None:
        passage.forward()
        stored.set()
        killed.wait(30)
        passage.cut()

    def kill() -> None:
        door.kill()
        held.close()
        killed.set()

    def kill_before_it_is_stored(_: Any) -> None:
        rasa.before = None
        held.enter_context(locked(door))  # the replies will wait for this
        threading.Timer(0.5, kill).start()

    with httpx.Client(base_url=gate.url, timeout=30, trust_env=False) as client, ThreadPoolExecutor(2) as pool:
        one, other = Visitor(client), Visitor(client)
        gate.rule = hold_the_answer
        cut_off = pool.submit(one.post, QUESTION, unheard)
        assert stored.wait(30)
        gate.rule = None
        rasa.before = kill_before_it_is_stored
        with pytest.raises(httpx.TransportError):
            other.post(CRISIS, unstored)
        with pytest.raises(httpx.TransportError):
            cut_off.result()
        door.start()
        assert rows(door, unheard) == [("answered", "", 1, 0)]
        assert rows(door, unstored) == [("waiting", "", 0, 1)]  # the staff know already
        asked = len(rasa.seen)
        assert one.say(QUESTION, unheard)[0]["text"] == ANSWER
        assert len(rasa.seen) == asked
        assert other.say(CRISIS, unstored)
        assert rows(door, unstored) == [("answered", "", 1, 1)]
        assert [[turn["id"] for turn in visitor.history()[1:]] for visitor in (one, other)] == [[unheard], [unstored]]
    gate.close()
