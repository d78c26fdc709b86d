"""When more people write than can be answered, words in danger go first and nobody is left without a number."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from conftest import CRISIS
from fake_rasa import ANSWER, FakeRasa
from running_door import RunningDoor, wait_until
from visitor import Visitor

from safety.replies import CLINIC
from web.chat import rasa as asking
from web.chat import writing
from web.chat.models import Message
from web.overload import urgent

THREADS = 3


@pytest.fixture
def small_door(tmp_path: Path, rasa: FakeRasa) -> Iterator[RunningDoor]:
    """A door with few threads."""
    door = RunningDoor(tmp_path, rasa.url, CHAT_THREADS=str(THREADS), CHAT_URGENT_SECONDS="0.8")
    door.start()
    yield door
    door.stop()


def test_when_all_threads_and_places_are_taken_danger_goes_first_and_others_get_the_number(
    small_door: RunningDoor, rasa: FakeRasa
) -> None:
    with small_door.client() as client, ThreadPoolExecutor(2 * THREADS) as pool:
        visitors = [Visitor(client) for _ in range(2 * THREADS)]
        in_danger, one_too_many = Visitor(client), Visitor(client)
        rasa.delay = 20
        crowd = [pool.submit(visitor.post, "how long is a session") for visitor in visitors]
        wait_until(lambda: len(rasa.seen) == THREADS)

        def refused() -> Any:
            answer = one_too_many.post("how often is it")
            return answer if answer.status_code == 503 else None

        answer = refused()
        assert answer is not None
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert all(CLINIC[name] in answer.json()["detail"] for name in ("clinic_phone", "lifeline", "emergency"))
        (card,) = in_danger.say(CRISIS)
        assert card["kind"] == "crisis"
        assert client.get("/healthz").status_code == 200
        rasa.released.set()
        rasa.delay = 0
        replies = [future.result().json()["replies"][0]["text"] for future in crowd]
        assert replies == [ANSWER] * len(crowd)
        assert in_danger.history()[-1]["text"] == CRISIS  # kept, for the staff too
        assert one_too_many.say("how often is it")[0]["text"] == ANSWER


def test_who_finds_rasa_full_waits_a_while_and_then_gets_the_number(
    visitor: Visitor, rasa: FakeRasa, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RASA_TIME_LIMIT = 0.2
    room = threading.BoundedSemaphore(1)
    monkeypatch.setattr(asking, "_room", room)
    with room:
        (reply,) = visitor.say("how long is a session")
        (card,) = visitor.say(CRISIS)
    assert reply["kind"] == "unavailable"
    assert CLINIC["clinic_phone"] in reply["text"]
    assert card["kind"] == "crisis"
    assert list(Message.objects.values_list("failure", flat=True)) == ["busy", "busy"]
    assert rasa.seen == []
    settings.RASA_TIME_LIMIT = 5.0
    assert visitor.say("how often is it")[0]["kind"] == "answer"


def test_a_rasa_that_fails_takes_no_places_for_good(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.status = 500
    for _ in range(asking.AT_ONCE + 2):
        visitor.say("how long is a session")
    rasa.status = 200
    assert visitor.say("how often is it")[0]["text"] == ANSWER


def test_words_in_danger_do_not_wait_as_long_for_rasa_as_others(
    visitor: Visitor, rasa: FakeRasa, settings: Any
) -> None:
    settings.RASA_TIME_LIMIT, settings.RASA_URGENT_TIME_LIMIT = 30, 0.2
    rasa.delay = 20
    (card,) = visitor.say(CRISIS)
    assert card["kind"] == "crisis"
    assert Message.objects.get().failure == "time_limit"


def test_who_writes_in_danger_goes_before_all_who_wait_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.chat.writing.transaction.atomic", nullcontext)
    monkeypatch.setattr(writing, "_wait_at_most", lambda _: None)
    order: list[str] = []
    started = threading.Semaphore(0)

    def write(name: str) -> None:
        started.release()
        with writing.first_in_line() if name == "danger" else nullcontext(), writing.writing():
            order.append(name)

    with ThreadPoolExecutor(8) as pool, writing.writing():
        for name in ("one", "two", "three", "four", "danger"):
            pool.submit(write, name)
            assert started.acquire(timeout=10)
        time.sleep(1.0)  # all of them wait by now
    assert len(order) == 5
    assert order.index("danger") <= 1  # one is behind the gate already


def _request(body: Any) -> bytes:
    return b"POST /chat/messages HTTP/1.1\r\nHost: x\r\n\r\n" + (
        body if isinstance(body, bytes) else json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (_request({"id": str(uuid.uuid4()), "text": CRISIS}), True),
        (_request({"id": str(uuid.uuid4()), "text": "how long is a session"}), False),
        (_request({"reply": "x", "helpful": False, "comment": CRISIS}), True),
        (_request({"name": "Jo", "topic": CRISIS}), True),
        (_request([CRISIS]), False),
        (_request({"text": f"{CRISIS} {'and so on ' * 300}"}), False),  # judged by a thread, when one is free
        (_request({"text": CRISIS, "more": "x" * 9000}), False),
        (_request(b"{"), False),
        (_request(b"[" * 8000), False),
        (_request(b"\xff\xfe"), False),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (b"GET /chat/messages HTTP/1.1\r\nHost: x\r\n\r\n", False),
        (b"", False),
    ],
)
def test_what_goes_first(data: bytes, first: bool) -> None:
    assert urgent(data) is first
