"""A visitor has a conversation that is theirs alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.core import signing
from fake_rasa import FakeRasa, closed_port
from visitor import Visitor

from safety.replies import CLINIC
from web.chat import tokens
from web.chat.models import Conversation


def test_greets_and_says_what_it_is_before_the_first_message_even_without_rasa(
    http: httpx.Client, settings: Any, rasa: FakeRasa
) -> None:
    settings.RASA_URL = f"http://127.0.0.1:{closed_port()}"
    answer = http.post("/chat/sessions")
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "replies"}
    (greeting,) = answer.json()["replies"]
    assert set(greeting) == {"id", "kind", "text", "source", "links", "choices"}
    assert greeting["kind"] == "greeting"
    for words in ("automated program", "can't diagnose", "No one is watching", "stored", CLINIC["lifeline"], "911"):
        assert words in greeting["text"]
    assert greeting["choices"]
    assert rasa.seen == []


def test_each_visitor_has_another_conversation_which_the_server_names(
    new_visitor: Callable[[], Visitor], rasa: FakeRasa
) -> None:
    one, other = new_visitor(), new_visitor()
    one.say("how long is a session")
    other.say("how often")
    senders = [request["sender"] for request in rasa.seen]
    assert len(set(senders)) == 2
    assert {str(id) for id in Conversation.objects.values_list("id", flat=True)} == set(senders)


def test_nobody_reads_another_conversation(new_visitor: Callable[[], Visitor]) -> None:
    one, other = new_visitor(), new_visitor()
    one.say("how long is a session")
    assert [turn["text"] for turn in other.history()] == [None]
    assert [turn["text"] for turn in one.history()] == [None, "how long is a session"]


def test_the_sender_cannot_be_chosen_by_the_client(visitor: Visitor, rasa: FakeRasa) -> None:
    body = {"id": str(uuid.uuid4()), "text": "hello", "sender": "default", "conversation": "default"}
    assert visitor.http.post("/chat/messages", json=body, headers=visitor.headers).status_code == 200
    assert rasa.seen[0]["sender"] == str(Conversation.objects.get().id)


def _requests(http: httpx.Client, headers: dict[str, str]) -> list[httpx.Response]:
    message = {"id": str(uuid.uuid4()), "text": "hello"}
    feedback = {"reply": str(uuid.uuid4()), "helpful": True}
    return [
        http.get("/chat/messages", headers=headers),
        http.post("/chat/messages", json=message, headers=headers),
        http.post("/chat/feedback", json=feedback, headers=headers),
        http.delete("/chat/session", headers=headers),
    ]


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: None,
        lambda _: "",
        lambda _: "Bearer",
        lambda token: token,
        lambda token: f"Basic {token}",
        lambda token: f"Bearer {token[:-1]}",
        lambda token: f"Bearer x{token}",
        lambda token: "Bearer " + signing.dumps(str(uuid.uuid4()), key="another key", salt="web.chat.session"),
        lambda token: "Bearer " + signing.dumps(str(uuid.uuid4()), salt="another use of the key"),
        lambda token: f"Bearer {uuid.uuid4()}",
    ],
)
def test_only_the_token_opens_a_conversation(
    visitor: Visitor, rasa: FakeRasa, forge: Callable[[str], str | None]
) -> None:
    header = forge(visitor.token)
    for answer in _requests(visitor.http, {} if header is None else {"Authorization": header}):
        assert answer.status_code == 401
        assert answer.json()["code"] == "session_over"
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert CLINIC["clinic_phone"] in answer.json()["detail"]
    assert rasa.seen == []
    assert Conversation.objects.count() == 1


def test_a_session_ends(visitor: Visitor, settings: Any) -> None:
    settings.TOKEN_DAYS = 0
    assert {answer.status_code for answer in _requests(visitor.http, visitor.headers)} == {401}


def test_a_token_for_a_conversation_that_never_was_opens_nothing(http: httpx.Client) -> None:
    visitor = Visitor(http, tokens.issue(uuid.uuid4()))
    assert visitor.post("hello").status_code == 401
    assert http.get("/chat/messages", headers=visitor.headers).status_code == 401


def test_no_cookie_is_ever_set(visitor: Visitor) -> None:
    for answer in [*_requests(visitor.http, visitor.headers), visitor.http.post("/chat/sessions")]:
        assert "set-cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
