"""Deletes what has been kept long enough. ``manage.py retain`` runs it once; the worker of alerts does so every hour.

In small batches, each in its own transaction, so that visitors can write in between; what was begun and not finished
is found by the next run.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from web.chat.deletion import delete_conversation, delete_expired
from web.chat.models import Conversation, CrisisStub
from web.chat.writing import writing
from web.handoff.models import Alert, CallBack
from web.privacy import erasure
from web.privacy.models import RetentionRun
from web.review import counts
from web.review.audit import Action, record
from web.review.models import AuditEntry

logger = logging.getLogger(__name__)

#: How often the worker runs it, and how long after the last good run staff are told that it does not run.
EVERY = timedelta(hours=1)
LATE = timedelta(hours=26)
#: Conversations, and other rows, that go in one transaction.
BATCH = 50
ROWS = 500
#: Share of the time that is left to the visitors between two batches.
REST = 1.0
#: Runs that are kept for the staff to see.
RUNS = 200
#: Files that `make learn` and `make lacking` leave in the data folder when they are broken off.
LEFT_FILES = ("corrections.jsonl", "learned.jsonl", "open.jsonl", "groups.jsonl")
_YEAR = 365.25


def run(rest: float = REST) -> RetentionRun:
    """Deletes all whose time is over.

    Args:
        rest: pause after each batch, as a multiple of the time that the batch took.

    Returns:
        the run, with what it deleted.

    Raises:
        Exception: whatever broke it off; the run says so too.
    """
    this = RetentionRun.objects.create()
    deleted: Counter[str] = Counter()
    try:
        for name, count in _work(rest):
            deleted[name] += count
        erasure.scrub()
    except Exception as error:
        _ended(this, deleted, type(error).__name__)
        logger.error("the retention broke off", exc_info=error)
        raise
    _ended(this, deleted, "")
    return this


def due(now: datetime) -> bool:
    """Whether the last run is long enough ago; one that broke off is tried again likewise."""
    last = RetentionRun.objects.first()
    return last is None or now - last.started_at >= EVERY


def complaint(now: datetime) -> str:
    """What the staff should know of the retention: that it fails, or does not run. Empty when all is well."""
    good = RetentionRun.objects.filter(failure="").exclude(ended_at=None).first()
    last = RetentionRun.objects.first()
    if last is not None and last.failure:
        return f"The last run broke off ({last.failure}); it is tried again every hour."
    if good is None or now - good.started_at > LATE:
        return "It has not run for more than a day: is the worker 'alerts' running?"
    return ""


def _ended(this: RetentionRun, deleted: Counter[str], failure: str) -> None:
    """Writes down how a run ended; in the audit trail too when something was deleted."""
    this.ended_at, this.deleted, this.failure = timezone.now(), {k: v for k, v in deleted.items() if v}, failure
    this.save()
    if this.deleted:
        record(None, Action.RETAINED, actor="retention", **this.deleted)
    old = RetentionRun.objects.values_list("pk", flat=True)[RUNS : RUNS + 1].first()
    if old is not None:
        RetentionRun.objects.filter(pk__lte=old).delete()


def _work(rest: float) -> Iterator[tuple[str, int]]:
    """Each kind of data in turn, batch by batch: what was deleted, and how many."""
    for name, batch in _BATCHES.items():
        while True:
            began = time.monotonic()
            count = batch(timezone.now())
            yield name, count
            if not count:
                break
            time.sleep(min(rest * (time.monotonic() - began), 1.0))


def _conversations(now: datetime) -> int:
    """Conversations that nobody has come back to."""
    before = now - timedelta(days=settings.TRANSCRIPT_DAYS)
    old = list(
        Conversation.objects.filter(last_seen_at__lt=before)
        .order_by("last_seen_at")
        .values_list("pk", flat=True)[:BATCH]
    )
    _count_first(old)
    delete_expired(old)
    return len(old)


def _half_deleted(now: datetime) -> int:
    """Conversations whose deletion was begun and broken off."""
    broken = Conversation.objects.filter(revoked_at__lt=now - timedelta(minutes=1)).values_list("pk", flat=True)[:BATCH]
    for conversation in list(broken):
        delete_conversation(conversation)
    return len(broken)


def _count_first(conversations: list[uuid.UUID]) -> None:
    """Counts the days of conversations that are about to go, where nobody has looked at them: the figures stay."""
    moments = Conversation.objects.filter(pk__in=conversations).values_list("messages__received_at", flat=True)
    for day in sorted({counts.local_day(at) for at in moments if at is not None}):
        counts.count_days(day, day)


@writing()
def _call_backs(now: datetime) -> int:
    before = now - timedelta(days=settings.CALL_BACK_DAYS)
    old = list(CallBack.objects.filter(done_at__lt=before).values_list("pk", flat=True)[:ROWS])
    CallBack.objects.filter(pk__in=old).delete()
    return len(old)


@writing()
def _alerts(now: datetime) -> int:
    """Alerts that went everywhere they should, or nowhere because they were too old."""
    before = now - timedelta(days=settings.ALERT_DAYS)
    waiting = Alert.objects.filter(deliveries__sent_at=None, deliveries__isnull=False).values("pk")
    old = list(Alert.objects.filter(raised_at__lt=before).exclude(pk__in=waiting).values_list("pk", flat=True)[:ROWS])
    Alert.objects.filter(pk__in=old).delete()
    return len(old)


@writing()
def _stubs(now: datetime) -> int:
    """Stubs of crises that staff have taken note of."""
    before = now - timedelta(days=settings.AUDIT_YEARS * _YEAR)
    old = list(CrisisStub.objects.filter(deleted_at__lt=before).exclude(seen=None).values_list("pk", flat=True)[:ROWS])
    CrisisStub.objects.filter(pk__in=old).delete()
    return len(old)


@writing()
def _audit(now: datetime) -> int:
    """The oldest entries of the audit trail. The database itself refuses to lose one of the last six years."""
    before = now - timedelta(days=settings.AUDIT_YEARS * _YEAR)
    oldest = AuditEntry.objects.order_by("pk").values_list("pk", "at")[:ROWS]
    old = [pk for pk, at in oldest if at < before]
    AuditEntry.objects.filter(pk__in=old).delete()
    return len(old)


@writing()
def _sessions(now: datetime) -> int:
    """Sessions of staff that are over."""
    old = list(Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:ROWS])
    Session.objects.filter(pk__in=old).delete()
    return len(old)


def _files(now: datetime) -> int:
    """Files with visitors' sentences that a command left behind more than a day ago."""
    gone = 0
    for path in (settings.DATA_DIR / name for name in LEFT_FILES):
        if path.is_file() and path.stat().st_mtime < (now - timedelta(days=1)).timestamp():
            path.unlink()
            gone += 1
    return gone


_BATCHES: dict[str, Callable[[datetime], int]] = {
    "half_deleted": _half_deleted,
    "conversations": _conversations,
    "call_backs": _call_backs,
    "alerts": _alerts,
    "crisis_stubs": _stubs,
    "audit_entries": _audit,
    "staff_sessions": _sessions,
    "files": _files,
}


def status(now: datetime) -> dict[str, Any]:
    """For the staff's pages: ``last`` good run (or None), ``complaint`` (text, or empty), ``erasures`` (still open)."""
    return {
        "last": RetentionRun.objects.filter(failure="").exclude(ended_at=None).first(),
        "complaint": complaint(now),
        "erasures": erasure.overdue(now),
    }
