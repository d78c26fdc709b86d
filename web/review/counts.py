"""Counts for each day in the clinic's time zone. A day is counted when somebody looks and kept until it changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Sum
from django.utils import timezone

from web.chat.models import Feedback, Message, Reply
from web.chat.writing import writing
from web.review.labels import DANGER_INTENTS
from web.review.models import CountedDay, DayCount

#: What is counted; each but the plain ones by name (kind, topic, hour ...).
MEASURES = ("conversations", "questions", "kind", "topic", "thumb", "call_back", "hour", "failure", "alarm")

Tally = Counter[tuple[str, str]]
#: How long a count that crossed a turn may stay.
_CROSSING = timedelta(minutes=2)


def local_day(moment: datetime) -> date:
    """The day of a moment at the clinic."""
    return timezone.localtime(moment).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """When a day at the clinic begins, and when the next one does."""
    zone = timezone.get_default_timezone()
    start, end = datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)
    return start, end


def forget(moments: Iterable[datetime]) -> None:
    """The days of these moments have changed and are to be counted again."""
    CountedDay.objects.filter(day__in={local_day(moment) for moment in moments}).delete()


def count_days(first: date, last: date) -> None:
    """Counts the days of a span that are not counted yet.

    Each turn forgets its day. Should a count and a turn have crossed, what is young is counted anew after a while.
    """
    today = local_day(timezone.now())
    counted = dict(CountedDay.objects.filter(day__range=(first, last)).values_list("day", "counted_at"))
    recently = timezone.now() - _CROSSING
    for number in range((min(last, today) - first).days + 1):
        day = first + timedelta(days=number)
        young = day >= today - timedelta(days=1)
        if day not in counted or (young and counted[day] < recently):
            _count(day)


@writing()
def _count(day: date) -> None:
    """Counts a day and keeps its counts."""
    DayCount.objects.filter(measure__in=MEASURES, day=day).delete()
    tally = _tally(day)
    rows = [DayCount(day=day, measure=m, name=name, count=count) for (m, name), count in tally.items()]
    DayCount.objects.bulk_create(rows)
    CountedDay.objects.update_or_create(day=day, defaults={"counted_at": timezone.now()})


def _tally(day: date) -> Tally:
    """Counts a day from the log."""
    span = bounds(day)
    messages = Message.objects.filter(received_at__gte=span[0], received_at__lt=span[1]).order_by()
    tally: Tally = Counter()
    for at in messages.values_list("received_at", flat=True):
        tally["hour", f"{timezone.localtime(at).hour:02d}"] += 1
    if not tally:
        return tally
    tally["questions", ""] = sum(tally.values())
    tally["conversations", ""] = messages.values("conversation").distinct().count()
    for failure, count in messages.exclude(failure="").values_list("failure").annotate(n=Count("pk")):
        tally["failure", failure] = count
    for danger, count in messages.exclude(danger="none").values_list("danger").annotate(n=Count("pk")):
        tally["alarm", danger] = count
    of_day = {"message__received_at__gte": span[0], "message__received_at__lt": span[1]}
    replies = Reply.objects.filter(**of_day).exclude(topic="session_start").exclude(kind="greeting").order_by()
    for kind, topic, count in replies.values_list("kind", "topic").annotate(n=Count("pk")):
        tally["kind", kind] += count
        if topic and topic not in DANGER_INTENTS:
            tally["topic", topic] += count
    of_reply = {f"reply__{key}": value for key, value in of_day.items()}
    for helpful, count in Feedback.objects.filter(**of_reply).values_list("helpful").annotate(n=Count("pk")):
        tally["thumb", "up" if helpful else "down"] = count
    if asked := _call_backs(span):
        tally["call_back", ""] = asked
    return tally


def _call_backs(span: tuple[datetime, datetime]) -> int:
    """How many call-backs were asked for (web.handoff, where that is installed)."""
    if not apps.is_installed("web.handoff"):
        return 0
    requests: Any = apps.get_model("handoff", "CallBack")
    return int(requests.objects.filter(asked_at__gte=span[0], asked_at__lt=span[1]).count())


def totals(first: date, last: date, measure: str) -> list[tuple[str, int]]:
    """(name, count) of a measure over a span, the most frequent first."""
    rows = DayCount.objects.filter(day__range=(first, last), measure=measure).values_list("name")
    return [(name, total) for name, total in rows.annotate(total=Sum("count")).order_by("-total", "name")]


def per_day(first: date, last: date, measure: str) -> dict[tuple[date, str], int]:
    """Count of a measure by day and name."""
    rows = DayCount.objects.filter(day__range=(first, last), measure=measure).values_list("day", "name", "count")
    return {(day, name): count for day, name, count in rows}
