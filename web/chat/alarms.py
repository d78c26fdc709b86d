"""Tells the other rooms of the web side that danger was seen, inside the transaction that stores it."""

from __future__ import annotations

import logging

from django.db import transaction
from django.dispatch import Signal

from web.chat import metrics
from web.chat.models import Conversation

logger = logging.getLogger(__name__)

#: Danger was seen in a conversation. Sent with ``conversation`` (its row, locked), by :func:`raise_alarm`.
alarm_raised = Signal()


def raise_alarm(conversation: Conversation) -> None:
    """Sends :data:`alarm_raised`: what its receivers write is stored together with the visitor's words, or not at all.

    A receiver that fails costs the visitor nothing: the card goes out, and the failure is in the log and the metrics.
    """
    try:
        with transaction.atomic():
            alarm_raised.send(None, conversation=conversation)
    except Exception as error:
        logger.error("danger was seen, and nobody could be told", exc_info=error)
        metrics.UNTOLD.inc()
