"""Keeps a visitor's request to be called, once for each id, with the alert for it in the same transaction."""

from __future__ import annotations

import uuid

from django.utils import timezone

from safety import Decision
from safety.replies import Reply as ReplyJson
from safety.replies import without_rasa
from web.chat import metrics
from web.chat.alarms import raise_alarm
from web.chat.models import Conversation, Reply
from web.chat.signals import announce
from web.chat.turns import locked, note_visit, row
from web.chat.writing import writing
from web.handoff import outbox
from web.handoff.due import due_at
from web.handoff.models import Alert, CallBack
from web.handoff.phone import read_phone
from web.handoff.request_body import CallBackBody


@writing()
def keep(conversation_id: uuid.UUID, body: CallBackBody, decision: Decision) -> list[ReplyJson]:
    """Keeps a request without mistakes; the same one again changes nothing.

    Returns:
        the card that its words need, or nothing. Sent again, the request gets the card again.

    Raises:
        SessionOver: the conversation does not exist any more.
        PhoneMistake: the number cannot be called.
        DatabaseError: it cannot be kept.
    """
    now = timezone.now()
    conversation = locked(conversation_id)
    if CallBack.objects.filter(conversation=conversation, client_id=body.id).exists():
        return without_rasa(decision) if decision.alarm else []
    call_back = CallBack(
        conversation=conversation,
        client_id=body.id,
        name=body.name,
        phone=read_phone(body.phone),
        topic=body.topic,
        best_time=body.best_time,
        leave_message=body.leave_message,
        language=body.language,
        danger=decision.danger,
        asked_at=now,
        due_at=due_at(now),
    )
    CallBack.objects.bulk_create([call_back])  # sends no signal: what listens to it cannot take the request down
    announce(conversation.id)
    outbox.raise_alert(Alert.Reason.CALL_BACK, conversation, call_back)
    note_visit(conversation, now)
    return _care_for(conversation, decision)


@writing()
def refuse(conversation_id: uuid.UUID, decision: Decision) -> list[ReplyJson]:
    """Of a request that cannot be kept, gives the card that its words need; nothing of the words is kept.

    Raises:
        SessionOver: the conversation does not exist any more.
        DatabaseError: the card cannot be kept.
    """
    return _care_for(locked(conversation_id), decision)


def _care_for(conversation: Conversation, decision: Decision) -> list[ReplyJson]:
    """The card for a danger, stored with the conversation, which is in care mode from now on; or nothing."""
    if not decision.alarm:
        return []
    metrics.ALARMS.labels(decision.danger).inc()
    cards = [row(conversation, card, Reply.MadeBy.DOOR) for card in without_rasa(decision)]
    Reply.objects.bulk_create(cards)
    note_visit(conversation, timezone.now(), care=True)
    raise_alarm(conversation)
    announce(conversation.id)
    return [card.shown() for card in cards]
