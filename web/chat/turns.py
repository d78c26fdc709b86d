"""The way of a message: stored, then asked of Rasa, then its replies stored and given. Read from the top.

No transaction is open, and so no lock is held, while Rasa is at work. A message is answered by one request at a time:
the one that holds its lease. Where that request's process died, the lease runs out and the next one with the same id
takes over.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from safety import Decision
from safety.replies import Reply as ReplyJson
from web.chat import fallback, metrics, opening, rasa
from web.chat.alarms import raise_alarm
from web.chat.fallback import number_typed
from web.chat.models import Conversation, Message, Reply
from web.chat.problems import Problem
from web.chat.signals import announce
from web.chat.tokens import SessionOver
from web.chat.words import Words
from web.chat.writing import PATIENCE, URGENT, writing
from web.logs import request_id

logger = logging.getLogger(__name__)

#: Kinds of reply after which a conversation stays in care mode, and the danger of each when nothing else names it.
CARDS = {"crisis": "crisis", "emergency": "body"}
#: Seconds for the door's own work, on top of Rasa's time, before another request may take over.
_MARGIN = 1.0
_POLL = 0.1
_ROUNDS = 3
#: How exactly the last visit is known: it need not be written each time.
VISIT_PRECISION = timedelta(days=1)


@dataclass(frozen=True)
class _Claim:
    """What a request found when it stored its message."""

    message: Message
    mine: bool
    care: bool


@dataclass(frozen=True)
class _Outcome:
    """What came of asking Rasa."""

    replies: list[dict[str, Any]]
    made_by: Reply.MadeBy
    understood: dict[str, Any] | None = None
    escalation: dict[str, Any] | None = None
    failure: str = ""


def answer(conversation: uuid.UUID, client_id: uuid.UUID, words: Words, *, unasked: str = "") -> list[ReplyJson]:
    """Stores a message and gets its replies. The same id again gets the replies stored the first time.

    Args:
        conversation: id of the conversation.
        client_id: id of the message, as the client made it.
        words: the masked message.
        unasked: why Rasa is not asked and the floor's decision alone answers (``over_limit``, ``log_unavailable``);
            nothing when it is asked.

    Returns:
        the replies as the Chat API gives them, at least one.

    Raises:
        SessionOver: the conversation does not exist, or was deleted in the meantime.
        Problem: 503 another request has been answering this message for too long.
        DatabaseError: the log cannot be written.
    """
    patience = URGENT if words.decision.alarm else PATIENCE
    began = time.monotonic()
    for _ in range(_ROUNDS):
        with writing(patience):
            claim = _claim(conversation, client_id, words)
        if claim.message.state == Message.State.ANSWERED:
            return [reply.shown() for reply in claim.message.replies.order_by("position")]
        if not claim.mine:
            _wait(claim.message)
            continue
        decision = Decision.from_dict(claim.message.decision)
        outcome = _door_outcome(decision, claim.care, unasked) if unasked else _ask(claim, decision, began)
        with writing(patience):
            replies = _finish(claim, outcome)
        if replies:
            return [reply.shown() for reply in replies]
    raise Problem(503, "still_answering", "This is taking too long. Please send it again.", {"Retry-After": "1"})


def locked(conversation: uuid.UUID) -> Conversation:
    """A conversation, with its row locked until the transaction ends (SQLite locks the whole file instead).

    Raises:
        SessionOver: it does not exist, or is being deleted.
    """
    found = Conversation.objects.select_for_update().filter(id=conversation, revoked_at=None).first()
    if found is None:
        raise SessionOver
    return found


def note_visit(conversation: Conversation, now: datetime, *, care: bool = False) -> None:
    """Notes on a locked conversation that its visitor is here, and that it is in care mode from now on if ``care``."""
    if care and conversation.care_since is None:
        conversation.care_since = now
    elif now - conversation.last_seen_at < VISIT_PRECISION:
        return
    conversation.last_seen_at = now
    conversation.save(update_fields=["last_seen_at", "care_since"])


def _claim(conversation_id: uuid.UUID, client_id: uuid.UUID, words: Words) -> _Claim:
    """Stores the message, or finds it; takes its lease unless another request holds it. Within a transaction."""
    now = timezone.now()
    conversation = locked(conversation_id)
    lease = {
        "lease_owner": request_id.get(),
        "lease_until": now + timedelta(seconds=settings.RASA_TIME_LIMIT + _MARGIN),
    }
    message = Message.objects.filter(conversation=conversation, client_id=client_id).first()
    if message is None:
        message = Message.objects.create(
            conversation=conversation,
            client_id=client_id,
            text=words.text,
            decision=words.decision.as_dict(),
            danger=words.decision.danger,
            request_id=request_id.get(),
            received_at=now,
            disclose=fallback.disclosure_due(conversation.last_seen_at, now),
            **lease,
        )
        metrics.ALARMS.labels(words.decision.danger).inc(int(words.decision.alarm))
        note_visit(conversation, now, care=words.decision.alarm)
        if words.decision.alarm:  # at once; other messages are seen with their replies, which come in a moment
            raise_alarm(conversation)
            announce(conversation_id)
    elif message.state == Message.State.WAITING and message.lease_until <= now:
        Message.objects.filter(pk=message.pk).update(**lease)
        message.lease_owner = request_id.get()
    mine = message.state == Message.State.WAITING and message.lease_owner == request_id.get()
    return _Claim(message, mine=mine, care=conversation.care_since is not None)


def _wait(message: Message) -> None:
    """Waits until another request has answered a message, or its lease is over, or the message is gone."""
    while Message.objects.filter(pk=message.pk, state=Message.State.WAITING, lease_until__gt=timezone.now()).exists():
        time.sleep(_POLL)


def _ask(claim: _Claim, decision: Decision, began: float) -> _Outcome:
    """Rasa's answer, or the door's own when there is none, which danger does not wait for long after it ``began``."""
    left = max(0.0, settings.RASA_URGENT_TIME_LIMIT - (time.monotonic() - began)) if decision.alarm else None
    metadata = {
        "risk": decision.as_dict(),
        "care_mode": claim.care,
        "clinic_open": opening.is_open(timezone.now()),
        "request_id": request_id.get(),
    }
    try:
        turn = rasa.ask(str(claim.message.conversation_id), claim.message.text, metadata, urgently=left)
    except rasa.RasaFailure as failure:
        logger.error("Rasa gave no answer", extra={"failure": failure.reason})
        return _door_outcome(decision, claim.care, failure.reason)
    return _Outcome([reply.model_dump() for reply in turn.replies], Reply.MadeBy.RASA, turn.understood, turn.escalation)


def _door_outcome(decision: Decision, care: bool, failure: str) -> _Outcome:
    """The door's own answer."""
    return _Outcome(fallback.unanswered(decision, care), Reply.MadeBy.DOOR, failure=failure)


