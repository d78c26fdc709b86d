"""Times the console's pages at 1,000,000 messages in 100,000 conversations. Run by ``make bench-console``.

The database is made on the first run and kept in var/bench-console/ (SQLite), or is the one that DATABASE_URL names: an
empty PostgreSQL database made for this. Prints a table with a bar for each page; ends with status 1 when the median of
a page is over the target. BENCH_CONVERSATIONS and BENCH_MESSAGES make it smaller.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: Milliseconds that a page may take, and how often each is asked for.
TARGET = 150
ROUNDS = 15
CONVERSATIONS = int(os.environ.get("BENCH_CONVERSATIONS", "100000"))
MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000000"))


def main() -> int:
    """Makes the data where there is none; times the pages."""
    folder = ROOT / "var" / "bench-console"
    os.environ["CHAT_DATA_DIR"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    import django

    django.setup()
    import logging

    logging.disable(logging.INFO)
    _prepare()
    client = _signed_in()
    slow = 0
    print(f"\n{'page':40s} {'median':>8s} {'slowest':>8s} {'cpu':>8s}   (ms; target {TARGET})")
    for name, address in _pages().items():
        times, cpu = _times(client, address)
        middle = statistics.median(times)
        slow += middle > TARGET
        bar = "#" * min(60, round(middle / 5)) + " SLOW" * (middle > TARGET)
        print(f"{name:40s} {middle:8.1f} {max(times):8.1f} {statistics.median(cpu):8.1f}   {bar}", flush=True)
    return 1 if slow else 0


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from benchmarks.console import generate
    from web.chat.models import Message
    from web.review import counts

    call_command("migrate", verbosity=0)
    if Message.objects.exists():
        print(f"{connection.vendor}: {Message.objects.count():,} messages are there already.")
        return
    print(f"Making {MESSAGES:,} messages in {CONVERSATIONS:,} conversations on {connection.vendor} (some minutes) ...")
    generate.fill(CONVERSATIONS, MESSAGES)
    today = timezone.localdate()
    counts.count_days(today - timedelta(days=364), today)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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


def _pages() -> dict[str, str]:
    """Addresses by name; those that name rows are looked up."""
    from django.utils import timezone

    from web.review.models import ConversationSummary

    deep = ConversationSummary.objects.filter(reviewed=True).order_by("place", "pk")[50_000 * CONVERSATIONS // 100_000]
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


def _times(client: Any, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds of each request for a page, by the clock and by this process's CPU, after one that warms up.

    On a busy machine the CPU time says more; on PostgreSQL it does not hold the database's work.
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
    return times, cpu


if __name__ == "__main__":
    sys.exit(main())
