"""Where the clinic's hours are set, a visitor who is sent to the phone hears whether somebody is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from call_backs import ask
from fake_rasa import FakeRasa, made_reply, turn
from visitor import Visitor

from safety.replies import CLINIC
from web.chat import opening
from web.handoff.due import due_at
from web.handoff.models import CallBack

WEEK = "Mo-Fr 09:00-17:30; PH off"
Set = Callable[[str], None]


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Set:
    settings.TIME_ZONE = "America/Chicago"
    monkeypatch.delitem(CLINIC, "hours", raising=False)
    return lambda value: monkeypatch.setitem(CLINIC, "hours", value)


def at(written: str) -> datetime:
    """A time in the clinic's zone, given to the code in another one."""
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("America/Chicago")).astimezone(ZoneInfo("UTC"))


def said(now: str, kind: str = "personal", *, care: bool = False) -> str:
    """What is added to a reply."""
    (reply,) = opening.told([made_reply(kind=kind, text="Ask.")], at(now), care=care)
    assert reply["text"].startswith("Ask.")
    return str(reply["text"])[5:]


CALL_BACK = "\nUntil then, you can ask here to be called back."


@pytest.mark.parametrize(
    ("now", "line"),
    [
        ("2026-11-23T10:00", "The clinic is open now, until 5:30 pm CST."),
        ("2026-07-06T17:29", "The clinic is open now, until 5:30 pm CDT."),
        ("2026-11-23T07:00", f"The clinic is closed now. It opens today at 9 am CST.{CALL_BACK}"),
        ("2026-11-23T17:30", f"The clinic is closed now. It opens tomorrow at 9 am CST.{CALL_BACK}"),
        ("2026-11-20T18:00", f"The clinic is closed now. It opens on Monday at 9 am CST.{CALL_BACK}"),
        ("2026-11-25T23:59", f"The clinic is closed now. It opens on Friday at 9 am CST.{CALL_BACK}"),  # Thanksgiving
    ],
)
def test_open_or_closed_is_said_in_the_clinics_time(hours: Set, now: str, line: str) -> None:
    hours(WEEK)
    assert said(now) == line


def test_a_long_way_off_the_date_is_said(hours: Set) -> None:
    hours("2027 Mar 01-2027 Dec 31 Mo-Fr 09:00-17:00")
    assert "It opens on Monday, March 1, at 9 am CST." in said("2026-11-23T10:00")


def test_where_no_hours_are_set_nothing_is_said(hours: Set) -> None:
    assert said("2026-11-23T10:00") == ""
    assert opening.is_open(at("2026-11-23T10:00")) is None


def test_hours_that_cannot_be_read_or_never_come_say_nothing(hours: Set) -> None:
    hours("nine to five")
    assert said("2026-11-23T10:00") == ""
    assert [error.id for error in opening.hours_can_be_read()] == ["chat.E001"]
    hours("off")
    assert said("2026-11-23T10:00") == ""
    hours("24/7")
    assert said("2026-11-23T10:00") == "The clinic is open now, at any hour."


def test_in_care_mode_no_call_back_is_offered_beside_the_crisis_line(hours: Set) -> None:
    hours(WEEK)
    assert said("2026-11-23T07:00", care=True) == "The clinic is closed now. It opens today at 9 am CST."


@pytest.mark.parametrize("kind", ["answer", "crisis", "emergency", "greeting", "small_talk", "clarify"])
def test_other_replies_stay_as_they_are(hours: Set, kind: str) -> None:
    hours(WEEK)
    assert said("2026-11-23T10:00", kind) == ""


def test_it_is_said_once_in_an_answer_of_several_parts(visitor: Visitor, rasa: FakeRasa, hours: Set) -> None:
    hours("24/7")
    parts = [made_reply(kind=kind, text="Part.") for kind in ("not_on_page", "personal", "answer")]
    rasa.answer = turn(*parts)
    texts = [reply["text"] for reply in visitor.say("cost? my heart? how long?")]
    assert texts == ["Part.", "Part.\nThe clinic is open now, at any hour.", "Part."]
    assert [reply["text"] for reply in visitor.history()[-1]["replies"]] == texts
    assert rasa.seen[0]["metadata"]["clinic_open"] is True


def test_rasa_is_told_when_it_is_not_known(visitor: Visitor, rasa: FakeRasa, hours: Set) -> None:
    visitor.say("how long is a session")
    assert rasa.seen[0]["metadata"]["clinic_open"] is None


def test_a_call_back_is_due_when_somebody_is_there(visitor: Visitor, hours: Set) -> None:
    hours(WEEK)
    assert due_at(at("2026-11-23T10:00")) == at("2026-11-24T10:00")
    assert due_at(at("2026-11-20T16:00")) == at("2026-11-23T09:00")  # asked on a Friday, called on Monday
    ask(visitor)
    assert opening.is_open(CallBack.objects.get().due_at)


def test_the_clinics_own_hours_can_be_read() -> None:
    assert opening.hours_can_be_read() == []
