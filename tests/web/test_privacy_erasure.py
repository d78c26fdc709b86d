"""What is deleted is gone: from every table, the files' bytes, the index and Rasa. Planted strings prove it."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from call_backs import ask
from conftest import CRISIS
from django.utils import timezone
from fake_rasa import FakeRasa, closed_port, made_reply, turn
from running_door import BIN, ROOT, RunningDoor
from staffing import page, signed_in, summary_of, text_of
from visitor import Visitor

from web.chat.models import Conversation
from web.privacy import erasure, housekeeping
from web.privacy.models import Erasure

WORDS = "zqmessagezq about the infusion, how long is it"
COMMENT = "zqcommentzq was no help"
TOPIC = "zqtopiczq and my back"
NAME = "Zqnamezq"
NOTE = "zqnotezq told her to call"
TAG = "zqtagzq"
REPLY = "zqreplyzq about 45 minutes"
PHONE = "3125550147"
PLANTED = ("zqmessagezq", "zqcommentzq", "zqtopiczq", "zqnamezq", "zqnotezq", "zqtagzq", "zqreplyzq", PHONE, PHONE[3:])


@pytest.fixture
def own_door(tmp_path: Path, rasa: FakeRasa) -> Iterator[RunningDoor]:
    """A door of this test's own, with its files."""
    running = RunningDoor(tmp_path, rasa.url)
    running.start()
    yield running
    running.stop()


def _manage(door: RunningDoor, *words: str) -> str:
    command = [str(BIN / "python"), str(ROOT / "web" / "manage.py"), *words]
    done = subprocess.run(command, env=door.environment, cwd=ROOT, capture_output=True, text=True, check=True)
    with door.log.open("a") as log:
        log.write(done.stderr)
    return done.stdout


def _plant(door: RunningDoor, http: httpx.Client, rasa: FakeRasa) -> Visitor:
    """A visitor who writes, comments and asks for a call, and somebody of the staff who notes something."""
    rasa.answer = turn(made_reply(text=REPLY))
    rasa.answer["understood"]["questions"] = [{"text": WORDS, "intent": "session_length", "confidence": 0.9}]
    visitor = Visitor(http)
    (reply,) = visitor.say(f"{WORDS} and {CRISIS}")[-1:]
    visitor.say(f"my name is {NAME}, call {PHONE}, {WORDS}")
    assert visitor.feedback(reply=reply["id"], helpful=False, comment=COMMENT).status_code == 200
    assert ask(visitor, name=NAME, phone=PHONE, topic=TOPIC)["kept"]
    _manage(
        *(door, "shell", "-c"),
        "from django.contrib.auth.models import User; from web.review import work;"
        "from web.review.models import ConversationSummary as S, Correction;"
        "s = S.objects.get(opening__contains='zq'); u = User.objects.create_user('nurse');"
        f"work.add_note(s, u, '{NOTE}'); work.add_tag(s, u, '{TAG}');"
        f"work.follow_up(s, u, 'reached', __import__('django.utils.timezone').utils.timezone.now(), '{NOTE}');"
        "m = s.conversation.messages.last();"
        f"Correction.objects.create(message=m, text='{WORDS}', was='', should_be='cost', by=u)",
    )
    found = " ".join(_everything(door)).lower()
    assert all(word in found for word in ("zqmessagezq", "zqcommentzq", "zqnotezq", "zqtagzq", "zqreplyzq"))
    assert "zqnamezq" not in found  # masked in the message, encrypted in the request
    assert PHONE not in found
    return visitor


def _everything(door: RunningDoor) -> Iterator[str]:
    """What every table holds, the search index's terms among it, and the bytes of every file."""
    with contextlib.closing(sqlite3.connect(door.folder / "var" / "chat.sqlite3", timeout=5)) as database:
        database.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, review_words, row)")
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in [*names, "temp.terms"]:
            quoted = name if name == "temp.terms" else f'"{name}"'
            yield from (str(row) for row in database.execute(f"SELECT * FROM {quoted}"))
    for path in door.folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes().decode("latin-1")


def _left(door: RunningDoor) -> list[str]:
    found = " ".join(_everything(door)).lower()
    return [word for word in PLANTED if word in found]


def test_after_a_visitors_deletion_nothing_is_left_in_any_table_file_index_or_log(
    own_door: RunningDoor, rasa: FakeRasa
) -> None:
    with own_door.client() as http:
        others = Visitor(http)
        others.say("how often does one go")
        kept = others.history()
        visitor = _plant(own_door, http, rasa)
        assert visitor.delete().status_code == 204
        assert _left(own_door) == []
        assert len(rasa.forgotten) == 1
        assert others.history() == kept


