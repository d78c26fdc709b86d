"""Deletes a conversation: revoke, lock, delete, check again."""

from __future__ import annotations

import logging
import uuid

from django.utils import timezone

from web.chat.models import Conversation, CrisisStub, Feedback, Message, Reply
from web.chat.signals import conversation_deleting
from web.chat.writing import writing

logger = logging.getLogger(__name__)


def delete_conversation(conversation_id: uuid.UUID) -> None:
    """Deletes all that the log has of a conversation. Of each crisis not dealt with a stub stays: time and kind alone.

    First the conversation is closed: a turn that is running finds that when it wants to store its replies, and drops
    them. It is no error when there is nothing (any more).

    Raises:
        DatabaseError: the log cannot be written.
    """
    Conversation.objects.filter(id=conversation_id).update(revoked_at=timezone.now())
    _delete(conversation_id)
    if Message.objects.filter(conversation=conversation_id).exists():
        logger.error("rows of a deleted conversation came back; deleting them again")
        _delete(conversation_id)


@writing()
def _delete(conversation_id: uuid.UUID) -> None:
    """Deletes the rows, under the conversation's lock."""
    Conversation.objects.select_for_update().filter(id=conversation_id).first()
    messages = Message.objects.filter(conversation=conversation_id)
    feedback = Feedback.objects.filter(reply__conversation=conversation_id)
    alarms = [
        *messages.exclude(danger="none").values_list("danger", "received_at"),
        *feedback.exclude(danger="none").values_list("danger", "given_at"),
    ]
    settled = [done for _, done in conversation_deleting.send(None, conversation_id=conversation_id)]
    if any(settled):
        alarms = []
    CrisisStub.objects.bulk_create([CrisisStub(kind=danger, happened_at=at) for danger, at in alarms])
    feedback.delete()
    Reply.objects.filter(conversation=conversation_id).delete()
    messages.delete()
    Conversation.objects.filter(id=conversation_id).delete()
