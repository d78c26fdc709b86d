"""Deletes conversations: revoke, lock, delete, check again; then erase what the database cannot reach."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from django.utils import timezone

from web.chat.models import Conversation, CrisisStub, Feedback, Message, Reply
from web.chat.signals import conversation_deleting
from web.chat.writing import writing
from web.privacy import erasure

logger = logging.getLogger(__name__)


def delete_conversation(conversation_id: uuid.UUID) -> None:
    """Deletes all that there is of a conversation. Of each crisis not dealt with a stub stays: time and kind alone.

    First the conversation is closed: a turn that is running finds that when it wants to store its replies, and drops
    them. It is no error when there is nothing (any more). What Rasa remembers is erased at once, or as soon as Rasa
    answers (web.privacy.erasure).

    Raises:
        DatabaseError: the log cannot be written.
    """
    Conversation.objects.filter(id=conversation_id).update(revoked_at=timezone.now())
    _delete([conversation_id])
    if Message.objects.filter(conversation=conversation_id).exists():
        logger.error("rows of a deleted conversation came back; deleting them again")
        _delete([conversation_id])
    erasure.attempt(conversation_id)


def delete_expired(conversation_ids: Sequence[uuid.UUID]) -> None:
    """Deletes conversations whose time is over, in one transaction, as :func:`delete_conversation` does.

    The figures of their days stay. Rasa is asked later.

    Raises:
        DatabaseError: the log cannot be written.
    """
    if conversation_ids:
        _delete(conversation_ids, expired=True)


@writing()
def _delete(conversation_ids: Sequence[uuid.UUID], *, expired: bool = False) -> None:
    """Deletes the rows, under the conversations' locks."""
    found = list(Conversation.objects.select_for_update().filter(id__in=conversation_ids).values_list("id", flat=True))
    erasure.note(found)
    messages = Message.objects.filter(conversation__in=conversation_ids)
    feedback = Feedback.objects.filter(reply__conversation__in=conversation_ids)
    alarms = [
        *messages.exclude(danger="none").values_list("conversation_id", "danger", "received_at"),
        *feedback.exclude(danger="none").values_list("reply__conversation_id", "danger", "given_at"),
    ]
    settled = set()
    for conversation_id in {alarm[0] for alarm in alarms} if expired else conversation_ids:
        answers = conversation_deleting.send(None, conversation_id=conversation_id, expired=expired)
        if any(done for _, done in answers):
            settled.add(conversation_id)
    CrisisStub.objects.bulk_create(
        [CrisisStub(kind=danger, happened_at=at) for pk, danger, at in alarms if pk not in settled]
    )
    feedback.delete()
    Reply.objects.filter(conversation__in=conversation_ids).delete()
    messages.delete()
    Conversation.objects.filter(id__in=conversation_ids).delete()
