"""Fills one database with made-up conversations and times the console's pages, search and the retention over it.

Started by ``make bench-console`` (``benchmarks/console/__main__.py``) in the door's environment, for each size and
engine once: ``python -m benchmarks.console.pages CONVERSATIONS MESSAGES``. The database is the one of CHAT_DATA_DIR or
DATABASE_URL and has to be empty. The last line it prints is JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

#: How often each page is asked for, after once that warms up.
ROUNDS = 20


def main(conversations: int, messages: int) -> None:
    """Fills the database, times everything, prints the figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    import logging

    logging.disable(logging.INFO)
    began = time.monotonic()
    _fill(conversations, messages)
    found: dict[str, Any] = {"conversations": conversations, "messages": messages}
    found["made_seconds"] = round(time.monotonic() - began, 1)
    found["megabytes"] = _megabytes()
    client = _signed_in()
    found["pages"] = {name: _timed(client, address) for name, address in _pages(conversations).items()}
    found["retention"] = _retention()
    print(json.dumps(found))


def _fill(conversations: int, messages: int) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from benchmarks.console import generate
    from web.review import counts

    call_command("migrate", verbosity=0)
    generate.fill(conversations, messages)
    today = timezone.localdate()
    counts.count_days(today - timedelta(days=364), today)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _megabytes() -> float:
    """Size of the database, its indexes and search index included."""
    from django.db import connection

    asked = "SELECT pg_database_size(current_database())"
    if connection.vendor == "sqlite":
        asked = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return round(cursor.fetchone()[0] / 1e6, 1)


def _retention() -> dict[str, Any]:
    """Seconds of a run that deletes the oldest day of the year, and of the next one, which finds nothing to delete."""
    from django.test import override_settings

    from web.privacy import retention

    took = []
    with override_settings(TRANSCRIPT_DAYS=364):
        for _ in range(2):
            began = time.monotonic()
            took.append((retention.run(rest=0).deleted.get("conversations", 0), round(time.monotonic() - began, 2)))
    (deleted, seconds), (_, idle) = took
    return {"deleted": deleted, "seconds": seconds, "seconds_when_nothing_is_due": idle}


def _signed_in() -> Any:
    from django.contrib.auth.models import Group, User
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user, _ = User.objects.get_or_create(username="bench")
    user.groups.set([Group.objects.get(name="manager")])
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="app", confirmed=True)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def _pages(conversations: int) -> dict[str, str]:
    """Addresses by name; those that name rows are looked up."""
    from django.utils import timezone

    from web.review.models import ConversationSummary

    deep = ConversationSummary.objects.filter(reviewed=True).order_by("place", "pk")[conversations // 2]
    longest = ConversationSummary.objects.order_by("-messages").first()
    usual = ConversationSummary.objects.filter(messages=10).first()
    today = timezone.localdate()
    day = today - timedelta(days=40)
    week = day - timedelta(days=7)
    return {
        "queue": "/staff/",
        "queue, crisis only": "/staff/?rank=0",
        "queue, all": "/staff/?show=all",
        "queue, reviewed, far down": f"/staff/?show=reviewed&after={deep.place}.{deep.pk}",
        "kind: not on the page": "/staff/?kind=not_on_page&show=all",
        "kind: crisis": "/staff/?kind=crisis&show=all",
        "topic, frequent": "/staff/?topic=what_is_it&show=all",
        "topic, rare": "/staff/?topic=out_of_scope&show=all",
        "a week": f"/staff/?since={week}&until={day}&show=all",
        "confidence below 40 %": "/staff/?confidence=40&show=all",
        "thumbs down": "/staff/?feedback=down&show=all",
        "language: Spanish (none there)": "/staff/?language=es&show=all",
        "tag (none there)": "/staff/?tag=leaflet&show=all",
        "search: rare word": "/staff/?q=lisinopril&show=all",
        "search: frequent word": "/staff/?q=how&show=all",
        "search: beginning of a word": "/staff/?q=med&show=all",
        "search: three words": "/staff/?q=how+long+session&show=all",
        "search: none": "/staff/?q=xylophone&show=all",
        "search, topic, kind, week together": f"/staff/?q=cost&topic=cost&kind=not_on_page&since={week}&show=all",
        "transcript, 10 messages": f"/staff/conversations/{usual.conversation_id}" if usual else "/staff/",
        "transcript, the longest": f"/staff/conversations/{longest.conversation_id}" if longest else "/staff/",
        "teaching": "/staff/teaching",
        "insight, 30 days": "/staff/insight",
        "insight, a year": f"/staff/insight?since={today - timedelta(days=364)}&until={today}",
        "week on a page": "/staff/insight/week",
        "export, form": "/staff/export?show=all",
        "audit trail": "/staff/audit",
    }


def _timed(client: Any, address: str) -> dict[str, float]:
    """Milliseconds of a page: median and p95 by the clock, median by this process's processor time.

    On a busy machine the processor time says more; on PostgreSQL it does not hold the database's work.
    """
    times, cpu = [], []
    for number in range(ROUNDS + 1):
        started, busy = time.perf_counter(), time.process_time()
        response = client.get(address)
        taken, worked = time.perf_counter() - started, time.process_time() - busy
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")
        if number:
            times.append(taken * 1000)
            cpu.append(worked * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    named = {"median": statistics.median(times), "p95": p95, "cpu": statistics.median(cpu)}
    return {name: round(value, 1) for name, value in named.items()}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
