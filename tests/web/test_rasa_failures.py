"""Whatever happens to Rasa, the visitor reads a useful reply and the log says what happened."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from conftest import CRISIS
from fake_rasa import ANSWER, FakeRasa, closed_port, made_reply, turn
from visitor import Visitor

from safety.replies import CLINIC
from web.chat.models import Message
from web.handoff.models import Alert

Ways = dict[str, tuple[Callable[[FakeRasa, Any], None], str]]


def _set(**values: Any) -> Callable[[FakeRasa, Any], None]:
    def change(rasa: FakeRasa, settings: Any) -> None:
        settings.RASA_TIME_LIMIT = 0.5
        for name, value in values.items():
            setattr(rasa, name, value)

    return change


def _without(field: str) -> dict[str, Any]:
    return turn({name: value for name, value in made_reply().items() if name != field})


def _gone(_: FakeRasa, settings: Any) -> None:
    settings.RASA_URL = f"http://127.0.0.1:{closed_port()}"


WAYS: Ways = {
    "not there": (_gone, "unreachable"),
    "hangs": (_set(delay=20.0), "time_limit"),
    "drips": (_set(broken="drip"), "time_limit"),
    "hangs up": (_set(broken="drop"), "connection_lost"),
    "hangs up halfway": (_set(broken="half"), "connection_lost"),
    "fails": (_set(status=500), "status_500"),
    "refuses": (_set(status=400), "status_400"),
    "made no reply": (_set(answer={**turn(), "replies": []}), "no_replies"),
    "answers nothing": (_set(answer=b""), "not_understood"),
    "answers garbage": (_set(answer=b"\x00\xff<html>"), "not_understood"),
    "answers a list": (_set(answer=[]), "not_understood"),
    "answers null": (_set(answer=b"null"), "not_understood"),
    "nests without end": (_set(answer=b"[" * 100_000), "not_understood"),
    "answers too much": (_set(answer=b" " * 2_000_000), "connection_lost"),
    "answers NaN": (_set(answer=json.dumps(turn(made_reply(confidence=float("nan")))).encode()), "not_understood"),
    "answers a NUL": (_set(answer=turn(made_reply(text="a\0b"))), "not_understood"),
    "answers half a character": (_set(answer={**turn(), "understood": {"x": "\ud83d"}}), "not_understood"),
    "replies without words": (_set(answer=turn(made_reply(text=""))), "not_understood"),
    "replies without a kind": (_set(answer=_without("kind")), "not_understood"),
    "replies of an unknown kind": (_set(answer=turn(made_reply(kind="song"))), "not_understood"),
    "replies that are texts": (_set(answer={**turn(), "replies": ["hello"]}), "not_understood"),
    "links to nowhere": (_set(answer=turn(made_reply(links=[{"label": "Call"}]))), "not_understood"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_question_gets_the_number_to_call(visitor: Visitor, rasa: FakeRasa, settings: Any, way: str) -> None:
    fail, reason = WAYS[way]
    fail(rasa, settings)
    id = str(uuid.uuid4())
    (reply,) = visitor.say("how long is a session", id)
    assert reply["kind"] == "unavailable"
    for number in (CLINIC["clinic_phone"], CLINIC["lifeline"], CLINIC["emergency"]):
        assert number in reply["text"]
    message = Message.objects.get()
    assert (message.text, message.state, message.failure) == ("how long is a session", "answered", reason)
    assert message.understood is None
    assert message.replies.get().made_by == "door"
    assert visitor.say("how long is a session", id) == [reply]


@pytest.mark.parametrize("way", WAYS)
def test_a_crisis_gets_its_card(visitor: Visitor, rasa: FakeRasa, settings: Any, way: str) -> None:
    fail, reason = WAYS[way]
    fail(rasa, settings)
    (card,) = visitor.say(CRISIS)
    assert card["kind"] == "crisis"
    assert CLINIC["lifeline"] in card["text"]
    assert {"tel:988", "sms:988"} <= {link["href"] for link in card["links"]}
    message = Message.objects.get()
    assert (message.danger, message.failure) == ("crisis", reason)


def test_it_answers_again_as_soon_as_rasa_does(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.broken = "drop"
    assert visitor.say("how long is a session")[0]["kind"] == "unavailable"
    rasa.reset()
    assert visitor.say("how long is a session")[0]["text"] == ANSWER


def test_a_judgement_that_cannot_be_read_does_not_lower_the_doors(visitor: Visitor, rasa: FakeRasa) -> None:
    for risk in ("high", {"danger": "unheard of"}, {"danger": "none"}, [1], None):
        rasa.answer = {**turn(), "understood": {"risk": risk}}
        assert visitor.say(CRISIS)[0]["text"] == ANSWER
    assert set(Message.objects.values_list("danger", flat=True)) == {"crisis"}


def test_a_card_is_given_even_when_the_log_cannot_be_written(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from web.chat import turns, unstored

    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    waiting: list[Callable[[], object]] = []
    monkeypatch.setattr(unstored, "keep", waiting.append)
    with monkeypatch.context() as fault:
        fault.setattr(turns, "locked", locked)
        (card,) = visitor.say(CRISIS)
        answer = visitor.post("how long is a session")
    assert card["kind"] == "crisis"
    assert answer.status_code == 503
    assert answer.json()["code"] == "log_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    assert CLINIC["clinic_phone"] in answer.json()["detail"]
    assert not Message.objects.exists()
    (store,) = waiting  # what was refused is the visitor's to send again
    assert unstored._stored(store)
    message = Message.objects.get()
    assert (message.text, message.danger, message.failure) == (CRISIS, "crisis", "log_unavailable")
    assert [reply.text for reply in message.replies.all()] == [card["text"]]
    assert Alert.objects.filter(conversation=message.conversation, reason="crisis").count() == 1


def test_a_message_that_waits_for_the_log_does_not_bring_a_deleted_conversation_back(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from web.chat import turns, unstored

    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    waiting: list[Callable[[], object]] = []
    monkeypatch.setattr(unstored, "keep", waiting.append)
    with monkeypatch.context() as fault:
        fault.setattr(turns, "locked", locked)
        visitor.say(CRISIS)
        assert not unstored._stored(waiting[0])  # it waits on
    visitor.delete()
    assert unstored._stored(waiting[0])
    assert not Message.objects.exists()
