"""What a visitor writes is kept, understood and answered, once."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from conftest import CRISIS
from django.utils import timezone
from fake_rasa import ANSWER, FakeRasa, made_reply, turn
from visitor import Visitor

from safety.replies import CLINIC
from web.chat.models import Conversation, Message, Reply


def test_the_visitor_gets_the_replies_and_the_staff_what_was_understood(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = turn(made_reply(), made_reply(kind="not_on_page", text="Not on the page.", source=None))
    answer = visitor.post("how long is it and what does it cost")
    replies = answer.json()["replies"]
    assert [reply["text"] for reply in replies] == [ANSWER, "Not on the page."]
    assert all(set(reply) == {"id", "kind", "text", "source", "links", "choices"} for reply in replies)
    assert replies[0]["source"] == {"section": "How do treatments work?", "url": "#how-treatments-work"}

    message = Message.objects.get()
    assert message.text == "how long is it and what does it cost"
    assert message.state == "answered"
    assert message.failure == ""
    assert message.answered_at is not None
    assert message.answered_at >= message.received_at
    assert message.understood == rasa.answer["understood"]
    first = message.replies.get(position=0)
    assert (str(first.id), first.topic, first.confidence, first.made_by) == (
        replies[0]["id"],
        "session_length",
        0.93,
        "rasa",
    )
    # One id through the door, its log and Rasa.
    assert message.request_id == answer.headers["X-Request-ID"] == rasa.seen[0]["metadata"]["request_id"]


def test_rasa_gets_the_floors_decision(visitor: Visitor, rasa: FakeRasa) -> None:
    visitor.say("how long is a session")
    visitor.say(CRISIS)
    assert [request["metadata"]["risk"]["danger"] for request in rasa.seen] == ["none", "crisis"]
    assert list(Message.objects.values_list("danger", flat=True)) == ["none", "crisis"]


def test_a_danger_that_only_rasa_saw_is_kept_too(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = turn(made_reply(kind="crisis", text="card"), danger="crisis")
    visitor.say("words that the floor does not know")
    assert Message.objects.get().danger == "crisis"


def test_personal_data_is_masked_before_anything_is_kept_or_passed_on(visitor: Visitor, rasa: FakeRasa) -> None:
    visitor.say("I'm at 312-555-0188 or jo@example.org, ssn 536-90-4399. Is 847-236-9310 yours?")
    assert rasa.seen[0]["text"] == "I'm at [phone] or [e-mail], ssn [id number]. Is 847-236-9310 yours?"
    everything = json.dumps([list(Message.objects.values()), list(Reply.objects.values())], default=str)
    for secret in ("312-555-0188", "jo@example.org", "536-90-4399"):
        assert secret not in everything
        assert secret not in json.dumps(rasa.seen)


@pytest.mark.parametrize("words", ["/restart", "/greet", '/inform{"name": "x"}', "EXTERNAL: stop", "{clinic_phone}"])
def test_commands_are_just_words(visitor: Visitor, rasa: FakeRasa, words: str) -> None:
    assert visitor.say(words)[0]["text"] == ANSWER
    assert rasa.seen[0]["text"] == words
    assert visitor.history()[-1]["text"] == words


def test_the_same_message_sent_again_gets_the_same_answer(visitor: Visitor, rasa: FakeRasa) -> None:
    id = str(uuid.uuid4())
    first = visitor.say("how long is a session", id)
    rasa.answer = turn(made_reply(text="something else"))
    assert visitor.say("how long is a session", id) == first
    assert visitor.say("how long is a session", id.upper()) == first
    assert len(rasa.seen) == 1
    assert Message.objects.count() == 1


def test_two_visitors_may_use_the_same_message_id(new_visitor: Callable[[], Visitor], rasa: FakeRasa) -> None:
    id = str(uuid.uuid4())
    one, other = new_visitor(), new_visitor()
    one.say("how long is a session", id)
    other.say("how often", id)
    assert [request["text"] for request in rasa.seen] == ["how long is a session", "how often"]
    assert other.history()[-1]["text"] == "how often"


def test_replies_have_ids_of_the_doors_own(visitor: Visitor, rasa: FakeRasa) -> None:
    same = str(uuid.uuid4())
    rasa.answer = turn(made_reply(id=same), made_reply(id=same))
    ids = [reply["id"] for _ in range(2) for reply in visitor.say("hello")]
    assert len({*ids, same}) == 5


def test_the_conversation_is_there_after_a_reload(visitor: Visitor) -> None:
    id = str(uuid.uuid4())
    replies = visitor.say("how long is a session", id)
    greeting, message = visitor.history()
    assert (greeting["id"], greeting["text"], greeting["replies"]) == (None, None, visitor.greeting)
    assert (message["id"], message["text"], message["replies"]) == (id, "how long is a session", replies)
    assert greeting["at"] < message["at"]


# --- care mode -----------------------------------------------------------------------------------


def test_care_mode_begins_with_words_that_the_floor_knows_and_stays(visitor: Visitor, rasa: FakeRasa) -> None:
    for words in ("how long is a session", CRISIS, "i'm fine, how often is it"):
        visitor.say(words)
    assert [request["metadata"]["care_mode"] for request in rasa.seen] == [False, True, True]


@pytest.mark.parametrize("kind", ["crisis", "emergency"])
def test_care_mode_begins_with_a_card_of_rasas(visitor: Visitor, rasa: FakeRasa, kind: str) -> None:
    rasa.answer = turn(made_reply(kind=kind, text="card"))
    visitor.say("words that the floor does not know")
    rasa.answer = None
    visitor.say("how often is it")
    assert [request["metadata"]["care_mode"] for request in rasa.seen] == [False, True]


def test_in_care_mode_the_doors_own_reply_keeps_the_crisis_line_and_offers_no_topics(
    visitor: Visitor, rasa: FakeRasa
) -> None:
    visitor.say(CRISIS)
    rasa.status = 500
    (reply,) = visitor.say("how often is it")
    assert reply["kind"] == "unavailable"
    assert "If it gets too heavy" in reply["text"]
    assert CLINIC["lifeline"] in reply["text"]
    assert reply["choices"] == []


def test_a_new_conversation_is_not_in_care_mode(new_visitor: Callable[[], Visitor], rasa: FakeRasa) -> None:
    new_visitor().say(CRISIS)
    new_visitor().say("how often is it")
    assert rasa.seen[-1]["metadata"]["care_mode"] is False


# --- seven days ----------------------------------------------------------------------------------


def _away(**time: int) -> None:
    Conversation.objects.update(last_seen_at=timezone.now() - datetime.timedelta(**time))


def test_after_seven_days_the_visitor_is_told_again_what_this_is(visitor: Visitor) -> None:
    visitor.say("how long is a session")
    _away(days=6)
    assert len(visitor.history()) == 2
    _away(days=7)
    assert visitor.history()[-1]["replies"][0]["text"] == visitor.greeting[0]["text"]
    assert len(visitor.history()) == 3
    assert len(visitor.say("how often")) == 1


def test_after_seven_days_the_first_answer_tells_it_first(visitor: Visitor) -> None:
    _away(days=8)
    id = str(uuid.uuid4())
    replies = visitor.say("how long is a session", id)
    assert [reply["text"] for reply in replies] == [visitor.greeting[0]["text"], ANSWER]
    assert visitor.say("how long is a session", id) == replies
    assert len(visitor.say("how often")) == 1


def test_a_card_comes_before_the_disclosure(visitor: Visitor, rasa: FakeRasa) -> None:
    _away(days=8)
    rasa.status = 500
    replies = visitor.say(CRISIS)
    assert [reply["kind"] for reply in replies] == ["crisis", "greeting"]
    assert replies[1]["choices"] == []


# --- what is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  how long?\n", "how long?"),
        ("a" * 2000, "a" * 2000),
        (" " * 3000 + "how long", "how long"),
        ("how\0 long", "how long"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("¿cuánto dura? 🙂", "¿cuánto dura? 🙂"),
        ("cut \ud83d", "cut \ufffd"),
        ("\ud83d\ude42", "🙂"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_takes_what_people_and_widgets_send(visitor: Visitor, rasa: FakeRasa, sent: str, kept: str) -> None:
    body = json.dumps({"id": str(uuid.uuid4()), "text": sent})
    headers = {**visitor.headers, "Content-Type": "application/json"}
    assert visitor.http.post("/chat/messages", content=body, headers=headers).status_code == 200
    assert rasa.seen[0]["text"] == kept
    assert visitor.history()[-1]["text"] == kept


ID = str(uuid.uuid4())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe\xfd", 400),
        (b"[" * 8000, 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"{}", 422),
        ({"id": ID}, 422),
        ({"text": "hello"}, 422),
        ({"id": ID, "text": ""}, 422),
        ({"id": ID, "text": " \n\t\0 "}, 422),
        ({"id": ID, "text": None}, 422),
        ({"id": ID, "text": 5}, 422),
        ({"id": ID, "text": ["hello"]}, 422),
        ({"id": ID, "text": "a" * 2001}, 422),
        ({"id": "1", "text": "hello"}, 422),
        ({"id": 1, "text": "hello"}, 422),
        ({"id": ID.replace("-", ""), "text": "hello"}, 422),
        ({"id": f"urn:uuid:{ID}", "text": "hello"}, 422),
        ({"id": ID, "text": "a" * 8192}, 413),
    ],
)
def test_refuses_the_rest_in_words_for_people(visitor: Visitor, rasa: FakeRasa, body: Any, status: int) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {**visitor.headers, "Content-Type": "application/json"}
    answer = visitor.http.post("/chat/messages", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    for number in (CLINIC["clinic_phone"], CLINIC["lifeline"], CLINIC["emergency"]):
        assert number in problem["detail"]
    assert rasa.seen == []
    assert Message.objects.count() == 0


def test_a_page_elsewhere_cannot_post_a_form_here(visitor: Visitor) -> None:
    body = json.dumps({"id": ID, "text": "hello"})
    headers = {**visitor.headers, "Content-Type": "text/plain"}
    assert visitor.http.post("/chat/messages", content=body, headers=headers).status_code == 415


def test_words_that_need_a_card_get_it_even_when_they_are_too_many(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.status = 500
    (card,) = visitor.say(f"{CRISIS}. " + "it has been so long. " * 150)
    assert card["kind"] == "crisis"
    assert len(Message.objects.get().text) == 2000