def test_after_the_retention_nothing_is_left_either(own_door: RunningDoor, rasa: FakeRasa) -> None:
    with own_door.client() as http:
        _plant(own_door, http, rasa)
        (own_door.folder / "var" / "corrections.jsonl").write_text(WORDS)
        assert "nothing was old enough" in _manage(own_door, "retain")
        long_ago = (timezone.now() - timedelta(days=181)).strftime("%Y-%m-%d %H:%M:%S")
        own_door.write(f"UPDATE chat_conversation SET last_seen_at = '{long_ago}'")
        _age(own_door.folder / "var" / "corrections.jsonl", days=2)
        said = _manage(own_door, "retain")
    assert "1 conversations" in said
    assert _left(own_door) == []
    assert len(rasa.forgotten) == 1
    assert own_door.rows("SELECT count(*) FROM handoff_callback") == [(0,)]


def _age(path: Path, days: int) -> None:
    import os

    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))


def test_many_conversations_leave_nothing_in_the_bytes_either(own_door: RunningDoor, rasa: FakeRasa) -> None:
    """Rows move between pages when others come and go; no copy may stay behind."""
    with own_door.client() as http:
        rasa.answer = turn(made_reply(text=REPLY * 20))
        keep: list[Visitor] = []
        gone: list[Visitor] = []
        for number in range(60):
            visitor = Visitor(http)
            (keep if number % 2 else gone).append(visitor)
            word = "stays" if number % 2 else "zqmessagezq"
            for turn_number in range(3):
                visitor.say(f"{word} {number} " + "and so on " * (30 * turn_number))
        rasa.answer = turn(made_reply(text="short"))
        for visitor in keep:
            visitor.say("stays")
        for visitor in gone:
            assert visitor.delete().status_code == 204
    assert _left(own_door) == ["zqreplyzq"]  # that of the conversations that stay
    assert "stays 59" in " ".join(_everything(own_door))


# --- Rasa ---


def test_rasa_is_told_to_forget_at_once_and_once_more_when_every_turn_is_over(
    visitor: Visitor, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.say("how long is a session")
    conversation = Conversation.objects.get().pk
    visitor.delete()
    assert rasa.forgotten == [str(conversation)]
    erasure.carry_out_due()
    assert len(rasa.forgotten) == 1
    _later(monkeypatch, erasure.SETTLED)
    erasure.carry_out_due()
    assert rasa.forgotten == [str(conversation)] * 2
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("status", [500, 503, 404])
def test_what_rasa_refuses_to_forget_is_asked_again_until_it_does(
    visitor: Visitor, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    rasa.forgets = status
    visitor.say("how long is a session")
    assert visitor.delete().status_code == 204
    assert Erasure.objects.get().failure == f"status_{status}"
    _later(monkeypatch, timedelta(minutes=20))
    erasure.carry_out_due()
    assert Erasure.objects.get().attempts == 2
    rasa.forgets = 204
    _later(monkeypatch, timedelta(minutes=60))
    erasure.carry_out_due()
    assert not Erasure.objects.exists()


def test_when_rasa_is_down_the_visitor_is_not_kept_waiting_and_the_staff_learn_of_it(
    visitor: Visitor, rasa: FakeRasa, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.say("how long is a session")
    settings.RASA_URL = f"http://127.0.0.1:{closed_port()}"
    assert visitor.delete().status_code == 204
    assert not Conversation.objects.exists()
    Erasure.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    assert "1 deleted conversation" in text_of(signed_in("manager").get("/staff/audit"))
    settings.RASA_URL = rasa.url
    _later(monkeypatch, timedelta(hours=3))
    assert housekeeping.look()
    assert len(rasa.forgotten) == 1


def test_a_member_of_staff_deletes_as_thoroughly(visitor: Visitor, rasa: FakeRasa) -> None:
    visitor.say("how long is a session")
    summary = summary_of("how long is a session")
    conversation = summary.conversation_id
    answer = signed_in("manager").post(page(summary, "/delete"), {"reason": "asked for by phone"})
    assert answer.status_code == 302
    assert rasa.forgotten == [str(conversation)]


def test_an_erasure_of_what_is_gone_already_is_no_error(db: None, rasa: FakeRasa, settings: Any) -> None:
    settings.RASA_URL = rasa.url
    erasure.note([uuid.uuid4()])
    assert erasure.carry_out_due() == 1


def _later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Moves the clock of the erasures and of the retention."""
    from web.privacy import retention

    real = timezone.now

    class Shifted:
        @staticmethod
        def now() -> Any:
            return real() + by

    for module in (erasure, retention, housekeeping):
        monkeypatch.setattr(module, "timezone", Shifted)
