"""The people on duty are told of a crisis and of a call-back request: at least once, without a visitor's words."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from call_backs import ask, post
from conftest import CRISIS
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from fake_rasa import FakeRasa, closed_port, made_reply, turn
from mail_server import MailServer, text_of
from visitor import Visitor

from web.chat.alarms import alarm_raised
from web.chat.models import Conversation, Message
from web.handoff import alert_words, channels, delivery, outbox
from web.handoff.delivery import deliver_due
from web.handoff.models import Alert, Delivery

Clock = Callable[[timedelta], None]


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    """A mail server that is the one channel."""
    server = MailServer()
    settings.ALERT_CHANNELS = f"mail={server.channel}"
    yield server
    server.stop()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the outbox's and the worker's clock."""
    shift = timedelta()
    real = timezone.now

    class Shifted:
        @staticmethod
        def now() -> datetime:
            return real() + shift

        @staticmethod
        def localtime(at: datetime) -> datetime:
            return timezone.localtime(at)

    for module in (outbox, delivery, alert_words):
        monkeypatch.setattr(module, "timezone", Shifted)

    def move(by: timedelta) -> None:
        nonlocal shift
        shift += by

    return move


def outbox_now() -> datetime:
    """The time that the worker's clock shows."""
    now: datetime = vars(delivery)["timezone"].now()
    return now


def reasons() -> list[str]:
    return sorted(Alert.objects.values_list("reason", flat=True))


# --- what raises one --------------------------------------------------------------------------------


def test_a_crisis_in_a_message_a_comment_or_a_request_raises_an_alert(new_visitor: Callable[[], Visitor]) -> None:
    new_visitor().say(CRISIS)
    visitor = new_visitor()
    visitor.feedback(reply=visitor.greeting[0]["id"], helpful=False, comment=CRISIS)
    post(new_visitor(), topic=CRISIS, consent=False)
    assert reasons() == ["crisis"] * 3
    assert {alert.conversation_id for alert in Alert.objects.all()} == set(
        Conversation.objects.values_list("id", flat=True)
    )


