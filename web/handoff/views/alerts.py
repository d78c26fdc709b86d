"""``/staff/alerts/``: what was sent to the people on duty, what was not, and a test."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from web.chat.writing import writing
from web.handoff.alert_words import path
from web.handoff.channels import channels
from web.handoff.delivery import STALE
from web.handoff.models import Alert, Delivery
from web.review.access import StaffView, staff
from web.review.audit import Action, record
from web.review.roles import Right

#: Alerts that the page shows, the latest ones.
_SHOWN = 100


class AlertsView(StaffView):
    """The latest alerts with their deliveries; what fails stands on top."""

    changes = Right.ACCOUNTS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Shows them."""
        now, names = timezone.now(), list(channels())
        alerts = Alert.objects.prefetch_related("deliveries")[:_SHOWN]
        waiting = Delivery.objects.filter(sent_at=None)
        context = {
            "channels": names,
            "rows": [{"alert": alert, "path": path(alert), "unsent": _unsent(alert, now)} for alert in alerts],
            "failing": waiting.exclude(failure="").count(),
            "not_spread": Alert.objects.filter(spread_at=None).count(),
            "not_set": waiting.exclude(channel__in=names).count(),
        }
        return render(request, "handoff/alerts.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Puts a test alert into the outbox."""
        with writing():
            alert = Alert.objects.create(reason=Alert.Reason.TEST)
        record(staff(request), Action.ALERT_TESTED, alert=alert.pk)
        messages.success(request, "A test is on its way. Load this page again in a moment to see what came of it.")
        return redirect("handoff:alerts")


def _unsent(alert: Alert, now: datetime) -> str:
    """Why an alert went to no channel, or nothing."""
    if alert.spread_at is not None:
        return ""
    return "not sent: too old" if alert.raised_at < now - STALE else "waiting"
