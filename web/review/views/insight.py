"""What visitors ask, in numbers: for a span of days, and week by week."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from web.chat.models import CrisisStub
from web.review import charts, counts, labels
from web.review.access import StaffView
from web.review.entered import FIRST_DAY, LAST_DAY, DayField
from web.review.models import ConversationSummary, FollowUp, LackingGroup
from web.review.ranks import Rank
from web.review.teaching import part_of

LONGEST = 366
#: Kinds that are shown together, in the order of the stack, with the name that the style sheet colours.
_STACK = (
    ("answered", "Answered", ("answer",)),
    ("other", "Conversation", ("small_talk", "greeting")),
    ("not-on-page", "Not on the page", ("not_on_page",)),
    ("personal", "Personal", ("personal",)),
    ("not-understood", "Not understood", ("clarify", "fallback", "unavailable")),
    ("alarm", "Crisis or emergency", ("crisis", "emergency")),
)


class SpanForm(forms.Form):
    """Which days to look at."""

    since = DayField(label="From")
    until = DayField(label="To")

    def clean(self) -> dict[str, Any]:
        """Holds the span to a year, the right way round."""
        values = super().clean() or {}
        if values.get("since") and values.get("until"):
            days = (values["until"] - values["since"]).days
            if not 0 <= days < LONGEST:
                raise forms.ValidationError("Please choose from one day to one year.")
        return values


class InsightView(StaffView):
    """Counts of a span, with the charts' tables beside them, and what the page lacks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, for the last 30 days unless asked otherwise."""
        today = timezone.localdate()
        form = SpanForm(request.GET if "since" in request.GET else None)
        since, until = today - timedelta(days=29), today
        if form.is_bound and form.is_valid():
            since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        elif not form.is_bound:
            form = SpanForm(initial={"since": since, "until": until})
        spans = [
            (name, today - timedelta(days=days - 1), today)
            for name, days in (("7 days", 7), ("30 days", 30), ("90 days", 90))
        ]
        context = {"form": form, "spans": spans, "week": charts.week_of(until), **report(since, until)}
        return render(request, "review/insight.html", context)


class WeekView(StaffView):
    """One week on a page to print."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page, for the last whole week unless asked otherwise."""
        today = timezone.localdate()
        monday = _monday(request.GET.get("week", "")) or today - timedelta(days=today.weekday() + 7)
        before = report(monday - timedelta(days=7), monday - timedelta(days=1))
        context = report(monday, monday + timedelta(days=6))
        context["figures"] = [
            (label, value, value - old)
            for (label, value), (_, old) in zip(context["figures"], before["figures"], strict=True)
        ]
        context |= {
            "week": charts.week_of(monday),
            "earlier": charts.week_of(monday - timedelta(days=7)),
            "later": charts.week_of(monday + timedelta(days=7)) if monday + timedelta(days=7) <= today else None,
            "alarms": _alarms(monday),
        }
        return render(request, "review/week.html", context)


def _monday(week: str) -> date | None:
    """The Monday of a week named like ``2026-W47``, or None."""
    named = re.fullmatch(r"(\d{4})-W(\d{2})", week)
    try:
        monday = date.fromisocalendar(int(named[1]), int(named[2]), 1) if named else None
    except ValueError:
        return None
    return monday if monday and FIRST_DAY <= monday <= LAST_DAY else None


def _alarms(monday: date) -> dict[str, Any]:
    """The alarms of a week: how many, how many are still to be reviewed, and what came of them."""
    start, end = counts.bounds(monday)[0], counts.bounds(monday + timedelta(days=6))[1]
    alarms = ConversationSummary.objects.filter(rank=Rank.ALARM, last_at__gte=start, last_at__lt=end)
    outcomes: dict[str, int] = {}
    for outcome in FollowUp.objects.filter(happened_at__gte=start, happened_at__lt=end).values_list(
        "outcome", flat=True
    ):
        label = str(FollowUp.Outcome(outcome).label)
        outcomes[label] = outcomes.get(label, 0) + 1
    return {
        "total": alarms.count(),
        "waiting": alarms.filter(reviewed=False).count(),
        "deleted": CrisisStub.objects.filter(happened_at__gte=start, happened_at__lt=end).count(),
        "outcomes": sorted(outcomes.items(), key=lambda item: -item[1]),
    }


def report(since: date, until: date) -> dict[str, Any]:
    """Everything that both pages show of a span of days."""
    counts.count_days(since, until)
    totals = {measure: dict(counts.totals(since, until, measure)) for measure in counts.MEASURES}
    by_kind = totals["kind"]
    figures = [
        ("Conversations", totals["conversations"].get("", 0)),
        ("Questions", totals["questions"].get("", 0)),
        *((label, sum(by_kind.get(kind, 0) for kind in kinds)) for name, label, kinds in _STACK if name != "other"),
        ("Thumbs up", totals["thumb"].get("up", 0)),
        ("Thumbs down", totals["thumb"].get("down", 0)),
        ("Call-backs asked for", totals["call_back"].get("", 0)),
        ("No answer from the assistant", sum(totals["failure"].values())),
    ]
    topics = [(labels.topic(name), count) for name, count in totals["topic"].items()]
    hours = [totals["hour"].get(f"{hour:02d}", 0) for hour in range(24)]
    return {
        "since": since,
        "until": until,
        "figures": figures,
        "days": _over_time(since, until),
        "topics": charts.rows(topics[:15]),
        "hours": charts.columns([f"{hour:02d}" for hour in range(24)], [("answered", hours)], width=420, height=170),
        "lacking": _lacking(),
    }


def _over_time(since: date, until: date) -> dict[str, Any]:
    """Replies by kind, for each day; for each week where the days would be too many."""
    found = counts.per_day(since, until, "kind")
    conversations = counts.per_day(since, until, "conversations")
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    by_week = len(days) > 60
    name: Callable[[date], str] = charts.week_of if by_week else lambda day: f"{day:%b} {day.day}"
    slots = list(dict.fromkeys(name(day) for day in days))
    values = {series: dict.fromkeys(slots, 0) for series, _, _ in _STACK}
    talks = dict.fromkeys(slots, 0)
    for day in days:
        talks[name(day)] += conversations.get((day, ""), 0)
        for series, _, kinds in _STACK:
            values[series][name(day)] += sum(found.get((day, kind), 0) for kind in kinds)
    chart = charts.columns(slots, [(series, list(values[series].values())) for series, _, _ in _STACK])
    table = [(slot, talks[slot], [values[series][slot] for series, _, _ in _STACK]) for slot in slots]
    legend = [(series, label) for series, label, _ in _STACK]
    return {"chart": chart, "table": table, "legend": legend, "unit": "Week" if by_week else "Day"}


def _lacking() -> list[dict[str, Any]]:
    """The groups of the last batch, each with wordings of conversations that are still there."""
    groups = []
    for group in LackingGroup.objects.prefetch_related("examples__message")[:40]:
        wordings = []
        for example in group.examples.all():
            try:
                wordings.append(part_of(example.message, example.part)[0])
            except IndexError:
                continue
        if wordings:
            groups.append(
                {"group": group, "label": labels.topic(group.topic), "wordings": list(dict.fromkeys(wordings))[:5]}
            )
    return groups
