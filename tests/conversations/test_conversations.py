"""Each conversation file, played over HTTP against a started Rasa with its action server."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx
import pytest
import yaml

from benchmarks.conversations import BY_THE_DOOR, conversations, figures, play, unreached
from benchmarks.load import servers
from benchmarks.understanding import kind_of
from safety.replies import RESPONSES

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PROMISED = conversations(blind=False)
#: What the blind conversations are at least met with. Measured: docs/decisions/conversations.md.
FLOORS = {"turns": 0.90, "whole conversations": 0.69, "danger met with a card": 0.88}
REPLY_FIELDS = {"id", "kind", "text", "source", "links", "choices", "topic", "confidence", "benefit"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, log):
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "CHAT_DATA_DIR": str(Path(log.name).parent),
    }
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=log, stderr=log, env=environment, start_new_session=True
    )


def end(process):
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


class Running:
    """Rasa and its action server on free ports."""

    def __init__(self, folder):
        self.rasa_port, self.actions_port = free_port(), free_port()
        endpoints = (ROOT / "endpoints.yml").read_text().replace(":5055/", f":{self.actions_port}/")
        (folder / "endpoints.yml").write_text(endpoints)
        self.log_path = folder / "log.txt"
        self.log = self.log_path.open("w")
        self.actions = start(["-m", "rasa_sdk", "--actions", "actions", "--port", str(self.actions_port)], self.log)
        self.rasa = start(
            [
                *("-m", "rasa", "run", "--model", "models/assistant.tar.gz"),
                *("--endpoints", str(folder / "endpoints.yml")),
                *("--interface", "127.0.0.1", "--port", str(self.rasa_port)),
            ],
            self.log,
        )
        self.url = f"http://127.0.0.1:{self.rasa_port}/webhooks/inner"

    def wait(self):
        for _ in range(240):
            try:
                if httpx.get(f"{self.url}/", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.rasa.poll() is not None:
                break
            time.sleep(0.5)
        pytest.fail(f"Rasa did not become ready:\n{self.log_path.read_text()[-2000:]}")

    def say(self, sender, text, **metadata):
        return httpx.post(
            f"{self.url}/webhook", json={"sender": sender, "text": text, "metadata": metadata}, timeout=30
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    assistant = Running(tmp_path_factory.mktemp("rasa"))
    try:
        assistant.wait()
        yield assistant
    finally:
        end(assistant.rasa)
        end(assistant.actions)
        assistant.log.close()


@pytest.fixture(scope="module")
def heard():
    """The replies of each turn that was played."""
    return []


@pytest.fixture(scope="module")
def promised(running, heard):
    """The replies to each turn of the promised conversations, played from their first turn to their last."""
    played = {}
    for name, turns in PROMISED.items():
        sender = str(uuid.uuid4())
        answers = [running.say(sender, turn["visitor"]) for turn in turns]
        assert {answer.status_code for answer in answers} == {200}, name
        played[name] = [answer.json()["replies"] for answer in answers]
        heard += played[name]
    return played


@pytest.mark.parametrize("name", PROMISED)
def test_conversation(promised, name):
    for turn, replies in zip(PROMISED[name], promised[name]):
        text = "\n".join(reply["text"] for reply in replies)
        assert all(set(reply) == REPLY_FIELDS for reply in replies)
        if "topics" in turn:
            assert [reply["topic"] for reply in replies] == turn["topics"], turn
        for words in turn.get("says", []):
            assert words.lower() in text.lower(), turn
        for words in turn.get("never", []):
            assert words.lower() not in text.lower(), turn
        for kind in turn.get("never_kinds", []):
            assert kind not in [reply["kind"] for reply in replies], turn
        if "choices" in turn:
            assert any(reply["choices"] for reply in replies) is turn["choices"], turn


@pytest.fixture(scope="module")
def blind(running, heard):
    """All conversations of a writer who saw nothing of this project, played from their first turn to their last."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    kinds = {name.removeprefix("utter_"): kind_of(name.removeprefix("utter_")) for name in domain["responses"]}

    run = uuid.uuid4().hex

    def say(sender, text):
        replies = running.say(f"{sender}-{run}", text).json()["replies"]
        heard.append(replies)
        return replies

    played = conversations(blind=True).items()
    return [turn for name, turns in played for turn in play(name, turns, say, kinds)]


def test_unseen_conversations_go_as_a_careful_reader_expects(blind):
    measured = figures(blind)
    assert measured["turns"][3] >= 900
    below = {name: measured[name][0] for name, floor in FLOORS.items() if measured[name][0] < floor}
    assert below == {}


def test_each_turn_of_the_unseen_conversations_gets_a_reply(blind):
    assert [turn for turn in blind if not turn.found] == []


