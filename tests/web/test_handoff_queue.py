"""The staff call back in due order, nobody takes another's claim, and what fails can be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from call_backs import ask
from conftest import CRISIS
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from mail_server import MailServer
from staffing import page, signed_in, text_of
from visitor import Visitor

from web.handoff import call_queue
from web.handoff.delivery import deliver_due
from web.handoff.models import Alert, CallBack, Delivery, Try
from web.review.models import AuditEntry, ConversationSummary

QUEUE = "/staff/callbacks/"
ALERTS = "/staff/alerts/"


@pytest.fixture
def reviewer(db: None) -> Client:
    return signed_in("reviewer", "rita")


@pytest.fixture
def other(db: None) -> Client:
    return signed_in("reviewer", "otto")


@pytest.fixture
def request_of_ann(visitor: Visitor) -> CallBack:
    """A request that nobody has taken yet."""
    ask(visitor)
    return CallBack.objects.get()


def address(request: CallBack) -> str:
    return f"{QUEUE}{request.pk}/"


def step(client: Client, request: CallBack, step: str, version: int | None = None, **values: Any) -> Any:
    """Presses one of the page's buttons, as it was shown at a version (now, unless said otherwise)."""
    if version is None:
        version = CallBack.objects.get(pk=request.pk).version
    return client.post(address(request), {"step": step, "version": version, **values})


def tomorrow() -> str:
    return f"{timezone.localtime(timezone.now() + timedelta(days=1)):%Y-%m-%dT%H:%M}"


# --- the queue --------------------------------------------------------------------------------------


def test_who_is_due_first_stands_first_and_overdue_ones_stand_out(visitor: Visitor, reviewer: Client) -> None:
    for name, hours in (("Late", 5), ("Overdue", -2), ("Soon", 1)):
        ask(visitor, name=name)
        newest = CallBack.objects.order_by("-asked_at").first()
        assert newest
        CallBack.objects.filter(pk=newest.pk).update(due_at=timezone.now() + timedelta(hours=hours))
    html = reviewer.get(QUEUE).content.decode()
    assert html.index("Overdue</b>") < html.index("Soon</b>") < html.index("Late</b>")
    assert html.count('class="row overdue"') == 1
    assert "1 overdue" in text_of(reviewer.get(QUEUE))


def test_the_page_of_a_request_has_all_that_a_call_needs(request_of_ann: CallBack, reviewer: Client) -> None:
    answer = reviewer.get(address(request_of_ann))
    text = text_of(answer)
    for words in ("Ann", "(312) 555-0188", "Afternoon", "may not be left", "I take warfarin, would that be a problem?"):
        assert words in text
    html = answer.content.decode()
    assert 'href="tel:+1-312-555-0188"' in html
    assert f'href="{page(request_of_ann.conversation)}"' in html  # the transcript
    assert AuditEntry.objects.filter(action="read", detail__call_back=str(request_of_ann.pk)).exists()


def test_the_transcript_leads_to_the_request(visitor: Visitor, reviewer: Client) -> None:
    visitor.say("I take warfarin, would that be a problem?")
    ask(visitor)
    request = CallBack.objects.get()
    assert address(request) in reviewer.get(page(request.conversation)).content.decode()


def test_the_list_shows_no_telephone_number(request_of_ann: CallBack, reviewer: Client) -> None:
    assert "555" not in reviewer.get(QUEUE).content.decode()


def test_what_a_visitor_entered_is_text_and_nothing_else(visitor: Visitor, reviewer: Client) -> None:
    ask(visitor, name="<b>Ann</b>", topic="<script>alert(1)</script>")
    for where in (QUEUE, address(CallBack.objects.get())):
        html = reviewer.get(where).content.decode()
        assert "<b>Ann" not in html
        assert "<script>alert" not in html


# --- claiming ---------------------------------------------------------------------------------------


def test_a_claim_is_lost_to_nobody_who_saw_it_free(request_of_ann: CallBack, reviewer: Client, other: Client) -> None:
    assert step(reviewer, request_of_ann, "claim", version=0).status_code == 302
    answer = step(other, request_of_ann, "claim", version=0)
    assert answer.status_code == 409
    assert "rita has it" in text_of(answer)
    assert "Nothing was done" in text_of(answer)
    claimed = CallBack.objects.get()
    assert claimed.claimed_by
    assert claimed.claimed_by.username == "rita"


@pytest.mark.parametrize("what", ["claim", "release", "finish"])
def test_nobody_works_on_anothers_claim(request_of_ann: CallBack, reviewer: Client, other: Client, what: str) -> None:
    step(reviewer, request_of_ann, "claim")
    assert step(other, request_of_ann, what).status_code == 409
    assert step(other, request_of_ann, "try", result="reached").status_code == 409
    call_back = CallBack.objects.get()
    assert (call_back.claimed_by == User.objects.get(username="rita"), call_back.done_at) == (True, None)
    assert not Try.objects.exists()


def test_a_manager_frees_the_claim_of_someone_who_is_away(request_of_ann: CallBack, reviewer: Client) -> None:
    step(reviewer, request_of_ann, "claim")
    assert step(signed_in("manager"), request_of_ann, "release").status_code == 302
    assert CallBack.objects.get().claimed_by is None


def test_a_reader_reads_and_changes_nothing(request_of_ann: CallBack, db: None) -> None:
    reader = signed_in("reader")
    assert "You may read this" in text_of(reader.get(address(request_of_ann)))
    assert step(reader, request_of_ann, "claim").status_code == 403
    assert CallBack.objects.get().version == 0


def test_who_is_not_signed_in_sees_nothing(request_of_ann: CallBack) -> None:
    for where in (QUEUE, address(request_of_ann), ALERTS):
        answer = Client().get(where)
        assert answer.status_code == 302
        assert "/staff/sign-in" in answer.headers["Location"]


