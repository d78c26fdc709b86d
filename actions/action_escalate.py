"""Notes why a conversation is handed on, to whom, what was asked, what is offered. The reply itself is already said."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

#: Dangers (intents that the safety floor sets), and whom the visitor is sent to first. All others go to the clinic.
FIRST_TO = {
    "crisis": "lifeline",
    "crisis_third_party": "lifeline",
    "harm_to_others": "emergency",
    "self_harm_emergency": "emergency",
    "body_emergency": "emergency",
    "violence_at_home": "emergency",
}


def escalation(latest_message: dict[str, Any]) -> dict[str, Any]:
    """What to note for a message.

    Args:
        latest_message: the parse data of the visitor's last message.

    Returns:
        ``reason`` (the intent), ``to`` (clinic, lifeline or emergency: keys of whom to call), ``asked`` (the other
        topics of the same message), ``open`` (whether the clinic was open, None when nobody knows) and ``offer``
        (call_back, or None: beside a danger nothing is offered). No word of the visitor's.
    """
    reason = latest_message.get("intent", {}).get("name")
    to = FIRST_TO.get(str(reason), "clinic")
    said_by_door = latest_message.get("metadata") or {}
    asked = [question["intent"] for question in latest_message.get("questions") or []]
    return {
        "reason": reason,
        "to": to,
        "asked": [topic for topic in asked if topic != reason],
        "open": said_by_door.get("clinic_open"),
        "offer": "call_back" if to == "clinic" and not said_by_door.get("care_mode") else None,
    }


class ActionEscalate(Action):
    """Runs after a personal, handoff or danger reply; when this server is down, the reply has gone out all the same."""

    def name(self) -> str:
        """Name in domain.yml and the rules."""
        return "action_escalate"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Sends the note to the channel and keeps it in the slot ``escalation``."""
        note = escalation(tracker.latest_message)
        dispatcher.utter_message(json_message={"escalation": note})
        return [SlotSet("escalation", note)]