def test_a_crisis_that_only_rasa_saw_raises_one_too(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = turn(made_reply(kind="crisis", text="card"), danger="crisis")
    visitor.say("words that the floor does not know")
    assert reasons() == ["crisis"]


def test_a_calm_conversation_raises_none(visitor: Visitor) -> None:
    visitor.say("how long is a session")
    visitor.feedback(reply=visitor.greeting[0]["id"], helpful=True)
    assert reasons() == []


def test_ten_messages_of_one_visitor_are_one_alert(new_visitor: Callable[[], Visitor], later: Clock) -> None:
    visitor = new_visitor()
    for _ in range(10):
        visitor.say(CRISIS)
    assert Alert.objects.get().events == 10
    new_visitor().say(CRISIS)
    assert Alert.objects.count() == 2
    later(timedelta(minutes=31))
    visitor.say(CRISIS)
    assert Alert.objects.count() == 3


def test_a_call_back_and_a_crisis_are_two_alerts(visitor: Visitor) -> None:
    ask(visitor)
    visitor.say(CRISIS)
    assert reasons() == ["call_back", "crisis"]


def test_the_alert_is_stored_with_the_message_or_not_at_all(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(sender: object, conversation: Conversation, **_: Any) -> None:
        from django.db import connection

        seen.append((connection.in_atomic_block, Message.objects.filter(conversation=conversation).count()))

    alarm_raised.connect(look)
    visitor.say(CRISIS)
    alarm_raised.disconnect(look)
    assert seen == [(True, 1)]


def test_an_alert_that_cannot_be_stored_costs_the_visitor_nothing(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    def fail(*_: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(outbox, "raise_alert", fail)
    assert visitor.say(CRISIS)
    assert Message.objects.get().danger == "crisis"
    assert "nobody could be told" in log.getvalue()


# --- what it says -----------------------------------------------------------------------------------


def test_the_mail_says_where_to_look_and_holds_no_word_of_the_visitors(
    visitor: Visitor, mail: MailServer, settings: Any
) -> None:
    settings.STAFF_URL = "https://chat.clinic.example"
    visitor.say(f"{CRISIS} zanzibar")
    ask(visitor, name="Wilhelmina", topic="about zanzibar")
    assert deliver_due() == 2
    conversation = Conversation.objects.get().id
    request = Alert.objects.get(reason="call_back").call_back_id
    crisis, call_back = map(text_of, mail.mails)
    assert f"https://chat.clinic.example/staff/conversations/{conversation}" in crisis
    assert f"https://chat.clinic.example/staff/callbacks/{request}/" in call_back
    for text in (crisis, call_back):
        assert "may be a repeat" not in text
        for secret in ("zanzibar", "Wilhelmina", "kill", "555", "warfarin"):
            assert secret not in text


def test_the_links_are_those_of_the_staffs_pages(visitor: Visitor) -> None:
    visitor.say(CRISIS)
    ask(visitor)
    crisis, call_back = (Alert.objects.get(reason=reason) for reason in ("crisis", "call_back"))
    assert alert_words.path(crisis) == reverse("review:transcript", args=[crisis.conversation_id])
    assert alert_words.path(call_back) == reverse("handoff:call-back", args=[call_back.call_back_id])
    visitor.delete()
    for alert, page in ((crisis, "review:queue"), (call_back, "handoff:call-backs")):
        alert.refresh_from_db()
        assert alert_words.path(alert) == reverse(page)
        assert "deleted it since" in alert_words.title_and_body(alert, repeat=False)[1]


# --- how it gets there ------------------------------------------------------------------------------


def test_each_channel_gets_it_once(visitor: Visitor, mail: MailServer, settings: Any) -> None:
    other = MailServer()
    settings.ALERT_CHANNELS += f" other={other.channel}"
    visitor.say(CRISIS)
    assert [deliver_due(), deliver_due(), deliver_due()] == [2, 0, 0]
    other.stop()
    assert (len(mail.mails), len(other.mails)) == (1, 1)
    assert all(row.sent_at and row.attempts == 1 for row in Delivery.objects.all())


def test_a_channel_that_fails_is_tried_again_later_and_later_and_holds_up_no_other(
    visitor: Visitor, mail: MailServer, settings: Any, later: Clock, log: io.StringIO
) -> None:
    settings.ALERT_CHANNELS += (
        f" gone=mailto://user:pass-zanzibar@127.0.0.1:{closed_port()}?mode=insecure&to=a@b.example"
    )
    visitor.say(CRISIS)
    pauses = []
    for _ in range(12):
        deliver_due()
        row = Delivery.objects.get(channel="gone")
        assert row.failure
        assert row.sent_at is None
        pauses.append((row.next_at - outbox_now()).total_seconds())
        later(timedelta(seconds=pauses[-1] - 2))
        assert deliver_due() == 0
        later(timedelta(seconds=3))
    assert row.attempts == 12
    assert [round(pause) for pause in pauses[:5]] == [15, 30, 60, 120, 240]
    assert max(map(round, pauses)) == 3600
    assert len(mail.mails) == 1
    assert "zanzibar" not in log.getvalue() + row.failure


def test_after_a_failure_the_message_says_that_it_may_be_a_repeat(
    visitor: Visitor, mail: MailServer, later: Clock
) -> None:
    mail.refuse = True
    visitor.say(CRISIS)
    deliver_due()
    assert Delivery.objects.get().failure
    mail.refuse = False
    later(timedelta(minutes=1))
    deliver_due()
    (sent,) = mail.mails
    assert "may be a repeat" in str(sent["Subject"])
    assert Delivery.objects.get().sent_at


def test_what_a_worker_is_sending_no_other_sends_until_its_time_is_over(
    visitor: Visitor, mail: MailServer, later: Clock
) -> None:
    visitor.say(CRISIS)
    names = ["mail"]
    delivery._spread(names)
    assert delivery._take(names)  # a worker that is killed here
    assert deliver_due() == 0
    later(timedelta(seconds=121))
    assert deliver_due() == 1
    assert "may be a repeat" in text_of(mail.mails[0])


def test_without_a_channel_alerts_wait_for_one_but_not_for_ever(
    new_visitor: Callable[[], Visitor], settings: Any
) -> None:
    settings.ALERT_CHANNELS = ""
    new_visitor().say(CRISIS)
    Alert.objects.update(raised_at=timezone.now() - timedelta(days=8))
    new_visitor().say(CRISIS)
    assert deliver_due() == 0
    server = MailServer()
    settings.ALERT_CHANNELS = f"mail={server.channel}"
    assert deliver_due() == 1
    server.stop()
    assert Alert.objects.filter(spread_at=None).count() == 1  # the page shows it as not sent


def test_a_channel_that_is_taken_away_keeps_what_waits(visitor: Visitor, mail: MailServer, settings: Any) -> None:
    visitor.say(CRISIS)
    delivery._spread(["mail"])
    before, settings.ALERT_CHANNELS = settings.ALERT_CHANNELS, f"other={mail.channel}"
    assert deliver_due() == 0
    settings.ALERT_CHANNELS = before
    assert deliver_due() == 1


def test_channels_are_named_and_what_cannot_be_used_is_said_without_its_password(
    settings: Any, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.ALERT_CHANNELS = "mail=mailto://a:b@c.example slack=slack://nonsense hook=json://localhost/x?a=b zanzibar"
    assert set(channels.channels()) == {"mail", "slack", "hook"}
    assert channels.channels()["hook"] == "json://localhost/x?a=b"
    found = channels.channels_can_be_used()
    assert [error.msg for error in found] == [f"Entry {place} of ALERT_CHANNELS cannot be used." for place in (2, 4)]
    with pytest.raises(channels.ChannelFailure, match="not one that can be used"):
        channels.send("nonsense://zanzibar", "title", "body")
    assert "zanzibar" not in log.getvalue() + capfd.readouterr().err
