"""The staff's work on call-back requests: claim, try, put off, done. Each change names the version that was seen."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from web.chat.signals import announce
from web.chat.writing import writing
from web.handoff.models import CallBack, Try

#: Results after which nobody need call again.
LAST = (Try.Result.REACHED, Try.Result.WRONG_NUMBER)


class ChangedMeanwhile(Exception):
    """Somebody else changed the request since the page was shown; nothing was done."""


def waiting() -> QuerySet[CallBack]:
    """Requests to be called, the one that is due first at the front."""
    return CallBack.objects.filter(done_at=None).select_related("claimed_by").order_by("due_at", "asked_at")


def done() -> QuerySet[CallBack]:
    """Requests that are done, the latest first."""
    return CallBack.objects.exclude(done_at=None).select_related("claimed_by").order_by("-done_at")


def of_conversation(conversation: uuid.UUID) -> QuerySet[CallBack]:
    """The requests of a conversation, the latest first."""
    return CallBack.objects.filter(conversation=conversation).select_related("claimed_by").order_by("-asked_at")


def claim(pk: uuid.UUID, version: int, user: User) -> None:
    """Takes a request that nobody has.

    Raises:
        ChangedMeanwhile: somebody has it, or changed it.
    """
    _change(pk, version, Q(claimed_by=None, done_at=None), claimed_by=user)


def release(pk: uuid.UUID, version: int, user: User, *, of_anybody: bool) -> None:
    """Gives a request back: one's own, or with ``of_anybody`` whosever it is.

    Raises:
        ChangedMeanwhile: it is somebody else's, or was changed.
    """
    _change(pk, version, Q(done_at=None) if of_anybody else _own(user), claimed_by=None)


@writing()
def note_try(pk: uuid.UUID, version: int, user: User, result: Try.Result, again_at: datetime | None) -> None:
    """Writes down a try of one's own claim; the last one makes the request done, any other is due again later.

    Args:
        pk: the request.
        version: the version that was seen.
        user: who tried.
        result: what came of it.
        again_at: when to call again; None for one of :data:`LAST`.

    Raises:
        ChangedMeanwhile: the claim is not one's own (any more), or the request was changed.
        ValueError: a result that is not the last one comes without a time to call again.
    """
    if result in LAST:
        values: dict[str, Any] = {"done_at": timezone.now()}
    elif again_at is None:
        raise ValueError("no time to call again")
    else:
        values = {"due_at": again_at}
    _change(pk, version, _own(user), **values)
    Try.objects.create(call_back_id=pk, result=result, made_by=user)


def finish(pk: uuid.UUID, version: int, user: User) -> None:
    """Makes one's own claim done without a further try: the visitor called by themselves, say.

    Raises:
        ChangedMeanwhile: it is not one's own (any more), or was changed.
    """
    _change(pk, version, _own(user), done_at=timezone.now())


def reopen(pk: uuid.UUID, version: int, user: User) -> None:
    """Takes up again what was done; it is due at once.

    Raises:
        ChangedMeanwhile: it was changed.
    """
    _change(pk, version, ~Q(done_at=None), done_at=None, claimed_by=user, due_at=timezone.now())


def _own(user: User) -> Q:
    return Q(claimed_by=user, done_at=None)


@writing()
def _change(pk: uuid.UUID, version: int, condition: Q, **values: Any) -> None:
    """Changes a request in one statement, if it still is as it was seen, and tells the other rooms.

    Raises:
        ChangedMeanwhile: it is not.
    """
    changed = CallBack.objects.filter(condition, pk=pk, version=version).update(version=F("version") + 1, **values)
    if not changed:
        raise ChangedMeanwhile
    announce(CallBack.objects.values_list("conversation", flat=True).get(pk=pk))
