"""A conversation as the visitor saw it, with what was understood beside it. Reads the log; changes nothing."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from web.chat.models import Message, Reply
from web.review import labels
from web.review.models import Correction
from web.review.teaching import offered

#: Messages that one page shows.
LIMIT = 60

#: Why Rasa's answer was not used, for people; anything else is shown as it stands.
_FAILURES = {
    "unreachable": "The assistant could not be reached",
    "time_limit": "The assistant took too long",
    "connection_lost": "The connection to the assistant broke",
    "not_understood": "The assistant's answer could not be read",
    "no_replies": "The assistant made no answer",
    "busy": "The assistant had too much to do",
    "over_limit": "Over the rate limit: only the safety card was given",
    "log_unavailable": "The log could not be written then: only the safety card was given",
}


#: Where no confidence is shown: nothing was understood, or a danger was seen, of which there is no "how much".
_NO_FIGURE = ("", *labels.DANGER_INTENTS)


@dataclass(frozen=True)
class Part:
    """One question that was understood in a message."""

    number: int
    text: str
    topic: str
    label: str
    kind: str
    percent: int | None
    suggestions: list[tuple[str, str]]
    correction: Correction | None
    offered: bool
    #: Whether the reader asked for the whole list of topics for this part.
    chosen: bool = False


@dataclass
class Turn:
    """One message with its replies, or replies alone (the greeting)."""

    at: datetime
    message: Message | None
    words: list[tuple[str, bool]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    alarm: str = ""
    alarm_words: list[str] = field(default_factory=list)
    failure: str = ""


def turns(conversation_id: uuid.UUID, before: int | None = None, correcting: str = "") -> tuple[list[Turn], int | None]:
    """The latest turns of a conversation in the order of time, and where the earlier ones end (None: there are none).

    Args:
        conversation_id: the conversation.
        before: only messages with a smaller number than this.
        correcting: the part whose whole list of topics is wanted, as ``<message>.<part>``.
    """
    found = Message.objects.filter(conversation=conversation_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: LIMIT + 1])
    earlier = rows[LIMIT - 1].pk if len(rows) > LIMIT else None
    messages = list(reversed(rows[:LIMIT]))
    corrections: dict[int, list[Correction]] = defaultdict(list)
    for correction in Correction.objects.filter(message__in=messages).select_related("by"):
        corrections[correction.message_id].append(correction)
    replies: dict[int | None, list[Reply]] = defaultdict(list)
    shown = Reply.objects.filter(conversation=conversation_id).select_related("feedback").order_by("position", "pk")
    for reply in shown:
        replies[reply.message_id].append(reply)
    result = [_turn(message, replies[message.pk], corrections[message.pk], correcting) for message in messages]
    if earlier is None:
        result += [Turn(at=reply.created_at, message=None, replies=[reply]) for reply in replies[None]]
    return sorted(result, key=lambda turn: turn.at), earlier


def _turn(message: Message, replies: list[Reply], corrections: list[Correction], correcting: str) -> Turn:
    understood = message.understood or {}
    risks = [message.decision or {}, understood.get("risk") or {}]
    alarming = [str(word) for risk in risks if risk.get("danger", "none") != "none" for word in risk.get("words", [])]
    alarm_words = list(dict.fromkeys(alarming))
    return Turn(
        at=message.received_at,
        message=message,
        words=marked(message.text, alarm_words),
        replies=replies,
        parts=_parts(message, understood, {correction.part: correction for correction in corrections}, correcting),
        alarm=labels.DANGERS.get(message.danger, ""),
        alarm_words=alarm_words,
        failure=_FAILURES.get(message.failure, message.failure.replace("_", " ")),
    )


def _parts(
    message: Message, understood: dict[str, Any], corrections: dict[int, Correction], correcting: str
) -> list[Part]:
    ranking = [str(entry.get("name")) for entry in understood.get("intent_ranking") or []]
    questions = understood.get("questions") or [{"text": message.text, "intent": "", "confidence": None}]
    parts = []
    for number, question in enumerate(questions):
        name, text = str(question.get("intent") or ""), str(question.get("text") or message.text)
        likely = dict.fromkeys([*question.get("candidates", []), *ranking])
        suggestions = [(topic, labels.topic(topic)) for topic in likely if topic != name and topic in labels.intents()]
        confidence = question.get("confidence")
        parts.append(
            Part(
                number=number,
                text=text,
                topic=name,
                label=labels.topic(name) if name else "Nothing was understood",
                kind=labels.KINDS.get(labels.kind_of(name), ""),
                percent=round(confidence * 100)
                if isinstance(confidence, int | float) and name not in _NO_FIGURE
                else None,
                suggestions=suggestions[:4],
                correction=corrections.get(number),
                offered=offered(text),
                chosen=f"{message.pk}.{number}" == correcting,
            )
        )
    return parts


def marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is one of the words that raised an alarm."""
    wanted = sorted((word.strip() for word in words if word.strip()), key=len, reverse=True)
    if not wanted:
        return [(text, False)]
    pattern = "(" + "|".join(re.escape(word) for word in wanted) + ")"
    pieces = re.split(pattern, text, flags=re.IGNORECASE)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]
