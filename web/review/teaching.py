"""Corrections: what a sentence should have been taken for, on the way into what the assistant learns from."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from web.chat.models import Message
from web.chat.writing import writing
from web.privacy.masking import mask
from web.review import labels
from web.review.audit import Action, record
from web.review.models import Correction
from web.review.work import ChangedMeanwhile

#: A mask stands where personal data was.
_MASKED = re.compile(r"\[[a-z][a-z -]*\]")
LONGEST = 300


def offered(text: str) -> bool:
    """Whether teaching is offered for a sentence of the log: nothing was masked in it, and it is of a fair length."""
    return 1 < len(text) <= LONGEST and "\n" not in text and not _MASKED.search(text)


def learnable(text: str) -> bool:
    """Whether a sentence may be learned from: as :func:`offered`, and masking it anew finds no personal data either."""
    return offered(text) and mask(text) == text


def part_of(message: Message, number: int) -> tuple[str, str]:
    """Text and intent of one of the questions understood in a message.

    Raises:
        IndexError: there is no such question.
    """
    questions = (message.understood or {}).get("questions") or [{"text": message.text, "intent": ""}]
    question = questions[number]
    return str(question.get("text") or message.text), str(question.get("intent") or "")


@writing()
def correct(message: Message, number: int, should_be: str, seen: str, user: Any) -> None:
    """Notes what a part of a message should have been.

    Args:
        message: the visitor's message.
        number: which of its questions.
        should_be: one of :func:`web.review.labels.targets`.
        seen: the correction that was shown when this one was made, empty for none.
        user: who says so.

    Raises:
        ValueError: the target is unknown, or the words may not be learned from.
        IndexError: there is no such question.
        ChangedMeanwhile: somebody else corrected it first, or it has been decided on.
    """
    text, was = part_of(message, number)
    if not any(should_be in names for names in labels.targets().values()) or not learnable(text):
        raise ValueError(should_be)
    there = Correction.objects.select_for_update().filter(message=message, part=number).first()
    if (there.should_be if there else "") != seen or (there and there.state != Correction.State.PROPOSED):
        raise ChangedMeanwhile
    values = {"text": text, "was": was, "should_be": should_be, "by": user, "at": timezone.now()}
    Correction.objects.update_or_create(message=message, part=number, defaults=values)
    record(user, Action.CORRECTED, message.conversation_id, was=was, should_be=should_be)


@writing()
def decide(correction_id: int, accept: bool, user: Any) -> None:
    """Accepts or declines a correction that nobody has decided on.

    Raises:
        ChangedMeanwhile: somebody has.
    """
    state = Correction.State.ACCEPTED if accept else Correction.State.DECLINED
    open_states = (Correction.State.PROPOSED, Correction.State.REFUSED)
    waiting = Correction.objects.filter(pk=correction_id, state__in=open_states)
    if not waiting.update(state=state, decided_by=user, decided_at=timezone.now(), remark=""):
        raise ChangedMeanwhile
    correction = Correction.objects.select_related("message").get(pk=correction_id)
    record(user, Action.DECIDED, correction.message.conversation_id, accepted=accept, should_be=correction.should_be)
