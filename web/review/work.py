"""What the staff does with a conversation. Nobody overwrites anybody: who changes a row names the version seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from web.chat.writing import writing
from web.review.audit import Action, record
from web.review.models import ConversationSummary, FollowUp, Note, Tag
from web.review.ranks import Rank


class ChangedMeanwhile(Exception):
    """The conversation is not as it was when it was shown: somebody else, or the visitor, was faster."""


class OutcomeMissing(Exception):
    """An alarm cannot be put away before somebody says what was done about it."""


def _change(summary: ConversationSummary, version: int, **values: Any) -> None:
    """Changes a summary that still has the version seen.

    Raises:
        ChangedMeanwhile: it has another one.
    """
    same = ConversationSummary.objects.filter(pk=summary.pk, version=version)
    if not same.update(**values, version=F("version") + 1):
        raise ChangedMeanwhile


@writing()
def mark_reviewed(summary: ConversationSummary, version: int, user: Any) -> None:
    """Marks a conversation as reviewed.

    Raises:
        ChangedMeanwhile: see :func:`_change`.
        OutcomeMissing: it raised an alarm and has no outcome since.
    """
    if summary.rank == Rank.ALARM and not FollowUp.objects.filter(conversation=summary.conversation_id).exists():
        raise OutcomeMissing
    _change(summary, version, reviewed=True, reviewed_by=user, reviewed_at=timezone.now())
    record(user, Action.REVIEWED, summary.conversation_id)


@writing()
def reopen(summary: ConversationSummary, version: int, user: Any) -> None:
    """Puts a reviewed conversation back into the queue.

    Raises:
        ChangedMeanwhile: see :func:`_change`.
    """
    _change(summary, version, reviewed=False)
    record(user, Action.REOPENED, summary.conversation_id)


@writing()
def assign(summary: ConversationSummary, version: int, user: Any, to: Any) -> None:
    """Gives a conversation to somebody (``to``, an account), or to nobody (None).

    Raises:
        ChangedMeanwhile: see :func:`_change`.
    """
    _change(summary, version, assigned_to=to)
    record(user, Action.ASSIGNED, summary.conversation_id, to=to.get_username() if to else None)


@writing()
def add_note(summary: ConversationSummary, user: Any, text: str) -> None:
    """Adds a note. It changes nothing that another could have written."""
    Note.objects.create(conversation_id=summary.conversation_id, text=text, by=user)
    record(user, Action.NOTED, summary.conversation_id)


@writing()
def add_tag(summary: ConversationSummary, user: Any, name: str) -> None:
    """Adds a tag, in lower case. One that is there stays as it is."""
    name = " ".join(name.lower().split())
    _, made = Tag.objects.get_or_create(conversation_id=summary.conversation_id, name=name, defaults={"by": user})
    if made:
        record(user, Action.TAGGED, summary.conversation_id)


@writing()
def remove_tag(summary: ConversationSummary, user: Any, name: str) -> None:
    """Takes a tag away, if it is there."""
    if Tag.objects.filter(conversation=summary.conversation_id, name=name).delete()[0]:
        record(user, Action.UNTAGGED, summary.conversation_id)


@writing()
def follow_up(summary: ConversationSummary, user: Any, outcome: str, happened_at: datetime, text: str) -> None:
    """Adds what was done about an alarm."""
    FollowUp.objects.create(
        conversation_id=summary.conversation_id, outcome=outcome, text=text, happened_at=happened_at, by=user
    )
    record(user, Action.FOLLOWED_UP, summary.conversation_id, outcome=outcome)
