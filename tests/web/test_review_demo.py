"""Demonstration data shows the console alive, alerts nobody, and is never mixed with what real visitors wrote."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import CRISIS
from django.core.management import CommandError, call_command
from django.utils import timezone
from fake_rasa import FakeRasa, turn
from staffing import ask, signed_in, text_of
from visitor import Visitor

from web.chat import readiness
from web.chat.alarms import alarm_raised
from web.chat.models import Conversation, CrisisStub, Feedback, Message
from web.review.management.commands import demo_data


@pytest.fixture
def script(http: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A short script in place of the month."""
    path = tmp_path / "script.yml"
    path.write_text(f'conversations:\n  - ["how long is it", "+"]\n  - ["{CRISIS}", "and the price"]\n', "utf-8")
    monkeypatch.setattr(demo_data, "SCRIPT", path)
    monkeypatch.setattr(readiness, "_last", (float("-inf"), False))
    monkeypatch.setattr(demo_data, "rasa_answers", lambda: True)
    before = list(alarm_raised.receivers)
    yield
    alarm_raised.receivers = before


def fill(**options: Any) -> str:
    output = io.StringIO()
    call_command("demo_data", stdout=output, **options)
    return output.getvalue()


def test_it_fills_a_month_through_the_assistant_and_alerts_nobody(script: None, rasa: FakeRasa) -> None:
    alarms: list[Any] = []

    def called_out(**values: Any) -> None:
        alarms.append(values)

    alarm_raised.connect(called_out)
    rasa.answer = turn()
    fill()
    assert [body["text"] for body in rasa.seen if body["sender"]] != []
    assert Conversation.objects.count() == 2
    assert Feedback.objects.get().helpful
    month = timezone.now() - timedelta(days=demo_data.DAYS + 1)
    assert all(month < at < timezone.now() for at in Message.objects.values_list("received_at", flat=True))
    assert alarms == []
    said = text_of(signed_in("reader").get("/staff/"))
    assert "Demonstration data" in said
    assert CRISIS in said


def test_it_is_refused_where_a_visitor_has_written(script: None, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "a real question")
    with pytest.raises(CommandError, match="real conversations"):
        fill()
    assert Message.objects.count() == 1


def test_it_can_be_taken_away_and_takes_no_real_one_along(script: None, visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = turn()
    fill()
    with pytest.raises(CommandError, match="there already"):
        fill()
    ask(visitor, rasa, "a real question")
    fill(remove=True)
    assert [message.text for message in Message.objects.all()] == ["a real question"]
    assert not CrisisStub.objects.exists()


def test_without_rasa_it_says_what_to_do(script: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_data, "rasa_answers", lambda: False)
    with pytest.raises(CommandError, match="make run"):
        fill()
