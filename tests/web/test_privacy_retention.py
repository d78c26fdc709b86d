"""What has been kept long enough goes by itself; what has not, stays; a run that fails is never silent."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from call_backs import ask
from conftest import CRISIS
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from fake_rasa import FakeRasa
from staffing import signed_in, summary_of, text_of
from visitor import Visitor

from web.chat.models import Conversation, CrisisStub, Message, Reply
from web.handoff.models import Alert, CallBack, Delivery
from web.privacy import housekeeping, retention
from web.privacy.models import Erasure, RetentionRun
from web.review.audit import Action
from web.review.counts import totals
from web.review.models import AuditEntry, ConversationSummary


def _aged(days: float, **which: Any) -> None:
    Conversation.objects.filter(**which).update(last_seen_at=timezone.now() - timedelta(days=days))


def test_a_conversation_goes_180_days_after_the_last_visit_and_not_before(new_visitor: Callable[[], Visitor]) -> None:
    old, young = new_visitor(), new_visitor()
    old.say("how long is a session")
    young.say("how often does one go")
    kept = young.history()
    _aged(181, messages__text="how long is a session")
    _aged(179, messages__text="how often does one go")
    run = retention.run(rest=0)
    assert run.deleted == {"conversations": 1}
    assert [Conversation.objects.count(), Message.objects.count(), ConversationSummary.objects.count()] == [1, 1, 1]
    _aged(0)
    assert young.history() == kept
    assert old.post("hello").status_code == 401
    assert Erasure.objects.count() == 1


@pytest.mark.parametrize("days", [10, 400])
def test_the_clinic_says_how_long(visitor: Visitor, settings: Any, days: int) -> None:
    settings.TRANSCRIPT_DAYS = days
    visitor.say("how long is a session")
    _aged(days - 1)
    assert retention.run(rest=0).deleted == {}
    _aged(days + 1)
    assert retention.run(rest=0).deleted == {"conversations": 1}


def test_of_a_crisis_nobody_reviewed_a_stub_without_words_stays(visitor: Visitor) -> None:
    visitor.say(CRISIS)
    _aged(181)
    retention.run(rest=0)
    assert not Message.objects.exists()
    assert not Reply.objects.exists()
    assert CrisisStub.objects.get().kind == "crisis"


def test_of_a_crisis_that_was_dealt_with_no_stub_stays(visitor: Visitor) -> None:
    visitor.say(CRISIS)
    ConversationSummary.objects.filter(pk=summary_of(CRISIS).pk).update(reviewed=True)
    _aged(181)
    retention.run(rest=0)
    assert not CrisisStub.objects.exists()


def test_the_figures_of_a_day_stay_when_its_conversations_go(visitor: Visitor) -> None:
    visitor.say("how long is a session")
    then = timezone.now() - timedelta(days=200)
    Message.objects.update(received_at=then)
    _aged(200)
    retention.run(rest=0)
    day = timezone.localtime(then).date()
    assert totals(day, day, "questions") == [("", 1)]


def test_a_request_to_be_called_goes_30_days_after_it_is_done_and_an_open_one_stays(
    new_visitor: Callable[[], Visitor],
) -> None:
    for _ in range(3):
        visitor = new_visitor()
        visitor.say("hello")
        ask(visitor)
    first, second, third = CallBack.objects.values_list("pk", flat=True)
    CallBack.objects.filter(pk=first).update(done_at=timezone.now() - timedelta(days=31))
    CallBack.objects.filter(pk=second).update(done_at=timezone.now() - timedelta(days=29))
    assert retention.run(rest=0).deleted == {"call_backs": 1}
    assert set(CallBack.objects.values_list("pk", flat=True)) == {second, third}
    assert Conversation.objects.count() == 3


def test_an_alert_goes_when_it_was_sent_and_one_that_still_waits_stays(db: None) -> None:
    then = timezone.now() - timedelta(days=181)
    for sent in (then, None):
        alert = Alert.objects.create(reason=Alert.Reason.TEST, raised_at=then, spread_at=then)
        Delivery.objects.create(alert=alert, channel="mail", sent_at=sent)
    Alert.objects.create(reason=Alert.Reason.TEST)
    assert retention.run(rest=0).deleted == {"alerts": 1}
    assert Delivery.objects.get().sent_at is None


def test_the_audit_trail_is_kept_six_years_whatever_is_asked_for(db: None, settings: Any) -> None:
    for years in (5.9, 6.1):
        AuditEntry.objects.create(action=Action.READ, actor="maria", at=timezone.now() - timedelta(days=years * 365.25))
    settings.AUDIT_YEARS = 1
    with pytest.raises(DatabaseError), transaction.atomic():
        retention.run(rest=0)
    settings.AUDIT_YEARS = 6
    retention.run(rest=0)
    assert AuditEntry.objects.filter(action=Action.READ).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM review_auditentry")


def test_a_deletion_that_was_broken_off_is_finished(visitor: Visitor) -> None:
    visitor.say("how long is a session")
    Conversation.objects.update(revoked_at=timezone.now() - timedelta(hours=1))
    retention.run(rest=0)
    assert not Message.objects.exists()


def test_what_it_deleted_is_in_the_audit_trail_and_on_its_page(visitor: Visitor) -> None:
    visitor.say("how long is a session")
    _aged(181)
    call_command("retain")
    assert AuditEntry.objects.get(action=Action.RETAINED).detail == {"conversations": 1}
    assert "last deleted on" in text_of(signed_in("manager").get("/staff/audit"))


# --- it runs by itself, and never fails in silence ---


def test_the_worker_runs_it_every_hour(db: None, rasa: FakeRasa) -> None:
    assert housekeeping.look()
    assert housekeeping.look()
    assert RetentionRun.objects.count() == 1
    RetentionRun.objects.update(started_at=timezone.now() - timedelta(minutes=61))
    housekeeping.look()
    assert RetentionRun.objects.count() == 2


def test_the_alerts_worker_begins_it(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def begin(stop: threading.Event) -> None:
        begun.set()
        stop.set()

    monkeypatch.setattr(housekeeping, "begin", begin)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    call_command("send_alerts")
    assert begun.is_set()


def test_a_run_that_breaks_off_is_told_to_the_staff_and_tried_again(
    db: None, monkeypatch: pytest.MonkeyPatch, log: Any
) -> None:
    def breaks(_: Any) -> int:
        raise OSError("".join(("zqsecret", "zq")))

    monkeypatch.setitem(retention._BATCHES, "files", breaks)
    manager = signed_in("manager")
    assert not housekeeping.look()
    assert "OSError" in text_of(manager.get("/staff/audit"))
    assert "broke off" in log.getvalue()
    assert "zqsecretzq" not in log.getvalue()
    with pytest.raises(CommandError, match="OSError"):
        call_command("retain")
    monkeypatch.setitem(retention._BATCHES, "files", lambda _: 0)
    RetentionRun.objects.update(started_at=timezone.now() - timedelta(hours=2))
    assert housekeeping.look()
    assert "OSError" not in text_of(manager.get("/staff/audit"))


def test_one_that_does_not_run_at_all_is_told_to_the_staff(db: None) -> None:
    retention.run(rest=0)
    assert retention.complaint(timezone.now()) == ""
    assert "not run for more than a day" in retention.complaint(timezone.now() + timedelta(days=2))
