"""What happens in the log, for the other rooms of the web side. Sent inside the transaction that makes it so."""

from __future__ import annotations

import logging
import uuid

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

#: A message, its replies or feedback were stored. Sent with ``conversation_id`` (UUID), by :func:`announce`.
conversation_changed = Signal()
#: The rows of a conversation are about to be deleted. Sent with ``conversation_id``, and ``expired``: whether its time
#: is over (then only for conversations that raised an alarm); a receiver returns True when staff
#: have dealt with what raised an alarm in it, so that no stub has to stay.
conversation_deleting = Signal()


def announce(conversation_id: uuid.UUID) -> None:
    """Sends :data:`conversation_changed`. A receiver that fails is noted in the log; the visitor's turn goes on."""
    try:
        with transaction.atomic():
            conversation_changed.send(None, conversation_id=conversation_id)
    except Exception as error:
        logger.error("the rooms behind the door could not take note of a turn", exc_info=error)
