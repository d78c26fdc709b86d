"""The conversation so far, for a visitor who comes back to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from web.chat import fallback
from web.chat.models import Conversation, Message, Reply
from web.chat.tokens import SessionOver
from web.chat.turns import VISIT_PRECISION, locked, note_visit, row
from web.chat.writing import writing

#: Messages that are given back, the latest ones.
LIMIT = 200


def restore(conversation_id: uuid.UUID) -> list[dict[str, Any]]:
    """The turns of a conversation in the order of time, each with ``id``, ``text``, ``at`` and ``replies``.

    ``id`` and ``text`` are None where the assistant spoke first (greeting, disclosure). A turn without replies is
    still being answered, or its answering was cut off: the same message sent again gets them. After seven days away
    the disclosure comes again, as the last turn.

    Raises:
        SessionOver: the conversation does not exist any more.
    """
    conversation = Conversation.objects.filter(id=conversation_id, revoked_at=None).first()
    if conversation is None:
        raise SessionOver
    if timezone.now() - conversation.last_seen_at >= VISIT_PRECISION:
        _welcome_back(conversation_id)
    messages = Message.objects.filter(conversation=conversation_id).order_by("-received_at", "-id")[:LIMIT]
    turns = [
        _turn(message.received_at, message.replies.all(), message) for message in messages.prefetch_related("replies")
    ]
    spoken = Reply.objects.filter(conversation=conversation_id, message=None)
    turns += [_turn(reply.created_at, [reply], None) for reply in spoken]
    return sorted(turns, key=lambda turn: str(turn["at"]))


@writing()
def _welcome_back(conversation_id: uuid.UUID) -> None:
    """Notes that the visitor is back, and repeats the disclosure when it is due."""
    now = timezone.now()
    conversation = locked(conversation_id)
    if fallback.disclosure_due(conversation.last_seen_at, now):
        row(conversation, fallback.disclosure(conversation.care_since is not None), Reply.MadeBy.DOOR).save()
    note_visit(conversation, now)


def _turn(at: Any, replies: Any, message: Message | None) -> dict[str, Any]:
    """One turn as the Chat API gives it."""
    return {
        "id": str(message.client_id) if message else None,
        "text": message.text if message else None,
        "at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "replies": [reply.shown() for reply in replies],
    }
