"""What only a real door can show: many visitors at once, and a process that is killed."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import CRISIS
from fake_rasa import ANSWER, FakeRasa
from running_door import BIN, ROOT, RunningDoor, wait_until
from visitor import Visitor


@pytest.fixture
def client(door: RunningDoor, rasa: FakeRasa) -> Iterator[httpx.Client]:
    with door.client() as client:
        yield client


def test_the_message_is_in_the_log_before_rasa_is_asked_and_nothing_is_locked(
    door: RunningDoor, client: httpx.Client, rasa: FakeRasa
) -> None:
    found: list[Any] = []

    def look(_: Any) -> None:
        found.append(door.rows("select text, state from chat_message order by id desc limit 1"))
        door.rows("begin immediate")  # as a writer would: the log is free

    rasa.before = look
    Visitor(client).say("how long is a session")
    assert found == [[("how long is a session", "waiting")]]


def test_nobody_waits_for_another_visitors_reply(client: httpx.Client, rasa: FakeRasa) -> None:
    # Each of them is inside Rasa until all are: if one waited for another, none would ever get out.
    together = threading.Barrier(12)
    rasa.before = lambda _: together.wait(timeout=4)
    visitors = [Visitor(client) for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        replies = list(pool.map(lambda visitor: visitor.say("how long is a session"), visitors))
    assert [reply[0]["text"] for reply in replies] == [ANSWER] * 12
    rasa.before = None
    rasa.delay = 20
    with ThreadPoolExecutor(12) as pool:
        hanging = [pool.submit(visitor.say, "how often") for visitor in visitors]
        wait_until(lambda: len(rasa.seen) == 24)
        assert Visitor(client).greeting
        assert client.get("/healthz").status_code == 200
        assert not any(reply.done() for reply in hanging)
        rasa.released.set()


def test_two_tabs_with_the_same_message_get_one_answer(door: RunningDoor, client: httpx.Client, rasa: FakeRasa) -> None:
    visitor, id = Visitor(client), str(uuid.uuid4())
    rasa.delay = 20
    with ThreadPoolExecutor(6) as pool:
        tabs = [pool.submit(visitor.say, "how long is a session", id) for _ in range(6)]
        wait_until(lambda: rasa.seen)
        time.sleep(0.3)  # the others are waiting by now
        rasa.released.set()
        answers = [tab.result() for tab in tabs]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0]["text"] == ANSWER
    assert len(rasa.seen) == 1
    assert len(visitor.history()) == 2


def test_visitors_writing_at_once_all_have_their_messages_kept(client: httpx.Client) -> None:
    visitors = [Visitor(client) for _ in range(8)]

    def talk(visitor: Visitor) -> None:
        for number in range(10):
            visitor.say(f"message {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(talk, visitors))
    for visitor in visitors:
        turns = visitor.history()[1:]
        assert [turn["text"] for turn in turns] == [f"message {number}" for number in range(10)]
        assert all(len(turn["replies"]) == 1 for turn in turns)


def test_a_running_turn_brings_nothing_of_a_deleted_conversation_back(
    door: RunningDoor, client: httpx.Client, rasa: FakeRasa
) -> None:
    visitor = Visitor(client)
    rasa.delay = 20
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(visitor.post, "words to be forgotten")
        wait_until(lambda: rasa.seen)
        assert visitor.delete().status_code == 204
        rasa.released.set()
        assert running.result().status_code == 401
    sender = uuid.UUID(rasa.seen[0]["sender"]).hex
    for table, column in (("conversation", "id"), ("message", "conversation_id"), ("reply", "conversation_id")):
        assert door.rows(f"select count(*) from chat_{table} where {column} = '{sender}'") == [(0,)]
    assert door.rows("select count(*) from chat_message where text like '%forgotten%'") == [(0,)]


# --- killed --------------------------------------------------------------------------------------


def test_a_door_killed_in_the_middle_of_a_turn_answers_the_retry_and_doubles_nothing(
    tmp_path: Path, rasa: FakeRasa
) -> None:
    door = RunningDoor(tmp_path, rasa.url)
    door.start()
    said = {"how long is a session": str(uuid.uuid4()), CRISIS: str(uuid.uuid4())}
    rasa.delay = 20
    with door.client() as client, ThreadPoolExecutor(2) as pool:
        visitor = Visitor(client)
        cut_off = [pool.submit(visitor.post, words, id) for words, id in said.items()]
        wait_until(lambda: len(rasa.seen) == 2)
        door.kill()
        for answer in cut_off:
            with pytest.raises(httpx.TransportError):
                answer.result()
    rasa.reset()
    door.start()  # its key and its log are still there
    try:
        with door.client() as client:
            visitor = Visitor(client, visitor.token)
            kept = visitor.history()[1:]
            assert {(turn["text"], turn["id"]) for turn in kept} == set(said.items())
            assert [turn["replies"] for turn in kept] == [[], []]
            (answered,) = visitor.say("how long is a session", said["how long is a session"])
            assert answered["text"] == ANSWER
            rasa.status = 500
            (card,) = visitor.say(CRISIS, said[CRISIS])
            assert card["kind"] == "crisis"
            replies = {turn["text"]: turn["replies"] for turn in visitor.history()[1:]}
            assert replies == {"how long is a session": [answered], CRISIS: [card]}
            assert visitor.say(CRISIS, said[CRISIS]) == [card]
        assert door.rows("select count(*) from chat_message") == [(2,)]
        assert door.rows("select count(*) from chat_reply where message_id is not null") == [(2,)]
    finally:
        door.stop()


# --- first start and log -------------------------------------------------------------------------


def test_starts_from_nothing_and_keeps_its_key_to_itself(door: RunningDoor) -> None:
    key = door.folder / "var" / "secret_key"
    assert len(key.read_text()) > 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert door.rows("pragma journal_mode") == [("wal",)]


def test_nothing_a_visitor_typed_is_in_the_log_file(door: RunningDoor, client: httpx.Client, rasa: FakeRasa) -> None:
    visitor = Visitor(client)
    secret = "zanzibar-4711"
    visitor.say(f"my word is {secret}")
    visitor.feedback(reply=visitor.greeting[0]["id"], helpful=True, comment=f"again {secret}")
    rasa.answer = secret.encode()
    visitor.say(f"{secret} to a Rasa that talks nonsense")
    visitor.say(f"{CRISIS} {secret}")
    visitor.post(f"{secret} too long " * 300)
    visitor.post(secret, secret)
    visitor.post({"text": secret})
    client.post("/chat/messages", content=f"{secret} is no JSON", headers=visitor.headers)
    client.get(f"/chat/messages?text={secret}", headers=visitor.headers)
    client.get(f"/{secret}")
    client.get("/healthz", headers={"Host": f"{secret}.example"})
    with socket.create_connection(("127.0.0.1", int(door.url.rpartition(":")[2]))) as connection:
        connection.sendall(f"{secret} {secret} {secret}\r\n\r\n".encode())
        connection.recv(1000)
    assert client.get("/healthz").status_code == 200
    log = door.log.read_text()
    assert secret not in log
    assert visitor.token not in log


def test_the_log_is_json_with_request_ids(door: RunningDoor, client: httpx.Client) -> None:
    answer = client.get("/healthz?a=b")
    lines = [json.loads(line) for line in door.log.read_text().splitlines() if line.startswith("{")]
    (line,) = (line for line in lines if line["request_id"] == answer.headers["X-Request-ID"])
    assert (line["method"], line["route"], line["status"]) == ("GET", "/healthz", 200)
    assert line["time"]


# --- sizes ---------------------------------------------------------------------------------------


def _chunks(size: int, count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"a" * size


def test_a_body_in_chunks_is_taken_like_any_other(client: httpx.Client, rasa: FakeRasa) -> None:
    visitor = Visitor(client)
    body = json.dumps({"id": str(uuid.uuid4()), "text": "how long is a session"}).encode()
    headers = {**visitor.headers, "Content-Type": "application/json"}
    answer = client.post("/chat/messages", content=iter([body[:20], body[20:]]), headers=headers)
    assert answer.status_code == 200
    assert rasa.seen[0]["text"] == "how long is a session"


def test_a_body_in_chunks_without_end_is_refused_after_8_kb(door: RunningDoor, client: httpx.Client) -> None:
    visitor = Visitor(client)
    sent = 0
    with socket.create_connection(("127.0.0.1", int(door.url.rpartition(":")[2])), timeout=20) as connection:
        head = f"POST /chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {visitor.token}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for chunk in _chunks(1024, 9):
            connection.sendall(b"400\r\n" + chunk + b"\r\n")
            sent += len(chunk)
        assert b" 413 " in connection.recv(1000)  # although the body has not ended
    assert sent == 9216


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(door: RunningDoor) -> None:
    with socket.create_connection(("127.0.0.1", int(door.url.rpartition(":")[2])), timeout=20) as connection:
        connection.sendall(
            b"POST /chat/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000000000\r\n\r\n"
        )
        assert b" 413 " in connection.recv(1000)


def test_several_processes_do_not_start_with_limits_that_each_counts_alone() -> None:
    check = subprocess.run(
        [BIN / "gunicorn", "-c", "web/gunicorn.conf.py", "--check-config"],
        cwd=ROOT,
        env={"WEB_CONCURRENCY": "2", "CHAT_BIND": "127.0.0.1:0", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode != 0
    assert "LIMITS_STORAGE_URL" in check.stderr
