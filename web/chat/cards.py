"""Sees to it that words in which there is danger get their card, whatever else fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext

from safety import Decision
from safety.replies import Reply, without_rasa
from web.chat import metrics
from web.chat.tokens import SessionOver
from web.chat.writing import first_in_line

logger = logging.getLogger(__name__)


def or_card(decision: Decision, work: Callable[[], list[Reply]]) -> list[Reply]:
    """The replies that some work gives; the card for the danger when the work fails and there is danger.

    Work for words in danger writes to the log before what others write.

    Raises:
        SessionOver: the conversation is gone; the client sends the words again in a new one, where they are kept.
        Exception: what the work raises, when there is no danger.
    """
    try:
        with first_in_line() if decision.alarm else nullcontext():
            return work()
    except SessionOver:
        raise
    except Exception as error:
        if not decision.alarm:
            raise
        logger.error("a card was given, but its message could not be kept", exc_info=error)
        metrics.UNSTORED.inc()
        return without_rasa(decision)
