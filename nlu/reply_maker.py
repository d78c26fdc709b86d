"""Rasa's NLG: makes the Reply objects of a turn, one for each question that was understood in the message."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from nlu.classifier import QUESTIONS
from nlu.context import MANNER, earlier
from safety.replies import Reply, compose, in_language

#: Words for a name in braces when the message named none.
DEFAULT_WORDS = {"condition": "other conditions", "drug": "other medicines"}
#: Kinds whose own text names the crisis lines and that get no further one in care mode.
_CARDS = ("crisis", "emergency")


class ReplyMaker(TemplatedNaturalLanguageGenerator):
    """Named in endpoints.yml. Works in Rasa's process; needs no action server."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[dict[str, Any]]:
        """The message for a turn.

        Args:
            utter_action: the response that the rule chose, that of the message's first question.
            tracker: the conversation; its last message holds what was understood.

        Returns:
            ``text`` (all replies as plain text), ``replies`` (Reply objects, each with ``topic`` and ``confidence``
            beside the fields of the Chat API) and ``understood``; None when the response does not exist.
        """
        if utter_action not in self.responses:
            return None
        parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
        first = utter_action.removeprefix("utter_")
        questions = parsed.get(QUESTIONS) or []
        if not questions or questions[0]["intent"] != first:
            questions = [{"intent": first, "confidence": 1.0, "words": {}}]
        replies = self._replies(questions, parsed, tracker)
        return {
            "text": "\n\n".join(reply["text"] for reply in replies),
            "replies": replies,
            "understood": {key: parsed.get(key) for key in ("intent", "intent_ranking", QUESTIONS, "entities", "risk")},
        }

    def _replies(self, questions: list[dict[str, Any]], parsed: Any, tracker: DialogueStateTracker) -> list[Reply]:
        care = bool(tracker.get_slot("care_mode")) or _care_mode_of_door(tracker)
        language = (parsed.get("risk") or {}).get("language", "en")
        risk_note_due = not earlier(tracker.events, QUESTIONS)["benefit"]
        replies: list[Reply] = []
        for number, question in enumerate(questions):
            metadata = self.responses[f"utter_{question['intent']}"][0]["metadata"]
            notes = []
            if metadata.get("benefit") and risk_note_due:
                notes.append("risk_note")
                risk_note_due = False
            if (care or (parsed.get("risk") or {}).get("gentle")) and metadata["kind"] not in _CARDS:
                notes.append("care_line")
            choices: Optional[list[str]] = None
            if care or number < len(questions) - 1:
                choices = []  # topics are offered once, under the last reply, and never in care mode
            elif question["intent"] == "unsure":
                choices = question["candidates"]
            reply = compose(
                self.responses,
                in_language(self.responses, question["intent"], language),
                notes=tuple(notes),
                choices=choices,
                manner=question.get(MANNER, ""),
                words={**DEFAULT_WORDS, **question["words"]},
            )
            reply.update(
                topic=question["intent"], confidence=question["confidence"], benefit=bool(metadata.get("benefit"))
            )
            replies.append(reply)
        return replies


def _care_mode_of_door(tracker: DialogueStateTracker) -> bool:
    """Whether the door, which has the log, says that this conversation is in care mode: Rasa forgets with a restart."""
    return bool(tracker.latest_message and (tracker.latest_message.metadata or {}).get("care_mode"))
