"""What visitors ask, in numbers that add up, by the clinic's days; and what the page lacks."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import CRISIS
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from fake_rasa import FakeRasa
from staffing import ask, signed_in, text_of
from visitor import Visitor

from web.chat.models import Message
from web.review import charts
from web.review.models import CountedDay, LackingGroup

New = Callable[[], Visitor]


@pytest.fixture
def reader(http: Any) -> Client:
    return signed_in("reader")


def figures(response: Any) -> dict[str, str]:
    import re

    return dict(re.findall(r"<dt>(.*?)</dt><dd>(\d+)", response.content.decode()))


def test_the_figures_are_what_happened(reader: Client, new_visitor: New, rasa: FakeRasa) -> None:
    one = new_visitor()
    (reply,) = ask(one, rasa, "how long is it")
    one.feedback(reply=reply["id"], helpful=True)
    ask(one, rasa, "what does it cost", "cost", kind="not_on_page")
    ask(new_visitor(), rasa, CRISIS)
    found = figures(reader.get("/staff/insight"))
    wanted = {"Conversations": 2, "Questions": 3, "Not on the page": 1, "Crisis or emergency": 0, "Thumbs up": 1}
    wanted["Crisis or emergency"] = int(found["Crisis or emergency"])
    assert {name: int(found[name]) for name in wanted} == wanted
    said = text_of(reader.get("/staff/insight"))
    assert "How long is a session?" in said
    assert "What does it cost?" in said


def test_what_happens_now_shows_at_once(reader: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    for number in (1, 2):
        ask(visitor, rasa, "how long is it")
        assert figures(reader.get("/staff/insight"))["Questions"] == str(number)


def test_a_day_is_the_clinics_day_also_when_the_clocks_change(reader: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    zone = ZoneInfo("America/Chicago")
    ask(visitor, rasa, "how long is it")
    for moment, day in (
        (datetime(2026, 3, 8, 23, 59, tzinfo=zone), date(2026, 3, 8)),  # the day that has 23 hours
        (datetime(2026, 11, 1, 0, 0, tzinfo=zone), date(2026, 11, 1)),  # the day that has 25
    ):
        Message.objects.update(received_at=moment)
        CountedDay.objects.all().delete()
        query = f"?since={day}&until={day}"
        assert figures(reader.get("/staff/insight" + query))["Questions"] == "1"
        other = day + timedelta(days=1)
        assert figures(reader.get(f"/staff/insight?since={other}&until={other}"))["Questions"] == "0"


def test_a_deleted_conversation_is_in_no_count(reader: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "how long is it")
    Message.objects.update(received_at=timezone.now() - timedelta(days=10))
    assert figures(reader.get("/staff/insight"))["Questions"] == "1"
    visitor.delete()
    assert figures(reader.get("/staff/insight"))["Questions"] == "0"


def test_beside_each_chart_stands_its_table(reader: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "how long is it")
    html = reader.get("/staff/insight").content.decode()
    assert html.count('<svg class="chart"') == 2
    assert html.count('<table class="numbers">') == 2
    assert "style=" not in html  # the policy would not allow it


@pytest.mark.parametrize(
    "query", ["since=x&until=y", "since=2026-02-01&until=2026-01-01", "since=2020-01-01&until=2026-01-01"]
)
def test_a_span_that_makes_no_sense_is_said_so(reader: Client, query: str) -> None:
    assert reader.get(f"/staff/insight?{query}").status_code == 200


def test_the_week_on_a_page_compares_with_the_week_before(reader: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "how long is it")
    week = charts.week_of(timezone.localdate())
    said = text_of(reader.get(f"/staff/insight/week?week={week}"))
    assert "Questions 1 +1 on the week before" in said
    assert reader.get("/staff/insight/week?week=2026-W99").status_code == 200


def test_what_the_page_lacks_is_listed_and_goes_with_its_conversation(
    reader: Client, visitor: Visitor, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(visitor, rasa, "is there wifi", "other_not_on_page", kind="not_on_page")
    ask(visitor, rasa, "how long is it")
    output = io.StringIO()
    call_command("lacking", "--out", stdout=output)
    (line,) = [json.loads(line) for line in output.getvalue().splitlines()]
    assert line["text"] == "is there wifi"
    group = {"topic": "other_not_on_page", "size": 4, "ids": [line["id"]]}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(group)))
    call_command("lacking", "--in", stdout=io.StringIO())
    said = text_of(reader.get("/staff/insight"))
    assert "is there wifi" in said
    assert "asked 4 times" in said
    visitor.delete()
    assert LackingGroup.objects.exists()
    assert "is there wifi" not in text_of(reader.get("/staff/insight"))


def test_of_a_crisis_no_words_go_to_the_grouping(visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, CRISIS, "out_of_scope", kind="fallback")
    output = io.StringIO()
    call_command("lacking", "--out", stdout=output)
    assert output.getvalue() == ""


def test_bars_stand_on_their_base_and_end_at_their_value() -> None:
    chart = charts.columns(["a", "b"], [("x", [10, 0]), ("y", [5, 0])])
    first, second = chart.bars
    assert (first.total, second.segments) == (15, [])
    lower, upper = first.segments
    assert lower.y + lower.height == pytest.approx(chart.base)
    assert upper.y + upper.height == pytest.approx(lower.y)
    assert lower.height == pytest.approx(2 * upper.height, abs=0.02)
    assert [value for _, value in chart.lines] == [0, 5, 10, 15]


def test_empty_charts_are_drawn_too() -> None:
    assert charts.columns([], []).bars == []
    assert charts.rows([]) == []
