"""The staff can see why a conversation was handed on, to whom, and what else was asked; no word of the visitor's."""

import json
from pathlib import Path

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions.action_escalate import ActionEscalate, escalation

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = {
    rule["steps"][0]["intent"]: [step["action"] for step in rule["steps"][1:]]
    for rule in yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
}
KINDS = {
    name.removeprefix("utter_"): variations[0]["metadata"]["kind"] for name, variations in DOMAIN["responses"].items()
}
#: Intents that set care mode: the dangers.
DANGERS = DOMAIN["slots"]["care_mode"]["mappings"][0]["intent"]
PERSONAL = [intent for intent, kind in KINDS.items() if kind == "personal" and intent in DOMAIN["intents"]]

SAID = "my name is Ann and I can't go on"


def understood(*intents):
    """The parse data of a message in which these were understood, the first being its intent."""
    return {
        "text": SAID,
        "intent": {"name": intents[0], "confidence": 0.9},
        "questions": [{"text": SAID, "intent": intent, "confidence": 0.9} for intent in intents],
        "risk": {"danger": "crisis", "words": ["can't go on"]},
        "entities": [],
    }


def run(latest_message):
    """What the action sends to the channel, and the events it leaves in the conversation."""
    tracker = Tracker("visitor", {}, latest_message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = ActionEscalate().run(dispatcher, tracker, DOMAIN)
    return dispatcher.messages, events


@pytest.mark.parametrize(
    ("intent", "to"),
    [
        ("crisis", "lifeline"),
        ("crisis_third_party", "lifeline"),
        ("harm_to_others", "emergency"),
        ("self_harm_emergency", "emergency"),
        ("body_emergency", "emergency"),
        ("violence_at_home", "emergency"),
        ("human_handoff", "clinic"),
        ("personal_medicine", "clinic"),
    ],
)
def test_the_note_says_why_and_to_whom(intent, to):
    note = escalation(understood(intent))
    assert (note["reason"], note["to"], note["asked"]) == (intent, to, [])


@pytest.mark.parametrize("intent", PERSONAL)
def test_a_call_back_is_offered_where_only_the_clinic_can_help(intent):
    assert escalation(understood(intent))["offer"] == "call_back"


@pytest.mark.parametrize("intent", DANGERS)
def test_a_call_back_is_never_offered_instead_of_the_crisis_lines(intent):
    assert escalation(understood(intent))["offer"] is None


def test_in_care_mode_no_call_back_is_offered():
    assert escalation({**understood("human_handoff"), "metadata": {"care_mode": True}})["offer"] is None


@pytest.mark.parametrize(
    ("metadata", "known"),
    [
        ({"clinic_open": True}, True),
        ({"clinic_open": False}, False),
        ({"clinic_open": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_note_says_whether_the_clinic_was_open_as_far_as_the_door_knows(metadata, known):
    assert escalation({**understood("human_handoff"), "metadata": metadata})["open"] is known


def test_what_else_was_asked_is_noted_in_the_order_asked():
    assert escalation(understood("crisis", "session_length", "cost"))["asked"] == ["session_length", "cost"]


@pytest.mark.parametrize("intent", DANGERS)
def test_a_visitor_in_danger_is_never_sent_to_the_clinic_first(intent):
    assert escalation(understood(intent))["to"] in ("lifeline", "emergency")
    # whom the note names is whom the card names
    card = DOMAIN["responses"][f"utter_{intent}"][0]["text"]
    assert "{" + escalation(understood(intent))["to"] + "}" in card


@pytest.mark.parametrize("intent", PERSONAL)
def test_all_else_goes_to_the_clinic(intent):
    assert escalation(understood(intent))["to"] == "clinic"


def test_the_note_goes_to_the_channel_and_into_the_conversation():
    messages, events = run(understood("crisis", "session_length"))
    note = {"reason": "crisis", "to": "lifeline", "asked": ["session_length"], "open": None, "offer": None}
    assert [message["custom"] for message in messages] == [{"escalation": note}]
    assert [(event["event"], event["name"], event["value"]) for event in events] == [("slot", "escalation", note)]


def test_no_word_of_the_visitor_is_in_the_note():
    sent = json.dumps(run(understood("crisis", "session_length")))
    assert SAID not in sent
    assert "Ann" not in sent
    assert "can't go on" not in sent


@pytest.mark.parametrize(
    "latest_message",
    [
        {"intent": {"name": "human_handoff"}},
        {"intent": {"name": "human_handoff"}, "questions": None},
        {"intent": {"name": "human_handoff"}, "questions": []},
    ],
)
def test_a_message_from_another_channel_is_noted_too(latest_message):
    messages, _ = run(latest_message)
    note = {"reason": "human_handoff", "to": "clinic", "asked": [], "open": None, "offer": "call_back"}
    assert messages[0]["custom"]["escalation"] == note


def test_nothing_is_said_to_the_visitor_a_second_time():
    messages, _ = run(understood("human_handoff"))
    assert [message["text"] for message in messages] == [None]


@pytest.mark.parametrize("intent", [*DANGERS, *PERSONAL])
def test_a_danger_or_a_personal_question_is_answered_first_and_noted_after(intent):
    """When the action server is down, the reply has gone out all the same."""
    assert RULES[intent] == [f"utter_{intent}", "action_escalate"]


def test_a_page_question_is_not_handed_on():
    handed_on = {intent for intent, actions in RULES.items() if "action_escalate" in actions}
    assert handed_on == {*DANGERS, *PERSONAL}


def test_the_action_server_finds_the_action_under_the_name_of_the_domain():
    executor = ActionExecutor()
    executor.register_package("actions")
    assert set(executor.actions) == set(DOMAIN["actions"]) == {"action_escalate"}


def test_the_conversation_has_a_place_for_the_note():
    assert DOMAIN["slots"]["escalation"]["influence_conversation"] is False
