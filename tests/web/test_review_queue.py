"""The queue: the risky first, then what went wrong; found by filters and words; nothing lost between pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import CRISIS
from django.test import Client
from django.utils import timezone
from fake_rasa import FakeRasa
from staffing import ask, page, signed_in, summary_of, text_of
from visitor import Visitor

from web.chat.models import Conversation, CrisisStub, Message
from web.review import queue, search, summaries
from web.review.models import ConversationSummary, Tag
from web.review.ranks import Rank

New = Callable[[], Visitor]


@pytest.fixture
def reviewer(http: Any) -> Client:
    return signed_in("reviewer")


def openings(response: Any) -> list[str]:
    """The conversations of a page of the queue, in order."""
    return re.findall(r'<span class="opening">(.*?)</span>', response.content.decode())


def one_of_each(new_visitor: New, rasa: FakeRasa) -> None:
    """A conversation for each reason, the least urgent last written... and so not by time."""
    ask(new_visitor(), rasa, CRISIS)
    disliked = new_visitor()
    (reply,) = ask(disliked, rasa, "does it hurt")
    disliked.feedback(reply=reply["id"], helpful=False)
    ask(new_visitor(), rasa, "blorp", "out_of_scope", kind="fallback")
    ask(new_visitor(), rasa, "what does it cost", "cost", kind="not_on_page")
    ask(new_visitor(), rasa, "how long is it")


def test_the_risky_first_then_what_went_wrong(reviewer: Client, new_visitor: New, rasa: FakeRasa) -> None:
    one_of_each(new_visitor, rasa)
    shown = reviewer.get("/staff/")
    assert openings(shown) == [CRISIS, "does it hurt", "blorp", "what does it cost", "how long is it"]
    assert "Crisis or emergency 1" in text_of(shown)
    assert "All to review 5" in text_of(shown)


def test_a_crisis_is_in_the_queue_before_rasa_has_answered(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    seen: list[int] = []
    rasa.before = lambda _: seen.append(ConversationSummary.objects.filter(rank=Rank.ALARM).count())
    rasa.answer = None
    visitor.say(CRISIS)
    assert openings(reviewer.get("/staff/")) == [CRISIS]


def test_words_shown_are_those_that_raised_the_alarm(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "hello there")
    ask(visitor, rasa, CRISIS)
    assert openings(reviewer.get("/staff/")) == [CRISIS]


def test_no_page_speaks_of_a_level_of_risk(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, CRISIS)
    for address in ("/staff/", page(summary_of(CRISIS))):
        said = text_of(reviewer.get(address)).lower()
        assert not re.search(r"risk (level|score)|(high|low|medium) risk|\bpossible\b|\bclear\b(?! the)", said)


def test_greeting_alone_is_no_conversation_to_read(reviewer: Client, visitor: Visitor) -> None:
    assert openings(reviewer.get("/staff/")) == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("kind=not_on_page", ["what does it cost"]),
        ("kind=fallback", ["blorp"]),
        ("topic=cost", ["what does it cost"]),
        ("rank=0", [CRISIS]),
        ("feedback=down", ["does it hurt"]),
        ("feedback=up", []),
        ("language=es", []),
        ("confidence=40", []),
        ("show=reviewed", []),
        ("q=hurt", ["does it hurt"]),
        ("q=HURTING", ["does it hurt"]),
        ("q=how+lon", ["how long is it"]),
        ("q=%22+OR+*", []),
        ("q=cost&kind=answer", []),
        ("q=cost&kind=not_on_page&topic=cost&feedback=&language=en", ["what does it cost"]),
        ("kind=nonsense&topic=cost", ["what does it cost"]),
    ],
)
def test_filters_combine(reviewer: Client, new_visitor: New, rasa: FakeRasa, filters: str, found: list[str]) -> None:
    one_of_each(new_visitor, rasa)
    assert openings(reviewer.get(f"/staff/?{filters}")) == found


def test_days_are_those_of_the_clinic(reviewer: Client, visitor: Visitor, rasa: FakeRasa, settings: Any) -> None:
    ask(visitor, rasa, "late in the evening")
    # 23:30 at the clinic is the next day in UTC
    at = timezone.localtime().replace(hour=23, minute=30) - timedelta(days=3)
    Message.objects.update(received_at=at)
    summaries.summarise(Conversation.objects.get().pk)
    day = at.date().isoformat()
    assert openings(reviewer.get(f"/staff/?since={day}&until={day}")) == ["late in the evening"]
    after = (at.date() + timedelta(days=1)).isoformat()
    assert openings(reviewer.get(f"/staff/?since={after}")) == []


@pytest.mark.parametrize(("address", "counted"), [("", 1000), ("?q=question", 1000), ("?q=question", 4)])
def test_paging_shows_each_conversation_once_while_new_ones_come_in(
    reviewer: Client, new_visitor: New, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch, address: str, counted: int
) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 3)
    monkeypatch.setattr(queue, "COUNTED", counted)
    for number in range(8):
        ask(new_visitor(), rasa, f"question {number}")
    shown, address, pages = [], f"/staff/{address}", 0
    while True:
        response = reviewer.get(address)
        shown += openings(response)
        pages += 1
        following = re.search(r'rel="next" href="(\?[^"]+)"', response.content.decode())
        if not following:
            break
        address = "/staff/" + following[1].replace("&amp;", "&")
        ask(new_visitor(), rasa, f"newer question {pages}")
    assert shown == [f"question {number}" for number in reversed(range(8))]
    back = re.search(r'rel="prev" href="(\?[^"]+)"', response.content.decode())
    assert back
    assert openings(reviewer.get("/staff/" + back[1].replace("&amp;", "&"))) == [
        "question 4",
        "question 3",
        "question 2",
    ]


def test_a_visitor_who_writes_again_comes_back_into_the_queue(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "how long is it")
    summary = summary_of("how long is it")
    reviewer.post(page(summary, "/review"), {"version": summary.version})
    assert openings(reviewer.get("/staff/")) == []
    ask(visitor, rasa, "one more thing")
    assert openings(reviewer.get("/staff/")) == ["how long is it"]


def test_a_thumb_down_after_the_review_comes_back_too(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    (reply,) = ask(visitor, rasa, "how long is it")
    summary = summary_of("how long is it")
    reviewer.post(page(summary, "/review"), {"version": summary.version})
    visitor.feedback(reply=reply["id"], helpful=False)
    assert openings(reviewer.get("/staff/")) == ["how long is it"]


def test_deleted_by_its_visitor_a_conversation_is_gone_from_queue_and_search(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "wobbly penguins")
    summary = summary_of("wobbly penguins")
    reviewer.post(page(summary, "/notes"), {"text": "a note"})
    reviewer.post(page(summary, "/tags"), {"name": "Odd"})
    assert ConversationSummary.objects.filter(search.matching("penguins")).exists()
    visitor.delete()
    assert openings(reviewer.get("/staff/?q=penguins&show=all")) == []
    assert not Tag.objects.exists()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {search.TABLE}")
        assert cursor.fetchone() == (0,)


def test_an_unread_crisis_that_its_visitor_deleted_is_said_until_somebody_notes_it(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, CRISIS)
    visitor.delete()
    shown = text_of(reviewer.get("/staff/"))
    assert "Deleted by the visitor before anybody read it" in shown
    assert CRISIS not in shown
    reviewer.post(f"/staff/stubs/{CrisisStub.objects.get().pk}")
    assert "Deleted by the visitor" not in text_of(reviewer.get("/staff/"))


def test_of_a_crisis_that_was_dealt_with_no_stub_stays(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, CRISIS)
    form = {"outcome": "no_contact", "happened_at": "2026-01-01T10:00"}
    reviewer.post(page(summary_of(CRISIS), "/follow-ups"), form)
    visitor.delete()
    assert not CrisisStub.objects.exists()


def test_conversations_from_before_the_console_are_in_the_queue_after_migrating(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "how long is it")
    ConversationSummary.objects.all().delete()
    assert summaries.catch_up() == 1
    assert openings(reviewer.get("/staff/")) == ["how long is it"]


@pytest.mark.parametrize("few", [0, 1000])
def test_few_finds_and_many_are_the_same_page(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    ask(visitor, rasa, "how long is it")
    monkeypatch.setattr(search, "_FEW", few)
    assert openings(reviewer.get("/staff/?q=long&show=all")) == ["how long is it"]
    assert openings(reviewer.get("/staff/?q=xylophone&show=all")) == []


def test_a_message_whose_request_died_is_found_by_the_next_look(visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "how long is it")
    before = ConversationSummary.objects.get()
    ask(visitor, rasa, "and how often?")
    ConversationSummary.objects.update(messages=before.messages, last_message=before.last_message)
    over = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(text="and how often?").update(state="waiting", lease_until=over)
    assert summaries.catch_up() == 1
    assert ConversationSummary.objects.get().messages == 2
    assert summaries.catch_up() == 0


def test_a_summary_that_fails_costs_the_visitor_nothing(
    visitor: Visitor, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(search, "put", fail)
    assert ask(visitor, rasa, "how long is it")
    assert Message.objects.get().state == "answered"


def test_what_is_written_is_shown_as_text(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(
        visitor,
        rasa,
        "<script>alert(1)</script>",
    )
    html = (
        reviewer.get("/staff/").content.decode()
        + reviewer.get(page(summary_of("<script>alert(1)</script>"))).content.decode()
    )
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_pages_load_nothing_from_elsewhere_and_are_kept_by_no_cache(reviewer: Client) -> None:
    response = reviewer.get("/staff/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert response["Cache-Control"] == "no-store"
    assert not re.search(r'(src|href)="(https?:)?//', response.content.decode())
