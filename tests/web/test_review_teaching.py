"""Reviewers correct what was misunderstood; only harmless words, decided by people, go on to be learned."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from fake_rasa import FakeRasa
from staffing import ask, page, signed_in, summary_of, text_of
from visitor import Visitor

from web.chat.models import Message
from web.review import labels
from web.review.models import Correction
from web.review.teaching import learnable


@pytest.fixture
def reviewer(http: Any) -> Client:
    return signed_in("reviewer", "joan")


def correct(client: Client, text: str, should_be: str, seen: str = "") -> Any:
    message = Message.objects.get(text=text)
    form = {"message": message.pk, "part": 0, "should_be": should_be, "seen": seen}
    return client.post(page(summary_of(text), "/corrections"), form)


def exported(command: str = "corrections") -> list[dict[str, Any]]:
    output = io.StringIO()
    call_command(command, "--out", stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_the_likeliest_topics_are_offered_first(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "what about the price tag")
    html = reviewer.get(page(summary_of("what about the price tag"))).content.decode()
    suggested = html.split('aria-label="Suggestions"')[1].split("</p>")[0]
    assert suggested.index('value="cost"') < suggested.index('value="insurance"')
    assert 'value="session_length"' not in suggested
    message = Message.objects.get()
    html = reviewer.get(page(summary_of("what about the price tag")) + f"?correct={message.pk}.0").content.decode()
    for name in ("danger:crisis", "danger:none", "personal_medicine", "out_of_scope"):
        assert f'value="{name}"' in html


def test_a_correction_waits_for_a_decision_and_then_goes_out(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "what about the price tag")
    assert correct(reviewer, "what about the price tag", "cost").status_code == 302
    said = text_of(reviewer.get("/staff/teaching"))
    assert "what about the price tag" in said
    assert "What does it cost?" in said
    assert exported() == []
    reviewer.post(f"/staff/teaching/{Correction.objects.get().pk}", {"accept": "1"})
    assert exported() == [{"id": Correction.objects.get().pk, "text": "what about the price tag", "should_be": "cost"}]
    html = reviewer.get("/staff/teaching").content.decode()
    assert "data/nlu/not_on_page.yml, cost" in html
    assert "<ins>+ what about the price tag</ins>" in html


def test_a_declined_one_does_not(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "what about the price tag")
    correct(reviewer, "what about the price tag", "cost")
    reviewer.post(f"/staff/teaching/{Correction.objects.get().pk}", {"decline": "1"})
    assert exported() == []


def test_what_learning_made_of_it_is_shown(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(visitor, rasa, "what about the price tag")
    correct(reviewer, "what about the price tag", "cost")
    number = Correction.objects.get().pk
    reviewer.post(f"/staff/teaching/{number}", {"accept": "1"})
    outcome = {"id": number, "state": "refused", "remark": "Two false alarms, one before."}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(outcome)))
    call_command("corrections", "--in")
    assert "Two false alarms, one before." in text_of(reviewer.get("/staff/teaching"))
    assert exported() == []


@pytest.mark.parametrize(
    "text",
    ["call me at [phone] about the price", "mail maria@clinic.example the price", "x" * 301, "one\ntwo"],
)
def test_words_with_personal_data_are_never_offered(text: str) -> None:
    assert not learnable(text)
    assert learnable("what about the price tag")


def test_masked_words_cannot_be_taught_by_a_made_up_form_either(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    rasa.answer = None
    visitor.say("my number is 312-555-0142 what does it cost")
    message = Message.objects.get()
    message.understood = None
    message.save()
    answer = correct(reviewer, message.text, "cost")
    assert answer.status_code == 422
    assert not Correction.objects.exists()
    assert "Not offered for teaching" in text_of(reviewer.get(page(summary_of(message.text))))


def test_two_reviewers_do_not_overwrite_each_others_correction(
    reviewer: Client, visitor: Visitor, rasa: FakeRasa
) -> None:
    ask(visitor, rasa, "what about the price tag")
    other = signed_in("reviewer", "other")
    correct(reviewer, "what about the price tag", "cost")
    assert correct(other, "what about the price tag", "insurance").status_code == 409
    assert Correction.objects.get().should_be == "cost"
    assert correct(other, "what about the price tag", "insurance", seen="cost").status_code == 302
    assert Correction.objects.get().should_be == "insurance"


def test_an_unknown_aim_is_not_taken(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "what about the price tag")
    assert correct(reviewer, "what about the price tag", "nonsense").status_code == 422
    assert correct(reviewer, "what about the price tag", "").status_code == 422
    assert not Correction.objects.exists()


def test_a_deleted_conversation_takes_its_corrections_along(reviewer: Client, visitor: Visitor, rasa: FakeRasa) -> None:
    ask(visitor, rasa, "what about the price tag")
    correct(reviewer, "what about the price tag", "cost")
    visitor.delete()
    assert not Correction.objects.exists()


def test_every_aim_has_a_place_in_the_data() -> None:
    from web.review.example_files import example_files

    aims = [name for names in labels.targets().values() for name in names]
    assert len(aims) > 80
    assert {name for name in aims if name not in example_files()} == set()
