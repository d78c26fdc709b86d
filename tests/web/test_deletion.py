"""A visitor can have everything deleted."""

from __future__ import annotations

from collections.abc import Callable

from conftest import CRISIS
from fake_rasa import FakeRasa, made_reply, turn
from visitor import Visitor

from web.chat.models import Conversation, CrisisStub, Feedback, Message, Reply


def test_all_of_the_conversation_is_gone_and_of_no_other(new_visitor: Callable[[], Visitor]) -> None:
    visitor, other = new_visitor(), new_visitor()
    (reply,) = visitor.say("how long is a session")
    visitor.feedback(reply=reply["id"], helpful=True, comment="thanks")
    other.say("how often")
    kept = other.history()
    assert visitor.delete().status_code == 204
    assert other.history() == kept
    assert [Conversation.objects.count(), Message.objects.count(), Reply.objects.count()] == [1, 1, 2]
    assert not Feedback.objects.exists()
    assert not CrisisStub.objects.exists()


def test_the_token_opens_nothing_any_more(visitor: Visitor, rasa: FakeRasa) -> None:
    visitor.delete()
    assert visitor.post("hello").status_code == 401
    assert visitor.http.get("/chat/messages", headers=visitor.headers).status_code == 401
    assert visitor.feedback(reply=visitor.greeting[0]["id"], helpful=True).status_code == 401
    assert rasa.seen == []


def test_deleting_twice_is_as_good_as_once(visitor: Visitor) -> None:
    assert [visitor.delete().status_code, visitor.delete().status_code] == [204, 204]


def test_a_card_of_rasas_leaves_a_stub_as_well(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = turn(made_reply(kind="emergency", text="card"))
    visitor.say("words that the floor does not know")
    visitor.delete()
    assert CrisisStub.objects.get().kind == "body"


def test_of_a_crisis_nobody_has_reviewed_time_and_kind_stay_but_no_words(visitor: Visitor) -> None:
    visitor.say("how long is a session")
    visitor.say(CRISIS)
    visitor.feedback(reply=visitor.greeting[0]["id"], helpful=False, comment=CRISIS)
    happened = Message.objects.get(danger="crisis").received_at
    visitor.delete()
    visitor.delete()
    stubs = list(CrisisStub.objects.order_by("happened_at"))
    assert [stub.kind for stub in stubs] == ["crisis", "crisis"]
    assert stubs[0].happened_at == happened
    assert {field.name for field in CrisisStub._meta.fields} == {"id", "kind", "happened_at", "deleted_at"}
