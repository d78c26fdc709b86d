"""A conversation: as the visitor saw it, with what was understood; worked on by several, nobody overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import CRISIS
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from fake_rasa import FakeRasa, closed_port
from staffing import ask, page, signed_in, summary_of, text_of
from visitor import Visitor

from web.chat.models import Conversation, Message
from web.review.models import AuditEntry, ConversationSummary, FollowUp, Note, Tag


@pytest.fixture
def reviewer(http: Any) -> Client:
    return signed_in("reviewer", "joan")


@pytest.fixture
def summary(visitor: Visitor, rasa: FakeRasa) -> ConversationSummary:
    ask(visitor, rasa, "how long is it", confidence=0.42)
    return summary_of("how long is it")


def test_it_shows_words_answer_topic_confidence_and_feedback(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    (reply,) = ask(visitor, rasa, "how long is it", confidence=0.42)
    visitor.feedback(reply=reply["id"], helpful=False, comment="not what i asked")
    said = text_of(reviewer.get(page(summary_of("how long is it"))))
    for words in (
        "how long is it",
        reply["text"],
        "How long is a session?",
        "42 % sure",
        "Thumbs down",
        "not what i asked",
    ):
        assert words in said


def test_the_words_that_raised_an_alarm_are_marked(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "i am tired and i want to kill myself")
    html = reviewer.get(page(summary_of("i am tired and i want to kill myself"))).content.decode()
    assert "<mark>" in html
    assert "Raised by" in html


def test_failures_are_marked(reviewer: Client, visitor: Visitor, settings: Any) -> None:
    settings.RASA_URL = f"http://127.0.0.1:{closed_port()}"
    visitor.say("how long is it")
    said = text_of(reviewer.get(page(summary_of("how long is it"))))
    assert "The assistant could not be reached" in said


def test_nothing_of_it_can_be_edited(reviewer: Client, summary: ConversationSummary) -> None:
    html = reviewer.get(page(summary)).content.decode()
    assert all("how long" not in part.split("</textarea>")[0] for part in html.split("<textarea")[1:])
    assert 'value="how long' not in html


def test_every_reading_is_in_the_audit_trail(reviewer: Client, summary: ConversationSummary) -> None:
    for _ in range(2):
        reviewer.get(page(summary))
    assert AuditEntry.objects.filter(action="read", actor="joan", conversation=summary.conversation_id).count() == 2


def test_the_audit_trail_cannot_be_changed_not_even_by_hand(reviewer: Client, summary: ConversationSummary) -> None:
    reviewer.get(page(summary))
    entry = AuditEntry.objects.get(action="read")
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    for statement in ("UPDATE review_auditentry SET actor = 'x'", "DELETE FROM review_auditentry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.get(action="read").actor == "joan"


def test_notes_and_tags_stay_with_name_and_time(reviewer: Client, summary: ConversationSummary) -> None:
    reviewer.post(page(summary, "/notes"), {"text": "Asked for the leaflet."})
    reviewer.post(page(summary, "/tags"), {"name": "  Leaflet  Sent "})
    said = text_of(reviewer.get(page(summary)))
    assert "Asked for the leaflet." in said
    assert "joan" in said
    assert Tag.objects.get().name == "leaflet sent"
    reviewer.post(page(summary, "/tags"), {"remove": "leaflet sent"})
    assert not Tag.objects.exists()


def test_two_notes_at_once_are_both_there(reviewer: Client, summary: ConversationSummary) -> None:
    other = signed_in("reviewer", "other")
    for client, text in ((reviewer, "the first"), (other, "the second")):
        client.post(page(summary, "/notes"), {"text": text})
    assert [note.text for note in Note.objects.all()] == ["the first", "the second"]


def test_two_reviewers_at_once_do_not_overwrite_each_other(reviewer: Client, summary: ConversationSummary) -> None:
    other = signed_in("reviewer", "other")
    seen = summary.version
    someone = User.objects.get(username="joan")
    assert reviewer.post(page(summary, "/assign"), {"version": seen, "to": someone.pk}).status_code == 302
    answer = other.post(page(summary, "/assign"), {"version": seen, "to": ""})
    assert answer.status_code == 409
    assert "Nothing was saved" in text_of(answer)
    summary.refresh_from_db()
    assert summary.assigned_to == someone


def test_what_the_visitor_wrote_meanwhile_is_not_marked_as_read(
    reviewer: Client, summary: ConversationSummary, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "and what does it cost")
    answer = reviewer.post(page(summary, "/review"), {"version": summary.version})
    assert answer.status_code == 409
    assert "and what does it cost" in text_of(answer)
    summary.refresh_from_db()
    assert not summary.reviewed


def test_mark_reviewed_goes_on_to_the_next_in_the_same_filter(
    reviewer: Client, new_visitor: Any, rasa: FakeRasa
) -> None:
    for text, topic in (("price one", "cost"), ("a session", "session_length"), ("price two", "cost")):
        ask(new_visitor(), rasa, text, topic, kind="not_on_page" if topic == "cost" else "answer")
    first = summary_of("price two")
    answer = reviewer.post(page(first, "/review"), {"version": first.version, "queue": "topic=cost"})
    assert answer["Location"] == page(summary_of("price one")) + "?queue=topic%3Dcost"
    last = summary_of("price one")
    answer = reviewer.post(page(last, "/review"), {"version": last.version, "queue": "topic=cost"})
    assert answer["Location"] == "/staff/"
    first.refresh_from_db()
    assert (first.reviewed, first.reviewed_by) == (True, User.objects.get(username="joan"))


def test_an_alarm_is_put_away_only_with_an_outcome(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, CRISIS)
    summary = summary_of(CRISIS)
    answer = reviewer.post(page(summary, "/review"), {"version": summary.version})
    assert answer.status_code == 422
    assert "say what came of it" in text_of(answer)
    form = {"outcome": "clinician", "happened_at": "2026-01-01T10:00", "text": "Told the psychiatrist."}
    reviewer.post(page(summary, "/follow-ups"), form)
    said = text_of(reviewer.get(page(summary)))
    assert "Handed to a clinician" in said
    assert "Told the psychiatrist." in said
    assert "Jan 1, 10:00" in said  # at the clinic
    assert reviewer.post(page(summary, "/review"), {"version": summary.version}).status_code == 302
    assert FollowUp.objects.get().by == User.objects.get(username="joan")


def test_an_outcome_in_the_future_is_not_taken(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, CRISIS)
    form = {"outcome": "clinician", "happened_at": "2999-01-01T10:00"}
    assert reviewer.post(page(summary_of(CRISIS), "/follow-ups"), form).status_code == 422
    assert not FollowUp.objects.exists()


def test_a_note_with_an_error_is_not_lost(reviewer: Client, summary: ConversationSummary) -> None:
    answer = reviewer.post(page(summary, "/notes"), {"text": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in answer.content.decode()


def test_a_manager_deletes_by_id_and_says_why(summary: ConversationSummary, http: Any) -> None:
    manager = signed_in("manager", "maria")
    number = str(summary.conversation_id)
    assert manager.get(f"/staff/conversations?id={number}")["Location"] == page(summary)
    assert manager.post(page(summary, "/delete"), {"reason": " "}).status_code == 422
    assert Conversation.objects.exists()
    manager.post(page(summary, "/delete"), {"reason": "The visitor called."})
    assert not Message.objects.exists()
    said = text_of(manager.get(f"/staff/audit?conversation={number}"))
    assert "deleted" in said
    assert "The visitor called." in said


def test_of_a_long_conversation_the_latest_part_is_shown_first(
    reviewer: Client, summary: ConversationSummary, monkeypatch: pytest.MonkeyPatch, visitor: Visitor, rasa: FakeRasa
) -> None:
    from web.review import transcript

    for number in range(3):
        ask(visitor, rasa, f"question {number}")
    monkeypatch.setattr(transcript, "LIMIT", 2)
    html = reviewer.get(page(summary)).content.decode()
    assert "question 2" in html
    assert "question 0" not in html
    earlier = html.split('href="?before=')[1].split('"')[0]
    assert "question 0" in reviewer.get(page(summary) + f"?before={earlier}").content.decode()
