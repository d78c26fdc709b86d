"""A visitor can say whether a reply helped."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from conftest import CRISIS
from visitor import Visitor

from web.chat.models import Feedback


def test_a_thumb_and_a_comment_are_kept_with_the_reply(visitor: Visitor) -> None:
    (reply,) = visitor.say("how long is a session")
    answer = visitor.feedback(reply=reply["id"], helpful=False, comment=" too short, mail jo@example.org ")
    assert (answer.status_code, answer.json()) == (200, {"replies": []})
    feedback = Feedback.objects.get()
    assert (str(feedback.reply_id), feedback.helpful, feedback.comment) == (
        reply["id"],
        False,
        "too short, mail [e-mail]",
    )


def test_a_visitor_may_change_their_mind(visitor: Visitor) -> None:
    reply = visitor.greeting[0]["id"]
    visitor.feedback(reply=reply, helpful=False, comment="no")
    visitor.feedback(reply=reply, helpful=True)
    feedback = Feedback.objects.get()
    assert (feedback.helpful, feedback.comment) == (True, "")


def test_nobody_judges_replies_of_another_conversation(new_visitor: Callable[[], Visitor]) -> None:
    (reply,) = new_visitor().say("how long is a session")
    answer = new_visitor().feedback(reply=reply["id"], helpful=True)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_reply")
    assert not Feedback.objects.exists()


def test_a_crisis_in_a_comment_gets_its_card_and_begins_care_mode(visitor: Visitor, rasa: Any) -> None:
    answer = visitor.feedback(reply=visitor.greeting[0]["id"], helpful=False, comment=CRISIS)
    (card,) = answer.json()["replies"]
    assert card["kind"] == "crisis"
    assert Feedback.objects.get().danger == "crisis"
    assert visitor.history()[-1]["replies"] == [card]
    visitor.say("how long is a session")
    assert rasa.seen[0]["metadata"]["care_mode"] is True


def test_a_crisis_in_a_comment_gets_its_card_over_the_limit(visitor: Visitor, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    visitor.say("hello")
    answer = visitor.feedback(reply=visitor.greeting[0]["id"], helpful=False, comment=CRISIS)
    assert answer.json()["replies"][0]["kind"] == "crisis"


def test_a_crisis_in_a_comment_gets_its_card_even_when_the_comment_cannot_be_kept(visitor: Visitor) -> None:
    answer = visitor.feedback(reply=str(uuid.uuid4()), helpful=False, comment=CRISIS)
    assert answer.status_code == 200
    assert answer.json()["replies"][0]["kind"] == "crisis"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"helpful": True},
        {"reply": str(uuid.uuid4())},
        {"reply": "1", "helpful": True},
        {"reply": str(uuid.uuid4()), "helpful": "yes"},
        {"reply": str(uuid.uuid4()), "helpful": 1},
        {"reply": str(uuid.uuid4()), "helpful": True, "comment": 5},
        {"reply": str(uuid.uuid4()), "helpful": True, "comment": "a" * 2001},
    ],
)
def test_refuses_what_is_no_feedback(visitor: Visitor, body: dict[str, Any]) -> None:
    answer = visitor.feedback(**body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