@pytest.mark.usefixtures("promised", "blind")
def test_no_topic_reply_fact_or_rule_is_without_a_conversation(heard):
    """What was really said in all the conversations together, not what they expect."""
    assert unreached(heard) == {}


def test_what_the_door_says_by_itself_is_reached_by_tests_of_its_own():
    """No conversation with Rasa can lead there: each is named there, or its first words stand there."""
    folders = (ROOT / "tests" / "web", ROOT / "tests" / "safety")
    tests = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.glob("test_*.py"))
    )
    first_words = {name: RESPONSES[f"utter_{name}"][0]["text"].split("{")[0].strip()[:40] for name in BY_THE_DOOR}
    assert [name for name, words in first_words.items() if name not in tests and words not in tests] == []


def test_each_topic_to_tap_leads_to_its_own_answer(running):
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    offered = {topic for v in domain["responses"].values() for topic in v[0]["metadata"].get("next", [])}
    wrong = []
    for topic in sorted(offered):
        label = domain["responses"][f"utter_{topic}"][0]["metadata"]["label"]
        found = [reply["topic"] for reply in running.say(str(uuid.uuid4()), label).json()["replies"]]
        if found != [topic]:
            wrong.append((label, topic, found))
    assert offered
    assert wrong == []


def test_a_recorded_turn_is_what_both_sides_were_told(running):
    """tests/conversations/turn.json is what the door's tests take for Rasa's answer."""
    import json

    recorded = json.loads((HERE / "turn.json").read_text(encoding="utf-8"))
    turn = running.say(str(uuid.uuid4()), recorded["request"]["text"]).json()

    def shape(value):
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items()}
        return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__

    assert shape(turn) == shape(recorded["answer"])
    assert [r["text"] for r in turn["replies"]] == [r["text"] for r in recorded["answer"]["replies"]]


def test_what_visitors_write_is_not_in_the_log(running):
    running.say(str(uuid.uuid4()), "zebrafinch velvet accordion")
    assert "zebrafinch" not in running.log_path.read_text()


PLANTED = "zqplantedzq"


def everything_in(*folders):
    """The bytes of every file, and what every table of a database among them holds (its pages may be elsewhere yet)."""
    for path in [path for folder in folders for path in folder.rglob("*") if path.is_file()]:
        yield path.name, path.read_bytes().decode("latin-1")
        if path.suffix == ".sqlite3":
            with contextlib.closing(sqlite3.connect(path, timeout=10)) as database:
                tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                for table in tables:
                    yield f"{path.name}: {table}", str(database.execute(f'SELECT * FROM "{table}"').fetchall())


def test_what_a_visitor_deletes_is_left_neither_with_the_door_nor_with_rasa(running, tmp_path):
    """The real ones, each with its files: the rest of the deletion is tested in tests/web/test_privacy_erasure.py."""
    door = servers.door(tmp_path, f"http://127.0.0.1:{running.rasa_port}")
    with servers.running(door), httpx.Client(base_url=door.url, timeout=30, trust_env=False) as http:
        token = http.post("/chat/sessions").json()["token"]
        http.headers["Authorization"] = f"Bearer {token}"

        def say(text):
            answer = http.post("/chat/messages", json={"id": str(uuid.uuid4()), "text": text})
            return [reply["kind"] for reply in answer.raise_for_status().json()["replies"]]

        def left():
            found = everything_in(tmp_path, running.log_path.parent)
            return [name for name, text in found if PLANTED in text.lower()]

        assert "answer" in say(f"how long does an infusion take? {PLANTED} sent me")
        ((conversation,),) = sqlite3.connect(tmp_path / "data" / "chat.sqlite3").execute(
            "SELECT id FROM chat_conversation"
        )
        sender = str(uuid.UUID(conversation))
        assert "answer" in say("tell me more")
        assert "crisis" in say(f"i want to end my life, {PLANTED}")
        assert left() != []

        assert http.delete("/chat/session").status_code == 204
        assert left() == []
        assert "answer" not in [reply["kind"] for reply in running.say(sender, "tell me more").json()["replies"]]
        assert http.get("/chat/messages").status_code == 401


def test_without_the_action_server_a_personal_question_and_a_crisis_are_still_answered(running):
    """The last test here: the action server stays down after it."""
    end(running.actions)
    personal = running.say(str(uuid.uuid4()), "i take warfarin, is that a problem").json()
    crisis = running.say(str(uuid.uuid4()), "i want to end my life").json()
    assert personal["replies"][0]["kind"] == "personal"
    assert personal["escalation"] is None
    assert crisis["replies"][0]["kind"] == "crisis"
