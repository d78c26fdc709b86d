"""What replaces a part of Rasa does what that part did, and is looked at anew with each version of Rasa."""

import pytest
import rasa
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from nlu import rasa_internals

ANSWERS = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "escalation", "value": None}], "responses": [{"custom": {"a": 1}}]},
    {"events": [{"event": "slot"}], "responses": []},
    {"events": [{"event": "no such event"}], "responses": []},
    {"events": [], "responses": ["words"]},
    {"events": "none"},
    {},
]


@pytest.fixture
def stock(monkeypatch):
    """Rasa's own check, in its place; what the test puts there is taken out again."""
    monkeypatch.setattr(RemoteAction, "_validate_action_result", rasa_internals.OWN)
    return rasa_internals.OWN


def accepted(check, answer):
    try:
        return check(RemoteAction("action_escalate", None), answer)
    except ValidationError:
        return False


def test_rasa_is_the_version_whose_code_was_read():
    assert rasa.__version__ == rasa_internals.RASA, "Read rasa_internals.py against this version of Rasa."


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_is_accepted_or_refused_as_rasa_does(stock, answer):
    assert accepted(rasa_internals.check_answer, answer) == accepted(stock, answer)


def test_some_answers_are_accepted_and_some_are_not():
    assert {accepted(rasa_internals.check_answer, answer) for answer in ANSWERS} == {True, False}


def test_it_takes_the_place_of_rasas_own(stock):
    rasa_internals.replace()
    assert RemoteAction._validate_action_result is rasa_internals.check_answer


def test_another_version_of_rasa_is_left_as_it_is(stock, monkeypatch):
    monkeypatch.setattr(rasa_internals.rasa, "__version__", "3.7.0")
    rasa_internals.replace()
    assert RemoteAction._validate_action_result is stock
