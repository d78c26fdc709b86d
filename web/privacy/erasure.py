"""Erases a deleted conversation where the database cannot: in Rasa, in the search index's segments, in the journal.

A row in the transaction of the deletion says what is to be done, so that nothing is forgotten when Rasa is down or a
process dies. It is tried at once and again until it is done, the last time after every turn that may have been running.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from web.chat.writing import writing
from web.privacy.models import Erasure

logger = logging.getLogger(__name__)

#: Seconds that Rasa has to forget a conversation.
TIME_LIMIT = 3.0
#: A turn that was under way may reach Rasa until then; what it left is erased once more.
SETTLED = timedelta(seconds=15)
#: Seconds before the second attempt; each further one waits twice as long, up to ten minutes.
FIRST_PAUSE = 5
LONGEST_PAUSE = 600
#: After this the staff are told.
OVERDUE = timedelta(hours=1)
_BATCH = 200


class RasaRemembers(Exception):
    """Rasa did not say that it has forgotten.

    Attributes:
        reason: why, in a word.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def note(conversations: Iterable[uuid.UUID]) -> None:
    """Notes, in the transaction that deletes them, that these conversations have to be forgotten elsewhere."""
    rows = [Erasure(conversation=conversation) for conversation in conversations]
    Erasure.objects.bulk_create(rows, ignore_conflicts=True)


def attempt(conversation: uuid.UUID) -> None:
    """Does for one conversation what can be done now; what fails stays noted. Raises nothing."""
    try:
        erasure = Erasure.objects.filter(pk=conversation).first()
        if erasure is not None:
            _attempt(erasure)
        scrub()
    except DatabaseError as error:
        logger.error("an erasure could not be carried out, and will be", exc_info=error)


def carry_out_due() -> int:
    """Carries out the erasures that are due, until one fails; gives how many were attempted.

    Raises:
        DatabaseError: the notes cannot be read or written.
    """
    attempted = 0
    due = list(Erasure.objects.filter(next_at__lte=timezone.now()).order_by("next_at")[:_BATCH])
    for erasure in due:
        attempted += 1
        if not _attempt(erasure):
            break  # Rasa is down: the others would wait for nothing
    if due:
        scrub()
    return attempted


def overdue(now: datetime) -> int:
    """How many conversations Rasa should have forgotten a while ago."""
    return Erasure.objects.filter(asked_at__lt=now - OVERDUE).count()


def _attempt(erasure: Erasure) -> bool:
    """Has Rasa forget a conversation; whether it did."""
    failure = ""
    try:
        forget_in_rasa(erasure.pk)
    except RasaRemembers as error:
        failure = error.reason
        logger.error("Rasa has not forgotten a deleted conversation yet", extra={"failure": failure})
    now = timezone.now()
    row = Erasure.objects.filter(pk=erasure.pk)
    with writing():
        if failure:
            pause = min(FIRST_PAUSE * 2 ** min(erasure.attempts, 16), LONGEST_PAUSE)
            values = {"failure": failure, "next_at": now + timedelta(seconds=pause)}
            row.update(attempts=erasure.attempts + 1, **values)
        elif now < erasure.asked_at + SETTLED:
            row.update(attempts=erasure.attempts + 1, failure="", next_at=erasure.asked_at + SETTLED)
        else:
            row.delete()
    return not failure


def forget_in_rasa(conversation: uuid.UUID) -> None:
    """Asks Rasa's inner channel to forget a conversation.

    Raises:
        RasaRemembers: it did not say that it has.
    """
    address = f"{settings.RASA_URL}/webhooks/inner/conversations/{conversation}"
    try:
        with httpx.Client(timeout=TIME_LIMIT, trust_env=False) as client:
            status = client.delete(address).status_code
    except httpx.TimeoutException as error:
        raise RasaRemembers("time_limit") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RasaRemembers("unreachable") from error
    if status != 204:
        raise RasaRemembers(f"status_{status}")


def scrub() -> bool:
    """Overwrites what deletion leaves behind in SQLite's files; whether nothing is left.

    Rows are overwritten as they go (PRAGMA secure_delete). What stays is the words of the search index, until its
    segments are merged, and the journal. PostgreSQL does this in its own time (VACUUM).
    """
    if connection.vendor != "sqlite":
        return True
    from web.review import search

    done = search.merge()
    return _empty_journal() and done


def _empty_journal() -> bool:
    """Writes the journal into the database and empties it; whether no reader was in the way."""
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200")  # milliseconds; the visitors come first
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()[0]
        finally:
            seconds = settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5)
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    return not busy
