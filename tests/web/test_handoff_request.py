"""A visitor can ask to be called, and what is entered goes to the clinic's staff and to nobody else."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from call_backs import DIGITS, NUMBER, ask, form, post
from conftest import CRISIS
from django.core import serializers
from fake_rasa import FakeRasa, made_reply, turn
from visitor import Visitor

from safety.replies import CLINIC
from web.chat.models import Conversation, CrisisStub, Message, Reply
from web.handoff.models import Alert, CallBack

KEPT = {"kept": True, "replies": []}


def test_the_request_is_kept_with_all_that_the_staff_need(visitor: Visitor) -> None:
    visitor.say("I take warfarin, would that be a problem?")
    assert ask(visitor, leave_message=True, phone="312.555.0188 x12") == KEPT
    request = CallBack.objects.get()
    assert (request.name, request.phone_shown) == ("Ann", "(312) 555-0188 ext. 12")
    assert (request.best_time, request.leave_message, request.language) == ("afternoon", True, "en")
    assert request.topic == "I take warfarin, would that be a problem?"
    assert request.conversation == Conversation.objects.get()
    assert (request.claimed_by, request.done_at, request.danger) == (None, None, "none")


def test_the_same_request_sent_again_is_one_request_and_one_alert(visitor: Visitor) -> None:
    id = str(uuid.uuid4())
    assert [ask(visitor, id=id), ask(visitor, id=id), ask(visitor, id=id.upper())] == [KEPT] * 3
    assert CallBack.objects.count() == 1
    assert Alert.objects.get().events == 1


def test_two_visitors_whose_widgets_made_the_same_id_are_both_called(new_visitor: Callable[[], Visitor]) -> None:
    id = str(uuid.uuid4())
    ask(new_visitor(), id=id, name="Ann")
    ask(new_visitor(), id=id, name="Bob")
    assert sorted(request.name for request in CallBack.objects.all()) == ["Ann", "Bob"]


def test_it_is_due_within_a_day(visitor: Visitor) -> None:
    ask(visitor)
    request = CallBack.objects.get()
    assert request.due_at - request.asked_at == timedelta(hours=24)
    assert not request.overdue(request.asked_at + timedelta(hours=23))
    assert request.overdue(request.asked_at + timedelta(hours=25))


# --- nobody else learns of it -----------------------------------------------------------------------


def test_nothing_of_it_goes_to_rasa_the_transcript_an_alert_or_the_log(
    visitor: Visitor, rasa: FakeRasa, log: io.StringIO
) -> None:
    topic = "something about zanzibar"
    ask(visitor, name="Wilhelmina", topic=topic)
    post(visitor, name="Wilhelmina", topic=topic, phone="zanzibar")
    post(visitor, name="Wilhelmina", topic=topic, leave_message="zanzibar")
    kept = serializers.serialize("json", [*Message.objects.all(), *Reply.objects.all(), *Alert.objects.all()])
    for place in (json.dumps(rasa.seen), kept, log.getvalue(), json.dumps(visitor.history())):
        for secret in ("Wilhelmina", "zanzibar", DIGITS, NUMBER, "555-0188"):
            assert secret not in place


def test_the_answer_never_tells_what_was_entered(visitor: Visitor) -> None:
    assert "Ann" not in post(visitor).text
    assert DIGITS not in post(visitor, id="no uuid").text


def test_deleting_the_conversation_takes_the_request_back(visitor: Visitor) -> None:
    ask(visitor)
    assert visitor.delete().status_code == 204
    assert not CallBack.objects.exists()
    alert = Alert.objects.get()
    assert (alert.conversation, alert.call_back) == (None, None)


def test_nobody_asks_in_a_deleted_conversation(visitor: Visitor) -> None:
    visitor.delete()
    assert post(visitor).status_code == 401
    assert not CallBack.objects.exists()


# --- mistakes ---------------------------------------------------------------------------------------


def _mistakes(answer: Any) -> list[tuple[str, str]]:
    return [(mistake["field"], mistake["code"]) for mistake in answer.json()["mistakes"]]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": "  "}, "name", "name_missing"),
        ({"name": "A" * 61}, "name", "name_too_long"),
        ({"phone": "555-0188"}, "phone", "phone_no_area_code"),
        ({"phone": "3" * 5000}, "phone", "phone_too_long"),
        ({"topic": "a" * 501}, "topic", "topic_too_long"),
        ({"consent": False}, "consent", "consent_missing"),
    ],
)
def test_a_mistake_is_named_at_its_field_in_words(
    visitor: Visitor, change: dict[str, Any], field: str, code: str
) -> None:
    answer = post(visitor, **change)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], _mistakes(answer), problem["replies"]) == ("form_mistakes", [(field, code)], [])
    assert problem["mistakes"][0]["detail"] in problem["detail"]
    assert CLINIC["clinic_phone"] in problem["detail"]
    assert not CallBack.objects.exists()
    assert not Alert.objects.exists()


def test_all_mistakes_are_named_at_once_in_the_order_of_the_form(visitor: Visitor) -> None:
    answer = post(visitor, consent=False, name="", phone="")
    assert _mistakes(answer) == [
        ("name", "name_missing"),
        ("phone", "phone_missing"),
        ("consent", "consent_missing"),
    ]


def test_a_spanish_form_gets_spanish_words(visitor: Visitor) -> None:
    (mistake,) = post(visitor, language="es", phone="555-0188").json()["mistakes"]
    assert mistake["detail"] == "Falta el código de área. Escriba las diez cifras."


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"phone": 3125550188},
        {"best_time": "at night"},
        {"language": "fr"},
        {"consent": "yes"},
        {"id": "1"},
    ],
)
def test_what_no_form_sends_is_refused(visitor: Visitor, change: dict[str, Any]) -> None:
    answer = post(visitor, **change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not CallBack.objects.exists()


def test_too_many_requests_are_asked_to_wait(visitor: Visitor, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 2
    answers = [post(visitor).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert CallBack.objects.count() == 2


# --- danger -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["topic", "name", "phone"])
def test_words_that_need_a_card_get_it_whatever_field_they_are_in(visitor: Visitor, rasa: FakeRasa, field: str) -> None:
    answer = post(visitor, **{field: CRISIS})
    (card,) = answer.json()["replies"]
    assert card["kind"] == "crisis"
    assert {"tel:988", "sms:988", "tel:911"} <= {link["href"] for link in card["links"]}
    assert visitor.history()[-1]["replies"] == [card]
    assert Alert.objects.filter(reason="crisis").count() == 1
    visitor.say("how long is a session")
    assert rasa.seen[-1]["metadata"]["care_mode"] is True


def test_a_request_in_danger_is_kept_and_marked_beside_the_card(visitor: Visitor) -> None:
    answer = ask(visitor, topic=CRISIS)
    assert answer["kept"] is True
    assert CallBack.objects.get().danger == "crisis"
    assert {alert.reason for alert in Alert.objects.all()} == {"crisis", "call_back"}


def test_the_card_comes_with_the_mistakes_too_and_over_the_limit(visitor: Visitor, settings: Any) -> None:
    settings.MESSAGES_PER_MINUTE = 1
    post(visitor)
    answer = post(visitor, topic=CRISIS, phone="")
    assert answer.status_code == 422
    assert [reply["kind"] for reply in answer.json()["replies"]] == ["crisis"]


def test_the_card_comes_even_where_the_request_cannot_be_kept_and_that_is_said(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DatabaseError

    from web.handoff import asking

    def fail(*_: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(asking, "keep", fail)
    answer = ask(visitor, topic=CRISIS)
    assert (answer["kept"], answer["replies"][0]["kind"]) == (False, "crisis")
    refused = post(visitor)
    assert (refused.status_code, refused.json()["code"]) == (503, "log_unavailable")


def test_of_a_deleted_request_in_danger_time_and_kind_stay(visitor: Visitor) -> None:
    ask(visitor, topic=CRISIS)
    visitor.delete()
    assert [stub.kind for stub in CrisisStub.objects.all()] == ["crisis"]


# --- a number typed into the chat -------------------------------------------------------------------


def test_a_number_typed_into_the_chat_is_hidden_and_met_with_the_form(visitor: Visitor, rasa: FakeRasa) -> None:
    replies = visitor.say(f"call me at {NUMBER}")
    assert rasa.seen[0]["text"] == "call me at [phone]"
    assert replies[-1]["kind"] == "personal"  # the kind under which the widget offers the form
    assert "hidden and not kept" in replies[-1]["text"]
    assert CLINIC["clinic_phone"] in replies[-1]["text"]
    assert [reply["kind"] for reply in visitor.say("how long is a session")] == ["answer"]


def test_the_clinics_own_number_is_no_visitors_number(visitor: Visitor) -> None:
    assert len(visitor.say(f"is {CLINIC['clinic_phone']} yours?")) == 1


@pytest.mark.parametrize("kind", ["crisis", "emergency"])
def test_in_a_crisis_no_form_is_offered(visitor: Visitor, rasa: FakeRasa, kind: str) -> None:
    rasa.answer = turn(made_reply(kind=kind, text="card"))
    assert [reply["kind"] for reply in visitor.say(f"words that the floor does not know {NUMBER}")] == [kind]
    rasa.answer = None
    assert [reply["kind"] for reply in visitor.say(f"call me at {NUMBER}")] == ["answer"]


def test_the_form_has_no_field_that_the_api_does_not_know() -> None:
    from web.handoff.request_body import CallBackBody

    assert set(form()) == set(CallBackBody.model_fields)