# --- trying -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("result", ["reached", "wrong_number"])
def test_the_last_try_makes_it_done(request_of_ann: CallBack, reviewer: Client, result: str) -> None:
    step(reviewer, request_of_ann, "claim")
    step(reviewer, request_of_ann, "try", result=result, again_at=tomorrow())
    call_back = CallBack.objects.get()
    assert call_back.done_at
    assert [(row.result, row.made_by) for row in Try.objects.all()] == [(result, call_back.claimed_by)]
    assert "Ann" not in text_of(reviewer.get(QUEUE))
    assert "Ann" in text_of(reviewer.get(QUEUE, {"done": "1"}))


@pytest.mark.parametrize("result", ["no_answer", "left_message"])
def test_any_other_try_is_due_again_at_the_time_that_was_chosen(
    request_of_ann: CallBack, reviewer: Client, result: str
) -> None:
    step(reviewer, request_of_ann, "claim")
    again = tomorrow()
    step(reviewer, request_of_ann, "try", result=result, again_at=again)
    call_back = CallBack.objects.get()
    assert f"{timezone.localtime(call_back.due_at):%Y-%m-%dT%H:%M}" == again
    assert (call_back.done_at, call_back.tries.count()) == (None, 1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "This field is required."),
        ({"result": "no_answer"}, "Say when to call again."),
        ({"result": "no_answer", "again_at": "2020-01-01T10:00"}, "This time is over."),
        ({"result": "no_answer", "again_at": "soon"}, "Enter a valid date/time."),
        ({"result": "married"}, "Select a valid choice."),
    ],
)
def test_a_try_that_is_not_complete_is_asked_for_again(
    request_of_ann: CallBack, reviewer: Client, values: dict[str, Any], words: str
) -> None:
    step(reviewer, request_of_ann, "claim")
    answer = step(reviewer, request_of_ann, "try", **values)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Try.objects.exists()


def test_a_try_sent_twice_is_one_try(request_of_ann: CallBack, reviewer: Client) -> None:
    step(reviewer, request_of_ann, "claim")
    answers = [
        step(reviewer, request_of_ann, "try", version=1, result="no_answer", again_at=tomorrow()).status_code
        for _ in range(2)
    ]
    assert answers == [302, 409]
    assert Try.objects.count() == 1


def test_it_can_be_done_without_a_call_and_taken_up_again(request_of_ann: CallBack, reviewer: Client) -> None:
    step(reviewer, request_of_ann, "claim")
    step(reviewer, request_of_ann, "finish")
    assert CallBack.objects.get().done_at
    step(reviewer, request_of_ann, "reopen")
    assert not call_queue.waiting().filter(done_at__isnull=False)
    assert CallBack.objects.get().done_at is None


def test_what_the_visitor_deleted_meanwhile_is_gone(
    request_of_ann: CallBack, visitor: Visitor, reviewer: Client
) -> None:
    visitor.delete()
    assert reviewer.get(address(request_of_ann)).status_code == 404
    assert reviewer.post(address(request_of_ann), {"step": "claim", "version": 0}).status_code == 404


def test_the_queue_of_conversations_knows_who_waits_for_a_call(visitor: Visitor, reviewer: Client) -> None:
    visitor.say("I take warfarin, would that be a problem?")
    ask(visitor)
    assert ConversationSummary.objects.get().callback
    step(reviewer, CallBack.objects.get(), "claim")
    step(reviewer, CallBack.objects.get(), "try", result="reached")
    assert not ConversationSummary.objects.get().callback


def test_a_hundred_requests_take_few_questions_to_the_database(
    visitor: Visitor, reviewer: Client, django_assert_max_num_queries: Any
) -> None:
    ask(visitor)
    first = CallBack.objects.get()
    import uuid

    for _ in range(99):
        first.pk = uuid.uuid4()
        first.client_id = uuid.uuid4()
        CallBack.objects.bulk_create([first])
    assert connection.vendor
    with django_assert_max_num_queries(14):
        reviewer.get(QUEUE)


# --- alerts -----------------------------------------------------------------------------------------


def test_a_test_reaches_the_channels_and_the_page_says_so(settings: Any, db: None) -> None:
    manager, server = signed_in("manager"), MailServer()
    settings.ALERT_CHANNELS = f"duty-mail={server.channel}"
    assert manager.post(ALERTS).status_code == 302
    assert "waiting" in text_of(manager.get(ALERTS))
    deliver_due()
    server.stop()
    assert "test" in str(server.mails[0]["Subject"])
    text = text_of(manager.get(ALERTS))
    assert "duty-mail: sent" in text
    assert server.channel not in manager.get(ALERTS).content.decode()


def test_only_a_manager_sends_a_test(reviewer: Client) -> None:
    assert reviewer.get(ALERTS).status_code == 200
    assert "Send a test" not in text_of(reviewer.get(ALERTS))
    assert reviewer.post(ALERTS).status_code == 403
    assert not Alert.objects.exists()


def test_a_failure_is_seen_with_its_reason(visitor: Visitor, reviewer: Client, settings: Any) -> None:
    settings.ALERT_CHANNELS = "nobody=nonsense://x"
    visitor.say(CRISIS)
    deliver_due()
    text = text_of(reviewer.get(ALERTS))
    assert "1 not delivered" in text
    assert "nobody: failed" in text
    assert "The channel" in Delivery.objects.get().failure
    assert "not one that can be used" in text


def test_that_no_channel_is_set_is_said_plainly(visitor: Visitor, reviewer: Client, settings: Any) -> None:
    settings.ALERT_CHANNELS = ""
    visitor.say(CRISIS)
    assert "No channel is set." in text_of(reviewer.get(ALERTS))