def _finish(claim: _Claim, outcome: _Outcome) -> list[Reply]:
    """Stores the replies; gives none when another request took the message over in the meantime. Within a transaction.

    Raises:
        SessionOver: the conversation was deleted meanwhile; nothing is brought back.
    """
    now = timezone.now()
    conversation = locked(claim.message.conversation_id)
    danger = _gravest(claim.message, outcome)
    mine = Message.objects.filter(
        pk=claim.message.pk, state=Message.State.WAITING, lease_owner=claim.message.lease_owner
    ).update(
        state=Message.State.ANSWERED,
        answered_at=now,
        understood=outcome.understood,
        escalation=outcome.escalation,
        failure=outcome.failure,
        danger=danger,
    )
    if not mine:
        return []
    message = claim.message
    alarming = any(reply["kind"] in CARDS for reply in outcome.replies)
    care = claim.care or alarming
    replies = opening.told(outcome.replies, now, care=care)
    rows = [row(conversation, reply, outcome.made_by, message=message) for reply in replies]
    if not care:
        rows += [row(conversation, reply, Reply.MadeBy.DOOR, message=message) for reply in number_typed(message.text)]
    if message.disclose:  # what is urgent is said first
        notice = row(conversation, fallback.disclosure(care), Reply.MadeBy.DOOR, message=message)
        rows.insert(len(rows) if alarming else 0, notice)
    for position, reply in enumerate(rows):
        reply.position, reply.created_at = position, now
    Reply.objects.bulk_create(rows)
    note_visit(conversation, now, care=alarming)
    if danger != "none" and claim.message.danger == "none":  # the door itself saw none
        raise_alarm(conversation)
    announce(conversation.id)
    metrics.TURNS.labels(outcome.failure or "rasa").inc()
    return rows


def _gravest(message: Message, outcome: _Outcome) -> str:
    """The danger that the door saw, or the graver one that Rasa saw or gave a card for."""
    seen = Decision.from_dict(message.decision)
    try:
        seen = seen.raised_by(Decision.from_dict((outcome.understood or {}).get("risk") or {}))
    except (ValueError, TypeError, AttributeError):
        logger.error("Rasa's judgement of the danger could not be read")
    cards = [CARDS[reply["kind"]] for reply in outcome.replies if reply["kind"] in CARDS]
    return seen.danger if seen.alarm or not cards else cards[0]


def row(
    conversation: Conversation, reply: dict[str, Any], made_by: Reply.MadeBy, message: Message | None = None
) -> Reply:
    """A row of the log for a reply, with an id of its own, not stored yet."""
    fields = ("kind", "text", "source", "links", "choices", "topic", "confidence", "benefit")
    values = {field: reply[field] for field in fields if field in reply}
    return Reply(conversation=conversation, message=message, made_by=made_by, **values)
